"""The engine set up from what the invented market publishes and shows, beside what is true there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from matching.engine import Model, Scores, anchor, logistic, score
from matching.engine.calibration.fit import Parameters, Part, fit
from matching.engine.calibration.published import Published
from matching.engine.chances import sum_terms
from matching.engine.evidence import FITTED, SpecialtyFigures, specialty, weights
from matching.engine.portfolio import Entries, Outlook, OutlookRange, outlook
from matching.engine.tables import ApplicantKind, Floats, ProgramTable
from matching.engine.typical import Mix
from matching.engine.whole_list import list_outlook
from tests.market import facts
from tests.market.market import Counts, Market, Rules, Season, market, season
from tests.market.records import Record, match_chances, publish, repeat

KIND = ApplicantKind.NON_US_IMG


@dataclass(frozen=True)
class Sizes:
    """How much is computed: runs of the market, lists whose outlook is computed, those of them with a range, draws for each true match chance."""

    published: int = 8  # seasons that the tables count, so that sampling error is not taken for an error of the engine
    runs: int = 60
    lists: int = 1500
    ranges: int = 250
    seasons: int = 4
    draws: int = 150


@dataclass(frozen=True)
class Validation:
    """One market, the engine's view of it, and what happened. `who` are the applicants whose own list has an outlook."""

    market: Market
    published: Published
    fitted: Parameters
    model: Model
    scores: Scores
    record: Record
    who: Counts
    outlooks: tuple[Outlook, ...]
    ranges: tuple[OutlookRange, ...]  # of the first of `who`
    match: Floats  # their true chances of a match

    @property
    def expected(self) -> Floats:
        """True expected interviews of each of `who`."""
        return np.where(self.market.applied, self.market.chance, 0.0).sum(axis=1)[self.who]


def figures_of(one: Market, year: Season, table: Published, fitted: Parameters) -> SpecialtyFigures:
    """What the evidence tables would hold if the market were a specialty: aggregates of those with a rank, and the fit to them."""
    ranked = year.interviews > 0
    people = one.applicants.true
    return replace(
        specialty(facts.SPECIALTY),
        applicants=table.people,
        people=table.people,
        applications=table.applications,
        ranks_mean=float(year.interviews[ranked].mean()),
        step2_mean=float(people.step2_score[ranked].mean()),
        publications=float(np.median(people.publications[ranked & ~year.matched])),
        share_non_us_img=facts.SHARE_MEAN,
        share_us_img=facts.SHARE_MEAN * facts.US_PER_NON_US,
        score_matters=1.0,  # the one specialty that there is: its slope is the pooled one
        **{name: getattr(fitted, column) for column, name in FITTED.items()},
    )


PARTS, ASKED = 12, 400  # parts that the fit is told of; applicants whose forms the market's census holds


def census(one: Market, rng: np.random.Generator) -> Mix:
    """Who applies, as a census of some of them would say: their forms and scores, without names."""
    some = rng.choice(one.rules.applicants, ASKED, replace=False)
    return Mix(one.applicants.true.take(some), np.full(ASKED, 1 / ASKED))


def parts_of(mix: Mix, seen: ProgramTable, figures: SpecialtyFigures) -> list[Part]:
    """The census as the fit reads it: parts of equal size, in order of how the programs would take them at one score."""
    people = replace(mix.people, step2_score=np.full(len(mix.people), float(mix.shares @ mix.people.step2_score)))
    total, _ = sum_terms(people, seen, figures, weights())
    chance = np.where(total.closed, 0.0, logistic(STARTS_AT + total.mid)).mean(axis=1).clip(LEAST)
    log_odds = np.log(chance) - np.log1p(-chance)
    shift = mix.people.step2_score - mix.shares @ mix.people.step2_score
    return [Part(len(rows) / ASKED, float(shift[rows].mean()), float(log_odds[rows].mean())) for rows in np.array_split(np.argsort(log_odds), PARTS)]


STARTS_AT, LEAST = -3.0, 1e-4


def validate(seed: int, sizes: Sizes | None = None, rules: Rules | None = None) -> Validation:
    """Draw a market, let it publish one season, set up the engine with that alone, and run the market again and again."""
    sizes, rng = sizes or Sizes(), np.random.default_rng(seed)
    one = market(seed, rules)
    years = [season(one, rng) for _ in range(sizes.published)]
    year, table = years[0], publish(one, years)
    seen, mix = one.programs.seen, census(one, rng)
    fitted = fit(table, parts=parts_of(mix, seen, specialty(facts.SPECIALTY)))
    model = anchor(seen, states=facts.STATES, types=facts.TYPES, figures=figures_of(one, year, table, fitted), mix=mix)
    scores = score(one.applicants.seen, seen, model)
    who = rng.choice(one.rules.applicants, sizes.lists, replace=False)
    spread = float(model.spreads[KIND])
    outlooks = tuple(outlook([Entries(scores.chance[a, one.applied[a]], spread, model.match)]) for a in who)
    ranges = tuple(own_list_outlook(one, model, int(a)) for a in who[: sizes.ranges])
    seasons = [season(one, rng) for _ in range(sizes.seasons)]
    match = match_chances(one, seasons, who[: sizes.ranges], rng, sizes.draws)
    return Validation(one, table, fitted, model, scores, repeat(one, rng, sizes.runs), who, outlooks, ranges, match)


def own_list_outlook(one: Market, model: Model, applicant: int) -> OutlookRange:
    """What the engine says of the list that this applicant sent."""
    table = one.applicants.seen.take(np.array([applicant]))
    return list_outlook([(table, one.programs.seen.take(np.flatnonzero(one.applied[applicant])), model)])


@dataclass(frozen=True)
class Band:
    """Cases of about the same stated value: how many, and both means."""

    cases: int
    stated: float
    realised: float

    @property
    def error(self) -> float:
        """Stated less realised."""
        return self.stated - self.realised


def reliability(stated: Floats, realised: Floats, parts: int = 10) -> list[Band]:
    """The cases in order of the stated value, in `parts` of equal size. Both arrays (cases,)."""
    return [Band(len(part), float(stated[part].mean()), float(realised[part].mean())) for part in np.array_split(np.argsort(stated, kind="stable"), parts)]


def mean_distribution(distributions: Sequence[Floats]) -> Floats:
    """The mean of distributions over 0, 1, 2 ... of different lengths."""
    total = np.zeros(max(len(one) for one in distributions))
    for one in distributions:
        total[: len(one)] += one
    return total / len(distributions)


def moments(distribution: Floats) -> tuple[float, float]:
    """(mean, standard deviation) of a distribution over 0, 1, 2 ..."""
    k = np.arange(len(distribution))
    mean = float(distribution @ k)
    return mean, float(np.sqrt(distribution @ k**2 - mean**2))
