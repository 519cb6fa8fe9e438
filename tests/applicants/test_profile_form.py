from dataclasses import replace
from datetime import date

import pytest
from django.forms import Select
from django.http import QueryDict
from django.test.html import parse_html
from hypothesis import given, settings
from hypothesis import strategies as st

from applicants.choices import STEPS, Exam, UsceKind
from applicants.forms import ProfileForms
from applicants.forms.fields import Menu
from applicants.profile import Letter, UsceSpell
from tests.applicants.builders import FULL, MINIMAL, REFERENCE, TODAY, profiles
from tests.applicants.test_validators import WRONG
from tests.applicants.visiting import as_posted

LEAST = {"applicant_type": "non_us_img", "specialty_1": "140"}


def bound(**answers):
    data = QueryDict(mutable=True)
    for key, value in {**LEAST, **answers}.items():
        data.setlist(key, value if isinstance(value, list) else [value])
    return ProfileForms(REFERENCE, data=data)


def saved(**answers):
    forms = bound(**answers)
    assert forms.is_valid(), forms.problems
    return forms.profile()


def problems(**answers):
    forms = bound(**answers)
    assert not forms.is_valid()
    return {problem["target"]: (problem["label"], problem["message"]) for problem in forms.problems}


# --- shown, sent back, unchanged ---


@pytest.mark.parametrize("data", [MINIMAL, FULL], ids=["minimal", "full"])
def test_form_shown_and_sent_back_changes_nothing(data):
    again = ProfileForms(REFERENCE, data=as_posted(ProfileForms(REFERENCE, initial=data)))

    assert again.is_valid(), again.problems
    assert again.profile() == data


@settings(max_examples=40)
@given(profiles())
def test_form_shown_and_sent_back_changes_nothing_of_any_profile(data):
    again = ProfileForms(REFERENCE, data=as_posted(ProfileForms(REFERENCE, initial=data)))

    assert again.is_valid(), again.problems
    # The form groups sittings by exam; their order within one exam is what counts.
    ordered = tuple(sorted(data.sittings, key=lambda sitting: list(Exam).index(sitting.exam)))
    assert again.profile() == replace(data, sittings=ordered)


def test_form_blank_is_unknown_everywhere():
    assert saved() == MINIMAL


@pytest.mark.parametrize(
    ("answers", "usce", "letters"),
    [
        ({}, None, None),
        ({"usce_none": "on"}, (), None),
        ({"letters_none": "on"}, None, ()),
        (
            {"usce-3-kind": "observership", "usce-3-months": "1.5", "letter-2-origin": "abroad"},
            (UsceSpell(UsceKind.OBSERVERSHIP, 1.5),),
            (Letter(from_us=False),),
        ),
    ],
)
def test_form_unknown_none_and_some_stay_apart(answers, usce, letters):
    data = saved(**answers)

    assert (data.usce, data.letters) == (usce, letters)


def test_form_zero_is_not_blank():
    data = saved(research_experiences="0", publications="", failed_attempts="0")

    assert (data.research_experiences, data.publications, data.failed_attempts) == (0, None, 0)


def test_form_gap_between_specialties_keeps_their_order():
    assert saved(specialty_1="320", specialty_4="140").specialties == ("320", "140")


def test_form_reads_dates_as_browsers_and_as_people_send_them():
    data = saved(**{"step1-1-outcome": "fail", "step1-1-date": "2020-03-09", "step1-2-outcome": "pass", "step1-2-date": "11/20/2020"})

    assert [sitting.date for sitting in data.sittings] == [date(2020, 3, 9), date(2020, 11, 20)]


# --- errors: at the field, in the list on top, with the row's name ---


