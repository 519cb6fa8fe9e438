"""The columns that import files may have: how each is called, and how its cells become canonical text. Pure.

A cell that says nothing is "" after `blank`; a cell that cannot be read raises CellError. Nothing is ever guessed.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from programs.choices import Strictness, TrackType
from programs.fields import FIELDS, NO, REQUIREMENTS, YES, BadValueError, Field, Kind, format_value, parse_value

# How files say that something is not stated.
BLANKS = frozenset({"", "n/a", "#n/a", "na", "!", "-", "--", "\u2013", "\u2014", "?", "unknown"})
YES_WORDS = frozenset({"yes", "y", "true", "1"})
NO_WORDS = frozenset({"no", "n", "false", "0"})
STRICTNESS_SUFFIX = "_strictness"
MAX_POSITIONS = 999  # of one track in one year; the largest on record have some hundred
_WHOLE = re.compile(r"(?:[0-9]{1,9}|[0-9]{1,3}(?:,[0-9]{3}){1,2})(?:\.0+)?", re.ASCII)
_DECIMAL = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,20})?", re.ASCII)  # spreadsheets write 0.3333333333333333
# What spreadsheets make of a long number that they show in a narrow column.
_EATEN = re.compile(r"[0-9](?:[.,][0-9]+)?E\+?[0-9]{1,3}", re.ASCII | re.IGNORECASE)
_ACGME_ID = re.compile(r"[0-9]{10}", re.ASCII)
_NRMP_CODE = re.compile(rf"([0-9]{{4}})([0-9]{{3}})([{''.join(TrackType)}])([0-9])", re.ASCII)
_WEB = re.compile(r"https?://[^\s<>\"']+", re.ASCII | re.IGNORECASE)


class CellError(ValueError):
    """A cell that cannot be read; the message says what to write instead."""


@dataclass(frozen=True, slots=True)
class NrmpCode:
    """An NRMP code and its parts."""

    code: str
    institution: str
    specialty: str
    track_type: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file: its name, other names it goes by, what it is for, and how a cell that is not blank is read.

    What a file keeps in `several` columns is read together, as one cell with spaces between.
    """

    name: str
    parse: Callable[[str], str]
    help: str
    aliases: tuple[str, ...] = ()
    several: bool = False


def plain_name(header: str) -> str:
    """A column's name as compared: lower case, words joined by underscores."""
    return re.sub(r"[^a-z0-9]+", "_", header.casefold()).strip("_")


def blank(cell: str) -> str:
    """The cell, or "" where it says in one of the usual ways that nothing is stated."""
    return "" if cell.strip().casefold() in BLANKS else cell.strip()


def parse_text(cell: str, *, longest: int) -> str:
    """Text on one line, runs of spaces made one."""
    text = " ".join(cell.split())
    if not text.isprintable():
        raise CellError("holds characters that cannot be shown: type the text anew")
    if len(text) > longest:
        raise CellError(f"has {len(text)} characters: write at most {longest}")
    return text


def parse_acgme_id(cell: str) -> str:
    """Ten digits. Nine are refused: a lost zero at the front and a lost digit elsewhere look the same."""
    _refuse_eaten(cell)
    text = re.sub(r"\.0+$", "", cell)
    if len(text) == 9 and text.isdecimal():
        raise CellError("has 9 digits: spreadsheets drop a zero at the front; format the column as text and write all 10 digits")
    if not _ACGME_ID.fullmatch(text):
        raise CellError("is not an ACGME id: write its 10 digits")
    return text


def _refuse_eaten(cell: str) -> None:
    if _EATEN.fullmatch(cell):
        raise CellError(f"a spreadsheet turned this id into {cell} and its digits are lost: format the column as text and export again")


def split_nrmp_code(cell: str) -> NrmpCode:
    """The parts of a code: four digits institution, three specialty, a type letter, one digit. Raises CellError."""
    _refuse_eaten(cell)
    match = _NRMP_CODE.fullmatch(cell.upper())
    if not match:
        raise CellError(f"is not an NRMP code: write 7 digits, one of the letters {', '.join(TrackType)}, and 1 digit, such as 1000140C0")
    institution, specialty, letter, _ = match.groups()
    return NrmpCode(match.group(), institution, specialty, letter)


def parse_nrmp_code(cell: str) -> str:
    """One NRMP code."""
    return split_nrmp_code(cell).code


def parse_nrmp_codes(cell: str) -> str:
    """NRMP codes of one program, set apart by spaces, commas or semicolons; joined by spaces."""
    codes = [parse_nrmp_code(code) for code in re.split(r"[\s,;]+", cell) if code]
    if len(set(codes)) < len(codes):
        raise CellError("names one code twice: remove one")
    return " ".join(codes)


