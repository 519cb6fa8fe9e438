"""The national level stays the published one whatever programs are loaded."""

import numpy as np
import pytest
from hypothesis import given, settings

from matching.engine import anchor, interviews_per_application, score
from matching.engine.anchoring import reference_mix
from matching.engine.evidence import specialty, weights
from matching.engine.tables import NO, ApplicantKind
from tests.engine.strategies import STATES, TYPES, one_program, program_tables


def national_level(programs, kind) -> float:
    model = anchor(programs, states=STATES, types=TYPES)
    mix, shares = reference_mix(model.figures, kind, STATES, TYPES, weights())
    return float(shares @ score(mix, programs, model).chance.mean(axis=1))


@pytest.mark.parametrize("kind", list(ApplicantKind))
@settings(max_examples=60)
@given(programs=program_tables(most=12))
def test_anchor_mean_chance_of_the_reference_mix_is_the_published_level(kind, programs):
    model = anchor(programs, states=STATES, types=TYPES)
    mix, shares = reference_mix(model.figures, kind, STATES, TYPES, weights())
    open_share = float(shares @ (score(mix, programs, model).excluded == 0).mean(axis=1))
    level = interviews_per_application(specialty("140"), kind, weights())
    # Where more than a third is closed, the rest does not have to make up for it.
    expected = level * min(open_share / weights().number("open_at_least"), 1)
    assert national_level(programs, kind) == pytest.approx(expected, rel=1e-9)


def test_interviews_per_application_internal_medicine_by_hand():
    # (2649 x 6.1 + 2730 x 2.5) / 5379 ranks, 100 applications; U.S. IMGs: odds x (0.678/0.322) / (0.58/0.42)
    non_us = interviews_per_application(specialty("140"), ApplicantKind.NON_US_IMG, weights())
    us = interviews_per_application(specialty("140"), ApplicantKind.US_IMG, weights())
    assert non_us == pytest.approx(0.042745, abs=1e-6)
    assert us == pytest.approx(0.063745, abs=1e-6)


def test_anchor_where_nobody_is_let_in_stays_finite():
    model = anchor(one_program(accepts_us_img=NO, accepts_non_us_img=NO), states=STATES, types=TYPES)
    assert np.isfinite(model.intercepts).all()


@pytest.mark.parametrize("kind", list(ApplicantKind))
def test_reference_mix_has_the_published_mean_and_spread_of_scores(kind):
    figures = specialty("140")
    mix, shares = reference_mix(figures, kind, STATES, TYPES, weights())
    mean = shares @ mix.step2_score
    spread = np.sqrt(shares @ (mix.step2_score - mean) ** 2)
    assert [float(shares.sum()), float(mean), float(spread)] == pytest.approx([1.0, figures.step2_mean, figures.step2_sd])
