"""The small tables in `fixtures/demo` that the generator draws from. Pure."""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "demo"
T = TypeVar("T")
_READ: Mapping[Any, Callable[[str], Any]] = {str: str, int: int, float: float}


@dataclass(frozen=True)
class SpecialtyMix:
    """One specialty. `pull` is how strongly it sits at universities, `home` its weight as an institution's only one."""

    code: str
    institutions: int
    positions: float
    spread: float
    pull: float
    home: float
    unfilled: float
    step2_level: float
    step2_sd: float
    applicants_per_position: float


@dataclass(frozen=True)
class Fill:
    """Who fills a specialty's positions: counts, and the share of DOs among its U.S. graduates."""

    code: str
    positions: int
    non_us_img: int
    us_img: int
    do_share: float


@dataclass(frozen=True)
class TrackMix:
    """Share of a specialty's programs with a track of this type, and its size against a full one."""

    code: str
    track_type: str
    share: float
    size: float


@dataclass(frozen=True)
class StateTracks:
    state: str
    tracks: int


@dataclass(frozen=True)
class City:
    city: str
    state: str
    population_thousands: float


@dataclass(frozen=True)
class SettingMix:
    """Weights of the settings in a city of at least this size."""

    population_from: float
    urban: float
    suburban: float
    rural: float


@dataclass(frozen=True)
class NamePattern:
    kind: str
    pattern: str
    weight: float


@dataclass(frozen=True)
class FieldMix:
    """How a field is stated. Fields of one `group` stand on the same page: known, dated and sourced together."""

    field: str
    group: str
    known: float
    slope: float
    strict: float
    preferred: float
    conflict: float
    contradiction: float


@dataclass(frozen=True)
class ValueMix:
    """One value of a field; `tilt` makes it likelier (or, below 0, rarer) at selective programs."""

    field: str
    value: str
    weight: float
    tilt: float


@dataclass(frozen=True)
class SourceMix:
    name: str
    rank: int
    weight: float
    url: str


@dataclass(frozen=True)
class DemoTables:
    """Everything the generator knows."""

    specialties: tuple[SpecialtyMix, ...]
    fills: Mapping[str, Fill]
    tracks: Mapping[str, tuple[TrackMix, ...]]
    states: tuple[StateTracks, ...]
    cities: Mapping[str, tuple[City, ...]]
    settings: tuple[SettingMix, ...]
    stems: tuple[str, ...]
    patterns: Mapping[str, tuple[NamePattern, ...]]
    fields: tuple[FieldMix, ...]
    values: Mapping[str, tuple[ValueMix, ...]]
    sources: tuple[SourceMix, ...]
    parameters: Mapping[str, float]


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _read(folder: Path, name: str, row_type: type[T]) -> tuple[T, ...]:
    """Read a table as dataclasses; its other columns say where the figures come from."""
    columns = {field.name: _READ[field.type] for field in fields(row_type)}  # type: ignore[arg-type]
    return tuple(row_type(**{column: read(row[column]) for column, read in columns.items()}) for row in _rows(folder, name))


def _by(rows: tuple[T, ...], column: str) -> dict[str, tuple[T, ...]]:
    """Group rows by a column, in the order of the table."""
    groups: dict[str, list[T]] = {}
    for row in rows:
        groups.setdefault(getattr(row, column), []).append(row)
    return {key: tuple(group) for key, group in groups.items()}


@cache
def load_tables(folder: Path = FOLDER) -> DemoTables:
    """Read the tables of `fixtures/demo`, once per process."""
    return DemoTables(
        specialties=_read(folder, "specialties", SpecialtyMix),
        fills={fill.code: fill for fill in _read(folder, "img_fill", Fill)},
        tracks=_by(_read(folder, "track_mix", TrackMix), "code"),
        states=_read(folder, "states", StateTracks),
        cities=_by(_read(folder, "cities", City), "state"),
        settings=_read(folder, "settings", SettingMix),
        stems=tuple(row["stem"] for row in _rows(folder, "name_stems")),
        patterns=_by(_read(folder, "name_patterns", NamePattern), "kind"),
        fields=_read(folder, "fields", FieldMix),
        values=_by(_read(folder, "values", ValueMix), "field"),
        sources=_read(folder, "sources", SourceMix),
        parameters={row["name"]: float(row["value"]) for row in _rows(folder, "parameters")},
    )
