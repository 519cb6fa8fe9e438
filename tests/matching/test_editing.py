"""Changing a list: what is written, what is kept for Undo, and that nobody writes over what they have not seen."""

from datetime import date, time, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applicants.models import Profile
from matching.choices import Connection, Signal, Standing, Step
from matching.models import ListChange, ListEntry, ProgramList, SeasonStep
from matching.services import editing
from matching.services.editing import ListConflict, ListError, change_list, last_change, undo_last
from matching.services.entry_fields import FIELDS
from matching.services.lists import add_to_list, remove_from_list
from matching.services.season import Told
from matching.services.steps import record_step
from programs.models import Program
from smartpick.models import AuditEvent
from tests.matching.builders import market
from tests.matching.recomputing import applicant, entry, key, listed
from tests.programs.builders import query_count

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    market(4)
    return applicant()


def change(owner, edits, *, seen=None, said="changed", by="visitor"):
    return change_list(by=by, profile=owner, match_year=2027, edits=edits, said=said, seen=seen)


def undo(owner, *, seen=None):
    return undo_last(by="visitor", profile=owner, match_year=2027, seen=seen)


def fields(owner):
    """{key: every field that a person decides, the results, and the steps}, in the order of the list."""
    rows = ListEntry.objects.filter(list__profile=owner).order_by("position", "pk")
    columns = (*FIELDS, "tier", "chance", "low", "high", "stated_chance")
    return {row.program.key: (*(getattr(row, name) for name in columns), list(row.steps.values_list("step", "on", "at", "note"))) for row in rows}


def test_change_sets_fields_and_leaves_the_others(owner):
    listed(owner, 1, 2)
    saved = change(owner, {key(1): {"note": " Call\r\nthem ", "tags": ["near  home", "near home", ""], "connection": Connection.STRONG}})
    one, two = entry(owner, 1), entry(owner, 2)
    assert (one.note, one.tags, one.connection, one.standing, one.version) == ("Call\nthem", ["near home"], "strong", "added", 1)
    assert (two.note, two.tags, two.connection, two.version, saved.version) == ("", [], "none", 0, 2)


def test_change_adds_a_program_at_the_end_with_its_result(owner):
    listed(owner, 1, 2)
    change(owner, {key(3): {"standing": Standing.SUGGESTED, "reason": "adds most"}})
    new = entry(owner, 3)
    assert (new.standing, new.reason, new.position, new.tier is None) == ("suggested", "adds most", 3, False)


def test_change_that_changes_nothing_writes_nothing(owner):
    listed(owner, 1)
    before = list(ListEntry.objects.values())
    saved = change(owner, {key(1): {"standing": Standing.ADDED, "note": ""}, key(2): None})
    assert (saved.version, list(ListEntry.objects.values()), ListChange.objects.count()) == (1, before, 1)


def test_what_leaves_the_list_carries_no_signal(owner):
    change(owner, {key(1): {"signal": Signal.GOLD}})
    change(owner, {key(1): {"standing": Standing.VETOED}})
    assert entry(owner, 1).signal == ""
    undo(owner)
    assert (entry(owner, 1).standing, entry(owner, 1).signal) == ("added", "gold")


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        ({"standing": "maybe"}, "'maybe' is no standing"),
        ({"connection": "cousin"}, "'cousin' is no connection"),
        ({"signal": "bronze"}, "'bronze' is no signal"),
        ({"note": "x" * 2001}, "The note is too long: 2,001 characters"),
        ({"tags": ["x" * 31]}, "too long: a tag has at most 30"),
        ({"tags": [str(number) for number in range(11)]}, "at most 10 tags, and this would make it 11"),
        ({"tags": "one"}, "Tags are given as a list"),
        ({"position": -1}, "whole number from 0"),
        ({"position": True}, "whole number from 0"),
        ({"rank": 0}, "whole number from 1"),
        ({"chance": 1.0}, "An entry has no field 'chance'"),
    ],
)
def test_value_that_cannot_be_is_refused_with_everything(owner, edit, message):
    listed(owner, 1)
    with pytest.raises(ListError, match=message):
        change(owner, {key(2): {}, key(1): edit})
    assert ([*fields(owner)], ProgramList.objects.get().version) == ([key(1)], 1)


