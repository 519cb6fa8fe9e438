"""How many applications each specialty gets: budget and number shared out among specialties.

Dollars depend on numbers alone, so the question is which row of each specialty's path to take. Of two specialties every
pair of rows is looked at, so no price step hides a better list behind it. Of more, pairs are looked at in turn with the others held.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations

import numpy as np

from matching.engine.paths import Path
from matching.engine.strength import NODES, strengths
from matching.engine.tables import Floats, Index

NO_LIMIT = np.iinfo(np.int64).max // 4
ALIKE = 1e-10  # values closer than the powers can tell apart


@dataclass(frozen=True)
class Limits:
    """What a list may cost in dollars, and how many applications it may have."""

    usd: int
    size: int

    def after(self, usd: int, size: int) -> "Limits":
        """What is left of them."""
        return Limits(self.usd - usd, self.size - size)


@dataclass(frozen=True)
class Rows:
    """The rows of one specialty's path with their price: `usd` and `sizes` (rows,), `left` (rows, NODES)."""

    usd: Index
    sizes: Index
    left: Floats

    @classmethod
    def of(cls, path: Path, cost: Index) -> "Rows":
        """The rows of `path` at `cost` (dollars by number of programs)."""
        return cls(cost[path.sizes], path.sizes, path.left)


NOTHING = Rows(np.zeros(1, np.intp), np.zeros(1, np.intp), np.ones((1, NODES)))


def best_rows(specialties: Sequence[Rows], limits: Limits, start: Sequence[int] | None = None) -> tuple[tuple[int, ...], float]:
    """(row of each specialty, value) of the best list within `limits`; of equal ones the cheapest, then the shortest.

    `start`: rows to better; None tries every pair first, from the first rows on. Raises ValueError where the start does not fit.
    """
    missing = max(0, 2 - len(specialties))  # to a pair
    padded = [*specialties, *[NOTHING] * missing]
    pairs = list(combinations(range(len(padded)), 2))
    rows = [*(start or [0] * len(specialties)), *[0] * missing]
    orders = [pairs] if start else [[pair, *(other for other in pairs if other != pair)] for pair in pairs]
    value, rows = max((_round(padded, limits, order, rows) for order in orders), key=lambda one: one[0])
    before = -1.0
    while len(pairs) > 1 and value > before + ALIKE:
        before, (value, rows) = value, _round(padded, limits, pairs, rows)
    return tuple(rows[: len(specialties)]), value


def _round(specialties: Sequence[Rows], limits: Limits, pairs: Sequence[tuple[int, int]], start: Sequence[int]) -> tuple[float, list[int]]:
    """(value, rows) from `start` on, each pair in turn."""
    rows, value = list(start), -1.0
    for pair in pairs:
        value, *found = _best_pair(specialties, rows, pair, limits)
        for place, row in zip(pair, found, strict=True):
            rows[place] = row
    return value, rows


def _best_pair(specialties: Sequence[Rows], rows: Sequence[int], pair: tuple[int, int], limits: Limits) -> tuple[float, int, int]:
    """(value, row, row) of the best rows of two specialties with those of the others held."""
    one, other = (specialties[place] for place in pair)
    held = [(specialty, row) for place, (specialty, row) in enumerate(zip(specialties, rows, strict=True)) if place not in pair]
    rest = _rest(specialties, rows, pair)
    room = limits.after(sum(int(specialty.usd[row]) for specialty, row in held), sum(int(specialty.sizes[row]) for specialty, row in held))
    usd, sizes = one.usd[:, None] + other.usd, one.sizes[:, None] + other.sizes
    values = np.where((usd <= room.usd) & (sizes <= room.size), 1 - (one.left * rest) @ other.left.T, -np.inf)
    best = float(values.max())
    if best == -np.inf:
        raise ValueError("Not even the first rows fit the limits.")
    alike = np.argwhere(values >= best - ALIKE)
    cheapest = alike[np.lexsort((sizes[tuple(alike.T)], usd[tuple(alike.T)]))[0]]
    return best, int(cheapest[0]), int(cheapest[1])


def rows_by_size(specialties: Sequence[Rows], most: int) -> Index:
    """Rows of the best list of each size from the shortest on, up to `most` rows in all: (sizes, specialties).

    Row n of a specialty is its n-th shortest. Each list grows out of the one before, then pairs are shared out anew.
    """
    rows = [0] * len(specialties)
    found = [tuple(rows)]
    for _ in range(min(most, sum(len(one.sizes) - 1 for one in specialties))):
        rows[_grows_best(specialties, rows)] += 1
        while len(rows) > 1 and _shared_anew(specialties, rows) and len(rows) > 2:  # one pair is done at once
            pass
        found.append(tuple(rows))
    return np.array(found)


def _grows_best(specialties: Sequence[Rows], rows: Sequence[int]) -> int:
    """Which specialty gains most by a row more."""
    rests = [_rest(specialties, rows, (place,)) @ one.left[min(rows[place] + 1, len(one.sizes) - 1)] for place, one in enumerate(specialties)]
    return int(np.argmin([np.inf if row + 1 == len(one.sizes) else rest for one, row, rest in zip(specialties, rows, rests, strict=True)]))


def _shared_anew(specialties: Sequence[Rows], rows: list[int]) -> bool:
    """Share the rows of each pair out as is best, in place; whether that gained."""
    gained = False
    for place, other in combinations(range(len(rows)), 2):
        one, two, both = specialties[place].left, specialties[other].left, rows[place] + rows[other]
        first = np.arange(max(0, both - len(two) + 1), min(both, len(one) - 1) + 1)
        lefts = (one[first] * two[both - first]) @ _rest(specialties, rows, (place, other))
        best = int(np.argmin(lefts))
        if lefts[best] < lefts[rows[place] - first[0]] - ALIKE:
            rows[place], rows[other], gained = int(first[best]), int(both - first[best]), True
    return gained


def _rest(specialties: Sequence[Rows], rows: Sequence[int], without: Sequence[int]) -> Floats:
    """The share of applicants at each strength who match in none of the other specialties."""
    _, share = strengths()
    return reduce(np.multiply, (one.left[row] for place, (one, row) in enumerate(zip(specialties, rows, strict=True)) if place not in without), share)
