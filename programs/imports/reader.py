"""Bytes of a CSV or XLSX file to a header and rows with their line numbers. The only file that imports pandas.

Nothing is interpreted here: every cell is text. A file that cannot be read as a table raises ReadError with the remedy.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime

import pandas as pd
from python_calamine import CalamineError

from programs.imports.table import Row, Table

MAX_BYTES = 50_000_000
MAX_UNPACKED_BYTES = 500_000_000  # of an XLSX file, which is a ZIP archive
MAX_GRID = 5_000_000  # cells of a sheet, empty ones between and before the filled ones included
MAX_ROWS = 100_000
MAX_COLUMNS = 200
MAX_CELL = 5_000  # characters
DELIMITERS = ",;\t|"
ENCODINGS = ("utf-8-sig", "cp1252", "latin-1")  # tried in this order; the last one reads anything
GUESSED = ENCODINGS[1:]
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
# How files that are often taken for tables begin, and what to do about each.
NOT_TABLES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "This is a PDF: save its table as CSV or XLSX."),
    (b"\xd0\xcf\x11\xe0", "This is an old Excel file: open it and save it as .xlsx or CSV."),
    (b"\x1f\x8b", "This file is compressed: unpack it first."),
    (b"\x89PNG", "This is a picture: save the table as CSV or XLSX."),
    (b"\xff\xd8\xff", "This is a picture: save the table as CSV or XLSX."),
    (b"<!doctype", "This is a web page: save the table as CSV or XLSX."),
    (b"<html", "This is a web page: save the table as CSV or XLSX."),
)
# What zipfile, pandas and calamine raise for archives that are damaged, encrypted or no spreadsheet.
DAMAGED = (CalamineError, zipfile.BadZipFile, ValueError, LookupError, RuntimeError, OSError, EOFError, zlib.error)
# Where a row or cell of a sheet says which one it is: r="7" or r="B7".
CELL_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,3})([0-9]{1,9})["']""")
# Anything below a space but tab and line ends: a sign of a file that is no text.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class ReadError(ValueError):
    """A file that cannot be read as a table; the message says what to do."""


def read_table(data: bytes) -> Table:
    """Read a CSV (comma, semicolon, tab or pipe; UTF-8, UTF-16, Windows-1252 or Latin-1) or XLSX file. Raises ReadError."""
    _refuse_other_files(data)
    if data.startswith(b"PK"):
        rows, notes = _xlsx_rows(data)
    else:
        text, notes = _decode(data)
        rows = _csv_rows(text)
    return _table(rows, notes)


def _refuse_other_files(data: bytes) -> None:
    if not data.strip():
        raise ReadError("The file is empty: choose a file with a header line and rows.")
    if len(data) > MAX_BYTES:
        raise ReadError(f"The file has {len(data):,} bytes, more than {MAX_BYTES:,}: split it.")
    start = data[:64].lstrip().lower()
    for mark, remedy in NOT_TABLES:
        if data.startswith(mark) or start.startswith(mark):
            raise ReadError(remedy)


def _table(rows: Iterator[Row], notes: tuple[str, ...]) -> Table:
    """Split off the header, the first line with any text, and hold the limits."""
    header: tuple[str, ...] | None = None
    body: list[Row] = []
    for row in rows:
        if not any(row.cells):
            continue
        _refuse_large(row)
        if header is None:
            header = row.cells
            _refuse_duplicates(header)
        else:
            body.append(row)
        if len(body) > MAX_ROWS:
            raise ReadError(f"The file has more than {MAX_ROWS:,} rows: split it.")
    if header is None:
        raise ReadError("The file holds no text: choose a file with a header line and rows.")
    if not body:
        raise ReadError("The file has a header line, but no rows below it: add the rows to import.")
    return Table(header, tuple(body), notes)


def _refuse_large(row: Row) -> None:
    if len(row.cells) > MAX_COLUMNS:
        raise ReadError(f"Line {row.line} has {len(row.cells)} columns, more than {MAX_COLUMNS}: keep only the columns to import.")
    for place, cell in enumerate(row.cells, start=1):
        if len(cell) > MAX_CELL:
            raise ReadError(f"Line {row.line}, column {place}: the cell has more than {MAX_CELL:,} characters; look for a quotation mark without its pair.")


