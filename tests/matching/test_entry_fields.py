"""What an entry's fields can hold: cleaned, bounded, and refused with words that help."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.choices import Connection, Signal, Standing
from matching.models import ListEntry
from matching.services.entry_fields import FIELDS, LABELS, LAST_PLACE, LONGEST_NOTE, LONGEST_TAG, MOST_TAGS, ListError, checked, cleaned

VALUES = st.fixed_dictionaries(
    {},
    optional={
        "standing": st.sampled_from(Standing.values),
        "position": st.integers(0, LAST_PLACE),
        "note": st.text(max_size=LONGEST_NOTE),
        "tags": st.lists(st.text(max_size=LONGEST_TAG), max_size=MOST_TAGS),
        "connection": st.sampled_from(Connection.values),
        "signal": st.sampled_from(["", *Signal.values]),
        "reason": st.text(max_size=300),
        "rank": st.none() | st.integers(1, LAST_PLACE),
    },
)


def test_fields_are_columns_of_an_entry_each_with_words():
    assert set(FIELDS) == set(LABELS) <= {field.name for field in ListEntry._meta.get_fields()}


@given(VALUES)
def test_checked_values_stay_as_they_are_when_checked_again(values):
    once = checked(values)
    assert checked(once) == once
    assert set(once) == set(values)


@given(st.text(st.characters()))
def test_cleaned_text_holds_nothing_that_a_database_refuses(text):
    found = cleaned(text)
    found.encode("utf-8")
    assert ("\0" in found, "\r" in found, found == found.strip(), cleaned(found) == found) == (False, False, True, True)


@given(st.dictionaries(st.sampled_from(FIELDS), st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.binary(max_size=3)))
def test_checked_refuses_or_gives_what_the_columns_hold(values):
    try:
        found = checked(values)
    except ListError:
        return
    for name, value in found.items():
        if value not in ("", [], None):
            ListEntry._meta.get_field(name).clean(value, None)


@pytest.mark.parametrize(
    ("value", "stored"),
    [(["b", "a", "b"], ["b", "a"]), ([" near\thome ", ""], ["near home"]), ((), []), (["a  b", "a b"], ["a b"])],
)
def test_tags_are_kept_once_without_spare_blanks(value, stored):
    assert checked({"tags": value}) == {"tags": stored}
