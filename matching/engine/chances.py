"""The chance of an interview at every program, as a sum of named terms in log-odds.

logit(chance) = intercept + sum of terms, and chance = 0 where a criterion excludes. A term is
worth nothing (0) for a typical applicant at a typical program of the specialty; each carries the
same sum with what is unknown at its plausible worst and best. The intercept is set by `anchor` so
that the national level is the published one, whatever programs are loaded.
"""

from dataclasses import dataclass

import numpy as np

from matching.engine.criteria import Criterion, Screening, screen
from matching.engine.evidence import POINTS, SpecialtyFigures, Weights
from matching.engine.tables import NO, YES, ApplicantKind, ApplicantTable, Bools, Floats, ProgramTable, University, Visa


@dataclass(frozen=True)
class Term:
    """One named part of the sum, in log-odds; each array broadcasts to (applicants, programs).

    `low` <= `mid` <= `high`; they differ only where something is unknown.
    """

    name: str
    mid: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Sum:
    """The log-odds without the intercept, each (n, m); `closed` marks pairs with no chance at all.

    `may_close` marks pairs where something unknown may plausibly exclude: their low end is zero;
    `silent` those of them where it is the program that does not say.
    """

    mid: Floats
    low: Floats
    high: Floats
    closed: Bools
    may_close: Bools
    silent: Bools


def _known(name: str, value: Floats) -> Term:
    return Term(name, value, value, value)


def terms(a: ApplicantTable, p: ProgramTable, screening: Screening, s: SpecialtyFigures, w: Weights) -> list[Term]:
    """Every term of the sum, in the order in which pages explain them."""
    return [
        _openness(a, p, s, w),
        _competition(p, w),
        _unfilled(p, w),
        _score(a, p, s, w),
        _attempts(a, w),
        _graduation(a, w),
        _usce(a, w),
        _letters(a, w),
        _research(a, p, s, w),
        _mission(a, p, w),
        _visa_need(a, w),
        _place(a, p, w),
        _preferences(screening, w),
        *_unstated(screening),
        _level(s, w),
    ]


def add_up(parts: list[Term], screening: Screening, w: Weights) -> Sum:
    """The sum of the terms, (n, m) each."""
    shape = screening.excluded.shape
    mid, low, high = (np.zeros(shape) for _ in range(3))
    for term in parts:
        mid += term.mid
        low += term.low
        high += term.high
    safe, safe_but_for_me = np.ones(shape), np.ones(shape)
    for ruling in screening.rulings:
        safe *= 1 - ruling.risk
        safe_but_for_me *= 1 - np.where(ruling.unsaid, 0.0, ruling.risk)
    plausible = w.number("plausible")
    return Sum(mid, low, high, closed=screening.excluded != 0, may_close=1 - safe >= plausible, silent=1 - safe_but_for_me >= plausible)


def sum_terms(a: ApplicantTable, p: ProgramTable, s: SpecialtyFigures, w: Weights) -> tuple[Sum, Screening]:
    """Screen and add up in one go."""
    screening = screen(a, p, s, w)
    return add_up(terms(a, p, screening, s, w), screening, w), screening


def logistic(x: Floats) -> Floats:
    """Log-odds to chance."""
    result: Floats = 1.0 / (1.0 + np.exp(-x))
    return result


