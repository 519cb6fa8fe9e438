"""Tracks to track types and unfilled share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.track_summary import Offer, Unfilled, track_types, unfilled


@pytest.mark.parametrize(
    ("offers", "expected"),
    [
        ([], ""),
        ([Offer("C", 2026, 8, 8)], "C"),
        ([Offer("P", 2026, 2, 2), Offer("C", 2026, 8, 8)], "CP"),
        ([Offer("P", 2025, 2, 2), Offer("C", 2026, 8, 8)], "C"),
        ([Offer("P", 2026, 0, 0), Offer("C", 2026, 8, 8)], "C"),
        ([Offer("P", 2027, 0, 0), Offer("C", 2026, 8, 8)], "C"),
        ([Offer("R", 2026, 2, 2)], "R"),
        ([Offer("R")], "R"),
        ([Offer("R"), Offer("C", 2020, 1, 1)], "C"),
        ([Offer("C"), Offer("C"), Offer("A")], "AC"),
    ],
)
def test_track_types_case(offers, expected):
    assert track_types(offers) == expected


@pytest.mark.parametrize(
    ("offers", "expected"),
    [
        ([], None),
        ([Offer("C")], None),
        ([Offer("C", 2026, 8, None)], None),
        ([Offer("C", 2026, 0, 0)], None),
        ([Offer("R", 2026, 4, 0)], None),
        ([Offer("C", 2026, 8, 8)], 0.0),
        ([Offer("C", 2026, 8, 6)], 0.25),
        ([Offer("C", 2026, 8, 6), Offer("P", 2026, 2, 1)], 0.3),
        ([Offer("C", 2026, 8, 8), Offer("R", 2026, 8, 0)], 0.0),
        ([Offer("C", 2026, 10, 9), Offer("C", 2025, 10, 8), Offer("C", 2024, 10, 7), Offer("C", 2023, 10, 0)], 0.2),
        ([Offer("C", 2026, 10, 9), Offer("C", 2020, 10, 8), Offer("C", 2015, 10, 7)], 0.2),
        ([Offer("C", 2027, 10, None), Offer("C", 2026, 10, 5)], 0.5),
    ],
)
def test_unfilled_share_case(offers, expected):
    assert unfilled(offers).share == expected


@st.composite
def any_offers(draw):
    quota = draw(st.integers(0, 20))
    return Offer(draw(st.sampled_from("CMPAR")), draw(st.integers(2020, 2026)), quota, draw(st.none() | st.integers(0, quota)))


@given(st.lists(any_offers()), st.randoms(use_true_random=False))
def test_summary_order_of_offers_is_irrelevant(offers, random):
    shuffled = random.sample(offers, len(offers))
    assert (track_types(shuffled), unfilled(shuffled)) == (track_types(offers), unfilled(offers))


@given(st.lists(any_offers()))
def test_unfilled_share_is_a_share_or_unknown(offers):
    share = unfilled(offers).share
    assert share is None or 0 <= share <= 1


def test_unfilled_says_how_many_positions_and_up_to_which_match():
    offers = [Offer("C", year, 10, 9) for year in (2021, 2022, 2023, 2024)]
    assert unfilled([*offers, Offer("R", 2026, 5, 0), Offer("C", 2027, 10, None)]) == Unfilled(0.1, 30, 2024)
    assert unfilled([]) == Unfilled(None, None, None)
