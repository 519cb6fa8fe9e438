"""Build it for me: the list that makes a match likeliest under the real fees, and how it differs from the present one. Reads only.

Accepting a proposal: matching.services.accepting. Which programs may come at all: matching.services.pools.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

import numpy as np

from matching.engine import Explanation, OutlookRange, Tier, explain, list_outlook, shifted, tiers
from matching.engine.optimise import BestList, ListCurve, LocksDoNotFitError, best_list, gains, list_curve, worth_it
from matching.engine.tables import Floats, Index
from matching.services.editing import MOST_ENTRIES
from matching.services.pools import LEAST, Pool, Wish, pools_of
from matching.services.workspace import Line, Workspace
from programs.fees import Bill, bill

__all__ = ["Pick", "Proposal", "Wish", "propose"]

DIGEST = 16  # characters


@dataclass(frozen=True)
class Pick:
    """One program of a proposal, or one that goes. `adds` is what it adds to the match chance, None where the list cannot have it.

    `line` is its entry (None: not on the list), `why` the sum behind its chance. Probabilities; connection and signal are counted in.
    """

    key: str
    name: str
    city: str
    state: str
    specialty: str
    tier: Tier
    chance: float
    low: float
    high: float
    adds: float | None
    stays: bool
    line: Line | None
    why: Explanation


@dataclass(frozen=True)
class Proposal:
    """The best list for a wish, beside the present one.

    `priced` says that every price is known, and so that a budget counts. `over` holds (programs that stay, their dollars) where they exceed
    what was asked. `curve` is the best list of every size, without idle applications; None where nothing may come. `stop` is the size, idle
    ones included, from which each further application adds less than wished.
    """

    workspace: Workspace
    wish: Wish
    pools: tuple[Pool, ...]
    best: BestList
    curve: ListCurve | None
    stop: int
    priced: bool
    over: tuple[int, int] | None
    unweighed: tuple[str, ...]

    @property
    def idle(self) -> int:
        """Applications that stay and bring nothing."""
        return sum(len(pool.idle) for pool in self.pools)

    @property
    def size(self) -> int:
        """Applications in all."""
        return self.best.size + self.idle

    @cached_property
    def bill(self) -> Bill:
        """What they cost."""
        counts = {pool.specialty: len(chosen) + pool.paid for pool, chosen in zip(self.pools, self.best.chosen, strict=True)}
        return bill(counts, self.workspace.schedules)

    @cached_property
    def outlook(self) -> OutlookRange | None:
        """What it brings, as `Workspace.outlook` will say once it is taken over; None where nothing on it can be judged."""
        groups, added = [], []
        for pool, chosen in zip(self.pools, self.best.chosen, strict=True):
            positions, boost = pool.listed(chosen)
            if pool.weighed and len(positions):
                groups.append((pool.applicant, pool.programs.table.take(positions), pool.programs.model))
                added.append(boost)
        return list_outlook(groups, added) if groups else None

    @cached_property
    def signaled(self) -> frozenset[str]:
        """Specialties in which a signal stands on it."""
        return frozenset(pool.specialty for pool, chosen in zip(self.pools, self.best.chosen, strict=True) if pool.signals(chosen))

    @cached_property
    def _gains(self) -> tuple[Floats, ...]:
        """What each candidate adds to the match chance, a specialty each."""
        return gains([pool.in_full for pool in self.pools], self.best.chosen)

    @cached_property
    def picks(self) -> tuple[Pick, ...]:
        """Every program on it that brings something, what adds most first."""
        found = [pick for pool, chosen, adds in zip(self.pools, self.best.chosen, self._gains, strict=True) for pick in _picks(pool, chosen, adds)]
        return tuple(sorted(found, key=lambda pick: -(pick.adds or 0)))

    @property
    def added(self) -> tuple[Pick, ...]:
        """What is not on the present list."""
        return tuple(pick for pick in self.picks if not (pick.line and pick.line.on_list))

    @property
    def kept(self) -> tuple[Pick, ...]:
        """What is on both."""
        return tuple(pick for pick in self.picks if pick.line and pick.line.on_list)

    @cached_property
    def idle_lines(self) -> tuple[Line, ...]:
        """Entries that stay though they bring nothing."""
        return tuple(line for pool in self.pools for line in pool.idle)

    @cached_property
    def off(self) -> tuple[tuple[Line, str], ...]:
        """Applications of the present list that are not on it, each with the reason: one of those of matching.services.pools."""
        stay = {pick.key for pick in self.picks} | {line.key for line in self.idle_lines}
        barred = {key: reason for pool in self.pools for key, reason in pool.barred.items()}
        return tuple((line, barred.get(line.key, LEAST)) for line in self.workspace.applications if line.key not in stay)

    @cached_property
    def missed(self) -> Mapping[str, float]:
        """{program key: match chance that each candidate beside the list would add}."""
        return {
            pool.programs.keys[position]: float(value)
            for pool, adds in zip(self.pools, self._gains, strict=True)
            for position, value in zip(pool.positions.tolist(), adds, strict=True)
        }

    def excluded_by(self, line: Line) -> int:
        """Bits of the criteria that exclude an entry as things stand; 0 for one that is not ranked."""
        pool = next(pool for pool in self.pools if pool.specialty == line.specialty)
        return next((int(pool.scores.excluded[0, place]) for place, one in pool.lines.items() if one.key == line.key), 0)

    def next_fee(self, specialty: str) -> int | None:
        """Dollars of one more application in a specialty; None where the price is not known."""
        count = next((item.programs for item in self.bill.items if item.specialty == specialty), 0)
        now, then = (self.workspace.schedules[specialty].cost(number) for number in (count, count + 1))
        return None if now is None or then is None else then - now

    @property
    def same(self) -> bool:
        """Whether it is the present list."""
        return not (self.added or self.off)

    @property
    def data_version(self) -> int:
        """Of the program data that it rests on."""
        return max((pool.programs.version for pool in self.pools), default=0)

    @cached_property
    def digest(self) -> str:
        """Changes with the list, the program data, what is proposed and what it is said to bring: who accepts has seen this one."""
        keys = [*(pick.key for pick in self.added), "", *(line.key for line, _ in self.off)]
        stands = [str(self.workspace.saved.version), str(self.data_version), f"{self.best.match:.6f}"]
        return sha256("\n".join([*stands, *keys]).encode()).hexdigest()[:DIGEST]


def propose(workspace: Workspace, wish: Wish) -> Proposal:
    """The best list for `wish`. Queries: those of a Workspace, and 2 more; 2 again where all signals of a specialty go. None grows with programs or entries."""
    signaled = workspace.signaled
    while (proposal := _propose(workspace, wish, pools_of(workspace, wish, signaled))).signaled != signaled:
        # Where the last signal goes, its lack counts nowhere any more: choose again among the chances that will then hold. Each time there are fewer.
        signaled = proposal.signaled
    return proposal


def _propose(workspace: Workspace, wish: Wish, pools: tuple[Pool, ...]) -> Proposal:
    """The best list out of these pools. No queries but for the fees."""
    idle = sum(len(pool.idle) for pool in pools)
    costs, priced = _costs(workspace, pools)
    groups = [pool.candidates(wish) for pool in pools]
    room = MOST_ENTRIES - idle
    curve = list_curve(groups, costs, most=room) if any(len(group) for group in groups) else None
    stop = worth_it(curve, 1 / wish.one_in) if curve is not None else 0
    budget = wish.budget if priced else None
    most = room if wish.most is None else min(wish.most - idle, room)
    if budget is None and wish.most is None:
        most = max(stop, sum(pool.locks for pool in pools))
    over = None
    try:
        best = best_list(groups, costs, budget=budget, most=most)
    except LocksDoNotFitError as error:
        over = (error.locks + idle, error.usd)
        best = best_list(groups, costs, budget=None if budget is None else max(budget, error.usd), most=error.locks)
    unweighed = tuple(pool.specialty for pool in pools if pool.asked and not pool.weighed)
    return Proposal(workspace, wish, pools, best, curve, stop + idle, priced, over, unweighed)


def _costs(workspace: Workspace, pools: Sequence[Pool]) -> tuple[list[Index], bool]:
    """Dollars by number of candidates for each specialty, idle applications included, and whether all are known; where one is not, all are 0."""
    tables = [[workspace.schedules[pool.specialty].cost(count + pool.paid) for count in range(min(len(pool.positions), MOST_ENTRIES) + 1)] for pool in pools]
    priced = all(cost is not None for table in tables for cost in table)
    return [np.array([cost if priced else 0 for cost in table], np.intp) for table in tables], priced


def _picks(pool: Pool, chosen: Index, adds: Floats) -> list[Pick]:
    """The chosen candidates of one specialty."""
    positions, programs = pool.positions[chosen], pool.programs
    boost = pool.boost.take(chosen)
    chance, low, high = (
        shifted(values[0][positions], by) for values, by in ((pool.scores.chance, boost.mid), (pool.scores.low, boost.low), (pool.scores.high, boost.high))
    )
    codes = tiers(chance, np.zeros(len(chance), np.bool_)).tolist()
    sums = explain(pool.applicant, programs.table.take(positions), programs.model)
    return [
        Pick(
            key=programs.keys[position],
            name=programs.names[position],
            city=programs.cities[position],
            state=programs.states[position],
            specialty=pool.specialty,
            tier=Tier(codes[place]),
            chance=float(chance[place]),
            low=float(low[place]),
            high=float(high[place]),
            adds=float(adds[candidate]),
            stays=bool(pool.locked[candidate]),
            line=pool.lines.get(position),
            why=sums[place],
        )
        for place, (position, candidate) in enumerate(zip(positions.tolist(), chosen.tolist(), strict=True))
    ]
