"""Cells to canonical text: what is read, what is refused and why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.fields import BY_NAME, FIELDS, format_value, parse_value
from programs.imports import columns
from programs.imports.columns import Binding, CellError, NrmpCode, blank, parse_field, plain_name

EATEN = "a spreadsheet turned this id into {} and its digits are lost: format the column as text and export again"


@pytest.mark.parametrize("cell", ["", " ", "N/A", "n/a", "NA", "!", "-", "--", "\u2013", "?", "unknown", " Unknown "])
def test_blank_cells_say_nothing(cell):
    assert blank(cell) == ""


@pytest.mark.parametrize("cell", ["0", "no", "none", "N"])
def test_blank_keeps_what_says_something(cell):
    assert blank(f" {cell} ") == cell


@pytest.mark.parametrize(("title", "name"), [("NRMP Code", "nrmp_code"), (" Quota 2026 ", "quota_2026"), ("J-1 visa?", "j_1_visa"), ("", "")])
def test_plain_name_case(title, name):
    assert plain_name(title) == name


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        ("visa_j1", "Yes", "yes"),
        ("visa_j1", "TRUE", "yes"),
        ("visa_j1", "0", "no"),
        ("visa_j1", "n", "no"),
        ("step2_min", "220", "220"),
        ("step2_min", "220.0", "220"),
        ("applications_received", "1,204", "1204"),
        ("letters_min", "0", "0"),
        ("usce_min_months", "1.5", "1.5"),
        ("usce_min_months", "2.0", "2"),
        ("share_img", "0.62", "0.62"),
        ("share_img", "0.3333333333333333", "0.333333"),
        ("share_img", "62%", "0.62"),
        ("share_img", "62.5 %", "0.625"),
        ("share_img", "100%", "1"),
        ("ecfmg_needed_by", "RANKING", "ranking"),
        ("ecfmg_needed_by", "by the start of training", "start"),
        ("program_type", "University-affiliated", "university_affiliated"),
        ("deadline", "2026-09-30", "2026-09-30"),
        ("website", "https://example.org/im?x=1", "https://example.org/im?x=1"),
    ],
)
def test_parse_field_reads(field, cell, value):
    assert parse_field(cell, field=BY_NAME[field]) == value


@pytest.mark.parametrize(
    ("field", "cell", "message"),
    [
        ("visa_j1", "maybe", "J-1 visa: write yes or no, not 'maybe'"),
        ("step2_min", "220+", "is not a whole number: write digits alone"),
        ("step2_min", "-5", "is not a whole number: write digits alone"),
        ("step2_min", "2_20", "is not a whole number: write digits alone"),
        ("step2_min", "22,0", "is not a whole number: write digits alone"),
        ("step2_min", "1e2", "is not a whole number: write digits alone"),
        ("step2_min", "\u0662\u0662\u0660", "is not a whole number: write digits alone"),
        ("step2_min", "9" * 5000, "is not a whole number: write digits alone"),
        ("step2_min", "220.5", "is not a whole number: write digits alone"),
        ("step2_min", "301", "Step 2 CK minimum: 301 is outside 1 to 300"),
        ("share_img", "62", "IMGs among residents, both kinds together: 62 is outside 0 to 1"),
        ("share_img", "nan", "is not a number: write digits, with a point before decimals"),
        ("share_img", "0,62", "is not a number: write digits, with a point before decimals"),
        ("share_img", "%", "is not a number: write digits, with a point before decimals"),
        ("usce_min_months", "inf", "is not a number: write digits, with a point before decimals"),
        ("setting", "coastal", "Setting: write one of urban, suburban, rural, not 'coastal'"),
        ("deadline", "9/30/2026", "Deadline: write the date as 2026-09-30, not '9/30/2026'"),
        ("deadline", "2026-02-30", "Deadline: write the date as 2026-09-30, not '2026-02-30'"),
        ("website", "javascript:alert(1)", "is not a web address: write it from https:// on"),
        ("website", "https://e.org/\x81", "is not a web address: write it from https:// on"),
        ("website", "https://exa mple.org", "is not a web address: write it from https:// on"),
        ("website", "https://e.org/" + "x" * 200, "Website: write 1 to 200 characters"),
    ],
)
def test_parse_field_refuses(field, cell, message):
    with pytest.raises(CellError) as raised:
        parse_field(cell, field=BY_NAME[field])
    assert str(raised.value) == message


@given(st.sampled_from(FIELDS), st.text(max_size=12) | st.integers(-5, 400).map(str) | st.sampled_from(["yes", "no", "0.5", "50%", "urban", "2026-09-30"]))
def test_parse_field_gives_canonical_text_or_refuses(field, cell):
    try:
        text = parse_field(cell, field=field)
    except CellError:
        return
    assert format_value(field, parse_value(field, text)) == text
    assert parse_field(text, field=field) == text


@pytest.mark.parametrize(
    ("parse", "cell", "value"),
    [
        (columns.parse_acgme_id, "1400500001", "1400500001"),
        (columns.parse_acgme_id, "0400500001", "0400500001"),
        (columns.parse_acgme_id, "1400500001.0", "1400500001"),
        (columns.parse_acgme_id, "1400500001.00", "1400500001"),
        (columns.parse_date, "2026-09-30", "2026-09-30"),
        (columns.parse_date, "2026-09-30 00:00:00", "2026-09-30"),
        (columns.parse_nrmp_code, "1234140c0", "1234140C0"),
        (columns.parse_nrmp_codes, "1234140C0; 1234140P0,1234140R1", "1234140C0 1234140P0 1234140R1"),
        (columns.parse_positions, "0", "0"),
        (columns.parse_positions, "8*", "8"),
        (columns.parse_positions, "08", "8"),
        (columns.parse_positions, "8.0", "8"),
        (columns.parse_strictness, "Required", "strict"),
        (columns.parse_strictness, "PREFERRED", "preferred"),
        (columns.NAME.parse, "  Ferny \n Brook  Hospital ", "Ferny Brook Hospital"),
    ],
)
def test_parse_reads(parse, cell, value):
    assert parse(cell) == value


@pytest.mark.parametrize(
    ("parse", "cell", "message"),
    [
        (columns.parse_acgme_id, "400500001", "has 9 digits: spreadsheets drop a zero at the front"),
        (columns.parse_acgme_id, "14005000012", "is not an ACGME id: write its 10 digits"),
        (columns.parse_acgme_id, "1.40E+09", EATEN.format("1.40E+09")),
        (columns.parse_acgme_id, "1.400500001e9", EATEN.format("1.400500001e9")),
        (columns.parse_acgme_id, "1,4E+09", EATEN.format("1,4E+09")),
        (columns.parse_acgme_id, "140050000.0", "has 9 digits: spreadsheets drop a zero at the front"),
        (columns.parse_nrmp_code, "1.40E+03", EATEN.format("1.40E+03")),
        (columns.parse_nrmp_codes, "1234140C0 1.40E+03", EATEN.format("1.40E+03")),
        (columns.parse_date, "9/30/2026", "is no date: write it as 2026-09-30"),
        (columns.parse_acgme_id, "\u0661400500001", "is not an ACGME id: write its 10 digits"),
        (columns.parse_nrmp_code, "1234140X0", "is not an NRMP code: write 7 digits, one of the letters C, M, P, A, R, and 1 digit"),
        (columns.parse_nrmp_code, "1234140C00", "is not an NRMP code"),
        (columns.parse_nrmp_codes, "1234140C0 1234140C0", "names one code twice"),
        (columns.parse_positions, "1000", "is more than a track can have: write a whole number from 0 to 999"),
        (columns.parse_positions, "eight", "is not a whole number: write digits alone"),
        (columns.parse_strictness, "hard", "is not a strictness: write strict, preferred, unclear"),
        (columns.CITY.parse, "x" * 81, "has 81 characters: write at most 80"),
        (columns.CITY.parse, "Akr\x81on", "holds characters that cannot be shown"),
    ],
)
def test_parse_refuses(parse, cell, message):
    with pytest.raises(CellError) as raised:
        parse(cell)
    assert str(raised.value).startswith(message)


def test_split_nrmp_code_gives_its_parts():
    assert columns.split_nrmp_code("1234140P2") == NrmpCode("1234140P2", "1234", "140", "P")


ROW = ("1234140C0", "Akron", "", "1234140P0", "N/A")


@pytest.mark.parametrize(
    ("name", "more", "raw"),
    [
        ("nrmp_code", {}, "1234140P0"),
        ("nrmp_code", {"nrmp_code": (0, 2, 4, 9)}, "1234140C0 1234140P0"),
        ("city", {}, "Akron"),
        ("state", {}, ""),
    ],
)
def test_binding_raw_reads_what_a_file_keeps_in_one_or_several_columns(name, more, raw):
    binding = Binding({"nrmp_code": (3, columns.NRMP_CODES), "city": (1, columns.CITY)}, (), more)
    assert binding.raw(ROW, name) == raw


@pytest.mark.parametrize(("place", "raw"), [(4, ""), (5, "")])
def test_binding_raw_of_a_blank_or_missing_cell_is_nothing(place, raw):
    assert Binding({"city": (place, columns.CITY)}, ()).raw(ROW, "city") == raw
