"""The chance of a whole list: how many interviews it brings, and how often they end in a match.

The entries of a list are not independent: an applicant carries one unobserved strength to all of
them (strength.py). Given the strength they are, so the number of interviews is a Poisson-binomial
for each strength, and the mixture of those over strengths for the applicant. Exact; no simulation.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from matching.engine.matches import MatchCurve
from matching.engine.strength import given_strength, strengths
from matching.engine.tables import Floats


@dataclass(frozen=True)
class Entries:
    """The entries of one specialty on a list.

    `chances` (entries,) are chances of an interview, 0 to 1, with the strength averaged out;
    `spread` is the log-odds per standard deviation of strength; `match` leads from interviews to a match.
    """

    chances: Floats
    spread: float
    match: MatchCurve


@dataclass(frozen=True)
class Doubt:
    """How far the chances of one group of entries may be off, as amounts of chance (entries,), all >= 0.

    `own_*` is what each program does not state, and differs from program to program; `shared_*` is what
    the profile does not say, and moves every entry the same way.
    """

    own_down: Floats
    own_up: Floats
    shared_down: Floats
    shared_up: Floats

    def first(self, count: int) -> "Doubt":
        """The doubt about the first `count` entries."""
        return Doubt(self.own_down[:count], self.own_up[:count], self.shared_down[:count], self.shared_up[:count])


@dataclass(frozen=True)
class Outlook:
    """What a list brings. `interviews[k]` is the probability of k interviews, over all specialties together.

    `expected` is their mean. `match` is the chance to match at all, `by_specialty` the chance to match in each
    group of entries, in the order of preference given; they sum to `match`, because nobody matches twice.
    """

    interviews: Floats
    expected: float
    match: float
    by_specialty: tuple[float, ...]


def interviews_given_strength(chances: Floats) -> Floats:
    """Poisson-binomial: P(k of n) for chances (n, strengths), as (strengths, n + 1). One pass, n steps."""
    n, nodes = chances.shape
    counts = np.zeros((nodes, n + 1))
    counts[:, 0] = 1.0
    for done, chance in enumerate(chances):
        with_it = counts[:, : done + 1] * chance[:, None]
        counts[:, : done + 1] -= with_it
        counts[:, 1 : done + 2] += with_it
    return counts


def outlook(groups: Sequence[Entries]) -> Outlook:
    """The outlook of a list with one group of entries a specialty, the preferred specialty first.

    The same strength counts in every specialty. Given it, interviews in two specialties are taken as
    independent, and a later specialty only counts for who has not matched in an earlier one.
    """
    _, share = strengths()
    return outlook_given([(given_strength(group.chances, group.spread), group.match) for group in groups], share)


def outlook_given(groups: Sequence[tuple[Floats, MatchCurve]], share: Floats) -> Outlook:
    """The outlook from chances at each strength, (entries, strengths) with the match curve of each specialty, and the `share` of each strength."""
    together, left, matched = np.ones((len(share), 1)), np.ones(len(share)), []
    for chances, match in groups:
        counts = interviews_given_strength(chances)
        here = counts @ match.at(np.arange(counts.shape[1], dtype=np.float64))
        matched.append(float(share @ (left * here)))
        left = left * (1 - here)
        together = _convolve(together, counts)
    distribution = share @ together
    return Outlook(distribution, float(distribution @ np.arange(len(distribution))), sum(matched), tuple(matched))


@dataclass(frozen=True)
class OutlookRange:
    """An outlook with its plausible ends; `interviews` is the distribution with the doubt mixed in."""

    middle: Outlook
    low: Outlook
    high: Outlook
    interviews: Floats

    def between(self, share: float) -> tuple[int, int]:
        """The middle `share` (0 to 1) of the number of interviews: (low, high), both included."""
        reached = np.cumsum(self.interviews)
        tail = (1 - share) / 2
        low, high = (int(np.searchsorted(reached, point)) for point in (tail, 1 - tail))
        return low, min(high, len(reached) - 1)


# The ends of a range stand about 1.7 standard deviations from the middle (9 in 10 lie between), which is where
# the three-point Gauss-Hermite rule has its outer nodes: so the three mix with its weights.
MIXTURE = (1 / 6, 2 / 3, 1 / 6)


def outlook_range(groups: Sequence[Entries], doubts: Sequence[Doubt], *, level_range: tuple[float, float]) -> OutlookRange:
    """The outlook with its range.

    Three doubts are combined as the root of the sum of their squares: what each program does not state (these
    partly cancel, so their squares add up), what the profile does not say (these do not), and the national
    level, known only up to the factors `level_range` (below 1, above 1). Then all log-odds of the list are
    moved together until the expected interviews are as far down, or up.
    """
    middle = outlook(groups)
    down, up = level_range
    fall = _combined(middle.expected * (1 - down), [doubt.own_down for doubt in doubts], [doubt.shared_down for doubt in doubts])
    rise = _combined(middle.expected * (up - 1), [doubt.own_up for doubt in doubts], [doubt.shared_up for doubt in doubts])
    low, high = (outlook(_moved(groups, expected)) for expected in (middle.expected - fall, middle.expected + rise))
    mixed = sum((share * one.interviews for share, one in zip(MIXTURE, (low, middle, high), strict=True)), np.zeros_like(middle.interviews))
    return OutlookRange(middle, low, high, mixed)


def _combined(level: float, own: Sequence[Floats], shared: Sequence[Floats]) -> float:
    independent = sum(float(np.sum(part**2)) for part in own)
    together = sum(float(np.sum(part)) for part in shared)
    return float(np.sqrt(level**2 + independent + together**2))


def _moved(groups: Sequence[Entries], expected: float) -> list[Entries]:
    """The groups with one amount added to every log-odds, so that the chances sum to `expected`; 0 and 1 stay."""
    chances = np.concatenate([group.chances for group in groups])
    open_ = (chances > 0) & (chances < 1)
    inside = np.where(open_, chances, 0.5)
    log_odds = np.log(inside) - np.log1p(-inside)

    def moved(by: float) -> Floats:
        return np.where(open_, 1 / (1 + np.exp(-(log_odds + by))), chances)

    low, high = -MOST_MOVED, MOST_MOVED
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if float(moved(middle).sum()) < expected else (low, middle)
    cuts = np.cumsum([len(group.chances) for group in groups])[:-1]
    return [replace(group, chances=part) for group, part in zip(groups, np.split(moved((low + high) / 2), cuts), strict=True)]


MOST_MOVED, BISECTIONS = 12.0, 50


def _convolve(one: Floats, other: Floats) -> Floats:
    """Distribution of the sum of two counts at each strength: (strengths, n + 1) and (strengths, m + 1)."""
    short, long = sorted((one, other), key=lambda counts: counts.shape[1])
    result = np.zeros((long.shape[0], long.shape[1] + short.shape[1] - 1))
    for k in range(short.shape[1]):
        result[:, k : k + long.shape[1]] += short[:, k, None] * long
    return result
