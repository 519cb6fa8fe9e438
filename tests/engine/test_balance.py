"""How a list is divided among tiers, against the usual and an own target."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine.balance import TARGETED, balance, usual_shares
from matching.engine.evidence import sources
from matching.engine.tiers import Tier

COUNTS = st.fixed_dictionaries({tier: st.integers(0, 300) for tier in TARGETED})


def test_usual_shares_make_a_hundred_and_say_whose_they_are():
    shares = usual_shares()
    assert ([share.tier for share in shares], sum(share.percent for share in shares)) == (["reach", "middle", "safer"], 100)
    assert {sources()[share.source].kind for share in shares} == {"judgement"}
    assert all(share.why for share in shares)


@given(COUNTS)
def test_percents_make_a_hundred_and_lie_within_one_of_the_share(counts):
    found, total = balance(counts), sum(counts.values())
    assert sum(one.percent for one in found) == (100 if total else 0)
    assert all(abs(one.percent - 100 * one.count / total) < 1 for one in found if total)


def test_balance_holds_each_tier_against_the_usual_target():
    found = balance({Tier.REACH: 31, Tier.MIDDLE: 48, Tier.SAFER: 17, Tier.EXCLUDED: 4})
    assert [(one.tier, one.count, one.percent, one.target) for one in found] == [(Tier.REACH, 31, 32, 25), (Tier.MIDDLE, 48, 50, 50), (Tier.SAFER, 17, 18, 25)]


def test_balance_goes_by_an_own_target():
    own = {Tier.REACH: 10, Tier.MIDDLE: 30, Tier.SAFER: 60}
    assert [one.target for one in balance({}, own)] == [10, 30, 60]


@pytest.mark.parametrize(("count", "missing"), [(0, 25), (17, 8), (25, 0), (40, 0)])
def test_missing_is_what_the_list_lacks_of_the_target(count, missing):
    assert balance({Tier.SAFER: count})[2].missing(100) == missing