def test_list_that_grows_too_long_is_refused_as_a_whole(owner, monkeypatch):
    monkeypatch.setattr(editing, "MOST_ENTRIES", 1)
    monkeypatch.setattr(editing, "MOST_KEPT", 2)
    listed(owner, 1)
    change(owner, {key(2): {"standing": Standing.VETOED}})
    with pytest.raises(ListError, match="at most 1 programs, and this would make it 2"):
        change(owner, {key(2): {"standing": Standing.ADDED}})
    with pytest.raises(ListError, match="With suggestions and ruled-out programs a list holds at most 2"):
        change(owner, {key(3): {"standing": Standing.SUGGESTED}})
    assert [row[0] for row in fields(owner).values()] == ["added", "vetoed"]


def test_add_button_takes_suggested_and_ruled_out_programs_on(owner):
    change(owner, {key(1): {"standing": Standing.SUGGESTED}, key(2): {"standing": Standing.VETOED}, key(3): {"standing": Standing.LOCKED}})
    assert listed(owner, 1, 2, 3).keys == (key(1), key(2))
    assert [row[0] for row in fields(owner).values()] == ["added", "added", "locked"]


def test_remove_button_passes_over_what_is_not_on_the_list(owner):
    change(owner, {key(1): {"standing": Standing.VETOED}, key(2): {}})
    gone = remove_from_list(by="visitor", profile=owner, keys=[key(1), key(2)], match_year=2027)
    assert (gone.keys, gone.size, [*fields(owner)]) == ((key(2),), 0, [key(1)])


# --- undo ---


def test_undo_brings_back_what_was_there(owner):
    listed(owner, 1, 2, 3)
    change(owner, {key(2): {"note": "mentor there", "tags": ["ohio"], "rank": 2}})
    ListEntry.objects.filter(program__key=key(2)).update(stated_chance=0.25, stated_low=0.1, stated_high=0.5)
    SeasonStep.objects.create(entry=entry(owner, 2), step=Step.INVITED, on=date(2026, 11, 3), at=time(9, 30), note="video")
    before = fields(owner)
    change(owner, {key(2): None, key(1): {"standing": Standing.LOCKED}}, said="two things")
    assert [*fields(owner)] == [key(1), key(3)]
    assert undo(owner) == "two things"
    assert fields(owner) == before


def test_undo_goes_back_step_by_step_and_then_says_that_nothing_is_left(owner):
    listed(owner, 1)
    change(owner, {key(1): {"note": "one"}}, said="a note")
    change(owner, {key(1): {"note": "two"}}, said="another note")
    assert ([undo(owner), undo(owner)], entry(owner, 1).note) == (["another note", "a note"], "")
    assert undo(owner) == "Invented Hospital 001 added"
    with pytest.raises(ListError, match="nothing to undo"):
        undo(owner)
    assert [one.said for one in ListChange.objects.all()][:2] == ["Undone: Invented Hospital 001 added", "Undone: a note"]


def test_undo_after_undo_takes_a_new_change_first(owner):
    listed(owner, 1, 2)
    undo(owner)
    listed(owner, 3)
    assert last_change(ProgramList.objects.get()).said == "Invented Hospital 003 added"


def test_undo_of_another_change_than_the_reader_saw_is_refused(owner):
    listed(owner, 1)
    seen = ProgramList.objects.get().version
    listed(owner, 2)
    with pytest.raises(ListConflict, match="has changed since this page was opened, so nothing was undone"):
        undo(owner, seen=seen)
    assert [*fields(owner)] == [key(1), key(2)]


