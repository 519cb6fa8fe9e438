"""Spreadsheets that would take all memory, or are none: refused before a library looks at them."""

import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.imports import archive
from programs.imports.archive import safe_spreadsheet
from programs.imports.reader import read_table
from programs.imports.table import ReadError
from tests.programs.imports.files import repacked, shared_xlsx, xlsx_bytes

SHEET = "xl/worksheets/sheet1.xml"
SMALL = xlsx_bytes([["name", "city"], ["A", "Akron"]])


def refusal(data: bytes) -> str:
    with pytest.raises(ReadError) as raised:
        read_table(data)
    return str(raised.value)


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        return {name: found.read(name) for name in found.namelist()}


def zipped(**parts: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return buffer.getvalue()


def test_safe_spreadsheet_keeps_the_parts_of_the_table_as_they_are():
    data = repacked(SMALL, {"xl/media/image1.png": b"\x89PNG"})
    assert parts_of(safe_spreadsheet(data)) == parts_of(SMALL)


def test_safe_spreadsheet_leaves_the_table_readable():
    assert [row.cells for row in read_table(SMALL).rows] == [("A", "Akron")]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (zipped(**{"letter.txt": "Dear program director"}), "This is a ZIP archive but no XLSX: unpack it first."),
        (zipped(**{"content.xml": "<office/>"}), "This is an OpenDocument file: save its table as .xlsx or CSV."),
        (zipped(**{"xl/workbook.bin": "x"}), "This is a binary workbook (.xlsb): save it as .xlsx or CSV."),
        (zipped(**{"word/document.xml": "x"}), "This is a Word document: copy its table into a spreadsheet and save that as .xlsx or CSV."),
        (
            zipped(**{str(number): "" for number in range(1_001)}),
            "The spreadsheet is an archive of more than 1,000 parts: save the table alone as .xlsx or CSV.",
        ),
        (
            repacked(SMALL, {SHEET: " " * 100_000_001}),
            "The spreadsheet unpacks to 100,001,157 bytes, more than 100,000,000: split it, or save it as CSV.",
        ),
        (
            repacked(SMALL, {SHEET: " " * 5_000_000}),
            f"The part {SHEET} of the spreadsheet is packed as no spreadsheet program packs it: save the table as CSV.",
        ),
        (
            repacked(SMALL, {}, compression=zipfile.ZIP_BZIP2),
            "The part [Content_Types].xml of the spreadsheet is packed as no spreadsheet program packs it: save the table as CSV.",
        ),
    ],
    ids=["other", "opendocument", "binary", "word", "many parts", "large", "packed a thousandfold", "bzip2"],
)
def test_read_archive_is_refused(data, message):
    assert refusal(data) == message


def test_read_encrypted_archive_is_refused():
    data = SMALL.replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00")
    assert data != SMALL
    assert refusal(data) == archive.LOCKED


def test_read_archive_whose_part_is_longer_than_said_is_refused():
    """The entry in the table of contents says how much its part unpacks to."""
    data = bytearray(SMALL)
    struct.pack_into("<I", data, SMALL.rindex(archive.ENTRY) + 24, 10)
    assert "no readable XLSX" in refusal(bytes(data))


@pytest.mark.parametrize(
    "markup",
    [
        '<!DOCTYPE worksheet [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE worksheet SYSTEM "http://127.0.0.1/x.dtd">',
    ],
)
def test_read_spreadsheet_with_declarations_is_refused(markup):
    sheet = parts_of(SMALL)[SHEET].decode().replace("?>", f"?>{markup}", 1)
    assert refusal(repacked(SMALL, {SHEET: sheet})).startswith("The spreadsheet declares a document type, which no spreadsheet program does")


def test_read_spreadsheet_in_utf16_is_refused():
    sheet = parts_of(SMALL)[SHEET].decode()
    assert refusal(repacked(SMALL, {SHEET: sheet.encode("utf-16")})).startswith(f"The part {SHEET} of the spreadsheet is not UTF-8")


