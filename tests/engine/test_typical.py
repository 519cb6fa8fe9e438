"""The typical applicant: the national mix, and what stands in where a profile does not say."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given

from matching.engine import Criterion
from matching.engine.criteria import screen
from matching.engine.evidence import backgrounds, specialty, weights
from matching.engine.tables import NO, UNKNOWN, ApplicantKind, ApplicantTable, Stage, Visa
from matching.engine.typical import reference_mix, settled, typical_people
from tests.engine.strategies import NAN, STATES, TYPES, applicant_tables, one_applicant, program_tables

IM = specialty("140")
COLUMNS = [field.name for field in fields(ApplicantTable)]
NOT_FILLED = {"step1_score"}  # most hold pass or fail only: no number is typical
SILENT = {
    **dict.fromkeys(("step2_score", "years_since_graduation", "hands_on_months", "observership_months", "publications", "volunteer_experiences"), NAN),
    **dict.fromkeys(("letters", "letters_us", "letters_specialty", "letters_us_specialty", "ecfmg_latest", "fails_total"), NAN),
    **{f"fails_step{step}_max": NAN for step in (1, 2, 3)},
    **{f"step{step}_passed": UNKNOWN for step in (1, 2, 3)},
    "visa": Visa.UNKNOWN,
}


def columns(table):
    return {name: getattr(table, name).tolist() for name in COLUMNS}


def the_same(one, other):
    return all(np.array_equal(getattr(one, name), getattr(other, name), equal_nan=getattr(one, name).dtype == np.float64) for name in COLUMNS)


def test_settled_leaves_a_complete_profile_as_it_is():
    complete = one_applicant(step1_score=230, visa=Visa.J1)
    assert the_same(settled(complete, IM, weights()), complete)


@given(applicant_tables())
def test_settled_keeps_every_answer(applicants):
    found = settled(applicants, IM, weights())
    placed = np.all([getattr(applicants, f"fails_step{step}_min") == getattr(applicants, f"fails_step{step}_max") for step in (1, 2, 3)], axis=0)
    for step in (1, 2, 3):
        assert (getattr(found, f"fails_step{step}_max") == getattr(applicants, f"fails_step{step}_max"))[placed].all()
    for name in (name for name in COLUMNS if not name.startswith("fails_step")):
        before, after = getattr(applicants, name), getattr(found, name)
        said = ~np.isnan(before) if before.dtype == np.float64 else before != 0 if name == "visa" or name.endswith("_passed") else np.ones(before.shape, bool)
        assert (before == after)[said].all(), name
        assert before.dtype == after.dtype, name


def test_settled_places_a_fail_whose_step_is_not_said_at_step_1():
    unplaced = one_applicant(fails_total=2, fails_step1_max=2, fails_step2_max=2, fails_step3_max=2)
    found = settled(unplaced, IM, weights())
    assert [float(getattr(found, f"fails_step{step}_{end}")[0]) for step in (1, 2, 3) for end in ("min", "max")] == [2, 2, 0, 0, 0, 0]


@given(applicant_tables())
def test_settled_leaves_nothing_unknown(applicants):
    found = settled(applicants, IM, weights())
    assert [name for name in set(COLUMNS) - NOT_FILLED if np.isnan(getattr(found, name).astype(float)).any()] == []
    assert [name for name in ("visa", "step1_passed", "step2_passed", "step3_passed") if (getattr(found, name) == UNKNOWN).any()] == []
    assert the_same(settled(found, IM, weights()), found)


@given(applicant_tables(), program_tables())
def test_settled_what_is_open_then_no_profile_could_close(applicants, programs):
    """But for Step 1 numbers, which most do not have, and fails that are counted and not placed."""
    found = settled(applicants, IM, weights())
    placed = (
        (found.fails_step1_min == found.fails_step1_max) & (found.fails_step2_min == found.fails_step2_max) & (found.fails_step3_min == found.fails_step3_max)
    )
    unsaid = screen(found, programs, IM, weights()).unsaid & ~np.uint32(Criterion.STEP1_MIN.bit)
    assert (unsaid[placed] == 0).all()


@pytest.mark.parametrize(("kind", "visa"), [(ApplicantKind.NON_US_IMG, Visa.J1), (ApplicantKind.US_IMG, Visa.NONE)])
def test_settled_a_silent_profile_becomes_the_typical_one(kind, visa):
    found = settled(one_applicant(kind=kind, **SILENT), IM, weights())
    expected = {
        "step2_score": IM.step2_mean,
        "years_since_graduation": 5,
        "hands_on_months": 2,
        "observership_months": 0,
        "letters": 3,
        "letters_us": 3,
        "letters_specialty": 2,
        "letters_us_specialty": 2,
        "publications": 2,
        "volunteer_experiences": 3,
        "visa": visa,
        "step1_passed": 1,
        "step2_passed": 1,
        "step3_passed": NO,
        "fails_total": 0,
        "ecfmg_latest": Stage.APPLICATION,
    }
    assert {name: getattr(found, name).item() for name in expected} == pytest.approx(expected)


@pytest.mark.parametrize("code", ["140", "120", "440", "999"])
@pytest.mark.parametrize("kind", list(ApplicantKind))
def test_reference_mix_is_everybody_who_applies_as_the_tables_say(code, kind):
    figures = specialty(code)
    mix = reference_mix(figures, kind, STATES, TYPES, weights())
    score = mix.people.step2_score
    mean = float(mix.shares @ score)
    assert float(mix.shares.sum()) == pytest.approx(1)
    assert (mean, float(np.sqrt(mix.shares @ (score - mean) ** 2))) == pytest.approx((figures.step2_mean_all, figures.step2_sd_all))
    for fails in ("fails_step1", "fails_step2"):
        assert float(mix.shares @ getattr(mix.people, f"{fails}_min")) == pytest.approx(sum(row.share * getattr(row, fails) for row in backgrounds()))
    needing = sum(row.share * row.needs_visa for row in backgrounds()) if kind is ApplicantKind.NON_US_IMG else 0
    assert float(mix.shares @ (mix.people.visa == Visa.J1)) == pytest.approx(needing)


def test_reference_mix_scores_of_each_background_lie_off_the_mean_as_its_table_says():
    mix = reference_mix(IM, ApplicantKind.NON_US_IMG, STATES, TYPES, weights())
    by_background = mix.people.step2_score.reshape(len(backgrounds()), -1)
    middle = by_background[:, by_background.shape[1] // 2]
    shift = np.array([row.step2_shift for row in backgrounds()])
    assert middle - middle[0] == pytest.approx(shift - shift[0])
    assert np.ptp(by_background - middle[:, None], axis=0) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("kind", list(ApplicantKind))
def test_typical_people_say_everything_but_whether_they_passed_step_3(kind):
    people = typical_people(IM, kind, STATES, TYPES, weights())
    assert len(people) == len(backgrounds())
    assert (people.step3_passed == UNKNOWN).all()
    filled = settled(people, IM, weights())
    assert columns(filled) | {"step3_passed": 0, "step1_score": 0} == columns(people) | {"step3_passed": 0, "step1_score": 0}
