"""Recording what happened: with the chance of that moment, never over what somebody has not seen, and all or nothing."""

from datetime import time, timedelta

import pytest

from applicants.models import Profile
from matching.choices import Step
from matching.models import ListEntry, ProgramList, SeasonStep
from matching.services.editing import ListConflict, change_list, undo_last
from matching.services.entry_fields import ListError
from matching.services.season import Told, seen_of
from matching.services.steps import record_step, record_steps, remove_steps
from matching.services.workspace import Workspace
from smartpick.models import AuditEvent
from tests.applicants.visiting import with_owner
from tests.matching.builders import add_programs, market
from tests.matching.recomputing import applicant, key, listed
from tests.matching.seasons import TODAY, book, entry, happened, opening, steps
from tests.programs.builders import query_count

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def owner():
    market(3, visa_j1="yes")
    opening()
    saved = applicant()
    listed(saved, 1, 2, 3)
    return saved


def at_once(owner, numbers, step="applied", on=TODAY, by="visitor"):
    keys = [key(number) for number in numbers]
    return record_steps(by=by, profile=owner, match_year=2027, keys=keys, told=Told(Step(step), on), today=TODAY)


def take_back(owner, numbers, step, **more):
    return remove_steps(by="visitor", profile=owner, match_year=2027, keys=[key(number) for number in numbers], step=Step(step), **more)


def version():
    return ProgramList.objects.get().version


def stated(number):
    one = entry(number)
    return one.stated_chance, one.stated_low, one.stated_high


def test_step_is_recorded_with_all_that_is_known(owner):
    done = happened(owner, 1, "interviewed", TODAY + DAY, at=time(9, 30), note="online")
    kept = SeasonStep.objects.get()
    assert (kept.entry, kept.step, kept.on, kept.at, kept.note) == (entry(1), "interviewed", TODAY + DAY, time(9, 30), "online")
    assert (done.new, done.changed, done.was, list(done.names.values())) == ((key(1),), (), (), ["Invented Hospital 001"])


def test_step_is_corrected_in_place_and_keeps_its_row(owner):
    happened(owner, 1, "interviewed", TODAY + DAY)
    before, row = version(), SeasonStep.objects.get().pk
    assert happened(owner, 1, "interviewed", TODAY + 2 * DAY).changed == (key(1),)
    assert (SeasonStep.objects.get().pk, steps(1)["interviewed"], version()) == (row, TODAY + 2 * DAY, before + 1)


def test_the_same_step_again_changes_nothing(owner):
    happened(owner, 1, "applied")
    before = version()
    assert happened(owner, 1, "applied").was == (key(1),)
    assert version() == before


def test_applied_keeps_the_chance_shown_at_that_moment(owner):
    change_list(by="visitor", profile=owner, match_year=2027, edits={key(1): {"connection": "strong"}}, said="connection")
    shown = Workspace(ProgramList.objects.get()).now[key(1)]
    happened(owner, 1, "applied")
    assert stated(1) == (shown.chance, shown.low, shown.high)
    assert stated(1)[0] > entry(1).chance  # the connection counts
    assert stated(2) == (None, None, None)
    ListEntry.objects.update(chance=0.9, low=0.8, high=0.95)
    happened(owner, 1, "applied", TODAY - DAY)  # a corrected day is no new application
    assert stated(1) == (shown.chance, shown.low, shown.high)


def test_no_chance_is_kept_after_the_answer(owner):
    happened(owner, 1, "invited")
    happened(owner, 1, "applied", TODAY - DAY)
    assert stated(1) == (None, None, None)


def test_no_chance_is_kept_where_none_is_shown(owner):
    add_programs([8], visa_j1="no")
    listed(owner, 8)
    ListEntry.objects.filter(program__key=key(2)).update(tier=None, chance=None, low=None, high=None)
    at_once(owner, [2, 8])
    assert (stated(2), stated(8)) == ((None,) * 3, (None,) * 3)


def test_chance_goes_with_the_application(owner):
    happened(owner, 1, "applied")
    assert take_back(owner, [1, 2], "applied") == ("Invented Hospital 001",)
    assert (steps(1), stated(1)) == ({}, (None, None, None))


def test_many_at_once_leave_alone_what_is_there(owner):
    happened(owner, 2, "applied", TODAY - 9 * DAY, note="by mail")
    done = at_once(owner, [1, 2, 3, 1])
    assert (done.new, done.changed, done.was) == ((key(1), key(3)), (), (key(2),))
    assert [steps(number)["applied"] for number in (1, 2, 3)] == [TODAY, TODAY - 9 * DAY, TODAY]


def test_many_at_once_are_all_or_nothing(owner):
    happened(owner, 2, "invited", TODAY - 9 * DAY)
    before = version()
    with pytest.raises(ListError, match=r"^Invented Hospital 002: .*lies before.*Nothing was recorded for the others either\.$"):
        at_once(owner, [1, 2, 3])
    assert (steps(1), steps(3), version()) == ({}, {}, before)


