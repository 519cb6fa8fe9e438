"""One strength for all programs of an applicant: taken apart, and put together again."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from matching.engine.evidence import specialty
from matching.engine.matches import MatchCurve
from matching.engine.portfolio import Entries, interviews_given_strength, outlook
from matching.engine.strength import NODES, given_strength, strengths

SPREADS = st.floats(0, 2.5)
CHANCES = arrays(np.float64, st.integers(1, 6), elements=st.just(0.0) | st.just(1.0) | st.floats(1e-12, 1 - 1e-12))
CURVE = MatchCurve(specialty("140").match_level, specialty("140").match_slope)


def finely(chances, spread):
    """(chances at 1,001 strengths, shares): over 10 standard deviations either way, c by bisection."""
    z = np.linspace(-10, 10, 1001)
    share = np.exp(-(z**2) / 2)
    share /= share.sum()
    low, high = np.full(len(chances), -60.0), np.full(len(chances), 60.0)
    for _ in range(60):
        middle = (low + high) / 2
        too_low = (1 / (1 + np.exp(-(middle[:, None] + spread * z)))) @ share < chances
        low, high = np.where(too_low, middle, low), np.where(too_low, high, middle)
    return 1 / (1 + np.exp(-(middle[:, None] + spread * z))), share


def test_strengths_are_a_standard_normal_in_steps():
    z, share = strengths()
    assert len(z) == len(share) == NODES
    moments = [float(share @ z**power) for power in range(5)]
    # The fourth lacks what lies beyond 4 standard deviations.
    assert moments == pytest.approx([1, 0, 1, 0, 2.9932], abs=0.00005)
    assert np.diff(z) == pytest.approx(z[1] - z[0])
    assert share == pytest.approx(share[::-1])


def test_strengths_cannot_be_changed_by_a_caller():
    for part in strengths():
        with pytest.raises(ValueError, match="read-only"):
            part[0] = 7


@given(CHANCES, SPREADS)
def test_given_strength_averages_to_the_chance_again(chances, spread):
    _, share = strengths()
    assert given_strength(chances, spread) @ share == pytest.approx(chances, rel=1e-9, abs=1e-15)


@given(CHANCES, SPREADS)
def test_given_strength_rises_with_strength_and_stays_a_chance(chances, spread):
    at_node = given_strength(chances, spread)
    assert at_node.shape == (len(chances), NODES)
    assert (np.diff(at_node, axis=1) >= 0).all()
    assert ((at_node >= 0) & (at_node <= 1)).all()


@given(SPREADS)
def test_given_strength_leaves_what_is_certain(spread):
    assert given_strength(np.array([0.0, 1.0]), spread).tolist() == [[0.0] * NODES, [1.0] * NODES]


@given(CHANCES)
def test_given_strength_without_spread_is_the_chance_itself(chances):
    assert given_strength(chances, 0.0) == pytest.approx(np.repeat(chances[:, None], NODES, axis=1), rel=1e-9)


def test_given_strength_moves_every_log_odds_by_spread_times_strength():
    z, _ = strengths()
    at_node = given_strength(np.array([[0.02, 0.3], [0.5, 0.9]]), 0.7)
    log_odds = np.log(at_node / (1 - at_node))
    assert log_odds.shape == (2, 2, NODES)
    assert log_odds - log_odds[..., [NODES // 2]] == pytest.approx(np.broadcast_to(0.7 * z, (2, 2, NODES)), abs=1e-9)


@given(st.floats(0.001, 0.9), SPREADS)
def test_given_strength_of_a_better_chance_is_better_at_every_strength(chance, spread):
    worse, better = given_strength(np.array([chance, chance + 0.05]), spread)
    assert (better > worse).all()


LISTS = {
    "a hundred average programs": np.full(100, 0.036),
    "sixty mixed ones": np.linspace(0.005, 0.2, 60),
    "ten good ones": np.full(10, 0.3),
    "forty from poor to sure": np.linspace(0.02, 0.9, 40),
}


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(("spread", "off"), [(0.3, 0.00001), (0.7, 0.00002), (1.2, 0.0002), (2.0, 0.0005), (2.5, 0.001)])
def test_outlook_in_21_steps_is_the_integral(name, spread, off):
    """How far 21 steps are off: what lies beyond 4 standard deviations (6 in 100,000 people) is left out."""
    chances = LISTS[name]
    found = outlook([Entries(chances, spread, CURVE)])
    at_node, share = finely(chances, spread)
    exact = share @ interviews_given_strength(at_node)
    assert found.interviews[0] == pytest.approx(float(exact[0]), abs=off)
    assert found.match == pytest.approx(float(exact @ CURVE.at(np.arange(len(exact), dtype=float))), abs=off)
    assert np.cumsum(found.interviews) == pytest.approx(np.cumsum(exact), abs=10 * off)
