"""Charts as data: figures in, frozen dataclasses with coordinates out. Pure.

Templates in `templates/charts` draw what stands here and calculate nothing. Coordinates are user
units of the chart's own box (`width` x `height`, the SVG viewBox), rounded to 0.1, and always
inside it: a value beyond an axis is drawn at the axis' end and told in words.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import ceil, exp, inf, isnan, log
from typing import ClassVar

from smartpick.wording import NOT_KNOWN, about_one_in, odds_range, one_in

# The axis of every chance: from "next to never" to an even one, so that all charts can be compared.
CHANCE_AXIS = (1 / 200, 1 / 2)
CHANCE_TICKS = (200, 100, 50, 20, 10, 5, 2)
# Log-odds beyond this are drawn (and told) as this: e^12 is past any effect that could be meant.
LOG_ODDS_LIMIT = 12.0
# An effect on the odds that rounds to a factor of 1.00 is none.
NO_EFFECT = 0.005
# A sum that hardly moves is not blown up to the full width: the axis spans at least a factor of 20 on the odds.
SHORTEST_SPAN = log(20)
START_LABEL, END_LABEL = "Average of the specialty", "Your chance here"
TIMES = "\N{MULTIPLICATION SIGN}"
NO_YEAR = "No year is known."
# Where nearly all Step 2 CK quartiles lie; the axis grows when a figure lies outside.
SCORE_AXIS = (200, 280)
SCORE_STEP = 20
# A column chart's axis ends on one of these, times a power of ten, so that its half is a whole number.
NICE_TOPS = (2, 4, 6, 8, 10)

Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Tick:
    """A mark on an axis, in user units along it."""

    at: float
    label: str


@dataclass(frozen=True)
class Span:
    """From here to there along an axis, in user units."""

    start: float
    size: float


@dataclass(frozen=True)
class Table:
    """The same numbers, to be read instead of seen."""

    headers: tuple[str, ...]
    rows: Rows


def scale(value: float, low: float, high: float, start: float, size: float) -> float:
    """`value` on an axis from `low` to `high` drawn from `start` over `size`; clamped to it."""
    if isnan(value):
        raise ValueError("A chart cannot place a value that is not a number.")
    share = (min(max(value, low), high) - low) / (high - low)
    return round(start + share * size, 1)


def span(low: float, high: float) -> Span:
    """From `low` to `high`, both in user units."""
    return Span(low, round(high - low, 1))


# --- contributions: from the average to this chance ---


@dataclass(frozen=True)
class Term:
    """One contribution to a chance: `log_odds` is added, the rest says where it comes from."""

    label: str
    log_odds: float
    fact: str = ""
    source: str = ""
    source_url: str = ""
    as_of: date | None = None


@dataclass(frozen=True)
class Step:
    """A term's bar: from where the sum stood to where it stands after it."""

    term: Term
    direction: str  # raises, lowers or none
    effect: str
    bar: Span
    at: float


@dataclass(frozen=True)
class Waterfall:
    """Horizontal bars from the average's chance to this applicant's, one below the other."""

    template: ClassVar[str] = "charts/waterfall.html"
    width: ClassVar[float] = 100
    height: ClassVar[float] = 12
    start_label: str
    end_label: str
    start_chance: float
    start_at: float
    steps: tuple[Step, ...]
    chance: float


def waterfall(start_chance: float, terms: Iterable[Term], *, start_label: str = START_LABEL, end_label: str = END_LABEL) -> Waterfall:
    """The sum `logit(start_chance) + log_odds of each term`, step by step; `chance` is where it ends."""
    sums = [_log_odds(start_chance)]
    kept = list(terms)
    for term in kept:
        sums.append(_clamp(sums[-1] + _clamp(term.log_odds)))
    low, high = min(sums), max(sums)
    spare = max(SHORTEST_SPAN - (high - low), 0) / 2
    places = [scale(value, low - spare, high + spare, 0, Waterfall.width) for value in sums]
    steps = tuple(
        Step(
            term=term,
            direction=_direction(term.log_odds),
            effect=effect_text(term.log_odds),
            bar=span(min(places[i : i + 2]), max(places[i : i + 2])),
            at=places[i + 1],
        )
        for i, term in enumerate(kept)
    )
    return Waterfall(
        start_label=start_label,
        end_label=end_label,
        start_chance=start_chance,
        start_at=places[0],
        steps=steps,
        chance=_chance(sums[-1]),
    )


