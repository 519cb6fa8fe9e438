"""The programs of a specialty with the model that they, or a stored anchoring, set."""

from dataclasses import dataclass, replace
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import files
from threading import Lock
from typing import Any

import numpy as np

from matching.adapters.columns import PROGRAM_TYPES
from matching.adapters.programs import ENGINE_COLUMNS, columns_of, program_table
from matching.engine import ENGINE_VERSION, Model, ProgramTable, anchor, evidence
from matching.models import Anchoring
from matching.packing import Ids
from matching.queries import Basis, basis_of, left_out, on_lists, state_codes
from programs.models import Program

# What lists search and sort by, kept beside the table so that a page reads only the rows it shows.
LABEL_COLUMNS = ("key", "name", "city")
LIST_ORDER = ("name", "key")
DIGEST_LENGTH = 32
CACHED_SETS = 64  # specialties; each set holds about 300 bytes a program


@dataclass(frozen=True)
class ProgramSet:
    """The programs of one specialty that can stand on a list, as the engine and the list read them.

    `keys`, `names`, `cities` and `states` (USPS codes, "" unknown) run in the order of `table`. `left_out`
    counts programs that only offer one-year or reserved positions; `demo` says that all are invented.
    `version` is that of the program data, `anchored` the one that the model was anchored over.
    """

    table: ProgramTable
    model: Model
    keys: tuple[str, ...]
    names: tuple[str, ...]
    cities: tuple[str, ...]
    states: tuple[str, ...]
    left_out: int
    demo: bool
    version: int
    anchored: int


def program_set(specialty: str, match_year: int, basis: Basis | None = None) -> ProgramSet:
    """The current programs of a specialty, anchored. Read once per process and basis; from then on 1 query, or none with `basis`."""
    basis = basis or basis_of(specialty, match_year, engine_name())
    with _locks.setdefault(specialty, Lock()):
        return _program_set(specialty, match_year, basis)


# Several first readers of a specialty wait for one of them to read it.
_locks: dict[str, Lock] = {}


def forget_programs() -> None:
    """Drop what this process remembers; for tests, whose data versions repeat."""
    _program_set.cache_clear()
    _program_part.cache_clear()


@lru_cache(maxsize=CACHED_SETS)
def _program_set(specialty: str, match_year: int, basis: Basis) -> ProgramSet:
    columns = (*LABEL_COLUMNS, *ENGINE_COLUMNS)
    by_name = columns_of(on_lists(specialty).order_by(*LIST_ORDER).values_list(*columns), columns)
    places = state_codes()
    table = program_table(specialty, match_year, by_name, places)
    # Reading writes nothing: without a stored anchoring the programs are anchored as they are, for this process alone.
    stored = Anchoring.objects.filter(pk=basis.anchoring).first() if basis.anchoring else None
    return ProgramSet(
        table=table,
        model=model_of(stored) if stored else anchor(table, states=len(places), types=len(PROGRAM_TYPES)),
        keys=tuple(by_name["key"]),
        names=tuple(by_name["name"]),
        cities=tuple(by_name["city"]),
        states=tuple(code or "" for code in by_name["state_id"]),
        left_out=left_out(specialty),
        demo=any(by_name["is_demo"]),
        version=basis.version,
        anchored=stored.data_version if stored else basis.version,
    )


def model_of(stored: Anchoring) -> Model:
    """The model that a stored anchoring and the evidence tables make."""
    numbers = stored.numbers
    figures = replace(evidence.specialty(stored.specialty), step2_slope=numbers["step2_slope"])
    return Model(figures, evidence.weights(), np.array(numbers["intercepts"], np.float64), np.array(numbers["spreads"], np.float64))


def anchoring_numbers(model: Model) -> dict[str, Any]:
    """What `model_of` needs beside the tables."""
    return {"intercepts": model.intercepts.tolist(), "spreads": model.spreads.tolist(), "step2_slope": model.figures.step2_slope}


@cache
def engine_name() -> str:
    """The engine and the bytes of the tables that it computes with, in a name that changes when either does; at most 40 characters."""
    tables = sorted((table for table in files(evidence).iterdir() if table.name.endswith(".csv")), key=lambda table: table.name)
    digest = sha256(b"".join(table.name.encode() + table.read_bytes() for table in tables)).hexdigest()
    return f"{ENGINE_VERSION}-{digest[:DIGEST_LENGTH]}"


def program_part(specialty: str, match_year: int, version: int, wanted: frozenset[int], places: tuple[str, ...]) -> tuple[Ids, ProgramTable]:
    """The order of all programs on the list, and a table of those in `wanted` alone; `places` are the codes of all states.

    Read once per process and version.
    """
    with _locks.setdefault(specialty, Lock()):
        return _program_part(specialty, match_year, version, wanted, places)


@lru_cache(maxsize=CACHED_SETS)
def _program_part(
    specialty: str,
    match_year: int,
    version: int,
    wanted: frozenset[int],
    places: tuple[str, ...],
) -> tuple[Ids, ProgramTable]:
    ids = program_ids(specialty)
    rows = Program.objects.filter(pk__in=wanted.intersection(ids.tolist())).order_by("pk").values_list(*ENGINE_COLUMNS)
    return ids, program_table(specialty, match_year, columns_of(rows), places)


def program_ids(specialty: str) -> Ids:
    """The programs that can stand on a list, in the order of its table."""
    return np.array(list(on_lists(specialty).order_by(*LIST_ORDER).values_list("pk", flat=True)), np.int64)
