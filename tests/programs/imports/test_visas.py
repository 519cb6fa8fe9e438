"""What is said about visas: what is named is read, what is left open stays unknown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.fields import NO, YES
from programs.imports.catalog import words
from programs.imports.columns import CellError
from programs.imports.visas import FORMS, H1B, J1, WORDS, read_visas, visa_firmness

OPEN = "open"  # left open: unknown, with a warning
CANNOT = "cannot be read as what is said about visas: write J-1, H-1B, both or none"


def said(cell, own=""):
    """(J-1, H-1B) as yes, no, "" or open; the message where the cell cannot be read at all."""
    try:
        found = read_visas(cell, own=own)
    except CellError as error:
        return str(error)
    return tuple(OPEN if isinstance(found.get(visa, ""), CellError) else found.get(visa, "") for visa in (J1, H1B))


@pytest.mark.parametrize(
    ("cell", "visas"),
    [
        ("J1 only", (YES, NO)),
        ("only J-1", (YES, NO)),
        ("we only sponsor J-1 visas", (YES, NO)),
        ("J-1 through ECFMG only", (YES, NO)),
        ("J-1", (YES, "")),
        ("J\u20111 visa", (YES, "")),
        ("sponsors J-1 visas", (YES, "")),
        ("J1, H1B", (YES, YES)),
        ("J-1/H-1B", (YES, YES)),
        ("J-1 and H-1B", (YES, YES)),
        ("both", (YES, YES)),
        ("both J1 & H1-B", (YES, YES)),
        ("J1/H1B only", (YES, YES)),
        ("H1", ("", YES)),
        ("H-1B only", (NO, YES)),
        ("no visa", (NO, NO)),
        ("none", (NO, NO)),
        ("No", (NO, NO)),
        ("does not sponsor", (NO, NO)),
        ("We do not sponsor any visas at this time.", (NO, NO)),
        ("no visa sponsorship", (NO, NO)),
        ("no H1B", ("", NO)),
        ("J1 sponsored, H1B not sponsored", (YES, NO)),
        ("J-1: yes; H-1B: no", (YES, NO)),
        ("J1 yes H1B no", (YES, NO)),
        ("J1 and no H1B", (YES, NO)),
        ("J-1 but not H-1B", (YES, NO)),
        ("no J1 or H1B", (NO, NO)),
        ("yes, J1", (YES, "")),
        ("yes - J1 only", (YES, NO)),
        ("yes, no H1B", (YES, NO)),
        # What is left open.
        ("yes (H1 case by case)", (YES, OPEN)),
        ("H1B case by case", ("", OPEN)),
        ("J1 (H1B on a case-by-case basis)", (YES, OPEN)),
        ("J1 only (H1B case by case)", (YES, OPEN)),
        ("no (H1B case by case)", (NO, OPEN)),
        ("J1, H1B (case by case)", (OPEN, OPEN)),
        ("J1 and H1B case by case", (OPEN, OPEN)),
        ("J-1 possible", (OPEN, "")),
        # What contradicts itself.
        ("no, J1 only", (OPEN, NO)),
        ("J1 only, H1B yes", (YES, OPEN)),
        ("no, H1B", (OPEN, OPEN)),
        # What says nothing.
        ("not specified", ("", "")),
        # What cannot be read.
        ("yes", "does not say which visa: write J-1, H-1B or both"),
        ("available", "does not say which visa: write J-1, H-1B or both"),
        ("case by case", "leaves open for whom and for which visa: write J-1 or H-1B where it holds for everybody"),
        ("no J1 and H1B", CANNOT),
        ("J1H1B", CANNOT),
        ("yes/no", CANNOT),
        ("not only J1", CANNOT),
        ("green card only", CANNOT),
        ("J1, EAD", CANNOT),
        ("H1B for residents with Step 3", CANNOT),
        ("J10", CANNOT),
    ],
)
def test_read_visas_of_a_column_for_both(cell, visas):
    assert said(cell) == visas


@pytest.mark.parametrize(
    ("own", "cell", "visa"),
    [
        (J1, "yes", YES),
        (J1, "sponsored", YES),
        (J1, "0", NO),
        (J1, "H1B only", NO),
        (J1, "yes (H1 case by case)", YES),
        (H1B, "no", NO),
        (H1B, "not sponsored", NO),
        (H1B, "J-1", ""),
        (H1B, "J1 only", NO),
        (H1B, "case by case", OPEN),
        (H1B, "yes (case by case)", OPEN),
        (H1B, "yes, J1 only", OPEN),
    ],
)
def test_read_visas_of_a_column_for_one(own, cell, visa):
    assert said(cell, own)[(J1, H1B).index(own)] == visa


@pytest.mark.parametrize(
    ("cell", "firm"),
    [
        ("J1 only", ("strict", "strict")),
        ("no visa", ("strict", "strict")),
        ("J1, H1B", ("unclear", "unclear")),
        ("J1 preferred", ("preferred", "")),
        ("J1", ("unclear", "")),
        ("yes", ("", "")),
        ("yes (H1 case by case)", ("unclear", "")),
    ],
)
def test_visa_firmness_is_that_of_what_is_said(cell, firm):
    assert (visa_firmness(cell, visa=J1), visa_firmness(cell, visa=H1B)) == firm


PIECES = words("J-1 J1 H1B H-1B both yes no none not only and or / , ( ) case-by-case sponsor visa does preferred 2 maybe EAD")


@given(st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join) | st.text(max_size=20), st.sampled_from(["", J1, H1B]))
def test_read_visas_of_anything_says_yes_no_or_why_not(cell, own):
    try:
        found = read_visas(cell, own=own)
    except CellError:
        return
    assert set(found) <= {J1, H1B}
    assert all(answer in {YES, NO} or isinstance(answer, CellError) for answer in found.values())
    assert {visa_firmness(cell, visa=visa, own=own) for visa in (J1, H1B)} <= {"", "strict", "preferred", "unclear"}


@given(st.lists(st.sampled_from(["J-1", "J1", "visa", "sponsored", ",", "and", "/"]), max_size=6).map(" ".join))
def test_read_visas_says_nothing_of_a_visa_that_is_not_named(cell):
    found = said(cell)
    assert isinstance(found, str) or found[1] == ""


def test_words_and_forms_are_of_known_kinds():
    assert {letter for _, kind in WORDS for letter in kind} == set("JHYNOC&/,")
    assert [meaning for _, meaning in FORMS] == [YES, "only", NO, "open"]
