"""Bytes of a CSV or XLSX file to a header and rows with their line numbers. The only file that imports pandas.

Nothing is interpreted here: every cell is text. A file that cannot be read as a table raises ReadError with the remedy.
Files are read row by row within limits, and cells that say the same are one text in memory.
"""

import codecs
import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime

import pandas as pd
from python_calamine import CalamineError

from programs.imports.archive import LOCKED, safe_spreadsheet
from programs.imports.table import ReadError, Row, Table
from smartpick.exports import AS_TEXT, original_cell

__all__ = ["MAX_BYTES", "ReadError", "read_sheets", "read_table"]

MAX_BYTES = 50_000_000
MAX_ROWS = 50_000
MAX_COLUMNS = 200
MAX_CELLS = 2_000_000
MAX_SHEETS = 50  # of a file whose sheets are all read; there are fewer specialties
MAX_CELL = 5_000  # characters
MAX_RECORD = MAX_COLUMNS * MAX_CELL  # characters of one row of a CSV file
REMEMBERED = 100_000  # cells of which later ones that say the same become the same text
CHUNK = 1_000_000  # bytes decoded at once
DELIMITERS = ",;\t|"
ENCODINGS = ("utf-8-sig", "cp1252", "latin-1")  # tried in this order; the last one reads anything
GUESSED = ENCODINGS[1:]
UTF16 = "utf-16"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
ARCHIVE_MARK = b"PK"
OLD_OFFICE_MARK = b"\xd0\xcf\x11\xe0"
# An encrypted XLSX is a container of the old kind that holds a stream of this name.
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# How files that are often taken for tables begin, and what to do about each.
NOT_TABLES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "This is a PDF: save its table as CSV or XLSX."),
    (OLD_OFFICE_MARK, "This is an old Excel file: open it and save it as .xlsx or CSV."),
    (b"\x1f\x8b", "This file is compressed: unpack it first."),
    (b"\x89PNG", "This is a picture: save the table as CSV or XLSX."),
    (b"\xff\xd8\xff", "This is a picture: save the table as CSV or XLSX."),
    (b"<!doctype", "This is a web page: save the table as CSV or XLSX."),
    (b"<html", "This is a web page: save the table as CSV or XLSX."),
)
# What zipfile, pandas and calamine raise for archives that are damaged or no spreadsheet.
DAMAGED = (CalamineError, zipfile.BadZipFile, ValueError, LookupError, RuntimeError, OSError, EOFError, zlib.error)
# Anything below a space but tab and line ends: a sign of a file that is no text.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
# The first line by which a CSV file tells Excel what parts its cells.
SEPARATOR_LINE = re.compile(rf"\"?sep=([{DELIMITERS}])\"?\s*", re.IGNORECASE)


def read_table(data: bytes) -> Table:
    """Read a CSV (comma, semicolon, tab or pipe; UTF-8, UTF-16, Windows-1252 or Latin-1) or XLSX file. Raises ReadError."""
    _refuse_other_files(data)
    rows, notes = _xlsx_rows(data) if data.startswith(ARCHIVE_MARK) else _csv_rows(data)
    return _table(rows, notes)


def read_sheets(data: bytes) -> tuple[tuple[str, Table], ...]:
    """As `read_table`, but every sheet that has a header and rows, each with its title; a CSV file is one sheet without a title. Raises ReadError."""
    _refuse_other_files(data)
    if not data.startswith(ARCHIVE_MARK):
        rows, notes = _csv_rows(data)
        return (("", _table(rows, notes)),)
    found, empty, cells = [], ReadError("The spreadsheet has no sheet: choose one with a header line and rows."), 0
    for title, lines in _all_sheets(data):
        try:
            table = _table(lines, ())
        except NoRowsError as error:
            empty = error
            continue
        cells += sum(len(row.cells) for row in table.rows)
        _refuse_many(len(table.rows), cells)
        found.append((title, table))
    if not found:
        raise empty
    return tuple(found)


class NoRowsError(ReadError):
    """A table without anything in it."""