def _refuse_duplicates(header: tuple[str, ...]) -> None:
    seen: dict[str, int] = {}
    for place, name in enumerate(header, start=1):
        plain = name.strip().casefold()
        if plain and plain in seen:
            raise ReadError(f"Columns {seen[plain]} and {place} are both called {name.strip()!r}: rename or remove one.")
        seen[plain] = place


def _cut(cells: Sequence[str]) -> tuple[str, ...]:
    """Cells without surrounding spaces, the empty ones at the end left out."""
    stripped = [cell.strip() for cell in cells]
    while stripped and not stripped[-1]:
        stripped.pop()
    return tuple(stripped)


# --- CSV ---


def _decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The text, with a note where the encoding was not the expected one. Raises ReadError for what is no text."""
    if data.startswith(UTF16_MARKS):
        encoding, text = "utf-16", _decode_utf16(data)
    else:
        encoding, text = next(_decoded(data))
    if found := CONTROL.search(text):
        line = text.count("\n", 0, found.start()) + 1
        what = "a NUL byte" if found.group() == "\0" else "a control character"
        raise ReadError(f"Line {line} holds {what}, so this is not a plain table: save it as CSV (UTF-8) or XLSX.")
    if encoding in GUESSED:
        return text, (f"The file is not UTF-8; it was read as {encoding}. Check names with accents.",)
    return text, ()


def _decode_utf16(data: bytes) -> str:
    try:
        return data.decode("utf-16")
    except UnicodeDecodeError as error:
        raise ReadError(f"The file begins as UTF-16, but byte {error.start} does not fit: save it as CSV (UTF-8).") from error


def _decoded(data: bytes) -> Iterator[tuple[str, str]]:
    for encoding in ENCODINGS:
        try:
            yield encoding, data.decode(encoding)
        except UnicodeDecodeError:
            continue


def _csv_rows(text: str) -> Iterator[Row]:
    """Rows with the line each begins on; a quoted cell may run over several lines."""
    line = 1
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
        for cells in reader:
            yield Row(line, _cut(cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise ReadError(f"The row that begins on line {line} cannot be read ({error}): look for a quotation mark without its pair.") from error


def _delimiter(text: str) -> str:
    """The one that cuts the header, the first line with any text, into most columns; a comma where all do the same."""
    header = next((line for line in io.StringIO(text, newline="") if line.strip()), "")
    return max(DELIMITERS, key=lambda delimiter: len(next(csv.reader([header], delimiter=delimiter))))


# --- XLSX ---


def _xlsx_rows(data: bytes) -> tuple[Iterator[Row], tuple[str, ...]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _refuse_bombs(archive)
        with pd.ExcelFile(io.BytesIO(data), engine="calamine") as book:
            names = book.sheet_names
            frame = pd.read_excel(book, header=None, dtype=object, na_filter=False)
    except ReadError:
        raise
    except DAMAGED as error:
        raise ReadError(f"The file is a ZIP archive but no readable XLSX ({error}): save the table as CSV or XLSX.") from error
    notes = (f"Only the first sheet, {names[0]!r}, of {len(names)} was read.",) if len(names) > 1 else ()
    rows = enumerate(frame.itertuples(index=False, name=None), start=1)
    return (Row(line, _cut([_cell_text(cell) for cell in cells])) for line, cells in rows), notes


def _refuse_bombs(archive: zipfile.ZipFile) -> None:
    """Refuse what would take all memory: calamine makes room for every cell up to the last one, filled or not."""
    size = sum(entry.file_size for entry in archive.infolist())
    if size > MAX_UNPACKED_BYTES:
        raise ReadError(f"The spreadsheet unpacks to {size:,} bytes, more than {MAX_UNPACKED_BYTES:,}: split it.")
    for entry in archive.infolist():
        if entry.filename.endswith(".xml") and (cells := _grid(archive.read(entry))) > MAX_GRID:
            raise ReadError(f"The spreadsheet reaches over {cells:,} cells, more than {MAX_GRID:,}: delete the empty rows and columns around its table.")


def _grid(sheet: bytes) -> int:
    """Rows times columns, from the first cell to the last ones that the XML of a sheet names."""
    references = set(CELL_REFERENCE.findall(sheet))
    rows = max((int(row) for _, row in references), default=0)
    columns = max((_column_number(letters) for letters, _ in references), default=0)
    return rows * max(columns, 1)


def _column_number(letters: bytes) -> int:
    """A is 1, Z 26, AA 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _cell_text(cell: object) -> str:
    """What a spreadsheet cell says, without the decimals and times that only its format adds."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)
