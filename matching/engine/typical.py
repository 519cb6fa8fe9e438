"""The typical applicant: the national mix, and what stands in where a profile does not say."""

from dataclasses import replace

import numpy as np

from matching.engine.evidence import SpecialtyFigures, Weights
from matching.engine.tables import NO, UNKNOWN, YES, ApplicantKind, ApplicantTable, Floats, Stage, Tri, Visa

# Nodes of the reference mix along Step 2 CK: Gauss-Hermite, exact for polynomials up to degree 13.
NODES = 7


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
        step2_score=figures.step2_mean_all + figures.step2_sd_all * nodes,
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


def settled(a: ApplicantTable, s: SpecialtyFigures, w: Weights) -> ApplicantTable:
    """The same applicants with everything typical that they do not say: what is left unknown is the programs' silence."""
    typical, in_specialty = w.number("typical_letters"), w.number("typical_letters_us_specialty")

    def filled(column: Floats, value: float | Floats) -> Floats:
        return np.where(np.isnan(column), value, column)

    non_us = a.kind == ApplicantKind.NON_US_IMG
    return replace(
        a,
        step2_score=filled(a.step2_score, s.step2_mean),
        step1_passed=np.where(a.step1_passed == UNKNOWN, YES, a.step1_passed).astype(np.int8),
        step2_passed=np.where(a.step2_passed == UNKNOWN, YES, a.step2_passed).astype(np.int8),
        step3_passed=np.where(a.step3_passed == UNKNOWN, NO, a.step3_passed).astype(np.int8),
        fails_step1_max=filled(a.fails_step1_max, a.fails_step1_min),
        fails_step2_max=filled(a.fails_step2_max, a.fails_step2_min),
        fails_step3_max=filled(a.fails_step3_max, a.fails_step3_min),
        fails_total=filled(a.fails_total, a.fails_step1_min + a.fails_step2_min + a.fails_step3_min),
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
