"""All sheets of a file, for lists that keep one sheet a specialty."""

import pytest

from programs.imports import reader
from programs.imports.reader import ReadError, read_sheets, read_table
from programs.imports.table import Row, Table
from tests.programs.imports.files import csv_bytes, xlsx_bytes


def test_read_sheets_gives_every_sheet_with_rows():
    data = xlsx_bytes([["name"], ["A"]], [], [["name", "city"]], [["name", "city"], ["B", "Berea"]])
    assert read_sheets(data) == (
        ("Sheet 1", Table(("name",), (Row(2, ("A",)),))),
        ("Sheet 4", Table(("name", "city"), (Row(2, ("B", "Berea")),))),
    )


def test_read_sheets_of_a_csv_file_is_one_without_a_title():
    data = csv_bytes(["name"], ["A"])
    assert read_sheets(data) == (("", read_table(data)),)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (xlsx_bytes([], [["name"]]), "header line, but no rows below it"),
        (xlsx_bytes([]), "The file holds no text"),
        (b"%PDF-1.7", "This is a PDF"),
        (b"PK\x03\x04 no archive", "no readable XLSX"),
        (xlsx_bytes(*[[["name"], ["A"]]] * 51), "has 51 sheets, more than 50"),
        (b"", "The file is empty"),
    ],
)
def test_read_sheets_refuses_with_the_remedy(data, message):
    with pytest.raises(ReadError, match=message):
        read_sheets(data)


def test_read_sheets_counts_the_cells_of_all_of_them_together(monkeypatch):
    monkeypatch.setattr(reader, "MAX_CELLS", 5)
    assert len(read_sheets(xlsx_bytes([["a"], ["1"]], [["a"], ["2"]]))) == 2
    with pytest.raises(ReadError, match="more than 5 cells"):
        read_sheets(xlsx_bytes(*[[["a"], ["1"], ["2"]]] * 3))
