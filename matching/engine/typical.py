"""The typical applicant: the national mix, and what stands in where a profile does not say."""

from dataclasses import dataclass, replace

import numpy as np

from matching.engine.evidence import SpecialtyFigures, Weights, backgrounds
from matching.engine.tables import NO, UNKNOWN, YES, ApplicantKind, ApplicantTable, Floats, Stage, Tri, Visa

# Step 2 CK nodes of each background: Gauss-Hermite, exact for polynomials up to degree 9.
NODES = 5


@dataclass(frozen=True)
class Mix:
    """Everybody who applies, as a table of a few kinds of people, and the share of each (sums to 1)."""

    people: ApplicantTable
    shares: Floats


def reference_mix(figures: SpecialtyFigures, kind: ApplicantKind, states: int, types: int, w: Weights) -> Mix:
    """Each background (backgrounds.csv) at NODES Step 2 CK scores; together they have the fitted mean and spread of everybody."""
    nodes, weight = np.polynomial.hermite_e.hermegauss(NODES)
    share = np.array([one.share for one in backgrounds()])
    shift = np.array([one.step2_shift for one in backgrounds()])
    shift -= share @ shift
    within = np.sqrt(figures.step2_sd_all**2 - share @ shift**2)
    score = figures.step2_mean_all + (shift[:, None] + within * nodes).ravel()
    people = typical_people(figures, kind, states, types, w)
    return Mix(replace(people.take(np.repeat(np.arange(len(share)), NODES)), step2_score=score), np.outer(share, weight / weight.sum()).ravel())


def typical_people(figures: SpecialtyFigures, kind: ApplicantKind, states: int, types: int, w: Weights) -> ApplicantTable:
    """One person of each background, at the mean Step 2 CK score of everybody; certified, and typical in what the table does not say."""
    rows = backgrounds()
    count = len(rows)

    def each(name: str) -> Floats:
        return np.array([getattr(one, name) for one in rows], np.float64)

    def full(value: float) -> Floats:
        return np.full(count, float(value))

    def tri(value: int) -> Tri:
        return np.full(count, value, np.int8)

    non_us = kind is ApplicantKind.NON_US_IMG
    letters = w.number("typical_letters")
    return ApplicantTable(
        kind=tri(kind),
        step2_score=full(figures.step2_mean_all),
        step1_score=full(np.nan),
        step1_passed=tri(YES),
        step2_passed=tri(YES),
        step3_passed=tri(UNKNOWN),
        fails_step1_min=each("fails_step1"),
        fails_step1_max=each("fails_step1"),
        fails_step2_min=each("fails_step2"),
        fails_step2_max=each("fails_step2"),
        fails_step3_min=full(0),
        fails_step3_max=full(0),
        fails_total=each("fails_step1") + each("fails_step2"),
        years_since_graduation=each("years_since_graduation"),
        hands_on_months=each("hands_on_months"),
        observership_months=each("observership_months"),
        letters=full(letters),
        letters_us=each("letters_us"),
        letters_specialty=each("letters_us_specialty"),
        letters_us_specialty=each("letters_us_specialty"),
        publications=full(figures.publications),
        volunteer_experiences=full(w.number("mission_typical")),
        visa=np.where(each("needs_visa") * non_us > 0, Visa.J1, Visa.NONE).astype(np.int8),
        ecfmg_earliest=full(Stage.APPLICATION),
        ecfmg_latest=full(Stage.APPLICATION),
        preferred_states=np.zeros((count, states), np.bool_),
        ruled_out_states=np.zeros((count, states), np.bool_),
        ruled_out_types=np.zeros((count, types), np.bool_),
    )


def settled(a: ApplicantTable, s: SpecialtyFigures, w: Weights) -> ApplicantTable:
    """The same applicants with everything typical that they do not say: what is left unknown is the programs' silence."""
    typical, in_specialty = w.number("typical_letters"), w.number("typical_letters_us_specialty")

    def filled(column: Floats, value: float | Floats) -> Floats:
        return np.where(np.isnan(column), value, column)

    non_us = a.kind == ApplicantKind.NON_US_IMG
    # A fail whose Step is not said was at Step 1, as most are.
    listed = a.fails_step1_min + a.fails_step2_min + a.fails_step3_min
    step1_fails = a.fails_step1_min + np.maximum(filled(a.fails_total, listed) - listed, 0.0)
    return replace(
        a,
        step2_score=filled(a.step2_score, s.step2_mean),
        step1_passed=np.where(a.step1_passed == UNKNOWN, YES, a.step1_passed).astype(np.int8),
        step2_passed=np.where(a.step2_passed == UNKNOWN, YES, a.step2_passed).astype(np.int8),
        step3_passed=np.where(a.step3_passed == UNKNOWN, NO, a.step3_passed).astype(np.int8),
        fails_step1_min=step1_fails,
        fails_step1_max=step1_fails,
        fails_step2_max=a.fails_step2_min,
        fails_step3_max=a.fails_step3_min,
        fails_total=filled(a.fails_total, listed),
        years_since_graduation=filled(a.years_since_graduation, w.number("typical_graduation")),
        hands_on_months=filled(a.hands_on_months, w.number("typical_usce")),
        observership_months=filled(a.observership_months, 0.0),
        letters=filled(a.letters, typical),
        letters_us=filled(a.letters_us, typical),
        letters_specialty=filled(a.letters_specialty, in_specialty),
        letters_us_specialty=filled(a.letters_us_specialty, in_specialty),
        publications=filled(a.publications, s.publications),
        volunteer_experiences=filled(a.volunteer_experiences, w.number("mission_typical")),
        visa=np.where(a.visa == Visa.UNKNOWN, np.where(non_us, Visa.J1, Visa.NONE), a.visa).astype(np.int8),
        ecfmg_latest=filled(a.ecfmg_latest, a.ecfmg_earliest),
    )
