"""Imports in any order with undos anywhere: what is left is what the surviving imports alone would give."""

from contextlib import contextmanager
from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programs.choices import SourceRank
from programs.fields import FIELDS
from programs.history import fact_rows, indexes
from programs.imports.services import ImportRequest, apply
from programs.models import Fact, ImportBatch, Program, ProgramStatement, TrackStatement, TrackYear
from programs.said import said_by
from programs.services import ProgramDataError, undo_batch
from smartpick.models import AuditEvent
from tests.programs.builders import query_count, reference_tables

pytestmark = pytest.mark.django_db

DAYS = (date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1))
SOURCES = {"Program letters": SourceRank.PROGRAM, "A second office": SourceRank.OFFICIAL, "Program pages": SourceRank.PROGRAM, "A forum": SourceRank.COMMUNITY}
# One program known by both ids, one by its ACGME id alone, one by its NRMP code alone.
IDS = (("1400500001", "1234140C0"), ("1400500002", ""), ("", "2345140C0"))
HEADER = "acgme_id,nrmp_code,name,city,state,visa_j1,visa_j1_strictness,step2_min,share_img,closed_on\n"
NRMP_HEADER = "state,institution,city,program,nrmp_code,quota_2026,matched_2026,quota_2025,matched_2025\n"
CODES = ("1234140C0", "1234140P0", "2345140C0", "3456140C0")


def template_row(ids):
    return st.tuples(
        st.sampled_from(["Lakeshore Invented Hospital", "Harbor Invented Hospital", "Ferny Brook Invented Hospital"]),
        st.sampled_from(["", "Toledo", "Akron"]),
        st.sampled_from(["", "OH", "NY"]),
        st.sampled_from(["", "yes", "no"]),
        st.sampled_from(["", "strict", "preferred"]),
        st.sampled_from(["", "220", "230"]),
        st.sampled_from(["", "0.4", "62%"]),
        st.sampled_from(["", "", "2026-09-15"]),
    ).map(lambda cells: ",".join((*ids, *cells)))


def nrmp_row(code):
    years = st.sampled_from(["8,6", "8,8", "9,9", "8,", ","])
    names = st.sampled_from(["Invented Hosp-OH", "Lakeshore Inv Hosp-OH"])
    tracks = st.sampled_from(["", "Internal Medicine"])
    return st.tuples(names, tracks, years, years).map(lambda cells: f"OHIO,{cells[0]},Toledo,{cells[1]},{code},{cells[2]},{cells[3]}")


def some_of(rows):
    """A few of the rows, in order, at least one."""
    return st.lists(st.sampled_from(range(len(rows))), min_size=1, unique=True).flatmap(lambda places: st.tuples(*(rows[place] for place in sorted(places))))


TEMPLATES = st.tuples(
    st.just("template"), st.sampled_from(sorted(SOURCES)), st.sampled_from(DAYS), st.sampled_from([2026, 2027]), some_of([template_row(ids) for ids in IDS])
)
RESULTS = st.tuples(
    st.just("nrmp"), st.sampled_from(["NRMP Program Results", "A second office"]), st.sampled_from(DAYS), st.just(2027), some_of([nrmp_row(c) for c in CODES])
)
IMPORTS = st.one_of(TEMPLATES, TEMPLATES, RESULTS)
# A number undoes the import at that place, if it was applied and is not undone yet.
STORIES = st.lists(st.one_of(IMPORTS, IMPORTS, st.integers(0, 5)), min_size=2, max_size=9)


@contextmanager
def taken_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def bring(one):
    preset, source, day, season, rows = one
    header = HEADER if preset == "template" else NRMP_HEADER
    rank = SOURCES.get(source, SourceRank.OFFICIAL)
    request = ImportRequest(
        data=(header + "\n".join(rows) + "\n").encode(), file_name="t.csv", season=season, preset=preset, source=source, rank=rank, as_of=day
    )
    return apply(request, by="test", skip_invalid=True).batch


def current():
    """Every current value that is shown or computed with, by what outlives a row: keys and codes."""
    values = [field.name for field in FIELDS]
    columns = ("key", "acgme_id", "nrmp_institution", "name", "city", "state_id", "closed_on", "track_types", "unfilled_share", "unfilled_quota",
               "unfilled_year", "field_states", *values)  # fmt: skip
    years = TrackYear.objects.order_by("track__nrmp_code", "year")
    return (
        list(Program.objects.filter(is_withdrawn=False).order_by("key").values_list(*columns)),
        list(years.values_list("track__program__key", "track__nrmp_code", "track__name", "track__track_type", "year", "quota", "matched", "source__name")),
    )


def tell(story):
    """Do everything in order; the imports that were applied and not undone."""
    applied = []
    for step in story:
        if not isinstance(step, int):
            applied.append((step, bring(step)))
        elif step < len(applied) and ImportBatch.objects.filter(pk=getattr(applied[step][1], "pk", None), undone_at=None).exists():
            undo_batch(by="test", batch=applied[step][1])
    live = set(ImportBatch.objects.filter(undone_at=None).values_list("pk", flat=True))
    return [step for step, batch in applied if batch and batch.pk in live]


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
