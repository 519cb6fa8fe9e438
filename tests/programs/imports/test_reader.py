"""Bytes to rows: every shape of file that people send, and a remedy for each that is no table."""

import gzip
import tracemalloc
import zipfile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from programs.imports import reader
from programs.imports.reader import ReadError, read_table
from programs.imports.table import Row, Table
from smartpick import exports
from tests.programs.imports.files import csv_bytes, repacked, shared_xlsx, xlsx_bytes

XLSX = xlsx_bytes([["name", "city"], ["A", "Akron"]])
EXPECTED = Table(("name", "city"), (Row(2, ("Ferny Brook", "Akron")), Row(3, ("Höhenklinik", "Toledo, OH"))))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-with-mark", "utf-16-be-with-mark"])
def test_read_csv_of_every_delimiter_and_encoding(delimiter, encoding):
    text = csv_bytes(EXPECTED.header, *(row.cells for row in EXPECTED.rows), delimiter=delimiter).decode()
    if encoding.endswith("-with-mark"):
        text, encoding = "\ufeff" + text, encoding.removesuffix("-with-mark")
    assert read_table(text.encode(encoding)) == EXPECTED


@pytest.mark.parametrize(("byte", "encoding", "letter"), [(b"\xf6", "cp1252", "ö"), (b"\x93\xf6", "cp1252", "\u201cö"), (b"\x81\xf6", "latin-1", "\x81ö")])
def test_read_csv_that_is_not_utf8_says_so(byte, encoding, letter):
    table = read_table(b"name,city\nH" + byte + b"he,Akron\n")
    assert table.rows == (Row(2, (f"H{letter}he", "Akron")),)
    assert table.notes == (f"The file is not UTF-8; it was read as {encoding}. Check names with accents.",)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_read_csv_counts_lines_as_an_editor_does(newline):
    text = newline.join(["", "name,city", 'A,"two', 'lines"', "", " , ", "B,Akron"])
    rows = (Row(3, ("A", f"two{newline}lines")), Row(7, ("B", "Akron")))
    assert read_table(text.encode()) == Table(("name", "city"), rows)


def test_read_csv_with_mixed_line_ends_counts_each_once():
    rows = (Row(2, ("A", "1")), Row(4, ("B", "2")), Row(5, ("C", "3")))
    assert read_table(b"name,no\r\nA,1\r\rB,2\nC,3") == Table(("name", "no"), rows)


@pytest.mark.parametrize("first", ["sep=;", "SEP=;\r", '"sep=;"'])
def test_read_csv_that_names_its_separator(first):
    text = f"{first}\na,b;c\n1,2;3\n"
    assert read_table(text.encode()) == Table(("a,b", "c"), (Row(3, ("1,2", "3")),))


@pytest.mark.parametrize("cell", ["=1+1", "-5", "@home", "--", " =1"])
def test_read_csv_takes_off_the_apostrophes_of_our_own_exports(cell):
    assert read_table(exports.csv_bytes(("name",), [(cell,)])).rows == (Row(2, (cell.strip(),)),)


def test_read_csv_keeps_one_text_of_cells_that_say_the_same():
    first, second = read_table(b"name\nFerny Brook\n Ferny Brook \n").rows
    assert first.cells[0] is second.cells[0]


