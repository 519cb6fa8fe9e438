"""A profile as controls, and what moving one makes of it: to the last sitting and letter."""

from dataclasses import asdict, fields, replace
from datetime import date
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from applicants.choices import ApplicantType, EcfmgStatus, Exam, Outcome, UsceKind, VisaNeed
from applicants.profile import Letter, Sitting, UsceSpell
from applicants.validators import validate_profile
from matching.adapters.what_if import MONTHS, Frame, Settings, frame_of, nearest, settings_of, wish
from matching.adapters.what_if_address import BOX_OF, MANY, NOT_SAID, parameters
from matching.choices import StepStanding
from matching.forms.what_if import WhatIfForm
from matching.presenters.what_if_controls import Controls
from matching.presenters.what_if_notes import NO_FEWER, NO_MORE, NOT_REPEATED, ONE_YEAR, STAYS_PASSED, by_control, notes
from matching.presenters.what_if_tries import tries
from matching.presenters.what_if_words import LABELS, Names, answers, in_words
from tests.applicants.builders import CODES, FULL, MINIMAL, REFERENCE, TODAY, profiles
from tests.matching.builders import profile

specialties = st.sampled_from(["140", "120"])
NAMES = Names.of(REFERENCE)
FEW = examples(max_examples=40)  # a whole profile has as many answers as many examples


def moved(base, specialty="140", *, frame=(), **said):
    return wish(base, specialty, frame=dict(frame), said=said)


def read(pairs, base, specialty="140"):
    """What the form makes of parameters, as the view does."""
    form = WhatIfForm(QueryDict(urlencode(pairs)), reference=REFERENCE)
    assert form.is_valid(), form.errors
    return wish(base, specialty, frame=form.frame(), said=form.said(), drawn=form.drawn_for())


def controls(asked, **more):
    return Controls(asked, REFERENCE, rest=[], notes={}, errors={}, today=TODAY, **more)


def as_sent(asked):
    """Every parameter that a browser sends for the controls as they are drawn."""
    drawn = controls(asked)
    pairs = [("w-drawn", drawn.drawn)]
    for group in drawn.groups:
        for control in group.controls:
            if control.draw in {"states", "boxes"}:
                pairs += [(control.parameter, ""), *((control.parameter, option.value) for option in control.options if option.on)]
            elif control.draw != "tick":
                pairs.append((control.parameter, control.value))
            if control.ticked and not control.shared:
                pairs.append((control.box_parameter, "on"))
    return pairs


def in_order(settings):
    """Settings with their states and types in the order of the boxes, and months at the steps of the sliders."""
    values = asdict(settings)
    values |= {name: sorted(values[name]) for name in MANY}
    return values | {name: None if values[name] is None else nearest(values[name]) for name in MONTHS}


# --- nothing moved ---


@FEW
@given(profiles(), specialties)
def test_nothing_moved_changes_nothing(data, specialty):
    asked = moved(data, specialty)
    assert (asked.profile, asked.names) == (data, ())


@FEW
@given(profiles(), specialties)
def test_controls_sent_as_they_are_drawn_change_nothing(data, specialty):
    asked = read(as_sent(moved(data, specialty)), data, specialty)
    assert (asked.profile, asked.names) == (data, ())


@FEW
@given(profiles(), profiles(), specialties, specialties)
def test_controls_of_another_profile_are_reached_and_kept_in_an_address(one, other, before, after):
    frame, held = frame_of(other, after), settings_of(other, after)
    # At which Step attempts failed has no controls while the list is not complete.
    said = {name: value for name, value in asdict(held).items() if frame.complete or not name.startswith("fails_")}
    asked = wish(one, before, frame=asdict(frame), said=said)
    assert frame_of(asked.profile, after) == frame
    reached = settings_of(asked.profile, after)
    assert {name: getattr(reached, name) for name in said} == {name: getattr(held, name) for name in said}
    again = read(parameters(asked.frame_moved, asked.moved), one, before)
    assert (again.profile, again.names) == (asked.profile, asked.names)
    sent = read(as_sent(asked), one, before)
    assert in_order(settings_of(sent.profile, after)) == in_order(reached)


