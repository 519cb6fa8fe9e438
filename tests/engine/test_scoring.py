"""Properties every score must have, whatever the data."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine import Tier, anchor, explain, score
from matching.engine.criteria import Criterion
from matching.engine.evidence import specialty, specialty_rows
from matching.engine.tables import NO, YES, Strict, Visa
from tests.engine.strategies import NAN, STATES, TYPES, applicant_tables, one_applicant, one_program, program_tables


def model_of(programs):
    return anchor(programs, states=STATES, types=TYPES)


def chance(applicant, program, model) -> float:
    return float(score(applicant, program, model).chance[0, 0])


@given(applicant_tables(), program_tables())
def test_score_chance_lies_in_its_range_and_in_zero_to_one(applicants, programs):
    scores = score(applicants, programs, model_of(programs))
    assert (scores.low >= 0).all()
    assert (scores.high <= 1).all()
    assert (scores.low <= scores.chance + 1e-12).all()
    assert (scores.chance <= scores.high + 1e-12).all()


@given(applicant_tables(), program_tables())
def test_score_excluded_pairs_and_only_they_have_no_chance_at_all(applicants, programs):
    scores = score(applicants, programs, model_of(programs))
    excluded = scores.excluded != 0
    assert ((scores.chance == 0) == excluded).all()
    assert ((scores.high == 0) == excluded).all()
    assert ((scores.tier == Tier.EXCLUDED) == excluded).all()


@given(applicant_tables(), program_tables())
def test_score_explanation_adds_up_to_the_chance(applicants, programs):
    model = model_of(programs)
    scores = score(applicants, programs, model)
    for row in range(len(applicants)):
        for place, why in enumerate(explain(applicants.take(np.array([row])), programs, model)):
            log_odds = why.intercept + sum(part.mid for part in why.contributions)
            expected = 0 if why.excluded_by else 1 / (1 + np.exp(-log_odds))
            assert scores.chance[row, place] == pytest.approx(expected, abs=1e-12)
            top = why.intercept + sum(part.high for part in why.contributions)
            assert scores.high[row, place] == pytest.approx(0 if why.excluded_by else 1 / (1 + np.exp(-top)), abs=1e-12)


@given(applicant_tables(), program_tables(), st.randoms(use_true_random=False))
def test_score_permuting_applicants_and_programs_permutes_results(applicants, programs, random):
    down, across = list(range(len(applicants))), list(range(len(programs)))
    random.shuffle(down)
    random.shuffle(across)
    model = model_of(programs)
    before = score(applicants, programs, model)
    after = score(applicants.take(np.array(down)), programs.take(np.array(across)), model_of(programs.take(np.array(across))))
    assert np.allclose(after.chance, before.chance[np.ix_(down, across)], rtol=1e-9)
    assert (after.excluded == before.excluded[np.ix_(down, across)]).all()
    assert (after.unknown == before.unknown[np.ix_(down, across)]).all()


@given(applicant_tables(), program_tables())
def test_score_one_by_one_equals_all_at_once(applicants, programs):
    model = model_of(programs)
    whole = score(applicants, programs, model)
    for row in range(len(applicants)):
        for place in range(len(programs)):
            single = score(applicants.take(np.array([row])), programs.take(np.array([place])), model)
            assert single.chance[0, 0] == pytest.approx(whole.chance[row, place], rel=1e-12)
            assert single.low[0, 0] == pytest.approx(whole.low[row, place], rel=1e-12)


@given(applicant_tables(), program_tables(), st.integers(180, 290), st.integers(1, 40))
def test_score_a_better_score_never_lowers_a_chance(applicants, programs, points, more):
    model = model_of(programs)
    assert model.figures.step2_slope >= 0
    lower, higher = applicants.take(np.arange(len(applicants))), applicants.take(np.arange(len(applicants)))
    lower.step2_score[:], higher.step2_score[:] = points, points + more
    assert (score(higher, programs, model).chance >= score(lower, programs, model).chance - 1e-12).all()
    assert (score(higher, programs, model).low >= score(lower, programs, model).low - 1e-12).all()


@given(applicant_tables(), program_tables())
def test_score_forgetting_what_a_program_states_never_excludes(applicants, programs):
    """Unknown never excludes: blanking every requirement can only open programs."""
    model = model_of(programs)
    blank = programs.take(np.arange(len(programs)))
    for name in ("accepts_us_img", "accepts_non_us_img", "visa_j1", "visa_h1b", "step1_pass_needed", "step3_needed", "usce_hands_on_only"):
        getattr(blank, name)[:] = 0
    for name in ("ecfmg_needed_by", "max_years_since_graduation", "step1_min", "step2_min", "usce_min_months", "letters_min", "letters_us_min"):
        getattr(blank, name)[:] = NAN
    for name in ("letters_specialty_min", "step1_max_attempts", "step2_max_attempts", "step3_max_attempts"):
        getattr(blank, name)[:] = NAN
    before, after = score(applicants, programs, model).excluded, score(applicants, blank, model).excluded
    national = np.uint32(Criterion.NATIONAL_ATTEMPTS.bit | Criterion.NATIONAL_ECFMG.bit | Criterion.H1B_STEP3.bit)
    own = np.uint32(Criterion.OWN_STATE.bit | Criterion.OWN_TYPE.bit)
    assert not (after & ~(national | own)).any()
    # H-1B without Step 3 is a national rule that an unknown H-1B does not lift; a stated "no" hid it before.
    assert ((after & own) == (before & own)).all()


@given(applicant_tables(), program_tables())
def test_score_an_unknown_visa_lies_between_no_and_yes(applicants, programs):
    model = model_of(programs)
    results = {}
    for answer in (NO, 0, YES):
        table = programs.take(np.arange(len(programs)))
        table.visa_j1[:] = answer
        table.visa_h1b[:] = answer
        table.strictness["visa_j1"][:] = table.strictness["visa_h1b"][:] = Strict.STRICT
        results[answer] = score(applicants, table, model).chance
    assert (results[0] <= results[YES] + 1e-12).all()
    assert (results[NO] <= results[0] + 1e-12).all()


def test_score_a_clean_low_score_beats_a_higher_one_after_a_fail():
    model = model_of(one_program())
    low = chance(one_applicant(step2_score=222), one_program(), model)
    fails = {"fails_step1_min": 1, "fails_step1_max": 1, "fails_total": 1}
    assert low > chance(one_applicant(step2_score=240, **fails), one_program(), model)


def test_score_openness_moves_the_chance_several_fold():
    model = model_of(one_program(share_non_us_img=0.3))
    none, most = (chance(one_applicant(), one_program(share_non_us_img=share), model) for share in (0.0, 0.8))
    assert most / none > 4


def test_score_a_program_without_the_visa_is_excluded_not_merely_unlikely():
    scores = score(one_applicant(visa=Visa.J1), one_program(visa_j1=NO), model_of(one_program()))
    assert scores.tier[0, 0] == Tier.EXCLUDED


def test_score_the_less_is_known_the_wider_the_range():
    known = one_program(
        accepts_non_us_img=YES, visa_j1=YES, share_non_us_img=0.29, step2_median=245, step2_min=220, applications_received=2000, interviews_given=200
    )
    model = model_of(known)
    applicant = one_applicant(visa=Visa.J1)
    sure, unsure = score(applicant, known, model), score(applicant, one_program(), model)
    assert (unsure.high - unsure.low)[0, 0] > 2 * (sure.high - sure.low)[0, 0]


@pytest.mark.parametrize("code", [row["code"] for row in specialty_rows()])
def test_score_step2_effect_has_the_sign_of_the_published_one(code):
    slope = specialty(code).step2_slope
    assert -0.2 < slope < 1.0
    if code == "120":
        assert slope < 0  # Family Medicine: matched applicants scored a point lower than those not matched
    if specialty(code).applicants > 1000 and code != "120":
        assert slope > 0.2
