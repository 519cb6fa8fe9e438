"""Cells as people word them to canonical text: yes and no, choices, days, addresses, and how firm it all is."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.choices import Strictness
from programs.fields import BY_NAME, parse_value
from programs.imports import wording
from programs.imports.amounts import read_letters
from programs.imports.catalog import row_meanings, words
from programs.imports.columns import STRICTNESS_COLUMNS, STRICTNESS_SUFFIX, CellError, parse_acgme_id, parse_date, parse_nrmp_codes
from programs.imports.wording import ACCEPTED, NEEDED, firmness, part_firmness, tidy, without_firmness


def reading(read, cell):
    """What the reader makes of the cell, the message where it refuses it."""
    try:
        return read(cell)
    except CellError as error:
        return str(error)


@pytest.mark.parametrize(
    ("cell", "text"),
    [("  J\u20111  Only. ", "j-1 only"), ("\u2265 230", ">= 230"), ("\u201cyes\u201d", '"yes"'), ("5\u00a0years;", "5 years"), ("", "")],
)
def test_tidy_cell(cell, text):
    assert tidy(cell) == text


@pytest.mark.parametrize(
    ("cell", "firm"),
    [
        ("230 required", "strict"),
        ("must have 3 months", "strict"),
        ("J1 only", "strict"),
        ("mandatory", "strict"),
        ("preferred 230", "preferred"),
        ("strongly recommended", "preferred"),
        ("ideally 5 years", "preferred"),
        ("230", "unclear"),
        ("not required", "unclear"),
        ("not strictly required", "unclear"),
        ("required, 250 preferred", "unclear"),
        ("", "unclear"),
    ],
)
def test_firmness_of_words(cell, firm):
    assert firmness(cell) == firm


@pytest.mark.parametrize(
    ("text", "rest"), [("230 (preferred)", "230"), ("strongly preferred 230", "230"), ("must be 230", "230"), ("required", ""), ("230", "230")]
)
def test_without_firmness_leaves_the_rest(text, rest):
    assert without_firmness(text) == rest


@pytest.mark.parametrize(
    ("cell", "target", "firm"),
    [
        ("3 required", "letters_min", "strict"),
        ("3, required", "letters_min", "strict"),
        ("3 (1 must be US)", "letters_min", "unclear"),
        ("3 (1 must be US)", "letters_us_min", "strict"),
        ("3 required, 2 US preferred", "letters_min", "strict"),
        ("3 required, 2 US preferred", "letters_us_min", "preferred"),
        ("3 required", "letters_us_min", ""),
        ("chair letter required", "letters_min", ""),
    ],
)
def test_part_firmness_is_that_of_its_own_clause(cell, target, firm):
    assert part_firmness(read_letters, target)(cell) == firm


@pytest.mark.parametrize(
    ("table", "cell", "answer"),
    [
        *((NEEDED, cell, "yes") for cell in ("yes", "Y", "required", "needed", "preferred", "yes (preferred)", "must have passed", "pass required", "1")),
        *((NEEDED, cell, "no") for cell in ("no", "not required", "No, not required", "optional", "0")),
        *((ACCEPTED, cell, "yes") for cell in ("yes", "accepted", "considered", "participating")),
        *((ACCEPTED, cell, "no") for cell in ("no", "not accepted", "does not accept", "not participating")),
        (NEEDED, "not stated", ""),
        *(
            (table, cell, "says neither yes nor no about Step 3 needed: write one of them")
            for table in (NEEDED, ACCEPTED)
            for cell in ("maybe", "x", "yes (H1B)", "yes/no")
        ),
    ],
)
def test_read_yes_no(table, cell, answer):
    assert reading(partial(wording.read_yes_no, field="step3_needed", table=table), cell) == answer


NO_STAGE = "does not say by when the ECFMG certificate is needed: write application, interview, ranking, start"


@pytest.mark.parametrize(
    ("cell", "stage"),
    [
        *(
            (cell, "application")
            for cell in ("before applying", "by application", "at time of application", "required to apply", "ECFMG certified by application deadline")
        ),
        *((cell, "interview") for cell in ("before interview", "by the interview", "required for interview")),
        *((cell, "ranking") for cell in ("by ranking", "before rank list", "by ROL", "ranking", "prior to ranking")),
        *((cell, "start") for cell in ("by start", "before starting residency", "by July 1", "by the start of training", "before residency")),
        ("not specified", ""),
        *((cell, NO_STAGE) for cell in ("required", "yes", "not required", "pending ok")),
    ],
)
def test_read_ecfmg(cell, stage):
    assert reading(wording.read_ecfmg, cell) == stage


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("University-based", "university"),
        ("Community-based/university affiliated hospital", "university_affiliated"),
        ("Community-based university affiliated hospital", "university_affiliated"),
        ("Community-based", "community"),
        ("Military-based", "military"),
        ("not stated", ""),
        ("coastal", "Program type: write one of university, university_affiliated, community, military, not 'coastal'"),
    ],
)
def test_read_program_type(cell, kind):
    assert reading(wording.read_program_type, cell) == kind


EITHER = "could be a percentage or a share: write 62% or choose that the column holds shares from 0 to 1"


@pytest.mark.parametrize(
    ("cell", "share"),
    [
        ("62", "0.62"),
        ("62%", "0.62"),
        ("62.5 %", "0.625"),
        ("0", "0"),
        ("100", "1"),
        ("0.5%", "0.005"),
        ("0.62", EITHER),
        ("1", EITHER),
        ("150", "IMGs among residents, both kinds together: 1.5 is outside 0 to 1"),
        ("most", "is not a number: write digits, with a point before decimals"),
    ],
)
def test_read_percent(cell, share):
    assert reading(partial(wording.read_percent, field="share_img"), cell) == share


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        *(
            (cell, "2026-09-30")
            for cell in ("2026-09-30", "9/30/2026", "09/30/2026", "September 30, 2026", "Sept. 30th, 2026", "30 Sep 2026", "2026-09-30 00:00:00")
        ),
        ("TBD", ""),
        ("30/9/2026", "is no day of any calendar: write it as 2026-09-30"),
        ("2/30/2026", "is no day of any calendar: write it as 2026-09-30"),
        ("September 30", "is no date: write it as 2026-09-30"),
    ],
)
def test_read_date(cell, day):
    assert reading(wording.read_date, cell) == day


DOUBTFUL = "is an accreditation status that does not tell whether the program is open: mark it closed by hand where it is"


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("Withdrawn 2025-06-30", "2025-06-30"),
        ("06/30/2025 Voluntary Withdrawal", "2025-06-30"),
        ("Accreditation withdrawn June 30, 2025", "2025-06-30"),
        ("Continued Accreditation 07/01/2024", ""),
        ("Initial Accreditation", ""),
        ("2025-06-30", ""),
        ("Withdrawn", "says that the program is closed, but not since when: add a column with the effective date"),
        ("Withdrawal requested 2025-06-30", DOUBTFUL),
        ("Closed to new applicants 2025-06-30", DOUBTFUL),
        ("Unheard of 2025-06-30", DOUBTFUL),
    ],
)
def test_read_closed_on(cell, day):
    assert reading(wording.read_closed_on, cell) == day


@pytest.mark.parametrize(
    ("cell", "number", "name"),
    [
        ("1400500001 Ferny Brook Program", "1400500001", "Ferny Brook Program"),
        ("[1400500001] Ferny Brook - Program", "1400500001", "Ferny Brook - Program"),
        ("1400500001 - Ferny Brook 2", "1400500001", "Ferny Brook 2"),
        ("1400500001", "1400500001", ""),
        ("140050001 Ferny Brook", "has 9 digits: spreadsheets drop a zero at the front; format the column as text and write all 10 digits", "Ferny Brook"),
        (
            "1.40E+09 Ferny Brook",
            "a spreadsheet turned this id into 1.40E+09 and its digits are lost: format the column as text and export again",
            "Ferny Brook",
        ),
        *[("Ferny Brook", *["is not an id with a name after it: write both, such as [10 digits] name"] * 2)],
    ],
)
def test_read_number_and_name(cell, number, name):
    read = partial(wording.read_number_or_name, cell)
    assert reading(lambda _: read(group=1, parse=parse_acgme_id), cell) == number
    assert reading(lambda _: read(group=2, parse=str), cell) == name


NOWHERE = "does not show where the city begins: write City, ST 43604 after a comma or on a line of its own"


@pytest.mark.parametrize(
    ("cell", "city", "state"),
    [
        ("Ferny Brook Hospital, 1 Main St, Toledo, OH 43604, Ph: (555) 555-0100", "Toledo", "OH"),
        ("1 Main St\nWinston-Salem, NC 27101-1234", "Winston-Salem", "NC"),
        ("Toledo, OH", "Toledo", "OH"),
        ("Toledo / OH", "Toledo", "OH"),
        ("1 Main St Toledo, OH 43604", NOWHERE, ""),
        ("Ferny Brook Hospital, Toledo", NOWHERE, ""),
        ("Toledo", NOWHERE, ""),
    ],
)
def test_read_city_and_state(cell, city, state):
    assert (reading(wording.read_city, cell), reading(wording.read_state, cell)) == (city, state)


# --- everything that a column can mean ---

COLUMNS = [column for meaning in row_meanings(2027) for column in meaning.columns]
PIECES = st.sampled_from(
    words(
        "yes no none J-1 H1B only both case by within last 5 2019 years or later first attempt max 2 230 + >= preferred required pass 3 months hands-on "
        "observership accepted weeks 12 letters US ( ) , before applying ranking % 62 University-based 9/30/2026 Withdrawn 1400500001 Toledo, OH "
        "https://example.org"
    )
)
CELLS = st.lists(PIECES, min_size=1, max_size=5).map(" ".join) | st.text(min_size=1, max_size=20) | st.integers(-5, 3000).map(str)
READ_FROM_WORDS = [column for column in COLUMNS if column.name.endswith(STRICTNESS_SUFFIX) and column not in STRICTNESS_COLUMNS]
IDENTITY = {"acgme_id": parse_acgme_id, "nrmp_code": parse_nrmp_codes, "closed_on": parse_date}


@given(st.sampled_from(COLUMNS), CELLS)
def test_every_reader_gives_what_the_field_can_hold_or_refuses(column, cell):
    try:
        text = column.parse(cell)
    except CellError:
        return
    if column.name in BY_NAME and text:
        parse_value(BY_NAME[column.name], text)
    elif column.name.endswith(STRICTNESS_SUFFIX):
        assert text in {"", *Strictness}
    elif text and column.name in IDENTITY:
        assert IDENTITY[column.name](text) == text


@given(st.sampled_from(READ_FROM_WORDS), st.lists(PIECES, max_size=5).map(" ".join))
def test_how_firm_it_is_is_never_complained_of_on_top(column, cell):
    assert column.parse(cell) in {"", *Strictness}
