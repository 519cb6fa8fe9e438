"""Signals: where they go, what they do, and where they never go."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine.boosts import boosts, shifted
from matching.engine.placing import Signaling, place_signals, signal_effects
from matching.engine.portfolio import Entries, outlook
from tests.engine.exhaustive import CURVES

IM = CURVES[0]
TIERED, SINGLE = {"gold": 1, "silver": 2}, {"single": 2}


def signaling(chances, limits=None, *, takes_part=None, placed=None, spread=0.6, match=IM):
    size = len(chances)
    part = np.ones(size, bool) if takes_part is None else np.array(takes_part, bool)
    return Signaling(np.array(chances, float), part, spread, match, TIERED if limits is None else limits, placed or ("",) * size)


def match_chance(groups, signals):
    """With the table's middle amounts, by the way the rest of the site counts them."""
    entries = []
    for group, placed in zip(groups, signals, strict=True):
        boost = boosts(["none"] * len(placed), placed, group.takes_part)
        entries.append(Entries(shifted(group.chances, boost.mid), group.spread, group.match))
    return outlook(entries).match


def placements(group):
    """Every way to use the limits on programs that are open."""
    kinds = [kind for kind, limit in group.limits.items() for _ in range(limit)]
    open_ = np.flatnonzero(group.open)
    for places in permutations(open_.tolist(), min(len(kinds), len(open_))):
        for some in {tuple(order) for order in permutations(kinds, len(places))}:
            sent = dict(zip(places, some, strict=True))
            yield tuple(sent.get(place, "") for place in range(len(group.chances)))


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("limits", [TIERED, SINGLE], ids=str)
def test_place_signals_is_as_good_as_the_best_of_all_placements(limits, seed):
    rng = np.random.default_rng(seed)
    chances = 1 / (1 + np.exp(-rng.normal(-1.5, 2, 5)))
    group = signaling(chances, limits, takes_part=rng.random(5) < 0.8, spread=float(rng.uniform(0, 2)), match=CURVES[seed % len(CURVES)])
    best = max(match_chance([group], [one]) for one in placements(group))
    assert match_chance([group], place_signals([group])) == pytest.approx(best, rel=1e-4)


def test_place_signals_goes_to_the_middle_not_to_who_invites_anyway_nor_to_who_hardly_would():
    assert place_signals([signaling([0.98, 0.001, 0.3, 0.25, 0.002, 0.2])]) == (("", "", "gold", "silver", "", "silver"),)


def test_place_signals_never_goes_where_a_program_stays_out_or_is_excluded():
    group = signaling([0.3, 0.0, 0.2], takes_part=[False, True, True])
    assert place_signals([group]) == (("", "", "gold"),)


def test_place_signals_keeps_what_is_placed_and_counts_it_against_the_limit():
    group = signaling([0.01, 0.3, 0.2, 0.25, 0.1], placed=("gold", "", "", "", ""))
    assert place_signals([group]) == (("gold", "silver", "", "silver", ""),)
    over = replace(group, placed=("gold", "gold", "silver", "silver", ""))
    assert place_signals([over]) == (over.placed,)


def test_place_signals_shares_nothing_between_specialties():
    one, other = signaling([0.1, 0.2, 0.3, 0.05]), signaling([0.15, 0.2, 0.1], SINGLE)
    first, second = place_signals([one, other])
    assert [sorted(first), sorted(second)] == [["", "gold", "silver", "silver"], ["", "single", "single"]]


def test_place_signals_without_a_limit_or_an_entry_places_none():
    assert place_signals([signaling([0.1, 0.2], {}), signaling([])]) == (("", ""), ())


def test_place_signals_of_an_unknown_kind_is_an_error():
    with pytest.raises(KeyError):
        place_signals([signaling([0.1], {"platinum": 1})])


# What they do.


@settings(max_examples=40)
@given(st.integers(0, 10_000))
def test_signal_effects_are_the_differences_of_outlooks(seed):
    rng = np.random.default_rng(seed)
    groups = [signaling(rng.uniform(0.01, 0.6, 6), takes_part=rng.random(6) < 0.8), signaling(rng.uniform(0.01, 0.6, 4), SINGLE)]
    groups = [replace(group, placed=placed) for group, placed in zip(groups, place_signals(groups), strict=True)]
    kept, none = [group.placed for group in groups], [("",) * len(group.placed) for group in groups]
    effects, now = signal_effects(groups), match_chance(groups, kept)
    assert effects.together.match.mid == pytest.approx(now - match_chance(groups, none))
    assert effects.unsaid.match.mid == pytest.approx(now - outlook([Entries(group.chances, group.spread, group.match) for group in groups]).match)
    for number, each in enumerate(effects.each):
        assert sorted(each) == [place for place, kind in enumerate(kept[number]) if kind]
        for place, effect in each.items():
            without = [tuple("" if (own, at) == (number, place) else kind for at, kind in enumerate(one)) for own, one in enumerate(kept)]
            assert effect.match.mid == pytest.approx(now - match_chance(groups, without), abs=1e-8)
    for effect in (effects.together, effects.unsaid, *(one for each in effects.each for one in each.values())):
        assert effect.interviews.low <= effect.interviews.mid <= effect.interviews.high
        assert effect.match.low - 1e-9 <= effect.match.mid <= effect.match.high + 1e-9
    assert effects.together.match.low >= -1e-9


def test_signal_effects_is_the_example_worked_by_hand():
    # README.md, section 10.
    effect = signal_effects([signaling([0.10], placed=("gold",))]).each[0][0]
    assert effect.interviews == pytest.approx((0.0304, 0.1386, 0.3445), abs=6e-5)
    p1 = float(IM.at(np.array(1.0)))
    assert effect.match == pytest.approx(tuple(p1 * end for end in effect.interviews), abs=1e-8)


def test_signal_effects_in_a_specialty_without_signals_are_none():
    effects = signal_effects([signaling([0.1, 0.2])])
    assert [effects.each, effects.together.match, effects.unsaid.interviews] == [({},), (0, 0, 0), (0, 0, 0)]


def test_signal_effects_where_a_program_stays_out_are_none():
    effects = signal_effects([signaling([0.1, 0.2], takes_part=[False, True], placed=("gold", ""))])
    assert [effects.each, effects.together.match.mid] == [({},), 0]
