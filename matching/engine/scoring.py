"""Scores: chance, range, tier and open questions for every applicant and program."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.engine.anchoring import Model
from matching.engine.chances import Term, add_up, logistic, terms
from matching.engine.criteria import Bits, Screening, screen
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


@dataclass(frozen=True)
class Judged:
    """What scores are made of, for who needs it too: every criterion judged, and the terms of the sum."""

    screening: Screening
    terms: list[Term]


def judged(applicants: ApplicantTable, programs: ProgramTable, model: Model) -> Judged:
    """Judge every pair."""
    screening = screen(applicants, programs, model.figures, model.weights)
    return Judged(screening, terms(applicants, programs, screening, model.figures, model.weights))


def score(applicants: ApplicantTable, programs: ProgramTable, model: Model) -> Scores:
    """Score every pair. Pure: the same tables give the same arrays, and permuting either permutes them."""
    return scores_of(judged(applicants, programs, model), applicants, model)


def scores_of(found: Judged, applicants: ApplicantTable, model: Model) -> Scores:
    """The scores of pairs that are judged already."""
    screening, total = found.screening, add_up(found.terms, found.screening, model.weights)
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
