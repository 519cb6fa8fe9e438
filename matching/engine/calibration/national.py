"""What a mix of applicants experiences nationally, counted as the published tables count.

An applicant with Step 2 CK score x and strength z has the same mean chance p(x, z) at each of n
applications, so interviews are Binomial(n, p); k interviews end in a match with P(match | k). The
published tables hold people with at least one rank, so everything is conditioned on k >= 1.
"""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np

from matching.engine.evidence import POINTS
from matching.engine.matches import MatchCurve
from matching.engine.strength import strengths
from matching.engine.tables import Floats

Quartiles = tuple[float, float, float]


@dataclass(frozen=True)
class Moments:
    """Mean and standard deviation of one count or score in one group."""

    mean: float
    sd: float


@dataclass(frozen=True)
class Outcome:
    """What comes out, of people with at least one interview but for `interviews` and `none`.

    `interviews` is the mean over everybody who applies, `variation` the coefficient of variation of
    expected interviews between applicants, `none` the share without any interview. `by_score` holds
    the share matched at each Step 2 CK node, `people_by_score` the share of people there.
    """

    interviews: float
    variation: float
    none: float
    share_matched: float
    ranks_matched: Moments
    ranks_unmatched: Moments
    quartiles_matched: Quartiles
    quartiles_unmatched: Quartiles
    step2_matched: Moments
    step2_unmatched: Moments
    by_score: Floats
    people_by_score: Floats

    @property
    def odds_ratio(self) -> float:
        """Of matching, per 10 points of Step 2 CK, read off two normals as off the published ones."""
        return odds_ratio(self.step2_matched, self.step2_unmatched)


def odds_ratio(matched: Moments, unmatched: Moments) -> float:
    """exp(10 x difference of the means / mean variance): two normals of one spread."""
    return float(np.exp(POINTS * (matched.mean - unmatched.mean) / ((matched.sd**2 + unmatched.sd**2) / 2)))


@cache
def _log_choose(n: int) -> Floats:
    """log(n over k) for k = 0..n."""
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + 1)))])
    result: Floats = logs[n] - logs - logs[::-1]
    return result


def interview_counts(chance: Floats, applications: int) -> Floats:
    """Distribution of the number of interviews for chances of shape (scores, strengths): (scores, applications + 1)."""
    _, share = strengths()
    p = np.clip(chance, 1e-300, 1 - 1e-12)[..., None]
    k = np.arange(applications + 1)
    given = np.exp(_log_choose(applications) + k * np.log(p) + (applications - k) * np.log1p(-p))
    result: Floats = np.einsum("xzk,z->xk", given, share)
    return result


def outcome(chance: Floats, scores: Floats, shares: Floats, *, applications: int, match: MatchCurve) -> Outcome:
    """Run a mix through: `chance` (scores, strengths), `shares` of everybody who applies at each score."""
    _, z_share = strengths()
    counts = interview_counts(chance, applications)
    k = np.arange(1, applications + 1, dtype=np.float64)
    joint = shares[:, None] * counts[:, 1:]
    any_interview = float(joint.sum())
    joint /= any_interview
    matched = joint * match.at(k)
    unmatched = joint - matched
    expected = applications * chance
    mean = float(shares @ expected @ z_share)
    people = joint.sum(axis=1)
    return Outcome(
        interviews=mean,
        variation=math.sqrt(max(float(shares @ expected**2 @ z_share) / mean**2 - 1, 0.0)),
        none=1 - any_interview,
        share_matched=float(matched.sum()),
        ranks_matched=_moments(k, matched.sum(axis=0)),
        ranks_unmatched=_moments(k, unmatched.sum(axis=0)),
        quartiles_matched=_quartiles(matched.sum(axis=0)),
        quartiles_unmatched=_quartiles(unmatched.sum(axis=0)),
        step2_matched=_moments(scores, matched.sum(axis=1)),
        step2_unmatched=_moments(scores, unmatched.sum(axis=1)),
        by_score=matched.sum(axis=1) / people,
        people_by_score=people,
    )


def _moments(values: Floats, weight: Floats) -> Moments:
    share = weight / weight.sum()
    mean = float(share @ values)
    return Moments(mean, math.sqrt(max(float(share @ values**2) - mean**2, 0.0)))


def _quartiles(weight: Floats) -> Quartiles:
    """Of counts 1, 2, 3 ...: the first count at which a quarter, half, three quarters are reached."""
    reached = np.cumsum(weight / weight.sum())
    first, middle, third = (float(np.searchsorted(reached, part) + 1) for part in (0.25, 0.5, 0.75))
    return first, middle, third
