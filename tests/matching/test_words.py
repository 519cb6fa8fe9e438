"""Every sentence an applicant reads, as a table: what it says, and about whom."""

import pytest

from applicants.choices import ApplicantType, Exam, Outcome, UsceKind, VisaNeed
from applicants.profile import Letter, Sitting, UsceSpell
from matching.engine import Criterion
from matching.engine.chances import terms
from matching.engine.criteria import screen
from matching.engine.evidence import specialty, weights
from matching.presenters.words import TERM_LABELS, applicant_in_words, criterion_sentence, failed_steps, term_sentence
from matching.services.wording import CRITERIA
from programs.models import Program
from tests.engine.strategies import one_applicant, one_program
from tests.matching.builders import profile

IM = specialty("140")
FAIL_1, FAIL_OET, PASS_2 = Sitting(Exam.STEP1, Outcome.FAIL), Sitting(Exam.OET, Outcome.FAIL), Sitting(Exam.STEP2_CK, Outcome.PASS, score=240)


def words(years=4, **changes):
    return applicant_in_words(profile(**changes), "140", years, IM)


@pytest.mark.parametrize(
    ("term", "applicant", "program", "said"),
    [
        ("openness", {}, {"share_non_us_img": 0.62}, "62% of residents are non-U.S. IMGs; 31% in the specialty"),
        (
            "openness",
            {"applicant_type": ApplicantType.US_IMG},
            {"share_us_img": 0.2, "share_non_us_img": 0.6},
            "20% of residents are U.S. IMGs; 10% in the specialty",
        ),
        ("openness", {}, {"share_img": 0.5}, "50% of residents are IMGs of either kind; 41% in the specialty"),
        ("openness", {}, {}, "who its residents are is not known"),
        ("competition", {}, {"applications_received": 2000, "interviews_given": 100}, "interviewed about 1 in 20 of those who applied last season"),
        ("competition", {}, {"applications_received": 2000, "interviews_given": 1}, "interviewed less than 1 in 1,000 of those who applied last season"),
        ("competition", {}, {"applications_received": 2000}, "how many it interviews is not known"),
        ("unfilled", {}, {"unfilled_share": 0.25, "unfilled_quota": 12, "unfilled_year": 2019}, "left 25% of 12 positions unfilled, up to the 2019 Match"),
        ("step2", {}, {"step2_median": 250}, "your 245 is 5 below its residents' middle (250)"),
        ("step2", {}, {"step2_median": 240}, "your 245 is 5 above its residents' middle (240)"),
        ("step2", {}, {"step2_median": 245}, "your 245 is its residents' middle"),
        ("step2", {}, {}, "your 245 is the mean of non-U.S. IMG applicants"),
        ("step2", {"sittings": ()}, {}, "Step 2 CK is not passed yet; the mean of non-U.S. IMG applicants is 245"),
        ("step2", {"sittings": (), "sittings_complete": False}, {}, "no score given; the mean of non-U.S. IMG applicants is 245"),
        ("attempts", {"sittings": (FAIL_1, PASS_2)}, {}, "1 failed attempt"),
        ("attempts", {"sittings": (FAIL_1, FAIL_OET, PASS_2)}, {}, "1 failed attempt"),
        ("attempts", {}, {}, "no failed attempt"),
        ("attempts", {"sittings": (), "sittings_complete": False}, {}, "failed attempts not said"),
        ("graduation", {}, {}, "4 years since graduation"),
        ("usce", {"usce": (UsceSpell(UsceKind.ELECTIVE, 1.5),)}, {}, "1.5 months of hands-on U.S. clinical experience; two are usual"),
        ("usce", {"usce": (UsceSpell(UsceKind.OBSERVERSHIP, 1),)}, {}, "1 month of observership, none hands-on"),
        ("usce", {"usce": ()}, {}, "no U.S. clinical experience"),
        ("usce", {"usce": None}, {}, "U.S. clinical experience not said"),
        ("letters", {"letters": (Letter(from_us=True, specialty="140"), Letter(from_us=True, specialty="120"))}, {}, "1 U.S. letter in the specialty"),
        ("letters", {"letters": None}, {}, "letters not said"),
        ("research", {"publications": 1}, {}, "1 publication; the median of non-U.S. IMG applicants is 2"),
        ("visa_need", {"visa_need": VisaNeed.H1B}, {}, "H-1B only"),
        ("place", {}, {}, "in a state you prefer"),
    ],
)
def test_term_sentence(term, applicant, program, said):
    assert term_sentence(term, Program(**program), words(**applicant)) == said


@pytest.mark.parametrize(
    ("criterion", "program", "said"),
    [
        (Criterion.ACCEPTS, {}, "takes no non-U.S. IMGs"),
        (Criterion.VISA, {"visa_j1": False}, "J-1 no, H-1B not known"),
        (Criterion.STEP2_MIN, {"step2_min": 250}, "Step 2 CK minimum 250, you have 245"),
        (Criterion.GRADUATION, {"max_years_since_graduation": 3}, "years at most 3, you have 4"),
        (Criterion.STEP1_MIN, {"step1_min": 220}, "Step 1 minimum 220"),
        (Criterion.STEP1_ATTEMPTS, {"step1_max_attempts": 1}, "at most 1 attempt"),
        (Criterion.USCE, {"usce_min_months": 3, "usce_hands_on_only": True}, "months of hands-on experience asked: 3, you have 2"),
        (Criterion.LETTERS_SPECIALTY, {"letters_specialty_min": 3}, "letters in the specialty asked: 3, you have 2"),
        (Criterion.LETTERS_US, {}, "U.S. letters asked: not stated"),
        (Criterion.ECFMG, {"ecfmg_needed_by": "ranking"}, "certificate needed by ranking"),
        (Criterion.OWN_STATE, {}, ""),
    ],
)
def test_criterion_sentence(criterion, program, said):
    assert criterion_sentence(criterion, Program(**program), words()) == said


def test_every_term_and_criterion_has_words():
    one, other = one_applicant(), one_program()
    named = {part.name for part in terms(one, other, screen(one, other, IM, weights()), IM, weights())}
    assert {name for name in named if not name.startswith("unstated_")} == set(TERM_LABELS)
    assert set(CRITERIA) == set(Criterion)


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ({"sittings": (FAIL_1, FAIL_OET)}, 1),
        ({"sittings": (FAIL_1,), "sittings_complete": False}, 1),
        ({"sittings": (FAIL_1,), "sittings_complete": False, "failed_attempts": 2}, 2),
        ({"sittings": (), "sittings_complete": False, "failed_attempts": 0}, 0),
        ({"sittings": (), "sittings_complete": False}, None),
    ],
)
def test_failed_steps(changes, count):
    assert failed_steps(profile(**changes)) == count
