from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applicants.choices import STEPS, ApplicantType, EcfmgStatus, Exam, Outcome, UsceKind, VisaNeed
from applicants.exam_rules import PASSING_WINDOWS, passing_bar
from applicants.profile import Letter, Sitting, UsceSpell
from applicants.validators import PROGRAM_TYPES, Problem, validate_profile
from programs.choices import ProgramType
from tests.applicants.builders import CODES, FULL, MINIMAL, TODAY, minimal, profiles, step

PASS, FAIL, AWAITED = Outcome.PASS, Outcome.FAIL, Outcome.AWAITED
STEP1, CK, STEP3, OET = Exam.STEP1, Exam.STEP2_CK, Exam.STEP3, Exam.OET
BOTH_PASSED = (step(STEP1), step(CK))


def check(data, today=TODAY):
    return validate_profile(data, today=today, **CODES)


def paths(data):
    return [problem.path for problem in check(data)]


def spells(**changes):
    return (replace(UsceSpell(UsceKind.ELECTIVE, 1), **changes),)


# --- what is fine ---

FINE = {
    "everything": FULL,
    "next to nothing": MINIMAL,
    "every count at its lowest": minimal(research_experiences=0, publications=0, volunteer_experiences=0, budget_usd=0, failed_attempts=0),
    "every count at its highest": minimal(research_experiences=200, publications=1000, volunteer_experiences=200, budget_usd=100_000, failed_attempts=12),
    "first year of graduation": minimal(graduation_year=1950),
    "graduation in two years": minimal(graduation_year=TODAY.year + 2),
    "lowest and highest score": minimal(sittings=(step(CK, FAIL, None, 1), step(CK, PASS, None, 300))),
    "Step 1 with a score on its last scored day": minimal(sittings=(step(STEP1, PASS, date(2022, 1, 25), 230),)),
    "Step 1 with a score on an unknown day": minimal(sittings=(step(STEP1, PASS, None, 230),)),
    "Step 1 without a score on the first day of pass or fail": minimal(sittings=(step(STEP1, PASS, date(2022, 1, 26)),)),
    "first day of the USMLE": minimal(sittings=(step(STEP1, PASS, date(1992, 1, 1)),)),
    "a sitting today": minimal(sittings=(step(CK, PASS, TODAY),)),
    "a sitting to come": minimal(sittings=(step(CK, AWAITED, TODAY + timedelta(days=700)),)),
    "four sittings": minimal(sittings=(step(CK, FAIL), step(CK, FAIL), step(CK, FAIL), step(CK, PASS))),
    "OET repeated after a pass": minimal(sittings=(step(OET, PASS), step(OET, PASS))),
    "sittings out of order where a day is unknown": minimal(sittings=(step(CK, FAIL, date(2024, 1, 1)), step(CK, FAIL), step(CK, PASS, date(2023, 1, 1)))),
    "two Steps in any order": minimal(sittings=(step(CK, PASS, date(2024, 1, 1)), step(STEP1, PASS, date(2023, 1, 1)))),
    "Step 3 alone in an incomplete list": minimal(sittings=(step(STEP3, PASS),)),
    "Step 3 after a failed Step 1 in an incomplete list": minimal(sittings=(step(STEP1, FAIL), step(STEP3, PASS))),
    "Step 3 after both": minimal(sittings=(*BOTH_PASSED, step(STEP3, PASS)), sittings_complete=True),
    "no Step at all": minimal(sittings_complete=True),
    "failed attempts as listed": minimal(sittings=(step(CK, FAIL),), sittings_complete=True, failed_attempts=1),
    "more failed attempts than listed in an incomplete list": minimal(sittings=(step(CK, FAIL),), failed_attempts=2),
    "a failed OET is no failed attempt": minimal(sittings=(step(OET, FAIL),), sittings_complete=True, failed_attempts=0),
    "certified with an incomplete list": minimal(ecfmg_status=EcfmgStatus.CERTIFIED),
    "certified with both passed": minimal(ecfmg_status=EcfmgStatus.CERTIFIED, sittings=BOTH_PASSED, sittings_complete=True),
    "certified in the year of graduation": minimal(ecfmg_status=EcfmgStatus.CERTIFIED, graduation_year=TODAY.year),
    "certification in progress with its day": minimal(ecfmg_status=EcfmgStatus.IN_PROGRESS, ecfmg_expected=TODAY + timedelta(days=100)),
    "certification in progress since a day that has passed": minimal(ecfmg_status=EcfmgStatus.IN_PROGRESS, ecfmg_expected=TODAY - timedelta(days=100)),
    "no experience in the U.S.": minimal(usce=()),
    "the longest and the shortest spell": minimal(usce=(*spells(months=60), *spells(months=0.01))),
    "ten letters": minimal(letters=(Letter(from_us=True, specialty="140"),) * 10),
    "five specialties": minimal(specialties=("140", "120", "320", "180", "400")),
    "U.S. IMG without visa": minimal(applicant_type=ApplicantType.US_IMG, visa_need=VisaNeed.NONE),
    "U.S. IMG who did not say": minimal(applicant_type=ApplicantType.US_IMG),
    "permanent resident": minimal(visa_need=VisaNeed.NONE),
    "all program types but one ruled out": minimal(ruled_out_program_types=("military", "community", "university")),
    "country with accent and apostrophe": minimal(school_country="Côte d'Ivoire"),
}


