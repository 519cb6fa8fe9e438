"""What one entry is worth to its list: how far the match chance falls without it, and how far it would rise with one more.

Exact, for all entries at once. Given the strength (strength.py) the number of interviews is a Poisson-binomial; taking entry i out of
it divides its generating polynomial by (1 - p + p x), which is a recursion over the counts: upwards where p is at most a half,
downwards where it is more, so that no error grows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.engine.portfolio import Entries, interviews_given_strength
from matching.engine.strength import given_strength, strengths
from matching.engine.tables import Floats

EVEN = 0.5


@dataclass(frozen=True)
class _Given:
    """One specialty at each strength: chances (entries, nodes), counts (nodes, entries + 1), the match at each count and on average (nodes,)."""

    chances: Floats
    counts: Floats
    match_at: Floats
    match: Floats

    @property
    def more(self) -> Floats:
        """How far one more interview for sure raises the chance here, (nodes,)."""
        result: Floats = self.counts @ np.diff(self.match_at)
        return result


def lost_without(groups: Sequence[Entries]) -> list[Floats]:
    """By how much the chance to match at all falls with each entry taken out, (entries,) a group, all >= 0."""
    given, (_, share) = [_given(group) for group in groups], strengths()
    return [
        np.maximum((one.match[None, :] - _without(one)) @ (share * _missed(given, but=place)), 0.0) if len(one.chances) else np.zeros(0)
        for place, one in enumerate(given)
    ]


def gained_with(groups: Sequence[Entries], others: Sequence[Floats]) -> list[Floats]:
    """By how much the chance to match at all rises with one of `others` added: chances of an interview (others,), a group each."""
    given, (_, share) = [_given(group) for group in groups], strengths()
    return [
        given_strength(chances, group.spread) @ (share * one.more * _missed(given, but=place)) if len(chances) else np.zeros(0)
        for place, (one, group, chances) in enumerate(zip(given, groups, others, strict=True))
    ]


def _given(group: Entries) -> _Given:
    chances = given_strength(group.chances, group.spread)
    counts = interviews_given_strength(chances)
    match_at = group.match.at(np.arange(counts.shape[1] + 1, dtype=np.float64))
    return _Given(chances, counts, match_at, counts @ match_at[:-1])


def _missed(given: Sequence[_Given], *, but: int) -> Floats:
    """The chance to match in no specialty but that one, (nodes,)."""
    result = np.ones(len(strengths()[1]))
    for place, one in enumerate(given):
        result *= 1.0 if place == but else 1 - one.match
    return result


def _without(one: _Given) -> Floats:
    """The match here with each entry taken out, (entries, nodes)."""
    p, entries = one.chances, len(one.chances)
    small = p <= EVEN
    up, down = np.where(small, p, 0.0), np.where(small, 1.0, p)
    found, low, high = np.zeros_like(p), np.zeros_like(p), np.zeros_like(p)
    for count in range(entries):
        low = (one.counts[:, count] - up * low) / (1 - up)
        above = entries - count
        high = (one.counts[:, above] - (1 - down) * high) / down
        found += np.where(small, low * one.match_at[count], high * one.match_at[above - 1])
    return found
