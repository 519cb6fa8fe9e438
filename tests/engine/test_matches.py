"""From interviews to a match."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine.calibration.published import COMPARED_RANKS, match_given_ranks, published
from matching.engine.evidence import specialty, specialty_rows
from matching.engine.matches import MatchCurve

CURVES = st.builds(MatchCurve, level=st.floats(-5, 3), slope=st.floats(0.05, 4))
COUNTS = np.arange(201.0)


def test_curve_by_hand():
    # level ln(1/4), slope 2: odds k^2 / 4, so 1/4 to 1, 4/4, 9/4, 25/4, 100/4.
    curve = MatchCurve(-np.log(4), 2.0)
    assert curve.at(np.array([0, 1, 2, 3, 5, 10])) == pytest.approx([0, 1 / 5, 1 / 2, 9 / 13, 25 / 29, 25 / 26])


def test_curve_internal_medicine_by_hand():
    # exp(-1.9312) = 0.14497; 3, 5, 10 to the 1.679 are 6.3254, 14.9131, 47.753: odds 0.1450, 0.9170, 2.1620, 6.9230.
    curve = MatchCurve(-1.9312, 1.679)
    assert curve.at(np.array([0, 1, 3, 5, 10])) == pytest.approx([0, 0.12662, 0.47836, 0.68375, 0.87378], abs=0.00005)


@given(CURVES)
def test_curve_never_falls_is_nothing_without_an_interview_and_never_certain(curve):
    chances = curve.at(COUNTS)
    assert chances[0] == 0
    assert (np.diff(chances) > 0).all()
    assert chances[-1] < 1


@given(CURVES)
def test_curve_odds_at_one_interview_are_its_level_and_rise_with_the_power_of_the_count(curve):
    chances = curve.at(np.arange(1.0, 50))
    log_odds = np.log(chances) - np.log1p(-chances)
    assert log_odds == pytest.approx(curve.level + curve.slope * np.log(np.arange(1.0, 50)), abs=1e-6)


@pytest.mark.parametrize("shape", [(3,), (2, 3), ()])
def test_curve_keeps_the_shape(shape):
    assert MatchCurve(-1.0, 1.0).at(np.full(shape, 2.0)).shape == shape


@pytest.mark.parametrize("row", [row for row in specialty_rows() if published(row).complete and published(row).people >= 100], ids=lambda row: row["specialty"])
def test_fitted_curves_stand_near_what_rank_lists_say(row):
    figures = specialty(row["code"])
    curve = MatchCurve(figures.match_level, figures.match_slope).at(np.array(COMPARED_RANKS, float))
    # Only a guide of the fit: Surgery's at 10 ranks and Pediatrics' at 1 are off the most.
    assert curve == pytest.approx(match_given_ranks(published(row)), abs=0.16)
