"""The parameters that give the published figures back, specialty by specialty. Deterministic.

Five numbers a specialty: the level, spread and Step 2 CK slope of the log-odds of an interview, and
level and slope of the match curve. They minimise

    sum ((model - published) / scale)^2 x people / full_weight  +  sum ((number - pooled) / prior)^2

by Levenberg-Marquardt, so that many people overrule the pooled specialty and few do not. Scales
and priors stand in `evidence/fit.csv`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from matching.engine.anchoring import gain
from matching.engine.calibration.national import Outcome, interview_counts, outcome
from matching.engine.calibration.published import COMPARED_RANKS, Published, match_given_ranks, pooled, published
from matching.engine.chances import sum_terms
from matching.engine.evidence import POINTS, POOLED, FitNumbers, backgrounds, fit_numbers, specialty_rows, unfitted, weights
from matching.engine.matches import MatchCurve
from matching.engine.strength import strengths
from matching.engine.tables import ApplicantKind, Floats, unknown_program
from matching.engine.typical import typical_people

SCORE_NODES = 7  # Gauss-Hermite nodes of each of the two normals of Step 2 CK
ITERATIONS = 300
STEP = 1e-6  # of the finite differences
LONGEST_STEP = 0.4
CONVERGED = 1e-7
DECIMALS = 4  # of the parameter table
US_BRACKET, BISECTIONS = 4.0, 60  # the offset of U.S. IMGs lies within this many log-odds either way


@dataclass(frozen=True)
class Parameters:
    """What the fit found for one specialty, as the parameter table holds it.

    `interviews` is the mean over every non-U.S. IMG who applies, `none` the share of them without
    any, `interviews_us_img` the same mean for U.S. IMGs; `step2_mean`, `step2_sd` describe everybody who applies;
    `variation` is the coefficient of variation of expected interviews between applicants, `step2_gain` by
    how much of their mean they rise per 10 points, on average over everybody.
    """

    interviews: float
    interviews_us_img: float
    none: float
    variation: float
    spread: float
    step2_slope: float
    step2_gain: float
    step2_mean: float
    step2_sd: float
    match_level: float
    match_slope: float


@dataclass(frozen=True)
class Part:
    """A part of everybody who applies: their share, how far their mean Step 2 CK score is off, and their log-odds at a typical program."""

    share: float
    step2_shift: float
    log_odds: float


@dataclass(frozen=True)
class _Mix:
    """People with at least one rank at each Step 2 CK node, and how everybody at that score is made up.

    `scores`, `ranked` (nodes,), summing to 1; `parts` (nodes, parts), each row summing to 1; `log_odds` (parts,).
    """

    scores: Floats
    ranked: Floats
    parts: Floats
    log_odds: Floats

    @property
    def mean(self) -> float:
        return float(self.ranked @ self.scores)

    @property
    def rows(self) -> Floats:
        """The score of each row: one for each node and part."""
        return np.repeat(self.scores, len(self.log_odds))


def fit_all() -> list[tuple[Published, Parameters]]:
    """The pooled specialty first, then every specialty of the table, in its order."""
    numbers, parts = fit_numbers(), background_parts()
    every = [published(row) for row in specialty_rows()]
    together = pooled([one for one in every if one.complete and one.people >= numbers["pooled_at_least"]])
    start, mix = _start(numbers, together.applications), _mix(together, together, parts)
    # With a thousand times its people nothing pulls at the pooled specialty but its own figures.
    prior = _search(replace(together, people=1000 * together.people), mix, start, start, numbers)
    # The two match rates are published over all specialties together, so one offset serves them all.
    us_offset = _us_offset(together, mix, prior)
    fitted = [_parameters(together, mix, prior, us_offset)]
    for one in every:
        mix = _mix(one, together, parts)
        fitted.append(_parameters(one, mix, _search(one, mix, prior, prior, numbers), us_offset))
    return list(zip([together, *every], fitted, strict=True))


def fit(one: Published, *, parts: Sequence[Part] | None = None) -> Parameters:
    """Fit a single set of complete figures, leaning on nothing but the starting values; `parts` stand in for the published backgrounds."""
    numbers = fit_numbers()
    mix, start = _mix(one, one, parts or background_parts()), _start(numbers, one.applications)
    theta = _search(one, mix, start, start, numbers)
    return _parameters(one, mix, theta, _us_offset(one, mix, theta))


def background_parts() -> tuple[Part, ...]:
    """The backgrounds (evidence/backgrounds.csv), with the log-odds that the engine gives them where nothing is known of a program."""
    w, program = weights(), unknown_program(POOLED)
    figures = unfitted()
    total, _ = sum_terms(typical_people(figures, ApplicantKind.NON_US_IMG, 1, 1, w), program, figures, w)
    return tuple(Part(one.share, one.step2_shift, float(log_odds)) for one, log_odds in zip(backgrounds(), total.mid[:, 0], strict=True))


def _start(numbers: FitNumbers, applications: int) -> Floats:
    level = numbers["start_interviews"] / applications
    return np.array(
        [
            math.log(level / (1 - level)),
            math.log(numbers["start_spread"]),
            numbers["start_slope"],
            numbers["start_match_level"],
            math.log(numbers["start_match_slope"]),
        ]
    )


def _mix(one: Published, like: Published, parts: Sequence[Part]) -> _Mix:
    """Two normals by share matched; a mean that is missing keeps the pooled distance from the other, or is the pooled one."""
    distance = like.step2_matched.mean - like.step2_unmatched.mean
    unmatched = _known(one.step2_unmatched.mean, _known(one.step2_matched.mean - distance, like.step2_unmatched.mean))
    matched = _known(one.step2_matched.mean, unmatched + distance)
    groups = (
        (one.share_matched, matched, _known(one.step2_matched.sd, like.step2_matched.sd)),
        (1 - one.share_matched, unmatched, _known(one.step2_unmatched.sd, like.step2_unmatched.sd)),
    )
    nodes, weight = np.polynomial.hermite_e.hermegauss(SCORE_NODES)
    weight /= weight.sum()
    scores = np.concatenate([mean + sd * nodes for _, mean, sd in groups])
    ranked = np.concatenate([share * weight for share, _, _ in groups])
    return _Mix(scores, ranked, _made_up(scores, ranked, parts), np.array([part.log_odds for part in parts]))


def _made_up(scores: Floats, ranked: Floats, parts: Sequence[Part]) -> Floats:
    """The share of each part at each score, by Bayes: a normal around each part's own mean, all of one spread."""
    share, shift = np.array([part.share for part in parts]), np.array([part.step2_shift for part in parts])
    shift = shift - share @ shift
    mean = ranked @ scores
    within = math.sqrt(float(ranked @ (scores - mean) ** 2) - float(share @ shift**2))
    joint = share * np.exp(-(((scores[:, None] - mean - shift) / within) ** 2) / 2)
    result: Floats = joint / joint.sum(axis=1, keepdims=True)
    return result