@FEW
@given(profiles())
def test_wish_takes_back_what_it_is_given_back(data):
    frame = frame_of(data, "140")
    away = wish(data, "140", frame={}, said={"year": 2001, "publications": 4, "step3": StepStanding.PASSED})
    back = wish(data, "140", frame={}, said=asdict(settings_of(data, "140")))
    assert (back.profile, back.frame) == (data, frame)
    assert away.profile.graduation_year == 2001


# --- Steps ---


def test_step_passed_is_added_without_a_day():
    assert moved(profile(), step3=StepStanding.PASSED).profile.of(Exam.STEP3) == (Sitting(Exam.STEP3, Outcome.PASS),)


def test_score_moves_on_the_sitting_that_passed_and_keeps_its_day():
    after = moved(FULL, step2_score=251).profile
    assert after.of(Exam.STEP2_CK) == (Sitting(Exam.STEP2_CK, Outcome.PASS, date(2022, 5, 1), 251),)


def test_awaited_result_becomes_a_pass_without_its_future_day():
    after = moved(FULL, step3=StepStanding.PASSED).profile
    assert after.of(Exam.STEP3) == (Sitting(Exam.STEP3, Outcome.PASS),)
    assert validate_profile(after, today=TODAY, **CODES) == []


def test_failed_attempts_are_added_before_the_pass_and_taken_from_the_end():
    more = moved(FULL, fails_step1=2).profile
    assert [(one.outcome, one.score) for one in more.of(Exam.STEP1)] == [(Outcome.FAIL, 188), (Outcome.FAIL, None), (Outcome.PASS, 214)]
    assert more.failed_attempts is None
    assert [one.outcome for one in moved(FULL, fails_step1=0).profile.of(Exam.STEP1)] == [Outcome.PASS]


def test_step_not_passed_is_said_apart_where_the_list_is_not_complete():
    after = moved(MINIMAL, step2=StepStanding.NOT_PASSED).profile
    assert (after.sittings, after.step2_not_passed) == ((), True)


def test_step_not_said_is_awaited_on_a_complete_list():
    assert moved(profile(), step2=StepStanding.UNKNOWN, step2_score=None).profile.of(Exam.STEP2_CK) == (Sitting(Exam.STEP2_CK, Outcome.AWAITED),)


def test_a_pass_without_a_score_has_none():
    asked = moved(profile(), step2=StepStanding.PASSED)
    assert (asked.wanted.step2_score, asked.profile.of(Exam.STEP2_CK)[0].score) == (None, None)


def test_a_score_that_is_said_alone_is_a_pass():
    form = WhatIfForm(QueryDict("w-step2_score=240"), reference=REFERENCE)
    assert form.is_valid()
    assert form.said() == {"step2_score": 240, "step2": StepStanding.SCORED}


# --- the frame ---


def test_complete_list_makes_what_is_not_listed_not_passed():
    asked = moved(MINIMAL, frame={"complete": True})
    assert (asked.held.step3, asked.profile.sittings, asked.names) == (StepStanding.NOT_PASSED, (), ("complete",))


def test_citizen_needs_no_visa_and_gets_it_back():
    asked = moved(profile(), frame={"kind": ApplicantType.US_IMG})
    assert (asked.profile.visa_need, asked.names) == (VisaNeed.NONE, ("kind",))
    assert "Your profile says J-1" in notes(asked, TODAY)["visa"]
    sent = [("w-kind", "non_us_img"), *((name, value) for name, value in as_sent(asked) if name != "w-kind")]
    assert read(sent, profile()).profile == profile()


def test_letters_count_towards_the_specialty_that_is_asked_for():
    other = moved(profile(), frame={"specialty": "120"})
    assert (other.held.letters_us_in, other.held.letters_us_out, other.profile.specialties) == (0, 2, ("120", "140"))
    assert other.profile.letters == profile().letters


