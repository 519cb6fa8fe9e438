"""The template to download and its data dictionary: what they promise is what the importer reads."""

import csv
import io

import pytest

from programs.imports.catalog import template_meanings
from programs.imports.plan import Known, References
from programs.imports.presets import TEMPLATE
from programs.imports.reader import ReadError, read_table
from programs.imports.template_file import DICTIONARY_HEADER, data_dictionary, data_dictionary_csv, template_csv
from smartpick.exports import csv_bytes

KEYS = [meaning.key for meaning in template_meanings()]
REFERENCES = References({"140": "Internal Medicine"}, {"OH": "Ohio"})


def test_template_is_its_header_alone():
    assert template_csv() == b"\xef\xbb\xbf" + ",".join(KEYS).encode() + b"\r\n"


def test_template_without_rows_says_what_to_do():
    with pytest.raises(ReadError, match="The file has a header line, but no rows below it: add the rows to import"):
        read_table(template_csv())


def test_data_dictionary_has_an_entry_for_every_column():
    assert [entry.column for entry in data_dictionary()] == KEYS


@pytest.mark.parametrize("entry", data_dictionary(), ids=lambda entry: entry.column)
def test_data_dictionary_example_is_read_as_it_stands(entry):
    _, column = TEMPLATE.bind(("acgme_id", "nrmp_code", entry.column) if entry.column not in {"acgme_id", "nrmp_code"} else (entry.column,)).places[
        entry.column
    ]
    assert column.parse(entry.example) == entry.example
    assert all((entry.label, entry.kind, entry.allowed, entry.help))


def test_template_filled_in_with_the_examples_is_imported_whole():
    table = read_table(
        csv_bytes(KEYS, [[entry.example for entry in data_dictionary()]]).replace(b"9999140C0", b"1234140C0").replace(b"9999140P0", b"1234140P0")
    )
    plan = TEMPLATE.plan(table, TEMPLATE.bind(table.header), REFERENCES, Known({}, {}))
    assert (len(plan.programs), len(plan.tracks), plan.problems) == (1, 2, ())


def test_data_dictionary_csv_holds_the_same():
    header, *rows = csv.reader(io.StringIO(data_dictionary_csv().decode("utf-8-sig"), newline=""))
    assert tuple(header) == DICTIONARY_HEADER
    assert rows == [[entry.column, entry.label, entry.kind, entry.allowed, entry.example, entry.help] for entry in data_dictionary()]
