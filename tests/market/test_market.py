"""The invented market is what it says: its facts follow the priors, its chances come true, its tables look like the real ones."""

from dataclasses import fields, replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from matching.engine.chances import sum_terms
from matching.engine.evidence import specialty, weights
from matching.engine.tables import Strict
from tests.market import facts, truth
from tests.market.market import Market, Rules, market, season
from tests.market.records import match_chances, publish, repeat

SEED, RUNS = 11, 40
HIDDEN = {"programs": {"step2_min", "share_non_us_img", "visa_j1", "step2_median"}, "applicants": {"publications", "letters", "hands_on_months"}}


@cache
def example() -> Market:
    return market(SEED)


@cache
def runs():
    return repeat(example(), np.random.default_rng(SEED + 1), RUNS)


@pytest.mark.parametrize(("curve", "values"), [("unstated_step2_min", (205, 218, 230, 244)), ("unstated_usce", (0, 1, 2)), ("unstated_letters", (0, 1, 2))])
def test_hidden_minimums_exclude_as_often_as_the_prior_says(curve, values):
    least = facts.hidden(np.random.default_rng(1), curve, facts.NONE_NEEDED, 40_000)
    excluded = [float((value < least).mean()) for value in values]
    assert excluded == pytest.approx(weights().curve(curve, np.array(values, float)).tolist(), abs=0.01)


@pytest.mark.parametrize(("curve", "values"), [("unstated_graduation", (2, 5, 8, 12, 25)), ("unstated_attempts", (0, 1, 2, 4))])
def test_hidden_limits_exclude_as_often_as_the_prior_says(curve, values):
    most = facts.hidden(np.random.default_rng(2), curve, facts.NO_LIMIT, 40_000)
    excluded = [float((value > most).mean()) for value in values]
    assert excluded == pytest.approx(weights().curve(curve, np.array(values, float)).tolist(), abs=0.01)


@pytest.mark.parametrize("side", ["programs", "applicants"])
def test_what_is_seen_is_true(side):
    both = getattr(example(), side)
    hidden = set()
    for field in fields(both.true):
        true, seen = getattr(both.true, field.name), getattr(both.seen, field.name)
        if not isinstance(true, np.ndarray) or true.ndim > 1 or field.name == "step1_score":
            continue
        blank = np.isnan(seen) if seen.dtype.kind == "f" else seen == (-1 if field.name == "university" else 0)
        if field.name not in {"ids", "state", "program_type", "kind", "visa"} and blank.any():
            hidden.add(field.name)
        else:
            blank = np.zeros_like(blank)
        firm = both.true.strictness.get(field.name) if side == "programs" else None
        # What is stated without saying how firmly may be nothing in truth.
        blank |= np.zeros_like(blank) if firm is None else both.seen.strictness[field.name] == Strict.UNCLEAR
        np.testing.assert_array_equal(true[~blank], seen[~blank], err_msg=field.name)
    assert {"programs": {"step2_min", "share_non_us_img", "visa_j1", "step2_median"}, "applicants": {"publications", "letters", "hands_on_months"}}[
        side
    ] <= hidden


def test_the_engine_given_every_fact_finds_the_same_sums_and_the_same_closed_pairs():
    # Two programs for one model: the engine's terms and the market's own formulas, on facts of which nothing is unknown.
    one = market(SEED, Rules(programs=150, applicants=1500))
    people, places = one.applicants.true, one.programs.true
    typical = 2.0
    figures = replace(specialty("140"), step2_slope=0.28, share_non_us_img=facts.SHARE_MEAN, publications=typical)
    total, _ = sum_terms(people, places, figures, weights())
    shut = truth.closed(people, places)
    np.testing.assert_array_equal(total.closed, shut)
    expected = truth.log_odds(people, places, slope=0.28, share=facts.SHARE_MEAN, publications=typical)
    np.testing.assert_allclose(total.mid[~shut], expected[~shut], atol=1e-9)
    assert 0.2 < shut.mean() < 0.6


def test_true_chances_come_true():
    one = example()
    chance, invited = one.chance[one.applied], runs().invited[one.applied] / RUNS
    assert invited[chance == 0].max() == 0
    edges = np.quantile(chance[chance > 0], np.linspace(0, 1, 11))
    for low, high in pairwise(edges):
        band = (chance > low) & (chance <= high)
        assert invited[band].mean() == pytest.approx(chance[band].mean(), rel=0.03)


def test_interviews_of_one_applicant_hang_together_through_strength():
    # Independent invitations would have the variance sum p (1 - p).
    one = example()
    chance = np.where(one.applied, one.chance, 0.0)
    independent = (chance * (1 - chance)).sum(axis=1).mean()
    assert runs().interviews.var(axis=0, ddof=1).mean() > 1.5 * independent


def test_strength_is_averaged_out_of_a_chance():
    marginal = np.array([-6.0, -3.0, -1.0, 0.0, 2.0])
    z = np.random.default_rng(4).normal(size=400_000)
    given = truth.before_strength(marginal, 1.2)
    mean = (1 / (1 + np.exp(-(given[:, None] + 1.2 * z)))).mean(axis=1)
    assert mean.tolist() == pytest.approx((1 / (1 + np.exp(-marginal))).tolist(), rel=0.02)


def test_match_chances_are_the_shares_matched_when_the_market_runs_again():
    one, rng = example(), np.random.default_rng(SEED + 2)
    who = rng.choice(one.rules.applicants, 800, replace=False)
    chances = match_chances(one, [season(one, rng) for _ in range(4)], who, rng, 60)
    realised = runs().matched[:, who].mean(axis=0)
    for band in np.array_split(np.argsort(chances), 8):
        assert realised[band].mean() == pytest.approx(chances[band].mean(), abs=0.03)
    assert realised.mean() == pytest.approx(chances.mean(), abs=0.01)


def test_nobody_holds_more_than_there_is():
    one = example()
    assert (runs().invited[~one.applied] == 0).all()
    assert (runs().invited.sum(axis=0) <= RUNS * one.slots).all()
    assert (runs().matched.sum(axis=1) <= one.quotas.sum()).all()
    assert not (runs().matched & (runs().interviews == 0)).any()


def test_published_tables_look_like_those_of_internal_medicine():
    # 2026: matched 0.485; ranks 6.1 (SD 4.5) and 2.5 (2.2); Step 2 CK 249 (14) and 242 (14).
    table = publish(example(), [season(example(), np.random.default_rng(3))])
    assert table.complete
    assert table.share_matched == pytest.approx(0.485, abs=0.03)
    assert (table.ranks_matched.mean, table.ranks_matched.sd) == (pytest.approx(6.1, abs=0.6), pytest.approx(4.5, abs=0.6))
    assert (table.ranks_unmatched.mean, table.ranks_unmatched.sd) == (pytest.approx(2.5, abs=0.4), pytest.approx(2.2, abs=0.4))
    assert (table.step2_matched.mean, table.step2_unmatched.mean) == (pytest.approx(249, abs=2), pytest.approx(242, abs=2))


def test_the_same_seed_gives_the_same_market():
    small = Rules(programs=20, applicants=200)
    one, other = (season(market(5, small), np.random.default_rng(6)) for _ in range(2))
    assert one.interviews.tolist() == other.interviews.tolist()
    assert one.matched.tolist() == other.matched.tolist()
    assert market(6, small).chance.tolist() != market(5, small).chance.tolist()
