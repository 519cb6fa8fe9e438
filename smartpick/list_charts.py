"""Charts of whole lists, and of how well the model keeps to the record. Pure; see `smartpick.charts` for the rules.

Shares and probabilities come in as 0 to 1. Axes start at zero, so that a distance or a height never looks larger than it is.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import ceil
from typing import ClassVar

from smartpick.charts import Span, Table, Tick, scale, span
from smartpick.wording import about, in_ten, percent, plural

# Sums of floats miss a whole by far less than this, and no published figure has so many digits.
DIGITS = 6


def _top(most: float, tops: Sequence[float]) -> float:
    """The first of `tops` that holds `most`: where an axis ends."""
    return next(top for top in tops if round(most, DIGITS) <= top)


# --- what the model says against what is published ---

# Both axes end on the first of these that holds every point; a fifth of each is a whole percent.
SHARE_TOPS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.5, 0.75, 1.0)
SHARE_STEPS = 5
# From how many people on a dot is of the next size: below 100 a share is off by 5 points or more, from 1,000 on by 1 or 2.
PEOPLE_BORDERS = (100, 1000)
RADII = (3.0, 4.5, 6.5)
SHARE_NOTE = (
    "Each dot is a group of applicants, larger where more people stand behind it. The thin bar is how far chance alone may have "
    "moved the published share. A hollow dot is further from the line than its bar reaches."
)
NO_POINTS = "Nothing is published to compare with."


@dataclass(frozen=True)
class ReliabilityPoint:
    """One group: the share the model states, the share published with its sampling range, and of how many people.

    Where `low` equals `high` no range is known.
    """

    label: str
    stated: float
    published: float
    low: float
    high: float
    people: int


@dataclass(frozen=True)
class Dot:
    """A group's place; `bar` is its sampling range downwards from the top. `apart`: the line does not touch the bar."""

    x: float
    y: float
    radius: float
    bar: Span | None
    apart: bool
    label: str


@dataclass(frozen=True)
class KeyDot:
    """A size of dot explained: the dot at `x`, its words from `text_at`."""

    x: float
    radius: float
    text_at: float
    label: str


