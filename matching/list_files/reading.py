"""A file that an applicant brings, as one table: all sheets of a spreadsheet, or a list that SmartPick wrote as JSON."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from matching.list_files.json_file import json_table, looks_like_json
from matching.list_files.meanings import guessed, identifies
from programs.imports.columns import plain_name
from programs.imports.reader import ReadError, read_sheets
from programs.imports.table import Table

# A list of 300 rows with long notes has a tenth of this; our own JSON file, with every change ever made, may come near.
MOST_BYTES = 5_000_000
# With suggestions and what was ruled out a list keeps so many (matching.services.editing.MOST_KEPT).
MOST_ROWS = 1_500
# The widest sheets that are passed around have some fifty.
MOST_COLUMNS = 80
MEGABYTE = 1_000_000
SHEET = "Sheet"
TOO_LARGE = (
    f"The file is larger than {MOST_BYTES // MEGABYTE} MB: keep only the rows and columns of your list. "
    "A JSON file that holds very many changes may be as large: bring the list as CSV or XLSX instead."
)


@dataclass(frozen=True)
class ListTable:
    """One header for the whole file. A row is (where it stands, its cells); `notes` say what a person should know about the reading."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    notes: tuple[str, ...] = ()


def read_list(data: bytes) -> ListTable:
    """Read a CSV, XLSX or JSON file. Raises ReadError with the remedy."""
    if len(data) > MOST_BYTES:
        raise ReadError(TOO_LARGE)
    found = json_table(data) if looks_like_json(data) else _of_sheets(read_sheets(data))
    table = _without_empty_columns(ListTable(*found))
    if len(table.rows) > MOST_ROWS:
        raise ReadError(f"The file has {len(table.rows):,} rows, and a list takes in at most {MOST_ROWS:,} at once: keep only the programs of your list.")
    if len(table.header) > MOST_COLUMNS:
        raise ReadError(f"The file has {len(table.header)} columns, more than {MOST_COLUMNS}: keep only the columns of your list.")
    return table


def _of_sheets(sheets: Sequence[tuple[str, Table]]) -> tuple[tuple[str, ...], tuple[tuple[str, tuple[str, ...]], ...], tuple[str, ...]]:
    """The sheets one below the other, columns of the same name together. Where all are of no use, they are kept: the reader says what columns mean."""
    useful = [(title, table) for title, table in sheets if identifies(guessed(table.header))] or list(sheets[:1])
    titles = {title for title, _ in useful}
    left_out = [title for title, _ in sheets if title not in titles]
    notes = [note for _, table in useful for note in table.notes]
    if left_out:
        notes.append(f"Without a column that names programs, and left out: {', '.join(left_out)}.")
    several = len(useful) > 1
    header, places = _merged([table.header for _, table in useful])
    rows = []
    for (title, table), columns in zip(useful, places, strict=True):
        for row in table.rows:
            cells = _placed(row.cells, columns, len(header))
            rows.append((f"{title}, line {row.line}" if several else f"line {row.line}", (*cells, title) if several else cells))
    return (*header, SHEET) if several else header, tuple(rows), tuple(dict.fromkeys(notes))


def _merged(headers: Iterable[Sequence[str]]) -> tuple[tuple[str, ...], list[list[int]]]:
    """One header for all, and where the columns of each stand in it. A column without a name stays one of its own."""
    header: list[str] = []
    at: dict[str, int] = {}
    places = []
    for titles in headers:
        own = []
        for title in titles:
            name = plain_name(title)
            if not name or name not in at:
                at[name] = len(header)
                header.append(title)
            own.append(at[name])
        places.append(own)
    return tuple(header), places


def _placed(cells: Sequence[str], columns: Sequence[int], width: int) -> tuple[str, ...]:
    found = [""] * width
    for place, cell in enumerate(cells[: len(columns)]):
        found[columns[place]] = cell
    return tuple(found)


def _without_empty_columns(table: ListTable) -> ListTable:
    """Spreadsheets often carry dozens of columns that nobody filled."""
    width = len(table.header)
    kept = [place for place in range(width) if table.header[place] or any(place < len(cells) and cells[place] for _, cells in table.rows)]
    rows = tuple((_shown(label), tuple(_shown(cells[place]) if place < len(cells) else "" for place in kept)) for label, cells in table.rows)
    return ListTable(tuple(_shown(table.header[place]) for place in kept), rows, tuple(map(_shown, table.notes)))


def _shown(text: str) -> str:
    """Text without halves of characters, which JSON can hold and no page can show."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def cells_by_meaning(cells: Sequence[str], meanings: Mapping[int, str]) -> dict[str, str]:
    """{meaning: cell} of one row, without what is blank. Of two columns with one meaning the first that says something counts."""
    found: dict[str, str] = {}
    for place, meaning in meanings.items():
        if meaning and place < len(cells) and cells[place].strip():
            found.setdefault(meaning, cells[place])
    return found