def _known(value: float, instead: float) -> float:
    return instead if math.isnan(value) else value


def _rates(theta: Floats, mix: _Mix, offset: float = 0.0) -> Floats:
    """Chances of an interview (rows, strengths) at one typical program; a row is a score and a part."""
    z, _ = strengths()
    recorded = theta[2] * (mix.scores[:, None] - mix.mean) / POINTS + mix.log_odds
    log_odds = theta[0] + offset + recorded.ravel()[:, None] + math.exp(theta[1]) * z
    result: Floats = 1 / (1 + np.exp(-log_odds))
    return result


def _everybody(chance: Floats, mix: _Mix, applications: int) -> Floats:
    """Shares of everybody who applies in each row: people with a rank at that score over the chance of having one."""
    some = (1 - interview_counts(chance, applications)[:, 0]).reshape(mix.parts.shape)
    at_score = mix.ranked / (mix.parts * some).sum(axis=1)
    shares = (at_score[:, None] * mix.parts).ravel()
    result: Floats = shares / shares.sum()
    return result


def _curve(theta: Floats) -> MatchCurve:
    return MatchCurve(float(theta[3]), math.exp(theta[4]))


def _run(theta: Floats, mix: _Mix, applications: int) -> Outcome:
    chance = _rates(theta, mix)
    return outcome(chance, mix.rows, _everybody(chance, mix, applications), applications=applications, match=_curve(theta))


