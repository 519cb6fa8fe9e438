"""What a row says about its entry: values that can be kept, and what is left out and why."""

import re
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.choices import Signal, Standing, Step
from matching.list_files.meanings import CHOICES
from matching.services.entry_fields import checked
from matching.services.list_fields import SeasonDays, read_fields
from matching.services.season import Told, problem
from tests.matching.seasons import DAYS, TODAY

SEASON = SeasonDays(TODAY, DAYS)
KINDS = (Signal.GOLD, Signal.SILVER)


def read(kinds=KINDS, **cells):
    return read_fields(cells, kinds, SEASON)


def test_fields_are_read_as_they_are_kept():
    said = read(standing="locked in", connection="Strong: rotated", rank="3", signal="gold", note=" call\r\nthem ", tags="a; b; a", reason="why", position="7")
    assert said.fields == {
        "standing": Standing.LOCKED,
        "connection": "strong",
        "rank": 3,
        "signal": "gold",
        "note": "call\nthem",
        "tags": ["a", "b"],
        "reason": "why",
        "position": 7,
    }
    assert (said.problems, said.steps, checked(said.fields)) == ([], [], said.fields)


def test_blank_cells_say_nothing():
    assert read(note=" ", tags="", signal="n/a", connection="none", standing="-", status="").fields == {}


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"note": "x" * 2_001}, "the note is cut after 2,000 characters"),
        ({"tags": "y" * 31}, "a tag is left out: an entry has at most 10, of 30 characters each"),
        ({"tags": ",".join(map(str, range(11)))}, "a tag is left out: an entry has at most 10, of 30 characters each"),
        ({"signal": "yes"}, "“yes” does not say which signal it is: the signal is left out"),
        ({"signal": "single"}, "this specialty has no signal: it is left out"),
        ({"connection": "friend"}, "“friend” is no connection that is known here: it is left out"),
        ({"standing": "maybe"}, "“maybe” is no standing that is known here: it is left out"),
        ({"rank": "first"}, "“first” is no place on a rank list: it is left out"),
        ({"status": "interview"}, "the status “interview” can mean more than one thing, or nothing here: record it on the Season page"),
        ({"step_applied": "soon"}, "Applied: “soon” is no date with a year, such as 2026-09-30: it is left out"),
    ],
)
def test_what_cannot_be_kept_is_left_out_and_said(cells, problem):
    said = read(**cells)
    assert said.problems == [problem]
    assert set(said.fields) <= {"note", "tags"}


def test_signal_of_a_specialty_without_a_known_limit_is_left_out():
    assert read(kinds=(), signal="gold").problems == ["how many signals this specialty has is not known: the signal is left out"]


def test_steps_of_columns_and_status_come_in_the_order_of_recording():
    said = read(step_applied="2026-09-23", step_invited="x", step_interviewed="12/1/2026", step_ranked="no", status="Applied")
    assert said.steps == [Told(Step.INVITED, None), Told(Step.INTERVIEWED, date(2026, 12, 1)), Told(Step.APPLIED, date(2026, 9, 23))]


def test_steps_of_our_own_file_bring_time_and_note():
    said = read(steps='[{"step": "interviewed", "on": "2026-12-01", "at": "14:30:00", "note": " bring shoes "}, {"step": "flown"}]')
    assert said.steps == [Told(Step.INTERVIEWED, date(2026, 12, 1), time(14, 30), "bring shoes")]
    assert said.problems == ["“flown” is no step of a season: it is left out"]


@pytest.mark.parametrize("cells", [{"step_applied": "2025-09-01"}, {"step_applied": "2027-01-01"}, {"step_matched": "yes"}])
def test_step_that_cannot_be_is_left_out(cells):
    said = read(**cells)
    assert said.steps == []
    assert re.match(r"“\w+” is left out: .+", said.problems[0])


ROWS = st.dictionaries(
    st.sampled_from([key for key, _ in CHOICES]),
    st.one_of(st.text(max_size=30), st.sampled_from(["yes", "gold", "2026-09-30", "Applied", "locked in", "[]", '[{"step": "applied"}]'])),
)


@given(ROWS, st.sampled_from([(), KINDS, (Signal.SINGLE,)]))
def test_whatever_a_row_says_can_be_kept(cells, kinds):
    said = read_fields(cells, kinds, SEASON)
    assert checked(said.fields) == said.fields
    there = {}
    for told in said.steps:
        assert problem(told, there, today=TODAY, days=DAYS, ranked="rank" in said.fields) == ""
        there[told.step] = told