@pytest.mark.parametrize("data", FINE.values(), ids=FINE.keys())
def test_validate_profile_accepts(data):
    assert check(data) == []


# --- what is not: the profile, the path of the one problem, and words of its message ---

NEVER_PASSED_1 = minimal(sittings=(step(STEP1, FAIL), step(CK)), sittings_complete=True)
WRONG = {
    "no specialty": (minimal(specialties=()), "specialties", "at least one"),
    "six specialties": (minimal(specialties=("140", "120", "320", "180", "400", "300")), "specialties", "at most 5"),
    "unknown specialty": (minimal(specialties=("140", "999")), "specialties[1]", "'999' is not known"),
    "specialty twice": (minimal(specialties=("140", "120", "140")), "specialties[2]", "already chosen"),
    "graduation too early": (minimal(graduation_year=1949), "graduation_year", "from 1950 to 2028"),
    "graduation too late": (minimal(graduation_year=2029), "graduation_year", "from 1950 to 2028"),
    "school in the U.S.": (minimal(school_country=" U.S.A. "), "school_country", "outside the U.S. and Canada"),
    "school in Canada": (minimal(school_country="canada"), "school_country", "outside the U.S. and Canada"),
    "country too long": (minimal(school_country="x" * 61), "school_country", "at most 60"),
    "country with a line break": (minimal(school_country="India\n"), "school_country", "one line"),
    "label too long": (minimal(label="x" * 81), "label", "at most 80"),
    "label with a zero character": (minimal(label="a\x00b"), "label", "Use letters"),
    "label with half a character": (minimal(label="\ud800"), "label", "Use letters"),
    "negative count": (minimal(publications=-1), "publications", "from 0 to 1000"),
    "count too high": (minimal(research_experiences=201), "research_experiences", "from 0 to 200"),
    "volunteering too high": (minimal(volunteer_experiences=201), "volunteer_experiences", "from 0 to 200"),
    "budget too high": (minimal(budget_usd=100_001), "budget_usd", "from 0 to 100000"),
    "failed attempts beyond the limit": (minimal(failed_attempts=13), "failed_attempts", "from 0 to 12"),
    "sitting before the USMLE": (minimal(sittings=(step(CK, PASS, date(1991, 12, 31)),)), "sittings[0].date", "1992"),
    "result of tomorrow": (minimal(sittings=(step(CK, PASS, TODAY + timedelta(days=1)),)), "sittings[0].date", "'Result awaited'"),
    "sitting in three years": (minimal(sittings=(step(CK, AWAITED, TODAY + timedelta(days=1100)),)), "sittings[0].date", "two years"),
    "score 0": (minimal(sittings=(step(CK, FAIL, None, 0),)), "sittings[0].score", "from 1 to 300"),
    "score 301": (minimal(sittings=(step(STEP3, PASS, None, 301),)), "sittings[0].score", "from 1 to 300"),
    "Step 1 score since pass or fail": (
        minimal(sittings=(step(STEP1, PASS, date(2022, 1, 26), 230),)),
        "sittings[0].score",
        "pass or fail after 25 January 2022",
    ),
    "score awaited": (minimal(sittings=(step(CK, AWAITED, None, 230),)), "sittings[0].score", "still awaited"),
    "OET with a score": (minimal(sittings=(step(OET, PASS, None, 350),)), "sittings[0].score", "passed or failed"),
    "other English exam with a score": (minimal(sittings=(step(Exam.OTHER_ENGLISH, PASS, None, 100),)), "sittings[0].score", "passed or failed"),
    "pass below the bar of its day": (minimal(sittings=(step(CK, PASS, date(2025, 7, 1), 217),)), "sittings[0].score", "choose 'Failed'"),
    "fail at the bar of its day": (minimal(sittings=(step(CK, FAIL, date(2025, 7, 1), 218),)), "sittings[0].score", "choose 'Passed'"),
    "pass below every bar": (minimal(sittings=(step(CK, PASS, None, 149),)), "sittings[0].score", "choose 'Failed'"),
    "fail at the highest bar": (minimal(sittings=(step(CK, FAIL, None, 218),)), "sittings[0].score", "choose 'Passed'"),
    "sittings not in order": (minimal(sittings=(step(CK, FAIL, date(2024, 1, 2)), step(CK, PASS, date(2024, 1, 1)))), "sittings[1].date", "earliest first"),
    "two sittings on one day": (minimal(sittings=(step(CK, FAIL, date(2024, 1, 2)), step(CK, PASS, date(2024, 1, 2)))), "sittings[1].date", "own day"),
    "a sitting after the pass": (minimal(sittings=(step(CK, PASS), step(STEP1, PASS), step(CK, PASS))), "sittings[2].outcome", "cannot be taken again"),
    "a sitting after one awaited": (minimal(sittings=(step(CK, AWAITED), step(CK, PASS))), "sittings[1].outcome", "awaits its result"),
    "five sittings": (minimal(sittings=(step(CK, FAIL),) * 5), "sittings[4]", "at most 4 attempts"),
    "five English sittings": (minimal(sittings=(step(OET, FAIL),) * 3 + (step(Exam.OTHER_ENGLISH, FAIL),) * 2), "sittings[4]", "newest 4"),
    "Step 3 without Step 1": (minimal(sittings=(step(CK), step(STEP3)), sittings_complete=True), "sittings[1]", "after passing Step 1"),
    "Step 3 without Step 2 CK": (minimal(sittings=(step(STEP1), step(STEP3)), sittings_complete=True), "sittings[1]", "after passing Step 2 CK"),
    "Step 3 before Step 2 CK": (
        minimal(sittings=(step(CK, PASS, date(2024, 1, 2)), step(STEP3, PASS, date(2024, 1, 1)))),
        "sittings[1].date",
        "after passing Step 2 CK",
    ),
    "another number of failed attempts than listed": (
        minimal(sittings=(step(CK, FAIL),), sittings_complete=True, failed_attempts=2),
        "failed_attempts",
        "shows 1 failed",
    ),
    "fewer failed attempts than listed": (minimal(sittings=(step(CK, FAIL),), failed_attempts=0), "failed_attempts", "1 or more"),
    "certified without a pass": (replace(NEVER_PASSED_1, ecfmg_status=EcfmgStatus.CERTIFIED), "ecfmg_status", "needs a passed Step 1"),
    "certified before graduation": (minimal(ecfmg_status=EcfmgStatus.CERTIFIED, graduation_year=2027), "ecfmg_status", "certifies graduates"),
    "certified with an expected day": (minimal(ecfmg_status=EcfmgStatus.CERTIFIED, ecfmg_expected=TODAY), "ecfmg_expected", "'In progress'"),
    "expected day without a status": (minimal(ecfmg_expected=TODAY), "ecfmg_expected", "'In progress'"),
    "expected in three years": (
        minimal(ecfmg_status=EcfmgStatus.IN_PROGRESS, ecfmg_expected=TODAY + timedelta(days=1100)),
        "ecfmg_expected",
        "two years",
    ),
    "no months": (minimal(usce=spells(months=0)), "usce[0].months", "above 0 and up to 60"),
    "too many months": (minimal(usce=spells(months=60.5)), "usce[0].months", "above 0 and up to 60"),
    "months that are no number": (minimal(usce=spells(months=float("nan"))), "usce[0].months", "above 0 and up to 60"),
    "spell that ends in three years": (minimal(usce=spells(ended=TODAY + timedelta(days=1100))), "usce[0].ended", "two years"),
    "spell that ended too early": (minimal(usce=spells(ended=date(1949, 12, 31))), "usce[0].ended", "two years"),
    "spell in an unknown specialty": (minimal(usce=spells(specialty="999")), "usce[0].specialty", "not known"),
    "nine spells": (minimal(usce=spells() * 9), "usce[8]", "at most 8"),
    "letter of an unknown specialty": (minimal(letters=(Letter(from_us=True), Letter(from_us=True, specialty="x"))), "letters[1].specialty", "not known"),
    "eleven letters": (minimal(letters=(Letter(from_us=True),) * 11), "letters[10]", "at most 10"),
    "U.S. IMG with J-1": (minimal(applicant_type=ApplicantType.US_IMG, visa_need=VisaNeed.J1), "visa_need", "needs no visa"),
    "U.S. IMG with H-1B": (minimal(applicant_type=ApplicantType.US_IMG, visa_need=VisaNeed.H1B), "visa_need", "needs no visa"),
    "U.S. IMG with either": (minimal(applicant_type=ApplicantType.US_IMG, visa_need=VisaNeed.EITHER), "visa_need", "needs no visa"),
    "unknown preferred state": (minimal(preferred_states=("NY", "ZZ")), "preferred_states[1]", "'ZZ' is not known"),
    "unknown state ruled out": (minimal(ruled_out_states=("ZZ",)), "ruled_out_states[0]", "'ZZ' is not known"),
    "state preferred twice": (minimal(preferred_states=("NY", "NY")), "preferred_states[1]", "already chosen"),
    "state both preferred and ruled out": (minimal(preferred_states=("NY",), ruled_out_states=("OH", "NY")), "ruled_out_states[1]", "one of the two"),
    "unknown program type": (minimal(ruled_out_program_types=("secret",)), "ruled_out_program_types[0]", "Use one of: university,"),
    "program type twice": (minimal(ruled_out_program_types=("military", "military")), "ruled_out_program_types[1]", "already chosen"),
    "every program type ruled out": (minimal(ruled_out_program_types=PROGRAM_TYPES), "ruled_out_program_types", "Keep at least one"),
}