def _misses(theta: Floats, one: Published, mix: _Mix, numbers: FitNumbers) -> Floats:
    """(model - published) / scale for each figure that is fitted; 0 where nothing is published."""
    out = _run(theta, mix, one.applications)
    curve = _curve(theta).at(np.array(COMPARED_RANKS, np.float64))
    pairs = [
        ("share_matched", out.share_matched, one.share_matched),
        ("ranks_mean", out.ranks_matched.mean, one.ranks_matched.mean),
        ("ranks_mean", out.ranks_unmatched.mean, one.ranks_unmatched.mean),
        ("ranks_sd", out.ranks_matched.sd, one.ranks_matched.sd),
        ("ranks_sd", out.ranks_unmatched.sd, one.ranks_unmatched.sd),
        ("odds_ratio", out.odds_ratio, one.odds_ratio),
        *(("match_at", float(model), float(given)) for model, given in zip(curve, match_given_ranks(one), strict=True)),
    ]
    misses: Floats = np.nan_to_num(np.array([(model - given) / numbers[f"scale_{name}"] for name, model, given in pairs]))
    return misses


SLOPE = 2  # the place of the slope among the five numbers
PRIORS = ("prior_log_odds", "prior_log_spread", "prior_slope", "prior_match_level", "prior_log_match_slope")


def _search(one: Published, mix: _Mix, start: Floats, prior: Floats, numbers: FitNumbers) -> Floats:
    """Levenberg-Marquardt from `start`."""
    trust = math.sqrt(one.people / numbers["full_weight"])
    widths = np.array([numbers[name] for name in PRIORS])

    def residuals(theta: Floats) -> Floats:
        # No program is known to like a lower score: below zero the slope costs extra.
        backwards = min(theta[SLOPE], 0.0) / numbers["prior_slope_below_zero"]
        return np.concatenate([trust * _misses(theta, one, mix, numbers), (theta - prior) / widths, [backwards]])

    theta, damping, here = start.copy(), 1e-2, residuals(start)
    for _ in range(ITERATIONS):
        slopes = np.stack([(residuals(theta + step) - here) / STEP for step in STEP * np.eye(len(theta))], axis=1)
        move = np.linalg.solve(slopes.T @ slopes + damping * np.eye(len(theta)), -slopes.T @ here)
        move = np.clip(move, -LONGEST_STEP, LONGEST_STEP)
        there = residuals(theta + move)
        if there @ there < here @ here:
            theta, here, damping = theta + move, there, max(damping / 3, 1e-9)
        else:
            damping *= 4
        if np.abs(move).max() < CONVERGED:
            break
    return theta


def _parameters(one: Published, mix: _Mix, theta: Floats, us_offset: float) -> Parameters:
    _, strength = strengths()
    chance = _rates(theta, mix)
    everybody = _everybody(chance, mix, one.applications)
    out = outcome(chance, mix.rows, everybody, applications=one.applications, match=_curve(theta))
    mean = float(everybody @ mix.rows)
    variance = float(everybody @ (mix.rows - mean) ** 2)
    values = Parameters(
        interviews=out.interviews,
        interviews_us_img=float(one.applications * everybody @ _rates(theta, mix, us_offset) @ strength),
        none=out.none,
        variation=out.variation,
        spread=math.exp(theta[1]),
        step2_slope=float(theta[2]),
        step2_gain=gain(chance @ strength, mix.rows, everybody),
        step2_mean=mean,
        step2_sd=math.sqrt(variance),
        match_level=float(theta[3]),
        match_slope=math.exp(theta[4]),
    )
    return Parameters(**{name: round(value, DECIMALS) for name, value in values.__dict__.items()})


def _us_offset(one: Published, mix: _Mix, theta: Floats) -> float:
    """Log-odds of an interview that U.S. IMGs are ahead: such that the odds of matching stand as the two published match rates do."""
    us, non_us = (weights().number(f"match_rate_{kind}") for kind in ("us_img", "non_us_img"))
    ratio = us / (1 - us) / (non_us / (1 - non_us))
    everybody = _everybody(_rates(theta, mix), mix, one.applications)

    def share(offset: float) -> float:
        return outcome(_rates(theta, mix, offset), mix.rows, everybody, applications=one.applications, match=_curve(theta)).share_matched

    wanted = ratio * share(0.0) / (1 - share(0.0) + ratio * share(0.0))
    low, high = -US_BRACKET, US_BRACKET
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if share(middle) < wanted else (low, middle)
    return (low + high) / 2
