"""The national level: what the loaded programs must add up to for a reference mix of applicants.

Three numbers are set. The intercept, for each kind of IMG: the mean chance over the loaded programs
and the mix equals the fitted interviews per application. The slope of Step 2 CK: interviews rise with
the score as fitted, part of which stated minimums already do. The spread of strength, for each kind:
expected interviews vary between applicants as fitted, which takes a wider spread where some programs
invite nearly everybody. Loading other programs therefore moves programs against each
other, never the national figures.

One bound: published applicants lose about a third of their applications to screens. Where fewer
programs than `open_at_least` are open to the mix, the open ones are set as if that many were, or a
handful of open programs would have to carry the interviews of all.
"""

from dataclasses import dataclass, replace

import numpy as np

from matching.engine.chances import logistic, score_distance, sum_terms
from matching.engine.evidence import POINTS, SpecialtyFigures, Weights, specialty, weights
from matching.engine.matches import MatchCurve
from matching.engine.strength import given_strength, strengths
from matching.engine.tables import ApplicantKind, Bools, Floats, ProgramTable
from matching.engine.typical import Mix, reference_mix

BISECTIONS = 45  # halves the bracket below to 1e-12
BRACKET = (-20.0, 20.0)
SPREAD_BISECTIONS = 17  # to 1e-5
SECANTS, CLOSE = 8, 1e-5
BINS, NARROWEST = 300, 1e-6
POLISH = 3  # steps of Newton's method, from 1e-4 to 1e-12


@dataclass(frozen=True)
class Model:
    """Everything that turns a sum of terms into chances for one specialty and one set of programs."""

    figures: SpecialtyFigures
    weights: Weights
    intercepts: Floats  # by ApplicantKind
    spreads: Floats  # by ApplicantKind, in log-odds per standard deviation of strength

    @property
    def specialty(self) -> str:
        """ACGME code."""
        return self.figures.code

    @property
    def match(self) -> MatchCurve:
        """From interviews to a match."""
        return MatchCurve(self.figures.match_level, self.figures.match_slope)


def interviews_per_application(figures: SpecialtyFigures, kind: ApplicantKind) -> float:
    """The fitted level: mean interviews of everybody who applies / applications."""
    interviews = figures.interviews if kind is ApplicantKind.NON_US_IMG else figures.interviews_us_img
    return interviews / figures.applications


def anchor(
    programs: ProgramTable, *, states: int, types: int, table: Weights | None = None, figures: SpecialtyFigures | None = None, mix: Mix | None = None
) -> Model:
    """Set intercepts, spreads and the Step 2 CK slope for `programs`.

    `states`, `types`: widths of the caller's index lists. `table`, `figures` and `mix` (of non-U.S. IMGs) stand in for the published ones.
    """
    w, s = table or weights(), figures or specialty(programs.specialty)
    intercepts, spreads = np.zeros(len(ApplicantKind)), np.full(len(ApplicantKind), s.spread)
    if len(programs):
        mixes = {kind: reference_mix(s, kind, states, types, w) for kind in ApplicantKind} | ({ApplicantKind.NON_US_IMG: mix} if mix else {})
        # The slope is published for non-U.S. IMGs alone.
        s = replace(s, step2_slope=_slope(_Anchored(programs, mixes[ApplicantKind.NON_US_IMG], s, w), s))
        for kind in ApplicantKind:
            anchored = _Anchored(programs, mixes[kind], s, w)
            intercepts[kind] = anchored.intercept()
            spreads[kind] = _spread(anchored, (1 + s.variation**2) * anchored.level**2, w.ends("spread_range"), s.spread)
    return Model(s, w, intercepts, spreads)


class _Anchored:
    """The reference mix at some programs: log-odds that lack the intercept, and what it must come to."""

    def __init__(self, programs: ProgramTable, mix: Mix, s: SpecialtyFigures, w: Weights) -> None:
        self.scores, self.shares = mix.people.step2_score, mix.shares
        total, _ = sum_terms(mix.people, programs, s, w)
        self.log_odds, self.closed = total.mid, total.closed
        self.distance = score_distance(mix.people, programs, s, w)
        self.sent = sent(self.log_odds, self.closed, w)
        open_share = float(self.shares @ (~self.closed).mean(axis=1))
        self.level = interviews_per_application(s, ApplicantKind(mix.people.kind[0])) * min(open_share / w.number("open_at_least"), 1.0)

    def chances(self, steeper: float = 0.0) -> Floats:
        """Chances (people, programs) with the intercept in, and the slope raised by `steeper`."""
        return self._at(self.intercept(steeper), steeper)

    def means(self, chance: Floats) -> Floats:
        """Mean chance of each kind of person over the applications sent."""
        result: Floats = (chance * self.sent).sum(axis=1)
        return result

    def mean(self, chance: Floats) -> float:
        """Mean chance of everybody."""
        return float(self.shares @ self.means(chance))

    def _at(self, intercept: float, steeper: float) -> Floats:
        return np.where(self.closed, 0.0, logistic(intercept + self.log_odds + steeper * self.distance))

    def intercept(self, steeper: float = 0.0) -> float:
        """The mean chance rises with the intercept: bisection on a grid, then Newton's method. Where nobody is let in, any finite number does."""
        if self.closed.all():
            return 0.0
        log_odds = self.log_odds + steeper * self.distance
        grid, on_grid = _histogram(log_odds, self.sent)
        weight = self.shares @ on_grid
        low, high = BRACKET
        for _ in range(BISECTIONS):
            middle = (low + high) / 2
            low, high = (middle, high) if float(weight @ logistic(middle + grid)) < self.level else (low, middle)
        found = (low + high) / 2
        for _ in range(POLISH):
            chance = np.where(self.closed, 0.0, logistic(found + log_odds))
            found -= (self.mean(chance) - self.level) / self.mean(chance * (1 - chance))
        return found


