"""What can be told of the invented market: its published tables, and how often things happen when it runs again."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.engine.calibration.national import Moments
from matching.engine.calibration.published import Published
from matching.engine.tables import Floats
from tests.market import facts
from tests.market.market import Bools, Counts, Market, Season, season


@dataclass(frozen=True)
class Record:
    """Many runs with the same facts: how often each pair met, and by run and applicant interviews and matches."""

    invited: Counts
    interviews: Counts
    matched: Bools


def repeat(one: Market, rng: np.random.Generator, runs: int) -> Record:
    """`runs` seasons with the same facts."""
    invited = np.zeros(one.chance.shape, np.int64)
    seasons = [season(one, rng) for _ in range(runs)]
    for each in seasons:
        invited[each.applicant, each.program] += 1
    return Record(invited, np.stack([each.interviews for each in seasons]), np.stack([each.matched for each in seasons]))


def publish(one: Market, years: Sequence[Season]) -> Published:
    """What the tables of the real market hold, counted in `years` of everybody with at least one rank."""
    interviews = np.concatenate([year.interviews for year in years])
    won = np.concatenate([year.matched for year in years])
    score = np.tile(one.applicants.true.step2_score, len(years))
    groups = (interviews > 0) & won, (interviews > 0) & ~won
    ranks, scores = ([_moments(values[group]) for group in groups] for values in (interviews, score))
    quartiles = [tuple(float(value) for value in np.quantile(interviews[group], (0.25, 0.5, 0.75), method="inverted_cdf")) for group in groups]
    matched, unmatched = (int(group.sum()) for group in groups)
    return Published(
        code=facts.SPECIALTY,
        name="invented",
        people=matched + unmatched,
        matched=matched,
        unmatched=unmatched,
        applications=one.rules.applications,
        ranks_matched=ranks[0],
        ranks_unmatched=ranks[1],
        quartiles_matched=quartiles[0],
        quartiles_unmatched=quartiles[1],
        step2_matched=scores[0],
        step2_unmatched=scores[1],
        people_matched=matched,
        people_unmatched=unmatched,
    )


def _moments(values: NDArray) -> Moments:
    return Moments(float(values.mean()), float(values.std()))


def match_chances(one: Market, seasons: list[Season], who: Counts, rng: np.random.Generator, draws: int) -> Floats:
    """The true chance of a match of each of `who` with the own list, (people,), but for `draws` draws a season.

    In a market this large nobody moves the bars: an applicant matches wherever one interview was won and went well
    enough. So only the applicant's own strength, manner and luck are drawn again, against the bars of `seasons`.
    """
    return np.array([np.mean([_matches(one, each, int(a), rng, draws) for each in seasons]) for a in who])


def _matches(one: Market, year: Season, a: int, rng: np.random.Generator, draws: int) -> float:
    rules, pool = one.rules, np.flatnonzero(one.applied[a] & (one.chance[a] > 0) & (one.slots > 0))
    z, manner = rng.normal(size=(2, draws, 1))
    looks = one.given[a, pool] + rules.spread * z
    invited = looks + rng.logistic(size=(draws, len(pool))) > year.bars[pool]
    performance = rules.lean * looks + rules.manner * manner + rng.normal(size=invited.shape)
    return float((invited & (performance >= year.cutoffs[pool])).any(axis=1).mean())