def test_read_csv_of_many_rows_takes_little_memory():
    data = csv_bytes([f"column {n}" for n in range(40)], *([f"{line} {n % 7}" if n < 2 else "yes" for n in range(40)] for line in range(12_000)))
    tracemalloc.start()
    try:
        table = read_table(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (len(table.rows), peak < 30_000_000) == (12_000, True)


def test_read_csv_cuts_spaces_and_empty_cells_at_the_end():
    assert read_table(b" name , city ,,\n A ,\nB,,x,\n").rows == (Row(2, ("A",)), Row(3, ("B", "", "x")))


def test_read_csv_of_one_column():
    assert read_table(b"name\nA\n") == Table(("name",), (Row(2, ("A",)),))


def test_read_csv_quotes_inside_cells():
    assert read_table(b'name,city\n"A ""B""","x,y"\n').rows == (Row(2, ('A "B"', "x,y")),)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "The file is empty"),
        (b" \n\t\n", "The file is empty"),
        (b"\xef\xbb\xbf", "The file holds no text"),
        (b",,\n,,\n", "The file holds no text"),
        (b"name,city\n,\n", "The file has a header line, but no rows below it"),
        (b"name\nA\0B\n", "Line 2 holds a NUL byte"),
        ("name,city\n".encode("utf-16-le"), "Line 1 holds a NUL byte"),
        (b"name\nA\x1bB\n", "Line 2 holds a control character"),
        (b"\xff\xfea", "begins as UTF-16, but does not go on so"),
        (b"%PDF-1.7 ...", "This is a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "This is an old Excel file"),
        (gzip.compress(b"name\nA\n", mtime=0), "This file is compressed"),
        (b"\x89PNG\r\n", "This is a picture"),
        (b"\n <!DOCTYPE html><p>", "This is a web page"),
        (b"<HTML><p>", "This is a web page"),
        (b"PK\x03\x04 no archive", "The file is a ZIP archive but no readable XLSX .*: it may be cut off or damaged"),
        (XLSX[: len(XLSX) // 2], "The file is a ZIP archive but no readable XLSX .*: it may be cut off or damaged"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "The spreadsheet is protected by a password: remove the password"),
        (b'name,city\nA,B\n"C,D\nE,F\n', "The row that begins on line 3 cannot be read"),
        (b'name,city\nA,"B"x\n', "The row that begins on line 2 cannot be read"),
        (b"name,city,Name\nA,B,C\n", "Columns 1 and 3 are both called 'Name'"),
        (b"name,\xff " + b"x" * 140_000, "The row that begins on line 1 cannot be read"),
        (
            b"name\n" + b"x" * 10_000_000,
            "The row that begins on line 2 is longer than 1,000,000 characters: keep only the columns to import, and look for a quotation mark",
        ),
        (
            b"name\n" + b"," * 20_000_000,
            "The row that begins on line 2 is longer than 1,000,000 characters: keep only the columns to import, and look for a quotation mark",
        ),
        (
            b"name\n" + b'"\n",' * 1_000_000,
            "The row that begins on line 2 is longer than 1,000,000 characters: keep only the columns to import, and look for a quotation mark",
        ),
        (b"name\n" + b"x," * 400_000, "Line 2 has 400,000 columns, more than 200"),
        (b"name\r\nA\nB\rC\0", "Line 4 holds a NUL byte"),
        (b"name" + b"\nA" * 200_000, "The file has more than 50,000 rows: split it."),
        (b"a,b" + b"\nA,B" * 15_000_000, "The file has 60,000,003 bytes, more than 50,000,000: split it."),
    ],
)
def test_read_table_refuses_with_the_remedy(data, message):
    with pytest.raises(ReadError, match=message):
        read_table(data)


@pytest.mark.parametrize(
    ("limit", "value", "data", "message"),
    [
        ("MAX_BYTES", 10, b"name,city\nA,B\n", "The file has 14 bytes, more than 10: split it."),
        ("MAX_CELLS", 3, b"a,b\n1,2\n", "The file has more than 3 cells: split it, or keep only the columns to import."),
        ("MAX_ROWS", 1, b"name\nA\nB\n", "The file has more than 1 rows: split it."),
        ("MAX_COLUMNS", 2, b"a,b,c\n", "Line 1 has 3 columns, more than 2: keep only the columns to import."),
        ("MAX_CELL", 3, b"a,b\n1,1234\n", "Line 2, column 2: the cell has more than 3 characters; look for a quotation mark without its pair."),
    ],
)
def test_read_table_holds_its_limits(monkeypatch, limit, value, data, message):
    monkeypatch.setattr(reader, limit, value)
    with pytest.raises(ReadError) as raised:
        read_table(data)
    assert str(raised.value) == message


def test_read_xlsx_with_every_kind_of_cell():
    data = xlsx_bytes([["name", "id", "share", "img"], ["Höhenklinik", 1400500001, 0.62, True], [None, 3.0, "N/A", False]])
    assert read_table(data) == Table(("name", "id", "share", "img"), (Row(2, ("Höhenklinik", "1400500001", "0.62", "yes")), Row(3, ("", "3", "N/A", "no"))))


def test_read_xlsx_counts_empty_lines():
    assert read_table(xlsx_bytes([[], ["name"], [], ["A"]])) == Table(("name",), (Row(4, ("A",)),))


def test_read_xlsx_of_several_sheets_says_which_was_read():
    table = read_table(xlsx_bytes([["name"], ["A"]], [["name"], ["B"]]))
    assert (table.rows, table.notes) == ((Row(2, ("A",)),), ("Only the first sheet, 'Sheet 1', of 2 was read.",))


def test_read_xlsx_without_cells_is_refused():
    with pytest.raises(ReadError, match="The file holds no text"):
        read_table(xlsx_bytes([]))


def test_read_xlsx_with_a_cell_of_ten_megabytes_is_refused():
    with pytest.raises(ReadError, match="Line 2, column 1: the cell has more than 5,000 characters"):
        read_table(repacked(xlsx_bytes([["name"], ["A" * 10_000_000]]), {}, compression=zipfile.ZIP_STORED))


def test_read_xlsx_replaces_what_cannot_be_shown():
    data = shared_xlsx('<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c></row>', "name", "A_x000B_B\u00ad")
    assert [row.cells for row in read_table(data).rows] == [("A B\u00ad",)]


def gives_table_or_remedy(data: bytes) -> bool:
    try:
        return any(read_table(data).header)
    except ReadError as error:
        return bool(str(error))


@given(st.binary(max_size=300) | st.text(max_size=100).map(str.encode))
@example(b'"\n"')
def test_read_table_of_any_bytes_gives_a_table_or_a_remedy(data):
    assert gives_table_or_remedy(data)


@given(st.integers(0, len(XLSX) - 1), st.integers(0, 255))
def test_read_table_of_a_damaged_spreadsheet_gives_a_table_or_a_remedy(place, byte):
    data = bytearray(XLSX)
    data[place] = byte
    assert gives_table_or_remedy(bytes(data))


@given(st.lists(st.lists(st.text("ab ,;\"'|é", min_size=1, max_size=6).filter(str.strip), min_size=3, max_size=3), min_size=1, max_size=5))
def test_read_csv_gives_back_what_was_written(rows):
    table = read_table(csv_bytes(("one", "two", "three"), *rows))
    assert [row.cells for row in table.rows] == [tuple(cell.strip() for cell in row) for row in rows]