@pytest.mark.parametrize(("data", "path", "words"), WRONG.values(), ids=WRONG.keys())
def test_validate_profile_names_the_one_problem(data, path, words):
    (problem,) = check(data)
    assert (problem.path, words in problem.message) == (path, True), problem


def test_validate_profile_several_mistakes_finds_each():
    data = minimal(
        specialties=("999",), graduation_year=1900, sittings=(step(CK, PASS, None, 301),), visa_need=VisaNeed.J1, applicant_type=ApplicantType.US_IMG
    )

    assert paths(data) == ["specialties[0]", "graduation_year", "sittings[0].score", "visa_need"]


def test_validate_profile_long_unknown_code_is_cut_in_the_message():
    (problem,) = check(minimal(specialties=("9" * 500,)))

    assert problem == Problem("specialties[0]", f"'{'9' * 40}...' is not known here. Use the 3 digits of a specialty, such as 140 for Internal Medicine.")


def test_program_types_are_those_of_programs():
    assert list(PROGRAM_TYPES) == ProgramType.values


BARS = [
    # exam, day, lowest score that can be a pass, highest score that can be a fail
    (CK, date(2012, 6, 30), 150, 188),
    (CK, date(2012, 7, 1), 196, 195),
    (CK, date(2013, 7, 1), 203, 202),
    (CK, date(2014, 7, 1), 209, 213),
    (CK, date(2025, 6, 30), 209, 213),
    (CK, date(2025, 7, 1), 218, 217),
    (CK, None, 150, 217),
    (STEP1, date(2021, 1, 1), 150, 195),
    (STEP1, None, 150, 195),
    (STEP3, date(2015, 12, 10), 150, 189),
    (STEP3, date(2015, 12, 11), 190, 195),
    (STEP3, date(2020, 1, 1), 198, 197),
    (STEP3, date(2024, 1, 1), 200, 199),
]