def test_undo_of_what_is_no_more_as_it_was_left_is_refused(owner):
    listed(owner, 1)
    ListEntry.objects.update(note="from elsewhere")
    change_by_hand = ListChange.objects.get()
    change_by_hand.after[key(1)]["note"] = "other"
    change_by_hand.save()
    with pytest.raises(ListConflict, match="cannot be undone any more"):
        undo(owner)
    assert [*fields(owner)] == [key(1)]


def test_undo_brings_a_program_back_that_no_source_names_any_more(owner):
    listed(owner, 1)
    change(owner, {key(1): None})
    Program.objects.update(is_withdrawn=True)
    undo(owner)
    assert [*fields(owner)] == [key(1)]


def applied(owner, number):
    return record_step(by="visitor", profile=owner, match_year=2027, key=key(number), told=Told(Step.APPLIED, None), today=date(2026, 11, 25))


def test_undo_of_an_added_program_loses_nothing_that_was_recorded_since(owner):
    listed(owner, 1, 2)
    applied(owner, 1)
    with pytest.raises(ListConflict, match=r"2 programs added: this cannot be undone .* was recorded since, of Invented Hospital 001\. Take programs off"):
        undo(owner)
    assert ([*fields(owner)], SeasonStep.objects.count()) == ([key(1), key(2)], 1)
    before = fields(owner)
    remove_from_list(by="visitor", profile=owner, keys=[key(1)], match_year=2027)
    assert (undo(owner), fields(owner)) == ("Invented Hospital 001 taken off", before)


def test_undo_tells_how_many_programs_went_on_since(owner):
    listed(owner, 1, 2, 3)
    applied(owner, 1)
    applied(owner, 3)
    with pytest.raises(ListConflict, match="of Invented Hospital 001 and 1 more"):
        undo(owner)


def test_undo_of_a_note_does_not_mind_what_was_recorded_since(owner):
    listed(owner, 1)
    change(owner, {key(1): {"note": "call"}}, said="a note")
    applied(owner, 1)
    assert (undo(owner), entry(owner, 1).note, SeasonStep.objects.count()) == ("a note", "", 1)


def test_undo_brings_no_second_match(owner):
    listed(owner, 1, 2)
    SeasonStep.objects.create(entry=entry(owner, 1), step=Step.MATCHED)
    change(owner, {key(1): None})
    SeasonStep.objects.create(entry=entry(owner, 2), step=Step.MATCHED)
    with pytest.raises(ListConflict, match="nobody matches twice"):
        undo(owner)
    assert [*fields(owner)] == [key(2)]


EDIT = st.one_of(
    st.none(),
    st.fixed_dictionaries(
        {},
        optional={
            "standing": st.sampled_from(Standing.values),
            "note": st.text(max_size=20),
            "tags": st.lists(st.text(max_size=5), max_size=3),
            "connection": st.sampled_from(Connection.values),
            "signal": st.sampled_from(["", *Signal.values]),
            "position": st.integers(0, 9),
            "rank": st.none() | st.integers(1, 9),
        },
    ),
)


@given(stories=st.lists(st.dictionaries(st.sampled_from([key(number) for number in range(1, 5)]), EDIT, min_size=1), min_size=1, max_size=4))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_undoing_everything_brings_every_list_back(owner, stories):
    ProgramList.objects.all().delete()
    listed(owner, 1, 2)
    states = [fields(owner)]
    for story in stories:
        version = ProgramList.objects.get().version
        if change(owner, story).version > version:
            states.append(fields(owner))
    for expected in reversed(states[:-1]):
        undo(owner)
        assert fields(owner) == expected


# --- two tabs ---


