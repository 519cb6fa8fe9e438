"""Signals: where each raises the match chance of the list most, and what it does there.

Signals are compared with a list that sends none: programs that take part and get no signal fall by signal_not_sent (evidence/ties.csv)
either way, so a signal never costs anything but its place. They go where the whole list gains, not where the chance rises most:
an interview is worth more to a list that expects few, and to a weak year more than to a strong one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import combinations
from typing import NamedTuple

import numpy as np

from matching.engine.boosts import shifted, ties
from matching.engine.matches import MatchCurve
from matching.engine.paths import CERTAIN, LEAST_GAIN
from matching.engine.powers import POWERS, powers
from matching.engine.strength import NODES, given_strength, strengths
from matching.engine.tables import Bools, Floats, Index

NOT_SENT = ""


@dataclass(frozen=True)
class Signaling:
    """The applications of one specialty.

    `chances` (entries,), 0 to below 1, count connections in and signals out. `takes_part` (entries,) is False where a program is known to stay out of
    signals. `limits` is {kind: how many}, of gold and silver or of single; `placed` holds a kind or "" for each entry, and is kept.
    """

    chances: Floats
    takes_part: Bools
    spread: float
    match: MatchCurve
    limits: Mapping[str, int]
    placed: tuple[str, ...]

    @property
    def open(self) -> Bools:
        """Where a signal can do anything: the program takes part, and is not excluded."""
        result: Bools = self.takes_part & (self.chances > 0)
        return result


class Ends(NamedTuple):
    """An amount with its plausible ends."""

    low: float
    mid: float
    high: float


class Effect(NamedTuple):
    """What signals add to the whole list: expected interviews, and match chance."""

    interviews: Ends
    match: Ends


@dataclass(frozen=True)
class Effects:
    """`each` {position: its effect} for each group's signals, the others as they are; `together` is that of all, against none sent.

    `unsaid` is that of all against chances that leave signals out, as the ranked programs do: those stand for a mix of who signals where.
    """

    each: tuple[Mapping[int, Effect], ...]
    together: Effect
    unsaid: Effect


def place_signals(groups: Sequence[Signaling]) -> tuple[tuple[str, ...], ...]:
    """The kind of signal or "" for each entry of each group: what is placed, and what is left of the limits where it raises the match chance most.

    Never where a program stays out of signals or has no chance. Raises KeyError for a kind that evidence/ties.csv does not know.
    """
    searches = [_Search(group) for group in groups]
    for search in searches:
        search.settle(_rest(searches, search))
    for search in searches if len(searches) > 1 else []:
        search.settle(_rest(searches, search))
    return tuple(tuple(search.signals) for search in searches)


def _rest(searches: Sequence["_Search"], own: "_Search") -> Floats:
    """The share of applicants at each strength who match in none of the other specialties."""
    _, share = strengths()
    rest: Floats = np.prod([share, *(search.left for search in searches if search is not own)], axis=0)
    return rest


class _Search:
    """One specialty while its signals are placed. An entry's factor (see powers.py) under each kind is (entries, strengths x powers)."""

    def __init__(self, group: Signaling) -> None:
        self.signals = np.array(group.placed, np.object_)
        self.bases, self.weights = powers(group.match, len(group.chances))
        self.kinds = tuple(dict.fromkeys((NOT_SENT, *group.limits)))
        # What the product of a list is multiplied with when an entry goes from one kind to another.
        factors = {kind: self._factors(group, (kind,) * len(group.chances)) for kind in self.kinds}
        self.turned = {(old, new): factors[new] / factors[old] for old in self.kinds for new in self.kinds if old != new}
        self.product = self._factors(group, group.placed).prod(axis=0)
        self.to_place = {kind: max(0, limit - group.placed.count(kind)) for kind, limit in group.limits.items()}
        self.free = group.open & np.array([kind == NOT_SENT for kind in group.placed], np.bool_)

    def _factors(self, group: Signaling, signals: Sequence[str]) -> Floats:
        chances = given_strength(_signaled(replace(group, placed=tuple(signals)), ["mid"] * len(signals)), group.spread)
        return (1 - np.minimum(chances, CERTAIN)[:, :, None] * (1 - self.bases)).reshape(len(group.chances), NODES * POWERS)

    @property
    def left(self) -> Floats:
        """The chance at each strength not to match here, (strengths,)."""
        result: Floats = 1 - self.product.reshape(-1, len(self.weights)) @ self.weights
        return result

    def settle(self, rest: Floats) -> None:
        """Place what is left to place, then exchange; `rest` (strengths,) weighs the strengths."""
        weights = (rest[:, None] * self.weights).ravel()
        while self._place(weights):
            pass
        while self._exchange(weights):
            pass

    def _of(self, kind: str) -> Index:
        """Positions of the entries that hold a kind and may give it up."""
        return np.flatnonzero(self.free & (self.signals == kind))

    def _turn(self, place: int, kind: str) -> None:
        self.product = self.product * self.turned[self.signals[place], kind][place]
        self.signals[place] = kind

    def _place(self, weights: Floats) -> bool:
        """Place the signal that adds most; False where none is left, or nowhere to send it."""
        empty, now = self._of(NOT_SENT), self.product * weights
        kinds = [kind for kind, count in self.to_place.items() if count]
        if not len(empty) or not kinds:
            return False
        values = np.array([self.turned[NOT_SENT, kind][empty] @ now for kind in kinds])
        kind, place = divmod(int(values.argmax()), len(empty))
        self._turn(int(empty[place]), kinds[kind])
        self.to_place[kinds[kind]] -= 1
        return True

    def _exchange(self, weights: Floats) -> bool:
        """Let the two entries change their kinds that gain most by it; False where none gain."""
        now = self.product * weights
        best, change = float(now.sum()) + LEAST_GAIN, None
        for one, other in combinations(self.kinds, 2):
            first, second = self._of(one), self._of(other)
            values = (self.turned[one, other][first] * now) @ self.turned[other, one][second].T
            if values.size and values.max() > best:
                row, column = divmod(int(values.argmax()), len(second))
                best, change = float(values.max()), ((int(first[row]), other), (int(second[column]), one))
        for place, kind in change or ():
            self._turn(place, kind)
        return change is not None


