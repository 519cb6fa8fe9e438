"""The tables that the engine computes with: complete, cited, and all of them used."""

import numpy as np
import pytest

from matching.engine import anchor, evidence, explain, list_outlook, score
from matching.engine.calibration.fit import fit
from matching.engine.calibration.published import published
from matching.engine.evidence import POOLED, Weights, parameter_rows, sources, specialty, specialty_rows, weights
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
    evidence.specialty.cache_clear()
    evidence._pooled.cache_clear()
    rng = np.random.default_rng(1)
    table = programs(rng, 40)
    people, model = applicants(rng, 40), anchor(table, states=STATES, types=TYPES)
    score(people, table, model)
    one = people.take(np.array([0]))
    explain(one, table, model)
    list_outlook([(one, table, model)])
    fit(published(specialty_rows()[0]))
    assert {row.name for row in weights().rows} - read == set()


def test_specialty_rows_name_their_sources():
    cited = {row[column] for row in specialty_rows() for column in ("source", "fill_source", "applications_source")} - {""}
    assert cited - set(sources()) == set()


def test_parameter_rows_are_those_of_every_specialty_and_the_pooled_one_and_cite_their_inputs():
    assert list(parameter_rows()) == [POOLED, *(row["code"] for row in specialty_rows())]
    assert {source for row in parameter_rows().values() for source in row["inputs"].split("; ")} - set(sources()) == set()


def test_specialty_internal_medicine_by_hand():
    figures = specialty("140")
    assert figures.ranks_mean == pytest.approx((2649 * 6.1 + 2730 * 2.5) / 5379)
    assert figures.step2_mean == pytest.approx((2649 * 249 + 2730 * 242) / 5379)
    assert (figures.applicants, figures.people) == (3392 + 3600, 2649 + 2730)
    assert figures.share_non_us_img == pytest.approx(3575 / 11632)  # filled by non-U.S. IMGs in 2025 / positions of 2026


def test_specialty_interviews_of_everybody_are_fewer_than_of_people_with_at_least_one():
    for row in specialty_rows():
        figures = specialty(row["code"])
        if figures.people >= 100:
            # The published mean leaves out the share without any interview.
            assert figures.interviews / (1 - figures.none) == pytest.approx(figures.ranks_mean, rel=0.08), figures.name


def test_specialty_us_imgs_have_more_interviews_everywhere():
    assert [row["code"] for row in specialty_rows() if specialty(row["code"]).interviews_us_img <= specialty(row["code"]).interviews] == []


def test_specialty_without_figures_is_pooled_and_says_so():
    figures = specialty("999")
    pooled = parameter_rows()[POOLED]
    assert figures.pooled
    assert figures.code == "999"
    assert [figures.interviews, figures.spread, figures.step2_slope] == [float(pooled[name]) for name in ("interviews", "spread", "step2_slope")]


def test_specialty_small_ones_shrink_towards_the_pooled_slope():
    pooled = specialty("999").step2_slope
    published = 10 * (242 - 244) / ((16**2 + 15**2) / 2)  # Internal Medicine/Pediatrics, 20 people
    assert published < specialty("700").step2_slope < pooled


def test_specialty_without_a_score_effect_gives_unstated_minimums_none_either():
    assert specialty("120").score_matters == 0
    assert 0 < specialty("420").score_matters < 0.3  # Diagnostic Radiology: odds ratio 1.05
    assert specialty("140").score_matters == 1


def test_curve_is_flat_beyond_its_ends_and_unknown_stays_unknown():
    letters = weights().curve("letters", np.array([-1.0, 0.0, 3.0, 9.0, np.nan]))
    assert letters[:4].tolist() == [-0.3, -0.3, 0.1, 0.1]
    assert np.isnan(letters[4])
