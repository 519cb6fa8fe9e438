"""Importing files: one transaction, nothing half-written, nothing twice."""

from datetime import date

import pytest
from django.utils import timezone

from programs.choices import SourceRank
from programs.imports import services, staging
from programs.imports.columns import HeaderError
from programs.imports.plan import RowState
from programs.imports.reader import ReadError
from programs.imports.services import ImportRequest, InvalidRowsError, ReferenceTablesMissingError, StalePlanError, apply, look
from programs.imports.staging import stage
from programs.models import (
    DataVersion,
    Fact,
    FactIndex,
    ImportBatch,
    Program,
    ProgramStatement,
    Source,
    Specialty,
    State,
    Track,
    TrackStatement,
    TrackYear,
)
from programs.services import ProgramDataError, new_version, record_facts, undo_batch
from smartpick.models import AuditEvent
from tests.programs import builders
from tests.programs.imports.files import NRMP_HEADER, csv_bytes, xlsx_bytes

pytestmark = pytest.mark.django_db
ROW = ("OHIO", "Lakeshore Invented Hosp-OH", "Toledo", "Internal Medicine", "1234140C0", "8", "6", "6", "6")
PRELIMINARY = ("OHIO", "Lakeshore Invented Hosp-OH", "Toledo", "Preliminary", "1234140P0", "4", "4", "", "")
RESERVED = ("NEW YORK", "Harbor Invented Hosp-NY", "Albany", "Reserved", "2345140R0", "2", "1", "", "")
NRMP = csv_bytes(NRMP_HEADER, ROW, PRELIMINARY, RESERVED)
TEMPLATE = csv_bytes(
    ("acgme_id", "nrmp_code", "institution", "city", "state", "visa_j1", "visa_j1_strictness", "step2_min", "share_img"),
    ("1400500001", "1234140C0", "Lakeshore Invented Hospital", "Toledo", "OH", "yes", "strict", "220", "62%"),
    ("1400500002", "", "Ferny Brook Invented Hospital", "Akron", "OH", "N/A", "", "unknown", ""),
)
TABLES = (Program, ProgramStatement, Track, TrackStatement, TrackYear, Fact, FactIndex, Source, ImportBatch, DataVersion, AuditEvent)


@pytest.fixture(autouse=True)
def _tables(settings):
    settings.MATCH_YEAR = 2027
    builders.reference_tables()


def request(data=NRMP, **more):
    return ImportRequest(**{"data": data, "file_name": "results.csv", "season": 2027, "as_of": date(2026, 9, 1), **more})


def contents():
    """Every row of every table an import may write."""
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in TABLES}


def test_apply_nrmp_writes_programs_tracks_and_years():
    imported = apply(request(), by="ana@example.org")
    programs = Program.objects.order_by("key").values_list("key", "acgme_id", "nrmp_institution", "specialty_id", "name", "city", "state_id", "track_types")
    assert list(programs) == [
        ("nrmp-1234-140", None, "1234", "140", "Lakeshore Invented Hosp-OH", "Toledo", "OH", "CP"),
        ("nrmp-2345-140", None, "2345", "140", "Harbor Invented Hosp-NY", "Albany", "NY", "R"),
    ]
    assert list(Program.objects.order_by("key").values_list("unfilled_share", "visa_j1", "field_states")) == [(2 / 18, None, {}), (None, None, {})]
    assert list(Track.objects.values_list("nrmp_code", "name", "track_type")) == [
        ("1234140C0", "Internal Medicine", "C"),
        ("1234140P0", "Preliminary", "P"),
        ("2345140R0", "Reserved", "R"),
    ]
    years = TrackYear.objects.order_by("track", "year").values_list("track__nrmp_code", "year", "quota", "matched", "source__name", "batch_id")
    batch = imported.batch.pk
    assert list(years) == [
        ("1234140C0", 2025, 6, 6, "NRMP Program Results", batch),
        ("1234140C0", 2026, 8, 6, "NRMP Program Results", batch),
        ("1234140P0", 2026, 4, 4, "NRMP Program Results", batch),
        ("2345140R0", 2026, 2, 1, "NRMP Program Results", batch),
    ]
    assert Fact.objects.count() == 0


