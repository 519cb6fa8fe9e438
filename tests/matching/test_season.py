"""What is to be done next with an application, and which steps cannot be."""

from datetime import date, time, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.choices import Step
from matching.services.season import FURTHER, IN_ORDER, Application, SeasonBook, Stage, Told, problem, season_days, seen_of
from tests.matching.builders import market
from tests.matching.recomputing import applicant, listed
from tests.matching.seasons import DAYS, TODAY, book, happened, opening
from tests.programs.builders import query_count

DAY = timedelta(days=1)
days = st.none() | st.dates(DAYS[0], TODAY)
histories = st.dictionaries(st.sampled_from(list(Step)), days).map(lambda found: {step: Told(step, on) for step, on in found.items()})


def refused(step, on=TODAY, there=(), **more):
    ranked = more.pop("ranked", False)
    return problem(Told(Step(step), on, **more), {Step(name): Told(Step(name), day) for name, day in there}, today=TODAY, days=DAYS, ranked=ranked)


def application(*there):
    return Application(None, {Step(name): Told(Step(name), day) for name, day in there})


@pytest.mark.parametrize(
    ("there", "stage"),
    [
        ([], Stage.TO_APPLY),
        ([("applied", TODAY)], Stage.WAITING),
        ([("applied", TODAY), ("waitlisted", None)], Stage.WAITING),
        ([("applied", TODAY), ("declined", TODAY)], Stage.OVER),
        ([("declined", TODAY), ("invited", TODAY)], Stage.TO_SCHEDULE),
        ([("waitlisted", TODAY), ("invited", None)], Stage.TO_SCHEDULE),
        ([("invited", TODAY), ("interviewed", TODAY + DAY)], Stage.COMING),
        ([("interviewed", TODAY)], Stage.COMING),
        ([("interviewed", TODAY - DAY)], Stage.TO_RANK),
        ([("interviewed", None)], Stage.TO_RANK),
        ([("interviewed", TODAY - DAY), ("ranked", TODAY)], Stage.RANKED),
        ([("ranked", None), ("matched", TODAY)], Stage.MATCHED),
        ([("interviewed", TODAY + DAY), ("withdrawn", TODAY)], Stage.OVER),
    ],
)
def test_stage_says_what_is_to_be_done_next(there, stage):
    assert application(*there).stage(TODAY) is stage


@given(histories)
def test_furthest_is_the_last_of_what_is_recorded(told):
    one = Application(None, told)
    assert one.furthest == (one.in_order[-1] if told else None)
    assert [FURTHER.index(found.step) for found in one.in_order] == sorted(FURTHER.index(step) for step in told)
    assert one.was_sent is bool(told)
    assert one.is_invited is bool({"invited", "interviewed", "matched"} & set(told))


@given(histories)
def test_every_history_that_was_accepted_has_days_that_run_forward(told):
    """Whatever order steps are recorded in, what gets through never runs backwards or holds two that exclude each other."""
    kept = {}
    for one in told.values():
        if not problem(one, kept, today=TODAY, days=DAYS, ranked=True):
            kept[one.step] = one
    known = {step: one.on for step, one in kept.items() if one.on}
    assert all(known[first] <= known[second] for first, second in IN_ORDER if first in known and second in known)
    assert not any({"declined", step} <= set(kept) for step in ("interviewed", "matched"))
    assert not any({"withdrawn", step} <= set(kept) for step in ("ranked", "matched"))


@pytest.mark.parametrize("step", [step for step in Step if step != Step.MATCHED])
def test_every_step_may_come_first(step):
    assert refused(step, None) == ""


@pytest.mark.parametrize("on", [date(2026, 6, 2), date(2027, 7, 2), date(2025, 11, 25), date(1, 1, 1), date.max])
def test_a_day_of_another_season_is_refused(on):
    assert refused("applied", on).endswith("is in another season: this one runs from 3 Jun 2026 to 1 Jul 2027. Correct the date.")


