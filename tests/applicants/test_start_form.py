from dataclasses import replace
from datetime import date

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from applicants.choices import ApplicantType, Exam, Outcome, VisaNeed
from applicants.forms import StartForm, answered_over, answers_query
from applicants.profile import ProfileData, Sitting
from tests.applicants.builders import FULL, REFERENCE, minimal, profiles, step

GOOD = {"specialty": "140", "type": "non_us_img", "ck": "228", "fails": "0", "visa": "j1"}


def form(query=None, **changes):
    """The form for GOOD with changes (None leaves a parameter out), or for a query string."""
    data = QueryDict(query) if query is not None else {key: value for key, value in {**GOOD, **changes}.items() if value is not None}
    return StartForm(data, specialties=REFERENCE.specialties)


def answered(**changes):
    bound = form(**changes)
    assert bound.errors == {}
    return bound.to_profile()


def test_to_profile_knows_the_five_answers_and_nothing_else():
    assert answered() == ProfileData(
        applicant_type=ApplicantType.NON_US_IMG,
        specialties=("140",),
        sittings=(Sitting(Exam.STEP2_CK, Outcome.PASS, None, 228),),
        sittings_complete=False,
        failed_attempts=0,
        visa_need=VisaNeed.J1,
    )


@pytest.mark.parametrize(
    ("changes", "field", "expected"),
    [
        ({"specialty": "120"}, "specialties", ("120",)),
        ({"type": "us_img", "visa": "none"}, "applicant_type", ApplicantType.US_IMG),
        ({"ck": "", "ck_none": "on"}, "sittings", ()),
        ({"ck": None, "ck_none": "on"}, "sittings", ()),
        ({"fails": "2"}, "failed_attempts", 2),
        ({"fails": "3"}, "failed_attempts", 3),
        ({"visa": "none"}, "visa_need", VisaNeed.NONE),
        ({"visa": "h1b"}, "visa_need", VisaNeed.H1B),
        ({"visa": "either"}, "visa_need", VisaNeed.EITHER),
        ({"visa": "unsure"}, "visa_need", None),
        ({"type": "us_img", "visa": "unsure"}, "visa_need", None),
    ],
)
def test_to_profile_takes_each_answer(changes, field, expected):
    assert getattr(answered(**changes), field) == expected


WRONG = [
    ({"specialty": None}, "specialty", "Choose one of the answers in the list."),
    ({"specialty": "999"}, "specialty", "Choose one of the answers in the list."),
    ({"specialty": "<script>"}, "specialty", "Choose one of the answers in the list."),
    ({"type": None}, "type", "Choose the one that fits you."),
    ({"type": "martian"}, "type", "Choose one of the two."),
    ({"ck": None}, "ck", "Enter your score, or tick that you have not passed it yet."),
    ({"ck": ""}, "ck", "Enter your score, or tick that you have not passed it yet."),
    ({"ck": "abc"}, "ck", "Enter a whole number from 1 to 300, or leave it blank."),
    ({"ck": "9" * 6000}, "ck", "Enter a whole number from 1 to 300, or leave it blank."),
    ({"ck": "0"}, "ck", "Enter a score from 1 to 300."),
    ({"ck": "301"}, "ck", "Enter a score from 1 to 300."),
    ({"ck": "-5"}, "ck", "Enter a score from 1 to 300."),
    ({"ck": "140"}, "ck", "140 is too low for a pass. Correct it, or tick that you have not passed yet and count the attempt among the failed ones."),
    ({"ck_none": "on"}, "ck", "Enter a score or tick that you have not passed it yet, not both."),
    ({"fails": None}, "fails", "Choose one of the answers in the list."),
    ({"fails": "4"}, "fails", "Choose one of the answers in the list."),
    ({"visa": None}, "visa", "Choose one of the answers in the list."),
    ({"visa": "b2"}, "visa", "Choose one of the answers in the list."),
    (
        {"type": "us_img", "visa": "j1"},
        "visa",
        "A U.S. IMG is a U.S. citizen and needs no visa. Choose 'No visa needed', or 'Non-U.S. IMG' if you are not a U.S. citizen.",
    ),
]


@pytest.mark.parametrize(("changes", "field", "message"), WRONG)
def test_start_form_wrong_answer_has_its_error_at_the_field(changes, field, message):
    assert form(**changes).errors == {field: [message]}


def test_start_form_nothing_answered_names_every_question():
    assert set(form("").errors) == {"specialty", "type", "ck", "fails", "visa"}


