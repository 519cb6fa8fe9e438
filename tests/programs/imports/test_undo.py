"""Imports in any order with undos anywhere: what is left is what the surviving imports alone would give."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programs.history import fact_rows, indexes
from programs.models import Fact, Program, ProgramStatement, TrackStatement
from programs.said import said_by
from programs.services import ProgramDataError, undo_batch
from smartpick.models import AuditEvent
from tests.programs.builders import query_count, reference_tables
from tests.programs.imports.stories import DAYS, IMPORTS, STORIES, bring, current, taken_back, tell

pytestmark = pytest.mark.django_db


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(story=STORIES)
def test_undo_leaves_what_the_surviving_imports_alone_give(story):
    with taken_back():
        reference_tables()
        surviving = tell(story)
        left = current()
        ids = list(Program.objects.values_list("id", flat=True))
        assert indexes(ids) == {program_id: said_by(rows) for program_id, rows in fact_rows(ids).items()} | {
            program_id: {} for program_id, said in indexes(ids).items() if not said
        }
    with taken_back():
        reference_tables()
        assert tell(surviving) == surviving
        assert current() == left


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(before=st.lists(IMPORTS, max_size=3), one=IMPORTS)
def test_import_undo_import_again_gives_the_same_bytes(before, one):
    with taken_back():
        reference_tables()
        for earlier in before:
            bring(earlier)
        batch = bring(one)
        first = repr(current())
        if batch:
            undo_batch(by="test", batch=batch)
            bring(one)
        assert repr(current()) == first


def test_undo_deletes_nothing_and_says_who():
    reference_tables()
    batch = bring(("template", "Program letters", DAYS[0], 2027, ("1400500001,1234140C0,Lakeshore Invented Hospital,Toledo,OH,yes,strict,230,,",)))
    counts = [model.objects.count() for model in (Program, Fact, ProgramStatement, TrackStatement)]
    undo_batch(by="ana@example.org", batch=batch)
    assert [model.objects.count() for model in (Program, Fact, ProgramStatement, TrackStatement)] == counts == [1, 2, 1, 1]
    assert set(Fact.objects.values_list("withdrawn_why", flat=True)) == {"import undone"}
    assert Program.objects.values_list("is_withdrawn", "visa_j1", "step2_min").get() == (True, None, None)
    batch.refresh_from_db()
    assert (batch.undone_by, batch.undone_at is not None) == ("ana@example.org", True)
    event = AuditEvent.objects.get(verb="import:undo")
    assert (event.by, event.detail["facts"]) == ("ana@example.org", 2)


def test_undo_twice_is_refused_with_who_did_it():
    reference_tables()
    batch = bring(("nrmp", "NRMP Program Results", DAYS[0], 2027, ("OHIO,Invented Hosp-OH,Toledo,Internal Medicine,1234140C0,8,6,8,8",)))
    undo_batch(by="ana@example.org", batch=batch)
    with pytest.raises(ProgramDataError, match=r"^This import was undone already, by ana@example\.org\.$"):
        undo_batch(by="ben@example.org", batch=batch)


def test_program_that_comes_back_is_the_same_row():
    reference_tables()
    one = ("template", "Program letters", DAYS[0], 2027, ("1400500001,,Lakeshore Invented Hospital,Toledo,OH,yes,strict,230,,",))
    undo_batch(by="test", batch=bring(one))
    before = Program.objects.values_list("id", flat=True).get()
    bring(one)
    assert Program.objects.values_list("id", "is_withdrawn").get() == (before, False)


def test_queries_of_an_undo_do_not_grow_with_its_rows():
    reference_tables()
    counts = []
    for start, size in ((0, 1), (100, 40)):
        rows = tuple(f"14005{number:05d},,Invented Hospital {number},Toledo,OH,yes,strict,230,," for number in range(start, start + size))
        batch = bring(("template", "Program letters", DAYS[0], 2027, rows))
        counts.append(query_count(lambda batch=batch: undo_batch(by="test", batch=batch)))
    assert counts[0] == counts[1]
