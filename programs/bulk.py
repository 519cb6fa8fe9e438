"""Bulk writes: the same call on PostgreSQL (COPY into a temporary table) and SQLite (executemany).

Neither sends signals nor fills defaults: the caller names every column that the database itself does not fill.
12,000 rows of 40 columns take about 0.35 s on either; Django's `bulk_update` takes 16 s for a quarter of that.
"""
# ruff: noqa: S608 -- the SQL is made of quoted table and column names of our own models; values never go into it

import gc
import io
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection, models, transaction

T = TypeVar("T")
Row = Sequence[Any]
STAGING = "bulk_staging"
# SQLite takes at most 32,766 parameters in one statement.
CHUNK = 10_000
# Any number, as long as no other advisory lock of this database uses it.
WRITER_LOCK = 20_270_701
SECONDS_TO_WAIT = 20  # for another writer; SQLite's timeout in settings.py is the same
LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL's code for it
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@dataclass(frozen=True)
class _Target:
    """A table and some of its columns, quoted, with what makes each value fit for the database driver."""

    table: str
    columns: tuple[str, ...]
    adapters: tuple[Callable[[Any], Any] | None, ...]

    @property
    def names(self) -> str:
        return ", ".join(self.columns)

    def adapt(self, rows: Sequence[Row]) -> Iterator[Row]:
        """The rows as the driver takes them. Column by column, since most columns need nothing."""
        columns = zip(*rows, strict=True)
        fitted = (values if fit is None else map(_unless_none(fit), values) for values, fit in zip(columns, self.adapters, strict=True))
        return zip(*fitted, strict=True)


def _unless_none(fit: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else fit(value)


def upsert(model: type[models.Model], *, columns: Sequence[str], rows: Sequence[Row], key: Sequence[str] = (), keep: Sequence[str] = ()) -> None:
    """Insert `rows`; where one with the same `key` exists, set its other columns instead, but for those in `keep`.

    `columns` are attribute names (`program_id`, not `program`), `key` some of them that a unique constraint covers, or
    nothing for rows that are always new. Raises ValueError for two rows with one key, IntegrityError as inserts do.
    """
    if not rows:
        return
    _refuse_duplicates(columns, rows, key)
    target = _target(model, columns)
    quoted = dict(zip(columns, target.columns, strict=True))
    sets = ", ".join(f"{quoted[name]} = excluded.{quoted[name]}" for name in columns if name not in {*key, *keep})
    conflict = f"ON CONFLICT ({', '.join(quoted[name] for name in key)}) DO {f'UPDATE SET {sets}' if sets else 'NOTHING'}" if key else ""
    into = f"INSERT INTO {target.table} ({target.names})"
    if connection.vendor == "postgresql" and not key:
        _copied(target, rows, target.table)
    elif connection.vendor == "postgresql":
        _staged(target, rows, f"{into} SELECT {target.names} FROM {STAGING} WHERE true {conflict}")
    else:
        _executemany(target, rows, f"{into} VALUES ({', '.join(['%s'] * len(columns))}) {conflict}")


def update(model: type[models.Model], *, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Set the other `columns` of the rows whose id is the first of `columns`; ids that do not exist are passed over."""
    if not rows:
        return
    _refuse_duplicates(columns, rows, columns[:1])
    if connection.vendor == "postgresql":
        target = _target(model, columns)
        pk, *others = target.columns
        sets = ", ".join(f"{name} = {STAGING}.{name}" for name in others)
        _staged(target, rows, f"UPDATE {target.table} SET {sets} FROM {STAGING} WHERE {target.table}.{pk} = {STAGING}.{pk}")
    else:
        target = _target(model, [*columns[1:], columns[0]])
        sets = ", ".join(f"{name} = %s" for name in target.columns[:-1])
        _executemany(target, [[*row[1:], row[0]] for row in rows], f"UPDATE {target.table} SET {sets} WHERE {target.columns[-1]} = %s")


def lock_program_data() -> None:
    """Let one transaction at a time write program data; the others wait here. Call it inside `atomic`.

    Resolution reads every fact of a program: two writers that do not see each other's facts would leave a current
    value that the facts together do not give. SQLite has one writer by itself.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{SECONDS_TO_WAIT}s'")
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WRITER_LOCK])
            cursor.execute("SET LOCAL lock_timeout = 0")


