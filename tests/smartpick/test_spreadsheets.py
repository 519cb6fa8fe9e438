"""Tables as XLSX: typed cells, and none that a spreadsheet would run."""
# ruff: noqa: S314 -- the XML is our own

import io
import re
import zipfile
from datetime import date, datetime
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.imports.reader import read_sheets
from smartpick.exports import safe_cell
from smartpick.spreadsheets import Sheet, sheet_titles, xlsx_bytes

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# How formulas begin, as the guard of smartpick.exports tells them.
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff201", '=HYPERLINK("http://x")', "\t", "-"]


def cells(data, sheet=1):
    """{place: (type, what it holds)} of a sheet as it is stored."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        texts = ["".join(part.text or "" for part in text.iter(f"{MAIN}t")) for text in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))]
        found = {}
        for cell in ElementTree.fromstring(book.read(f"xl/worksheets/sheet{sheet}.xml")).iter(f"{MAIN}c"):
            assert cell.find(f"{MAIN}f") is None  # a formula
            value = cell.findtext(f"{MAIN}v")
            found[cell.get("r")] = ("text", texts[int(value)]) if cell.get("t") == "s" else (cell.get("t"), value)
        return found


def xml(data, name):
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return book.read(name).decode()


def one(*row, title="List"):
    return xlsx_bytes([Sheet(title, [f"column {place}" for place, _ in enumerate(row)], [10] * len(row), [row])])


def test_xlsx_keeps_numbers_dates_and_text_apart():
    found = cells(one(3, 0.125, date(2026, 9, 30), "1400500001", None, "", datetime(2026, 9, 30, 6)))  # noqa: DTZ001
    assert {place: found[place] for place in ("A2", "B2", "C2", "D2", "G2")} == {
        "A2": (None, "3"),
        "B2": (None, "0.125"),
        "C2": (None, "46295"),
        "D2": ("text", "1400500001"),
        "G2": (None, "46295.25"),
    }
    assert {"E2", "F2"} & found.keys() == set()
    assert 'formatCode="yyyy-mm-dd"' in xml(one(date(2026, 9, 30)), "xl/styles.xml")


@pytest.mark.parametrize("text", FORMULAS)
def test_xlsx_text_is_never_a_formula_and_says_so_as_csv_too(text):
    assert cells(one(text))["A2"] == ("text", safe_cell(text).replace("\r", "_x000D_"))
    assert cells(one(text))["A2"][1].startswith("'")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\uff1d1+1"])
def test_xlsx_text_like_a_formula_is_read_back_as_it_was(text):
    ((_, table),) = read_sheets(one("x", text))
    assert table.rows[0].cells == ("x", text)


def test_xlsx_header_stays_in_view_and_filters():
    data = xlsx_bytes([Sheet("List", ["name", "city"], [30, 12], [["A", "Akron"], ["B", "Berea"]]), Sheet("Notes", ["x"], [9], [], filters=False)])
    first, second = xml(data, "xl/worksheets/sheet1.xml"), xml(data, "xl/worksheets/sheet2.xml")
    assert re.search(r'<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>', first)
    assert '<autoFilter ref="A1:B3"/>' in first
    assert "autoFilter" not in second
    assert re.findall(r'<col min="(\d)" max="\d" width="(\d+)', first) == [("1", "30"), ("2", "12")]


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        (["Internal Medicine", "Internal Medicine/Pediatrics"], ["Internal Medicine", "Internal Medicine-Pediatrics"]),
        (["A", "a", "A"], ["A", "a 2", "A 3"]),
        (["x" * 40, "x" * 40], ["x" * 31, f"{'x' * 29} 2"]),
        (["", "'", "History"], ["Sheet", "Sheet 2", "History 2"]),
    ],
)
def test_sheet_titles_are_such_as_spreadsheets_take(titles, expected):
    assert sheet_titles(titles) == expected


@given(st.lists(st.text(max_size=40), min_size=1, max_size=6), st.lists(st.one_of(st.text(max_size=60), st.integers(-(2**40), 2**40), st.none()), max_size=5))
def test_xlsx_any_titles_and_texts_make_a_file_that_can_be_read(titles, row):
    data = xlsx_bytes([Sheet(title, ["first", *map(str, range(len(row)))], [10] * (len(row) + 1), [["x", *row]]) for title in titles])
    assert len(read_sheets(data)) == len(titles)
    assert len({title.casefold() for title in sheet_titles(titles)}) == len(titles)
