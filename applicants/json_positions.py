"""Reads JSON and remembers on which line each value stands. Pure.

Stricter than the standard library, which does the scalars: no NaN, no key twice, no endless
nesting, no numbers of thousands of digits. Whatever the text, the only error is `JsonSyntaxError`.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Never

MAX_CHARACTERS = 200_000
MAX_DEPTH = 12
MAX_DIGITS = 30
SPACE = re.compile(r"[ \t\n\r]*")
BYTE_ORDER_MARK = "\ufeff"

Scalar = str | int | float | bool | None


class JsonSyntaxError(ValueError):
    """The text is not JSON that can be read here. `line` and `column` count from 1."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.message, self.line, self.column = message, line, column


@dataclass(frozen=True)
class Node:
    """One value with the line it starts on. An object also knows the line of each of its keys."""

    value: "Scalar | list[Node] | dict[str, Node]"
    line: int
    key_lines: dict[str, int] = field(default_factory=dict)


def read_json(text: str) -> Node:
    """Turn `text` into nodes.

    Raises `JsonSyntaxError` with line and column at the first thing that cannot be read.
    """
    return _Reader(text.removeprefix(BYTE_ORDER_MARK)).document()


def lines_by_path(node: Node, path: str = "") -> dict[str, int]:
    """Map every path below `node`, such as `sittings[1].score`, to its line."""
    return dict(_walk(node, path))


def _walk(node: Node, path: str) -> Iterator[tuple[str, int]]:
    yield path, node.line
    if isinstance(node.value, dict):
        for key, child in node.value.items():
            yield from _walk(child, f"{path}.{key}" if path else key)
    if isinstance(node.value, list):
        for index, child in enumerate(node.value):
            yield from _walk(child, f"{path}[{index}]")


class _Reader:
    """A cursor over the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.scalars = json.JSONDecoder(parse_int=self._whole, parse_float=self._decimal, parse_constant=self._constant)

    def document(self) -> Node:
        if len(self.text) > MAX_CHARACTERS:
            self._fail(f"This text is longer than {MAX_CHARACTERS} characters, which no profile needs. Check that it is the right file.")
        self._skip_space()
        node = self._value(depth=1)
        self._skip_space()
        if self.position < len(self.text):
            self._fail("There is more text after the end. Keep one profile in the file.")
        return node

    def _value(self, *, depth: int) -> Node:
        if depth > MAX_DEPTH:
            self._fail("The brackets are nested too deep for a profile. Remove the inner ones.")
        line = self._line()
        match self._peek():
            case "{":
                members, key_lines = self._object(depth)
                return Node(members, line, key_lines)
            case "[":
                return Node(self._array(depth), line)
            case _:
                return Node(self._scalar(), line)

    def _object(self, depth: int) -> tuple[dict[str, Node], dict[str, int]]:
        members: dict[str, Node] = {}
        key_lines: dict[str, int] = {}
        for _ in self._items("{", "}"):
            key, line = self._key(members), self._line()
            self._expect(":")
            members[key] = self._value(depth=depth + 1)
            key_lines[key] = line
        return members, key_lines

    def _array(self, depth: int) -> list[Node]:
        return [self._value(depth=depth + 1) for _ in self._items("[", "]")]

    def _items(self, opening: str, closing: str) -> Iterator[None]:
        """Yield with the cursor on each item; the caller reads it before asking for the next."""
        self._expect(opening)
        if self._peek() == closing:
            self._expect(closing)
            return
        while True:
            yield
            self._skip_space()
            if self._peek() == closing:
                self._expect(closing)
                return
            if self._peek() != ",":
                self._fail(f"A comma or {closing} is missing before this.")
            self._expect(",")
            if self._peek() == closing:
                self._fail(f"Remove the comma before {closing}.")

    def _key(self, members: dict[str, Node]) -> str:
        if self._peek() != '"':
            self._fail("A key in double quotes is missing here.")
        start, key = self.position, str(self._scalar())
        if key in members:
            self.position = start
            self._fail("This key is given twice. Remove one of the two.")
        return key

    def _scalar(self) -> Scalar:
        value: Scalar
        try:
            value, self.position = self.scalars.raw_decode(self.text, self.position)
        except json.JSONDecodeError as error:
            self.position = min(error.pos, len(self.text))
            self._fail(f"This is not JSON ({error.msg.lower()}). Text goes in double quotes; other values are numbers, true, false or null.")
        return value

    def _whole(self, digits: str) -> int:
        if len(digits) > MAX_DIGITS:
            self._fail("This number is too long. Enter a number that a profile can hold.")
        return int(digits)

    def _decimal(self, digits: str) -> float:
        number = float(digits)
        if number in {float("inf"), float("-inf")}:
            self._fail("This number is too large. Enter a number that a profile can hold.")
        return number

    def _constant(self, name: str) -> Never:
        self._fail(f"{name} is not a value. Write null for what is not known.")

    def _peek(self) -> str:
        return self.text[self.position : self.position + 1]

    def _expect(self, mark: str) -> None:
        """Step over `mark`, with the space around it."""
        self._skip_space()
        if self._peek() != mark:
            self._fail(f"A {mark} is missing here.")
        self.position += 1
        self._skip_space()

    def _skip_space(self) -> None:
        match = SPACE.match(self.text, self.position)
        self.position = match.end() if match else self.position

    def _line(self) -> int:
        return bisect_right(self.line_starts, self.position)

    def _fail(self, message: str) -> Never:
        line = self._line()
        raise JsonSyntaxError(message, line, self.position - self.line_starts[line - 1] + 1)
