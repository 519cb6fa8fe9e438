"""The published figures, and what Bayes reads off them."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from matching.engine.calibration.national import Moments
from matching.engine.calibration.published import LONGEST, match_at_scores, match_given_ranks, pooled, published, rank_distribution
from matching.engine.evidence import specialty_rows

BY_CODE = {row["code"]: published(row) for row in specialty_rows()}
IM, FM = BY_CODE["140"], BY_CODE["120"]
RANKS = np.arange(1, LONGEST + 1)


@given(st.floats(1.1, 10), st.floats(0.5, 6))
def test_rank_distribution_has_the_mean_and_spread_it_is_given(mean, sd):
    assume(sd**2 > mean - 1 + 0.01)
    found = rank_distribution(Moments(mean, sd))
    assert (found >= 0).all()
    # What lies beyond 200 ranks is left out.
    assert found.sum() == pytest.approx(1, abs=1e-3)
    assume(found.sum() > 1 - 1e-9)
    assert found @ RANKS == pytest.approx(mean, rel=1e-5)
    assert np.sqrt(found @ (RANKS - mean) ** 2) == pytest.approx(sd, rel=1e-3)


@pytest.mark.parametrize("who", ["matched", "unmatched"])
@pytest.mark.parametrize("code", [code for code, one in BY_CODE.items() if one.complete and one.people >= 100])
def test_rank_distribution_of_every_specialty_that_counts(code, who):
    ranks = getattr(BY_CODE[code], f"ranks_{who}")
    found = rank_distribution(ranks)
    assert found.sum() == pytest.approx(1, abs=1e-9)
    assert (found @ RANKS, np.sqrt(found @ (RANKS - ranks.mean) ** 2)) == pytest.approx((ranks.mean, ranks.sd), rel=1e-6)


def test_rank_distribution_by_hand():
    # One more than a geometric: mean 1, variance 2, so size 1 and a half each time.
    assert rank_distribution(Moments(2.0, math.sqrt(2)))[:4] == pytest.approx([1 / 2, 1 / 4, 1 / 8, 1 / 16])


@pytest.mark.parametrize("ranks", [Moments(1.0, 0.0), Moments(1.3, 0.5), Moments(math.nan, 1.0), Moments(2.0, math.nan)])
def test_rank_distribution_says_so_where_there_is_none(ranks):
    assert np.isnan(rank_distribution(ranks)).all()


def test_match_given_ranks_internal_medicine():
    # One rank: 26.01 / 15.15 = 1.717 and 0.674 are the sizes, (1.717 / 6.817)^1.717 = 0.0937 and (0.674 / 2.174)^0.674 = 0.4542
    # the shares; 0.4851 x 0.0937 / (0.4851 x 0.0937 + 0.5149 x 0.4542) = 0.163.
    assert match_given_ranks(IM) == pytest.approx([0.163, 0.486, 0.665, 0.864], abs=0.0005)


def test_match_given_ranks_rise_with_the_ranks_and_are_missing_where_a_mean_is():
    for one in BY_CODE.values():
        found = match_given_ranks(one)
        if one.people >= 100:
            assert (np.diff(found) > 0).all(), one.name
        elif math.isnan(one.ranks_matched.mean):
            assert np.isnan(found).all(), one.name


def test_odds_ratios_by_hand():
    # exp(10 x 7 / 196) and exp(-10 / 156.5).
    assert (IM.odds_ratio, FM.odds_ratio) == pytest.approx((math.exp(70 / 196), math.exp(-10 / 156.5)))
    assert (IM.odds_ratio, FM.odds_ratio) == pytest.approx((1.43, 0.94), abs=0.005)
    assert math.isnan(BY_CODE["080"].odds_ratio)  # Dermatology: the mean of the matched is not published


def test_match_at_scores_odds_rise_by_the_odds_ratio_where_both_spreads_are_equal():
    found = match_at_scores(IM, np.array([235.0, 245.0, 255.0]))
    odds = found / (1 - found)
    assert odds[1:] / odds[:-1] == pytest.approx([IM.odds_ratio] * 2)
    # Half-way between the means both densities are equal.
    assert match_at_scores(IM, np.array([245.5]))[0] == pytest.approx(IM.share_matched)


def test_match_at_scores_is_missing_where_a_mean_is():
    assert np.isnan(match_at_scores(BY_CODE["080"], np.array([240.0]))).all()


def test_published_reads_the_table():
    assert (IM.name, IM.matched, IM.unmatched, IM.people, IM.applications) == ("Internal Medicine", 3392, 3600, 5379, 100)
    assert (IM.ranks_matched, IM.ranks_unmatched) == (Moments(6.1, 4.5), Moments(2.5, 2.2))
    assert (IM.quartiles_matched, IM.quartiles_unmatched) == ((3, 5, 8), (1, 2, 3))
    assert (IM.step2_matched, IM.step2_unmatched) == (Moments(249, 14), Moments(242, 14))
    assert IM.share_matched == 3392 / 6992


def test_published_counts_only_people_whose_ranks_are_published():
    # Dermatology: 4 matched and 19 not; only the ranks of the latter are printed.
    assert BY_CODE["080"].people == 19
    assert not BY_CODE["080"].complete
    assert BY_CODE["461"].people == 0
    assert sum(one.complete and one.people >= 100 for one in BY_CODE.values()) == 11


def test_pooled_gives_each_specialty_one_vote_however_many_its_people():
    together = pooled([IM, FM])
    assert together.ranks_matched == Moments((6.1 + 5.4) / 2, 5.0)
    assert together.ranks_unmatched.mean == pytest.approx((2.5 + 1.9) / 2)
    assert (together.step2_matched.mean, together.step2_unmatched.mean) == (240, 237)
    assert together.share_matched == pytest.approx((IM.share_matched + FM.share_matched) / 2, abs=1e-4)
    assert together.people == IM.people + FM.people
    # Ten times the people of one, the same pooled figures.
    crowded = pooled([replace(IM, people=10 * IM.people, matched=10 * IM.matched, unmatched=10 * IM.unmatched), FM])
    assert (crowded.ranks_matched, crowded.step2_unmatched) == (together.ranks_matched, together.step2_unmatched)
    assert crowded.share_matched == pytest.approx(together.share_matched, abs=1e-4)
