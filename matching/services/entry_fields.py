"""What a person may decide about an entry, and which values it can have. Pure apart from Django's enum base."""

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from matching.choices import Connection, Signal, Standing

Fields = dict[str, Any]

LONGEST_NOTE, LONGEST_REASON, LONGEST_TAG, MOST_TAGS = 2_000, 300, 30, 10
LAST_PLACE = 32_767  # what the database's columns hold
LABELS = {
    "standing": "standing",
    "position": "place on the list",
    "note": "note",
    "tags": "tags",
    "connection": "connection",
    "signal": "signal",
    "reason": "reason",
    "rank": "place on the rank list",
}
FIELDS = tuple(LABELS)


class ListError(ValueError):
    """A list that cannot be changed as asked; the message says what to do. Nothing was written."""


def checked(fields: Mapping[str, object]) -> Fields:
    """The values as they are stored. Raises ListError for a field that there is not, or a value that it cannot have."""
    unknown = [name for name in fields if name not in FIELDS]
    if unknown:
        raise ListError(f"An entry has no field {unknown[0]!r}.")
    return {name: _CHECKS[name](value) for name, value in fields.items()}


def cleaned(text: str) -> str:
    """Text as it may be stored: line ends as line feeds, tabs as blanks, no other control characters, no lone surrogates, no blanks around it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(char for char in lines if char == "\n" or unicodedata.category(char) not in {"Cc", "Cs"}).strip()


def _text(label: str, longest: int) -> Callable[[object], str]:
    def check(value: object) -> str:
        text = cleaned(str(value))
        if len(text) > longest:
            raise ListError(f"The {label} is too long: {len(text):,} characters, at most {longest:,} are kept. Shorten it.")
        return text

    return check


def _one_of(label: str, values: frozenset[str]) -> Callable[[object], str]:
    def check(value: object) -> str:
        if value not in values:
            raise ListError(f"{str(value)[:LONGEST_TAG]!r} is no {label}: choose one of those offered.")
        return str(value)

    return check


def _whole(label: str, least: int) -> Callable[[object], int]:
    def check(value: object) -> int:
        if type(value) is not int or not least <= value <= LAST_PLACE:
            raise ListError(f"The {label} has to be a whole number from {least} on.")
        return value

    return check


def _tags(value: object) -> list[str]:
    """Tags without blanks around them, each once, in the order given."""
    if not isinstance(value, list | tuple):
        raise ListError("Tags are given as a list of words.")
    tags = list(dict.fromkeys(" ".join(cleaned(str(tag)).split()) for tag in value))
    tags = [tag for tag in tags if tag]
    if too_long := [tag for tag in tags if len(tag) > LONGEST_TAG]:
        raise ListError(f"The tag {too_long[0][:LONGEST_TAG]!r} is too long: a tag has at most {LONGEST_TAG} characters. Shorten it.")
    if len(tags) > MOST_TAGS:
        raise ListError(f"An entry has at most {MOST_TAGS} tags, and this would make it {len(tags)}: leave some out.")
    return tags


def _rank(value: object) -> int | None:
    return None if value is None else _whole(LABELS["rank"], 1)(value)


_CHECKS: dict[str, Callable[[object], Any]] = {
    "standing": _one_of("standing", frozenset(Standing.values)),
    "position": _whole(LABELS["position"], 0),
    "note": _text(LABELS["note"], LONGEST_NOTE),
    "tags": _tags,
    "connection": _one_of("connection", frozenset(Connection.values)),
    "signal": _one_of("signal", frozenset({"", *Signal.values})),
    "reason": _text(LABELS["reason"], LONGEST_REASON),
    "rank": _rank,
}
