"""The national figures stay the fitted ones whatever programs are loaded."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from matching.engine import anchor, interviews_per_application, score
from matching.engine.anchoring import gain, reference_chances, sent
from matching.engine.chances import sum_terms
from matching.engine.evidence import Weights, specialty, weights
from matching.engine.strength import strengths
from matching.engine.tables import NO, ApplicantKind
from matching.engine.typical import reference_mix
from tests.engine.strategies import STATES, TYPES, one_program, program_tables, programs


def mean_chances(table, kind):
    """Mean chance over the applications sent, by score of the mix, from the scores that applicants see."""
    model = anchor(table, states=STATES, types=TYPES)
    mix = reference_mix(model.figures, kind, STATES, TYPES, weights())
    scores = score(mix.people, table, model)
    total, _ = sum_terms(mix.people, table, model.figures, weights())
    sent_to = sent(total.mid, total.closed, weights())
    return (scores.chance * sent_to).sum(axis=1), mix.people.step2_score, mix.shares, float(mix.shares @ (scores.excluded == 0).mean(axis=1))


@pytest.mark.parametrize("kind", list(ApplicantKind))
@settings(max_examples=60)
@given(table=program_tables(most=12))
def test_anchor_mean_chance_of_the_reference_mix_is_the_fitted_level(kind, table):
    means, _, shares, open_share = mean_chances(table, kind)
    # Where more than half is closed, the rest does not have to make up for it.
    expected = interviews_per_application(specialty("140"), kind) * min(open_share / weights().number("open_at_least"), 1)
    assert float(shares @ means) == pytest.approx(expected, rel=1e-9)


def test_anchor_chances_rise_with_the_score_as_fitted_in_spite_of_stated_minimums():
    table = programs(np.random.default_rng(3), 300)
    figures, free = specialty("140"), anchor(one_program(), states=STATES, types=TYPES)
    assert np.isnan(table.step2_min).mean() < 0.5
    means, scores, shares, _ = mean_chances(table, ApplicantKind.NON_US_IMG)
    assert gain(means, scores, shares) == pytest.approx(figures.step2_gain, abs=0.001)
    # The minimums carry a part of the effect, so one program's slope is the less steep.
    assert 0 < anchor(table, states=STATES, types=TYPES).figures.step2_slope < free.figures.step2_slope


@settings(max_examples=40)
@given(table=program_tables(most=8))
def test_anchor_never_turns_a_better_score_into_a_drawback(table):
    assert 0 <= anchor(table, states=STATES, types=TYPES).figures.step2_slope <= 2 * specialty("140").step2_slope + 1e-12


@pytest.mark.parametrize("kind", list(ApplicantKind))
def test_anchor_expected_interviews_vary_between_applicants_as_fitted(kind):
    table = programs(np.random.default_rng(3), 300)
    model = anchor(table, states=STATES, types=TYPES)
    mix = reference_mix(model.figures, kind, STATES, TYPES, weights())
    chances, (_, share) = reference_chances(table, model, mix), strengths()
    mean, square = float(mix.shares @ chances @ share), float(mix.shares @ chances**2 @ share)
    assert np.sqrt(square / mean**2 - 1) == pytest.approx(specialty("140").variation, abs=0.002)


def test_anchor_spread_is_wider_where_programs_differ_than_where_they_are_alike():
    alike, varied = anchor(one_program(), states=STATES, types=TYPES), anchor(programs(np.random.default_rng(3), 300), states=STATES, types=TYPES)
    assert alike.spreads[ApplicantKind.NON_US_IMG] == pytest.approx(specialty("140").spread, rel=0.1)
    assert varied.spreads[ApplicantKind.NON_US_IMG] > alike.spreads[ApplicantKind.NON_US_IMG]


@given(table=program_tables(most=8))
def test_sent_applications_are_shares_that_prefer_the_likelier_open_program(table):
    mix = reference_mix(specialty("140"), ApplicantKind.NON_US_IMG, STATES, TYPES, weights())
    total, _ = sum_terms(mix.people, table, specialty("140"), weights())
    shares = sent(total.mid, total.closed, weights())
    # What goes to closed programs goes in vain.
    assert shares.sum(axis=1) == pytest.approx((~total.closed).mean(axis=1))
    assert (shares[total.closed] == 0).all()
    for row in range(len(shares)):
        order = np.argsort(total.mid[row][~total.closed[row]])
        assert (np.diff(shares[row][~total.closed[row]][order]) >= -1e-12).all()


def test_anchor_to_applications_that_choose_takes_lower_chances_at_each_program():
    table = programs(np.random.default_rng(3), 300)
    evenly = Weights(tuple(replace(row, value=0.0) if row.name == "selective" else row for row in weights().rows))
    even, choosing = (anchor(table, states=STATES, types=TYPES, table=one) for one in (evenly, weights()))
    assert (choosing.intercepts < even.intercepts - 0.2).all()


def test_reference_chances_average_to_the_chances_that_applicants_see():
    table = programs(np.random.default_rng(5), 200)
    model = anchor(table, states=STATES, types=TYPES)
    mix = reference_mix(model.figures, ApplicantKind.NON_US_IMG, STATES, TYPES, weights())
    means, *_ = mean_chances(table, ApplicantKind.NON_US_IMG)
    # The grid of log-odds costs less than a tenth of a percent.
    assert reference_chances(table, model, mix) @ strengths()[1] == pytest.approx(means, rel=1e-3)


def test_interviews_per_application_internal_medicine_by_hand():
    # parameters.csv: 3.4451 and 5.6617 interviews on average over everybody who applies; 100 applications assumed.
    assert interviews_per_application(specialty("140"), ApplicantKind.NON_US_IMG) == pytest.approx(0.034451)
    assert interviews_per_application(specialty("140"), ApplicantKind.US_IMG) == pytest.approx(0.056617)


def test_anchor_where_nobody_is_let_in_stays_finite():
    model = anchor(one_program(accepts_us_img=NO, accepts_non_us_img=NO), states=STATES, types=TYPES)
    assert np.isfinite([*model.intercepts, *model.spreads, model.figures.step2_slope]).all()


def test_anchor_without_any_program_is_the_fitted_specialty():
    model = anchor(one_program().take(np.array([], np.intp)), states=STATES, types=TYPES)
    assert model.figures == specialty("140")
    assert model.spreads.tolist() == [specialty("140").spread] * 2


@pytest.mark.parametrize("kind", list(ApplicantKind))
def test_reference_mix_has_the_fitted_mean_and_spread_of_scores(kind):
    figures = specialty("140")
    mix = reference_mix(figures, kind, STATES, TYPES, weights())
    mean = mix.shares @ mix.people.step2_score
    spread = np.sqrt(mix.shares @ (mix.people.step2_score - mean) ** 2)
    assert [float(mix.shares.sum()), float(mean), float(spread)] == pytest.approx([1.0, figures.step2_mean_all, figures.step2_sd_all])
