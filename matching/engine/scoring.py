"""Scores: chance, range, tier and open questions for every applicant and program."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.engine.anchoring import Model
from matching.engine.chances import logistic, sum_terms
from matching.engine.criteria import Bits
from matching.engine.tables import ApplicantTable, Bools, Floats, ProgramTable
from matching.engine.tiers import tiers


@dataclass(frozen=True)
class Scores:
    """Results of n applicants at m programs, each array (n, m).

    `chance`, `low`, `high` are probabilities of an interview, 0 where excluded; `tier` holds Tier
    codes; the masks hold bits of Criterion. `unsaid` is the part of `unknown` that the applicant
    could settle: the program states what it asks, the profile does not answer. `silent` marks pairs
    that something the program does not state may plausibly exclude.
    """

    chance: Floats
    low: Floats
    high: Floats
    tier: NDArray[np.int8]
    excluded: Bits
    preferences_unmet: Bits
    unknown: Bits
    unsaid: Bits
    silent: Bools


def score(applicants: ApplicantTable, programs: ProgramTable, model: Model) -> Scores:
    """Score every pair. Pure: the same tables give the same arrays, and permuting either permutes them."""
    total, screening = sum_terms(applicants, programs, model.figures, model.weights)
    intercept = model.intercepts[applicants.kind][:, None]

    def chance(log_odds: Floats, closed: NDArray[np.bool_]) -> Floats:
        return np.where(closed, 0.0, logistic(intercept + log_odds))

    middle = chance(total.mid, total.closed)
    return Scores(
        chance=middle,
        low=chance(total.low, total.closed | total.may_close),
        high=chance(total.high, total.closed),
        tier=tiers(middle, total.closed),
        excluded=screening.excluded,
        preferences_unmet=screening.preferences_unmet,
        unknown=screening.unknown,
        unsaid=screening.unsaid,
        silent=total.silent & ~total.closed,
    )