@pytest.mark.parametrize(("exam", "day", "lowest_pass", "highest_fail"), BARS)
def test_passing_score_of_a_day_parts_passes_from_fails(exam, day, lowest_pass, highest_fail):
    accepted = {
        (outcome, score): paths(minimal(sittings=(Sitting(exam, outcome, day, score),))) == []
        for outcome, scores in ((PASS, (lowest_pass - 1, lowest_pass)), (FAIL, (highest_fail, highest_fail + 1)))
        for score in scores
    }

    assert accepted == {(PASS, lowest_pass - 1): False, (PASS, lowest_pass): True, (FAIL, highest_fail): True, (FAIL, highest_fail + 1): False}


def test_passing_windows_follow_each_other_without_gap():
    for exam in STEPS:
        windows = [window for window in PASSING_WINDOWS if window.exam == exam]
        assert [window.first_day for window in windows[1:]] == [window.last_day + timedelta(days=1) for window in windows[:-1]]
        assert all(window.lowest <= window.highest and window.source.startswith("http") for window in windows)


def test_passing_bar_without_known_score_is_none():
    assert [passing_bar(OET, None), passing_bar(STEP1, date(2023, 1, 1))] == [None, None]


@given(profiles())
def test_validate_profile_accepts_every_profile_the_builder_makes(data):
    assert check(data) == []


@given(profiles(), st.integers(0, 40_000))
def test_validate_profile_valid_today_is_valid_later(data, days):
    assert check(data, TODAY + timedelta(days=days)) == []
