"""What excludes, what does not, and what stays open: a table of written cases."""

import numpy as np
import pytest
from hypothesis import given

from matching.engine.criteria import NATIONAL, OWN_CHOICES, Criterion, screen
from matching.engine.evidence import specialty, weights
from matching.engine.explain import criteria_in
from matching.engine.tables import Stage, Strict, Visa
from tests.engine.strategies import NAN, applicant_tables, one_applicant, one_program, program_tables

NO, YES = -1, 1
US, NON_US = 0, 1


IM = specialty("140")


def certificate(earliest, latest):
    return {"ecfmg_earliest": earliest, "ecfmg_latest": latest}


def judge(applicant: dict, program: dict) -> tuple[set[Criterion], set[Criterion]]:
    screening = screen(one_applicant(**applicant), one_program(**program), IM, weights())
    return set(criteria_in(screening.excluded[0, 0])), set(criteria_in(screening.unknown[0, 0]))


@pytest.mark.parametrize(
    ("applicant", "program", "excluded_by"),
    [
        ({"kind": NON_US}, {"accepts_non_us_img": NO, "accepts_us_img": YES}, {Criterion.ACCEPTS}),
        ({"kind": US}, {"accepts_non_us_img": NO, "accepts_us_img": YES}, set()),
        ({"visa": Visa.J1}, {"visa_j1": NO, "visa_h1b": YES}, {Criterion.VISA}),
        ({"visa": Visa.J1}, {"visa_j1": YES}, set()),
        ({"visa": Visa.NONE}, {"visa_j1": NO, "visa_h1b": NO}, set()),
        ({"visa": Visa.EITHER}, {"visa_j1": NO, "visa_h1b": NO}, {Criterion.VISA}),
        ({"visa": Visa.EITHER, "step3_passed": NO}, {"visa_j1": NO, "visa_h1b": YES}, {Criterion.H1B_STEP3}),
        ({"visa": Visa.EITHER, "step3_passed": YES}, {"visa_j1": NO, "visa_h1b": YES}, set()),
        ({"visa": Visa.H1B, "step3_passed": NO}, {"visa_h1b": YES}, {Criterion.H1B_STEP3}),
        ({"visa": Visa.H1B, "step3_passed": NO}, {}, {Criterion.H1B_STEP3}),
        ({"visa": Visa.H1B, "step3_passed": YES}, {"visa_h1b": NO}, {Criterion.VISA}),
        ({"step2_score": 219}, {"step2_min": 220}, {Criterion.STEP2_MIN}),
        ({"step2_score": 220}, {"step2_min": 220}, set()),
        ({"step1_score": 199}, {"step1_min": 200}, {Criterion.STEP1_MIN}),
        ({"step1_passed": NO}, {"step1_pass_needed": YES}, {Criterion.STEP1_PASS}),
        ({"step3_passed": NO}, {"step3_needed": YES}, {Criterion.STEP3}),
        ({"fails_step1_min": 1, "fails_step1_max": 1, "fails_total": 1}, {"step1_max_attempts": 1}, {Criterion.STEP1_ATTEMPTS}),
        ({"fails_step1_min": 1, "fails_step1_max": 1, "fails_total": 1}, {"step1_max_attempts": 2}, set()),
        ({"fails_step2_min": 2, "fails_step2_max": 2, "fails_total": 2}, {"step2_max_attempts": 2}, {Criterion.STEP2_ATTEMPTS}),
        ({"fails_step3_min": 1, "fails_step3_max": 1, "fails_total": 1}, {"step3_max_attempts": 1}, {Criterion.STEP3_ATTEMPTS}),
        ({"years_since_graduation": 6}, {"max_years_since_graduation": 5}, {Criterion.GRADUATION}),
        ({"years_since_graduation": 5}, {"max_years_since_graduation": 5}, set()),
        ({"hands_on_months": 0, "observership_months": 2}, {"usce_min_months": 2, "usce_hands_on_only": YES}, {Criterion.USCE}),
        ({"hands_on_months": 0, "observership_months": 2}, {"usce_min_months": 2, "usce_hands_on_only": NO}, set()),
        ({"hands_on_months": 1, "observership_months": 0}, {"usce_min_months": 2}, {Criterion.USCE}),
        ({"letters": 2}, {"letters_min": 3}, {Criterion.LETTERS}),
        ({"letters_us": 0}, {"letters_us_min": 1}, {Criterion.LETTERS_US}),
        ({"letters_specialty": 0}, {"letters_specialty_min": 1}, {Criterion.LETTERS_SPECIALTY}),
        (certificate(Stage.INTERVIEW, Stage.INTERVIEW), {"ecfmg_needed_by": Stage.APPLICATION}, {Criterion.ECFMG}),
        (certificate(Stage.INTERVIEW, NAN), {"ecfmg_needed_by": Stage.APPLICATION}, {Criterion.ECFMG}),
        (certificate(Stage.INTERVIEW, Stage.INTERVIEW), {"ecfmg_needed_by": Stage.RANKING}, set()),
        (certificate(Stage.START, Stage.START), {}, {Criterion.NATIONAL_ECFMG}),
        # "Not needed to apply" leaves time until the petition.
        ({"visa": Visa.H1B, "step3_passed": NO}, {"visa_h1b": YES, "step3_needed_for_h1b": NO}, set()),
        ({"fails_step1_min": 4, "fails_step1_max": 4, "fails_total": 4, "step1_passed": NO}, {}, {Criterion.NATIONAL_ATTEMPTS}),
        ({"fails_step1_min": 3, "fails_step1_max": 3, "fails_total": 3, "step1_passed": YES}, {}, set()),
    ],
)
def test_screen_written_case_excludes_exactly(applicant, program, excluded_by):
    assert judge(applicant, program)[0] == excluded_by


