"""Reads nodes of JSON into typed values, and notes what is wrong with its line. Pure."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from enum import Enum

from applicants.json_positions import Node
from applicants.validators import quoted

ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class FileProblem:
    """One thing to mend in a file. `column` is known for a syntax error only; lines and columns count from 1."""

    line: int
    path: str
    message: str
    column: int | None = None

    def __str__(self) -> str:
        place = f"line {self.line}" if self.column is None else f"line {self.line}, column {self.column}"
        return f"{place}: {self.path}: {self.message}" if self.path else f"{place}: {self.message}"


class BadValueError(ValueError):
    """A value of a type that does not belong there; the message says what does."""


Problems = list[FileProblem]
Read = Callable[[Node, str, Problems], object]


@dataclass(frozen=True)
class Field:
    """How the value of one key is read. Unless required it may be null or left out, which means not said."""

    read: Read
    required: bool = False


def required(field: Field) -> Field:
    """Make the same field one that has to be given."""
    return replace(field, required=True)


def text(value: object) -> str:
    """Check for a text; space around it is dropped. Raises `BadValueError`, as do all checks below."""
    if not isinstance(value, str):
        raise BadValueError("Write a text in double quotes.")
    return value.strip()


def whole(value: object) -> int:
    """Check for a whole number; true and false are none."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadValueError("Write a whole number without quotes.")
    return value


def number(value: object) -> float:
    """Check for a number, whole or not."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadValueError("Write a number without quotes, such as 1.5.")
    return float(value)


def yes_no(value: object) -> bool:
    """Check for true or false."""
    if not isinstance(value, bool):
        raise BadValueError("Write true or false without quotes.")
    return value


def day(value: object) -> date:
    """Check for a date as YYYY-MM-DD."""
    if not isinstance(value, str) or not ISO_DATE.fullmatch(value):
        raise BadValueError('Write a date as "YYYY-MM-DD", such as "2026-03-09".')
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise BadValueError(f"{quoted(value)} is not in the calendar. Correct the day or the month.") from None


def scalar(check: Callable[[object], object]) -> Field:
    """Make a field of one of the checks above."""

    def read(node: Node, path: str, problems: Problems) -> object:
        try:
            return check(node.value)
        except BadValueError as error:
            problems.append(FileProblem(node.line, path, str(error)))
            return None

    return Field(read)


def one_of(words: type[Enum]) -> Field:
    """Make a field that holds one of the values of an enum."""
    by_value: dict[object, Enum] = {word.value: word for word in words}
    spelled = [str(value) for value in by_value]

    def check(value: object) -> Enum:
        if isinstance(value, str) and value in by_value:
            return by_value[value]
        listed = ", ".join(f'"{word}"' for word in spelled)
        raise BadValueError(f"Write one of {listed}.{_did_you_mean(value, spelled)}")

    return scalar(check)


def array_of(item: Field) -> Field:
    """Make a field that holds a list of `item`s, as a tuple."""

    def read(node: Node, path: str, problems: Problems) -> object:
        if not isinstance(node.value, list):
            problems.append(FileProblem(node.line, path, "Write a list in square brackets."))
            return None
        return tuple(item.read(child, f"{path}[{index}]", problems) for index, child in enumerate(node.value))

    return Field(read)


def record_of(build: Callable[..., object], keys: Mapping[str, Field]) -> Field:
    """Make a field that holds an object with these keys; `build` gets the values that are given."""

    def read(node: Node, path: str, problems: Problems) -> object:
        if not isinstance(node.value, dict):
            problems.append(FileProblem(node.line, path, "Write an object in curly brackets."))
            return None
        before = len(problems)
        problems.extend(_unknown_keys(node, path, keys))
        values = _values(node, node.value, path, keys, problems)
        return build(**values) if len(problems) == before else None

    return Field(read)


def _values(node: Node, members: Mapping[str, Node], path: str, keys: Mapping[str, Field], problems: Problems) -> dict[str, object]:
    """Read the members of an object; what is null or left out is left out here too."""
    values: dict[str, object] = {}
    for key, field in keys.items():
        child = members.get(key)
        inner = f"{path}.{key}" if path else key
        if child is not None and child.value is not None:
            values[key] = field.read(child, inner, problems)
        elif field.required:
            problems.append(FileProblem(child.line if child else node.line, inner, f'Add "{key}": it has to be given here.'))
    return values


def _unknown_keys(node: Node, path: str, keys: Mapping[str, Field]) -> Problems:
    return [
        FileProblem(line, path, f"There is no key {quoted(key)} here. Remove or correct it.{_did_you_mean(key, keys)}")
        for key, line in node.key_lines.items()
        if key not in keys
    ]


def _did_you_mean(value: object, words: Collection[str]) -> str:
    near = get_close_matches(value, words, n=1) if isinstance(value, str) else []
    return f' Did you mean "{near[0]}"?' if near else ""