@pytest.mark.parametrize(
    ("answers", "target", "label", "message"),
    [
        ({"applicant_type": ""}, "id_applicant_type_0", "You are", "Choose the one that fits you."),
        ({"applicant_type": "x"}, "id_applicant_type_0", "You are", "Choose one of the two."),
        ({"specialty_1": ""}, "id_specialty_1", "First choice", "Choose one of the answers in the list."),
        ({"specialty_2": "140"}, "id_specialty_2", "Second choice", "This specialty is already chosen. Choose each specialty once."),
        ({"specialty_5": "140"}, "id_specialty_5", "Fifth choice", "This specialty is already chosen. Choose each specialty once."),
        ({"graduation_year": "soon"}, "id_graduation_year", "Year of graduation", "Enter a whole number from 1950 to 2100, or leave it blank."),
        ({"ecfmg_expected": "soon"}, "id_ecfmg_expected", "Expected on", "Enter a date as year-month-day, such as 2026-03-09, or leave it blank."),
        ({"step2_ck-1-score": "230"}, "id_step2_ck-1-outcome", "Step 2 CK, sitting 1: Outcome", "Choose the outcome of this sitting, or clear the row."),
        (
            {"step2_ck-1-outcome": "pass", "step2_ck-1-score": "x"},
            "id_step2_ck-1-score",
            "Step 2 CK, sitting 1: Score",
            "Enter the score in digits, or leave it blank.",
        ),
        ({"step3-2-outcome": "pass", "step3-2-score": "400"}, "id_step3-2-score", "Step 3, sitting 2: Score", "Enter a score from 1 to 300."),
        (
            {"sittings_complete": "on", "step1-1-outcome": "pass", "step3-2-outcome": "pass"},
            "id_step3-2-outcome",
            "Step 3, sitting 2: Outcome",
            "Step 3 comes after passing Step 2 CK. Add it, or say that the list of sittings is incomplete.",
        ),
        ({"english-1-outcome": "pass"}, "id_english-1-exam", "English exam, sitting 1: Exam", "Choose which exam this was, or clear the row."),
        ({"english-1-exam": "oet"}, "id_english-1-outcome", "English exam, sitting 1: Outcome", "Choose the outcome of this sitting, or clear the row."),
        (
            {"english-1-exam": "step1", "english-1-outcome": "pass"},
            "id_english-1-exam",
            "English exam, sitting 1: Exam",
            "Choose one of the answers in the list.",
        ),
        ({"usce-2-kind": "elective"}, "id_usce-2-months", "Rotation 2: Months", "Enter how many months it took, or clear the row."),
        ({"usce-2-months": "1"}, "id_usce-2-kind", "Rotation 2: Kind", "Choose the kind of experience, or clear the row."),
        ({"usce-2-kind": "elective", "usce-2-months": "nan"}, "id_usce-2-months", "Rotation 2: Months", "Enter the months in digits, such as 1.5."),
        (
            {"usce-2-kind": "elective", "usce-2-months": "0"},
            "id_usce-2-months",
            "Rotation 2: Months",
            "Enter months above 0 and up to 60; 4 weeks are about 0.9.",
        ),
        ({"letter-9-specialty": "140"}, "id_letter-9-origin", "Letter 9: From", "Choose where the letter comes from, or clear the row."),
        (
            {"usce_none": "on", "usce-1-kind": "elective", "usce-1-months": "1"},
            "id_usce_none",
            "I have none",
            "You said none and filled in a row. Clear the rows, or untick this.",
        ),
        (
            {"letters_none": "on", "letter-1-origin": "us"},
            "id_letters_none",
            "I have none yet",
            "You said none and filled in a row. Clear the rows, or untick this.",
        ),
        ({"preferred_states": ["ZZ"]}, "id_preferred_states_0", "Preferred states", "Choose from the list only."),
        (
            {"preferred_states": ["NY", "OH"], "ruled_out_states": ["OH"]},
            "id_ruled_out_states_0",
            "States ruled out",
            "This state is both preferred and ruled out. Keep it in one of the two.",
        ),
        ({"school_country": "a\x00b"}, "id_school_country", "Country of your medical school", "Null characters are not allowed."),
        (
            {"budget_usd": "9" * 5000},
            "id_budget_usd",
            "Budget for application fees, in U.S. dollars",
            "Enter a whole number from 0 to 100000, or leave it blank.",
        ),
    ],
)
def test_form_wrong_answer_is_named_with_its_field(answers, target, label, message):
    assert problems(**answers) == {target: (label, message)}


