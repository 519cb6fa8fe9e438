from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartpick.wording import RAREST, SPOKEN_ODDS, about_count, about_one_in, in_ten, in_ten_range, odds_range, one_in, percent, plural

WORDS = ["less than 1 in 1,000", *(f"{hits} in {of:,}" for hits, of in SPOKEN_ODDS), "more than 9 in 10"]
CHANCES = st.floats(0, 1)


@pytest.mark.parametrize(
    ("chance", "words"),
    [
        (0, "less than 1 in 1,000"),
        (0.00099, "less than 1 in 1,000"),
        (0.001, "1 in 1,000"),
        (0.0021, "1 in 500"),
        (0.005, "1 in 200"),
        (0.01, "1 in 100"),
        (0.0303, "1 in 33"),
        (0.083, "1 in 12"),
        (0.1, "1 in 10"),
        (0.143, "1 in 7"),
        (0.34, "1 in 3"),
        (0.4, "2 in 5"),
        (0.5, "1 in 2"),
        (0.66, "2 in 3"),
        (0.75, "3 in 4"),
        (0.9, "9 in 10"),
        (0.96, "more than 9 in 10"),
        (1, "more than 9 in 10"),
    ],
)
def test_one_in_names_the_nearest_odds(chance, words):
    assert one_in(chance) == words


@given(CHANCES, CHANCES)
def test_one_in_higher_chance_never_sounds_lower(one, other):
    low, high = sorted((one, other))
    assert WORDS.index(one_in(low)) <= WORDS.index(one_in(high))


@given(st.floats(RAREST, 0.95))
def test_one_in_is_never_off_by_more_than_a_fifth(chance):
    hits, of = (int(part.replace(",", "")) for part in one_in(chance).split(" in "))
    assert 0.8 <= hits / of / chance <= 1.25


@pytest.mark.parametrize("chance", [nan, inf, -0.01, 1.01])
def test_one_in_impossible_chance_is_refused(chance):
    with pytest.raises(ValueError, match="between 0 and 1"):
        one_in(chance)


@pytest.mark.parametrize(("chance", "words"), [(None, "not known"), (0.083, "about 1 in 12"), (0.0002, "less than 1 in 1,000"), (0.99, "more than 9 in 10")])
def test_about_one_in_says_about_only_where_odds_are_named(chance, words):
    assert about_one_in(chance) == words


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (1 / 12, 1 / 5, "1 in 12 to 1 in 5"),
        (0.0005, 1 / 33, "up to 1 in 33"),
        (0.0001, 0.0002, "less than 1 in 1,000"),
        (0.1, 0.1, "1 in 10"),
        (0.5, 0.99, "1 in 2 to more than 9 in 10"),
    ],
)
def test_odds_range_says_each_end_once(low, high, words):
    assert odds_range(low, high) == words


@pytest.mark.parametrize(
    ("share", "words"), [(None, "not known"), (0, "0%"), (0.005, "less than 1%"), (0.006, "1%"), (0.62, "62%"), (0.996, "more than 99%"), (1, "100%")]
)
def test_percent_never_tells_few_as_none_or_nearly_all_as_all(share, words):
    assert percent(share) == words


@pytest.mark.parametrize(("count", "words"), [(0, "0 letters"), (1, "1 letter"), (2, "2 letters"), (2.5, "2.5 letters")])
def test_plural_follows_the_count(count, words):
    assert plural(count, "letter") == words


@pytest.mark.parametrize(
    ("chance", "words"),
    [(0.0, "less than 1 in 1,000"), (0.05, "1 in 20"), (0.2, "1 in 5"), (0.35, "4 in 10"), (0.44, "4 in 10"), (0.94, "9 in 10"), (0.97, "more than 9 in 10")],
)
def test_in_ten_tells_small_chances_as_odds_and_others_in_tenths(chance, words):
    assert in_ten(chance) == words


@pytest.mark.parametrize("chance", [-0.1, 1.1, float("nan"), float("inf")])
def test_in_ten_impossible_chance_is_refused(chance):
    with pytest.raises(ValueError, match="between 0 and 1"):
        in_ten(chance)


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.41, 0.68, "4 to 7 in 10"),
        (0.42, 0.44, "4 in 10"),
        (0.05, 0.4, "1 in 20 to 4 in 10"),
        (0.8, 0.99, "8 in 10 to more than 9 in 10"),
        (0.0, 0.4, "up to 4 in 10"),
    ],
)
def test_in_ten_range_shares_what_both_ends_say(low, high, words):
    assert in_ten_range(low, high) == words


@pytest.mark.parametrize(
    ("expected", "words"), [(0.0, "none"), (0.03, "less than 0.1"), (0.44, "about 0.4"), (0.97, "about 1"), (1.4, "about 1"), (12.6, "about 13")]
)
def test_about_count_says_no_more_than_is_known(expected, words):
    assert about_count(expected) == words
