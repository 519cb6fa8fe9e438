"""What one entry is worth, against the list worked out anew without it, or with one more."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine.entry_worth import gained_with, lost_without
from matching.engine.matches import MatchCurve
from matching.engine.portfolio import Entries, outlook

CURVE = MatchCurve(level=-1.5, slope=1.2)
CHANCES = st.lists(st.just(0.0) | st.floats(1e-6, 0.97), min_size=1, max_size=12)


def entries(chances, spread=1.0):
    return Entries(np.array(chances, np.float64), spread, CURVE)


@given(CHANCES, CHANCES, st.floats(0.05, 1.5))
@settings(max_examples=60, deadline=None)
def test_lost_without_is_the_difference_to_the_list_without_it(first, second, spread):
    groups = [entries(first, spread), entries(second)]
    whole = outlook(groups).match
    for place, lost in enumerate(lost_without(groups)):
        for position in range(len(groups[place].chances)):
            rest = [*groups]
            rest[place] = entries(np.delete(groups[place].chances, position), groups[place].spread)
            assert abs(lost[position] - (whole - outlook(rest).match)) < 1e-9


@given(CHANCES, CHANCES, st.floats(0.05, 1.5))
@settings(max_examples=60, deadline=None)
def test_gained_with_is_the_difference_to_the_list_with_one_more(chances, more, spread):
    groups = [entries(chances, spread), entries([0.2, 0.4])]
    whole = outlook(groups).match
    gained, none = gained_with(groups, [np.array(more), np.zeros(0)])
    assert len(none) == 0
    for chance, gain in zip(more, gained, strict=True):
        assert abs(gain - (outlook([entries([*chances, chance], spread), groups[1]]).match - whole)) < 1e-9


def test_lost_without_stays_exact_for_a_long_list_of_likely_entries():
    chances = np.linspace(0.01, 0.99, 300)
    lost = lost_without([entries(chances)])[0]
    for position in (0, 150, 299):
        assert abs(lost[position] - (outlook([entries(chances)]).match - outlook([entries(np.delete(chances, position))]).match)) < 1e-9


def test_an_empty_list_loses_nothing_and_gains_with_its_first():
    assert lost_without([entries([])])[0].tolist() == []
    gained = gained_with([entries([])], [np.array([0.3])])[0]
    assert abs(gained[0] - outlook([entries([0.3])]).match) < 1e-12