def _openness(a: ApplicantTable, p: ProgramTable, s: SpecialtyFigures, w: Weights) -> Term:
    """Weight x log((share + floor) / (specialty's share + floor)), for the applicant's own kind of IMG."""
    us = a.kind[:, None] == ApplicantKind.US_IMG
    typical = np.where(us, s.share_us_img, s.share_non_us_img)
    own = np.where(us, p.share_us_img, p.share_non_us_img)
    # A pooled share is split between the two kinds as the specialty's is.
    split = p.share_img * typical / (s.share_us_img + s.share_non_us_img)
    pooled, nothing = np.isnan(own) & ~np.isnan(split), np.isnan(own) & np.isnan(split)
    pooled_low, pooled_high = w.ends("pooled_share")
    unknown_low, unknown_high = w.ends("openness_unknown")
    share = np.where(nothing, typical, np.where(pooled, split, own))
    low = share * np.where(nothing, unknown_low, np.where(pooled, pooled_low, 1.0))
    high = share * np.where(nothing, unknown_high, np.where(pooled, pooled_high, 1.0))
    floor, weight = w.number("openness_floor"), w.number("openness")

    def effect(value: Floats) -> Floats:
        result: Floats = weight * np.log((np.minimum(value, 1.0) + floor) / (typical + floor))
        return result

    return Term("openness", effect(share), effect(low), effect(high))


def _competition(p: ProgramTable, w: Weights) -> Term:
    """Weight x log(invited share / typical invited share); a count of zero says nothing."""
    usable = (p.applications_received > 0) & (p.interviews_given > 0)
    invited = np.divide(p.interviews_given, p.applications_received, out=np.full(len(p), np.nan), where=usable)
    limit, either_way = w.number("competition_limit"), w.number("competition_unknown")
    ratio = np.clip(np.log(invited / w.number("competition_typical")), -limit, limit)
    effect = np.nan_to_num(w.number("competition") * ratio)[None, :]
    spread = np.where(usable, 0.0, either_way)[None, :]
    return Term("competition", effect, effect - spread, effect + spread)


def _unfilled(p: ProgramTable, w: Weights) -> Term:
    """Weight x share of the quota left unfilled in the Match, less for few positions and old years; 0 where not known."""
    size = p.unfilled_quota / (p.unfilled_quota + w.number("unfilled_positions"))
    fresh = np.clip(1 - p.unfilled_age / w.number("unfilled_fade"), 0, 1)
    return _known("unfilled", w.number("unfilled") * np.nan_to_num(p.unfilled_share * size * fresh)[None, :])


def score_distance(a: ApplicantTable, p: ProgramTable, s: SpecialtyFigures, w: Weights) -> Floats:
    """Step 2 CK less the middle, in steps of 10 points, (n, m): what the slope is multiplied with."""
    return _score_parts(a, p, s, w)[0]


def _score_parts(a: ApplicantTable, p: ProgramTable, s: SpecialtyFigures, w: Weights) -> tuple[Floats, Floats, Floats]:
    """(distance, and at its lowest and highest): from the program's own middle score, else the specialty's."""
    unknown, blank = np.isnan(p.step2_median), np.isnan(a.step2_score)[:, None]
    middle = np.where(unknown, s.step2_mean, p.step2_median)
    spread = np.where(unknown, w.number("step2_median_unknown"), 0.0) + np.where(blank, w.number("step2_unknown"), 0.0)
    # Without a score the middle of the specialty's applicants stands in.
    points = np.where(blank, s.step2_mean, a.step2_score[:, None]) - middle
    limit = w.number("step2_limit")
    ends = (points, points - spread, points + spread)
    distance, low, high = (np.clip(end, -limit, limit) / POINTS for end in ends)
    return distance, low, high


def _score(a: ApplicantTable, p: ProgramTable, s: SpecialtyFigures, w: Weights) -> Term:
    """Slope x (Step 2 CK - middle) / 10, and a step down without a pass."""
    effect, *ends = (s.step2_slope * part for part in _score_parts(a, p, s, w))
    missing = np.where(a.step2_passed == NO, w.number("step2_missing"), 0.0)[:, None]
    return Term("step2", effect + missing, np.minimum(*ends) + missing, np.maximum(*ends) + missing)


STEPS = ("step1", "step2", "step3")