@dataclass(frozen=True)
class Reliability:
    """Dots around the line on which the model says just what is published."""

    template: ClassVar[str] = "charts/reliability.html"
    drawing: ClassVar[str] = "charts/reliability.svg"
    width: ClassVar[float] = 360
    height: ClassVar[float] = 402
    start: ClassVar[float] = 42
    end: ClassVar[float] = 342
    top: ClassVar[float] = 36
    bottom: ClassVar[float] = 336
    key_places: ClassVar[tuple[float, ...]] = (60, 148, 244)
    title: str
    note: str
    stated_label: str
    published_label: str
    dots: tuple[Dot, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    key: tuple[KeyDot, ...]
    desc: str
    table: Table


def reliability(
    points: Sequence[ReliabilityPoint],
    *,
    title: str = "What the model says, and what is published",
    stated_label: str = "What the model says",
    published_label: str = "What is published",
    note: str = SHARE_NOTE,
    borders: tuple[int, int] = PEOPLE_BORDERS,
) -> Reliability:
    """Every point is refused unless 0 <= `low` <= `published` <= `high` <= 1. The table keeps the order given."""
    for point in points:
        _check_point(point)
    most = max((max(point.stated, point.high) for point in points), default=1.0)
    top = _top(most, SHARE_TOPS)
    shares = [top * i / SHARE_STEPS for i in range(SHARE_STEPS + 1)]
    # The largest first, so that no dot hides a smaller one.
    drawn = sorted(points, key=lambda point: -point.people)
    return Reliability(
        title=title,
        note=note,
        stated_label=stated_label,
        published_label=published_label,
        dots=tuple(_dot(point, top, borders) for point in drawn),
        x_ticks=tuple(Tick(_across(share, top), percent(share)) for share in shares),
        y_ticks=tuple(Tick(_down(share, top), percent(share)) for share in shares),
        key=_key(borders),
        desc=_compared(points),
        table=Table(
            ("Group", "Model", "Published", "People"),
            tuple((one.label, percent(one.stated), _published(one), f"{one.people:,}") for one in points),
        ),
    )


def _check_point(point: ReliabilityPoint) -> None:
    low, published, high, stated = (round(value, DIGITS) for value in (point.low, point.published, point.high, point.stated))
    if not (0 <= low <= published <= high <= 1 and 0 <= stated <= 1):
        raise ValueError(f"A point needs shares from 0 to 1, the published one in its range: {point!r}.")


def _dot(point: ReliabilityPoint, top: float, borders: tuple[int, int]) -> Dot:
    return Dot(
        x=_across(point.stated, top),
        y=_down(point.published, top),
        radius=RADII[bisect_right(borders, point.people)],
        bar=span(_down(point.high, top), _down(point.low, top)) if point.low < point.high else None,
        apart=_is_apart(point),
        label=f"{point.label}: {_sentence(point)}; {point.people:,} people",
    )


def _across(share: float, top: float) -> float:
    return scale(share, 0, top, Reliability.start, Reliability.end - Reliability.start)


def _down(share: float, top: float) -> float:
    return scale(top - share, 0, top, Reliability.top, Reliability.bottom - Reliability.top)


def _is_apart(point: ReliabilityPoint) -> bool:
    """Whether the model states a share outside the sampling range; without a range nobody can tell, so it is not."""
    return point.low < point.high and not point.low <= point.stated <= point.high


def _published(point: ReliabilityPoint) -> str:
    if point.low == point.high:
        return percent(point.published)
    return f"{percent(point.published)} ({percent(point.low)} to {percent(point.high)})"


def _sentence(point: ReliabilityPoint) -> str:
    return f"model {percent(point.stated)}, published {_published(point)}"


def _compared(points: Sequence[ReliabilityPoint]) -> str:
    """How far the model keeps to the record, for those who do not see the dots."""
    if not points:
        return NO_POINTS
    ranged = [point for point in points if point.low < point.high]
    close = sum(not _is_apart(point) for point in ranged)
    worst = max(points, key=lambda point: abs(point.stated - point.published))
    held = f" The published range holds what the model says for {close} of {len(ranged)}." if ranged else ""
    return f"{plural(len(points), 'group')}.{held} Furthest apart: {worst.label}, {_sentence(worst)}."


def _key(borders: tuple[int, int]) -> tuple[KeyDot, ...]:
    first, second = borders
    labels = (f"under {first:,}", f"{first:,} to {second - 1:,}", f"{second:,} or more")
    largest = max(RADII)
    return tuple(KeyDot(x, radius, x + largest + 4, label) for x, radius, label in zip(Reliability.key_places, RADII, labels, strict=True))


# --- how many interviews a list may bring ---

# Columns go on until so much of the probability is drawn; the rest stands in one last column.
DRAWN = 0.99
# The axis ends on the first of these that holds every column; half of each is a whole percent.
COLUMN_TOPS = (0.02, 0.04, 0.06, 0.08, 0.1, 0.16, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
# What lies between these two quantiles is the middle 80 %.
MIDDLE = (0.1, 0.9)
# Where the rows of words begin: what an applicant would plan for differently, not more of them than can be read at a glance.
WORD_STARTS = (0, 1, 3, 6, 10, 15, 20, 30, 50, 100)
# Two neighboring labels need this much room, in user units, so that "11" and "12+" do not touch.
LABEL_ROOM = 22
LABEL_STEPS = (1, 2, 5, 10, 20, 50, 100)


@dataclass(frozen=True)
class CountColumn:
    """One count of interviews; `tick` is "" where there is no room for it. `usual`: part of the middle 80 %."""

    x: float
    width: float
    middle: float
    bar: Span
    usual: bool
    tick: str
    label: str


@dataclass(frozen=True)
class InterviewColumns:
    """The probability of every count of interviews, with a bracket below the middle 80 %."""

    template: ClassVar[str] = "charts/figure.html"
    drawing: ClassVar[str] = "charts/interview_columns.svg"
    note: ClassVar[str] = "The taller a column, the likelier this number. Solid and bracketed: where it falls at least 8 times in 10. Outlined: less usual."
    width: ClassVar[float] = 360
    height: ClassVar[float] = 206
    start: ClassVar[float] = 42
    end: ClassVar[float] = 346
    top: ClassVar[float] = 24
    bottom: ClassVar[float] = 140
    widest: ClassVar[float] = 44
    gap: ClassVar[float] = 0.2
    # The bracket's words are about this wide, and must not run out of the box.
    words: ClassVar[float] = 250
    title: str
    columns: tuple[CountColumn, ...]
    ticks: tuple[Tick, ...]
    bracket: Span
    bracket_words: Tick
    desc: str
    table: Table


def interview_columns(probabilities: Sequence[float], *, title: str = "How many interviews this list may bring") -> InterviewColumns:
    """`probabilities[k]` is the chance of exactly k interviews; they add up to 1."""
    _check_distribution(probabilities)
    reached = [round(total, DIGITS) for total in accumulate(probabilities)]
    low, high = (_first(reached, share) for share in MIDDLE)
    last = _first(reached, DRAWN)
    shown = _pool(probabilities, last + 1)
    top = _top(max(shown), COLUMN_TOPS)
    columns = _columns(shown, top, pooled=len(shown) > last + 1, usual=range(low, high + 1))
    bracket = span(columns[low].x, columns[high].x + columns[high].width)
    counts = _counts(low, high)
    rows = _word_rows(probabilities, last)
    return InterviewColumns(
        title=title,
        columns=columns,
        ticks=tuple(Tick(_rise(share, top).start, percent(share)) for share in (0.0, top / 2, top)),
        bracket=bracket,
        bracket_words=Tick(_inside(bracket.start + bracket.size / 2), f"at least 8 times in 10: {counts}"),
        desc=" ".join(f"{name.capitalize()}: {chance}." for name, chance in rows) + f" At least 8 times in 10: {counts}.",
        table=Table(("Interviews", "Chance"), rows),
    )


def _check_distribution(probabilities: Sequence[float]) -> None:
    whole = round(sum(probabilities), DIGITS) == 1
    if not (whole and all(round(one, DIGITS) >= 0 for one in probabilities)):
        raise ValueError("The probabilities of all counts of interviews are not negative and add up to 1.")


def _first(reached: Sequence[float], share: float) -> int:
    """The smallest count at which the running total reaches `share`."""
    return next(count for count, total in enumerate(reached) if total >= share)


def _pool(probabilities: Sequence[float], kept: int) -> list[float]:
    """The first `kept`, then the sum of the rest unless it is none."""
    shown, rest = [_chance(one) for one in probabilities[:kept]], _chance(sum(probabilities[kept:]))
    return [*shown, rest] if round(rest, DIGITS) > 0 else shown


def _chance(total: float) -> float:
    """A sum of probabilities without what floats put below 0 or above 1."""
    return min(max(total, 0.0), 1.0)


def _columns(shown: Sequence[float], top: float, *, pooled: bool, usual: range) -> tuple[CountColumn, ...]:
    slot = (InterviewColumns.end - InterviewColumns.start) / len(shown)
    width = round(min(InterviewColumns.widest, slot * (1 - InterviewColumns.gap)), 1)
    ticks = _count_ticks(len(shown), slot, pooled=pooled)
    drawn = []
    for count, chance in enumerate(shown):
        middle = round(InterviewColumns.start + slot * (count + 0.5), 1)
        is_rest = pooled and count == len(shown) - 1
        drawn.append(
            CountColumn(
                x=round(middle - width / 2, 1),
                width=width,
                middle=middle,
                bar=_rise(chance, top),
                usual=count in usual,
                tick=ticks[count],
                label=f"{f'{count} or more interviews' if is_rest else plural(count, 'interview')}: {about(in_ten(chance))}",
            )
        )
    return tuple(drawn)


def _count_ticks(count: int, slot: float, *, pooled: bool) -> list[str]:
    """One label a column, "" for those without room: every second, every fifth ... keeps its own; the pooled one always."""
    step = next((one for one in LABEL_STEPS if one * slot >= LABEL_ROOM), count)
    ticks = [str(one) if one % step == 0 else "" for one in range(count)]
    if pooled:
        crowded = ceil(LABEL_ROOM / slot) - 1
        ticks[count - 1 - crowded :] = [*[""] * crowded, f"{count - 1}+"]
    return ticks


def _rise(chance: float, top: float) -> Span:
    """A column from the axis up to `chance`."""
    return span(scale(top - chance, 0, top, InterviewColumns.top, InterviewColumns.bottom - InterviewColumns.top), InterviewColumns.bottom)


def _inside(middle: float) -> float:
    """Where the bracket's words are centered, so that they end within the box."""
    half = InterviewColumns.words / 2
    return round(min(max(middle, half), InterviewColumns.width - half), 1)


def _counts(low: int, high: int) -> str:
    """A range of counts in words: "none", "3", "none to 3", "2 to 7"."""
    first, last = (str(count) if count else "none" for count in (low, high))
    return first if low == high else f"{first} to {last}"


def _word_rows(probabilities: Sequence[float], last: int) -> tuple[tuple[str, str], ...]:
    """The chances of a few ranges of counts. The final range takes everything from its start on, and starts at `last` at the latest."""
    starts = [start for start in WORD_STARTS if start < len(probabilities) and start <= max(last, 1)]
    ranges = [(_counts(start, end - 1), sum(probabilities[start:end])) for start, end in pairwise(starts)]
    ranges.append((f"{starts[-1]} or more" if len(starts) > 1 else "none", sum(probabilities[starts[-1] :])))
    return tuple((name, about(in_ten(_chance(chance)))) for name, chance in ranges)
