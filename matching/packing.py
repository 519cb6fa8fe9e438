"""Arrays as the bytes that snapshots keep. Pure.

Chances are uint16 fixed point: float16 and uint8 would reorder the best hundred of a list. 0 stands for exactly 0 and
nothing else, so that "excluded" survives. Tiers are int8, criteria the bits of matching.engine.Criterion in uint32,
program ids int64, all little-endian whatever the machine.

A snapshot holds the tier of every program of its order, chances only of those that are not excluded, and criteria only of
those that are: half the bytes, and most rows then fit into one page of the database.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.engine import ApplicantTable, Scores, Tier
from matching.engine.tables import Bools, Floats, Index

Ids = NDArray[np.int64]
Packed = NDArray[np.uint16]
Matrix = NDArray[Any]

FULL = 65_535  # a chance of 1
ID, CHANCE, TIER, BITS = np.dtype("<i8"), np.dtype("<u2"), np.dtype("i1"), np.dtype("<u4")
# Columns of a snapshot, in the order of ScoreSnapshot; the first four hold numbers of some programs only.
COLUMNS: dict[str, np.dtype[Any]] = {"chance": CHANCE, "low": CHANCE, "high": CHANCE, "excluded": BITS, "tier": TIER}


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

    def rows(self) -> list[tuple[bytes, ...]]:
        """Each applicant's bytes, in the order of COLUMNS."""
        out = self.tier == Tier.EXCLUDED
        columns = [_sliced(getattr(self, name), _where(name, out), dtype) for name, dtype in COLUMNS.items()]
        return list(zip(*columns, strict=True))


def pack(ids: Ids, scores: Scores) -> Results:
    """The engine's results as snapshots keep them."""
    chances = {name: pack_chances(getattr(scores, name)) for name in ("chance", "low", "high")}
    return Results(ids, tier=scores.tier.astype(TIER), excluded=scores.excluded.astype(BITS), **chances)


def stack(ids: Ids, rows: Sequence[Sequence[bytes | memoryview]]) -> Results:
    """Many snapshots of one order at once; each row holds its bytes in the order of COLUMNS. Raises ValueError where sizes do not fit."""
    *some, tiers = zip(*rows, strict=True) if rows else [()] * len(COLUMNS)
    tier = np.frombuffer(b"".join(tiers), TIER).reshape(len(rows), len(ids))
    out = tier == Tier.EXCLUDED
    arrays = {}
    for (name, dtype), column in zip(COLUMNS.items(), some, strict=False):
        arrays[name] = np.zeros(tier.shape, dtype)
        arrays[name][_where(name, out)] = np.frombuffer(b"".join(column), dtype)
    return Results(ids, tier=tier, **arrays)


def _where(name: str, out: Bools) -> Bools:
    """The pairs of which a column holds a number; `out` marks the excluded ones."""
    return {"tier": np.ones_like(out), "excluded": out}.get(name, ~out)


def _sliced(array: Matrix, held: Bools, dtype: np.dtype[Any]) -> list[bytes]:
    """The numbers held of each row, as bytes."""
    data = array[held].astype(dtype, copy=False).tobytes()
    ends = np.cumsum(held.sum(axis=1)) * dtype.itemsize
    return [data[start:end] for start, end in pairwise((0, *ends.tolist()))]


def patched(old: Results, ids: Ids, fresh: Results) -> Results:
    """`old` in the order of `ids`, with the columns of `fresh` put in. Every id has to be in one of the two; those in neither raise KeyError."""
    same = np.array_equal(ids, old.ids)
    kept, source = _common(ids, old.ids)
    new, drawn = _common(ids, fresh.ids)
    if len(np.union1d(kept, new)) < len(ids):
        raise KeyError("A program has neither an old result nor a new one.")
    arrays = {}
    for name, dtype in COLUMNS.items():
        array = getattr(old, name).copy() if same else np.zeros((len(old), len(ids)), dtype)
        if not same:
            array[:, kept] = getattr(old, name)[:, source]
        array[:, new] = getattr(fresh, name)[:, drawn]
        arrays[name] = array
    return Results(ids, **arrays)


def _common(ids: Ids, others: Ids) -> tuple[Index, Index]:
    """Places in `ids` and in `others` of the ids that both hold."""
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
