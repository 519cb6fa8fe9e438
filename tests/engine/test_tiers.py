import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine.evidence import tier_bands
from matching.engine.tiers import Tier, tiers


@pytest.mark.parametrize(
    ("chance", "tier"),
    [(0.0, Tier.REACH), (0.0299, Tier.REACH), (0.03, Tier.MIDDLE), (0.0999, Tier.MIDDLE), (0.1, Tier.SAFER), (1.0, Tier.SAFER)],
)
def test_tiers_at_the_edges_of_the_bands(chance, tier):
    assert tiers(np.array([chance]), np.array([False]))[0] == tier


@given(st.lists(st.floats(0, 1), min_size=1))
def test_tiers_excluded_whatever_the_chance(chances):
    assert (tiers(np.array(chances), np.ones(len(chances), bool)) == Tier.EXCLUDED).all()


@given(st.floats(0, 1), st.floats(0, 1))
def test_tiers_rise_with_the_chance(one, other):
    low, high = sorted((one, other))
    codes = tiers(np.array([low, high]), np.zeros(2, bool))
    assert codes[1] <= codes[0]


def test_tier_bands_run_from_the_best_down_and_end_at_zero():
    assert [word for word, _ in tier_bands()] == [tier.word for tier in Tier if tier is not Tier.EXCLUDED]
    bounds = [least for _, least in tier_bands()]
    assert bounds == sorted(bounds, reverse=True)
    assert bounds[-1] == 0