def parse_positions(cell: str) -> str:
    """A whole number of positions or people. NRMP marks unfilled tracks with a star, which says nothing new."""
    number = int(_whole(cell.removesuffix("*").rstrip()))
    if number > MAX_POSITIONS:
        raise CellError(f"is more than a track can have: write a whole number from 0 to {MAX_POSITIONS}")
    return str(number)


def parse_strictness(cell: str) -> str:
    """One of Strictness; "required" counts as strict."""
    word = cell.casefold()
    word = Strictness.STRICT if word == "required" else word
    if word not in set(Strictness):
        raise CellError(f"is not a strictness: write {', '.join(Strictness)}")
    return str(word)


def parse_field(cell: str, *, field: Field) -> str:
    """A value of `field` in its canonical text. Raises CellError, with what the field can hold."""
    text = _BEFORE.get(field.kind, str)(cell)
    try:
        if field.kind is Kind.CHOICE:
            text = {label.casefold(): key for key, label in field.choices}.get(text.casefold(), text.casefold())
        if field.kind is Kind.TEXT and not (_WEB.fullmatch(text) and text.isprintable()):
            raise CellError("is not a web address: write it from https:// on")
        return format_value(field, parse_value(field, text))
    except BadValueError as error:
        raise CellError(str(error).rstrip(".")) from error


def parse_date(cell: str) -> str:
    """A day as 2026-09-30; a spreadsheet's midnight after it is cut."""
    text = re.sub(r"[ T]00:00(?::00)?$", "", cell)
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise CellError("is no date: write it as 2026-09-30") from None


def _yes_no(cell: str) -> str:
    word = cell.casefold()
    return YES if word in YES_WORDS else NO if word in NO_WORDS else cell


def _whole(cell: str) -> str:
    """Digits alone, without the thousands commas and zero decimals that spreadsheets add."""
    if not _WHOLE.fullmatch(cell):
        raise CellError("is not a whole number: write digits alone")
    return cell.partition(".")[0].replace(",", "")


def _decimal(cell: str) -> str:
    if not _DECIMAL.fullmatch(cell):
        raise CellError("is not a number: write digits, with a point before decimals")
    return cell


def _share(cell: str) -> str:
    """A share between 0 and 1, also written as a percentage with its sign."""
    number = _decimal(cell.removesuffix("%").rstrip())
    return f"{float(number) / 100:.6g}" if cell.endswith("%") else number


_BEFORE: Mapping[Kind, Callable[[str], str]] = {
    Kind.YES_NO: _yes_no,
    Kind.INTEGER: _whole,
    Kind.DECIMAL: _decimal,
    Kind.SHARE: _share,
}

ACGME_ID = Column("acgme_id", parse_acgme_id, "ACGME id, 10 digits", ("acgme_program_id", "freida_id", "program_id"))
NRMP_CODE = Column("nrmp_code", parse_nrmp_code, "NRMP code of the track", ("nrmp_program_code", "program_code"))
NRMP_CODES = Column("nrmp_code", parse_nrmp_codes, "NRMP codes of the program, set apart by spaces", ("nrmp_codes", "nrmp_program_code"), several=True)
NAME = Column("institution", partial(parse_text, longest=160), "Name of the program or its institution", ("name", "program_name"))
TRACK_NAME = Column("program", partial(parse_text, longest=120), "Name of the track", ("track", "track_name"))
CITY = Column("city", partial(parse_text, longest=80), "City", ("program_city",))
STATE = Column("state", partial(parse_text, longest=40), "State, by name or two-letter code", ("program_state",))
SPECIALTY = Column("specialty", partial(parse_text, longest=80), "Specialty, by name or three-digit code", ("specialty_code", "specialty_name"))
CLOSED_ON = Column("closed_on", parse_date, "Day on which the program closed, as 2026-09-30")
FACT_COLUMNS: tuple[Column, ...] = tuple(Column(field.name, partial(parse_field, field=field), field.label) for field in FIELDS)
STRICTNESS_COLUMNS: tuple[Column, ...] = tuple(
    Column(field.name + STRICTNESS_SUFFIX, parse_strictness, f"{field.label}: {', '.join(Strictness)}") for field in REQUIREMENTS
)


class HeaderError(ValueError):
    """A header whose columns do not give what is needed; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Binding:
    """Where each column stands in a file: {name: (place from 0, column)}, and the headers that no column claims.

    `more` holds the other places of columns that are kept in several: {name: places}.
    """

    places: Mapping[str, tuple[int, Column]]
    ignored: tuple[str, ...]
    more: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def raw(self, cells: Sequence[str], name: str) -> str:
        """What a row says in a column, as written; "" where the file has no such column or nothing is stated."""
        if name not in self.places:
            return ""
        first = self.places[name][0]
        if name not in self.more:
            return blank(cells[first]) if first < len(cells) else ""
        return " ".join(filter(None, (blank(cells[place]) for place in sorted((first, *self.more[name])) if place < len(cells))))
