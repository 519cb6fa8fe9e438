"""Names of invented programs, spelled in different ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.list_files.names import MOST_CANDIDATES, NearNames, plain


@pytest.mark.parametrize(
    "spelled",
    [
        "Saint Invented Medical Center",
        "St. Invented Med Ctr",
        "ST INVENTED MEDICAL CENTRE",
        "  St Inv\u00e9nted  Medical Center Residency Program",
        "The St. Invented Medical Center, Inc.",
    ],
)
def test_name_is_the_same_in_every_spelling(spelled):
    assert plain(spelled) == "saint invented medical center"


def test_names_of_different_programs_stay_apart():
    assert len({plain(name) for name in ("Invented Hospital", "Invented Hospital 2", "Harbor Hospital", "Harbor & Invented Hospital")}) == 4


def names(*some):
    return NearNames([(name, name) for name in some])


def test_near_names_come_nearest_first_and_far_ones_not_at_all():
    known = names("Harbor Invented Hospital", "Harbor Invented Children Hospital", "Cedar Made Up Clinic")
    assert known.near("Harbor Invented Hosp") == ["Harbor Invented Hospital", "Harbor Invented Children Hospital"]
    assert known.near("Somewhere else") == []


def test_near_names_are_few():
    assert len(names(*(f"Harbor Invented Hospital {number}" for number in range(40))).near("Harbor Invented Hospital")) == MOST_CANDIDATES


@given(st.lists(st.text(alphabet="ab c&.'1", max_size=12), max_size=8), st.text(max_size=20))
def test_near_names_are_known_ones_in_the_same_order_every_time(some, asked):
    known = names(*some)
    found = known.near(asked)
    assert set(found) <= set(some)
    assert found == known.near(asked)


@given(st.text(max_size=40))
def test_plain_name_is_plain_already(name):
    assert plain(plain(name)) == plain(name)
