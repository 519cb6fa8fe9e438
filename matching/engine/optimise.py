"""The best list for a budget, a number of applications, or both.

    groups = [Candidates(chances, worth, locked, spread, match), ...]   # one a specialty, vetoed and excluded programs left out
    costs = [cost, ...]                                                 # cost[n]: dollars of n programs of the specialty
    best = best_list(groups, costs, budget=1500, most=None)
    best.chosen[0]                                                      # positions of the chosen ones in the first group's arrays
    curve = list_curve(groups, costs, most=200)                         # the best list of every size, for a chart
    worth_it(curve, least_gain=0.001)                                   # from this size on the next application adds less
    gains(groups, best.chosen)                                          # what each chosen one adds, and each other would add

**What is maximised.** An interview at a program of worth u counts as u of an interview: given the strength z it happens,
and counts, with chance p(z) x u. The value is the match chance of whole_list and portfolio with these chances:

    value = average over z of 1 - product over specialties of (1 - sum over k of P(k counted interviews | z) x P(match | k))

It lies between 0 and the match chance, and is the match chance where every worth is 1. It never falls with an entry more, a
higher chance or a higher worth, because P(match | k) never falls with k. README.md, section 9, has an example by hand.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.engine.allotment import NO_LIMIT, Limits, Rows, best_rows, rows_by_size
from matching.engine.paths import CERTAIN, Candidates, Field, Path
from matching.engine.portfolio import interviews_given_strength
from matching.engine.powers import powers
from matching.engine.strength import given_strength, strengths
from matching.engine.tables import Floats, Index

__all__ = ["BestList", "Candidates", "ListCurve", "LocksDoNotFitError", "best_list", "gains", "list_curve", "list_value", "worth_it"]


class LocksDoNotFitError(ValueError):
    """What is locked in exceeds the budget, or the number of applications. `locks` are how many there are, `usd` what they cost."""

    def __init__(self, locks: int, usd: int) -> None:
        super().__init__(f"The {locks} locked programs cost ${usd:,} and do not fit. Unlock some, or allow more.")
        self.locks, self.usd = locks, usd


@dataclass(frozen=True)
class BestList:
    """The best list found. `chosen` are positions in each group's arrays, ascending; `value` and `match` are chances, `usd` dollars."""

    chosen: tuple[Index, ...]
    value: float
    match: float
    usd: int

    @property
    def size(self) -> int:
        """How many applications."""
        return sum(len(part) for part in self.chosen)


@dataclass(frozen=True)
class ListCurve:
    """The best list of every size. Arrays (sizes,): `sizes` ascending by 1, `usd` dollars, `value` and `match` chances; `counts` (sizes, groups)."""

    sizes: Index
    usd: Index
    value: Floats
    match: Floats
    counts: Index


def best_list(groups: Sequence[Candidates], costs: Sequence[Index], *, budget: int | None, most: int | None) -> BestList:
    """The list of the highest value within `budget` dollars and `most` applications (None: no limit); of equal ones the cheapest.

    `costs` (programs + 1,) are dollars by number of programs, from 0, never falling; a shorter array stops where prices are no longer known.
    Raises LocksDoNotFitError where the locked ones exceed a limit, ValueError where their price is not known.
    """
    limits = Limits(NO_LIMIT if budget is None else budget, NO_LIMIT if most is None else most)
    search = _Search(groups, costs, limits)
    rows, _ = best_rows(search.priced(), limits)
    # Once is enough: in 150 lists of up to 120 programs a second time never gained.
    if search.rechoose(rows):
        rows, _ = best_rows(search.priced(), limits, rows)
    chosen = search.chosen(rows)
    return BestList(chosen, *list_value(groups, chosen), sum(int(cost[len(part)]) for cost, part in zip(costs, chosen, strict=True)))


class _Search:
    """The specialties of one question: what is in reach, and the entries of every number found so far."""

    def __init__(self, groups: Sequence[Candidates], costs: Sequence[Index], limits: Limits) -> None:
        rooms = _rooms(groups, costs, limits)
        _, self.share = strengths()
        self.costs = costs
        self.fields = [Field(group, room) for group, room in zip(groups, rooms, strict=True)]
        self.paths = [field.path(self.share) for field in self.fields]

    def priced(self) -> list[Rows]:
        """The paths with their prices."""
        return [Rows.of(path, cost) for path, cost in zip(self.paths, self.costs, strict=True)]

    def rechoose(self, rows: Sequence[int]) -> bool:
        """Choose each specialty's entries again for who has not matched in the others, at these rows; whether that brought any new."""
        old = [len(path.sizes) for path in self.paths]
        self.paths = [path.joined(again) for path, again in zip(self.paths, self.chosen_for(rows), strict=True)]
        return old != [len(path.sizes) for path in self.paths]

    def chosen_for(self, rows: Sequence[int]) -> list[Path]:
        """The path of each specialty for who has not matched in the others, at these rows."""
        lefts = [path.left[row] for path, row in zip(self.paths, rows, strict=True)]
        rests = [np.prod([self.share, *lefts[:place], *lefts[place + 1 :]], axis=0) for place in range(len(lefts))]
        choice = [len(rests) > 1 and len(field.classes) > 1 for field in self.fields]
        return [field.path(rest) if open_ else path for field, path, rest, open_ in zip(self.fields, self.paths, rests, choice, strict=True)]

    @property
    def lefts(self) -> list[Floats]:
        """The chance not to match in each specialty, by row and strength."""
        return [path.left for path in self.paths]

    def chosen(self, rows: Sequence[int]) -> tuple[Index, ...]:
        """Positions of the entries at these rows."""
        return tuple(field.chosen(path.taken[row]) for field, path, row in zip(self.fields, self.paths, rows, strict=True))