@pytest.mark.parametrize(
    ("rows", "cells"),
    [
        ('<row r="1"><c r="XFD1048576"><v>1</v></c></row>', 1_048_576 * 16_384),
        ('<row r="1"><c r="xfd1048576"><v>1</v></c></row>', 1_048_576 * 16_384),
        ("<row r='1'><c s=\"1\" t = 'n' r = 'A9999999'><v>1</v></c></row>", 9_999_999),
        ('<row r="9999999"/>', 9_999_999),
        ('<row r="1"><c s=" r=\'A1\'" r="A2000001"><v>1</v></c></row>', 2_000_001),
        ("<row>" + "<c/>" * 2_000 + "</row>" + "<row><c/></row>" * 1_000, 1_001 * 2_000),
        ("<x:row xmlns:x='x'>" + "<x:c/>" * 2_000 + "</x:row>" + "<x:row xmlns:x='x'/>" * 1_000, 1_001 * 2_000),
        ('<row r="1999999"/><row/><row/>', 2_000_002 * 1),
        ('<row r="1"><c r="XFC1"/><c/></row>' + '<row r="2"/>' * 2 + '<row r="200"/>', 204 * 16_385),
    ],
)
def test_read_spreadsheet_with_a_cell_far_out_is_refused(rows, cells):
    message = f"The spreadsheet reaches over {cells:,} cells, more than 2,000,000: delete the empty rows and columns around its table."
    assert refusal(shared_xlsx(rows)) == message


def column(*values: str) -> str:
    return "".join(f'<row r="{line}"><c r="A{line}" t="s">{value}</c></row>' for line, value in enumerate(values, start=1))


@pytest.mark.parametrize(
    ("value", "index"),
    [
        ("<v>1</v>", 1),
        ("<x:v xmlns:x='x'>1</x:v>", 1),
        ('<v xml:space="preserve"> 1 </v>', 1),
        ("<v>&#49;</v>", 1),
        ("<v>0<!-- -->1</v>", 1),
        ("<v>1</v><v>0</v>", 1),
    ],
)
def test_read_spreadsheet_that_shows_a_long_text_in_many_cells_is_refused(value, index):
    """A library that copied the text into each cell would end the process for want of memory."""
    data = shared_xlsx(column(*[value] * 2_000), *["name", "x" * 32_000][: index + 1])
    assert refusal(data).startswith("The cells of the spreadsheet hold 64,0")


def test_read_spreadsheet_that_shows_a_short_text_in_many_cells_and_a_long_one_once():
    table = read_table(shared_xlsx(column("<v>0</v>", *["<v>1</v>"] * 20_000, "<v>2</v>"), "name", "yes", "x" * 4_000))
    assert (len(table.rows), table.rows[0].cells, table.rows[-1].cells) == (20_001, ("yes",), ("x" * 4_000,))


def test_read_spreadsheet_with_a_huge_shared_text_is_refused():
    data = shared_xlsx(column("<v>0</v>", *["<v>1</v>"] * 10), "name", "0123456789" * 1_000_000)
    assert "is packed as no spreadsheet program packs it" in refusal(data)
    data = repacked(data, {}, compression=zipfile.ZIP_STORED)
    assert refusal(data) == "A cell of the spreadsheet holds 10,000,000 bytes of text: shorten it."


@pytest.mark.parametrize("place", ["A1999999999999", "AAAA1", "7A", "A-1", "A&#49;"])
def test_read_spreadsheet_with_a_cell_at_no_place_is_refused(place):
    assert refusal(shared_xlsx(f'<row r="1"><c r="{place}"><v>1</v></c></row>')).startswith("The spreadsheet has cells that do not say where they stand")


@pytest.mark.parametrize("rows", ['<row r="1"><c s="<v>1</v></c></row>', '<row r="1" r="2"/>', "<row r=1/>", "<row>"])
def test_read_spreadsheet_with_broken_markup_is_refused(rows):
    assert refusal(shared_xlsx(rows)).startswith(f"The part {SHEET} of the spreadsheet is damaged (")


def test_read_spreadsheet_with_texts_in_two_parts_is_refused():
    texts = parts_of(shared_xlsx("", "name"))["xl/sharedStrings.xml"]
    assert refusal(repacked(shared_xlsx("", "name"), {"xl/SharedStrings.xml": texts})).startswith("The spreadsheet keeps its texts in several parts")


@given(st.lists(st.lists(st.sampled_from(["", "yes", "220", "Ferny Brook"]), min_size=1, max_size=5), min_size=1, max_size=5))
def test_safe_spreadsheet_of_an_ordinary_one_changes_nothing(rows):
    data = xlsx_bytes(rows)
    assert parts_of(safe_spreadsheet(data)) == parts_of(data)
