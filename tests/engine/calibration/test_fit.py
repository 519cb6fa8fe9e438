"""The fit: repeatable, gives known parameters back, and trusts figures as far as people stand behind them."""

import math
from dataclasses import asdict, replace

import numpy as np
import pytest

from matching.engine.calibration import fit as fitting
from matching.engine.calibration.fit import Part, background_parts, fit, fit_all
from matching.engine.calibration.national import Moments
from matching.engine.calibration.published import published
from matching.engine.evidence import PARAMETERS_FILE, POOLED, backgrounds, fit_numbers, parameter_rows, specialty_rows, weights
from matching.management.commands.fit_calibration import table

IM = published(next(row for row in specialty_rows() if row["code"] == "140"))
NUMBERS = fit_numbers()
START = fitting._start(NUMBERS, IM.applications)
ALIKE = (Part(1.0, 0.0, 0.0),)


def test_fit_all_gives_the_parameter_table():
    assert table(fit_all()) == PARAMETERS_FILE.read_text(encoding="utf-8")


def test_fit_is_the_same_every_time():
    assert fit(IM) == fit(IM)


def itself(theta, parts):
    """Figures that the model with `theta` makes: of scores that are again the two normals it starts from."""
    one = replace(IM, people=1e6)
    for _ in range(40):
        out = fitting._run(theta, fitting._mix(one, one, parts), one.applications)
        matched = round(1e9 * out.share_matched)
        one = replace(
            one,
            matched=matched,
            unmatched=10**9 - matched,
            ranks_matched=out.ranks_matched,
            ranks_unmatched=out.ranks_unmatched,
            step2_matched=out.step2_matched,
            step2_unmatched=out.step2_unmatched,
        )
    return one, out


@pytest.mark.parametrize("parts", [ALIKE, background_parts()], ids=["all alike", "with backgrounds"])
@pytest.mark.parametrize("truth", [(-3.3, 0.8, 0.3, -1.5, 1.4), (-4.2, 0.5, 0.6, -2.3, 2.0), (-3.0, 1.2, -0.1, -1.0, 1.2)])
def test_fit_gives_known_parameters_back(truth, parts):
    level, spread, slope, match_level, match_slope = truth
    theta = np.array([level, math.log(spread), slope, match_level, math.log(match_slope)])
    one, _ = itself(theta, parts)
    # P(match | ranks) read off negative binomials is a guide and not what the model makes: left out here.
    found = fitting._search(one, fitting._mix(one, one, parts), START, START, dict(NUMBERS) | {"scale_match_at": 1e6})
    assert found == pytest.approx(theta, abs=0.001)


def test_fit_with_its_guide_stays_near_known_parameters():
    theta = np.array([-3.3, math.log(0.8), 0.3, -1.5, math.log(1.4)])
    one, out = itself(theta, background_parts())
    found = fit(one)
    assert (found.interviews, found.none) == pytest.approx((out.interviews, out.none), rel=0.01)
    assert (found.spread, found.step2_slope) == pytest.approx((0.8, 0.3), abs=0.01)
    assert (found.match_level, found.match_slope) == pytest.approx((-1.5, 1.4), abs=0.05)


@pytest.mark.parametrize("start", [(-4.5, 0.0, 0.0, -3.0, 0.0), (-2.5, -1.0, 0.8, -0.5, 0.8)])
def test_fit_ends_in_the_same_place_wherever_it_begins(start):
    mix = fitting._mix(IM, IM, background_parts())
    ends = [fitting._search(IM, mix, np.array(begin), START, NUMBERS) for begin in (START, start)]
    assert ends[0] == pytest.approx(ends[1], abs=1e-4)


