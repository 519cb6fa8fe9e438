"""A file as one table, from whatever people bring."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.list_files import carried, reading
from matching.list_files.carried import pack, unpack
from matching.list_files.json_file import FORMAT, json_table
from matching.list_files.reading import ListTable, cells_by_meaning, read_list
from programs.imports.table import ReadError
from tests.programs.imports.files import csv_bytes, xlsx_bytes

ENTRY = {"key": "1400500001", "note": "=1+1", "tags": ["a, b", "c"], "position": 4, "program": {"name": "Invented Hospital", "nrmp_codes": ["1001140C0"]}}


def json_file(*entries, **more):
    return json.dumps({"format": FORMAT, "schema_version": 1, "entries": entries, **more}).encode()


def test_csv_is_read_with_its_lines():
    table = read_list(csv_bytes(["Program", "State"], ["A", "OH"], [], ["B", ""]))
    assert table == ListTable(("Program", "State"), (("line 2", ("A", "OH")), ("line 4", ("B", ""))))


def test_sheets_are_put_together_by_their_headers_and_their_title_is_kept():
    table = read_list(xlsx_bytes([["Program", "State"], ["A", "OH"]], [["what", "about"], ["x", "y"]], [["state", "Notes", "program"], ["MI", "call", "B"]]))
    assert table.header == ("Program", "State", "Notes", "Sheet")
    assert table.rows == (("Sheet 1, line 2", ("A", "OH", "", "Sheet 1")), ("Sheet 3, line 2", ("B", "MI", "call", "Sheet 3")))
    assert table.notes == ("Without a column that names programs, and left out: Sheet 2.",)


def test_file_without_a_column_for_programs_is_kept_for_the_person_to_say():
    assert read_list(csv_bytes(["what"], ["A"])).header == ("what",)


def test_columns_that_nobody_filled_are_dropped():
    assert read_list(csv_bytes(["Program", "", "Note", ""], ["A", "", "", ""])).header == ("Program", "Note")


@pytest.mark.parametrize(
    ("name", "most", "message"),
    [
        ("MOST_ROWS", 1, "has 2 rows, and a list takes in at most 1"),
        ("MOST_COLUMNS", 1, "has 2 columns, more than 1"),
        ("MOST_BYTES", 5, "is larger than 5 MB"),
    ],
)
def test_file_that_is_too_large_is_refused(monkeypatch, name, most, message):
    monkeypatch.setattr(reading, name, most)
    with pytest.raises(ReadError, match=message):
        read_list(csv_bytes(["Program", "State"], ["A", "OH"], ["B", "MI"]))


def test_cells_go_by_their_meaning_and_blank_ones_say_nothing():
    assert cells_by_meaning(("A", " ", "x", "B"), {0: "program", 1: "note", 2: "", 3: "program", 9: "tags"}) == {"program": "A"}


def test_json_half_a_character_is_replaced():
    assert "\ud83d" in json.loads(json_file(ENTRY | {"note": "a\ud83d"}))["entries"][0]["note"]
    assert "a?" in read_list(json_file(ENTRY | {"note": "a\ud83d"})).rows[0][1]


def test_json_is_read_entry_by_entry():
    table = read_list(json_file(ENTRY))
    cells = cells_by_meaning(table.rows[0][1], reading.guessed(table.header))
    assert table.rows[0][0] == "entry 1"
    assert cells == {
        "key": "1400500001",
        "note": "=1+1",
        "tags": "a, b\nc\n",
        "position": "4",
        "program": "Invented Hospital",
        "nrmp_codes": "1001140C0",
    }


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{", "begins as JSON and cannot be read"),
        (b'{"a": ' + b"[" * 100_000, "begins as JSON and cannot be read"),
        (b'{"a": "\xff"}', "begins as JSON and cannot be read"),
        (b"{}", "holds no list of SmartPick"),
        (json.dumps({"format": FORMAT, "schema_version": 2}).encode(), "written by another version"),
        (json_file(), "holds no entries"),
        (json_file(3), "Entry 1 of this file is not an object"),
        (json_file(ENTRY | {"note": 3}), "Entry 1 of this file: “note” has to be a text"),
        (json_file(ENTRY, ENTRY | {"rank": "3"}), "Entry 2 of this file: “rank” has to be a whole number"),
        (json_file(ENTRY | {"tags": "a"}), "“tags” has to be a list of texts"),
        (json_file(ENTRY | {"steps": [3]}), "“steps” has to be a list of objects"),
    ],
)
def test_json_that_is_no_list_is_refused_with_the_remedy(data, message):
    with pytest.raises(ReadError, match=message):
        read_list(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda some: st.lists(some, max_size=3) | st.dictionaries(st.text(max_size=8), some, max_size=3),
)


@given(st.lists(st.one_of(JSON, st.fixed_dictionaries({}, optional=dict.fromkeys(("key", "note", "tags", "steps", "program", "rank"), JSON))), max_size=3))
def test_json_of_any_shape_is_read_or_refused(entries):
    try:
        header, rows, _ = json_table(json_file(*entries))
    except ReadError:  # nothing else may come out
        return
    assert {len(cells) for _, cells in rows} == {len(header)}


# --- on its way in the form ---


def test_table_comes_back_from_the_form_as_it_was():
    table = ListTable(("Program", "Note"), (("line 2", ("A", "caf\u00e9\n\U0001f642")),), ("a note",))
    assert unpack(pack(table, "my list.csv")) == (table, "my list.csv")


@pytest.mark.parametrize(
    "text", ["", "x", "a:b:c", pack(ListTable(("a",), ()), "x")[:-2] + "zz"], ids=["empty", "a letter", "three parts", "another signature"]
)
def test_table_that_somebody_changed_on_its_way_is_refused(text):
    with pytest.raises(ReadError, match="choose it once more"):
        unpack(text)


def test_table_that_no_form_can_carry_is_refused(monkeypatch):
    monkeypatch.setattr(carried, "MOST_CARRIED", 10)
    with pytest.raises(ReadError, match="too much text"):
        pack(ListTable(("a",), (("line 2", ("b",)),)), "x.csv")
