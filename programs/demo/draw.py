"""Random draws that give the same numbers for the same seed on every machine and Python. Pure.

Only `Random.random()` is used: its sequence is documented not to change, while `choice`, `shuffle`
and `gauss` may. Each use has a stream of its own, so that adding one does not shift the others.
"""

import math
from collections.abc import Callable, Sequence
from random import Random
from statistics import NormalDist, fmean, pstdev
from typing import TypeVar

T = TypeVar("T")
_NORMAL = NormalDist()
_SMALLEST = 2.0**-53
_BISECTIONS = 50
_WIDEST = 14.0  # log-odds; beyond it a share is 0 or 1 for every purpose


class Draw:
    """A stream of draws, named by the seed and what it is for."""

    def __init__(self, *name: object) -> None:
        self._random = Random("/".join(map(str, name)))  # noqa: S311 - invents data, protects nothing

    def uniform(self) -> float:
        """Draw from 0 (included) to 1 (excluded)."""
        return self._random.random()

    def normal(self) -> float:
        """Draw from the standard normal distribution."""
        return _NORMAL.inv_cdf(max(self.uniform(), _SMALLEST))

    def gumbel(self) -> float:
        """Draw from the Gumbel distribution: the largest of (log weight + gumbel) is a weighted choice."""
        return -math.log(-math.log(max(self.uniform(), _SMALLEST)))

    def chance(self, probability: float) -> bool:
        """Draw whether something of this probability happens."""
        return self.uniform() < probability

    def pick(self, items: Sequence[T], weights: Sequence[float]) -> T:
        """Draw one of `items` by weight."""
        return pick_at(self.uniform(), items, weights)

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """Draw an order of `items`."""
        keys = [self.uniform() for _ in items]
        return [items[place] for place in sorted(range(len(items)), key=keys.__getitem__)]


def pick_at(place: float, items: Sequence[T], weights: Sequence[float]) -> T:
    """Return the item at `place` (0 to 1) when the items lie side by side, each as wide as its weight."""
    left = place * sum(weights)
    for item, weight in zip(items, weights, strict=True):
        left -= weight
        if left < 0:
            return item
    return items[-1]


def logistic(log_odds: float) -> float:
    """Turn log-odds into a probability."""
    return 1 / (1 + math.exp(-log_odds))


def logit(probability: float) -> float:
    """Turn a probability strictly between 0 and 1 into log-odds."""
    return math.log(probability / (1 - probability))


def solve_increasing(function: Callable[[float], float], target: float) -> float:
    """Find x in log-odds range where the increasing `function` reaches `target`, by halving."""
    low, high = -_WIDEST, _WIDEST
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if function(middle) < target else (low, middle)
    return (low + high) / 2


def allocate(total: int, weights: Sequence[float]) -> list[int]:
    """Share out `total` in proportion to `weights`, by largest remainder."""
    exact = [total * weight / sum(weights) for weight in weights]
    counts = [int(share) for share in exact]
    order = sorted(range(len(weights)), key=lambda place: (counts[place] - exact[place], place))
    for place in order[: total - sum(counts)]:
        counts[place] += 1
    return counts


def standardized(values: Sequence[float]) -> list[float]:
    """Shift and scale values to mean 0 and standard deviation 1; equal values become 0."""
    middle, spread = fmean(values), pstdev(values) or 1.0
    return [(value - middle) / spread for value in values]