def test_start_form_without_data_has_no_errors_and_offers_specialties_in_order():
    blank = StartForm(specialties=REFERENCE.specialties)

    assert (blank.is_bound, blank.errors) == (False, {})
    assert blank.fields["specialty"].choices == [("", "Choose"), *REFERENCE.specialties]


@given(st.text())
def test_start_form_any_query_string_has_errors_but_never_fails(query):
    assert form(query).is_valid() is False


@given(
    st.dictionaries(st.sampled_from(["specialty", "type", "ck", "ck_none", "fails", "visa"]), st.one_of(st.text(), st.sampled_from([*GOOD.values(), "us_img"])))
)
def test_start_form_any_answers_are_refused_or_make_a_profile(answers):
    bound = form(**{**dict.fromkeys(GOOD), **answers})

    assert bool(bound.errors) is not bound.is_valid()
    if bound.is_valid():
        assert bound.to_profile().specialties == (answers["specialty"],)


# --- back into the address ---


def test_answers_query_has_short_stable_names():
    assert answers_query(answered()) == "specialty=140&type=non_us_img&ck=228&fails=0&visa=j1"
    assert answers_query(answered(ck=None, ck_none="on", fails="3", visa="unsure")) == "specialty=140&type=non_us_img&ck_none=on&fails=3&visa=unsure"


@given(
    st.fixed_dictionaries(
        {
            "specialty": st.sampled_from(sorted(REFERENCE.specialty_codes)),
            "type": st.just("non_us_img"),
            "ck": st.one_of(st.none(), st.integers(150, 300).map(str)),
            "fails": st.sampled_from("0123"),
            "visa": st.sampled_from(["none", "j1", "h1b", "either", "unsure"]),
        }
    )
)
def test_answers_query_is_read_back_unchanged(answers):
    data = answered(**answers, ck_none=None if answers["ck"] else "on")

    again = form(answers_query(data))
    assert again.is_valid()
    assert again.to_profile() == data


@given(profiles())
def test_answers_query_of_any_profile_leaves_at_most_the_fails_open(data):
    bound = form(answers_query(data))

    assert set(bound.errors) <= ({"fails"} if data.failed_attempts is None and not data.sittings_complete else set())


@pytest.mark.parametrize(
    ("data", "fails"),
    [
        (FULL, "1"),
        (minimal(failed_attempts=7), "3"),
        (minimal(sittings=(step(Exam.STEP1, Outcome.FAIL), step(Exam.OET, Outcome.FAIL)), sittings_complete=True), "1"),
        (minimal(), None),
    ],
    ids=["stated", "many", "counted", "unknown"],
)
def test_answers_query_counts_failed_attempts(data, fails):
    assert QueryDict(answers_query(data)).get("fails") == fails


# --- answers over a saved profile ---


def test_answered_over_takes_the_answers_and_keeps_all_else():
    over = answered_over(FULL, answered(specialty="320", type="us_img", ck="251", fails="0", visa="none"))
    kept = [sitting for sitting in FULL.sittings if sitting.exam != Exam.STEP2_CK]
    assert over == replace(
        FULL,
        applicant_type=ApplicantType.US_IMG,
        specialties=("320", "140", "120"),
        visa_need=VisaNeed.NONE,
        sittings=(*kept, step(day=date(2022, 5, 1), score=251)),
    )


FAIL, AWAITED, PASS = step(outcome=Outcome.FAIL), step(outcome=Outcome.AWAITED), step(score=240)


@pytest.mark.parametrize(
    ("saved", "answers", "sittings"),
    [
        ((FAIL, PASS), {"ck": "250"}, (FAIL, step(score=250))),
        ((FAIL, AWAITED), {"ck": "250"}, (FAIL, step(score=250))),
        ((), {"ck": "250"}, (step(score=250),)),
        ((FAIL, PASS), {"ck": None, "ck_none": "on"}, (FAIL,)),
        ((FAIL, AWAITED), {"ck": None, "ck_none": "on"}, (FAIL, AWAITED)),
    ],
)
def test_answered_over_step2_is_what_was_answered(saved, answers, sittings):
    over = answered_over(minimal(sittings=saved), answered(**answers))
    assert (over.sittings, over.step2_not_passed) == (sittings, "ck_none" in answers)


def test_answered_over_keeps_five_specialties_at_most():
    five = ("120", "320", "180", "400", "300")
    assert answered_over(minimal(specialties=five), answered()).specialties == ("140", "120", "320", "180", "400")
    assert answered_over(minimal(specialties=five), answered(specialty="400")).specialties == ("400", "120", "320", "180", "300")


@given(profiles())
def test_answered_over_repeated_changes_nothing_more(saved):
    once = answered_over(saved, answered())
    assert answered_over(once, answered()) == once