def _attempts(a: ApplicantTable, w: Weights) -> Term:
    """First fails by Step, and each further one.

    Fails whose Step is not known are placed where they cost most (low), least (high), and half-way
    between Step 1 and Step 2 CK (mid). Where not even their number is known, one more is possible.
    """
    first, more = {step: w.number(f"fail_{step}") for step in STEPS}, w.number("fail_more")
    listed = {step: getattr(a, f"fails_{step}_min") for step in STEPS}
    known = sum((np.where(fails > 0, first[step] + more * (fails - 1), 0.0) for step, fails in listed.items()), np.zeros(len(a)))
    uncounted = np.isnan(a.fails_total)
    extra = np.where(uncounted, 1, np.maximum(np.nan_to_num(a.fails_total) - sum(listed.values()), 0))
    half_way = np.where(extra > 0, (first["step1"] + first["step2"]) / 2 + more * (extra - 1), 0.0)
    worst, best = (_placed(extra, listed, first, more, sign) for sign in (1, -1))
    mid, high = np.where(uncounted, 0.0, half_way), np.where(uncounted, 0.0, best)
    return Term("attempts", (known + mid)[:, None], (known + np.minimum(worst, mid))[:, None], (known + np.maximum(high, mid))[:, None])


def _placed(extra: Floats, listed: dict[str, Floats], first: dict[str, float], more: float, sign: int) -> Floats:
    """What `extra` fails cost when each goes where it costs most (sign 1) or least (-1)."""
    total, left = np.zeros(len(extra)), extra.copy()
    for step in sorted(STEPS, key=lambda step: sign * first[step]):
        # A first fail at a Step is worth taking only where it beats one more at another Step.
        fits = (left > 0) & (listed[step] == 0) & (sign * first[step] <= sign * more)
        total += np.where(fits, first[step], 0.0)
        left -= fits
    return total + more * left


def _curve(name: str, value: Floats, ends: tuple[float, float], typical: float, w: Weights) -> Term:
    """A weight curve at an applicant's value; where that is unknown the typical one, between the ends."""
    blank = np.isnan(value)
    effect = w.curve(name, np.where(blank, typical, value))
    low, high = np.where(blank, ends[0], effect), np.where(blank, ends[1], effect)
    return Term(name, effect[:, None], low[:, None], high[:, None])


def _curve_ends(name: str, w: Weights) -> tuple[float, float]:
    values = [row.value for row in w.rows if row.name == name]
    return min(values), max(values)


def _graduation(a: ApplicantTable, w: Weights) -> Term:
    return _curve("graduation", a.years_since_graduation, _curve_ends("graduation", w), w.number("typical_graduation"), w)


def _usce(a: ApplicantTable, w: Weights) -> Term:
    """Hands-on months; an observership counts a little where there are none."""
    term = _curve("usce", a.hands_on_months, _curve_ends("usce", w), w.number("typical_usce"), w)
    watched = np.where((a.hands_on_months == 0) & (a.observership_months > 0), w.number("observership"), 0.0)[:, None]
    return Term(term.name, term.mid + watched, term.low + watched, term.high + watched)


def _letters(a: ApplicantTable, w: Weights) -> Term:
    """U.S. letters in the specialty, those outside it at a discount."""
    counted = a.letters_us_specialty + w.number("letters_outside") * (a.letters_us - a.letters_us_specialty)
    return _curve("letters", counted, _curve_ends("letters", w), w.number("typical_letters_us_specialty"), w)


def _log_ratio(count: Floats, typical: float, w: Weights) -> Floats:
    limit = w.number("research_limit")
    result: Floats = np.clip(np.log1p(count) - np.log1p(typical), -limit, limit)
    return result