def gain(means: Floats, scores: Floats, shares: Floats) -> float:
    """By how much of its mean a quantity rises per 10 points: covariance with the score / (mean x variance of the score) x 10."""
    centred = scores - shares @ scores
    return float(POINTS * (shares @ (centred * means)) / ((shares @ means) * (shares @ centred**2)))


def _slope(mix: _Anchored, s: SpecialtyFigures) -> float:
    """The slope at one program with which the mix gains as fitted over all programs: stated and likely minimums carry a part of it.

    Secant method, because the gain rises nearly one to one with the slope. Between none and twice the fitted
    slope, so that no set of programs turns a better score into a drawback.
    """
    if mix.closed.all():
        return s.step2_slope

    def miss(steeper: float) -> float:
        return gain(mix.means(mix.chances(steeper)), mix.scores, mix.shares) - s.step2_gain

    before, at = 0.0, miss(0.0)
    most = abs(s.step2_slope)
    now = float(np.clip(-at, -most, most))
    for _ in range(SECANTS):
        there = miss(now)
        if abs(there) < CLOSE or there == at:
            break
        before, at, now = now, there, float(np.clip(now - there * (now - before) / (there - at), -most, most))
    return s.step2_slope + now


def reference_chances(programs: ProgramTable, model: Model, mix: Mix) -> Floats:
    """The mean chance of each kind of person in `mix` over the applications it sends, at each strength: (people, strengths)."""
    total, _ = sum_terms(mix.people, programs, model.figures, model.weights)
    kind = mix.people.kind[0]
    grid, on_grid = _histogram(model.intercepts[kind] + total.mid, sent(total.mid, total.closed, model.weights))
    return on_grid @ given_strength(logistic(grid), float(model.spreads[kind]))


def _spread(mix: _Anchored, second_moment: float, reach: tuple[float, float], fitted: float) -> float:
    """Bisection: the second moment of the mean chance, over mix and strengths, rises with the spread.

    `reach`: the least and the most that the spread may be, as multiples of the fitted one.
    """
    _, share = strengths()
    grid, on_grid = _histogram(mix.intercept() + mix.log_odds, mix.sent)
    low, high = (end * fitted for end in reach)
    for _ in range(SPREAD_BISECTIONS):
        middle = (low + high) / 2
        mean_chance = on_grid @ given_strength(logistic(grid), middle)
        low, high = (middle, high) if float(mix.shares @ mean_chance**2 @ share) < second_moment else (low, middle)
    return (low + high) / 2


def sent(log_odds: Floats, closed: Bools, w: Weights) -> Floats:
    """Shares of each person's applications that go to each program, (people, programs), where open; closed ones get theirs in vain.

    Open programs are preferred by their odds to the power `selective`; a closed one gets as many as any.
    """
    open_share = (~closed).mean(axis=1, keepdims=True)
    liked = np.where(closed, 0.0, np.exp(w.number("selective") * (log_odds - log_odds.max(axis=1, keepdims=True))))
    total = liked.sum(axis=1, keepdims=True)
    result: Floats = np.divide(liked * open_share, total, out=np.zeros_like(liked), where=total > 0)
    return result


def _histogram(log_odds: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """(grid, shares): log-odds (people, programs) with their weight on an even grid, (people, BINS); those without weight nowhere.

    Each pair is split between its two neighbours, so that thousands of programs cost as little as three hundred.
    """
    open_ = weight > 0
    inside = log_odds[open_] if open_.any() else np.zeros(1)
    low, step = float(inside.min()), max(float(np.ptp(inside)), NARROWEST) / (BINS - 1)
    place = np.where(open_, (log_odds - low) / step, 0.0)
    left = np.minimum(place.astype(np.intp), BINS - 2)
    part = place - left
    rows = np.arange(len(log_odds))[:, None] * BINS + left
    size = len(log_odds) * BINS
    counts = np.zeros(size)
    for at, share in ((rows, 1 - part), (rows + 1, part)):
        counts += np.bincount(at.ravel(), (weight * share).ravel(), size)
    return low + step * np.arange(BINS, dtype=np.float64), counts.reshape(len(log_odds), BINS)