def test_apply_records_batch_version_and_audit():
    imported = apply(request(licence="with permission", url="https://example.org"), by="ana@example.org")
    source = Source.objects.get()
    assert (source.name, source.rank, source.licence, source.url) == ("NRMP Program Results", 2, "with permission", "https://example.org")
    batch = ImportBatch.objects.get()
    assert (batch, batch.source, batch.file_name, batch.preset, batch.season) == (imported.batch, source, "results.csv", "nrmp", 2027)
    assert (batch.as_of, batch.applied_by, len(batch.digest)) == (date(2026, 9, 1), "ana@example.org", 64)
    assert batch.licence == "with permission"
    assert batch.counts["rows"] == {"new": 3, "changed": 0, "same": 0, "invalid": 0}
    assert batch.counts["totals"] == {
        "programs new": 2, "programs changed": 0, "tracks new": 3, "values changed": 0, "facts confirmed": 0, "facts stated": 0, "warnings": 0,
    }  # fmt: skip
    assert list(DataVersion.objects.values_list("cause", flat=True)) == ["Import of results.csv"]
    events = [(event.by, event.verb, event.target) for event in AuditEvent.objects.order_by("id")]
    version = DataVersion.objects.get().pk
    assert events == [
        ("ana@example.org", "source:create", f"source:{source.pk}"),
        ("ana@example.org", "programs:write", f"data-version:{version}"),
        ("ana@example.org", "import:apply", f"import:{batch.pk}"),
    ]


def test_apply_template_writes_facts_and_current_values():
    apply(request(TEMPLATE, source="Program pages", rank=SourceRank.PROGRAM), by="t")
    columns = ("key", "nrmp_institution", "visa_j1", "step2_min", "share_img", "field_states")
    assert list(Program.objects.order_by("key").values_list(*columns)) == [
        (
            "1400500001", "1234", True, 220, 0.62,
            {"visa_j1": ["known", "strict", False], "step2_min": ["known", "unclear", False], "share_img": ["known", "", False]},
        ),
        ("1400500002", None, None, None, None, {}),
    ]  # fmt: skip
    facts = Fact.objects.order_by("id").values_list("field", "value", "strictness", "source__name", "as_of", "season", "batch_id")
    batch = ImportBatch.objects.get().pk
    assert list(facts) == [
        ("visa_j1", "yes", "strict", "Program pages", date(2026, 9, 1), 2027, batch),
        ("step2_min", "220", "unclear", "Program pages", date(2026, 9, 1), 2027, batch),
        ("share_img", "0.62", "", "Program pages", date(2026, 9, 1), 2027, batch),
    ]


@pytest.mark.parametrize("data", [NRMP, TEMPLATE])
def test_apply_repeated_leaves_no_trace(data):
    apply(request(data), by="t")
    before = contents()
    imported = apply(request(data), by="t")
    assert contents() == before
    assert (imported.batch, imported.staged.repeated, imported.staged.is_empty) == (None, True, True)


def test_apply_repeated_on_a_later_day_leaves_no_trace(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda: date(2026, 9, 1))
    apply(request(TEMPLATE, as_of=None), by="t")
    before = contents()
    monkeypatch.setattr(timezone, "localdate", lambda: date(2026, 9, 2))
    apply(request(TEMPLATE, as_of=None), by="t")
    assert contents() == before


def test_apply_with_a_newer_date_confirms_the_facts():
    apply(request(TEMPLATE), by="t")
    apply(request(TEMPLATE, as_of=date(2026, 10, 1)), by="t")
    assert [(str(as_of), Fact.objects.filter(as_of=as_of).count()) for as_of in (date(2026, 9, 1), date(2026, 10, 1))] == [
        ("2026-09-01", 3),
        ("2026-10-01", 3),
    ]


