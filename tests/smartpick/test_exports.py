"""Downloads that spreadsheets open as text and numbers, never as formulas."""

import csv
import io
from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smartpick.exports import csv_bytes, original_cell, safe_cell

NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
STARTS = st.sampled_from(["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", " =", "\u00a0@", "'", "'=", ""])
CELLS = st.builds(str.__add__, STARTS, st.text(st.characters(codec="utf-8"), max_size=8))


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        ("", ""),
        ("Ferny Brook", "Ferny Brook"),
        ("a=b", "a=b"),
        ("0400500001", "0400500001"),
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("+1", "'+1"),
        ("-5", "'-5"),
        ("--", "'--"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\tplain", "'\tplain"),
        ("\rplain", "'\rplain"),
        ("  =1", "'  =1"),
        ("\uff1d1", "'\uff1d1"),
        ("'=1", "'=1"),
        (-5, "-5"),
        (+3, "3"),
        (-0.5, "-0.5"),
        (Decimal("-2.50"), "-2.50"),
        (float("-inf"), "'-inf"),
        (True, "yes"),
        (False, "no"),
        (date(2026, 9, 30), "2026-09-30"),
        (datetime(2026, 9, 30, 12, 5), "2026-09-30T12:05:00"),  # noqa: DTZ001 - a cell says no zone
        (time(9, 0), "09:00:00"),
    ],
)
def test_safe_cell_of_value(value, cell):
    assert safe_cell(value) == cell


@given(CELLS)
def test_safe_cell_never_begins_as_a_formula(text):
    cell = safe_cell(text)
    assert cell.lstrip()[:1] not in {*"=+-@\uff1d\uff0b\uff0d\uff20"} - {""}
    assert cell[:1] not in {"\t", "\r", "\n"}


@given(CELLS)
def test_safe_cell_of_a_safe_cell_is_the_same(text):
    assert safe_cell(safe_cell(text)) == safe_cell(text)


@given(CELLS)
def test_safe_cell_adds_an_apostrophe_at_most(text):
    assert safe_cell(text) in {text, f"'{text}"}


@given(CELLS.filter(lambda text: not text.startswith("'")))
def test_original_cell_takes_the_apostrophe_off_again(text):
    assert original_cell(safe_cell(text)) == text


@pytest.mark.parametrize("text", ["'Aina Clinic", "O'Brien", "'", "''=1", "=1", ""])
def test_original_cell_leaves_other_apostrophes(text):
    assert original_cell(text) == text


@given(NUMBERS)
def test_safe_cell_of_a_number_stays_a_number(number):
    assert type(number)(safe_cell(number)) == number


@given(st.lists(st.tuples(CELLS, CELLS), max_size=4))
@example([("", ""), ('a "quoted", cell', "two\r\nlines")])
def test_csv_bytes_reads_back_as_safe_cells(rows):
    read = list(csv.reader(io.StringIO(csv_bytes(("name", "=note"), rows).decode("utf-8-sig"), newline="")))
    assert read == [["name", "'=note"], *([safe_cell(cell) for cell in row] for row in rows)]


def test_csv_bytes_has_a_mark_and_line_ends_for_spreadsheets():
    assert csv_bytes(("name", "step2_min"), [("Höhenklinik", 230)]) == b"\xef\xbb\xbfname,step2_min\r\nH\xc3\xb6henklinik,230\r\n"


def test_csv_bytes_of_half_a_character_pair_is_no_error():
    assert csv_bytes(("a",), [("\ud800",)]) == b"\xef\xbb\xbfa\r\n?\r\n"
