"""Single terms of the sum: their size, their sign, and what they do where something is unknown."""

import numpy as np
import pytest
from hypothesis import given

from matching.engine.chances import sum_terms, terms
from matching.engine.criteria import screen
from matching.engine.evidence import specialty, weights
from matching.engine.tables import ApplicantKind, University, Visa
from tests.engine.strategies import NAN, applicant_tables, one_applicant, one_program, program_tables

IM = specialty("140")
ONE_FAIL = {"fails_total": 1}
UNPLACED = {**ONE_FAIL, **{f"fails_step{step}_max": 1 for step in (1, 2, 3)}}
UNKNOWN_FAILS = {**UNPLACED, **{f"fails_step{step}_max": NAN for step in (1, 2, 3)}, "fails_total": NAN}


def term(name, applicant, program, figures=IM):
    """(mid, low, high) of one term for one pair."""
    one, other = one_applicant(**applicant), one_program(**program)
    part = next(part for part in terms(one, other, screen(one, other, figures, weights()), figures, weights()) if part.name == name)
    return [float(np.broadcast_to(values, (1, 1))[0, 0]) for values in (part.mid, part.low, part.high)]


@pytest.mark.parametrize(
    ("name", "applicant", "program", "expected"),
    [
        ("openness", {}, {"share_non_us_img": IM.share_non_us_img}, [0, 0, 0]),
        ("openness", {"kind": ApplicantKind.US_IMG}, {"share_us_img": IM.share_us_img}, [0, 0, 0]),
        # The own share beats a pooled one, and the pooled one a missing one.
        ("openness", {}, {"share_non_us_img": IM.share_non_us_img, "share_img": 1.0}, [0, 0, 0]),
        ("competition", {}, {"applications_received": 1000, "interviews_given": 113}, [0, 0, 0]),
        ("competition", {}, {}, [0, -0.3, 0.3]),
        ("competition", {}, {"applications_received": 1000, "interviews_given": 0}, [0, -0.3, 0.3]),
        ("competition", {}, {"applications_received": 1000, "interviews_given": 1000}, [0.48, 0.48, 0.48]),  # held at 1.2 x 0.4
        ("unfilled", {}, {"unfilled_share": 0.25, "unfilled_quota": 10, "unfilled_age": 0}, [0.1, 0.1, 0.1]),
        ("unfilled", {}, {"unfilled_share": 0.25, "unfilled_quota": 30, "unfilled_age": 5}, [0.075, 0.075, 0.075]),
        ("unfilled", {}, {"unfilled_share": 1.0, "unfilled_quota": 30, "unfilled_age": 20}, [0, 0, 0]),
        ("unfilled", {}, {}, [0, 0, 0]),
        ("step2", {"step2_score": 250}, {"step2_median": 250}, [0, 0, 0]),
        ("step2", {"step2_score": 300}, {"step2_median": 245}, [3 * IM.step2_slope] * 3),  # held at 30 points
        ("attempts", {"fails_step1_min": 1, "fails_step1_max": 1, **ONE_FAIL}, {}, [-0.62, -0.62, -0.62]),
        ("attempts", {"fails_step2_min": 3, "fails_step2_max": 3, "fails_total": 3}, {}, [-2.04, -2.04, -2.04]),
        ("attempts", UNPLACED, {}, [-0.83, -1.04, -0.5]),
        ("attempts", {**UNPLACED, "fails_total": 2}, {}, [-1.33, -1.66, -1.0]),
        # A listed fail is a floor, whatever else is not known.
        ("attempts", {**UNKNOWN_FAILS, "fails_step2_min": 1}, {}, [-1.04, -1.66, -1.04]),
        ("attempts", UNKNOWN_FAILS, {}, [0, -1.04, 0]),
        # Not passed yet: a fixed step down, and a score anywhere between the ends.
        ("step2", {"step2_score": NAN, "step2_passed": -1}, {}, [-0.7, -0.7 - 2.8 * IM.step2_slope, -0.7 + 2.8 * IM.step2_slope]),
        ("graduation", {"years_since_graduation": 40}, {}, [-0.7, -0.7, -0.7]),
        ("graduation", {"years_since_graduation": NAN}, {}, [0, -0.7, 0.1]),
        ("usce", {"hands_on_months": 0}, {}, [-0.4, -0.4, -0.4]),
        ("usce", {"hands_on_months": 0, "observership_months": 1}, {}, [-0.25, -0.25, -0.25]),
        ("usce", {"hands_on_months": NAN, "observership_months": NAN}, {}, [0, -0.4, 0.15]),
        ("letters", {"letters_us": 4, "letters_us_specialty": 0}, {}, [0, 0, 0]),
        ("research", {"publications": 2}, {"university": University.YES}, [0, 0, 0]),
        ("mission", {"volunteer_experiences": 7}, {"underserved_mission": 1}, [0.1 * np.log(2)] * 3),
        ("mission", {"volunteer_experiences": 7}, {}, [0, 0, 0]),
        ("visa_need", {"visa": Visa.NONE}, {}, [0.1, 0.1, 0.1]),
        ("visa_need", {"visa": Visa.NONE, "kind": ApplicantKind.US_IMG}, {}, [0, 0, 0]),
        ("visa_need", {"visa": Visa.H1B}, {}, [-0.2, -0.2, -0.2]),
        ("visa_need", {"visa": Visa.UNKNOWN}, {}, [0, -0.2, 0.1]),
    ],
)
def test_term(name, applicant, program, expected):
    assert term(name, applicant, program) == pytest.approx(expected, abs=1e-9)


def test_research_university_of_unknown_kind_lies_between_the_two():
    few = {"publications": 0}
    unknown, university, community = (term("research", few, {"university": kind}) for kind in (University.UNKNOWN, University.YES, University.NO))
    assert unknown[1:] == pytest.approx([university[0], community[0]])


def test_place_preferred_state_raises_and_an_unknown_state_does_not():
    applicant = one_applicant()
    applicant.preferred_states[0, 3] = True
    found = [sum_terms(applicant, one_program(state=state), IM, weights())[0].mid[0, 0] for state in (3, 1, -1)]
    assert found[0] - found[1] == pytest.approx(0.15)
    assert found[1] == pytest.approx(found[2])


@given(applicant_tables(), program_tables())
def test_terms_low_mid_high_are_finite_and_in_order(applicants, programs):
    for part in terms(applicants, programs, screen(applicants, programs, IM, weights()), IM, weights()):
        assert np.isfinite([part.low.sum(), part.mid.sum(), part.high.sum()]).all(), part.name
        assert (part.low <= part.mid + 1e-12).all(), part.name
        assert (part.mid <= part.high + 1e-12).all(), part.name


def test_terms_negative_slope_keeps_its_sign():
    family_medicine = specialty("120")
    assert term("step2", {"step2_score": 250}, {"step2_median": 230}, family_medicine)[0] < 0
