import unicodedata

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from smartpick.http import query_text


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("", ""),
        ("q=", ""),
        ("q=a%00b", "ab"),
        ("q=%20%00%20a%1Bb%7F%C2%85", "ab"),
        ("q=a%20b", "a b"),
        ("q=M%C3%A9xico", "Méxic"),
        ("q=1&q=2", "2"),
        ("q=%ED%A0%80a", "\ufffd\ufffd\ufffda"),
    ],
)
def test_query_text_is_cut_and_free_of_control_characters(query, text):
    assert query_text(QueryDict(query), "q", 5) == text


@given(st.text(st.characters(exclude_categories=())), st.integers(0, 8))
def test_query_text_of_anything_can_be_stored(text, longest):
    parameters = QueryDict(mutable=True)
    parameters["q"] = text

    kept = query_text(parameters, "q", longest)

    kept.encode()
    assert (len(kept) <= longest, {unicodedata.category(char) for char in kept} & {"Cc", "Cs"}) == (True, set())