def test_form_several_wrong_answers_are_all_named_at_once():
    assert list(problems(graduation_year="x", **{"step1-1-score": "1", "usce-8-months": "x"})) == [
        "id_graduation_year",
        "id_step1-1-outcome",
        "id_usce-8-kind",
        "id_usce-8-months",
    ]


def test_form_problem_of_a_row_counts_blank_rows_before_it():
    wrong = {"step1-3-outcome": "pass", "step2_ck-4-outcome": "pass", "step2_ck-4-score": "301"}

    assert list(problems(**wrong)) == ["id_step2_ck-4-score"]


@pytest.mark.parametrize("data", [wrong for wrong, _, _ in WRONG.values()], ids=WRONG.keys())
def test_form_never_lets_through_what_the_validators_refuse(data, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: TODAY)
    forms = ProfileForms(REFERENCE, data=as_posted(ProfileForms(REFERENCE, initial=data)))

    # Where the form has no place for the wrong value (a fifth row, a code not on the menu), what is left is fine.
    assert not forms.is_valid() or forms.profile() != data


def test_form_profile_of_a_form_not_found_valid_is_refused():
    forms = bound(applicant_type="")
    forms.is_valid()

    with pytest.raises(ValueError, match="not been found valid"):
        forms.profile()


# --- rows shown and hidden ---


def test_rows_in_use_are_shown_and_the_blank_ones_kept_at_hand():
    forms = ProfileForms(REFERENCE, initial=FULL)

    assert [(len(rows.shown), len(rows.more)) for rows in (*forms.steps, forms.english, forms.usce, forms.letters)] == [
        (2, 2),
        (1, 3),
        (1, 3),
        (1, 3),
        (2, 6),
        (3, 7),
    ]


def test_rows_with_an_error_are_shown_however_far_down():
    forms = bound(**{"step1-4-score": "x"})
    forms.is_valid()

    assert [len(rows.shown) for rows in forms.steps] == [4, 1, 1]


def test_rows_of_a_step_are_as_many_as_may_be_sat():
    assert [(rows.title, len(rows.rows)) for rows in bound().steps] == [(step.label, 4) for step in STEPS]


def test_states_are_grouped_by_region_with_the_chosen_ones_ticked():
    groups = bound(preferred_states=["NJ"]).preferred_by_region()

    assert [(region, [box.data["value"] for box in boxes], [box.data["selected"] for box in boxes]) for region, boxes in groups] == [
        ("Midwest", ["OH"], [False]),
        ("Northeast", ["NJ", "NY"], [True, False]),
        ("South", ["TX"], [False]),
        ("West", ["CA"], [False]),
    ]


# --- the menu that is drawn in one go ---


def test_menu_is_drawn_as_django_draws_it():
    choices, attrs = [("", "Not said"), ("a&b", "A & <b>"), ("c", "C")], {"id": "id_x", "required": True, "aria-invalid": "true"}

    drawn = [widget(choices=choices).render("x", "a&b", attrs) for widget in (Menu, Select)]

    assert parse_html(drawn[0]) == parse_html(drawn[1])
    assert '<option value="a&amp;b" selected>A &amp; &lt;b&gt;</option>' in drawn[0]


# --- whatever is thrown at it ---

_names = sorted(field.html_name for form in bound().all for field in form)
_values = st.one_of(
    st.text(max_size=8), st.sampled_from(["140", "us_img", "pass", "fail", "awaited", "on", "2020-01-01", "230", "oet", "elective", "us", "NY", "1"])
)


@given(st.dictionaries(st.sampled_from(_names), st.lists(_values, min_size=1, max_size=3), max_size=25))
def test_form_any_answers_are_saved_or_refused_with_a_field_each(answers):
    forms = bound(**answers)

    valid = forms.is_valid()

    assert valid is (forms.problems == [])
    ids = {field.auto_id for form in forms.all for field in form}
    assert all(problem["target"].removesuffix("_0") in ids and problem["message"] for problem in forms.problems)
    if valid:
        assert forms.profile().sittings == tuple(row.value() for rows in (*forms.steps, forms.english) for row in rows.filled)
