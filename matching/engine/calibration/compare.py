"""Model against published, figure by figure, for the programs that are loaded.

The reference mix is run through the engine as any applicant is: its chances at the loaded programs,
the assumed number of applications spread evenly over them, then counted like the published tables.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from matching.engine.anchoring import Model, reference_chances
from matching.engine.calibration.national import Moments, Outcome, outcome
from matching.engine.calibration.published import COMPARED_RANKS, Published, match_at_scores, match_given_ranks
from matching.engine.evidence import fit_numbers
from matching.engine.tables import ApplicantKind, Floats, Index, ProgramTable
from matching.engine.typical import reference_mix


@dataclass(frozen=True)
class Figure:
    """One figure: `published` and `accept` are NaN where there is none; `sampling` is the published figure's standard error."""

    name: str
    published: float
    model: float
    sampling: float
    accept: float
    fitted: bool

    @property
    def error(self) -> float:
        """Model less published."""
        return self.model - self.published

    @property
    def agrees(self) -> bool | None:
        """Whether the two differ by no more than `accept`; None where that is not asked."""
        return None if math.isnan(self.error) or math.isnan(self.accept) else abs(self.error) <= self.accept


@dataclass(frozen=True)
class ScoreBand:
    """Share matched in one band of Step 2 CK scores, of mean `score`; `people` of the published sample stand there, `sampling` is the standard error."""

    score: float
    published: float
    model: float
    people: float
    sampling: float


@dataclass(frozen=True)
class Comparison:
    """One specialty. `programs` were loaded; `none` and `interviews` are about everybody who applies, and are published nowhere."""

    published: Published
    programs: int
    interviews: float
    none: float
    figures: tuple[Figure, ...]
    bands: tuple[ScoreBand, ...]

    @property
    def agrees(self) -> bool:
        """Whether every figure that must agree does."""
        return all(figure.agrees is not False for figure in self.figures)


def compare(one: Published, programs: ProgramTable, model: Model, *, states: int, types: int) -> Comparison | None:
    """Run the reference mix of non-U.S. IMGs through the engine. `states`, `types`: widths of the caller's index lists.

    None where no program is loaded, or none is open to anybody in the mix: then nothing comes out.
    """
    mix = reference_mix(model.figures, ApplicantKind.NON_US_IMG, states, types, model.weights)
    scores, chances = mix.people.step2_score, reference_chances(programs, model, mix)
    if not chances.any():
        return None
    out = outcome(chances, scores, mix.shares, applications=one.applications, match=model.match)
    curve = model.match.at(np.array(COMPARED_RANKS, np.float64))
    return Comparison(one, len(programs), out.interviews, out.none, (*_fitted(one, out), *_guides(one, curve), *_free(one, out)), _bands(one, out, scores))


def _fitted(one: Published, out: Outcome) -> list[Figure]:
    """What the fit aims at, and has to reach."""
    accept = fit_numbers()
    matched, unmatched = one.people_matched, one.people_unmatched
    share, ratio = one.share_matched, one.odds_ratio
    spread = math.sqrt((one.step2_matched.sd**2 + one.step2_unmatched.sd**2) / 2)
    ratio_error = ratio * 10 / spread * math.sqrt(1 / matched + 1 / unmatched)
    counted = math.sqrt(share * (1 - share) / (one.matched + one.unmatched))
    return [
        Figure("share matched", share, out.share_matched, counted, accept["accept_share_matched"], fitted=True),
        _mean("mean ranks, matched", one.ranks_matched, out.ranks_matched, matched),
        _mean("mean ranks, not matched", one.ranks_unmatched, out.ranks_unmatched, unmatched),
        _sd("SD of ranks, matched", one.ranks_matched, out.ranks_matched, matched),
        _sd("SD of ranks, not matched", one.ranks_unmatched, out.ranks_unmatched, unmatched),
        Figure("Step 2 CK odds ratio per 10 points", ratio, out.odds_ratio, ratio_error, accept["accept_odds_ratio"], fitted=True),
    ]


def _mean(name: str, given: Moments, found: Moments, people: float) -> Figure:
    return Figure(name, given.mean, found.mean, given.sd / math.sqrt(people), fit_numbers()["accept_ranks_mean"], fitted=True)


def _sd(name: str, given: Moments, found: Moments, people: float) -> Figure:
    # Of a normal; rank lists have longer tails, so this is the least that it can be.
    return Figure(name, given.sd, found.sd, given.sd / math.sqrt(2 * people), fit_numbers()["accept_ranks_sd"], fitted=True)


def _guides(one: Published, curve: Floats) -> list[Figure]:
    """P(match | ranks): a guide of the fit, derived from figures it aims at, so nothing has to agree."""
    return [
        Figure(f"P(match | {k} {'rank' if k == 1 else 'ranks'})", float(given), float(found), math.nan, math.nan, fitted=True)
        for k, given, found in zip(COMPARED_RANKS, match_given_ranks(one), curve, strict=True)
    ]


def _free(one: Published, out: Outcome) -> list[Figure]:
    """Where the quartiles of the rank lists lie, which no fit has seen, and the mean scores, which go into it as they are."""
    quartiles = [
        Figure(f"{part} of ranks, {who}", given, found, math.nan, math.nan, fitted=False)
        for who, published, model in (
            ("matched", one.quartiles_matched, out.quartiles_matched),
            ("not matched", one.quartiles_unmatched, out.quartiles_unmatched),
        )
        for part, given, found in zip(("lower quartile", "median", "upper quartile"), published, model, strict=True)
    ]
    scores = [
        Figure(f"mean Step 2 CK, {who}", given.mean, found.mean, given.sd / math.sqrt(people), math.nan, fitted=True)
        for who, given, found, people in (
            ("matched", one.step2_matched, out.step2_matched, one.people_matched),
            ("not matched", one.step2_unmatched, out.step2_unmatched, one.people_unmatched),
        )
    ]
    return quartiles + scores


def _bands(one: Published, out: Outcome, scores: Floats) -> tuple[ScoreBand, ...]:
    """Share matched among the lowest quarter of scores, the middle half and the highest quarter, of people with at least one rank."""
    given = match_at_scores(one, scores)
    if np.isnan(given).any():
        return ()
    order = np.argsort(scores)
    below = np.cumsum(out.people_by_score[order]) - out.people_by_score[order] / 2
    return tuple(_band(out, scores, given, order[(low <= below) & (below < high)], one.people) for low, high in pairwise(QUARTERS))


QUARTERS = (0.0, 0.25, 0.75, 1.0)


def _band(out: Outcome, scores: Floats, given: Floats, rows: Index, people: float) -> ScoreBand:
    weight = out.people_by_score[rows]
    count, share = float(weight.sum()), weight / weight.sum()
    published = float(share @ given[rows])
    return ScoreBand(
        float(share @ scores[rows]), published, float(share @ out.by_score[rows]), people * count, math.sqrt(published * (1 - published) / (people * count))
    )
