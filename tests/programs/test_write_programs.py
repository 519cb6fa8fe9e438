"""What programs and tracks are, written as statements and resolved: keys, withdrawals, and who has a track."""

from dataclasses import replace
from datetime import date

import pytest

from programs.changes import NewTrack, NewTrackYear
from programs.history import codes_stated, program_rows, track_rows
from programs.identity import NO_RANK
from programs.models import ImportBatch, Program, ProgramStatement, Track, TrackStatement, TrackYear
from programs.queries import program_ids_by_key
from programs.services import ProgramDataError, undo_batch
from programs.write_programs import Stamp, resolve_identities, resolve_tracks, write_programs, write_tracks
from tests.programs.builders import new_program, query_count, reference_tables, source

pytestmark = pytest.mark.django_db
KEY, OTHER, AT_PLACE = "1400500001", "1400500002", "nrmp-1234-140"
SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)
KNOWN_BY_CODE = new_program(AT_PLACE, acgme_id=None, nrmp_institution="1234", name="Invented Hosp-OH")
WITH_ID = new_program(KEY, nrmp_institution="1234", replaces_key=AT_PLACE)


@pytest.fixture(autouse=True)
def _tables(settings):
    settings.MATCH_YEAR = 2027
    reference_tables()


def batch(name="Program pages", day=SEPTEMBER):
    return ImportBatch.objects.create(source=source(name), file_name="t.csv", digest="", preset="template", season=2027, as_of=day, applied_by="t")


def stamp(of=None):
    return Stamp(of.source_id, of.pk, of.as_of, 2027, 2027) if of else Stamp(None, None, SEPTEMBER, 2027, 2027)


def write(*programs, of=None):
    return write_programs(programs, stamp(of))


def track(code="1234140C0", key=KEY, *years, name="Internal Medicine"):
    return NewTrack(key, code, name, code[7], tuple(NewTrackYear(*year) for year in years))


def track_written(*tracks, of=None):
    return write_tracks(tracks, program_ids_by_key(row.program_key for row in tracks), stamp(of))


def live():
    return list(Program.objects.filter(is_withdrawn=False).order_by("key").values_list("key", flat=True))


# --- programs ---


def test_write_programs_adds_a_statement_each_time_and_tells_what_changed():
    made = write(new_program(KEY), new_program(OTHER))
    ids = dict(Program.objects.values_list("key", "id"))
    assert made == set(ids.values())
    assert write(new_program(KEY), new_program(OTHER, name="Lakeview")) == {ids[OTHER]}
    assert (Program.objects.count(), ProgramStatement.objects.count()) == (2, 4)


def test_write_programs_gives_an_acgme_id_to_the_program_that_had_the_codes():
    write(KNOWN_BY_CODE)
    write(WITH_ID)
    assert list(Program.objects.values_list("key", "acgme_id", "nrmp_institution", "name")) == [(KEY, KEY, "1234", "Lakeshore Invented Hospital")]


def test_write_programs_takes_no_key_of_a_live_program():
    write(KNOWN_BY_CODE, new_program(KEY))
    with pytest.raises(ProgramDataError, match=rf"^Program {KEY} exists already: another program cannot take its key\.$"):
        write(WITH_ID)


def test_write_programs_takes_the_key_of_a_withdrawn_program():
    first = batch()
    write(new_program(KEY), of=first)
    gone = Program.objects.get().pk
    undo_batch(by="t", batch=first)
    write(KNOWN_BY_CODE)
    kept = program_ids_by_key([AT_PLACE])[AT_PLACE]
    write(WITH_ID)
    assert set(Program.objects.values_list("id", "key", "acgme_id", "is_withdrawn")) == {(kept, KEY, KEY, False), (gone, f"gone-{gone}", None, True)}


def test_write_programs_refuses_to_replace_what_is_not_there():
    with pytest.raises(ProgramDataError, match=rf"^No program '{AT_PLACE}': add it first"):
        write(WITH_ID)
    assert Program.objects.count() == 0


def test_undo_of_an_acgme_id_that_leaves_two_programs_of_one_key_is_refused():
    write(KNOWN_BY_CODE)
    named = batch()
    write(WITH_ID, of=named)
    write(KNOWN_BY_CODE)  # somebody else's file knows nothing of the id
    with pytest.raises(ProgramDataError, match=rf"^Two programs would both be {AT_PLACE}: undo the later import that tells them apart first\.$"):
        undo_batch(by="t", batch=named)