def effect_text(log_odds: float) -> str:
    """The factor a term puts on the odds, with a multiplication sign: 2.4, 0.80, or "no change"."""
    if abs(log_odds) < NO_EFFECT:
        return "no change"
    factor = exp(_clamp(log_odds))
    decimals = 0 if factor >= 10 else 1 if factor >= 1.095 else 2
    return f"{TIMES}{factor:.{decimals}f}"


def _direction(log_odds: float) -> str:
    if abs(log_odds) < NO_EFFECT:
        return "none"
    return "raises" if log_odds > 0 else "lowers"


def _clamp(log_odds: float) -> float:
    if isnan(log_odds):
        raise ValueError("A term's log-odds are not a number.")
    return min(max(log_odds, -LOG_ODDS_LIMIT), LOG_ODDS_LIMIT)


def _log_odds(chance: float) -> float:
    if not 0 <= chance <= 1:
        raise ValueError(f"A chance lies between 0 and 1, not {chance!r}.")
    if chance in {0, 1}:
        return _clamp(inf if chance else -inf)
    return _clamp(log(chance / (1 - chance)))


def _chance(log_odds: float) -> float:
    return 1 / (1 + exp(-log_odds))


# --- one chance with its range ---


@dataclass(frozen=True)
class RangeDot:
    """A dot for the chance on a line from low to high; `bands` are the places where tiers part."""

    template: ClassVar[str] = "charts/figure.html"
    drawing: ClassVar[str] = "charts/range_dot.svg"
    note: ClassVar[str] = "Chance: 1 in \N{HORIZONTAL ELLIPSIS} applications leads to an interview. The line is the range."
    width: ClassVar[float] = 360
    height: ClassVar[float] = 60
    title: ClassVar[str] = "Chance of an interview, with its range"
    start: ClassVar[float] = 16
    end: ClassVar[float] = 344
    length: ClassVar[float] = end - start
    tier: str
    dot: float
    line: Span
    ticks: tuple[Tick, ...]
    bands: tuple[float, ...]
    desc: str
    table: Table


def range_dot(chance: float, low: float, high: float, *, tier: str, bands: Sequence[float] = ()) -> RangeDot:
    """`low` <= `chance` <= `high`, each 0 to 1, on the logarithmic axis all chances share."""
    if not low <= chance <= high:
        raise ValueError(f"A chance lies in its range, but {chance!r} is outside {low!r} to {high!r}.")
    places = [_chance_place(value) for value in (low, chance, high)]
    return RangeDot(
        tier=tier,
        dot=places[1],
        line=span(places[0], places[2]),
        ticks=CHANCE_TICK_MARKS,
        bands=tuple(_chance_place(band) for band in bands),
        desc=f"{about_one_in(chance).capitalize()}; range {odds_range(low, high)}.",
        table=Table(("Low", "Chance", "High"), ((one_in(low), one_in(chance), one_in(high)),)),
    )


def _chance_place(chance: float) -> float:
    lowest, highest = CHANCE_AXIS
    return scale(log(max(chance, lowest)), log(lowest), log(highest), RangeDot.start, RangeDot.length)


CHANCE_TICK_MARKS = tuple(Tick(_chance_place(1 / n), str(n)) for n in CHANCE_TICKS)


# --- a score among the residents' quartiles ---


@dataclass(frozen=True)
class QuartileStrip:
    """The middle half of the residents as a box, their median as a line, the applicant as a mark. Any may be None."""

    template: ClassVar[str] = "charts/figure.html"
    drawing: ClassVar[str] = "charts/quartile_strip.svg"
    note: ClassVar[str] = "Box: the middle half of the residents. Line across it: their middle score."
    width: ClassVar[float] = 360
    height: ClassVar[float] = 84
    title: ClassVar[str] = "Step 2 CK of residents, and yours"
    start: ClassVar[float] = 16
    end: ClassVar[float] = 344
    box: Span | None
    median: float | None
    mine: Tick | None
    ticks: tuple[Tick, ...]
    desc: str
    table: Table