def test_changes_of_different_entries_or_fields_from_an_old_page_both_hold(owner):
    listed(owner, 1, 2)
    seen = ProgramList.objects.get().version
    change(owner, {key(1): {"note": "first tab"}}, seen=seen)
    change(owner, {key(2): {"note": "second tab"}, key(1): {"connection": Connection.WEAK}}, seen=seen)
    assert [(row[FIELDS.index("note")], row[FIELDS.index("connection")]) for row in fields(owner).values()] == [("first tab", "weak"), ("second tab", "none")]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"note": "first tab"}, {"note": "second tab"}),
        ({"standing": Standing.LOCKED}, {"standing": Standing.VETOED}),
        (None, {"note": "second tab"}),
        ({"note": "first tab"}, None),
    ],
)
def test_same_field_from_an_old_page_is_refused_and_nothing_is_overwritten(owner, first, second):
    listed(owner, 1, 2)
    seen = ProgramList.objects.get().version
    change(owner, {key(1): first}, seen=seen, said="Note on Invented Hospital 001")
    before = fields(owner)
    with pytest.raises(ListConflict, match=r"Invented Hospital 001 was changed elsewhere .*\(Note on Invented Hospital 001\), so nothing was written"):
        change(owner, {key(2): {"note": "not this either"}, key(1): second}, seen=seen)
    assert fields(owner) == before


def test_same_value_from_an_old_page_is_no_conflict(owner):
    listed(owner, 1)
    seen = ProgramList.objects.get().version
    for _ in range(2):
        change(owner, {key(1): {"standing": Standing.LOCKED}}, seen=seen)
    assert ProgramList.objects.get().version == seen + 1


def test_program_added_in_two_tabs_is_on_the_list_once(owner):
    listed(owner, 1)
    seen = ProgramList.objects.get().version
    change(owner, {key(2): {}}, seen=seen)
    change(owner, {key(2): {}}, seen=seen)
    assert [*fields(owner)] == [key(1), key(2)]


# --- who wrote, and what it costs ---


def test_audit_event_is_kept_where_somebody_else_changes_or_undoes(owner):
    listed(owner, 1)
    change(owner, {key(1): {"note": "look here"}}, by="advisor@example.org")
    undo_last(by="advisor@example.org", profile=owner, match_year=2027)
    events = AuditEvent.objects.filter(verb__startswith="list:").order_by("pk")
    assert list(events.values_list("verb", "detail")) == [("list:change", {"programs": 1}), ("list:undo", {"programs": 1})]


def test_list_of_another_season_is_refused(owner):
    with pytest.raises(ListError, match="2026 Match cannot be changed any more"):
        change_list(by="visitor", profile=owner, match_year=2026, edits={}, said="")
    with pytest.raises(ListError, match="2026 Match cannot be changed any more"):
        undo_last(by="visitor", profile=owner, match_year=2026)


@pytest.mark.parametrize("count", [1, 4])
def test_change_takes_the_same_queries_for_any_number_of_entries(owner, count):
    add_to_list(by="visitor", profile=owner, keys=[key(number) for number in range(1, 5)], match_year=2027)
    edits = {key(number): {"note": "x", "standing": Standing.LOCKED} for number in range(1, count + 1)}
    assert query_count(lambda: change(owner, edits, seen=1)) == 12 + (connection.vendor == "postgresql") * 4  # its lock, and a staging table


@pytest.mark.parametrize("count", [2, 4])
def test_taking_off_takes_the_same_queries_for_any_number_of_entries(owner, count):
    listed(owner, 1, 2, 3, 4)
    for number in range(1, 5):
        SeasonStep.objects.create(entry=entry(owner, number), step=Step.APPLIED)
    edits = {key(number): None for number in range(1, count + 1)}
    assert query_count(lambda: change(owner, edits)) == 13 + (connection.vendor == "postgresql")  # its lock


def test_steady_work_is_counted_now_and_then_only(owner):
    """Each time makes a recompute of the profile start over."""
    listed(owner, 1)
    for ago, counts in ((timedelta(minutes=9), False), (timedelta(minutes=11), True)):
        before = timezone.now() - ago
        Profile.objects.filter(pk=owner.pk).update(updated_at=before)
        change(owner, {key(1): {"note": str(ago)}})
        assert (Profile.objects.get().updated_at > before) is counts