def test_resolve_identities_withdraws_what_nobody_names_and_brings_it_back():
    first, second = batch(), batch(day=OCTOBER)
    write(new_program(KEY), of=first)
    pk = Program.objects.get().pk
    ProgramStatement.objects.update(withdrawn_at="2026-10-02T00:00:00Z")
    assert (resolve_identities([pk]), live()) == ({pk}, [])
    assert (resolve_identities([pk]), Program.objects.get().name) == (set(), "Lakeshore Invented Hospital")
    write(new_program(KEY, name="Lakeview"), of=second)
    assert list(Program.objects.values_list("id", "is_withdrawn", "name")) == [(pk, False, "Lakeview")]


def test_write_programs_queries_do_not_grow_with_the_rows():
    one, many = [new_program("1400500100")], [new_program(f"14005{number:05d}") for number in range(200, 250)]
    assert query_count(lambda: write(*one)) == query_count(lambda: write(*many))


# --- tracks ---


def test_write_tracks_makes_rows_years_and_the_summary():
    write(new_program(KEY))
    first = batch()
    changed = track_written(track("1234140C0", KEY, (2025, 6, 6), (2026, 8, 6)), track("1234140P0", KEY), of=first)
    program = Program.objects.get()
    assert (changed, program.track_types, program.unfilled_quota, program.unfilled_year) == ({program.pk}, "C", 14, 2026)
    assert set(TrackYear.objects.values_list("track__nrmp_code", "year", "quota", "matched", "batch_id")) == {
        ("1234140C0", 2025, 6, 6, first.pk), ("1234140C0", 2026, 8, 6, first.pk),
    }  # fmt: skip
    assert track_written(track("1234140C0", KEY, (2026, 8, 6)), of=first) == set()


def test_resolve_tracks_deletes_what_nobody_states():
    write(new_program(KEY))
    track_written(track("1234140C0", KEY, (2026, 8, 6)), of=batch())
    TrackStatement.objects.update(withdrawn_at="2026-10-02T00:00:00Z")
    assert resolve_tracks(["1234140C0"]) == {Program.objects.get().pk}
    assert (Track.objects.count(), TrackYear.objects.count(), Program.objects.get().track_types) == (0, 0, "")


def test_tracks_of_a_withdrawn_program_are_nowhere_until_it_comes_back():
    first = batch()
    write(new_program(KEY), of=first)
    track_written(track("1234140C0", KEY, (2026, 8, 6)), of=batch(day=OCTOBER))
    pk = Program.objects.get().pk
    undo_batch(by="t", batch=first)
    assert (Track.objects.count(), dict(track_rows(["1234140C0"])), codes_stated([pk])) == (0, {}, {"1234140C0"})
    write(new_program(KEY))
    resolve_tracks(codes_stated([pk]))
    assert list(TrackYear.objects.values_list("track__program_id", "quota", "matched")) == [(pk, 8, 6)]


def test_year_that_a_better_statement_lacks_stays_with_whoever_has_it():
    write(new_program(KEY))
    first, second = batch(), batch(day=OCTOBER)
    track_written(track("1234140C0", KEY, (2025, 6, 6), (2026, 8, None)), of=first)
    track_written(track("1234140C0", KEY, (2026, 8, 7)), of=second)
    assert set(TrackYear.objects.values_list("year", "matched", "batch_id")) == {(2025, 6, first.pk), (2026, 7, second.pk)}


# --- the reads behind it ---


def test_program_rows_are_live_and_without_a_source_of_no_rank():
    first = batch()
    write(new_program(KEY), new_program(OTHER))
    write(replace(new_program(KEY), name="Withdrawn"), of=first)
    ProgramStatement.objects.filter(batch=first).update(withdrawn_at="2026-10-02T00:00:00Z")
    ids = program_ids_by_key([KEY, OTHER])
    found = program_rows(ids.values())
    assert {pk: [(row.name, row.acgme_id, row.rank, row.about, row.as_of) for row in rows] for pk, rows in found.items()} == {
        pk: [("Lakeshore Invented Hospital", key, NO_RANK, 2027, SEPTEMBER)] for key, pk in ids.items()
    }
