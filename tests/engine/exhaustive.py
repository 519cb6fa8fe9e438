"""The best list by looking at every subset: what the search is held against. Shares no step with it but strengths and the match curve."""

from dataclasses import dataclass

import numpy as np

from matching.engine.evidence import specialty, specialty_rows
from matching.engine.matches import MatchCurve
from matching.engine.optimise import Candidates
from matching.engine.strength import given_strength, strengths

CURVES = [MatchCurve(figures.match_level, figures.match_slope) for figures in (specialty(row["code"]) for row in specialty_rows())]
WORTHS = ((1.0,), (1.0, 0.6), (1.0, 0.3), (1.0, 0.8, 0.5, 0.2))


@dataclass(frozen=True)
class Case:
    """One question to the search."""

    groups: list
    costs: list
    budget: int | None
    most: int | None


def random_case(rng, candidates):
    """So many candidates in one to three specialties, with locks, piecewise fees and at least one limit."""
    cuts = np.sort(rng.choice(np.arange(2, candidates - 1), rng.integers(0, 3), replace=False))
    groups = [random_group(rng, size) for size in np.diff([0, *cuts, candidates])]
    costs = [random_cost(rng, len(group)) for group in groups]
    locks = [group.locks for group in groups]
    least = sum(int(cost[count]) for cost, count in zip(costs, locks, strict=True))
    budget = int(rng.integers(least, sum(int(cost[-1]) for cost in costs) + 1)) if rng.random() < 0.8 else None
    most = int(rng.integers(sum(locks), candidates)) if budget is None or rng.random() < 0.5 else None
    return Case(groups, costs, budget, most)


def random_group(rng, size):
    """Chances from hopeless to likely; a fifth of groups have some that are alike."""
    chances = 1 / (1 + np.exp(-rng.normal(rng.uniform(-4, -0.5), 1.2, size)))
    chances = np.round(chances, 1) if rng.random() < 0.2 else chances
    locked = rng.random(size) < rng.choice((0, 0.1, 0.2))
    return Candidates(chances, rng.choice(WORTHS[rng.integers(4)], size), locked, float(rng.uniform(0, 1.5)), CURVES[rng.integers(len(CURVES))])


def random_cost(rng, programs):
    """Dollars by number: steps of 2 to 6 programs at a price each, dearer or cheaper than the one before; half of them start with a flat one."""
    each = np.repeat(rng.integers(5, 60, programs + 1), rng.integers(2, 7, programs + 1))[:programs]
    if rng.random() < 0.5:
        flat = int(rng.integers(2, 9))
        each[:flat] = 0
        each[0] = rng.integers(50, 200)
    return np.concatenate(([0], np.cumsum(each)))


def best_value(case):
    """The highest value of any subset that holds every lock and fits."""
    _, share = strengths()
    left, usd, sizes = np.ones((1, len(share))), np.zeros(1, int), np.zeros(1, int)
    *first, last = [subsets(group, cost) for group, cost in zip(case.groups, case.costs, strict=True)]
    for more in first:
        left = (left[:, None] * more[0]).reshape(-1, len(share))
        usd, sizes = (np.add.outer(*pair).ravel() for pair in ((usd, more[1]), (sizes, more[2])))
    values = 1 - (left * share) @ last[0].T
    fits = np.ones(values.shape, bool)
    for limit, here, there in ((case.budget, usd, last[1]), (case.most, sizes, last[2])):
        fits &= True if limit is None else np.add.outer(here, there) <= limit
    return float(values[fits].max())


def subsets(group, cost):
    """(chance at each strength not to match, dollars, size) of every subset that holds all locks."""
    counted = given_strength(group.chances, group.spread) * group.worth[:, None]
    half = len(group.chances) // 2
    low, high = counts_of_subsets(counted[:half]), counts_of_subsets(counted[half:])
    curve = group.match.at(np.add.outer(np.arange(low.shape[2]), np.arange(high.shape[2])).astype(float))
    matched = low.transpose(1, 0, 2) @ curve @ high.transpose(1, 2, 0)  # strengths, subsets of the first half, of the second
    numbers = np.add.outer(np.arange(1 << half), np.arange(1 << (len(group.chances) - half)) << half).ravel()
    locks = int(sum(1 << place for place in np.flatnonzero(group.locked).tolist()))
    held = (numbers & locks) == locks
    sizes = sum((numbers >> place & 1) for place in range(len(group.chances)))[held]
    return 1 - matched.reshape(matched.shape[0], -1).T[held], cost[sizes], sizes


def counts_of_subsets(chances):
    """P(k of the subset) for every subset, (subsets, strengths, entries + 1): subset number s holds entry i where bit i of s is set."""
    counts = np.ones((1, chances.shape[1], 1))
    for chance in chances:
        without = np.pad(counts, ((0, 0), (0, 0), (0, 1)))
        with_it = without * (1 - chance[None, :, None]) + np.pad(counts, ((0, 0), (0, 0), (1, 0))) * chance[None, :, None]
        counts = np.concatenate((without, with_it))
    return counts
