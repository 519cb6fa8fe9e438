"""Bringing a list: one change, exactly what was looked at, and never half of it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching.choices import Signal, Standing
from matching.list_files.meanings import guessed
from matching.list_files.reading import read_list
from matching.models import ListChange, ListEntry, ProgramList, SeasonStep
from matching.services import steps
from matching.services.editing import ListConflict, ListError, change_list, undo_last
from matching.services.list_import import Imported, StaleImportError, import_list, preview
from programs.imports.table import ReadError
from programs.models import Program, SignalLimit, Track
from programs.services import apply_changes
from smartpick.models import AuditEvent
from tests.matching.builders import add_programs, market
from tests.matching.recomputing import applicant, entry, key, listed
from tests.matching.seasons import TODAY, happened
from tests.matching.seasons import steps as steps_of
from tests.programs.builders import SOURCED, new_program, query_count
from tests.programs.imports.files import csv_bytes

pytestmark = pytest.mark.django_db
HEADER = ("ACGME id", "Program", "Notes", "Tags", "Signal", "Connection", "Applied", "Interview date")


@pytest.fixture
def owner():
    market(6, visa_j1="yes")
    SignalLimit.objects.create(specialty_id="140", season=2027, gold=1, silver=2, **SOURCED)
    return applicant()


def file(*rows, header=HEADER):
    return read_list(csv_bytes(header, *rows))


def look(owner, table, picks=None):
    return preview(profile=owner, match_year=2027, table=table, meanings=guessed(table.header), today=TODAY, picks=picks)[0]


def bring(owner, table, picks=None, *, replace=False, digest=None, seen=None, by="visitor"):
    return import_list(
        by=by,
        profile=owner,
        match_year=2027,
        table=table,
        meanings=guessed(table.header),
        picks=picks or {},
        digest=digest or look(owner, table).digest,
        replace=replace,
        file_name="my list.csv",
        today=TODAY,
        seen=seen,
    )


def kept(owner):
    rows = ListEntry.objects.filter(list__profile=owner).order_by("position", "pk")
    return [(int(row.program.key[-5:]), row.note, row.tags, row.signal, row.connection) for row in rows]


def test_import_adds_what_was_found_with_all_it_brings(owner):
    rows = [key(2), "", "call", "a; b", "gold", "strong", "2026-10-01", "2026-12-03"], [key(1), "", "", "", "", "", "", ""]
    assert bring(owner, file(*rows)) == Imported(added=2, changed=0, steps=2)
    assert kept(owner) == [(2, "call", ["a", "b"], "gold", "strong"), (1, "", [], "", "none")]
    assert entry(owner, 2).tier is not None
    assert sorted(SeasonStep.objects.values_list("step", "on__day")) == [("applied", 1), ("interviewed", 3)]
    assert ListChange.objects.get().said == "2 programs added from my list.csv"


def test_import_of_a_name_needs_its_confirmation(owner):
    table = file(["", "INVENTED HOSP. 003"], ["", "Invented Hospital 004"])
    assert [one.chosen for one in look(owner, table).questions] == [key(3), key(4)]
    bring(owner, table, picks={1: key(4)})
    assert [row[0] for row in kept(owner)] == [4]


@pytest.mark.parametrize(("replace", "note", "tags"), [(False, "mine", ["old"]), (True, "theirs", ["old"])])
def test_import_leaves_what_is_there_unless_told(owner, replace, note, tags):
    change_list(by="visitor", profile=owner, match_year=2027, edits={key(1): {"note": "mine", "tags": ["old"]}}, said="added")
    done = bring(owner, file([key(1), "", "theirs"], [key(2)]), replace=replace)
    assert (done, entry(owner, 1).note, entry(owner, 1).tags) == (Imported(1, int(replace), 0), note, tags)


def test_import_keeps_the_note_of_a_suggestion_that_comes_on_the_list(owner):
    change_list(by="visitor", profile=owner, match_year=2027, edits={key(1): {"note": "mine", "standing": Standing.SUGGESTED}}, said="suggested")
    bring(owner, file([key(1), "", "theirs", "new"]))
    one = entry(owner, 1)
    assert (one.standing, one.note, one.tags) == ("added", "mine", ["new"])


def test_one_undo_takes_all_of_it_back(owner):
    listed(owner, 5)
    before = kept(owner)
    bring(owner, file([key(1), "", "call", "", "gold", "", "2026-10-01"], [key(5), "", "theirs"]), replace=True)
    assert len(kept(owner)) == 2
    assert undo_last(by="visitor", profile=owner, match_year=2027) == "1 program added and 1 changed from my list.csv"
    assert (kept(owner), SeasonStep.objects.count()) == (before, 0)


def test_undo_of_an_import_loses_nothing_that_was_recorded_since(owner):
    bring(owner, file([key(1), "", "", "", "", "", "2026-10-01"], [key(2)]))
    happened(owner, 2, "applied")
    with pytest.raises(ListConflict, match="was recorded since, of Invented Hospital 002"):
        undo_last(by="visitor", profile=owner, match_year=2027)
    assert SeasonStep.objects.count() == 2


def test_second_match_is_left_out_and_the_rest_comes(owner):
    listed(owner, 1)
    for step in ("ranked", "matched"):
        happened(owner, 1, step)
    table = file([key(2), "yes", "yes"], header=("ACGME id", "Ranked", "Matched"))
    assert look(owner, table).added[0].said.problems == ["nobody matches twice: “matched” is left out"]
    assert bring(owner, table) == Imported(1, 0, 1)
    assert steps_of(2) == {"ranked": None}


def test_import_that_changes_nothing_writes_nothing(owner):
    listed(owner, 1)
    assert bring(owner, file([key(1)])) == Imported(0, 0, 0)
    assert ListChange.objects.count() == 1


def test_import_that_rests_on_something_else_now_is_refused(owner):
    table = file([key(1)], [key(2)])
    digest = look(owner, table).digest
    listed(owner, 2)
    with pytest.raises(StaleImportError, match="has changed since you looked, so nothing was written"):
        bring(owner, table, digest=digest)
    Program.objects.filter(key=key(1)).update(is_withdrawn=True)
    with pytest.raises(StaleImportError):
        bring(owner, table, digest=look(owner, file([key(1)])).digest)
    assert [row[0] for row in kept(owner)] == [2]


def test_import_writes_over_nothing_that_its_reader_has_not_seen(owner):
    saved = change_list(by="visitor", profile=owner, match_year=2027, edits={key(1): {"note": "first"}}, said="noted")
    seen = saved.version
    change_list(by="visitor", profile=owner, match_year=2027, edits={key(1): {"note": "second"}}, said="noted again")
    with pytest.raises(ListConflict, match="was changed elsewhere"):
        bring(owner, file([key(1), "", "theirs"]), replace=True, seen=seen)
    assert entry(owner, 1).note == "second"


def test_import_that_fails_in_the_middle_leaves_nothing(owner, monkeypatch):
    def refuse(**_):
        raise ListError("no")

    monkeypatch.setattr("matching.services.list_import.record_steps", refuse)
    with pytest.raises(ListError):
        bring(owner, file([key(1), "", "", "", "", "", "2026-10-01"], [key(2)]))
    assert (ListEntry.objects.count(), ListChange.objects.count(), ProgramList.objects.count()) == (0, 0, 0)
    assert steps.record_steps is not refuse


def test_chance_looked_at_after_its_answer_is_not_stated(owner):
    header = ("ACGME id", "Applied", "Not invited")
    bring(owner, file([key(1), "2026-10-01", "2026-11-01"], [key(2), "2026-10-01", ""], header=header))
    assert [entry(owner, number).stated_chance is None for number in (1, 2)] == [True, False]


def test_import_by_somebody_else_is_kept_in_the_audit_trail(owner):
    bring(owner, file([key(1)], [key(2)]), by="advisor@example.org")
    event = AuditEvent.objects.get(verb="list:import")
    assert (event.by, event.detail) == ("advisor@example.org", {"programs": 2})


def test_nrmp_codes_find_the_program_that_they_begin(owner):
    Track.objects.create(program=Program.objects.get(key=key(3)), nrmp_code="1003140C0", name="Categorical", track_type="C")
    Track.objects.create(program=Program.objects.get(key=key(4)), nrmp_code="1004140P0", name="Preliminary", track_type="P")
    table = file(["1003140C0"], ["1004140"], header=("NRMP code",))
    assert [one.program.key for one in look(owner, table).added] == [key(3), key(4)]


def test_preview_takes_the_same_queries_for_few_rows_and_many(owner):
    add_programs(range(101, 201))
    listed(owner, *range(101, 106))
    few = file([key(101)], ["", "Invented Hospital 103"])
    many = file(*([key(number)] for number in range(101, 151)), *(["", f"Invented Hospital {number}"] for number in range(151, 201)), ["9999140C0"])
    # list; entries; programs, specialties, states; tracks of codes, where there are any; limits; season; match
    assert query_count(lambda: look(owner, few)) == 8
    assert query_count(lambda: look(owner, many)) == 9


def test_import_takes_the_same_queries_for_few_rows_and_many(owner):
    add_programs(range(101, 130))
    bring(owner, file([key(1), "", "", "", "", "", "2026-10-01"]))
    few, many = ([[key(number), "", f"note {number}", "", "", "", "2026-10-02"] for number in numbers] for numbers in (range(101, 103), range(103, 130)))
    counts = []
    for rows in (few, many):
        table = file(*rows)
        digest = look(owner, table).digest
        counts.append(query_count(lambda table=table, digest=digest: bring(owner, table, digest=digest)))
    assert counts[0] == counts[1]


# --- whatever people bring ---

CELLS = st.one_of(
    st.sampled_from(["", key(1), key(2), key(9), f"{key(3)}.0", "1.4005E+09", "Invented Hospital 004", "invented hosp 005", "gold", "silver", "yes", "no"]),
    st.sampled_from(["2026-10-01", "10/2/2026", "locked in", "ruled out", "suggested", "applied", "rejected", "=1+1", "\u202e", "1003140C0", "\U0001f642"]),
    st.text(st.characters(blacklist_categories=("Cs",)), max_size=12),
)
HEADERS = st.lists(
    st.sampled_from([*HEADER, "Status", "Standing", "Rank", "State", "SmartPick season steps", "Place on the list", "NRMP code", "x", "y"]),
    min_size=1,
    max_size=7,
    unique=True,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.data())
def test_any_small_file_is_brought_whole_or_not_at_all(owner, data):
    header = data.draw(HEADERS)
    rows = data.draw(st.lists(st.lists(CELLS, min_size=len(header), max_size=len(header)), min_size=1, max_size=5))
    SeasonStep.objects.all().delete()
    ProgramList.objects.filter(profile=owner).delete()
    listed(owner, 2)
    before = kept(owner)
    try:
        table = file(*rows, header=header)
    except ReadError:  # a file that holds nothing, say
        return
    found = look(owner, table)
    picks = {one.row.number: one.chosen for one in found.questions}
    done = bring(owner, table, picks=picks, replace=data.draw(st.booleans()))
    assert done.added == len(found.added)
    assert {one.program.key for one in found.added} | {key(2)} == set(ListEntry.objects.filter(list__profile=owner).values_list("program__key", flat=True))
    if done.added or done.changed:
        undo_last(by="visitor", profile=owner, match_year=2027)
    assert kept(owner) == before


def test_withdrawn_program_is_not_found(owner):
    apply_changes(by="test", cause="test", programs=[new_program(key(8), name="Invented Hospital 008")])
    Program.objects.filter(key=key(8)).update(is_withdrawn=True)
    assert [why for _, why in look(owner, file([key(8)])).missing] == [f"no program on record has the ACGME id {key(8)}"]


def test_signal_limits_hold_over_the_list_and_the_file(owner):
    change_list(by="visitor", profile=owner, match_year=2027, edits={key(5): {"signal": Signal.GOLD}}, said="placed")
    bring(owner, file([key(1), "", "", "", "gold"], [key(2), "", "", "", "silver"]))
    assert [(row[0], row[3]) for row in kept(owner)] == [(5, "gold"), (1, ""), (2, "silver")]
