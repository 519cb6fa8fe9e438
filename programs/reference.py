"""Loads the reference tables of `fixtures/reference`: everything is read first, then written at once.

A column of a file is a field of its model; the model's own validators decide what a cell may hold.
Rows are added and changed, never deleted: programs, lists and old seasons refer to them.
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction

from programs.models import (
    ApplicationFee,
    ApplicationService,
    CalendarEvent,
    DataVersion,
    LicensingLimit,
    SignalLimit,
    Specialty,
    State,
)
from smartpick import audit

FOLDER = Path(settings.BASE_DIR) / "fixtures" / "reference"
YES_NO = {"yes": True, "no": False}
Cell = str | int | bool | date | time | None
Row = dict[str, Any]


class ReferenceTableError(ValueError):
    """A table that cannot be loaded; the message names file, line and column."""

    def __init__(self, name: str, line: int, column: str, problem: str) -> None:
        where = f"{name}.csv, line {line}" + (f", column {column}" if column else "")
        super().__init__(f"{where}: {problem}")


def _signals_fit(row: Row) -> str:
    tiered = row["gold"] is not None and row["silver"] is not None and row["single"] is None
    single = row["gold"] is None and row["silver"] is None and row["single"] is not None
    return "" if tiered or single else "Write gold and silver, or single alone."


def _steps_fit(row: Row) -> str:
    backwards = row["to_program"] is not None and row["to_program"] < row["from_program"]
    return "to_program is smaller than from_program." if backwards else ""


def _anything_fits(_row: Row) -> str:
    return ""


@dataclass(frozen=True)
class Table:
    """One file and the model it fills. `check` looks at a whole row and says what is wrong, or ""."""

    name: str
    model: type[models.Model]
    key: tuple[str, ...]
    check: Callable[[Row], str] = _anything_fits

    def columns(self) -> Mapping[str, "models.Field[Any, Any]"]:
        """Name the model's fields, all but a row number of the database's own."""
        fields = self.model._meta.concrete_fields  # noqa: SLF001 - public in Django's documentation
        return {field.name: field for field in fields if not isinstance(field, models.AutoField)}


# Specialties and states first: the others refer to them.
TABLES: tuple[Table, ...] = (
    Table("specialties", Specialty, ("code",)),
    Table("states", State, ("usps",)),
    Table("licensing_limits", LicensingLimit, ("state_id",)),
    Table("application_services", ApplicationService, ("specialty_id", "season")),
    Table("application_fees", ApplicationFee, ("service", "season", "from_program"), _steps_fit),
    Table("signal_limits", SignalLimit, ("specialty_id", "season"), _signals_fit),
    Table("calendar", CalendarEvent, ("season", "key")),
)


@dataclass(frozen=True)
class Loaded:
    """What became of one table."""

    name: str
    rows: int
    new: int
    changed: int


def _cells(name: str, text: str, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line number, cells by column) of a CSV text whose first line names exactly `columns`, in any order."""
    reader = csv.reader(StringIO(text))
    header = next(reader, [])
    if sorted(header) != sorted(columns):
        raise ReferenceTableError(name, 1, "", f"The first line has to name these columns, each once: {', '.join(columns)}.")
    for cells in reader:
        if len(cells) != len(header):
            raise ReferenceTableError(name, reader.line_num, "", f"{len(cells)} cells instead of {len(header)}: quote a cell that holds a comma.")
        yield reader.line_num, dict(zip(header, (cell.strip() for cell in cells), strict=True))


def _value(field: "models.Field[Any, Any]", text: str, codes: Mapping[str, frozenset[str]]) -> Cell:
    """Turn a cell into what the field holds. Raises ValueError or ValidationError with what is wrong."""
    if field.is_relation:
        known = codes[field.name]
        if text not in known:
            raise ValueError(f"{text!r} is not in the table of {field.name} codes.")
        return text
    if isinstance(field, models.BooleanField):
        if text not in YES_NO:
            raise ValueError(f"Write yes or no, not {text!r}.")
        return YES_NO[text]
    if text == "" and field.null:
        return None
    cleaned: Cell = field.clean(text, None)
    return cleaned


def parse_table(table: Table, text: str, codes: Mapping[str, frozenset[str]]) -> list[Row]:
    """Read the rows of one file as values by attribute name, without a database.

    `codes` holds the known codes by column name ("specialty", "state"). Raises ReferenceTableError at the first broken cell.
    """
    columns = table.columns()
    rows: dict[tuple[Any, ...], Row] = {}
    for line, cells in _cells(table.name, text, list(columns)):
        row: Row = {}
        for name, field in columns.items():
            try:
                row[field.attname] = _value(field, cells[name], codes)
            except ValidationError as error:
                raise ReferenceTableError(table.name, line, name, f"{' '.join(error.messages)} Found: {cells[name]!r}.") from None
            except ValueError as error:
                raise ReferenceTableError(table.name, line, name, str(error)) from None
        key = tuple(row[name] for name in table.key)
        problem = table.check(row) or ("This row is there twice." if key in rows else "")
        if problem:
            raise ReferenceTableError(table.name, line, "", problem)
        rows[key] = row
    return list(rows.values())


def parse_folder(folder: Path) -> list[tuple[Table, list[Row]]]:
    """Read all tables of a folder, in loading order. Raises ReferenceTableError; reads no database."""
    codes: dict[str, frozenset[str]] = {}
    parsed = []
    for table in TABLES:
        try:
            text = (folder / f"{table.name}.csv").read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ReferenceTableError(table.name, 1, "", f"The file cannot be read as UTF-8 text: {error}.") from None
        rows = parse_table(table, text, codes)
        if table.model in {Specialty, State}:
            codes[table.model.__name__.lower()] = frozenset(row[table.key[0]] for row in rows)
        parsed.append((table, rows))
    return parsed


def _upsert(table: Table, rows: Sequence[Row]) -> Loaded:
    """Write one table's rows; a row that already says the same is left alone."""
    manager = table.model._default_manager  # noqa: SLF001 - public in Django's documentation
    existing = {tuple(getattr(row, name) for name in table.key): row for row in manager.all()}
    new, changed = [], []
    for row in rows:
        present = existing.get(tuple(row[name] for name in table.key))
        if present is None:
            new.append(table.model(**row))
        elif any(getattr(present, name) != value for name, value in row.items()):
            for name, value in row.items():
                setattr(present, name, value)
            changed.append(present)
    manager.bulk_create(new)
    if changed:
        manager.bulk_update(changed, [name for name, field in table.columns().items() if not field.primary_key])
    return Loaded(table.name, len(rows), len(new), len(changed))


def load_reference(*, by: str, folder: Path = FOLDER) -> list[Loaded]:
    """Bring the reference tables to what the files say; the same files twice change nothing the second time.

    Raises ReferenceTableError before anything is written. Steps the data version when a row is new or changed.
    """
    parsed = parse_folder(folder)
    with transaction.atomic():
        loaded = [_upsert(table, rows) for table, rows in parsed]
        touched = {table.name: table.new + table.changed for table in loaded if table.new + table.changed}
        if touched:
            DataVersion.objects.create(cause="Reference tables loaded")
            audit.record(by=by, verb="load_reference", target="reference", **touched)
    return loaded
