"""A file as rows of text. Pure."""

from dataclasses import dataclass


class ReadError(ValueError):
    """A file that cannot be read as a table; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row with the line it begins on, counted from 1 as editors and spreadsheets do. Trailing empty cells are cut."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A header, its rows, and what a person should know about how they were read."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