def test_apply_of_another_season_states_the_facts_anew():
    apply(request(TEMPLATE, season=2026), by="t")
    assert Program.objects.get(key="1400500001").field_states["step2_min"] == ["known", "unclear", True]
    apply(request(TEMPLATE), by="t")
    assert Program.objects.get(key="1400500001").field_states["step2_min"] == ["known", "unclear", False]


def test_apply_after_an_undo_states_everything_again():
    undo_batch(by="t", batch=apply(request(TEMPLATE), by="t").batch)
    apply(request(TEMPLATE), by="t")
    assert (Fact.objects.filter(withdrawn_at=None).count(), Program.objects.filter(is_withdrawn=False).count()) == (3, 2)


def test_apply_of_a_changed_file_states_all_of_it_and_changes_what_differs():
    first = apply(request(), by="t").batch
    newest = apply(request(csv_bytes(NRMP_HEADER, (*ROW[:6], "8", *ROW[7:]), PRELIMINARY, RESERVED)), by="t").batch
    stated = [(model, batch, model.objects.filter(batch=batch).count()) for model in (ProgramStatement, TrackStatement) for batch in (first, newest)]
    assert [count for _, _, count in stated] == [2, 2, 3, 3]
    assert (newest.counts["rows"], newest.counts["changes"]) == ({"new": 0, "changed": 1, "same": 2, "invalid": 0}, 1)
    assert list(TrackYear.objects.filter(track__nrmp_code="1234140C0").order_by("year").values_list("year", "matched")) == [(2025, 6), (2026, 8)]
    assert Program.objects.get(key="nrmp-1234-140").unfilled_share == 0.0


def test_apply_of_a_file_with_less_leaves_the_rest_as_it_is():
    apply(request(), by="t")
    before = list(Program.objects.order_by("pk").values())
    apply(request(csv_bytes(NRMP_HEADER, ROW), as_of=date(2026, 10, 1)), by="t")
    assert list(Program.objects.order_by("pk").values()) == before
    assert Track.objects.count() == 3


def test_apply_dry_run_tells_the_same_and_writes_nothing():
    before = contents()
    tried = apply(request(), by="t", dry_run=True)
    assert contents() == before
    applied = apply(request(), by="t")
    assert (tried.staged, tried.batch) == (applied.staged, None)


def test_apply_with_invalid_rows_writes_nothing():
    before = contents()
    with pytest.raises(InvalidRowsError) as raised:
        apply(request(csv_bytes(NRMP_HEADER, ROW, (*ROW[:4], "oops", *ROW[5:]))), by="t")
    assert contents() == before
    assert str(raised.value) == "Nothing was written, because of rows that cannot be applied: 1."
    assert [(p.line, p.column) for p in raised.value.staged.plan.problems] == [(3, "nrmp_code")]


def test_apply_skipping_invalid_rows_writes_the_others():
    apply(request(csv_bytes(NRMP_HEADER, ROW, (*ROW[:4], "oops", *ROW[5:]))), by="t", skip_invalid=True)
    assert list(Track.objects.values_list("nrmp_code", flat=True)) == ["1234140C0"]


def test_apply_that_fails_while_writing_leaves_nothing(monkeypatch):
    def broken(**_):
        raise RuntimeError("the disk is full")

    before = contents()
    monkeypatch.setattr(staging.audit, "record", broken)
    with pytest.raises(RuntimeError):
        apply(request(), by="t")
    assert contents() == before


def test_apply_refuses_a_plan_that_is_no_longer_true(monkeypatch):
    def moved(*args, **more):
        staged = stage(*args, **more)
        new_version(by="somebody", verb="programs:write", cause="meanwhile", touched=None)
        return staged

    before = contents()
    monkeypatch.setattr(services, "stage", moved)
    with pytest.raises(StalePlanError, match="look at the new preview"):
        apply(request(), by="t")
    assert contents() == before


