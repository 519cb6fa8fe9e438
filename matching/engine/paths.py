"""One specialty's part of the best list: the best entries of every number of them.

Entries of equal worth are ordered by their chance, and that order holds at every strength: so of each worth the first
so many are taken, and only how many of each is open. With one worth that is exact. With several the list grows by the
entry that adds most, and after each step entries are exchanged as long as that raises the value. That is rarely so (the
second interview is worth more than the first, so two unlikely entries may be better together than either alone).
"""

from dataclasses import dataclass, replace

import numpy as np

from matching.engine.matches import MatchCurve
from matching.engine.powers import POWERS, powers
from matching.engine.strength import NODES, given_strength
from matching.engine.tables import Bools, Floats, Index

CERTAIN = 1 - 1e-9  # a certain entry, taken off again, would divide by 0
TRIED = 12  # exchanges tried at a step: each of so many that add most against each of so many that are missed least
LEAST_GAIN = 1e-12  # less is rounding


@dataclass(frozen=True)
class Candidates:
    """The programs of one specialty that a list may hold.

    Arrays (candidates,): `chances` of an interview, 0 to 1, connection and signal counted in; `worth`, what an interview
    there counts for, 0 to 1 (1 in full); `locked`, which must be in. `spread` is the log-odds per standard
    deviation of strength, `match` leads from interviews to a match. Vetoed and excluded programs are left out.
    """

    chances: Floats
    worth: Floats
    locked: Bools
    spread: float
    match: MatchCurve

    def __len__(self) -> int:
        return len(self.chances)

    @property
    def locks(self) -> int:
        """How many must be in."""
        return int(self.locked.sum())

    def take(self, index: Index) -> "Candidates":
        """The candidates at `index`, in that order."""
        return replace(self, chances=self.chances[index], worth=self.worth[index], locked=self.locked[index])

    def thinned(self) -> Floats:
        """The chance at each strength of an interview that counts, (candidates, NODES)."""
        return given_strength(self.chances, self.spread) * self.worth[:, None]


@dataclass(frozen=True)
class Path:
    """The best entries for each number of them. `sizes` (rows,); `left` (rows, NODES) is the chance at each strength not to match here.

    `taken` (rows, classes) says how many of each class; see `Field.chosen`.
    """

    sizes: Index
    left: Floats
    taken: Index

    def joined(self, other: "Path") -> "Path":
        """These rows, then those of `other` that are not among them."""
        known = set(map(tuple, self.taken.tolist()))
        new = np.array([tuple(taken) not in known for taken in other.taken.tolist()], np.bool_)
        join = np.concatenate
        return Path(join((self.sizes, other.sizes[new])), join((self.left, other.left[new])), join((self.taken, other.taken[new])))


