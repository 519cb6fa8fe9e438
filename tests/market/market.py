"""A residency market of one specialty, whole: applications, invitations, rank lists, the Match.

Nobody in it draws coins for invitations. A program has so many interviews to give and invites its best
applicants, judged by what the forms say, by the strength that no form records, and by luck; how many it
has is what makes the true chances come true on average. The market publishes about itself what the
tables of the real one hold.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.engine.tables import Floats
from tests.market import facts, truth
from tests.market.deferred_acceptance import deferred_acceptance

Bools = NDArray[np.bool_]
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Rules:
    """What the market is like. `interviews` is the mean for everybody who applies, `applications` the mean sent."""

    programs: int = 300
    applicants: int = 4000
    applications: int = 100
    interviews: float = 3.4
    spread: float = 0.6  # log-odds per standard deviation of strength
    slope: float = 0.28  # log-odds per 10 points of Step 2 CK
    silent: float = 0.15  # of applicants, who leave part of their profile open
    positions: float = 0.105  # for each interview
    choosing: float = 0.5  # how far applications go by the odds: 0 not at all, 1 in proportion to them
    lean: float = 0.6  # how far performance in the interview follows score and strength: the engine takes it that it does not
    manner: float = 0.9  # how far it is the same in all interviews of an applicant, beside that
    taste: float = 0.7  # how far applicants agree on which programs are good


@dataclass(frozen=True)
class Market:
    """Facts and true chances, each matrix (applicants, programs); `given` is the log-odds at strength 0."""

    rules: Rules
    programs: facts.Programs
    applicants: facts.Applicants
    applied: Bools
    chance: Floats
    given: Floats
    slots: Counts
    quotas: Counts
    prestige: Floats


@dataclass(frozen=True)
class Season:
    """One run. `applicant` and `program` name the pairs that met in an interview.

    `bars` is how good an applicant had to look to be invited, `cutoffs` how well they had to perform to be
    taken, by program; minus infinity where every applicant, or everybody interviewed, could be had.
    """

    applicant: Counts
    program: Counts
    interviews: Counts  # by applicant
    matched: Bools  # by applicant
    bars: Floats
    cutoffs: Floats


def market(seed: int, rules: Rules | None = None) -> Market:
    """Draw the facts, and set the level such that a mean applicant gets `rules.interviews`."""
    rules, rng = rules or Rules(), np.random.default_rng(seed)
    programs = facts.programs(rng, rules.programs)
    applicants = facts.applicants(rng, rules.applicants, silent=rules.silent)
    typical = float(np.median(applicants.true.publications))
    effects = truth.log_odds(applicants.true, programs.true, slope=rules.slope, share=facts.SHARE_MEAN, publications=typical)
    # Applicants choose, by what the odds are, but not as well as they could.
    liked = np.exp(rules.choosing * effects)
    applied = rng.random(liked.shape) < rules.applications * liked / liked.sum(axis=1, keepdims=True)
    reachable = applied & ~truth.closed(applicants.true, programs.true)
    level = _level(effects[reachable], rules.interviews * rules.applicants)
    given = truth.before_strength(effects + level, rules.spread)
    chance = np.where(truth.closed(applicants.true, programs.true), 0.0, 1 / (1 + np.exp(-(effects + level))))
    expected = np.where(applied, chance, 0.0).sum(axis=0)
    slots = np.floor(expected + rng.random(rules.programs)).astype(np.int64)
    quotas = np.maximum(np.round(rules.positions * slots * np.exp(rng.normal(0, 0.25, rules.programs))), 1).astype(np.int64)
    return Market(rules, programs, applicants, applied, chance, given, slots, quotas, rng.normal(size=rules.programs))


def _level(effects: Floats, wanted: float) -> float:
    """The number that, added to all log-odds, makes the chances sum to `wanted`."""
    low, high = -20.0, 20.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if (1 / (1 + np.exp(-(effects + middle)))).sum() < wanted else (low, middle)
    return (low + high) / 2


def season(one: Market, rng: np.random.Generator) -> Season:
    """Strength, luck and taste drawn anew."""
    rules = one.rules
    z = rng.normal(size=rules.applicants)
    applicant, program, bars = _invite(one, z, rng)
    judged = one.given[applicant, program] + rules.spread * z[applicant]
    manner = rules.manner * rng.normal(size=rules.applicants)
    performance = rules.lean * judged + manner[applicant] + rng.normal(size=len(applicant))
    liked = rules.taste * one.prestige[program] + rng.normal(size=len(applicant))
    choices: list[list[int]] = [[] for _ in range(rules.applicants)]
    orders: list[dict[int, float]] = [{} for _ in range(rules.programs)]
    for index in np.argsort(-liked):
        a, p = int(applicant[index]), int(program[index])
        choices[a].append(p)
        orders[p][a] = -float(performance[index])
    got = np.array([-1 if given is None else given for given in deferred_acceptance(choices, orders, one.quotas.tolist())])
    worst = np.full(rules.programs, np.inf)
    taken = got[applicant] == program
    np.minimum.at(worst, program[taken], performance[taken])
    full = np.bincount(program[taken], minlength=rules.programs) >= one.quotas
    return Season(applicant, program, np.bincount(applicant, minlength=rules.applicants), got >= 0, bars, np.where(full, worst, -np.inf))


def _invite(one: Market, z: Floats, rng: np.random.Generator) -> tuple[Counts, Counts, Floats]:
    """Each program invites as many as it has interviews, the best first: (applicants, programs) of the pairs, and the bars."""
    people, places, bars = [], [], np.full(len(one.slots), -np.inf)
    for program, slots in enumerate(one.slots):
        pool = np.flatnonzero(one.applied[:, program] & (one.chance[:, program] > 0))
        looks = one.given[pool, program] + one.rules.spread * z[pool] + rng.logistic(size=len(pool))
        take = min(int(slots), len(pool))
        best = pool[np.argpartition(-looks, take - 1)[:take]] if take else pool[:0]
        if 0 < take < len(pool):
            bars[program] = -np.partition(-looks, [take - 1, take])[take - 1 : take + 1].mean()
        people.append(best)
        places.append(np.full(take, program))
    return np.concatenate(people), np.concatenate(places), bars