def test_fit_ends_where_no_small_step_makes_it_better():
    mix = fitting._mix(IM, IM, background_parts())
    found = fitting._search(IM, mix, START, START, NUMBERS)
    widths, trust = np.array([NUMBERS[name] for name in fitting.PRIORS]), math.sqrt(IM.people / NUMBERS["full_weight"])

    def cost(theta):
        misses, pulls = trust * fitting._misses(theta, IM, mix, NUMBERS), (theta - START) / widths
        return float(misses @ misses + pulls @ pulls)

    for direction in np.eye(5):
        assert cost(found) < cost(found + 0.003 * direction)
        assert cost(found) < cost(found - 0.003 * direction)


def test_fit_a_slope_below_zero_costs_extra_and_one_above_does_not():
    family_medicine = published(next(row for row in specialty_rows() if row["code"] == "120"))
    slopes = {}
    for one in (IM, family_medicine):
        mix = fitting._mix(one, one, background_parts())
        for cost in (0.035, 1e6):
            slopes[one.code, cost] = fitting._search(one, mix, START, START, dict(NUMBERS) | {"prior_slope_below_zero": cost})[fitting.SLOPE]
    assert slopes["120", 1e6] + 0.05 < slopes["120", 0.035] < 0
    assert slopes["140", 1e6] == pytest.approx(slopes["140", 0.035], abs=1e-5)


def test_fit_few_people_stay_at_the_prior_and_many_overrule_it():
    few, some, many = (fit(replace(IM, people=people)) for people in (0.0001, 30, 1e6))
    assert (few.spread, few.step2_slope) == pytest.approx((NUMBERS["start_spread"], NUMBERS["start_slope"]), abs=0.001)
    assert (few.match_level, few.match_slope) == pytest.approx((NUMBERS["start_match_level"], NUMBERS["start_match_slope"]), abs=0.001)
    for name in ("spread", "match_level", "match_slope", "interviews"):
        ends = sorted((getattr(few, name), getattr(many, name)))
        assert ends[0] < getattr(some, name) < ends[1], name
    # The mean of ranks over both groups, once those without any are back in.
    ranks = IM.share_matched * IM.ranks_matched.mean + (1 - IM.share_matched) * IM.ranks_unmatched.mean
    assert many.interviews / (1 - many.none) == pytest.approx(ranks, abs=0.06)
    assert abs(few.interviews / (1 - few.none) - ranks) > 0.3


@pytest.mark.parametrize("code", ["461", "380"])
def test_fitted_a_specialty_without_figures_is_the_pooled_one_in_all_that_scores_do_not_say(code):
    assert int(parameter_rows()[code]["people"]) == 0
    for name in ("spread", "step2_slope", "match_level", "match_slope"):
        assert parameter_rows()[code][name] == parameter_rows()[POOLED][name], name


def test_misses_a_missing_mean_changes_nothing_else():
    mix = fitting._mix(IM, IM, background_parts())
    everything = fitting._misses(START, IM, mix, NUMBERS)
    without = fitting._misses(START, replace(IM, ranks_unmatched=Moments(math.nan, 2.2)), mix, NUMBERS)
    # Its own miss, and P(match | ranks), which needs both means.
    gone = [2, 6, 7, 8, 9]
    assert without[gone].tolist() == [0] * 5
    assert np.delete(without, gone).tolist() == np.delete(everything, gone).tolist()
    assert (everything[gone] != 0).all()


def test_misses_are_in_units_of_their_scales():
    mix = fitting._mix(IM, IM, background_parts())
    out = fitting._run(START, mix, IM.applications)
    misses = fitting._misses(START, IM, mix, NUMBERS)
    assert misses[0] == pytest.approx((out.share_matched - IM.share_matched) / NUMBERS["scale_share_matched"])
    assert misses[4] == pytest.approx((out.ranks_unmatched.sd - 2.2) / NUMBERS["scale_ranks_sd"])
    assert misses[5] == pytest.approx((out.odds_ratio - IM.odds_ratio) / NUMBERS["scale_odds_ratio"])