def _rooms(groups: Sequence[Candidates], costs: Sequence[Index], limits: Limits) -> list[int]:
    """The most entries that each specialty can have beside the locked ones of the others."""
    locks = [group.locks for group in groups]
    if any(len(cost) <= count for cost, count in zip(costs, locks, strict=True)):
        raise ValueError("The price of the locked programs is not known. Unlock some, or give the price of last season.")
    usd = [int(cost[count]) for cost, count in zip(costs, locks, strict=True)]
    left = limits.after(sum(usd), sum(locks))
    if left.usd < 0 or left.size < 0:
        raise LocksDoNotFitError(sum(locks), sum(usd))
    affordable = (int(np.flatnonzero(cost <= left.usd + own)[-1]) for cost, own in zip(costs, usd, strict=True))
    return [min(count, len(group), own + left.size) for count, group, own in zip(affordable, groups, locks, strict=True)]


def list_curve(groups: Sequence[Candidates], costs: Sequence[Index], *, most: int) -> ListCurve:
    """The best list of every size from that of the locked ones (at least 1) to `most`, as far as there are programs and prices.

    A specialty's entries are chosen for the longest list here, so `best_list` of a shorter one may be better by a trace.
    Raises LocksDoNotFitError and ValueError as `best_list` does, and ValueError without a specialty.
    """
    if not groups:
        raise ValueError("A list without a specialty has no curve.")
    search = _Search(groups, costs, Limits(NO_LIMIT, most))
    longest, _ = best_rows(search.priced(), Limits(NO_LIMIT, most))
    search.paths = search.chosen_for(longest)
    rows = rows_by_size(search.priced(), most - sum(group.locks for group in groups))
    rows = rows[rows.sum(axis=1) + sum(group.locks for group in groups) > 0]
    counts = np.stack([path.sizes[row] for path, row in zip(search.paths, rows.T, strict=True)], axis=1)
    usd = sum(cost[count] for cost, count in zip(costs, counts.T, strict=True))
    fulls = [field.in_full(path) for field, path in zip(search.fields, search.paths, strict=True)]
    value, match = (1 - np.prod([left[row] for left, row in zip(lefts, rows.T, strict=True)], axis=0) @ search.share for lefts in (search.lefts, fulls))
    return ListCurve(counts.sum(axis=1), np.asarray(usd, np.intp), value, match, counts)


def worth_it(curve: ListCurve, least_gain: float) -> int:
    """The size from which every further application adds less than `least_gain` to the value (a chance, 0 to 1)."""
    enough = np.flatnonzero(np.diff(curve.value, prepend=0.0) >= least_gain)
    return int(curve.sizes[enough[-1]]) if len(enough) else 0


def gains(groups: Sequence[Candidates], chosen: Sequence[Index]) -> tuple[Floats, ...]:
    """What each candidate adds to the value of the list: for a chosen one what would be lost without it, for another what it would bring."""
    _, share = strengths()
    lefts = [1 - _matched(group, index, counted=True) for group, index in zip(groups, chosen, strict=True)]
    rests = (np.prod([share, *lefts[:place], *lefts[place + 1 :]], axis=0) for place in range(len(groups)))
    return tuple(_gains(group, index, rest) for group, index, rest in zip(groups, chosen, rests, strict=True))


def _gains(group: Candidates, chosen: Index, rest: Floats) -> Floats:
    """The same in one specialty; `rest` (NODES,) weighs the strengths."""
    bases, weights = powers(group.match, len(chosen) + 1)
    counted = np.minimum(group.thinned(), CERTAIN)[:, :, None] * (1 - bases)
    product = (1 - counted[chosen]).prod(axis=0)
    without = np.repeat((product * weights * rest[:, None])[None], len(group), axis=0)
    without[chosen] /= 1 - counted[chosen]
    result: Floats = np.maximum(-(without * counted).sum(axis=(1, 2)), 0.0)
    return result


def list_value(groups: Sequence[Candidates], chosen: Sequence[Index]) -> tuple[float, float]:
    """(value, match chance) of a list, counted exactly."""
    value, match = (_together([_matched(group, index, counted=counted) for group, index in zip(groups, chosen, strict=True)]) for counted in (True, False))
    return value, match


def _together(matched: Sequence[Floats]) -> float:
    """The chance to match in any specialty, from that of each at each strength."""
    _, share = strengths()
    return float(share @ (1 - np.prod([np.ones(len(share)), *(1 - one for one in matched)], axis=0)))


def _matched(group: Candidates, index: Index, *, counted: bool) -> Floats:
    """The chance at each strength to match through these entries, (NODES,); `counted`: with what interviews there count for."""
    part = group.take(index)
    counts = interviews_given_strength(part.thinned() if counted else given_strength(part.chances, part.spread))
    matched: Floats = counts @ group.match.at(np.arange(counts.shape[1], dtype=np.float64))
    return matched
