"""Amounts as people write them: years, attempts, scores, experience, letters."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.imports.amounts import read_attempts, read_experience, read_letters, read_score, read_step1, read_years
from programs.imports.catalog import words
from programs.imports.columns import CellError

NO_LIMIT = "says that there is no limit, for which there is no value"


def reading(read, cell):
    """What the reader makes of the cell, the message where it refuses it."""
    try:
        return read(cell)
    except CellError as error:
        return str(error)


NO_YEARS = "is no limit on years since graduation: write the most years, such as 5, or the first year taken, such as 2021 or later"


@pytest.mark.parametrize(
    ("cell", "years"),
    [
        *(
            (cell, "5")
            for cell in ("5", "5.0", "5 years", "five years", "5 yrs", "within 5 years", "last 5 years", "in the last 5 years", "<=5", "\u22645 years")
        ),
        *((cell, "5") for cell in ("no more than 5 years ago", "max 5 years", "5 years max", "5 years or less", "within 5 years of graduation", "up to 5")),
        *((cell, "5") for cell in ("5 years preferred", "5 years (preferred)", "preferred 5 years", "5 years required", "not older than 5 years")),
        ("less than 5 years", "4"),
        ("<5", "4"),
        ("0", "0"),
        # The Match is that of 2027.
        *(
            (cell, "8")
            for cell in ("2019", "2019 or later", "2019+", "since 2019", ">= 2019", "YOG 2019", "2019-present", "class of 2019 or later", "not before 2019")
        ),
        *((cell, "7") for cell in ("after 2019", "> 2019", "graduated in 2020 or later")),
        ("2027", "0"),
        ("not specified", ""),
        *((cell, NO_LIMIT) for cell in ("no cutoff", "No cut-off", "none", "no limit", "no strict cutoff", "not required", "any")),
        *((cell, NO_YEARS) for cell in ("3-5 years", "5+", "before 2019", "2019-2024", "recent graduates preferred", "<0", "5 or 6", "-5", "soon")),
        ("2030", "is a year of graduation after the Match of 2027: write the most years since graduation"),
    ],
)
def test_read_years_since_graduation(cell, years):
    assert reading(partial(read_years, season=2027), cell) == years


def test_read_years_of_a_year_without_a_season_is_refused():
    message = "is a year of graduation, and for which Match is not known: write the most years since graduation"
    assert reading(partial(read_years, season=None), "2019") == message


@given(st.integers(1967, 2027), st.integers(2027, 2035))
def test_read_years_of_a_year_moves_with_the_season(year, season):
    assert int(read_years(f"{year} or later", season=season)) == season - year


NO_ATTEMPTS = "is no limit on attempts: write the most attempts, the passed one counted, such as 2"


@pytest.mark.parametrize(
    ("cell", "attempts"),
    [
        *(
            (cell, "1")
            for cell in ("first attempt only", "first attempt", "1", "1 attempt", "one attempt", "pass on first attempt", "must pass on the first attempt")
        ),
        *(
            (cell, "1")
            for cell in (
                "no failures",
                "no failed attempts",
                "zero failures",
                "no failures on any step",
                "none accepted",
                "no attempts accepted",
                "single attempt",
            )
        ),
        *(
            (cell, "2")
            for cell in ("2", "2.0", "max 2", "max. 2", "no more than 2 attempts", "2 attempts", "two attempts", "up to 2", "<=2", "2 attempts max", "<3")
        ),
        *((cell, "2") for cell in ("1 failure allowed", "max 1 failure", "no more than 1 fail", "2 attempts on each step")),
        ("not stated", ""),
        ("no limit", NO_LIMIT),
        ("none", "could mean that there is no limit or that no failure is taken: write the most attempts, the passed one counted"),
        *((cell, NO_ATTEMPTS) for cell in ("no attempts", "1 failure", "2nd attempt", "2-3", "attempts considered", "few")),
    ],
)
def test_read_attempts(cell, attempts):
    assert reading(read_attempts, cell) == attempts


NO_SCORE = "is no minimum score: write one number from 150 to 300"


@pytest.mark.parametrize(
    ("cell", "score"),
    [
        *(
            (cell, "230")
            for cell in ("230", "230.0", "230+", ">=230", "min 230", "min. score of 230", "at least 230", "230 or higher", "230 min", "minimum 230 required")
        ),
        *((cell, "230") for cell in ("230 preferred", "preferred 230", "required 230", "230 (preferred)", "Step 2 CK 230", "step2 ck: 230")),
        *((cell, "231") for cell in ("> 230", "above 230", "over 230")),
        ("prefers > 210", "211"),
        ("not available", ""),
        *((cell, NO_LIMIT) for cell in ("no minimum", "none", "no cut-off", "no minimum score")),
        *((cell, "asks for a pass and no score, for which there is no value") for cell in ("pass", "passing score", "must pass", "pass required")),
        *((cell, NO_SCORE) for cell in ("230-240", "230/240", "75", "23", "avg 240", "P", "Step 1 220", "-230")),
    ],
)
def test_read_score_of_step_2(cell, score):
    assert reading(partial(read_score, step=2), cell) == score


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("220", {"step1_min": "220"}),
        ("220 preferred", {"step1_min": "220"}),
        ("pass", {"step1_pass_needed": "yes"}),
        ("must pass", {"step1_pass_needed": "yes"}),
        ("not listed", {"step1_min": ""}),
        ("none", NO_LIMIT),
        ("P/F", NO_SCORE),
    ],
)
def test_read_step1_tells_a_score_from_a_pass(cell, said):
    assert reading(read_step1, cell) == said


NONE = "could mean that none is asked for or that none is stated: write 0, or leave it blank"
NO_LENGTH = "is no length of clinical experience: write months, such as 3"
NO_AMOUNT = "does not say how much clinical experience: write months, such as 3"


def experience(cell):
    """(months, hands-on only) as text."""
    said = reading(read_experience, cell)
    return said if isinstance(said, str) else (str(said.get("usce_min_months", "")), said.get("usce_hands_on_only", ""))


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        *(
            (cell, ("3", ""))
            for cell in ("3", "3 months", "3 months required", "three months", "3+ months", "at least 3 months", "minimum 3 months of USCE", "12 weeks")
        ),
        ("1.5 months", ("1.5", "")),
        ("1 year", ("12", "")),
        *((cell, ("0", "")) for cell in ("no", "0", "not required", "optional", "none required")),
        *(
            (cell, ("", "yes"))
            for cell in ("hands-on only", "hands on", "hands-on preferred", "no observerships", "observership not accepted", "observerships do not count")
        ),
        *((cell, ("", "no")) for cell in ("observership accepted", "hands-on or observership", "observerships ok", "any type")),
        *((cell, ("3", "yes")) for cell in ("3 months hands-on", "hands-on, 3 months", "3 months (hands-on only)", "3 months, no observerships")),
        ("3 months (observership accepted)", ("3", "no")),
        ("not specified", ("", "")),
        *((cell, (NO_AMOUNT, "")) for cell in ("required", "preferred", "yes", "USCE required")),
        *((cell, NO_LENGTH) for cell in ("3-6 months", "hands-on not needed", "externship only", "some", "hands-on required (no observership)")),
        *((cell, NO_LENGTH) for cell in ("3 rotations", "2 electives", "3 months not required")),
        ("none", NONE),
        ("6 weeks", "is no whole number of months of 4 weeks: write months"),
    ],
)
def test_read_experience(cell, said):
    assert experience(cell) == said


NO_LETTERS = "is no number of letters: write it as 3, or as 3 (2 US, 1 in the specialty)"


def letters(cell):
    """(in all, U.S., in the specialty)."""
    said = reading(read_letters, cell)
    return said if isinstance(said, str) else tuple(said.get(f"letters_{kind}min", "") for kind in ("", "us_", "specialty_"))


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        *(
            (cell, ("3", "", ""))
            for cell in ("3", "3.0", "3 LORs", "three letters of recommendation", "at least 3", "min 3", "3 required", "3 letters in total")
        ),
        *(
            (cell, ("3", "2", ""))
            for cell in ("3 (2 US)", "3 LoR, 2 US", "3 letters with 2 US letters", "3 including 2 US", "3 (2 must be US)", "3 (2 from U.S. physicians)")
        ),
        *((cell, ("", "2", "")) for cell in ("2 US", "2 US LORs", "2 letters from US physicians")),
        ("3 (2 US, 1 in the specialty)", ("3", "2", "1")),
        ("1 in the specialty", ("", "", "1")),
        ("0", ("0", "", "")),
        ("not required", ("0", "", "")),
        ("none", NONE),
        ("not listed", ("", "", "")),
        ("required", "does not say how many letters: write a number, such as 3"),
        *((cell, NO_LETTERS) for cell in ("3-4", "3 or 4", "max 4", "3, 3", "3 + MSPE", "chair letter", "3 (IM)")),
    ],
)
def test_read_letters(cell, said):
    assert letters(cell) == said


PIECES = words(
    "5 2019 230 3 0 -1 99 years months weeks attempts letters US first last within no none max min >= < + ( ) , or later preferred required only pass hands-on"
)
READERS = (partial(read_years, season=2027), read_attempts, partial(read_score, step=1), partial(read_score, step=2), read_step1, read_experience, read_letters)


@given(st.sampled_from(READERS), st.lists(st.sampled_from(PIECES), max_size=6).map(" ".join) | st.text(max_size=20))
def test_readers_of_amounts_give_digits_or_refuse(read, cell):
    said = reading(read, cell)
    for answer in [said] if isinstance(said, str) else said.values():
        assert answer in {"", "yes", "no"} or str(answer).replace(".", "").isdigit() or len(str(answer)) > 20