def _research(a: ApplicantTable, p: ProgramTable, s: SpecialtyFigures, w: Weights) -> Term:
    """Weight x log ratio of publications to the specialty's median, more at university programs."""
    most = w.number("research_university")
    half_way = (1.0 + most) / 2
    by_type = np.select([p.university == University.YES, p.university == University.NO], [most, 1.0], half_way)[None, :]
    ratio = _log_ratio(a.publications, s.publications, w)[:, None]
    blank, limit = np.isnan(ratio), w.number("research_limit")
    unknown_type = (p.university == University.UNKNOWN)[None, :]
    weight = w.number("research")
    effect = weight * by_type * np.nan_to_num(ratio)
    as_either = weight * np.nan_to_num(ratio) * np.array([1.0, most])[:, None, None]
    low = np.where(unknown_type, as_either.min(axis=0), effect) - np.where(blank, weight * by_type * np.log1p(s.publications).clip(max=limit), 0.0)
    high = np.where(unknown_type, as_either.max(axis=0), effect) + np.where(blank, weight * by_type * limit, 0.0)
    return Term("research", effect, low, high)


def _mission(a: ApplicantTable, p: ProgramTable, w: Weights) -> Term:
    """Weight x log ratio of volunteer experiences, only where a program states a mission for it."""
    ratio = np.nan_to_num(_log_ratio(a.volunteer_experiences, w.number("mission_typical"), w))[:, None]
    return _known("mission", w.number("mission") * ratio * (p.underserved_mission == YES)[None, :])


def _visa_need(a: ApplicantTable, w: Weights) -> Term:
    """What needing sponsorship does beside the criterion; the typical non-U.S. IMG needs a J-1, U.S. IMGs none."""
    none, h1b = w.number("visa_none"), w.number("visa_h1b")
    non_us = a.kind == ApplicantKind.NON_US_IMG
    effect = np.select([non_us & (a.visa == Visa.NONE), non_us & (a.visa == Visa.H1B)], [none, h1b], 0.0)
    blank = non_us & (a.visa == Visa.UNKNOWN)
    return Term("visa_need", effect[:, None], np.where(blank, h1b, effect)[:, None], np.where(blank, none, effect)[:, None])


def _place(a: ApplicantTable, p: ProgramTable, w: Weights) -> Term:
    known = p.state >= 0
    preferred = a.preferred_states[:, p.state.astype(np.intp)] & known
    return _known("place", np.where(preferred, w.number("preferred_state"), 0.0))


def _preferences(screening: Screening, w: Weights) -> Term:
    """A fixed step for each stated preference not met."""
    return _known("preferences", w.number("preference_unmet") * np.bitwise_count(screening.preferences_unmet).astype(np.float64))


def _unstated(screening: Screening) -> list[Term]:
    """Each open criterion lowers the chance by the prior that it excludes: log(1 - risk), 0 at best.

    The low end is handled by `Sum.may_close`: at its worst the criterion excludes, which no finite
    term can say.
    """
    return [
        Term(unstated_name(ruling.criterion), effect := np.log1p(-ruling.risk), effect, np.zeros_like(effect))
        for ruling in screening.rulings
        if ruling.risk.any()
    ]


def _level(s: SpecialtyFigures, w: Weights) -> Term:
    """What is not known about the national level itself, the same at every program."""
    down, up = level_range(s, w)
    return Term("level", np.zeros((1, 1)), np.log(np.full((1, 1), down)), np.log(np.full((1, 1), up)))


def level_range(s: SpecialtyFigures, w: Weights) -> tuple[float, float]:
    """Factors on the odds between which the level lies: the most or the fewest applications published, and tables that hold few people.

    The two are independent, so their log-odds combine as the root of the sum of squares.
    """
    fewest, most = w.ends("applications_range")
    assumed = w.number("applications_assumed")
    sampling = w.number("sampling") / np.sqrt(max(s.people, w.number("sampling_least")))
    down, up = (float(np.exp(np.hypot(np.log(ratio), sampling))) for ratio in (most / assumed, assumed / fewest))
    return 1 / down, up


def unstated_name(criterion: Criterion) -> str:
    """The name of the term for an open criterion."""
    return f"unstated_{criterion.name.lower()}"
