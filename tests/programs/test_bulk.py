"""Bulk writes do the same on every database."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from programs import bulk
from programs.models import Fact, Program, Track, TrackYear
from tests.programs import builders

pytestmark = pytest.mark.django_db

TRACK_COLUMNS = ("program_id", "nrmp_code", "name", "track_type")
AWKWARD = "Tab\there, back\\slash, \\N, new\nline, \r, ünï ☂, 'quotes\" and %s"


def tracks() -> list[tuple[str, str]]:
    return list(Track.objects.values_list("nrmp_code", "name"))


def test_upsert_inserts_new_rows_and_updates_known_ones():
    program = builders.program()
    bulk.upsert(Track, columns=TRACK_COLUMNS, rows=[(program.pk, "1234140C0", "Old", "C")], key=("nrmp_code",))
    rows = [(program.pk, "1234140C0", "New", "C"), (program.pk, "1234140P0", "Other", "P")]
    bulk.upsert(Track, columns=TRACK_COLUMNS, rows=rows, key=("nrmp_code",))
    assert tracks() == [("1234140C0", "New"), ("1234140P0", "Other")]


def test_upsert_leaves_the_kept_columns_of_known_rows():
    program = builders.program()
    rows = [(program.pk, "1234140C0", "Old", "C")]
    bulk.upsert(Track, columns=TRACK_COLUMNS, rows=rows, key=("nrmp_code",))
    bulk.upsert(Track, columns=TRACK_COLUMNS, rows=[(program.pk, "1234140C0", "New", "P")], key=("nrmp_code",), keep=("name",))
    assert list(Track.objects.values_list("name", "track_type")) == [("Old", "P")]


def test_upsert_with_nothing_but_a_key_leaves_known_rows():
    program = builders.program()
    columns = ("nrmp_code", "program_id", "name", "track_type")
    for name in ("Old", "New"):
        bulk.upsert(Track, columns=columns, rows=[("1234140C0", program.pk, name, "C")], key=("nrmp_code",), keep=columns)
    assert tracks() == [("1234140C0", "Old")]


def test_upsert_over_a_key_of_two_columns():
    track = Track.objects.create(program=builders.program(), nrmp_code="1234140C0", name="T", track_type="C")
    columns = ("track_id", "year", "quota", "matched", "source_id", "batch_id")
    source = builders.source().pk
    for matched in (None, 7):
        rows = [(track.pk, 2025, 8, 8, source, None), (track.pk, 2026, 8, matched, source, None)]
        bulk.upsert(TrackYear, columns=columns, rows=rows, key=("track_id", "year"))
    assert list(TrackYear.objects.values_list("year", "quota", "matched")) == [(2026, 8, 7), (2025, 8, 8)]


def test_upsert_without_a_key_always_inserts():
    program, source = builders.program(), builders.source()
    now = datetime(2026, 11, 1, 12, 30, 15, 123456, tzinfo=UTC)
    columns = ("program_id", "field", "value", "strictness", "source_id", "as_of", "season", "quote", "url", "batch_id", "recorded_at", "withdrawn_why")
    row = (program.pk, "visa_j1", "yes", "strict", source.pk, date(2026, 9, 1), 2027, AWKWARD, "", None, now, "")
    bulk.upsert(Fact, columns=columns, rows=[row, row])
    assert list(Fact.objects.values_list("quote", "as_of", "recorded_at", "batch_id")) == [(AWKWARD, date(2026, 9, 1), now, None)] * 2


def test_update_sets_every_kind_of_value():
    program, other = builders.program(), builders.program("1400500002")
    columns = ("id", "visa_j1", "step2_min", "share_img", "deadline", "website", "field_states", "name")
    states = {"website": ["known", 'a "quote" \\ and\nline', False]}
    bulk.update(Program, columns=columns, rows=[(program.pk, True, 230, 0.625, date(2026, 9, 30), "", states, AWKWARD)])
    assert Program.objects.values_list(*columns).get(pk=program.pk) == (
        program.pk, True, 230, 0.625, date(2026, 9, 30), "", states, AWKWARD,
    )  # fmt: skip
    assert Program.objects.values_list(*columns).get(pk=other.pk) == (other.pk, None, None, None, None, None, {}, other.name)


def test_update_can_make_values_unknown_again():
    program = builders.program(visa_j1=True, deadline=date(2026, 9, 30), website="")
    bulk.update(Program, columns=("id", "visa_j1", "deadline", "website"), rows=[(program.pk, None, None, None)])
    assert Program.objects.values_list("visa_j1", "deadline", "website").get() == (None, None, None)


def test_update_passes_over_ids_that_do_not_exist():
    program = builders.program()
    bulk.update(Program, columns=("id", "city"), rows=[(program.pk + 1, "Nowhere"), (program.pk, "Akron")])
    assert list(Program.objects.values_list("id", "city")) == [(program.pk, "Akron")]


def test_writes_of_no_rows_ask_the_database_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        bulk.upsert(Track, columns=TRACK_COLUMNS, rows=[], key=("nrmp_code",))
        bulk.update(Track, columns=("id", "name"), rows=[])


def test_upsert_refuses_two_rows_with_one_key():
    program = builders.program()
    row = (program.pk, "1234140C0", "T", "C")
    with pytest.raises(ValueError, match="same nrmp_code"):
        bulk.upsert(Track, columns=TRACK_COLUMNS, rows=[row, row], key=("nrmp_code",))
    assert tracks() == []


def test_update_refuses_two_rows_with_one_id():
    program = builders.program()
    with pytest.raises(ValueError, match="same id"):
        bulk.update(Program, columns=("id", "city"), rows=[(program.pk, "Akron"), (program.pk, "Toledo")])


def test_upsert_refuses_a_row_of_another_length():
    program = builders.program()
    with pytest.raises(ValueError, match="zip"):
        bulk.upsert(Track, columns=TRACK_COLUMNS, rows=[(program.pk, "1234140C0", "T")], key=("nrmp_code",))


def test_failed_upsert_leaves_nothing_and_the_transaction_usable():
    program = builders.program()
    rows = [(program.pk, "1234140C0", "T", "C"), (program.pk, "1234140P0", None, "P")]
    with transaction.atomic():
        with pytest.raises(IntegrityError):
            bulk.upsert(Track, columns=TRACK_COLUMNS, rows=rows, key=("nrmp_code",))
        bulk.upsert(Track, columns=TRACK_COLUMNS, rows=[(program.pk, "1234140A0", "A", "A")], key=("nrmp_code",))
    assert tracks() == [("1234140A0", "A")]


@pytest.mark.django_db(transaction=True)
def test_upsert_outside_a_transaction_is_one_of_its_own():
    program = builders.program()
    rows = [(program.pk, "1234140C0", "T", "C"), (program.pk, "1234140P0", None, "P")]
    with pytest.raises(IntegrityError):
        bulk.upsert(Track, columns=TRACK_COLUMNS, rows=rows, key=("nrmp_code",))
    assert tracks() == []
    bulk.upsert(Track, columns=TRACK_COLUMNS, rows=rows[:1], key=("nrmp_code",))
    assert tracks() == [("1234140C0", "T")]


def test_queries_do_not_grow_with_the_rows(django_assert_max_num_queries):
    program, source, now = builders.program(), builders.source(), timezone.now()
    columns = ("program_id", "field", "value", "strictness", "source_id", "as_of", "season", "quote", "url", "batch_id", "recorded_at", "withdrawn_why")
    row = (program.pk, "visa_j1", "yes", "strict", source.pk, now.date(), 2027, "", "", None, now, "")
    # A savepoint and its release, around one statement.
    with django_assert_max_num_queries(3):
        bulk.upsert(Fact, columns=columns, rows=[row] * 500)
    assert Fact.objects.count() == 500


@pytest.mark.parametrize(("size", "expected"), [(1, ["a", "b", "c"]), (2, ["ab", "c"]), (3, ["abc"]), (4, ["abc"])])
def test_chunks_case(size, expected):
    assert list(bulk.chunks("abc", size)) == expected


def test_chunks_of_nothing():
    assert list(bulk.chunks([])) == []