def quartile_strip(q1: float | None, median: float | None, q3: float | None, score: float | None) -> QuartileStrip:
    """Three-digit Step 2 CK scores; None is not known. The box needs both outer quartiles, in order."""
    known = [value for value in (q1, median, q3, score) if value is not None]
    low = min(SCORE_AXIS[0], *(SCORE_STEP * int(value // SCORE_STEP) for value in known)) if known else SCORE_AXIS[0]
    high = max(SCORE_AXIS[1], *(SCORE_STEP * ceil(value / SCORE_STEP) for value in known)) if known else SCORE_AXIS[1]

    def place(value: float) -> float:
        return scale(value, low, high, QuartileStrip.start, QuartileStrip.end - QuartileStrip.start)

    named = (("Lower quartile", q1), ("Middle", median), ("Upper quartile", q3), ("You", score))
    rows = tuple((name, NOT_KNOWN if value is None else f"{value:.0f}") for name, value in named)
    return QuartileStrip(
        box=span(place(q1), place(q3)) if q1 is not None and q3 is not None and q1 <= q3 else None,
        median=None if median is None else place(median),
        mine=None if score is None else Tick(place(score), f"you {score:.0f}"),
        ticks=tuple(Tick(place(value), str(value)) for value in range(low, high + 1, _step(low, high))),
        desc="; ".join(f"{name}: {text}" for name, text in rows) + ".",
        table=Table(("Whose", "Step 2 CK"), rows),
    )


def _step(low: int, high: int) -> int:
    """A tick distance that gives at most six ticks, so their labels never touch."""
    return SCORE_STEP * ceil((high - low) / (SCORE_STEP * 5))


# --- positions offered and filled, year by year ---


@dataclass(frozen=True)
class YearCount:
    """Positions of one Match; `matched` None is not known."""

    year: int
    quota: int
    matched: int | None


@dataclass(frozen=True)
class Column:
    """One year: the outline is the quota, the filling what matched. `x` is the left edge, `y` counts from the top."""

    year: int
    x: float
    width: float
    middle: float
    quota: Span
    matched: Span | None
    label: str


@dataclass(frozen=True)
class Columns:
    """Positions offered (outline) and filled (solid) per year."""

    template: ClassVar[str] = "charts/figure.html"
    drawing: ClassVar[str] = "charts/columns.svg"
    note: ClassVar[str] = "Outline: positions offered. Solid: filled."
    width: ClassVar[float] = 360
    height: ClassVar[float] = 180
    title: ClassVar[str] = "Positions offered and filled"
    start: ClassVar[float] = 36
    end: ClassVar[float] = 352
    top: ClassVar[float] = 24
    bottom: ClassVar[float] = 152
    widest: ClassVar[float] = 44
    columns: tuple[Column, ...] = field(default=())
    ticks: tuple[Tick, ...] = field(default=())
    desc: str = ""
    table: Table = field(default=Table((), ()))


def columns(years: Sequence[YearCount]) -> Columns:
    """One column per year, oldest first, on an axis from zero."""
    ordered = sorted(years, key=lambda one: one.year)
    top = nice_top(max((max(one.quota, one.matched or 0) for one in ordered), default=0))
    slot = (Columns.end - Columns.start) / max(len(ordered), 1)
    width = round(min(Columns.widest, slot * 0.6), 1)

    def bar(count: int) -> Span:
        y = scale(top - count, 0, top, Columns.top, Columns.bottom - Columns.top)
        return span(y, Columns.bottom)

    drawn = []
    for i, one in enumerate(ordered):
        middle = round(Columns.start + slot * (i + 0.5), 1)
        filled = None if one.matched is None else bar(one.matched)
        drawn.append(Column(one.year, round(middle - width / 2, 1), width, middle, bar(one.quota), filled, _fill_label(one)))
    rows = tuple((str(one.year), str(one.quota), NOT_KNOWN if one.matched is None else str(one.matched)) for one in ordered)
    return Columns(
        columns=tuple(drawn),
        ticks=tuple(Tick(bar(value).start, str(value)) for value in (0, top // 2, top)),
        desc=" ".join(f"{year}: {matched} of {quota} filled." for year, quota, matched in rows) or NO_YEAR,
        table=Table(("Match", "Positions", "Filled"), rows),
    )


def _fill_label(one: YearCount) -> str:
    return f"?/{one.quota}" if one.matched is None else f"{one.matched}/{one.quota}"


def nice_top(most: int) -> int:
    """The smallest even, round number that is at least `most`."""
    power = 1
    while most > NICE_TOPS[-1] * power:
        power *= 10
    return next(top * power for top in NICE_TOPS if top * power >= most)