def signal_effects(groups: Sequence[Signaling]) -> Effects:
    """What the signals in `placed` do, each and together; the ends are those of evidence/ties.csv.

    Where sent is compared with not sent, the low end of one stands against the high end of the other. A specialty without
    a signal placed counts as one whose signals nobody has thought of yet: nothing is added there.
    """
    counted = [group if any(group.placed) else replace(group, takes_part=np.zeros_like(group.takes_part)) for group in groups]
    unsent = [replace(group, placed=(NOT_SENT,) * len(group.placed)) for group in counted]
    marks = [[bool(kind) for kind in group.placed] for group in groups]
    sent = [_all_signaled(counted, [[end if mark else "mid" for mark in some] for some in marks]) for end in Ends._fields]
    against = [_all_signaled(unsent, [[end if mark else "mid" for mark in some] for some in marks]) for end in reversed(Ends._fields)]
    everywhere = [_all_signaled(counted, [[end] * len(some) for some in marks]) for end in Ends._fields]
    unsaid = [[group.chances for group in groups]] * len(everywhere)
    return Effects(_each(counted), _difference(groups, sent, against), _difference(groups, everywhere, unsaid))


def _difference(groups: Sequence[Signaling], sent: Sequence[Sequence[Floats]], unsent: Sequence[Sequence[Floats]]) -> Effect:
    """What the chances `sent` add to those `unsent`; both hold for each end the chances of each group."""
    interviews = [sum(float(some.sum() - other.sum()) for some, other in zip(*pair, strict=True)) for pair in zip(sent, unsent, strict=True)]
    match = [_match(groups, some) - _match(groups, other) for some, other in zip(sent, unsent, strict=True)]
    return Effect(Ends(*interviews), Ends(*match))


def _match(groups: Sequence[Signaling], chances: Sequence[Floats]) -> float:
    """The match chance of the list with these chances."""
    _, share = strengths()
    lefts = (1 - _terms(group, some).sum(axis=1) for group, some in zip(groups, chances, strict=True))
    return 1 - float(reduce(np.multiply, lefts, share).sum())


def _terms(group: Signaling, chances: Floats) -> Floats:
    """What the chance to match here at each strength is the sum of, (strengths, powers)."""
    bases, weights = powers(group.match, len(chances))
    counted = np.minimum(given_strength(chances, group.spread), CERTAIN)
    result: Floats = weights * (1 - counted[:, :, None] * (1 - bases)).prod(axis=0)
    return result


def _each(groups: Sequence[Signaling]) -> tuple[Mapping[int, Effect], ...]:
    """Each signal's effect with the others as they are."""
    _, share = strengths()
    terms = [_terms(group, _signaled(group, ["mid"] * len(group.placed))) for group in groups]
    lefts = [1 - some.sum(axis=1) for some in terms]
    rests = (reduce(np.multiply, [*lefts[:place], *lefts[place + 1 :]], share) for place in range(len(groups)))
    return tuple(
        {place: _one(group, place, some * rest[:, None]) for place, kind in enumerate(group.placed) if kind and group.open[place]}
        for group, some, rest in zip(groups, terms, rests, strict=True)
    )


def _one(group: Signaling, place: int, now: Floats) -> Effect:
    """The effect of one signal; `now` (strengths, powers) adds up to the share who match here and nowhere else."""
    bases, _ = powers(group.match, len(group.chances))
    alone = replace(group, chances=group.chances[[place]], takes_part=group.takes_part[[place]], placed=(group.placed[place],))
    unsent = replace(alone, placed=(NOT_SENT,))
    sent, against = (np.array([_signaled(one, [end])[0] for end in ends]) for one, ends in ((alone, Ends._fields), (unsent, Ends._fields[::-1])))
    off = [np.minimum(given_strength(chances, group.spread), CERTAIN)[:, :, None] * (1 - bases) for chances in (sent, against)]
    gained = (off[1] - off[0]) / (1 - off[0][1]) * now
    return Effect(Ends(*(sent - against).tolist()), Ends(*gained.sum(axis=(1, 2)).tolist()))


def _all_signaled(groups: Sequence[Signaling], ends: Sequence[Sequence[str]]) -> list[Floats]:
    return [_signaled(group, some) for group, some in zip(groups, ends, strict=True)]


def _signaled(group: Signaling, ends: Sequence[str]) -> Floats:
    """Chances with the signals placed, and the lack of others, counted in, each at one of its ends."""
    table = ties()
    by = [getattr(table[f"signal_{kind or 'not_sent'}"], end) for kind, end in zip(group.placed, ends, strict=True)]
    result: Floats = np.where(group.takes_part, shifted(group.chances, np.array(by, np.float64)), group.chances)
    return result