class Field:
    """One specialty, ready to be searched: classes of equal worth, each in the order of chances."""

    def __init__(self, candidates: Candidates, room: int) -> None:
        """Of `candidates` at most `room`, locked ones included, will be taken."""
        self._candidates = candidates
        self.locked = np.flatnonzero(candidates.locked)
        self.room = min(room, len(candidates))
        self.classes = _classes(candidates, self.room - len(self.locked))
        bases, self.weights = powers(candidates.match, self.room)
        self._off = 1 - bases
        self._factors = [self._factor(candidates, index) for index in self.classes]
        self._start = self._factor(candidates, self.locked).prod(axis=0)

    def _factor(self, candidates: Candidates, index: Index) -> Floats:
        """What each entry multiplies the terms with, (entries, NODES x POWERS)."""
        counted = np.minimum(candidates.take(index).thinned(), CERTAIN)
        return (1 - counted[:, :, None] * self._off).reshape(len(index), NODES * POWERS)

    def chosen(self, taken: Index) -> Index:
        """Positions of the locked and of the first so many of each class, ascending."""
        return np.sort(np.concatenate([self.locked, *(one[:count] for one, count in zip(self.classes, taken, strict=True))]))

    def path(self, share: Floats) -> Path:
        """The best entries of each number from the locked ones to `room`; `share` (NODES,) weighs the strengths."""
        taken, products = self._in_order() if len(self.classes) < 2 else self._grown(share)
        return Path(taken.sum(axis=1) + len(self.locked), self._left(products), taken)

    def in_full(self, path: Path) -> Floats:
        """The chance at each strength not to match through the same entries, were every interview to count in full: (rows, NODES)."""
        full = replace(self._candidates, worth=np.ones(len(self._candidates)))
        products = np.tile(self._factor(full, self.locked).prod(axis=0), (len(path.sizes), 1))
        for index, counts in zip(self.classes, path.taken.T, strict=True):
            products *= np.cumprod([np.ones(products.shape[1]), *self._factor(full, index)], axis=0)[counts]
        return self._left(products)

    def _left(self, products: Floats) -> Floats:
        left: Floats = 1 - products.reshape(-1, NODES, POWERS) @ self.weights
        return left

    def _in_order(self) -> tuple[Index, Floats]:
        """The numbers of the only class, (sizes, classes), and the products of their factors, (sizes, NODES x POWERS)."""
        rows = [self._start, *(factor for factors in self._factors for factor in factors)]
        return np.arange(len(rows))[:, None][:, : len(self.classes)], np.cumprod(rows, axis=0)

    def _grown(self, share: Floats) -> tuple[Index, Floats]:
        """The same of several classes."""
        growth = _Growth(self._factors, self._start, (share[:, None] * self.weights).ravel())
        rows = [(growth.taken.copy(), growth.product)]
        for _ in range(self.room - len(self.locked)):
            growth.step()
            rows.append((growth.taken.copy(), growth.product))
        taken, products = zip(*rows, strict=True)
        return np.array(taken), np.array(products)


class _Growth:
    """How many of each class are taken, and the product of their factors."""

    def __init__(self, factors: list[Floats], start: Floats, weights: Floats) -> None:
        self.factors, self.weights = factors, weights
        self.taken = np.zeros(len(factors), np.intp)
        self.product = start.copy()
        # The next entry of each class, and the last one taken; -inf where there is none.
        self.heads, self.tails = np.array([one[0] for one in factors]), np.ones((len(factors), len(start)))
        self.no_head, self.no_tail = np.zeros(len(factors)), np.full(len(factors), -np.inf)

    def step(self) -> None:
        """Take the entry that adds most, then exchange one for another as long as that gains."""
        self._move(int(np.argmax(self.heads @ (self.product * self.weights) + self.no_head)), 1)
        while self._exchange():
            pass

    def _move(self, kind: int, by: int) -> None:
        """Take one more of a class (`by` 1), or give the last one back (-1)."""
        factors = self.factors[kind]
        self.product = self.product * factors[self.taken[kind]] if by > 0 else self.product / factors[self.taken[kind] - 1]
        self.taken[kind] = count = self.taken[kind] + by
        self.no_head[kind], self.no_tail[kind] = (-np.inf if count == len(factors) else 0.0), (0.0 if count else -np.inf)
        self.heads[kind], self.tails[kind] = factors[min(count, len(factors) - 1)], factors[count - 1] if count else 1.0

    def _exchange(self) -> bool:
        """Make the exchange that gains most; False where none gains."""
        now = self.product * self.weights
        without = now / self.tails
        heads, tails = _largest(self.heads @ now + self.no_head), _largest(without.sum(axis=1) + self.no_tail)
        values = without[tails] @ self.heads[heads].T + self.no_tail[tails, None] + self.no_head[heads]
        tail, head = divmod(int(values.argmax()), len(heads))
        if values[tail, head] <= now.sum() + LEAST_GAIN:
            return False
        self._move(int(tails[tail]), -1)
        self._move(int(heads[head]), 1)
        return True


def _largest(values: Floats) -> Index:
    """Positions of the largest TRIED values, in no order."""
    return np.arange(len(values)) if len(values) <= TRIED else np.argpartition(-values, TRIED)[:TRIED]


def _classes(candidates: Candidates, room: int) -> list[Index]:
    """Positions by worth, each ordered by chance, the first `room` of each; without the locked ones."""
    free = ~candidates.locked
    order = np.lexsort((np.arange(len(candidates)), -candidates.chances))
    order = order[free[order]]
    worths = np.unique(candidates.worth[free])[::-1]
    return [members[:room] for worth in worths if len(members := order[candidates.worth[order] == worth])] if room > 0 else []