def test_only_an_interview_may_lie_ahead():
    assert refused("interviewed", TODAY + 60 * DAY) == ""
    assert refused("invited", TODAY + DAY) == ""  # it is tomorrow already where the reader lives
    assert refused("invited", TODAY + 2 * DAY) == "27 Nov 2026 has not come yet. Only interviews can be entered ahead of their day: correct the date."


def test_a_time_needs_its_day():
    assert refused("interviewed", None, at=time(9)) == "A time needs its day: enter the date too, or leave the time out."


def test_a_match_needs_a_rank():
    assert refused("matched").startswith("Nobody matches where they did not rank")
    assert refused("matched", ranked=True) == ""
    assert refused("matched", there=[("ranked", None)]) == ""


@pytest.mark.parametrize(
    ("step", "there"),
    [
        ("declined", "invited"),
        ("declined", "interviewed"),
        ("interviewed", "declined"),
        ("withdrawn", "matched"),
        ("withdrawn", "ranked"),
        ("ranked", "withdrawn"),
    ],
)
def test_steps_that_exclude_each_other_are_refused(step, there):
    assert "if it was a mistake" in refused(step, there=[(there, None)])


def test_a_late_invitation_follows_no_invitation_and_a_waitlist():
    assert refused("invited", there=[("declined", TODAY), ("waitlisted", TODAY)]) == ""


@pytest.mark.parametrize(("first", "second"), IN_ORDER)
def test_days_must_not_run_backwards(first, second):
    earlier, later = TODAY - 9 * DAY, TODAY - 8 * DAY
    forward, backward = [("ranked", None)] if second == "matched" else [], "lies before"
    assert refused(second, later, [*forward, (first, earlier)]) == ""
    assert backward in refused(second, earlier, [*forward, (first, later)])
    assert backward in refused(first, later, [*forward, (second, earlier)])
    assert refused(second, None, [*forward, (first, later)]) == ""


def test_a_step_may_correct_itself():
    assert refused("applied", TODAY - DAY, [("applied", TODAY)]) == ""


def test_mark_of_steps_tells_every_difference():
    some = [
        Told(Step.APPLIED, TODAY),
        Told(Step.INVITED, TODAY),
        Told(Step.INVITED, None),
        Told(Step.INVITED, TODAY, time(9)),
        Told(Step.INVITED, TODAY, None, "x"),
    ]
    marks = {seen_of(part) for part in ([], *([one] for one in some), *([some[0], one] for one in some[1:]))}
    assert len(marks) == 10
    assert all(seen_of(pair) == seen_of(reversed(pair)) for pair in combinations(some, 2))


@pytest.mark.django_db
def test_days_of_a_season_come_from_its_calendar():
    assert season_days(2027) == (date(2026, 1, 1), date(2027, 12, 31))
    market(1)
    opening()
    assert season_days(2027) == DAYS


@pytest.mark.django_db
def test_book_holds_what_is_on_the_list_or_has_a_step():
    market(4)
    owner = applicant()
    listed(owner, 1, 2, 3, 4)
    happened(owner, 2, "applied")
    happened(owner, 3, "applied")
    book().work.saved.entries.filter(program__key__in=["1400500002", "1400500004"]).update(standing="vetoed")
    found = book()
    assert [one.line.key[-1] for one in found.applications] == ["1", "2", "3"]
    stages = {stage: [one.line.key[-1] for one in some] for stage, some in found.stages(TODAY).items()}
    assert stages == {Stage.TO_APPLY: ["1"], Stage.WAITING: ["2", "3"]}


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 20])
def test_book_costs_the_same_for_any_number(count):
    market(count)
    owner = applicant()
    listed(owner, *range(1, count + 1))
    for number in range(1, count + 1):
        happened(owner, number, "applied")
    saved = book().saved
    assert query_count(lambda: SeasonBook(saved).applications) == 2