def test_numbers_of_one_specialty_are_no_change_in_another():
    sent = [(name, "120" if name == "w-specialty" else value) for name, value in as_sent(moved(profile()))]
    assert read(sent, profile()).names == ("specialty",)


# --- experience and letters ---


@pytest.mark.parametrize(
    ("months", "lasting"),
    [(0, []), (1, [1.0]), (1.5, [1.5]), (4, [1.5, 2.5])],
)
def test_hands_on_months_are_cut_or_added(months, lasting):
    after = moved(FULL, hands_on=float(months)).profile
    assert [spell.months for spell in after.usce if spell.kind is UsceKind.ELECTIVE] == lasting
    assert FULL.usce[1] in after.usce


def test_months_where_there_is_no_room_for_one_more_spell_go_to_the_last():
    full = replace(FULL, usce=tuple(UsceSpell(UsceKind.ELECTIVE, 1.0) for _ in range(8)))
    assert [spell.months for spell in moved(full, hands_on=10.0).profile.usce] == [1.0] * 7 + [3.0]


def test_months_between_two_steps_of_the_slider_are_not_moved_by_it():
    data = replace(FULL, usce=(UsceSpell(UsceKind.ELECTIVE, 1.7),))
    assert dict(as_sent(moved(data)))["w-hands_on"] == "1.5"
    assert read(as_sent(moved(data)), data).profile == data


def test_letters_stay_as_they_are_and_one_more_is_of_the_kind():
    after = moved(FULL, letters_us_in=2).profile
    assert after.letters == (*FULL.letters, Letter(from_us=True, specialty="140"))


@pytest.mark.parametrize("box", sorted(NOT_SAID))
def test_box_makes_not_said_what_it_speaks_for(box):
    asked = read([(f"w-{box}", "on")], replace(FULL, sittings_complete=False) if box == "fails_unknown" else FULL)
    assert [getattr(asked.wanted, name) for name in NOT_SAID[box]] == [None] * len(NOT_SAID[box])
    assert set(asked.names) == set(NOT_SAID[box])


def test_certificate_keeps_no_expected_day_once_it_is_there():
    after = moved(FULL, ecfmg=EcfmgStatus.CERTIFIED).profile
    assert (after.ecfmg_status, after.ecfmg_expected) == (EcfmgStatus.CERTIFIED, None)


# --- what is said beside the controls ---


@pytest.mark.parametrize(
    ("said", "beside"),
    [
        ({"step2": StepStanding.NOT_PASSED, "step2_score": None}, {"step2": STAYS_PASSED}),
        ({"step2_score": 260}, {"step2_score": NOT_REPEATED}),
        ({"fails_step1": 0}, {"fails_step1": NO_FEWER}),
        ({"fails_step2": 1}, {"fails_step2": NO_MORE}),
        ({"year": 2015}, {"year": ONE_YEAR}),
        ({"step3": StepStanding.PASSED}, {}),
        ({"publications": 9}, {}),
        ({"visa": VisaNeed.H1B}, {"visa": "An H-1B visa is open only with Step 3 passed, and here Step 3 is not said to be passed."}),
        ({"visa": VisaNeed.H1B, "step3": StepStanding.PASSED}, {}),
        (
            {"visa": VisaNeed.EITHER, "step3": StepStanding.NOT_PASSED},
            {"visa": "An H-1B visa is open only with Step 3 passed, and here Step 3 is not passed."},
        ),
    ],
)
def test_what_rules_forbid_is_said(said, beside):
    assert notes(moved(FULL, **said), TODAY) == beside


def test_fewer_attempts_of_a_number_are_said_to_be_imagined():
    base = replace(MINIMAL, failed_attempts=2)
    assert notes(moved(base, fails=1), TODAY) == {"fails": NO_FEWER}
    assert "counts 2 failed attempts" in notes(moved(base, frame={"complete": True}), TODAY)["complete"]


