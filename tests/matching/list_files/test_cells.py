"""Cells as people fill them: what is read, and what is refused instead of guessed."""

from contextlib import suppress
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.choices import Signal, Standing, Step
from matching.list_files import cells
from matching.list_files.cells import CellError

GOLD_SILVER, SINGLE = (Signal.GOLD, Signal.SILVER), (Signal.SINGLE,)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1400500001", "1400500001"),
        (" 140 050 0001 ", "1400500001"),
        ("140-050-0001", "1400500001"),
        ("1400500001.0", "1400500001"),
        ("ACGME ID: 1400500001", "1400500001"),
        ("#0400500001", "0400500001"),
        ("400500001", "400500001"),  # nine: whoever looks it up says what may be wrong
    ],
)
def test_acgme_id_is_read_as_people_write_it(cell, expected):
    assert cells.read_acgme_id(cell) == expected


@pytest.mark.parametrize("cell", ["1.4005E+09", "1,4005e9", "1.400500001E+9"])
def test_acgme_id_that_a_spreadsheet_has_eaten_is_not_trusted(cell):
    with pytest.raises(CellError, match="its digits are lost: format the column as text"):
        cells.read_acgme_id(cell)


@pytest.mark.parametrize("cell", ["14005", "14005000011", "Harbor Hospital", "140050000A", "-", "\u0661\u0664\u0660\u0660\u0665\u0660\u0660\u0660\u0660\u0661"])
def test_acgme_id_that_is_none_is_refused(cell):
    with pytest.raises(CellError, match="no ACGME id: it has 10 digits"):
        cells.read_acgme_id(cell)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("1234140c0", ("1234140C0",)), ("1234140", ("1234140",)), ("1234140.0", ("1234140",)), ("1234140C, 1234140P1; 1234140C", ("1234140C", "1234140P1"))],
)
def test_nrmp_codes_of_seven_to_nine_characters_are_read(cell, expected):
    assert cells.read_nrmp_codes(cell) == expected


@pytest.mark.parametrize("cell", ["123414", "1234140X0", "1234140C00", "1.2E+06"])
def test_nrmp_code_that_is_none_is_refused(cell):
    with pytest.raises(CellError):
        cells.read_nrmp_codes(cell)


@pytest.mark.parametrize(
    ("cell", "expected"), [("Toledo, OH", ("Toledo", "OH")), ("New York/ny", ("New York", "NY")), ("Toledo", ("Toledo", "")), ("", ("", ""))]
)
def test_place_is_split_into_city_and_state(cell, expected):
    assert cells.split_place(cell) == expected


@pytest.mark.parametrize(
    ("cell", "kinds", "expected"),
    [("Gold", GOLD_SILVER, "gold"), ("silver signal", GOLD_SILVER, "silver"), ("yes", SINGLE, "single"), ("X", SINGLE, "single"), ("no", SINGLE, "")],
)
def test_signal_is_read(cell, kinds, expected):
    assert cells.read_signal(cell, kinds) == expected


def test_signal_that_does_not_say_which_is_left_out():
    with pytest.raises(CellError, match="does not say which signal"):
        cells.read_signal("yes", GOLD_SILVER)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("locked in", Standing.LOCKED), ("On the list", Standing.ADDED), ("ruled  out", Standing.VETOED), ("suggested", Standing.SUGGESTED)],
)
def test_standing_is_read_by_its_words(cell, expected):
    assert cells.read_standing(cell) == expected


@pytest.mark.parametrize(("cell", "expected"), [("a; b, c", ["a", "b, c"]), ("a, b", ["a", "b"]), ("a, b\n", ["a, b"]), (" one ", ["one"]), ("", [])])
def test_tags_are_parted_by_the_strongest_mark(cell, expected):
    assert cells.read_tags(cell) == expected


@given(st.lists(st.text("ab,; ", min_size=1).map(str.strip).filter(bool), max_size=4), st.sampled_from([",", ";"]))
def test_tags_written_and_read_are_the_same(tags, mark):
    assert cells.read_tags(cells.tags_text(tags, mark)) == tags


@pytest.mark.parametrize(
    "cell", ["2026-09-30", "9/30/2026", "09/30/26", "30 Sep 2026", "Sep 30, 2026", "September 30, 2026", "2026-09-30 14:00:00", "2026-09-30T06:00"]
)
def test_date_is_read_in_the_usual_forms(cell):
    assert cells.read_happened(cell) == date(2026, 9, 30)


@pytest.mark.parametrize("cell", ["Sep 30", "30.9.2026", "soon", "13/13/2026"])
def test_date_without_a_sure_reading_is_left_out(cell):
    with pytest.raises(CellError, match="no date with a year"):
        cells.read_happened(cell)


@pytest.mark.parametrize(("cell", "expected"), [("yes", None), ("\u2713", None), ("x", None), ("no", False), ("0", False)])
def test_step_without_a_day_has_happened_or_not(cell, expected):
    assert cells.read_happened(cell) is expected


@pytest.mark.parametrize(
    ("cell", "expected"), [("Applied", Step.APPLIED), ("Rejected.", Step.DECLINED), ("interview  invite", Step.INVITED), ("planned", None)]
)
def test_status_of_one_meaning_is_read(cell, expected):
    assert cells.read_status(cell) == expected


@pytest.mark.parametrize("cell", ["interview", "declined", "call them"])
def test_status_of_several_meanings_is_left_out(cell):
    with pytest.raises(CellError, match="record it on the Season page"):
        cells.read_status(cell)


@pytest.mark.parametrize(("cell", "expected"), [("3", 3), ("#3", 3), ("3.0", 3)])
def test_rank_is_read(cell, expected):
    assert cells.read_rank(cell) == expected


@pytest.mark.parametrize("cell", ["0", "10000", "-1", "1.5", "²", "0" * 8 + "1" * 4, "0" * 8 + "1" + "0" * 4_400])
def test_number_that_is_no_rank_is_refused(cell):
    with pytest.raises(cells.CellError, match="is no place on a rank list"):
        cells.read_rank(cell)


def test_time_is_read_as_it_stands():
    assert cells.read_time(" 14:30 ") == time(14, 30)


@pytest.mark.parametrize("cell", ["25:00", "noon", "14:30+05:00", "14:30Z"])
def test_time_of_another_zone_or_none_at_all_is_refused(cell):
    with pytest.raises(cells.CellError, match="is no time of day, such as 14:30"):
        cells.read_time(cell)


READERS = [
    *(cells.read_acgme_id, cells.read_nrmp_codes, cells.read_standing, cells.read_connection, cells.read_tags, cells.read_rank, cells.read_happened),
    *(cells.read_date, cells.read_time, cells.read_status, lambda cell: cells.read_signal(cell, GOLD_SILVER), cells.split_place),
]


@given(st.text(max_size=60), st.sampled_from(READERS))
def test_cell_is_read_or_refused_whatever_it_holds(cell, read):
    with suppress(CellError):  # nothing else may come out
        read(cell)
