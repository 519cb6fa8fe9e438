"""The order of a list, and finding one program on it."""

import numpy as np
import pytest

from applicants.choices import ApplicantType, VisaNeed
from matching.engine import Tier
from matching.services.ranking import explanations, position_of, rank
from tests.matching.builders import add_programs, market, profile
from tests.programs.builders import query_count

pytestmark = pytest.mark.django_db


def ranking(data=None):
    return rank(data or profile(), specialty="140", match_year=2027)


def test_rank_orders_by_tier_then_chance_with_the_excluded_last():
    market(1, share_non_us_img="0.1", visa_j1="yes")
    add_programs([2], visa_j1="no")
    add_programs([3], share_non_us_img="0.9", visa_j1="yes")
    result = ranking()
    assert [result.programs.names[position] for position in result.order] == ["Invented Hospital 003", "Invented Hospital 001", "Invented Hospital 002"]
    assert result.scores.tier[0][result.order[-1]] == Tier.EXCLUDED


def test_rank_equal_programs_stay_in_name_order():
    market(9)
    assert ranking().order.tolist() == list(range(9))


def test_rank_takes_three_queries_once_programs_are_read():
    market(2)
    ranking()
    # data version, calendar, states
    assert query_count(ranking) == 3


def test_rank_of_no_programs_is_empty():
    market(0)
    assert [len(ranking().order), ranking().scores.chance.shape] == [0, (1, 0)]


def test_rank_us_and_non_us_imgs_are_kept_apart():
    market(1, accepts_us_img="yes", accepts_non_us_img="no")
    us = profile(applicant_type=ApplicantType.US_IMG, visa_need=VisaNeed.NONE)
    assert [int(ranking(data).scores.tier[0, 0] == Tier.EXCLUDED) for data in (us, profile())] == [0, 1]


def test_explanations_follow_the_positions_asked_for():
    market(1, visa_j1="no")
    add_programs([2], visa_j1="yes")
    result = ranking()
    assert [bool(why.excluded_by) for why in explanations(result, np.array([1, 0, 1]))] == [False, True, False]


def test_position_of_a_program_that_is_not_ranked_is_none():
    market(2)
    assert [position_of(ranking(), key) for key in ("1400500002", "1400500009", "")] == [1, None, None]
