"""The only writer of program data: what it writes, what it refuses, what it leaves behind."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from programs.changes import NewTrack, NewTrackYear, nrmp_key
from programs.choices import SourceRank
from programs.models import DataVersion, Fact, ImportBatch, Program, Source, Track, TrackYear
from programs.services import (
    ProgramDataError,
    Removed,
    apply_changes,
    get_or_create_source,
    record_facts,
    remove_demo_programs,
    resolve_programs,
    upsert_programs,
    upsert_tracks,
)
from smartpick.models import AuditEvent
from tests.programs import builders
from tests.programs.builders import AS_OF, new_fact, new_program

pytestmark = pytest.mark.django_db
KEY = "1400500001"


@pytest.fixture(autouse=True)
def _tables(settings):
    settings.MATCH_YEAR = 2027
    builders.reference_tables()


def record(*facts):
    return record_facts(by="ana@example.org", facts=facts, batch=None, cause="A test")


def track(code="1234140C0", *years, key=KEY, name="Categorical", letter="C"):
    return NewTrack(key, code, name, letter, tuple(NewTrackYear(*year) for year in years))


def write_tracks(*tracks, source=None):
    return upsert_tracks(by="ana@example.org", tracks=tracks, source=source or builders.source(), batch=None, cause="A test")


def rows_written():
    models = (Program, Track, TrackYear, Fact, DataVersion, AuditEvent, Source, ImportBatch)
    return {model.__name__: model.objects.count() for model in models}


# --- facts ---


def test_record_facts_writes_fact_value_and_state():
    program, source = builders.program(), builders.source()
    record(new_fact(source, quote="We sponsor J-1.", url="https://example.org/visa"))
    program.refresh_from_db()
    assert (program.visa_j1, program.field_states) == (True, {"visa_j1": ["known", "strict", False]})
    assert Fact.objects.values_list("field", "value", "strictness", "source_id", "as_of", "season", "quote", "url", "withdrawn_at").get() == (
        "visa_j1", "yes", "strict", source.pk, AS_OF, 2027, "We sponsor J-1.", "https://example.org/visa", None,
    )  # fmt: skip


def test_record_facts_is_one_audit_event_and_one_data_version():
    builders.program()
    version = record(new_fact(builders.source()), new_fact(builders.source(), "step2_min", "220"))
    assert list(DataVersion.objects.values_list("id", "cause")) == [(version.pk, "A test")]
    event = AuditEvent.objects.get()
    assert (event.by, event.verb, event.target) == ("ana@example.org", "programs:write", f"data-version:{version.pk}")
    assert event.detail == {"cause": "A test", "programs": 0, "tracks": 0, "facts": 2}


def test_record_facts_of_nothing_leaves_no_trace():
    before = rows_written()
    assert record() is None
    assert rows_written() == before


def test_record_facts_appends_and_the_newer_statement_holds():
    program, source = builders.program(), builders.source()
    record(new_fact(source, "step2_min", "220"))
    record(new_fact(source, "step2_min", "230", as_of=AS_OF + timedelta(days=1)))
    program.refresh_from_db()
    assert (program.step2_min, Fact.objects.count()) == (230, 2)


def test_record_facts_that_disagree_make_the_value_unknown():
    program = builders.program()
    record(new_fact(builders.source()), new_fact(builders.source("Official", SourceRank.OFFICIAL), value="no"))
    program.refresh_from_db()
    assert (program.visa_j1, program.field_states) == (None, {"visa_j1": ["conflict", "strict", False]})


def test_record_facts_of_an_earlier_season_are_stale():
    program = builders.program()
    record(new_fact(builders.source(), season=2026))
    program.refresh_from_db()
    assert (program.visa_j1, program.field_states) == (True, {"visa_j1": ["known", "strict", True]})


def test_record_facts_leaves_other_programs_alone():
    builders.program()
    other = builders.program("1400500002", visa_j1=False, field_states={"visa_j1": ["known", "strict", False]})
    record(new_fact(builders.source()))
    other.refresh_from_db()
    assert (other.visa_j1, other.field_states) == (False, {"visa_j1": ["known", "strict", False]})


@pytest.mark.parametrize(
    ("field", "written", "stored", "value"),
    [
        ("share_img", "0.50", "0.5", 0.5),
        ("usce_min_months", "2.0", "2", 2.0),
        ("step2_min", "0220", "220", 220),
        ("deadline", "20260930", "2026-09-30", date(2026, 9, 30)),
        ("program_type", "community", "community", "community"),
        ("website", "https://example.org", "https://example.org", "https://example.org"),
    ],
)
def test_record_facts_stores_the_canonical_spelling(field, written, stored, value):
    program = builders.program()
    record(new_fact(builders.source(), field, written))
    program.refresh_from_db()
    assert (Fact.objects.get().value, getattr(program, field)) == (stored, value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"value": "maybe"}, "Program 1400500001: J-1 visa: write yes or no, not 'maybe'."),
        ({"field": "step2_min", "value": "nan"}, "Program 1400500001: Step 2 CK minimum: write a whole number, not 'nan'."),
        ({"field": "usce_min_months", "value": "nan"}, "Program 1400500001: U.S. clinical experience: nan is outside 0 to 60."),
        ({"field": "usce_min_months", "value": "inf"}, "Program 1400500001: U.S. clinical experience: inf is outside 0 to 60."),
        ({"field": "step2_min", "value": "301"}, "Program 1400500001: Step 2 CK minimum: 301 is outside 1 to 300."),
        ({"field": "shoe_size"}, "Program 1400500001: there is no field 'shoe_size'; see programs/fields.py for their names."),
        ({"program_key": "1409999999"}, "No program '1409999999': add it first (upsert_programs), or correct the key."),
        ({"strictness": ""}, "Program 1400500001, visa_j1: strictness is one of strict, preferred, unclear, not ''."),
        ({"strictness": "hard"}, "Program 1400500001, visa_j1: strictness is one of strict, preferred, unclear, not 'hard'."),
        ({"field": "positions", "value": "8"}, "Program 1400500001, positions: strictness is empty, it is no requirement, not 'strict'."),
        ({"quote": "q" * 301}, "Program 1400500001, visa_j1: quote and URL hold at most 300 characters."),
        ({"url": "javascript:alert(1)"}, "Program 1400500001, visa_j1: a URL begins with https://, not 'javascript:alert(1)'."),
    ],
)
def test_record_facts_refuses_and_writes_nothing(change, message):
    builders.program()
    good = new_fact(builders.source())
    before = rows_written()
    with pytest.raises(ProgramDataError) as raised:
        record(good, replace(good, **change))
    assert str(raised.value) == message
    assert rows_written() == before
    assert Program.objects.get().field_states == {}


def test_record_facts_from_a_demonstration_source_about_a_real_program_is_refused():
    builders.program()
    with pytest.raises(ProgramDataError, match="Program 1400500001 is real"):
        record(new_fact(builders.source("Demo", is_demo=True)))


def test_record_facts_queries_do_not_grow_with_programs_and_facts(django_assert_num_queries):
    keys = [f"14005{number:05d}" for number in range(60)]
    upsert_programs(by="t", programs=[new_program(key) for key in keys], cause="t")
    source = builders.source()
    facts = [new_fact(source, field, "yes", program_key=key) for key in keys for field in ("visa_j1", "visa_h1b", "step3_needed")]
    with django_assert_num_queries(builders.query_count(lambda: record(*facts[:1]))):
        record(*facts[1:])


def test_resolve_programs_of_a_new_season_makes_facts_stale():
    program = builders.program()
    record(new_fact(builders.source()))
    resolve_programs([program.pk], season=2028)
    program.refresh_from_db()
    assert (program.visa_j1, program.field_states) == (True, {"visa_j1": ["known", "strict", True]})


def test_resolve_programs_after_a_withdrawal_restores_what_was():
    program, source = builders.program(), builders.source()
    record(new_fact(source, "step2_min", "220"))
    record(new_fact(source, "step2_min", "230", as_of=AS_OF + timedelta(days=1)), new_fact(source))
    Fact.objects.exclude(value="220").update(withdrawn_at="2026-11-01T00:00Z")
    resolve_programs([program.pk], season=2027)
    program.refresh_from_db()
    assert (program.step2_min, program.visa_j1, program.field_states) == (220, None, {"step2_min": ["known", "strict", False]})


# --- sources ---


def test_source_is_made_once():
    first = get_or_create_source(name="State board", rank=SourceRank.OFFICIAL, url="https://example.org", licence="public", by="ana@example.org")
    again = get_or_create_source(name="State board", rank=SourceRank.OFFICIAL)
    assert again == first
    assert Source.objects.values_list("name", "rank", "url", "licence", "is_demo").get() == ("State board", 2, "https://example.org", "public", False)
    assert list(AuditEvent.objects.values_list("by", "verb", "target")) == [("ana@example.org", "source:create", f"source:{first.pk}")]


@pytest.mark.parametrize("change", [{"rank": SourceRank.PROGRAM}, {"rank": SourceRank.OFFICIAL, "is_demo": True}])
def test_source_of_another_kind_is_refused(change):
    get_or_create_source(name="State board", rank=SourceRank.OFFICIAL)
    with pytest.raises(ProgramDataError, match="The source 'State board' exists as official publication: use that rank"):
        get_or_create_source(name="State board", **change)


@pytest.mark.parametrize("bad", [{"name": ""}, {"name": "n" * 121}, {"url": "javascript:alert(1)"}, {"licence": "l" * 301}, {"rank": 9}])
def test_source_that_cannot_be_kept_is_refused(bad):
    with pytest.raises(ProgramDataError, match="cannot be kept as given"):
        get_or_create_source(**{"name": "State board", "rank": SourceRank.OFFICIAL, **bad})
    assert Source.objects.count() == 0


# --- programs ---


def test_upsert_programs_makes_and_updates_by_key():
    upsert_programs(by="ana@example.org", programs=[new_program(), new_program("1400500002")], cause="First")
    upsert_programs(by="ana@example.org", programs=[new_program(name="Harbor Invented Hospital", city="Akron", state=None)], cause="Second")
    columns = ("key", "acgme_id", "specialty_id", "name", "city", "state_id", "is_demo", "track_types", "field_states")
    assert list(Program.objects.order_by("key").values_list(*columns)) == [
        (KEY, KEY, "140", "Harbor Invented Hospital", "Akron", "OH", False, "", {}),  # no state says nothing about the state
        ("1400500002", "1400500002", "140", "Lakeshore Invented Hospital", "Toledo", "OH", False, "", {}),
    ]
    assert list(DataVersion.objects.values_list("cause", flat=True)) == ["Second", "First"]


def test_upsert_programs_leaves_current_values():
    builders.program(visa_j1=True, track_types="CP", unfilled_share=0.1, field_states={"visa_j1": ["known", "strict", False]})
    upsert_programs(by="t", programs=[new_program(name="Harbor Invented Hospital")], cause="t")
    assert Program.objects.values_list("name", "visa_j1", "track_types", "unfilled_share", "field_states").get() == (
        "Harbor Invented Hospital", True, "CP", 0.1, {"visa_j1": ["known", "strict", False]},
    )  # fmt: skip


def test_upsert_programs_gives_an_nrmp_program_its_acgme_id():
    old = builders.program(nrmp_key("1234", "140"))
    upsert_programs(by="t", programs=[new_program(nrmp_institution="1234", replaces_key=old.key)], cause="t")
    assert list(Program.objects.values_list("id", "key", "acgme_id", "nrmp_institution")) == [(old.pk, KEY, KEY, "1234")]


@pytest.mark.parametrize(
    ("program", "message"),
    [
        (new_program(specialty="998"), "No specialty '998': correct the code, or load the reference tables"),
        (new_program(state="ZZ"), "No state 'ZZ': correct the code, or load the reference tables"),
        (new_program(replaces_key="nrmp-9999-140"), "No program 'nrmp-9999-140'"),
        (new_program("1400500009", replaces_key="nrmp-1234-140"), "Program 1400500009 exists already"),
        (new_program("1400500009", is_demo=True), "Program 1400500009 is real data"),
    ],
)
def test_upsert_programs_refuses_and_writes_nothing(program, message):
    builders.program("1400500009")
    builders.program("nrmp-1234-140")
    before = rows_written()
    with pytest.raises(ProgramDataError, match=message):
        upsert_programs(by="t", programs=[new_program("1400500002"), program], cause="t")
    assert rows_written() == before


def test_upsert_programs_never_turns_demonstration_into_real():
    builders.program(is_demo=True)
    with pytest.raises(ProgramDataError, match="is demonstration data: remove the demonstration data first"):
        upsert_programs(by="t", programs=[new_program()], cause="t")


# --- tracks ---


def test_upsert_tracks_writes_tracks_years_and_what_they_say_about_the_program():
    program, source = builders.program(), builders.source()
    write_tracks(track("1234140C0", (2026, 8, 7), (2025, 8, 8)), track("1234140P0", (2026, 4, 2), name="Preliminary", letter="P"), source=source)
    assert list(Track.objects.values_list("nrmp_code", "name", "track_type", "program_id")) == [
        ("1234140C0", "Categorical", "C", program.pk),
        ("1234140P0", "Preliminary", "P", program.pk),
    ]
    years = TrackYear.objects.order_by("track", "year").values_list("track__nrmp_code", "year", "quota", "matched", "source_id")
    assert list(years) == [
        ("1234140C0", 2025, 8, 8, source.pk),
        ("1234140C0", 2026, 8, 7, source.pk),
        ("1234140P0", 2026, 4, 2, source.pk),
    ]
    program.refresh_from_db()
    assert (program.track_types, program.unfilled_share) == ("CP", 3 / 20)


def test_upsert_tracks_keeps_years_that_are_not_named():
    program = builders.program()
    write_tracks(track("1234140C0", (2025, 8, 4)))
    write_tracks(track("1234140C0", (2026, 8, 8), name="Medicine"))
    assert list(TrackYear.objects.values_list("year", "quota", "matched")) == [(2026, 8, 8), (2025, 8, 4)]
    program.refresh_from_db()
    assert (Track.objects.get().name, program.unfilled_share) == ("Medicine", 0.25)


def test_upsert_tracks_without_years_needs_no_source():
    program = builders.program()
    apply_changes(by="t", cause="t", tracks=[track("1234140R0", letter="R")])
    program.refresh_from_db()
    assert (program.track_types, program.unfilled_share) == ("R", None)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (track("1234140C1", (2026, 8, 9)), "Track 1234140C1 in 2026: 9 matched of 8 positions cannot be."),
        (track("1234140C1", (2026, -1, None)), "Track 1234140C1 in 2026: None matched of -1 positions cannot be."),
        (track("1234140X1", letter="X"), "Track 1234140X1: the type is one of C, M, P, A, R, not 'X'."),
        (track("1234140C1", key="1400500009"), "No program '1400500009'"),
        (track("1234140C9"), "Track 1234140C9 belongs to program 1400500002 already"),
    ],
)
def test_upsert_tracks_refuses_and_writes_nothing(bad, message):
    builders.program()
    Track.objects.create(program=builders.program("1400500002"), nrmp_code="1234140C9", name="T", track_type="C")
    before = rows_written()
    with pytest.raises(ProgramDataError, match=message):
        write_tracks(track("1234140C0", (2026, 8, 8)), bad)
    assert {**rows_written(), "Source": before["Source"]} == before


def test_upsert_tracks_with_years_and_no_source_is_refused():
    builders.program()
    with pytest.raises(ProgramDataError, match="Track years need the source"):
        apply_changes(by="t", cause="t", tracks=[track("1234140C0", (2026, 8, 8))])


def test_upsert_tracks_of_a_real_program_from_a_demonstration_source_is_refused():
    builders.program()
    with pytest.raises(ProgramDataError, match="Program 1400500001 is real"):
        write_tracks(track("1234140C0", (2026, 8, 8)), source=builders.source("Demo", is_demo=True))


# --- all together ---


def test_apply_changes_writes_programs_tracks_and_facts_as_one_version():
    source = builders.source()
    version = apply_changes(by="t", cause="All", programs=[new_program()], tracks=[track("1234140C0", (2026, 8, 6))], facts=[new_fact(source)], source=source)
    assert Program.objects.values_list("name", "track_types", "unfilled_share", "visa_j1").get() == ("Lakeshore Invented Hospital", "C", 0.25, True)
    assert list(DataVersion.objects.all()) == [version]


def test_apply_changes_that_fail_at_the_last_fact_leave_nothing():
    source = builders.source()
    before = rows_written()
    with pytest.raises(ProgramDataError):
        apply_changes(by="t", cause="All", programs=[new_program()], tracks=[track()], facts=[new_fact(source), new_fact(source, value="maybe")], source=source)
    assert rows_written() == before


# --- demonstration data ---


def load_demo():
    source = builders.source("Demo pages", is_demo=True)
    batch = ImportBatch.objects.create(source=source, file_name="demo", digest="0", preset="demo", season=2027, as_of=AS_OF, applied_by="t")
    program = new_program("1409900001", is_demo=True)
    demo_track, fact = track("9901140C0", (2026, 8, 8), key=program.key), new_fact(source, program_key=program.key)
    apply_changes(by="t", cause="Demo", programs=[program], tracks=[demo_track], facts=[fact], source=source, batch=batch)


def test_remove_demo_programs_removes_all_of_it_and_nothing_real():
    real = builders.program()
    record(new_fact(builders.source()))
    write_tracks(track("1234140C0", (2026, 8, 8)))
    before = {**rows_written(), "DataVersion": 4, "AuditEvent": 4}
    load_demo()
    assert remove_demo_programs(by="ana@example.org") == Removed(programs=1, tracks=1, facts=1, sources=1)
    assert rows_written() == before
    assert list(Program.objects.all()) == [real]


def test_remove_demo_programs_is_recorded():
    load_demo()
    remove_demo_programs(by="ana@example.org")
    assert DataVersion.objects.values_list("cause", flat=True).first() == "Demonstration data removed"
    event = AuditEvent.objects.first()
    assert (event.by, event.verb) == ("ana@example.org", "programs:remove-demo")


def test_remove_demo_programs_removes_what_real_sources_said_about_them():
    load_demo()
    record(new_fact(builders.source(), program_key="1409900001"))
    assert remove_demo_programs(by="t").facts == 2
    assert list(Source.objects.values_list("name", flat=True)) == ["Program pages"]


def test_remove_demo_programs_without_any_leaves_no_trace():
    builders.program()
    before = rows_written()
    assert remove_demo_programs(by="t") == Removed(0, 0, 0, 0)
    assert rows_written() == before
