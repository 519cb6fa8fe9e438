"""Arrays as the bytes that snapshots keep. Pure.

Chances are uint16 fixed point: float16 and uint8 would reorder the best hundred of a list. 0 stands for exactly 0 and
nothing else, so that "excluded" survives. Tiers are int8, criteria the bits of matching.engine.Criterion in uint32,
program ids int64, all little-endian whatever the machine.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.engine import ApplicantTable, Scores
from matching.engine.tables import Bools, Floats, Index

Ids = NDArray[np.int64]
Packed = NDArray[np.uint16]
Matrix = NDArray[Any]

FULL = 65_535  # a chance of 1
ID, CHANCE, TIER, BITS = np.dtype("<i8"), np.dtype("<u2"), np.dtype("i1"), np.dtype("<u4")
# Columns of a snapshot with one number a program, in the order of ScoreSnapshot.
COLUMNS: dict[str, np.dtype[Any]] = {"chance": CHANCE, "low": CHANCE, "high": CHANCE, "tier": TIER, "excluded": BITS}


def pack_chances(chances: Floats) -> Packed:
    """Probabilities as fixed point, rising with them. Off by at most 1/131,070, but for tiny ones: those become 1/65,535, never 0."""
    packed = np.rint(chances * FULL).astype(CHANCE)
    packed[(packed == 0) & (chances > 0)] = 1
    return packed


def unpack_chances(packed: Packed) -> Floats:
    """The probabilities that fixed point stands for."""
    result: Floats = packed / np.float64(FULL)
    return result


def pack_ids(ids: Ids) -> bytes:
    """Program ids as they stand in ProgramOrder."""
    return ids.astype(ID).tobytes()


def unpack_ids(data: bytes | memoryview) -> Ids:
    """The ids again. Raises ValueError where the bytes do not come out even."""
    return np.frombuffer(data, ID)


def digest(ids: Ids) -> str:
    """The name of an order of programs."""
    return hashlib.sha256(pack_ids(ids)).hexdigest()


@dataclass(frozen=True)
class Results:
    """What snapshots keep of `Scores`: n applicants at the programs `ids`, each array (n, programs), packed."""

    ids: Ids
    chance: Packed
    low: Packed
    high: Packed
    tier: NDArray[np.int8]
    excluded: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.tier)

    def row(self, place: int) -> list[bytes]:
        """One applicant's bytes, in the order of COLUMNS."""
        return [getattr(self, name)[place].tobytes() for name in COLUMNS]

    def take(self, places: Index) -> "Results":
        """The applicants at `places`, in that order."""
        return Results(self.ids, **{name: getattr(self, name)[places] for name in COLUMNS})


def pack(ids: Ids, scores: Scores) -> Results:
    """The engine's results as snapshots keep them."""
    chances = {name: pack_chances(getattr(scores, name)) for name in ("chance", "low", "high")}
    return Results(ids, tier=scores.tier.astype(TIER), excluded=scores.excluded.astype(BITS), **chances)


def stack(ids: Ids, rows: Sequence[Sequence[bytes | memoryview]]) -> Results:
    """Many snapshots of one order at once; each row holds its bytes in the order of COLUMNS. Raises ValueError where sizes do not fit."""
    shape = (len(rows), len(ids))
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(COLUMNS)
    arrays = {name: np.frombuffer(b"".join(column), dtype).reshape(shape) for (name, dtype), column in zip(COLUMNS.items(), columns, strict=True)}
    return Results(ids, **arrays)


def patched(old: Results, ids: Ids, fresh: Results) -> Results:
    """`old` in the order of `ids`, with the columns of `fresh` put in. Every id has to be in one of the two; those in neither raise KeyError."""
    kept, source = _common(ids, old.ids)
    new, drawn = _common(ids, fresh.ids)
    if len(np.union1d(kept, new)) < len(ids):
        raise KeyError("A program has neither an old result nor a new one.")
    arrays = {}
    for name, dtype in COLUMNS.items():
        array = np.zeros((len(old), len(ids)), dtype)
        array[:, kept] = getattr(old, name)[:, source]
        array[:, new] = getattr(fresh, name)[:, drawn]
        arrays[name] = array
    return Results(ids, **arrays)


def _common(ids: Ids, others: Ids) -> tuple[Index, Index]:
    """Places in `ids` and in `others` of the ids that both hold."""
    if len(ids) == len(others) and (ids == others).all():
        everywhere = np.arange(len(ids))
        return everywhere, everywhere
    _, here, there = np.intersect1d(ids, others, assume_unique=True, return_indices=True)
    return here, there


# --- applicants ---

SIZES = np.dtype([("states", "<u2"), ("types", "<u2")])
MATRICES = {"preferred_states": "states", "ruled_out_states": "states", "ruled_out_types": "types"}


def pack_applicants(applicants: ApplicantTable) -> list[bytes]:
    """Each applicant as bytes: the widths of the yes/no matrices, then every column in the order of the table."""
    widths = np.array([(applicants.preferred_states.shape[1], applicants.ruled_out_types.shape[1])], SIZES)
    rows = np.zeros(len(applicants), _record(*widths[0].tolist()))
    for name in rows.dtype.names or ():
        rows[name] = getattr(applicants, name)
    return [widths.tobytes() + row.tobytes() for row in rows]


def unpack_applicants(rows: Sequence[bytes | memoryview], *, states: int, types: int) -> ApplicantTable:
    """The table again. Raises ValueError for rows that are not of these widths, or not rows at all."""
    record = np.dtype([("sizes", SIZES), ("row", _record(states, types))])
    found = np.frombuffer(b"".join(rows), record)
    if len(found) != len(rows) or (found["sizes"] != np.array((states, types), SIZES)).any():
        raise ValueError("These applicants were kept with other lists of states or program types.")
    return ApplicantTable(**{name: np.ascontiguousarray(found["row"][name]) for name in found["row"].dtype.names or ()})


def _record(states: int, types: int) -> np.dtype[Any]:
    widths = {"states": states, "types": types}
    return np.dtype([_column(field.name, field.type, widths) for field in fields(ApplicantTable)])


def _column(name: str, kind: object, widths: dict[str, int]) -> tuple[Any, ...]:
    if kind == Bools:
        return (name, "?", (widths[MATRICES[name]],))
    return (name, "<f8" if kind == Floats else "i1")