@pytest.mark.parametrize(
    ("applicant", "program", "open_question"),
    [
        ({}, {}, Criterion.ACCEPTS),
        ({"visa": Visa.J1}, {}, Criterion.VISA),
        ({"visa": Visa.UNKNOWN}, {"visa_j1": YES, "visa_h1b": NO}, Criterion.VISA),
        # Without Step 3 an H-1B helps nobody, so an unknown J-1 stays the open question.
        ({"visa": Visa.EITHER, "step3_passed": NO}, {"visa_h1b": YES}, Criterion.VISA),
        ({"visa": Visa.H1B, "step3_passed": 0}, {"visa_h1b": YES}, Criterion.H1B_STEP3),
        ({"step2_score": NAN}, {"step2_min": 220}, Criterion.STEP2_MIN),
        ({"step2_score": 260}, {}, Criterion.STEP2_MIN),
        # Passed without a number: the minimum cannot be compared.
        ({"step1_score": NAN, "step1_passed": YES}, {"step1_min": 210}, Criterion.STEP1_MIN),
        # One fail, but at which Step is not known.
        ({"fails_step1_min": 0, "fails_step1_max": 1, "fails_total": 1}, {"step1_max_attempts": 1}, Criterion.STEP1_ATTEMPTS),
        ({"fails_step1_min": 0, "fails_step1_max": NAN, "fails_total": NAN}, {"step1_max_attempts": 1}, Criterion.STEP1_ATTEMPTS),
        ({"years_since_graduation": NAN}, {"max_years_since_graduation": 5}, Criterion.GRADUATION),
        # Months are enough only if observerships count, which is not said.
        ({"hands_on_months": 1, "observership_months": 2}, {"usce_min_months": 2}, Criterion.USCE),
        ({"letters_us": NAN}, {"letters_us_min": 1}, Criterion.LETTERS_US),
        (certificate(Stage.APPLICATION, NAN), {"ecfmg_needed_by": Stage.APPLICATION}, Criterion.ECFMG),
        (certificate(Stage.APPLICATION, NAN), {}, Criterion.NATIONAL_ECFMG),
        (certificate(Stage.INTERVIEW, NAN), {}, Criterion.NATIONAL_ECFMG),
        ({"fails_step1_max": 4, "fails_total": 4, "step1_passed": 0}, {}, Criterion.NATIONAL_ATTEMPTS),
        ({"visa": Visa.H1B, "step3_passed": NO}, {"visa_h1b": YES, "step3_needed_for_h1b": NO}, Criterion.H1B_STEP3),
    ],
)
def test_screen_unknown_side_stays_open_and_excludes_nobody(applicant, program, open_question):
    excluded, unknown = judge(applicant, program)
    assert excluded == set()
    assert open_question in unknown


@pytest.mark.parametrize(("strictness", "excluded", "disliked", "unknown"), [(Strict.STRICT, 1, 0, 0), (Strict.PREFERRED, 0, 1, 0), (Strict.UNCLEAR, 0, 0, 1)])
def test_screen_only_a_strict_requirement_excludes(strictness, excluded, disliked, unknown):
    program = one_program(step2_min=230)
    program.strictness["step2_min"][:] = strictness
    screening = screen(one_applicant(step2_score=220), program, IM, weights())
    found = [bool(mask[0, 0] & Criterion.STEP2_MIN.bit) for mask in (screening.excluded, screening.preferences_unmet, screening.unknown)]
    assert found == [bool(excluded), bool(disliked), bool(unknown)]


