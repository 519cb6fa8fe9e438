"""The engine against an invented market of which everything is known.

It is fitted to the market's own published tables, sees the visible part of the facts, and what it states is held
against what is true and what happens when the market runs again and again.
"""

from functools import cache

import numpy as np
import pytest

from tests.market.market import Rules
from tests.market.validation import Sizes, Validation, mean_distribution, moments, reliability, validate

SEED = 11
POINTS = 0.02  # a stated chance and the realised share may differ by two percentage points
MATCH_POINTS = 0.05  # a match chance may be off by more: the market's interviews go by scores too, the engine's do not
RANGE = 0.9  # the ends of a range are meant to hold 9 cases in 10
MATCH_RANGE = 0.85  # the same for match chances of lists, for the same reason
MIDDLE = 0.8  # the share of cases that the stated number of interviews, from so many to so many, speaks of


@cache
def result() -> Validation:
    return validate(SEED)


@cache
def kinder() -> Validation:
    """A market in which interviews do not go by scores and strength, as the engine takes it; its tables look less like the published ones."""
    return validate(1, Sizes(runs=30, lists=1000, ranges=150, seasons=3, draws=100), Rules(lean=0.0))


def test_stated_interview_chances_come_true_in_every_tenth_of_them():
    one = result()
    stated = one.scores.chance[one.market.applied]
    realised = one.record.invited[one.market.applied] / len(one.record.matched)
    assert realised[stated == 0].max() == 0
    for band in reliability(stated[stated > 0], realised[stated > 0]):
        assert band.realised == pytest.approx(band.stated, abs=POINTS)
        # Two points are much where chances are small: there the error may be a quarter of the chance.
        assert band.realised == pytest.approx(band.stated, rel=0.25, abs=0.001)


def test_likeliest_pairs_come_true_too():
    one = result()
    stated = one.scores.chance[one.market.applied]
    realised = one.record.invited[one.market.applied] / len(one.record.matched)
    for low, high in ((0.1, 0.15), (0.15, 0.2), (0.2, 0.3)):
        band = (stated >= low) & (stated < high)
        assert band.sum() >= 300
        assert realised[band].mean() == pytest.approx(stated[band].mean(), abs=1.5 * POINTS)  # the likeliest of all come out a little too high


def test_stated_ranges_of_interview_chances_hold_the_truth():
    one = result()
    applied = one.market.applied & (one.scores.chance > 0)
    low, high, true = one.scores.low[applied], one.scores.high[applied], one.market.chance[applied]
    doubt = high > low
    assert doubt.mean() > 0.9
    assert ((low <= true) & (true <= high))[doubt].mean() >= RANGE


def test_stated_match_chances_of_whole_lists_come_true_in_every_tenth_of_them():
    one = result()
    stated = np.array([each.match for each in one.outlooks])
    realised = one.record.matched[:, one.who].mean(axis=0)
    assert realised.mean() == pytest.approx(stated.mean(), abs=MATCH_POINTS)
    for band in reliability(stated, realised):
        assert band.realised == pytest.approx(band.stated, abs=MATCH_POINTS)


def test_number_of_interviews_is_distributed_as_stated():
    one = result()
    stated = mean_distribution([each.interviews for each in one.outlooks])
    counted = one.record.interviews[:, one.who]
    assert (counted == 0).mean() == pytest.approx(stated[0], abs=POINTS)
    mean, sd = moments(stated)
    assert counted.mean() == pytest.approx(mean, rel=0.08)
    assert counted.std() == pytest.approx(sd, rel=0.08)


def test_expected_interviews_come_true_in_every_tenth_of_them():
    one = result()
    for band in reliability(np.array([each.expected for each in one.outlooks]), one.expected):
        assert band.realised == pytest.approx(band.stated, rel=0.25, abs=0.05)


def test_stated_middle_of_the_number_of_interviews_holds_as_many_cases_as_it_says():
    one = result()
    held, said = [], []
    for a, each in zip(one.who, one.ranges, strict=False):
        low, high = each.between(MIDDLE)
        counted = one.record.interviews[:, a]
        held.append(((low <= counted) & (counted <= high)).mean())
        said.append(each.interviews[low : high + 1].sum())
    # Counts are whole: the ends hold a little more than the share asked for.
    assert np.mean(held) >= MIDDLE
    assert np.mean(held) == pytest.approx(np.mean(said), abs=0.03)


def test_range_of_a_list_holds_the_true_expected_interviews():
    one = result()
    true = one.expected[: len(one.ranges)]
    held = [each.low.expected <= value <= each.high.expected for each, value in zip(one.ranges, true, strict=True)]
    assert np.mean(held) >= RANGE


def test_range_of_a_list_holds_the_true_match_chance():
    one = result()
    held = [each.low.match <= value <= each.high.match for each, value in zip(one.ranges, one.match, strict=True)]
    assert np.mean(held) >= MATCH_RANGE


def test_a_list_with_its_range_has_the_same_middle_as_without():
    one = result()
    assert [each.middle.match for each in one.ranges] == pytest.approx([each.match for each in one.outlooks[: len(one.ranges)]], abs=1e-9)


def test_the_fit_recovers_what_the_tables_leave_out():
    one = kinder()
    true = (one.record.interviews == 0).mean()
    # Published tables hold nobody without an interview, and no strength.
    assert one.fitted.none == pytest.approx(true, abs=0.015)
    assert one.fitted.interviews == pytest.approx(one.market.rules.interviews, rel=0.03)
    assert one.model.spreads[1] == pytest.approx(one.market.rules.spread, abs=0.1)
    assert one.model.figures.step2_slope == pytest.approx(one.market.rules.slope, abs=0.05)


def test_where_the_engine_takes_interviews_rightly_match_chances_are_closer():
    one = kinder()
    stated = one.scores.chance[one.market.applied]
    realised = one.record.invited[one.market.applied] / len(one.record.matched)
    assert max(abs(band.error) for band in reliability(stated[stated > 0], realised[stated > 0])) < POINTS / 2
    matches = reliability(np.array([each.match for each in one.outlooks]), one.record.matched[:, one.who].mean(axis=0))
    assert max(abs(band.error) for band in matches) < MATCH_POINTS / 2
    held = [each.low.match <= value <= each.high.match for each, value in zip(one.ranges, one.match, strict=True)]
    assert np.mean(held) >= RANGE