def test_apply_attaches_nrmp_tracks_to_the_program_with_an_acgme_id():
    apply(request(TEMPLATE), by="t")
    apply(request(), by="t")
    assert list(Program.objects.order_by("key").values_list("key", "name", "track_types")) == [
        ("1400500001", "Lakeshore Invented Hospital", "CP"),
        ("1400500002", "Ferny Brook Invented Hospital", ""),
        ("nrmp-2345-140", "Harbor Invented Hosp-NY", "R"),
    ]


def test_apply_gives_nrmp_programs_their_acgme_id_and_undo_takes_it():
    apply(request(), by="t")
    before = Program.objects.get(key="nrmp-1234-140")
    batch = apply(request(TEMPLATE), by="t").batch
    after = Program.objects.get(key="1400500001")
    assert (after.pk, after.acgme_id, after.name, after.step2_min) == (before.pk, "1400500001", "Lakeshore Invented Hospital", 220)
    assert list(after.tracks.values_list("nrmp_code", flat=True)) == ["1234140C0", "1234140P0"]
    assert list(Program.objects.order_by("key").values_list("key", flat=True)) == ["1400500001", "1400500002", "nrmp-2345-140"]
    undo_batch(by="t", batch=batch)
    again = Program.objects.get(pk=before.pk)
    assert (again.key, again.acgme_id, again.name, again.step2_min, again.track_types) == ("nrmp-1234-140", None, before.name, None, before.track_types)


def test_apply_gives_an_acgme_id_that_a_withdrawn_program_had():
    withdrawn = apply(request(TEMPLATE), by="t").batch
    undo_batch(by="t", batch=withdrawn)
    apply(request(), by="t")
    known = Program.objects.get(key="nrmp-1234-140")
    apply(request(TEMPLATE), by="t")
    program = Program.objects.get(key="1400500001")
    assert (program.pk, program.step2_min, list(program.tracks.values_list("nrmp_code", flat=True))) == (known.pk, 220, ["1234140C0", "1234140P0"])
    gone = Program.objects.filter(is_withdrawn=True)
    assert [(one.key, one.acgme_id) for one in gone] == [(f"gone-{one.pk}", None) for one in gone] != []


def test_apply_after_an_undo_that_left_a_track_without_program():
    named = apply(request(csv_bytes(NRMP_HEADER, ROW)), by="t").batch
    apply(request(csv_bytes(NRMP_HEADER, (*ROW[:1], "", *ROW[2:])), as_of=date(2026, 10, 1)), by="t")  # names no institution: it is on record
    undo_batch(by="t", batch=named)
    assert (Program.objects.values_list("is_withdrawn", flat=True).get(), Track.objects.count(), TrackYear.objects.count()) == (True, 0, 0)
    apply(request(TEMPLATE), by="t")
    assert list(Track.objects.values_list("program__key", "nrmp_code")) == [("1400500001", "1234140C0")]


def test_apply_brings_back_a_program_with_the_tracks_that_others_state():
    named = apply(request(csv_bytes(NRMP_HEADER, ROW)), by="t").batch
    apply(request(csv_bytes(NRMP_HEADER, (*ROW[:1], "", *ROW[2:4], "1234140P0", *ROW[5:])), as_of=date(2026, 10, 1)), by="t")
    undo_batch(by="t", batch=named)
    apply(request(csv_bytes(NRMP_HEADER, ROW)), by="t")
    assert Program.objects.values_list("key", "is_withdrawn", "track_types").get() == ("nrmp-1234-140", False, "CP")
    assert list(Track.objects.values_list("nrmp_code", flat=True)) == ["1234140C0", "1234140P0"]


def test_apply_both_layouts_repeated_leave_no_trace():
    for data in (NRMP, TEMPLATE, NRMP):
        apply(request(data), by="t")
    before = contents()
    for data in (NRMP, TEMPLATE):
        apply(request(data), by="t")
    assert contents() == before