@given(applicant_tables(), program_tables())
def test_screen_a_criterion_is_never_both_excluding_and_open(applicants, programs):
    screening = screen(applicants, programs, IM, weights())
    assert not (screening.excluded & screening.unknown).any()
    assert not (screening.excluded & screening.preferences_unmet).any()
    assert not (screening.unknown & screening.preferences_unmet).any()


@given(applicant_tables(), program_tables())
def test_screen_risk_lies_below_one_and_only_where_something_is_open(applicants, programs):
    for ruling in screen(applicants, programs, IM, weights()).rulings:
        risk, unknown = np.broadcast_arrays(ruling.risk, ruling.unknown)
        assert ((risk >= 0) & (risk < 1)).all()
        assert not risk[~unknown].any(), ruling.criterion


@given(applicant_tables())
def test_screen_a_program_that_states_nothing_excludes_only_by_national_rules_and_own_choices(applicants):
    masks = screen(applicants, one_program(state=2, program_type=1), IM, weights()).excluded[:, 0]
    allowed = NATIONAL | OWN_CHOICES
    assert all(set(criteria_in(mask)) <= allowed for mask in masks)


@given(applicant_tables(), program_tables())
def test_screen_a_stricter_cutoff_never_admits_more(applicants, programs):
    before = screen(applicants, programs, IM, weights()).excluded != 0
    stricter = programs.take(np.arange(len(programs)))
    stricter.step2_min[:] = np.fmax(stricter.step2_min, 0) + 10
    stricter.max_years_since_graduation[:] -= 1
    stricter.step1_max_attempts[:] -= 1
    stricter.strictness["step2_min"][:] = Strict.STRICT
    after = screen(applicants, stricter, IM, weights()).excluded != 0
    assert (after >= before).all()


def test_own_choice_ruled_out_state_excludes_and_an_unknown_state_does_not():
    applicant = one_applicant()
    applicant.ruled_out_states[0, 2] = True
    found = [screen(applicant, one_program(state=state), IM, weights()).excluded[0, 0] for state in (2, 1, -1)]
    assert found == [Criterion.OWN_STATE.bit, 0, 0]


def test_usce_months_missed_only_by_a_preference_for_hands_on_exclude_nobody():
    program = one_program(usce_min_months=2, usce_hands_on_only=YES)
    program.strictness["usce_hands_on_only"][:] = Strict.PREFERRED
    screening = screen(one_applicant(hands_on_months=0, observership_months=3), program, IM, weights())
    assert [bool(mask[0, 0] & Criterion.USCE.bit) for mask in (screening.excluded, screening.preferences_unmet)] == [False, True]


def test_unsaid_visa_need_counts_at_silent_programs_too_but_is_asked_for_where_programs_say():
    silent, sponsor, neither = (
        screen(one_applicant(visa=Visa.UNKNOWN), one_program(**visas), IM, weights())
        for visas in ({}, {"visa_j1": YES, "visa_h1b": NO}, {"visa_j1": NO, "visa_h1b": NO})
    )
    assert [bool(found.unsaid[0, 0] & Criterion.VISA.bit) for found in (silent, sponsor, neither)] == [False, True, True]
    risks = [next(float(ruling.risk[0, 0]) for ruling in found.rulings if ruling.criterion is Criterion.VISA) for found in (silent, sponsor, neither)]
    # Where both are silent: 0.6 that a visa is needed x 0.25 that a silent program sponsors no J-1.
    assert risks == pytest.approx([0.15, 0.25, 0.6])


def test_unplaced_fail_is_likelier_at_the_first_two_steps():
    unplaced = {"fails_total": 1, **{f"fails_step{step}_max": 1 for step in (1, 2, 3)}}
    screening = screen(one_applicant(**unplaced), one_program(step1_max_attempts=1, step2_max_attempts=1, step3_max_attempts=1), IM, weights())
    risks = {ruling.criterion: float(ruling.risk[0, 0]) for ruling in screening.rulings}
    assert [risks[one] for one in (Criterion.STEP1_ATTEMPTS, Criterion.STEP2_ATTEMPTS, Criterion.STEP3_ATTEMPTS)] == [0.45, 0.45, 0.1]


def test_step2_prior_is_flat_where_no_score_effect_is_published():
    for code, risky in (("140", True), ("120", False)):
        screening = screen(one_applicant(step2_score=205), one_program(), specialty(code), weights())
        risk = next(float(ruling.risk[0, 0]) for ruling in screening.rulings if ruling.criterion is Criterion.STEP2_MIN)
        assert (risk > 0.1) == risky
