"""The match curve as a sum of powers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine.matches import MatchCurve
from matching.engine.powers import POWERS, powers
from tests.engine.exhaustive import CURVES


def missed(curve, most):
    bases, weights = powers(curve, most)
    counts = np.arange(most + 1)
    return float(np.abs(bases[None, :] ** counts[:, None] @ weights - curve.at(counts.astype(float))).max())


@pytest.mark.parametrize("curve", CURVES, ids=str)
def test_powers_follow_the_curve_of_each_specialty(curve):
    assert missed(curve, 300) < 1e-9
    assert missed(curve, 1500) < 1e-7


@settings(max_examples=60)
@given(st.floats(-4, 2), st.floats(0.1, 3.5), st.integers(0, 400))
def test_powers_follow_any_curve(level, slope, most):
    assert missed(MatchCurve(level, slope), most) < 2e-9


def test_powers_are_fitted_once_for_lengths_alike():
    first, second = powers(CURVES[0], 200), powers(CURVES[0], 256)
    assert first is second
    assert [len(part) for part in first] == [POWERS, POWERS]