def test_apply_keeps_facts_of_other_sources():
    program = builders.program("1400500001")
    record_facts(by="t", facts=[builders.new_fact(builders.source(), value="no", as_of=date(2026, 8, 1))], batch=None, cause="t")
    apply(request(TEMPLATE, source="A list", rank=SourceRank.AGGREGATOR), by="t")
    program.refresh_from_db()
    assert (program.visa_j1, program.step2_min, program.facts.count()) == (False, 220, 4)


def test_apply_reads_spreadsheets():
    rows = [["acgme_id", "name", "visa_j1", "step2_min"], [1400500001, "Lakeshore Invented Hospital", True, 220]]
    apply(request(xlsx_bytes(rows)), by="t")
    assert Program.objects.values_list("key", "visa_j1", "step2_min").get() == ("1400500001", True, 220)


def test_look_writes_nothing_and_says_what_was_settled(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda: date(2026, 9, 2))
    before = contents()
    looked = look(request(csv_bytes((*NRMP_HEADER, "phone"), ROW), as_of=None))
    told = looked.staged.told
    assert contents() == before
    assert (told.preset.name, told.source_name, told.rank, told.as_of) == ("nrmp", "NRMP Program Results", SourceRank.OFFICIAL, date(2026, 9, 2))
    assert (looked.notes, looked.batch) == (("Column 'phone' is not one that this layout has; it was not read.",), None)
    assert looked.staged.preview.rows[RowState.NEW] == 1


def test_look_keeps_the_rank_of_a_source_on_record():
    builders.source("Program pages", SourceRank.VERIFIED)
    assert look(request(TEMPLATE, source="Program pages")).staged.told.rank is SourceRank.VERIFIED


def test_apply_with_another_rank_than_on_record_is_refused():
    builders.source("Program pages", SourceRank.VERIFIED)
    before = contents()
    with pytest.raises(ProgramDataError, match="exists as verified by staff"):
        apply(request(TEMPLATE, source="Program pages", rank=SourceRank.PROGRAM), by="t")
    assert contents() == before


@pytest.mark.parametrize("model", [Specialty, State])
def test_look_without_reference_tables_says_what_to_run(model):
    model.objects.all().delete()
    with pytest.raises(ReferenceTablesMissingError, match=r"run: python manage\.py load_reference"):
        look(request())


@pytest.mark.parametrize(("data", "error"), [(b"", ReadError), (b"hospital,town\nA,B\n", HeaderError), (b"quota_2026\n8\n", HeaderError)])
def test_apply_of_a_file_that_is_no_table_of_programs_writes_nothing(data, error):
    before = contents()
    with pytest.raises(error):
        apply(request(data), by="t")
    assert contents() == before


def many(count, first):
    """So many programs of one track each, at institutions from `first` on."""
    return csv_bytes(NRMP_HEADER, *((*ROW[:4], f"{institution}140C0", *ROW[5:]) for institution in range(first, first + count)))


def test_look_and_apply_queries_do_not_grow_with_the_rows(django_assert_num_queries):
    apply(request(), by="t")  # the source is on record from now on
    looking = builders.query_count(lambda: look(request(many(1, 3000))))
    writing = builders.query_count(lambda: apply(request(many(1, 3000)), by="t"))
    with django_assert_num_queries(looking):
        look(request(many(40, 4000)))
    with django_assert_num_queries(writing):
        apply(request(many(40, 4000)), by="t")
    # Changes to programs on record do not cost more either.
    changed = {"as_of": date(2026, 10, 1)}
    once = builders.query_count(lambda: apply(request(many(1, 3000).replace(b"Toledo", b"Akron"), **changed), by="t"))
    with django_assert_num_queries(once):
        apply(request(many(40, 4000).replace(b"Toledo", b"Akron"), **changed), by="t")
