"""Why: the terms behind each chance, which add up to it exactly."""

from dataclasses import dataclass

import numpy as np

from matching.engine.anchoring import Model
from matching.engine.chances import terms
from matching.engine.criteria import Criterion, screen
from matching.engine.tables import ApplicantTable, ProgramTable


@dataclass(frozen=True)
class Contribution:
    """One term for one pair, in log-odds; odds change by exp(mid)."""

    name: str
    mid: float
    low: float
    high: float


@dataclass(frozen=True)
class Explanation:
    """The whole sum for one pair: logit(chance) = intercept + sum of `mid`, unless `excluded_by` has entries.

    `unknown` lists criteria that stay open; `may_exclude` those of them that plausibly exclude, `unsaid`
    those that the applicant could settle, `unfirm` those that are missed but not said how firmly.
    """

    intercept: float
    contributions: tuple[Contribution, ...]
    excluded_by: tuple[Criterion, ...]
    preferences_unmet: tuple[Criterion, ...]
    unknown: tuple[Criterion, ...]
    may_exclude: tuple[Criterion, ...]
    unsaid: tuple[Criterion, ...]
    unfirm: tuple[Criterion, ...]


def explain(applicant: ApplicantTable, programs: ProgramTable, model: Model) -> list[Explanation]:
    """One explanation per program for a table of exactly one applicant."""
    screening = screen(applicant, programs, model.figures, model.weights)
    parts = terms(applicant, programs, screening, model.figures, model.weights)
    shape = (1, len(programs))
    # Plain lists: reading one number at a time from an array costs more than all the mathematics.
    columns = [(part.name, *(np.broadcast_to(values, shape)[0].tolist() for values in (part.mid, part.low, part.high))) for part in parts]
    worth_asking = model.weights.number("worth_asking")
    risks = [(ruling.criterion, (np.broadcast_to(ruling.risk, shape)[0] >= worth_asking).tolist()) for ruling in screening.rulings]
    masks = (screening.excluded, screening.preferences_unmet, screening.unknown, screening.unsaid, screening.unfirm)
    excluded, unmet, unknown, unsaid, unfirm = (mask[0].tolist() for mask in masks)
    intercept = float(model.intercepts[applicant.kind[0]])
    return [
        Explanation(
            intercept=intercept,
            contributions=tuple(Contribution(name, mid[i], low[i], high[i]) for name, mid, low, high in columns),
            excluded_by=criteria_in(excluded[i]),
            preferences_unmet=criteria_in(unmet[i]),
            unknown=criteria_in(unknown[i]),
            may_exclude=tuple(criterion for criterion, risky in risks if risky[i]),
            unsaid=criteria_in(unsaid[i]),
            unfirm=criteria_in(unfirm[i]),
        )
        for i in range(len(programs))
    ]


BITS = tuple((criterion, criterion.bit) for criterion in Criterion)


def criteria_in(mask: int) -> tuple[Criterion, ...]:
    """The criteria whose bits are set, in their own order."""
    return tuple(criterion for criterion, bit in BITS if mask & bit) if mask else ()