@pytest.mark.parametrize(
    ("said", "control", "words"),
    [
        ({"step2_score": 120}, "step2_score", "too low for a pass"),
        ({"fails_step2": 4}, "fails_step2", "at most 4 attempts"),
        ({"ruled_out": ("NY",)}, "ruled_out", "both preferred and ruled out"),
        ({"ruled_out_types": ("university", "university_affiliated", "community", "military")}, "ruled_out_types", "Keep at least one"),
        ({"letters_us_in": 11}, "letters_us_in", "at most 10 letters"),
        ({"step3": StepStanding.PASSED, "step2": StepStanding.NOT_PASSED, "step2_score": None}, "step3", "comes after passing Step 2 CK"),
        ({"ecfmg": EcfmgStatus.CERTIFIED, "step2": StepStanding.NOT_PASSED, "step2_score": None}, "ecfmg", "needs a passed Step 2 CK"),
        ({"hands_on": 200.0}, "hands_on", "up to 60"),
    ],
)
def test_problem_stands_beside_its_control(said, control, words):
    after = moved(FULL, **said).profile
    found = by_control(validate_profile(after, today=TODAY, **CODES), after)
    assert list(found)[-1:] == [control]
    assert words in found[control][0]


@FEW
@given(profiles(), profiles())
def test_every_problem_has_a_control(one, other):
    held = settings_of(other, "140")
    after = wish(one, "140", frame=asdict(frame_of(other, "140")), said=asdict(held)).profile
    assert set(by_control(validate_profile(after, today=TODAY, **CODES), after)) <= set(LABELS)


def test_controls_are_all_there_is_of_frame_and_settings():
    assert set(LABELS) == {field.name for one in (Frame, Settings) for field in fields(one)}
    drawn = {control.name for base in (FULL, MINIMAL) for group in controls(moved(base)).groups for control in group.controls}
    assert drawn == set(LABELS) | {"usce_unknown", "letters_unknown"}
    assert set(BOX_OF) <= set(LABELS)


def test_sliders_reach_what_the_profile_says():
    drawn = {one.name: one for group in controls(moved(replace(FULL, publications=70, graduation_year=1975))).groups for one in group.controls}
    assert (drawn["publications"].high, drawn["year"].low, drawn["step2_score"].low) == (70, 1975, 209)
    assert drawn["step2_score"].mark == "238"


def test_back_to_the_profile_takes_back_what_belongs_together():
    asked = moved(MINIMAL, publications=3, step2=StepStanding.SCORED, step2_score=250, hands_on=2.0)
    state = {one.name: one.back_url for one in controls(asked).states}
    assert state["step2_score"] == "?w-hands_on=2&w-observed=0&w-publications=3#c-step2_score"
    assert state["hands_on"] == "?w-step2=scored&w-step2_score=250&w-publications=3#c-hands_on"
    assert state["year"] == ""


def test_answers_of_a_profile_are_in_words():
    said = {one.name: one.text for one in answers(FULL, "140", NAMES)}
    assert said["specialty"] == "Internal Medicine"
    assert (said["step1"], said["step3"], said["ecfmg"], said["expected"]) == ("passed", "not said", "In progress", "December 31, 2026")
    assert (said["preferred"], said["ruled_out_types"], said["hands_on"]) == ("New York, New Jersey", "Military", "1.5")
    assert "fails" not in said
    assert in_words("visa", None, NAMES) == "not said"


@FEW
@given(profiles())
def test_what_is_tried_first_is_allowed_and_a_change(data):
    for label, said in tries(data, data.specialties[0], TODAY):
        asked = moved(data, data.specialties[0], **said)
        assert (label != "", asked.names != (), validate_profile(asked.profile, today=TODAY, **CODES)) == (True, True, [])


def test_what_is_done_is_not_tried():
    assert [label for label, _ in tries(profile(), "140", TODAY)] == [
        "Step 3 passed",
        "2 more months hands-on in the U.S.",
        "One more U.S. letter in the specialty",
    ]
    none_yet = profile(sittings=(), ecfmg_status=None, usce=None, letters=None)
    assert [label for label, _ in tries(none_yet, "140", TODAY)] == ["Step 2 CK passed with 240", "2 months hands-on in the U.S."]
