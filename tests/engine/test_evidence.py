"""The tables that the engine computes with: complete, cited, and all of them used."""

import numpy as np
import pytest

from matching.engine import anchor, evidence, explain, score
from matching.engine.evidence import Weights, sources, specialty, specialty_rows, weights
from tests.engine.strategies import STATES, TYPES, applicants, programs


def test_weights_every_row_names_a_source_and_a_reason():
    assert [row.name for row in weights().rows if row.source not in sources() or not row.why or row.confidence not in {"low", "medium", "high"}] == []


def test_weights_every_name_is_read_by_the_engine(monkeypatch):
    read = set()
    for method in ("number", "ends", "curve"):
        original = getattr(Weights, method)

        def recording(self, name, *rest, original=original):
            read.add(name)
            return original(self, name, *rest)

        monkeypatch.setattr(Weights, method, recording)
    evidence._figures.cache_clear()
    rng = np.random.default_rng(1)
    table = programs(rng, 40)
    people, model = applicants(rng, 40), anchor(table, states=STATES, types=TYPES)
    score(people, table, model)
    explain(people.take(np.array([0])), table, model)
    assert {row.name for row in weights().rows} - read == set()


def test_specialty_rows_name_their_sources():
    cited = {row[column] for row in specialty_rows() for column in ("source", "fill_source", "applications_source")} - {""}
    assert cited - set(sources()) == set()


def test_specialty_internal_medicine_by_hand():
    figures = specialty("140")
    assert figures.interviews == pytest.approx((2649 * 6.1 + 2730 * 2.5) / 5379)
    assert figures.step2_mean == pytest.approx((2649 * 249 + 2730 * 242) / 5379)
    # Published: odds ratio exp(10 x 7 / 14^2) = 1.43 per 10 points; 5,379 people stand behind it, so it hardly shrinks.
    assert np.exp(figures.step2_slope) == pytest.approx(1.43, abs=0.01)
    assert figures.share_non_us_img == pytest.approx(3575 / 11632)  # filled by non-U.S. IMGs in 2025 / positions of 2026


def test_specialty_without_figures_is_pooled_and_says_so():
    figures = specialty("999")
    assert figures.level == pytest.approx(specialty("461").level)
    assert figures.pooled
    assert figures.code == "999"
    assert figures.step2_slope == pytest.approx(specialty("461").step2_slope)


def test_specialty_small_ones_shrink_towards_the_pooled_slope():
    pooled = specialty("999").step2_slope
    published = 10 * (242 - 244) / ((16**2 + 15**2) / 2)  # Internal Medicine/Pediatrics, 20 people
    assert published < specialty("700").step2_slope < pooled
    assert abs(specialty("700").step2_slope - pooled) < abs(specialty("700").step2_slope - published)


def test_curve_is_flat_beyond_its_ends_and_unknown_stays_unknown():
    letters = weights().curve("letters", np.array([-1.0, 0.0, 3.0, 9.0, np.nan]))
    assert letters[:4].tolist() == [-0.3, -0.3, 0.1, 0.1]
    assert np.isnan(letters[4])