def _refuse_other_files(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise ReadError(f"The file has {len(data):,} bytes, more than {MAX_BYTES:,}: split it.")
    start = data[:64].lstrip().lower()
    if not start and not data.strip():
        raise ReadError("The file is empty: choose a file with a header line and rows.")
    if data.startswith(OLD_OFFICE_MARK) and ENCRYPTED in data:
        raise ReadError(LOCKED)
    for mark, remedy in NOT_TABLES:
        if data.startswith(mark) or start.startswith(mark):
            raise ReadError(remedy)


def _table(rows: Iterator[tuple[int, Sequence[str]]], notes: tuple[str, ...]) -> Table:
    """Split off the header, the first line with any text, and hold the limits."""
    header: tuple[str, ...] | None = None
    body: list[Row] = []
    clean = _CleanCells()
    total = 0
    for line, raw in rows:
        _refuse_large(line, raw)
        cells = _cut([clean[cell] for cell in raw])
        total += len(cells)
        if not cells:
            continue
        if header is None:
            header = cells
            _refuse_duplicates(header)
        else:
            body.append(Row(line, cells))
        _refuse_many(len(body), total)
    if header is None:
        raise NoRowsError("The file holds no text: choose a file with a header line and rows.")
    if not body:
        raise NoRowsError("The file has a header line, but no rows below it: add the rows to import.")
    return Table(header, tuple(body), notes)


class _CleanCells(dict[str, str]):
    """Raw cell to the text it says: no spaces around it, nothing that cannot be shown, and none of our own apostrophes."""

    def __missing__(self, raw: str) -> str:
        text = raw.strip()
        if CONTROL.search(text):  # in a spreadsheet; of CSV files such are refused as a whole
            text = CONTROL.sub(" ", text)
        if text.startswith(AS_TEXT):
            text = original_cell(text).strip()
        if len(self) >= REMEMBERED:
            self.clear()
        self[raw] = text = self.setdefault(text, text)
        return text


def _cut(cells: list[str]) -> tuple[str, ...]:
    """Cells without the empty ones at the end."""
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def _refuse_many(rows: int, cells: int) -> None:
    if rows > MAX_ROWS:
        raise ReadError(f"The file has more than {MAX_ROWS:,} rows: split it.")
    if cells > MAX_CELLS:
        raise ReadError(f"The file has more than {MAX_CELLS:,} cells: split it, or keep only the columns to import.")


def _refuse_large(line: int, cells: Sequence[str]) -> None:
    width = next((place for place in range(len(cells), 0, -1) if cells[place - 1]), 0) if len(cells) > MAX_COLUMNS else 0
    if width > MAX_COLUMNS:
        raise ReadError(f"Line {line} has {width:,} columns, more than {MAX_COLUMNS}: keep only the columns to import.")
    if cells and max(map(len, cells)) > MAX_CELL:
        place = next(place for place, cell in enumerate(cells, start=1) if len(cell) > MAX_CELL)
        raise ReadError(f"Line {line}, column {place}: the cell has more than {MAX_CELL:,} characters; look for a quotation mark without its pair.")


def _refuse_duplicates(header: tuple[str, ...]) -> None:
    seen: dict[str, int] = {}
    for place, name in enumerate(header, start=1):
        plain = name.casefold()
        if plain and plain in seen:
            raise ReadError(f"Columns {seen[plain]} and {place} are both called {name!r}: rename or remove one.")
        seen[plain] = place


# --- CSV ---


def _csv_rows(data: bytes) -> tuple[Iterator[tuple[int, list[str]]], tuple[str, ...]]:
    encoding = _encoding(data)
    notes = (f"The file is not UTF-8; it was read as {encoding}. Check names with accents.",) if encoding in GUESSED else ()
    return _records(_Lines(data, encoding)), notes


def _encoding(data: bytes) -> str:
    """The encoding that the whole file fits. Raises ReadError for what is no text."""
    if data.startswith(UTF16_MARKS):
        try:
            _check_text(data, UTF16)
        except UnicodeDecodeError as error:
            raise ReadError("The file begins as UTF-16, but does not go on so: save it as CSV (UTF-8).") from error
        return UTF16
    for encoding in ENCODINGS:
        try:
            _check_text(data, encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise AssertionError("the last encoding reads anything")


def _check_text(data: bytes, encoding: str) -> None:
    """Raise UnicodeDecodeError where the bytes do not fit the encoding, ReadError where they are no text."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    for start in range(0, len(data), CHUNK):
        text = decoder.decode(data[start : start + CHUNK], final=start + CHUNK >= len(data))
        if found := CONTROL.search(text):
            line += _line_ends(text[: found.start()])
            what = "a NUL byte" if found.group() == "\0" else "a control character"
            raise ReadError(f"Line {line} holds {what}, so this is not a plain table: save it as CSV (UTF-8) or XLSX.")
        line += _line_ends(text)


def _line_ends(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")


class _Lines:
    """The lines of a text with their ends, decoded as they are asked for. `begin` starts to count the length of a row anew."""

    def __init__(self, data: bytes, encoding: str) -> None:
        self.text = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="")
        self.line = 0
        self.row = 1
        self.length = 0

    def begin(self) -> None:
        self.row, self.length = self.line + 1, 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        text = self.text.readline(MAX_RECORD + 1)
        if not text:
            raise StopIteration
        self.line += 1
        self.length += len(text)
        if self.length > MAX_RECORD:
            remedy = "keep only the columns to import, and look for a quotation mark without its pair"
            raise ReadError(f"The row that begins on line {self.row} is longer than {MAX_RECORD:,} characters: {remedy}.")
        return text


def _records(lines: _Lines) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line each begins on; a quoted cell may run over several lines."""
    try:
        first = _first_line(lines)
        if separator := SEPARATOR_LINE.fullmatch(first):
            delimiter = separator[1]
        else:
            delimiter = _delimiter(first)
            lines.text.seek(0)
            lines.line = 0
        lines.begin()
        for cells in csv.reader(lines, delimiter=delimiter, strict=True):
            yield lines.row, cells
            lines.begin()
    except csv.Error as error:
        raise ReadError(f"The row that begins on line {lines.row} cannot be read ({error}): look for a quotation mark without its pair.") from error


def _first_line(lines: _Lines) -> str:
    """The first line with any text."""
    for text in lines:
        if text.strip():
            return text
        lines.begin()
    return ""


def _delimiter(header: str) -> str:
    """The one that cuts the header into most columns; a comma where all do the same."""
    return max(DELIMITERS, key=lambda delimiter: len(next(csv.reader([header], delimiter=delimiter))))


# --- XLSX ---


def _xlsx_rows(data: bytes) -> tuple[Iterator[tuple[int, list[str]]], tuple[str, ...]]:
    with _book(data) as book:
        names = book.sheet_names
        rows = _sheet_rows(book, 0)
    notes = (f"Only the first sheet, {names[0]!r}, of {len(names)} was read.",) if len(names) > 1 else ()
    return rows, notes


def _all_sheets(data: bytes) -> Iterator[tuple[str, Iterator[tuple[int, list[str]]]]]:
    """Title and rows of every sheet, one at a time."""
    with _book(data) as book:
        if len(book.sheet_names) > MAX_SHEETS:
            raise ReadError(f"The spreadsheet has {len(book.sheet_names)} sheets, more than {MAX_SHEETS}: keep only those to import.")
        for place, title in enumerate(book.sheet_names):
            yield str(title), _sheet_rows(book, place)


@contextmanager
def _book(data: bytes) -> Iterator[pd.ExcelFile]:
    """The spreadsheet, opened. Raises ReadError for what is none, also from what is done with it."""
    try:
        with pd.ExcelFile(io.BytesIO(safe_spreadsheet(data)), engine="calamine") as book:
            yield book
    except ReadError:
        raise
    except DAMAGED as error:
        raise ReadError(
            f"The file is a ZIP archive but no readable XLSX ({error}): it may be cut off or damaged; save the table anew as .xlsx or CSV."
        ) from error


def _sheet_rows(book: pd.ExcelFile, place: int) -> Iterator[tuple[int, list[str]]]:
    """Row by row; a frame of the whole sheet takes five times as long, and all its cells at once."""
    rows = enumerate(book.book.get_sheet_by_index(place).iter_rows(), start=1)
    return ((line, [cell if type(cell) is str else _cell_text(cell) for cell in cells]) for line, cells in rows)


def _cell_text(cell: object) -> str:
    """What a spreadsheet cell says, without the decimals and times that only its format adds."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else str(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)
