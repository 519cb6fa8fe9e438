"""The national level: intercepts that make a typical applicant's interviews come out as published.

For each specialty and kind of IMG, the mean chance over the loaded programs and a reference mix of
applicants must equal interviews per application: mean ranks (about interviews) over applications
sent. Loading other programs therefore moves programs against each other, never the level.

One bound: published applicants lose about a third of their applications to screens. Where fewer
programs than the other two thirds are open to the mix, the open ones are set as if two thirds were,
or a handful of open programs would have to carry the interviews of all.
"""

from dataclasses import dataclass

import numpy as np

from matching.engine.chances import Sum, logistic, sum_terms
from matching.engine.evidence import SpecialtyFigures, Weights, specialty, weights
from matching.engine.tables import UNKNOWN, YES, ApplicantKind, ApplicantTable, Floats, ProgramTable, Stage, Tri, Visa

# Nodes of the reference mix along Step 2 CK: Gauss-Hermite, exact for polynomials up to degree 13.
NODES = 7
BISECTIONS = 60  # halves the bracket below to less than 1e-16
BRACKET = (-20.0, 20.0)


@dataclass(frozen=True)
class Model:
    """Everything that turns a sum of terms into a chance for one specialty and one set of programs."""

    figures: SpecialtyFigures
    weights: Weights
    intercepts: Floats  # by ApplicantKind

    @property
    def specialty(self) -> str:
        """ACGME code."""
        return self.figures.code


def interviews_per_application(figures: SpecialtyFigures, kind: ApplicantKind, w: Weights) -> float:
    """The published level: mean ranks / applications; for U.S. IMGs shifted by the match rates' log-odds."""
    level = figures.level
    if kind is ApplicantKind.NON_US_IMG:
        return level
    us, non_us = w.number("match_rate_us_img"), w.number("match_rate_non_us_img")
    odds = level / (1 - level) * (us / (1 - us)) / (non_us / (1 - non_us))
    return odds / (1 + odds)


def reference_mix(figures: SpecialtyFigures, kind: ApplicantKind, states: int, types: int, w: Weights) -> tuple[ApplicantTable, Floats]:
    """Typical applicants who differ in Step 2 CK alone, and the share of each (sums to 1)."""
    nodes, shares = np.polynomial.hermite_e.hermegauss(NODES)

    def full(value: float) -> Floats:
        return np.full(NODES, float(value))

    def tri(value: int) -> Tri:
        return np.full(NODES, value, np.int8)

    visa = Visa.J1 if kind is ApplicantKind.NON_US_IMG else Visa.NONE
    letters, in_specialty = w.number("typical_letters"), w.number("typical_letters_us_specialty")
    mix = ApplicantTable(
        kind=tri(kind),
        step2_score=figures.step2_mean + figures.step2_sd * nodes,
        step1_score=full(np.nan),
        step1_passed=tri(YES),
        step2_passed=tri(YES),
        step3_passed=tri(UNKNOWN),
        fails_step1_min=full(0),
        fails_step1_max=full(0),
        fails_step2_min=full(0),
        fails_step2_max=full(0),
        fails_step3_min=full(0),
        fails_step3_max=full(0),
        fails_total=full(0),
        years_since_graduation=full(w.number("typical_graduation")),
        hands_on_months=full(w.number("typical_usce")),
        observership_months=full(0),
        letters=full(letters),
        letters_us=full(letters),
        letters_specialty=full(in_specialty),
        letters_us_specialty=full(in_specialty),
        publications=full(figures.publications),
        volunteer_experiences=full(w.number("mission_typical")),
        visa=tri(visa),
        ecfmg_earliest=full(Stage.APPLICATION),
        ecfmg_latest=full(Stage.APPLICATION),
        preferred_states=np.zeros((NODES, states), np.bool_),
        ruled_out_states=np.zeros((NODES, states), np.bool_),
        ruled_out_types=np.zeros((NODES, types), np.bool_),
    )
    return mix, shares / shares.sum()


def anchor(programs: ProgramTable, *, states: int, types: int, table: Weights | None = None) -> Model:
    """Fit the intercepts to `programs`. `states`, `types`: widths of the caller's index lists."""
    w = table or weights()
    figures = specialty(programs.specialty)
    intercepts = np.zeros(len(ApplicantKind))
    for kind in ApplicantKind:
        mix, shares = reference_mix(figures, kind, states, types, w)
        total, _ = sum_terms(mix, programs, figures, w)
        intercepts[kind] = _intercept(total, shares, interviews_per_application(figures, kind, w), w.number("open_at_least"))
    return Model(figures, w, intercepts)


def _intercept(total: Sum, shares: Floats, level: float, open_at_least: float) -> float:
    """Bisection: the mean chance rises with the intercept. Where nobody is let in, the bare level."""
    if total.closed.all():
        return float(np.log(level / (1 - level)))
    open_share = float(shares @ (~total.closed).mean(axis=1))
    target = level * min(open_share / open_at_least, 1.0)
    low, high = BRACKET
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        chance = np.where(total.closed, 0.0, logistic(middle + total.mid))
        low, high = (middle, high) if float(shares @ chance.mean(axis=1)) < target else (low, middle)
    return (low + high) / 2
