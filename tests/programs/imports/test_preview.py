"""What an import would change: worked out before it is written, and true when it is."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programs.changes import NewProgram, NewTrack, NewTrackYear
from programs.choices import SourceRank
from programs.identity import ProgramRow, TrackRow
from programs.imports.plan import ImportPlan, Problem, RowState, Severity
from programs.imports.preview import TRACK, UNSAVED_SOURCE, Change, ChangeKind, NewProgramRow, OnRecord, Standing, compare, totals, track_text
from programs.imports.services import apply, look
from programs.said import slot_of
from programs.services import resolve_all_programs
from tests.programs.builders import reference_tables
from tests.programs.imports.stories import IMPORTS, current, differences, promised, request, taken_back, tell, values

KEY, CODE = "1400500001", "1234140C0"
PAGES, LIST, FORUM = 1, 2, 3
RANKS = {PAGES: SourceRank.PROGRAM, LIST: SourceRank.OFFICIAL, FORUM: SourceRank.COMMUNITY}
SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)
NAMED = ProgramRow("Lakeshore Invented Hospital", "Toledo", "OH", KEY, "", None, SourceRank.OFFICIAL, 2027, SEPTEMBER, 1)
PROGRAM = NewProgram(KEY, "140", "Lakeshore Invented Hospital", "Toledo", "OH", KEY)


def slot(value, by=LIST, strictness="strict", as_of=SEPTEMBER, season=2027):
    return slot_of(by, value, strictness, as_of.isoformat(), season)


def standing(*, rows=(NAMED,), said=None, tracks=None, by=LIST, **more):
    programs = {KEY: OnRecord(7, "Lakeshore Invented Hospital", rows, said or {})} if rows is not None else {}
    values = {"as_of": OCTOBER, "season": 2027, "about": 2027, "match_year": 2027, **more}
    return Standing(programs, tracks or {}, RANKS | {UNSAVED_SOURCE: SourceRank.COMMUNITY}, by, **values)


def plan(*statements, program=PROGRAM, tracks=(), state=RowState.SAME):
    said = tuple((KEY, *statement) for statement in statements)
    return ImportPlan({2: state, 3: RowState.INVALID}, (program,) if program else (), tracks, said, (), {KEY: 2, CODE: 2})


def told(preview):
    return [(change.field, change.kind.value, change.before, change.after) for change in preview.changes]


# --- facts ---

YES, NO = ("visa_j1", "yes", "strict"), ("visa_j1", "no", "strict")
FACTS = {
    "newly known": ({}, YES, LIST, [("visa_j1", "known", "", "yes")]),
    "another value of the same source": ({"visa_j1": [slot("yes")]}, NO, LIST, [("visa_j1", "changed", "yes", "no")]),
    "the same value": ({"visa_j1": [slot("yes")]}, YES, LIST, []),
    "firmer": ({"visa_j1": [slot("yes", strictness="unclear")]}, YES, LIST, [("visa_j1", "firmness", "yes", "yes")]),
    "hearsay against the program": ({"visa_j1": [slot("yes", PAGES)]}, NO, FORUM, []),
    "the program against hearsay": ({"visa_j1": [slot("yes", FORUM)]}, NO, PAGES, [("visa_j1", "changed", "yes", "no")]),
    "two trusted ones": ({"visa_j1": [slot("yes", PAGES)]}, NO, LIST, [("visa_j1", "conflict", "yes", "yes / no")]),
    "agreement at last": ({"visa_j1": [slot("yes", PAGES), slot("no")]}, YES, LIST, [("visa_j1", "settled", "yes / no", "yes")]),
    "one side of a conflict again": ({"visa_j1": [slot("yes", PAGES), slot("no")]}, NO, LIST, []),
    "an older statement of the same source": ({"visa_j1": [slot("yes", as_of=date(2026, 11, 1))]}, NO, LIST, []),
    "a new source": ({}, YES, UNSAVED_SOURCE, [("visa_j1", "known", "", "yes")]),
}


@pytest.mark.parametrize(("said", "statement", "by", "changes"), FACTS.values(), ids=FACTS.keys())
def test_compare_facts(said, statement, by, changes):
    preview = compare(plan(statement), standing(said=said, by=by))
    assert told(preview) == changes
    assert preview.confirmed == 1 - len(changes)
    assert preview.rows == {RowState.NEW: 0, RowState.CHANGED: len(changes), RowState.SAME: 1 - len(changes), RowState.INVALID: 1}
    assert {name: sorted(states) for name, states in preview.values.items()} == ({7: ["visa_j1"]} if changes else {})


def test_compare_of_another_season_is_no_change_of_value():
    preview = compare(plan(YES), standing(said={"visa_j1": [slot("yes", season=2026)]}))
    assert (preview.changes, preview.confirmed) == ((), 1)


def test_compare_tells_each_change_with_program_line_and_firmness():
    (change,) = compare(plan(("visa_j1", "no", "preferred")), standing(said={"visa_j1": [slot("yes")]})).changes
    assert change == Change(7, KEY, "Lakeshore Invented Hospital", "visa_j1", ChangeKind.CHANGED, "yes", "no", "strict", "preferred", 2)


# --- names and places ---

IDENTITIES = {
    "as on record": ({}, []),
    "blank cells": ({"name": "", "city": "", "state": None}, []),
    "another name": ({"name": "Lakeview Invented Hospital"}, [("name", "changed", "Lakeshore Invented Hospital", "Lakeview Invented Hospital")]),
    "city and state": ({"city": "Akron", "state": "NY"}, [("city", "changed", "Toledo", "Akron"), ("state", "changed", "OH", "NY")]),
    "closed": ({"closed_on": SEPTEMBER}, [("closed_on", "known", "", "2026-09-01")]),
}


@pytest.mark.parametrize(("said", "changes"), IDENTITIES.values(), ids=IDENTITIES.keys())
def test_compare_names_and_places(said, changes):
    assert sorted(told(compare(plan(program=replace(PROGRAM, **said)), standing()))) == changes


def test_compare_of_a_name_from_a_lower_source_changes_nothing():
    assert compare(plan(program=replace(PROGRAM, name="Hearsay")), standing(by=FORUM)).changes == ()


def test_compare_of_a_program_that_is_open_again():
    preview = compare(plan(), standing(rows=(NAMED._replace(closed_on=SEPTEMBER),)))
    assert told(preview) == [("closed_on", "unknown", "2026-09-01", "")]


def test_compare_of_a_program_that_gets_its_acgme_id():
    on_record = OnRecord(7, "Invented Hosp-OH", (NAMED._replace(name="Invented Hosp-OH", acgme_id="", nrmp_institution="1234"),), {})
    now = replace(standing(), programs={"nrmp-1234-140": on_record})
    preview = compare(plan(YES, program=replace(PROGRAM, replaces_key="nrmp-1234-140")), now)
    assert preview.new_programs == ()
    assert sorted(told(preview)) == [
        ("acgme_id", "known", "", KEY),
        ("name", "changed", "Invented Hosp-OH", "Lakeshore Invented Hospital"),
        ("visa_j1", "known", "", "yes"),
    ]


@pytest.mark.parametrize("rows", [None, ()], ids=["not on record", "withdrawn"])
def test_compare_of_a_new_program_lists_it_with_its_facts(rows):
    preview = compare(plan(YES, ("step2_min", "220", "strict"), state=RowState.NEW), standing(rows=rows))
    assert preview.new_programs == (NewProgramRow(KEY, "Lakeshore Invented Hospital", "140", "Toledo, OH", 2, 2),)
    assert (preview.changes, preview.confirmed, preview.rows[RowState.NEW]) == ((), 0, 1)


# --- tracks ---

STATED = TrackRow(CODE, 7, "Internal Medicine", "C", {2025: (6, 6), 2026: (8, 7)}, SourceRank.OFFICIAL, 2026, SEPTEMBER, 1)
TEXT = f"{CODE} Internal Medicine; 2025: 6 of 6, 2026: 7 of 8"


def results(matched=7, name="Internal Medicine"):
    return NewTrack(KEY, CODE, name, "C", (NewTrackYear(2026, 8, matched),))


TRACKS = {
    "as on record": (results(), []),
    "results that say less": (results(matched=None, name=""), []),
    "a corrected result": (results(8), [(TRACK, "changed", TEXT, f"{CODE} Internal Medicine; 2025: 6 of 6, 2026: 8 of 8")]),
    "another name": (results(name="Medicine"), [(TRACK, "changed", TEXT, f"{CODE} Medicine; 2025: 6 of 6, 2026: 7 of 8")]),
}


@pytest.mark.parametrize(("track", "changes"), TRACKS.values(), ids=TRACKS.keys())
def test_compare_tracks(track, changes):
    preview = compare(plan(tracks=(track,)), standing(tracks={CODE: [STATED]}, about=2026))
    assert (told(preview), preview.new_tracks, preview.rows[RowState.CHANGED]) == (changes, 0, len(changes))


def test_compare_counts_tracks_that_are_not_on_record():
    preview = compare(plan(tracks=(results(),)), standing())
    assert (preview.changes, preview.new_tracks) == ((), 1)


def test_track_text_of_a_track_without_years_or_results():
    assert track_text(None) == ""
    preview = compare(plan(tracks=(results(None),)), standing(tracks={CODE: [STATED._replace(years={})]}, about=2026))
    assert told(preview) == [(TRACK, "changed", f"{CODE} Internal Medicine; no positions", f"{CODE} Internal Medicine; 2026: ? of 8")]


# --- sums ---


def test_preview_counts_by_kind_and_field_and_in_all():
    said = {"visa_j1": [slot("yes")], "step2_min": [slot("220", PAGES)], "letters_min": [slot("3")]}
    statements = (NO, ("step2_min", "230", "strict"), ("letters_min", "3", "strict"))
    made = replace(plan(*statements, program=replace(PROGRAM, name="Lakeview")), problems=(Problem(2, "a", "b", "c", Severity.WARNING),))
    preview = compare(made, standing(said=said))
    assert preview.kinds == {"changed": 2, "conflict": 1}
    assert preview.fields == {"name": 1, "visa_j1": 1, "step2_min": 1}
    assert totals(made, preview) == {
        "programs new": 0, "programs changed": 1, "tracks new": 0, "values changed": 3, "facts confirmed": 1, "facts stated": 3, "warnings": 1,
    }  # fmt: skip


# --- the promise of the preview ---


@pytest.mark.django_db
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(before=st.lists(st.one_of(IMPORTS, IMPORTS, st.integers(0, 3)), max_size=4), one=IMPORTS)
def test_preview_tells_what_applying_does_and_resolving_again_changes_nothing(before, one):
    with taken_back():
        reference_tables()
        tell(before)
        was = values()
        looked = look(request(one)).staged
        apply(request(one), by="test", skip_invalid=True)
        now = values()
        assert differences(was, now) == ({} if looked.is_empty else promised(looked.preview))
        fresh = {program_id for program_id, *_ in now} - {program_id for program_id, *_ in was}
        codes = [{code for _, field, code in each if field == TRACK} for each in (was, now)]
        assert (len(looked.preview.new_programs), looked.preview.new_tracks) == (len(fresh), len(codes[1] - codes[0]))
        left = current()
        resolve_all_programs(by="test", season=2027)
        assert current() == left