def is_lock_timeout(error: Exception) -> bool:
    """Whether a database error says that somebody else held a lock for too long."""
    return getattr(error.__cause__, "pgcode", None) == LOCK_NOT_AVAILABLE or "database is locked" in str(error)


@contextmanager
def without_collector() -> Iterator[None]:
    """Let Python's collector of cycles rest while some hundred thousand rows are made.

    They have no cycles, and walking through them over and over took two fifths of the time of an import (docs/adr/0007).
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def chunks(items: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """`items` in pieces of at most `size`."""
    return (items[start : start + size] for start in range(0, len(items), size))


def _target(model: type[models.Model], columns: Sequence[str]) -> _Target:
    meta, quote = model._meta, connection.ops.quote_name  # noqa: SLF001 - Django documents Model._meta
    fields = [field for name in columns if isinstance(field := meta.get_field(name), models.Field)]
    return _Target(quote(meta.db_table), tuple(quote(str(field.column)) for field in fields), tuple(_adapter(field) for field in fields))


def _adapter(field: "models.Field[Any, Any]") -> Callable[[Any], Any] | None:
    """None where the driver takes the value as it is; most columns are such, and there are many values."""
    if isinstance(field, models.JSONField):
        return json.dumps
    if isinstance(field, models.DateField):  # and DateTimeField, a subclass
        return lru_cache(lambda value: field.get_db_prep_save(value, connection))  # few dates, many rows
    if isinstance(field, models.BinaryField) and connection.vendor == "postgresql":
        return lambda value: f"\\x{bytes(value).hex()}"  # as COPY takes bytes in its text format
    return None


def _refuse_duplicates(columns: Sequence[str], rows: Sequence[Row], key: Sequence[str]) -> None:
    """PostgreSQL refuses such rows half-way with an unclear message, SQLite silently keeps the last."""
    places = [columns.index(name) for name in key]
    if places and len({tuple(row[place] for place in places) for row in rows}) < len(rows):
        raise ValueError(f"Two rows have the same {', '.join(key)}.")


def _executemany(target: _Target, rows: Sequence[Row], sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(sql, list(target.adapt(rows)))


def _staged(target: _Target, rows: Sequence[Row], sql: str) -> None:
    """Copy `rows` into a temporary table and run `sql`, which reads them from there."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {STAGING} ON COMMIT DROP AS SELECT {target.names} FROM {target.table} WITH NO DATA")
        _copied(target, rows, STAGING)
        cursor.execute(sql)
        cursor.execute(f"DROP TABLE {STAGING}")


def _copied(target: _Target, rows: Sequence[Row], table: str) -> None:
    """Copy `rows` into `table`, at most CHUNK at a time so that their text never takes much memory."""
    with connection.cursor() as cursor:
        for some in chunks(rows):
            columns = [_column_texts(values, fit) for values, fit in zip(zip(*some, strict=True), target.adapters, strict=True)]
            text = "\n".join(map("\t".join, zip(*columns, strict=True))) + "\n"
            cursor.copy_expert(f"COPY {table} ({target.names}) FROM STDIN", io.StringIO(text))


class _Texts(dict[Any, str]):
    """The COPY text of each value of one column. Columns repeat their values, so each is turned into text once."""

    def __init__(self, fit: Callable[[Any], Any] | None) -> None:
        self.fit = fit

    def __missing__(self, value: Any) -> str:  # noqa: ANN401 - whatever the column holds
        text = self[value] = _copy_text(self.fit(value) if self.fit and value is not None else value)
        return text


def _column_texts(values: Sequence[Any], fit: Callable[[Any], Any] | None) -> list[str]:
    """The values of one column in the text format of COPY. A column is of one type, so equal values have equal texts."""
    if fit is json.dumps:  # not hashable
        return [_copy_text(None if value is None else fit(value)) for value in values]
    texts = _Texts(fit)
    return [texts[value] for value in values]


def _copy_text(value: object) -> str:
    """A value in the text format of COPY."""
    if value is None:
        return "\\N"
    if isinstance(value, date):  # and datetime, a subclass
        return value.isoformat()
    return str(value).translate(_ESCAPES)
