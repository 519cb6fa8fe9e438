"""Published figures of people with at least one rank, and what follows from them by Bayes."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matching.engine.calibration.national import Moments, odds_ratio
from matching.engine.tables import Floats

# Counts of ranks at which P(match | ranks) is compared: the middle and both ends of what the tables hold.
COMPARED_RANKS = (1, 3, 5, 10)
LONGEST = 200  # no published rank list is longer than 44


@dataclass(frozen=True)
class Published:
    """One specialty's figures on non-U.S. IMGs; NaN where the table leaves one out.

    `people` stand behind ranks and scores (a consenting sample), `matched` and `unmatched` are counts of everybody.
    """

    code: str
    name: str
    people: float
    matched: int
    unmatched: int
    applications: int
    ranks_matched: Moments
    ranks_unmatched: Moments
    quartiles_matched: tuple[float, ...]
    quartiles_unmatched: tuple[float, ...]
    step2_matched: Moments
    step2_unmatched: Moments
    people_matched: float
    people_unmatched: float

    @property
    def share_matched(self) -> float:
        """Of people with at least one rank, to the first-ranked specialty."""
        return self.matched / (self.matched + self.unmatched)

    @property
    def odds_ratio(self) -> float:
        """Of matching, per 10 points of Step 2 CK; NaN where a mean is missing."""
        return odds_ratio(self.step2_matched, self.step2_unmatched)

    @property
    def complete(self) -> bool:
        """Whether every figure that the fit uses is published."""
        figures = (self.ranks_matched, self.ranks_unmatched, self.step2_matched, self.step2_unmatched)
        return not any(math.isnan(value) for one in figures for value in (one.mean, one.sd))


def published(row: Mapping[str, str]) -> Published:
    """One row of specialties.csv."""

    def number(name: str) -> float:
        return float(row[name]) if row[name] else math.nan

    def moments(name: str, who: str) -> Moments:
        return Moments(number(f"{name}_mean_{who}"), number(f"{name}_sd_{who}"))

    people = {who: number(f"sample_{who}") for who in ("matched", "unmatched")}
    return Published(
        code=row["code"],
        name=row["specialty"],
        people=sum(people[who] for who in people if row[f"ranks_mean_{who}"]),
        matched=int(row["matched"]),
        unmatched=int(row["unmatched"]),
        applications=int(row["applications"]),
        ranks_matched=moments("ranks", "matched"),
        ranks_unmatched=moments("ranks", "unmatched"),
        quartiles_matched=tuple(number(f"ranks_{part}_matched") for part in ("q1", "median", "q3")),
        quartiles_unmatched=tuple(number(f"ranks_{part}_unmatched") for part in ("q1", "median", "q3")),
        step2_matched=moments("step2", "matched"),
        step2_unmatched=moments("step2", "unmatched"),
        people_matched=people["matched"],
        people_unmatched=people["unmatched"],
    )


def rank_distribution(ranks: Moments) -> Floats:
    """P(k ranks) for k = 1..LONGEST: one more than a negative binomial of this mean and spread. NaN where it has none."""
    mean, variance = ranks.mean - 1, ranks.sd**2
    if not (mean > 0 and variance > mean):
        return np.full(LONGEST, math.nan)
    size = mean**2 / (variance - mean)
    k = np.arange(LONGEST - 1)
    # Each probability from the one before: p(0) = (size / (size + mean))^size, p(k + 1) / p(k) = (k + size) / (k + 1) x mean / (size + mean).
    steps = (k + size) / (k + 1) * mean / (size + mean)
    result: Floats = np.concatenate([[1.0], np.cumprod(steps)]) * (size / (size + mean)) ** size
    return result


def match_given_ranks(p: Published) -> Floats:
    """P(match | k ranks) at COMPARED_RANKS, by Bayes from the two rank distributions; NaN where they are not published."""
    at = np.array(COMPARED_RANKS) - 1
    matched, unmatched = p.share_matched * rank_distribution(p.ranks_matched)[at], (1 - p.share_matched) * rank_distribution(p.ranks_unmatched)[at]
    result: Floats = matched / (matched + unmatched)
    return result


def match_at_scores(p: Published, scores: Floats) -> Floats:
    """P(match | Step 2 CK), by Bayes from the two normals; NaN where one is not published."""
    matched = p.share_matched * _density(scores, p.step2_matched)
    unmatched = (1 - p.share_matched) * _density(scores, p.step2_unmatched)
    result: Floats = matched / (matched + unmatched)
    return result


def _density(x: Floats, of: Moments) -> Floats:
    result: Floats = np.exp(-(((x - of.mean) / of.sd) ** 2) / 2) / of.sd
    return result


def pooled(specialties: Sequence[Published]) -> Published:
    """The average specialty, each with one vote: what a specialty of which little is published is taken to be like.

    A vote each, not one a person: Internal Medicine holds two thirds of the people and is no better guide to a rare specialty.
    """

    def mean(name: str, part: str) -> float:
        return float(np.mean([getattr(getattr(one, name), part) for one in specialties]))

    def moments(name: str) -> Moments:
        return Moments(mean(name, "mean"), mean(name, "sd"))

    share = float(np.mean([one.share_matched for one in specialties]))
    people = sum(one.matched + one.unmatched for one in specialties)
    return Published(
        code="",
        name="all specialties pooled",
        people=sum(one.people for one in specialties),
        matched=round(share * people),
        unmatched=people - round(share * people),
        applications=round(float(np.mean([one.applications for one in specialties]))),
        ranks_matched=moments("ranks_matched"),
        ranks_unmatched=moments("ranks_unmatched"),
        quartiles_matched=(math.nan,) * 3,
        quartiles_unmatched=(math.nan,) * 3,
        step2_matched=moments("step2_matched"),
        step2_unmatched=moments("step2_unmatched"),
        people_matched=sum(one.people_matched for one in specialties),
        people_unmatched=sum(one.people_unmatched for one in specialties),
    )