@pytest.mark.parametrize(
    ("matched", "unmatched", "expected"),
    [
        (Moments(250, 14), Moments(math.nan, math.nan), (250, 243)),  # pooled distance 7
        (Moments(math.nan, 14), Moments(243, 14), (250, 243)),
        (Moments(math.nan, math.nan), Moments(math.nan, math.nan), (249, 242)),
    ],
)
def test_scores_that_are_not_published_keep_the_pooled_distance_or_are_the_pooled_ones(matched, unmatched, expected):
    said = replace(IM, step2_matched=Moments(expected[0], 14), step2_unmatched=Moments(expected[1], 14))
    found, full = (fitting._mix(one, IM, ALIKE) for one in (replace(IM, step2_matched=matched, step2_unmatched=unmatched), said))
    assert found.scores == pytest.approx(full.scores)
    assert found.mean == pytest.approx(IM.share_matched * expected[0] + (1 - IM.share_matched) * expected[1])


def test_mix_of_people_with_a_rank_is_made_up_of_the_backgrounds():
    parts = background_parts()
    mix = fitting._mix(IM, IM, parts)
    assert mix.ranked.sum() == pytest.approx(1)
    assert mix.parts.sum(axis=1) == pytest.approx(1)
    assert mix.ranked @ mix.parts == pytest.approx([part.share for part in parts], abs=0.005)
    # Those who failed Step 2 CK stand lower, so they are a larger part of low scores.
    order = np.argsort(mix.scores)
    assert (np.diff(mix.parts[order][:, -1]) < 0).all()


def test_everybody_who_applies_leaves_the_people_with_a_rank_when_those_without_any_go():
    mix = fitting._mix(IM, IM, background_parts())
    chance = fitting._rates(START, mix)
    everybody = fitting._everybody(chance, mix, IM.applications)
    assert everybody.sum() == pytest.approx(1)
    ranked = everybody * (1 - fitting.interview_counts(chance, IM.applications)[:, 0])
    assert (ranked / ranked.sum()).reshape(mix.parts.shape).sum(axis=1) == pytest.approx(mix.ranked)
    # Low scores are rarer among people with a rank than among all.
    assert everybody @ mix.rows < mix.mean


def test_background_parts_carry_what_the_engine_gives_each_background():
    parts = dict(zip([row.name for row in backgrounds()], background_parts(), strict=True))
    number = weights().number
    typical = parts["typical"].log_odds
    assert sum(part.share for part in parts.values()) == pytest.approx(1)
    # No visa: +0.1, and no risk of a program without a J-1 that does not say so. A first fail, 6 years after graduation: by their weights and priors.
    assert parts["no visa needed"].log_odds - typical == pytest.approx(number("visa_none") - math.log(1 - number("unstated_visa_j1")))
    years = {at: float(weights().curve("graduation", np.array(at)) + np.log(1 - weights().curve("unstated_graduation", np.array(at)))) for at in (5.0, 6.0)}
    assert parts["failed Step 1"].log_odds - typical == pytest.approx(number("fail_step1") + math.log(0.7) + years[6.0] - years[5.0])
    assert parts["failed Step 1"].log_odds - parts["failed Step 2 CK"].log_odds == pytest.approx(number("fail_step1") - number("fail_step2"))


def test_fitted_us_imgs_match_as_much_more_often_as_the_published_rates_say():
    """With the offset found, the odds of matching rise by (0.678 / 0.322) / (0.58 / 0.42) = 1.525."""
    mix = fitting._mix(IM, IM, background_parts())
    offset = fitting._us_offset(IM, mix, START)
    everybody = fitting._everybody(fitting._rates(START, mix), mix, IM.applications)
    shares = [
        fitting.outcome(fitting._rates(START, mix, by), mix.rows, everybody, applications=IM.applications, match=fitting._curve(START)).share_matched
        for by in (0.0, offset)
    ]
    odds = [share / (1 - share) for share in shares]
    assert odds[1] / odds[0] == pytest.approx((0.678 / 0.322) / (0.58 / 0.42))
    assert offset > 0


def test_parameters_are_rounded_as_the_table_holds_them():
    assert all(value == round(value, fitting.DECIMALS) for value in asdict(fit(IM)).values())