def test_nothing_ticked_is_refused(owner):
    with pytest.raises(ListError, match="No program is ticked"):
        at_once(owner, [])


def test_many_at_once_take_the_same_queries(owner):
    add_programs(range(100, 130), visa_j1="yes")
    listed(owner, *range(100, 130))
    assert query_count(lambda: at_once(owner, [1, 2])) == query_count(lambda: at_once(owner, range(100, 130)))


def test_nobody_matches_twice(owner):
    happened(owner, 1, "ranked")
    happened(owner, 2, "ranked")
    happened(owner, 1, "matched")
    with pytest.raises(ListError, match="Nobody matches twice, and Invented Hospital 001 is recorded as your match"):
        happened(owner, 2, "matched")
    happened(owner, 1, "matched", None)  # the same one may be corrected
    assert SeasonStep.objects.filter(step="matched").count() == 1


def test_two_matches_at_once_are_refused(owner):
    at_once(owner, [1, 2], "ranked")
    with pytest.raises(ListError, match="Nobody matches twice"):
        at_once(owner, [1, 2], "matched")
    assert not SeasonStep.objects.filter(step="matched").exists()


def test_a_rank_under_a_match_stays(owner):
    happened(owner, 1, "ranked")
    happened(owner, 1, "matched")
    with pytest.raises(ListError, match="remove “matched” first"):
        take_back(owner, [1], "ranked")
    assert set(steps(1)) == {"ranked", "matched"}


def test_a_step_is_not_written_over_one_that_was_not_seen(owner):
    happened(owner, 1, "applied")
    seen = book().by_key[key(1)].seen
    happened(owner, 1, "invited", None)
    before = version()
    with pytest.raises(ListConflict, match="What is recorded of Invented Hospital 001 has changed since this page was opened"):
        happened(owner, 1, "declined", seen=seen)
    with pytest.raises(ListConflict):
        take_back(owner, [1], "applied", seen=seen)
    assert (set(steps(1)), version()) == ({"applied", "invited"}, before)


def test_a_change_elsewhere_on_the_list_is_no_conflict(owner):
    seen = book().by_key[key(1)].seen
    happened(owner, 2, "applied")
    change_list(by="visitor", profile=owner, match_year=2027, edits={key(1): {"note": "x"}}, said="note")
    assert happened(owner, 1, "applied", seen=seen).new == (key(1),)
    assert seen == seen_of([])


def test_what_a_program_went_through_comes_back_with_undo(owner):
    happened(owner, 1, "applied")
    kept = stated(1)
    change_list(by="visitor", profile=owner, match_year=2027, edits={key(1): None}, said="taken off")
    undo_last(by="visitor", profile=owner, match_year=2027)
    assert (steps(1), stated(1)) == ({"applied": TODAY}, kept)


@pytest.mark.parametrize("write", ["one", "many", "back"])
def test_another_season_and_a_missing_list_are_refused(owner, write):
    def call(profile, year):
        common = {"by": "visitor", "profile": profile, "match_year": year}
        told = Told(Step.APPLIED, TODAY)
        return {
            "one": lambda: record_step(**common, key=key(1), told=told, today=TODAY),
            "many": lambda: record_steps(**common, keys=[key(1)], told=told, today=TODAY),
            "back": lambda: remove_steps(**common, keys=[key(1)], step=Step.APPLIED),
        }[write]()

    with pytest.raises(ListError, match="2026 Match cannot be changed"):
        call(owner, 2026)
    with pytest.raises(ListError, match="There is no list yet"):
        call(applicant(), 2027)
    Profile.objects.all().delete()
    with pytest.raises(ListError, match="This profile was deleted"):
        call(owner, 2027)


def test_a_program_that_is_not_on_the_list_is_refused(owner):
    with pytest.raises(ListError, match="not on your list: add it first"):
        happened(owner, 99, "applied")


def test_only_another_than_the_owner_leaves_an_audit_event():
    market(2)
    owner = with_owner()
    listed(owner, 1, 2)
    AuditEvent.objects.all().delete()
    record = {"profile": owner, "match_year": 2027, "today": TODAY}
    record_steps(by="owner@example.org", keys=[key(1)], told=Told(Step.APPLIED, None), **record)
    assert not AuditEvent.objects.exists()
    record_steps(by="advisor@example.org", keys=[key(1), key(2)], told=Told(Step.APPLIED, None), **record)
    remove_steps(by="advisor@example.org", profile=owner, match_year=2027, keys=[key(1), key(2)], step=Step.APPLIED)
    assert [(one.by, one.verb) for one in AuditEvent.objects.order_by("pk")] == [
        ("advisor@example.org", "season:record"),
        ("advisor@example.org", "season:remove"),
    ]
