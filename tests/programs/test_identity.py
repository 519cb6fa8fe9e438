"""What statements about programs and tracks come to."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.identity import NO_RANK, ProgramRow, TrackRow, resolve_identity, resolve_track

EARLY, LATE = date(2026, 9, 1), date(2026, 10, 1)


def said(number=1, **more):
    values = {"name": "Invented Hospital", "city": "", "state": "", "acgme_id": "", "nrmp_institution": "", "closed_on": None}
    return ProgramRow(**{**values, "rank": 2, "about": 2027, "as_of": EARLY, "statement_id": number, **more})


def track(number=1, years=None, **more):
    values = {"nrmp_code": "1234140C0", "program_id": 7, "name": "", "track_type": "C", "rank": 2, "about": 2026, "as_of": EARLY}
    return TrackRow(**{**values, "years": years or {}, "statement_id": number, **more})


NAMES = {
    "the better rank": ([said(1, name="A", rank=1), said(2, name="B", rank=2, as_of=LATE)], "A"),
    "an ACGME id before a better rank": ([said(1, name="A", rank=2), said(2, name="B", rank=5, acgme_id="1400500001")], "B"),
    "the later year it is about": ([said(1, name="A", about=2027), said(2, name="B", about=2026, as_of=LATE)], "A"),
    "the newer date": ([said(1, name="A", as_of=LATE), said(2, name="B")], "A"),
    "the later statement": ([said(1, name="A"), said(2, name="B")], "B"),
    "who says anything": ([said(1, name="", rank=1), said(2, name="B", rank=4)], "B"),
    "any source before none": ([said(1, name="A", rank=NO_RANK, as_of=LATE), said(2, name="B", rank=5)], "B"),
}


@pytest.mark.parametrize(("rows", "name"), NAMES.values(), ids=NAMES.keys())
def test_resolve_identity_name_goes_to(rows, name):
    assert resolve_identity(rows).name == name
    assert resolve_identity(rows[::-1]).name == name


def test_resolve_identity_parts_may_come_from_different_sources():
    rows = [said(1, name="A", rank=1), said(2, name="B", city="Toledo", state="OH", nrmp_institution="1234"), said(3, acgme_id="1400500001", name="", rank=4)]
    now = resolve_identity(rows)
    assert (now.name, now.city, now.state, now.acgme_id, now.nrmp_institution) == ("A", "Toledo", "OH", "1400500001", "1234")


@pytest.mark.parametrize("rows", [[], [said(name="")], [said(1, name=""), said(2, name="", acgme_id="1400500001")]])
def test_resolve_identity_without_a_name_is_nothing(rows):
    assert resolve_identity(rows) is None


CLOSED = {
    "a newer word of a lower rank": ([said(1, rank=1), said(2, rank=4, as_of=LATE, closed_on=LATE)], LATE),
    "listed again": ([said(1, closed_on=EARLY), said(2, as_of=LATE)], None),
    "results of an older Match": ([said(1, closed_on=EARLY), said(2, as_of=LATE, about=2026)], EARLY),
    "the better rank on one day": ([said(1, rank=1), said(2, rank=2, closed_on=EARLY)], None),
}


@pytest.mark.parametrize(("rows", "closed"), CLOSED.values(), ids=CLOSED.keys())
def test_resolve_identity_closed_is_the_newest_word(rows, closed):
    assert resolve_identity(rows).closed_on == closed


@given(st.permutations([said(1, name="A"), said(2, name="B", rank=1), said(3, name="C", acgme_id="1400500001", as_of=LATE), said(4, name="", city="Akron")]))
def test_resolve_identity_does_not_depend_on_the_order_of_rows(rows):
    assert resolve_identity(rows) == resolve_identity(sorted(rows, key=lambda row: row.statement_id))


def test_resolve_track_without_statements_is_nothing():
    assert resolve_track([]) is None


def test_resolve_track_takes_each_year_from_the_best_that_has_it():
    rows = [track(1, {2025: (8, 8), 2026: (8, 7)}), track(2, {2026: (9, 9)}, as_of=LATE), track(3, {2024: (5, 5), 2026: (1, 1)}, rank=4, as_of=LATE)]
    now = resolve_track(rows)
    assert now.numbers == {2024: (5, 5), 2025: (8, 8), 2026: (9, 9)}
    assert [by.statement_id for _, _, by in now.years.values()] == [3, 1, 2]


def test_resolve_track_silence_on_matched_takes_no_number_away():
    rows = [track(1, {2026: (8, 7)}), track(2, {2026: (8, None)}, as_of=LATE)]
    assert resolve_track(rows).numbers == {2026: (8, 7)}


def test_resolve_track_other_positions_leave_matched_unknown():
    rows = [track(1, {2026: (8, 7)}), track(2, {2026: (9, None)}, as_of=LATE)]
    assert resolve_track(rows).numbers == {2026: (9, None)}


def test_resolve_track_an_older_file_brings_back_no_old_name_or_program():
    rows = [track(1, name="New", about=2026, program_id=7), track(2, name="Old", about=2019, program_id=8, as_of=LATE)]
    now = resolve_track(rows)
    assert (now.name, now.program_id) == ("New", 7)


def test_resolve_track_offers_tell_years_or_at_least_the_type():
    assert [(offer.track_type, offer.year, offer.quota) for offer in resolve_track([track()]).offers] == [("C", None, None)]
    assert [(offer.year, offer.quota, offer.matched) for offer in resolve_track([track(1, {2026: (8, None)})]).offers] == [(2026, 8, None)]
