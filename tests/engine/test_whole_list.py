"""From a profile and programs to the outlook of a list: what is in doubt, whose silence it is, and how applicants compare."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from matching.engine import Criterion, anchor, list_outlook, score
from matching.engine.chances import level_range
from matching.engine.evidence import specialty, weights
from matching.engine.tables import NO, UNKNOWN, YES, ApplicantKind, ProgramTable, Stage, Visa
from matching.engine.whole_list import outlooks_by_size
from tests.engine.calibration.builders import stated_programs, unknown_programs, varied_programs
from tests.engine.strategies import NAN, STATES, TYPES, applicant_tables, one_applicant, one_program, program_tables


def anchored(programs):
    return programs, anchor(programs, states=STATES, types=TYPES)


# Sixty programs of which nothing, something and everything is known.
SETS = {"unknown": anchored(unknown_programs("140", 60)), "varied": anchored(varied_programs("140", 60)), "stated": anchored(stated_programs("140", 60))}
WHOLE = {"visa": Visa.J1, "years_since_graduation": 2, "hands_on_months": 3, "letters": 4, "step3_passed": NO}
EVERYTHING = one_applicant(**WHOLE)


def person(**values):
    """EVERYTHING, but for `values`."""
    return one_applicant(**(WHOLE | values))


def expected(outlook):
    return outlook.low.expected, outlook.middle.expected, outlook.high.expected


def width(outlook):
    """How many times the low end fits into the high one, as a logarithm."""
    return float(np.log(outlook.high.expected / outlook.low.expected))


def at(programs, model, **values):
    return list_outlook([(person(**values), programs, model)])


def test_list_outlook_without_a_specialty_is_refused():
    with pytest.raises(ValueError, match="without a specialty"):
        list_outlook([])


@settings(max_examples=30)
@given(applicant_tables(most=1), program_tables())
def test_list_outlook_of_anybody_anywhere_is_in_order_around_the_scores(applicant, programs):
    programs, model = anchored(programs)
    found = list_outlook([(applicant, programs, model)])
    low, middle, high = expected(found)
    assert middle == pytest.approx(float(score(applicant, programs, model).chance.sum()), abs=1e-12)
    assert 0 <= low <= middle + 1e-9
    assert middle <= high + 1e-9 <= len(programs) + 2e-9
    assert found.low.match <= found.middle.match + 1e-9 <= found.high.match + 2e-9
    assert found.interviews.sum() == pytest.approx(1)


@pytest.mark.parametrize("kind", list(ApplicantKind))
def test_list_outlook_goes_by_the_spread_of_the_applicants_own_kind(kind):
    programs, model = SETS["varied"]
    spreads = np.array([0.2, 2.0])
    found = at(programs, replace(model, spreads=spreads), kind=kind).middle.interviews[0]
    both = [at(programs, replace(model, spreads=np.full(2, spread)), kind=kind).middle.interviews[0] for spread in spreads]
    assert found == both[kind]
    assert both[0] < both[1]


def test_level_range_by_hand():
    # 100 applications assumed, published are 77 and 139; and 2.5 over the root of the people, at least 10.
    many, nobody = replace(specialty("140"), people=10**12), replace(specialty("140"), people=0)
    assert level_range(many, weights()) == pytest.approx((100 / 139, 100 / 77), rel=1e-4)
    sampling = 2.5 / np.sqrt(10)
    assert level_range(nobody, weights()) == pytest.approx((np.exp(-np.hypot(np.log(1.39), sampling)), np.exp(np.hypot(np.log(100 / 77), sampling))))


def test_list_outlook_where_all_is_said_only_the_level_is_in_doubt():
    found = at(*SETS["stated"])
    low, middle, high = expected(found)
    assert (low / middle, high / middle) == pytest.approx(level_range(specialty("140"), weights()))


# {answer: what a profile looks like without it}
LEFT_OUT = {
    "Step 2 CK": {"step2_score": NAN},
    "visa": {"visa": Visa.UNKNOWN},
    "graduation": {"years_since_graduation": NAN},
    "USCE": {"hands_on_months": NAN, "observership_months": NAN},
    "letters": dict.fromkeys(("letters", "letters_us", "letters_specialty", "letters_us_specialty"), NAN),
    "publications": {"publications": NAN},
    "volunteering": {"volunteer_experiences": NAN},
    "Step 1": {"step1_passed": UNKNOWN},
    "Step 3": {"step3_passed": UNKNOWN},
    "certificate": {"ecfmg_latest": NAN},
    "fails": {"fails_total": NAN, **{f"fails_step{step}_max": NAN for step in (1, 2, 3)}},
}
# Answers that carry a range of their own wherever they are missing.
ALWAYS_WIDER = {"Step 2 CK", "graduation", "USCE", "letters", "publications", "fails"}
# What stands in for the rest differs from the stated answer, and with it what the programs' own silence can do.
TYPICAL = {"step2_score": 245, "years_since_graduation": 5, "hands_on_months": 2, "letters": 3, "letters_us": 3, "letters_us_specialty": 2}


CASES = [(known, answer) for known in SETS for answer in LEFT_OUT]


@pytest.mark.parametrize(("known", "answer"), CASES)
def test_list_outlook_an_answer_left_out_widens_the_range_and_never_narrows_it(known, answer):
    programs, model = SETS[known]
    said, left_out = at(programs, model, **TYPICAL), at(programs, model, **(TYPICAL | LEFT_OUT[answer]))
    # What stands in for a missing Step 3 moves the middle of the programs' own doubt a little.
    assert width(left_out) >= width(said) - 0.005
    if answer in ALWAYS_WIDER:
        assert width(left_out) > width(said) + 0.02


def test_list_outlook_what_programs_do_not_say_widens_the_range_less_the_more_of_them_there_are():
    programs, model = SETS["unknown"]
    widths = [width(at(programs.take(np.arange(count)), model, **TYPICAL)) for count in (5, 20, 60)]
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] > np.log(139 / 77)


def test_list_outlook_what_the_profile_does_not_say_is_in_doubt_however_many_programs_there_are():
    programs, model = SETS["stated"]
    few, many = (at(programs.take(np.zeros(count, np.intp)), model, publications=NAN) for count in (5, 60))
    assert width(few) == pytest.approx(width(many), abs=0.02)
    assert width(few) > np.log(139 / 77) + 0.05


def joined(one, other):
    """Two tables, one after the other."""
    columns = {name: np.concatenate([getattr(one, name), getattr(other, name)]) for name, value in vars(one).items() if isinstance(value, np.ndarray)}
    strictness = {name: np.concatenate([one.strictness[name], other.strictness[name]]) for name in one.strictness}
    return ProgramTable(specialty=one.specialty, strictness=strictness, **columns)


@pytest.mark.parametrize("values", [{}, {"years_since_graduation": NAN}, {"visa": Visa.H1B, "step3_passed": YES}])
def test_list_outlook_a_program_that_excludes_the_applicant_adds_nothing(values):
    programs, model = SETS["varied"]
    closed = one_program(visa_j1=NO, visa_h1b=NO)
    assert score(person(**values), closed, model).excluded[0, 0] == Criterion.VISA.bit
    without, with_it = at(programs, model, **values), at(joined(programs, closed), model, **values)
    for name in ("low", "middle", "high"):
        one, other = getattr(without, name), getattr(with_it, name)
        assert other.interviews == pytest.approx([*one.interviews, 0], abs=1e-12)
        assert (other.expected, other.match) == pytest.approx((one.expected, one.match))


def test_list_outlook_of_closed_programs_alone_is_nothing():
    found = list_outlook([(EVERYTHING, one_program(visa_j1=NO), SETS["varied"][1])])
    assert [*expected(found), found.high.match] == [0, 0, 0, 0]
    assert found.interviews == pytest.approx([1, 0])


def test_list_outlook_two_specialties_carry_their_own_levels_and_one_strength():
    medicine, pediatrics = SETS["varied"], anchored(varied_programs("320", 60))
    alone = [at(*one) for one in (medicine, pediatrics)]
    plan = list_outlook([(EVERYTHING, *medicine), (EVERYTHING, *pediatrics)])
    assert plan.middle.expected == pytest.approx(sum(one.middle.expected for one in alone))
    assert len(plan.middle.by_specialty) == 2
    assert sum(plan.middle.by_specialty) == pytest.approx(plan.middle.match)
    assert max(one.middle.match for one in alone) < plan.middle.match < sum(one.middle.match for one in alone)
    assert plan.middle.interviews[0] > alone[0].middle.interviews[0] * alone[1].middle.interviews[0]
    low, middle, high = expected(plan)
    # The level is one doubt for both, not two that cancel.
    assert low / middle <= 100 / 139
    assert high / middle >= 100 / 77


@pytest.mark.parametrize("known", SETS)
def test_outlooks_by_size_are_those_of_the_first_programs(known):
    programs, model = SETS[known]
    someone = person(years_since_graduation=NAN)
    for size, found in zip((1, 10, 60), outlooks_by_size((someone, programs, model), (1, 10, 60)), strict=True):
        one = list_outlook([(someone, programs.take(np.arange(size)), model)])
        assert expected(found) == pytest.approx(expected(one))
        assert found.interviews == pytest.approx(one.interviews)
        assert found.middle.match == pytest.approx(one.middle.match)


# Where a missing answer decides over everything, the range has to reach down to nothing.


def test_list_outlook_a_silent_profile_has_the_widest_range_of_all():
    silent = {name: value for values in LEFT_OUT.values() for name, value in values.items()}
    for programs, model in SETS.values():
        widths = [width(at(programs, model, **(TYPICAL | values))) for values in ({}, *LEFT_OUT.values(), silent)]
        assert widths[-1] == max(widths)
        assert widths[-1] > widths[0] + 1


def test_list_outlook_graduation_unsaid_where_every_program_has_a_limit_may_come_to_nothing():
    programs, model = SETS["unknown"]
    strict = replace(programs, max_years_since_graduation=np.full(len(programs), 3.0), strictness=dict.fromkeys(programs.strictness, np.full(len(programs), 2)))
    recent, unsaid, long_ago = (at(strict, model, years_since_graduation=years) for years in (2, NAN, 8))
    assert long_ago.middle.expected == 0 < unsaid.middle.expected < recent.middle.expected
    assert unsaid.low.expected < 0.01 * unsaid.middle.expected


def test_list_outlook_h1b_without_a_word_on_step_3_may_come_to_nothing():
    programs, model = SETS["unknown"]
    passed, unsaid, not_passed = (at(programs, model, visa=Visa.H1B, step3_passed=step3) for step3 in (YES, UNKNOWN, NO))
    assert not_passed.middle.expected == 0 < unsaid.middle.expected < passed.middle.expected
    assert unsaid.low.expected < 0.01 * unsaid.middle.expected


def test_list_outlook_visa_unsaid_where_no_program_sponsors_any_may_come_to_nothing():
    programs, model = SETS["unknown"]
    without = replace(programs, visa_j1=np.full(len(programs), NO, np.int8), visa_h1b=np.full(len(programs), NO, np.int8))
    firm = replace(without, strictness=dict.fromkeys(without.strictness, np.full(len(programs), 2, np.int8)))
    none, unsaid, j1 = (at(firm, model, visa=visa) for visa in (Visa.NONE, Visa.UNKNOWN, Visa.J1))
    assert j1.middle.expected == 0 < unsaid.middle.expected < none.middle.expected
    assert unsaid.low.expected < 0.01 * unsaid.middle.expected


# How applicants and programs compare.

FAILED = {
    "Step 1": {"fails_step1_min": 1, "fails_step1_max": 1, "fails_total": 1},
    "Step 2 CK": {"fails_step2_min": 1, "fails_step2_max": 1, "fails_total": 1},
}


@pytest.mark.parametrize("step", FAILED)
@pytest.mark.parametrize("known", SETS)
def test_a_low_score_without_a_fail_does_better_than_a_higher_one_after_a_fail(known, step):
    programs, model = SETS[known]
    clean, failed = person(step2_score=238), person(step2_score=250, **FAILED[step])
    assert (score(clean, programs.take(np.arange(1)), model).chance > score(failed, programs.take(np.arange(1)), model).chance).all()
    low, high = at(programs, model, step2_score=238), at(programs, model, step2_score=250, **FAILED[step])
    assert low.middle.expected > 1.2 * high.middle.expected
    assert low.middle.match > high.middle.match
    assert low.middle.interviews[0] < high.middle.interviews[0]


@pytest.mark.parametrize(("visa", "excluded"), [(Visa.J1, True), (Visa.NONE, False), (Visa.UNKNOWN, False)])
def test_a_program_that_firmly_sponsors_no_visa_excludes_only_who_needs_one(visa, excluded):
    found = score(person(visa=visa), one_program(visa_j1=NO, visa_h1b=NO), SETS["varied"][1])
    assert (found.chance[0, 0] == found.high[0, 0] == 0) == excluded
    assert (found.excluded[0, 0] == Criterion.VISA.bit) == excluded


def test_openness_a_program_of_mostly_non_us_imgs_is_about_ten_times_as_likely_as_one_without_any():
    # ((0.6 + 0.03) / (0 + 0.03))^0.8 = 21^0.8 = 11.4 to 1 in odds.
    model = SETS["varied"][1]
    mostly, none = (float(score(EVERYTHING, one_program(share_non_us_img=share), model).chance[0, 0]) for share in (0.6, 0.0))
    assert mostly / (1 - mostly) / (none / (1 - none)) == pytest.approx(21**0.8)
    assert 9 < mostly / none < 11.5


def test_certificate_that_comes_too_late_brings_nothing():
    programs, model = SETS["varied"]
    assert at(programs, model, ecfmg_earliest=Stage.START, ecfmg_latest=Stage.START).high.match == 0
