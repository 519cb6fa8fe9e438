"""What a mix of applicants experiences, against counting by hand and one by one."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine.calibration.national import Moments, interview_counts, odds_ratio, outcome
from matching.engine.matches import MatchCurve
from matching.engine.strength import NODES, strengths

HALF = MatchCurve(0.0, 1.0)  # 1/2 at one interview, 2/3 at two


def everywhere(chance, scores=1):
    """The same chance at every score and strength."""
    return np.full((scores, NODES), chance)


def test_outcome_of_two_applications_by_hand():
    """Chance 1/2 each: 0, 1, 2 interviews with 1/4, 1/2, 1/4; given at least one 2/3 and 1/3."""
    out = outcome(everywhere(0.5), np.array([240.0]), np.ones(1), applications=2, match=HALF)
    assert (out.interviews, out.none, out.variation) == pytest.approx((1, 1 / 4, 0), abs=1e-7)
    # Matched: 2/3 x 1/2 = 3/9 with one and 1/3 x 2/3 = 2/9 with two; not matched: 3/9 and 1/9.
    assert out.share_matched == pytest.approx(5 / 9)
    assert (out.ranks_matched.mean, out.ranks_unmatched.mean) == pytest.approx((7 / 5, 5 / 4))
    assert (out.ranks_matched.sd, out.ranks_unmatched.sd) == pytest.approx((math.sqrt(6) / 5, math.sqrt(3) / 4))
    assert out.quartiles_matched == (1, 1, 2)
    assert out.quartiles_unmatched == (1, 1, 1)


def test_outcome_two_scores_by_hand():
    """One application, chances 1/5 and 3/5 at 240 and 250, as many people at each: of people with an interview 1/4 and 3/4."""
    chance = np.array([[0.2], [0.6]]) * np.ones(NODES)
    out = outcome(chance, np.array([240.0, 250.0]), np.array([0.5, 0.5]), applications=1, match=HALF)
    assert (out.interviews, out.none) == pytest.approx((0.4, 0.6))
    assert out.people_by_score == pytest.approx([1 / 4, 3 / 4])
    assert out.by_score == pytest.approx([1 / 2, 1 / 2])
    assert (out.step2_matched.mean, out.step2_unmatched.mean) == pytest.approx((247.5, 247.5))
    assert out.step2_matched.sd == pytest.approx(10 * math.sqrt(3) / 4)
    assert out.odds_ratio == pytest.approx(1)
    # Expected interviews 0.2 and 0.6: SD 0.2 around 0.4.
    assert out.variation == pytest.approx(0.5)


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12))
def test_outcome_is_what_counting_one_by_one_gives(seed, applications):
    rng = np.random.default_rng(seed)
    scores, shares = np.array([228.0, 245.0, 251.0]), rng.dirichlet(np.ones(3))
    chance, match = rng.uniform(0.01, 0.6, (3, NODES)), MatchCurve(-1.5, 1.4)
    _, strength = strengths()
    cells = []  # (share, score, interviews, chance of a match)
    for x in range(3):
        for z in range(NODES):
            for k in range(applications + 1):
                binomial = math.comb(applications, k) * chance[x, z] ** k * (1 - chance[x, z]) ** (applications - k)
                cells.append((shares[x] * strength[z] * binomial, scores[x], k, 1 / (1 + math.exp(1.5) * k**-1.4) if k else 0.0))
    share, score, k, matched = np.array(cells).T
    ranked = np.where(k > 0, share, 0) / share[k > 0].sum()
    out = outcome(chance, scores, shares, applications=applications, match=match)
    assert (out.interviews, out.none) == pytest.approx((share @ k, share[k == 0].sum()))
    assert out.share_matched == pytest.approx(ranked @ matched)
    for who, group in (("matched", ranked * matched), ("unmatched", ranked * (1 - matched))):
        part = group / group.sum()
        for name, values in (("ranks", k), ("step2", score)):
            found = getattr(out, f"{name}_{who}")
            assert found.mean == pytest.approx(part @ values)
            assert found.sd == pytest.approx(math.sqrt(max(part @ (values - part @ values) ** 2, 0)), abs=1e-5)
        assert getattr(out, f"quartiles_{who}") == tuple(next(n for n in range(1, 13) if part[k <= n].sum() >= least - 1e-12) for least in (0.25, 0.5, 0.75))
    expected = applications * chance
    mean = shares @ expected @ strength
    assert out.variation == pytest.approx(math.sqrt(shares @ (expected - mean) ** 2 @ strength) / mean)


@given(st.floats(0, 1), st.integers(1, 100))
def test_interview_counts_are_binomial(chance, applications):
    counts = interview_counts(everywhere(chance, scores=2), applications)
    k = np.arange(applications + 1)
    assert counts.shape == (2, applications + 1)
    assert counts.sum(axis=1) == pytest.approx(1)
    assert counts @ k == pytest.approx(applications * chance, abs=1e-6)
    assert counts[:, 0] == pytest.approx((1 - chance) ** applications, abs=1e-9)


@given(st.floats(0.01, 0.3), st.floats(0.02, 0.2))
def test_outcome_applicants_who_differ_have_more_often_no_interview_than_those_who_do_not(chance, step):
    """The mean is the same: whoever is invited a lot takes nobody's place in the share without any."""
    _, strength = strengths()
    apart = np.clip(chance + step * np.sign(np.linspace(-1, 1, NODES)), 0.001, 0.999)[None, :]
    alike = everywhere(float(apart[0] @ strength))
    outs = [outcome(one, np.array([240.0]), np.ones(1), applications=40, match=HALF) for one in (alike, apart)]
    assert outs[0].interviews == pytest.approx(outs[1].interviews)
    assert outs[0].none < outs[1].none
    assert outs[0].variation < outs[1].variation


@pytest.mark.parametrize(
    ("matched", "unmatched", "expected"),
    [
        # Internal Medicine: 10 x 7 / 196 = 0.3571.
        (Moments(249, 14), Moments(242, 14), 1.4292),
        # Family Medicine: -10 / ((144 + 169) / 2) = -0.0639.
        (Moments(231, 12), Moments(232, 13), 0.9381),
        (Moments(240, 10), Moments(240, 12), 1.0),
    ],
)
def test_odds_ratio_by_hand(matched, unmatched, expected):
    assert odds_ratio(matched, unmatched) == pytest.approx(expected, abs=0.00005)
