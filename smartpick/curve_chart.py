"""The chance of a match against the number of applications and what they cost, as a chart. Pure; see `smartpick.charts` for the rules.

Usage, where a page shows the curve:

    points = [CurvePoint(size=20, match=0.31, cost=220, low=0.22, high=0.40), ...]        # sizes rising; cost, low and high may be None
    marks = [CurveMark(62, "next adds too little: 62"), CurveMark(80, "your list: 80", match=0.52)]
    chart = curve_chart(points, marks)                                                    # in a template: {% chart page.curve %}

A mark without `match` sits on the curve; one with it stands where its own chance is, for a list that is not the best of its size.
Labels of marks stand above the plot, a line each, and should be short (about 30 letters). What the chart shows belongs in a sentence before it.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from smartpick.charts import Table, Tick, scale
from smartpick.wording import NOT_KNOWN, about, in_ten, in_ten_range, percent, plural

# The chance axis starts at zero and ends on the first of these that holds every point; half of each is a whole percent.
CHANCE_TOPS = (0.02, 0.04, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)
# Distances of marks on the axis of applications: the first that needs at most so many, so that labels of dollars do not touch.
SIZE_STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000)
MOST_TICKS = 6
# The table beside the chart holds about so many sizes, and every marked one.
TABLE_ROWS = 12
NOTHING = "There is no list to judge yet."
NOTE = "Line: the chance of a match from the best list of each size. Shaded: its range. Below each number of applications: what they cost."


@dataclass(frozen=True)
class CurvePoint:
    """The best list of one size: its chance of a match (0 to 1) with its range, and its fees in dollars; None is not known."""

    size: int
    match: float
    cost: int | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class CurveMark:
    """A size worth pointing at. `match` is a chance of its own; None: that of the curve."""

    size: int
    label: str
    match: float | None = None


@dataclass(frozen=True)
class SizeTick:
    """A number of applications on the axis with what it costs; "" where no price is known."""

    at: float
    label: str
    cost: str


@dataclass(frozen=True)
class Pointer:
    """A mark drawn: a line down from its words to its dot. `end` says that the words end there instead of starting there."""

    x: float
    y: float
    words_y: float
    label: str
    end: bool
    own: bool


@dataclass(frozen=True)
class CurveChart:
    """The curve in its range, with two scales below it: applications and dollars."""

    template: ClassVar[str] = "charts/curve.html"
    drawing: ClassVar[str] = "charts/curve.svg"
    width: ClassVar[float] = 360
    start: ClassVar[float] = 42
    end: ClassVar[float] = 336
    words_line: ClassVar[float] = 15
    head: ClassVar[float] = 24  # the name of the chance axis stands here
    plot: ClassVar[float] = 150
    foot: ClassVar[float] = 52  # two lines of labels and the names of both scales
    title: str
    note: str
    height: float
    top: float
    bottom: float
    line: str
    band: str
    size_ticks: tuple[SizeTick, ...]
    chance_ticks: tuple[Tick, ...]
    pointers: tuple[Pointer, ...]
    desc: str
    table: Table


def curve_chart(
    points: Sequence[CurvePoint], marks: Sequence[CurveMark] = (), *, title: str = "Match chance by number of applications", note: str = NOTE
) -> CurveChart:
    """`points` by rising size. Raises ValueError for sizes that do not rise, and chances outside 0 to 1 or outside their range."""
    _check(points, marks)
    top = CurveChart.head + CurveChart.words_line * len(marks)
    frame = _Frame(top, _most_chance(points, marks), max([1, *(one.size for one in points), *(mark.size for mark in marks)]))
    return CurveChart(
        title=title,
        note=note,
        height=frame.bottom + CurveChart.foot,
        top=top,
        bottom=frame.bottom,
        line=_path(frame.at(one.size, one.match) for one in points),
        band=_band(points, frame),
        size_ticks=_size_ticks(points, frame),
        chance_ticks=tuple(Tick(frame.y(chance), percent(chance)) for chance in (0.0, frame.chance / 2, frame.chance)),
        pointers=tuple(_pointer(mark, place, points, frame) for place, mark in enumerate(marks)),
        desc=_told(points, marks),
        table=Table(("Applications", "Fees", "Match chance", "Range"), tuple(_row(one) for one in _listed(points, marks))),
    )


@dataclass(frozen=True)
class _Frame:
    """Where the plot lies: from `top`, up to `chance` and to `size` applications."""

    top: float
    chance: float
    size: int

    @property
    def bottom(self) -> float:
        return self.top + CurveChart.plot

    def x(self, size: int) -> float:
        return scale(size, 0, self.size, CurveChart.start, CurveChart.end - CurveChart.start)

    def y(self, chance: float) -> float:
        return scale(self.chance - chance, 0, self.chance, self.top, CurveChart.plot)

    def at(self, size: int, chance: float) -> tuple[float, float]:
        return self.x(size), self.y(chance)


def _check(points: Sequence[CurvePoint], marks: Sequence[CurveMark]) -> None:
    sizes = [one.size for one in points]
    if sizes != sorted(set(sizes)) or (sizes and sizes[0] < 0):
        raise ValueError(f"Sizes of a curve rise, from 0 on, not {sizes}.")
    for one in points:
        if not 0 <= _low(one) <= one.match <= _high(one) <= 1:
            raise ValueError(f"A point needs chances from 0 to 1, its own in its range: {one!r}.")
    for mark in marks:
        if mark.size < 0 or not 0 <= (mark.match or 0) <= 1:
            raise ValueError(f"A mark needs a size from 0 on and a chance from 0 to 1: {mark!r}.")


def _low(one: CurvePoint) -> float:
    return one.match if one.low is None else one.low


def _high(one: CurvePoint) -> float:
    return one.match if one.high is None else one.high


def _most_chance(points: Sequence[CurvePoint], marks: Sequence[CurveMark]) -> float:
    most = max([0.0, *(_high(one) for one in points), *(mark.match or 0.0 for mark in marks)])
    return next(top for top in CHANCE_TOPS if most <= top)


def _path(places: Iterable[tuple[float, float]]) -> str:
    """A line through places, as SVG writes it; "" for none."""
    words = " ".join(f"{x:g},{y:g}" for x, y in places)
    return f"M{words}" if words else ""


def _band(points: Sequence[CurvePoint], frame: _Frame) -> str:
    """The outline of the range; "" where no point has one."""
    if all(_low(one) == _high(one) for one in points):
        return ""
    upper = [frame.at(one.size, _high(one)) for one in points]
    lower = [frame.at(one.size, _low(one)) for one in reversed(points)]
    return f"{_path([*upper, *lower])}Z"


def _size_ticks(points: Sequence[CurvePoint], frame: _Frame) -> tuple[SizeTick, ...]:
    """Round numbers of applications; the cost of those that the curve was worked out for."""
    step = next((one for one in SIZE_STEPS if frame.size / one <= MOST_TICKS), frame.size)
    costs = {one.size: one.cost for one in points}
    return tuple(SizeTick(frame.x(size), f"{size:,}", _dollars(costs.get(size))) for size in range(step, frame.size + 1, step))


def _dollars(cost: int | None, *, unknown: str = "") -> str:
    return unknown if cost is None else f"${cost:,}"


def _pointer(mark: CurveMark, place: int, points: Sequence[CurvePoint], frame: _Frame) -> Pointer:
    x, y = frame.at(mark.size, _on_curve(points, mark.size) if mark.match is None else mark.match)
    middle = (CurveChart.start + CurveChart.end) / 2
    return Pointer(x, y, CurveChart.head + CurveChart.words_line * (place + 1) - 6, mark.label, end=x > middle, own=mark.match is not None)


def _on_curve(points: Sequence[CurvePoint], size: int) -> float:
    """The curve's chance at a size: between two points on the line between them, beyond its ends the end's own."""
    place = bisect_left([one.size for one in points], size)
    if place == len(points):
        return points[-1].match if points else 0.0
    after = points[place]
    if place == 0 or after.size == size:
        return after.match
    before = points[place - 1]
    return before.match + (after.match - before.match) * (size - before.size) / (after.size - before.size)


def _listed(points: Sequence[CurvePoint], marks: Sequence[CurveMark]) -> list[CurvePoint]:
    """The points that the table tells: evenly spread, the ends, and those that are marked."""
    step = max(-(-len(points) // TABLE_ROWS), 1)
    marked = {mark.size for mark in marks}
    last = len(points) - 1
    return [one for place, one in enumerate(points) if place % step == 0 or place == last or one.size in marked]


def _row(one: CurvePoint) -> tuple[str, ...]:
    ranged = NOT_KNOWN if one.low is None or one.high is None else in_ten_range(one.low, one.high)
    return f"{one.size:,}", _dollars(one.cost, unknown=NOT_KNOWN), about(in_ten(one.match)), ranged


def _told(points: Sequence[CurvePoint], marks: Sequence[CurveMark]) -> str:
    """Both ends and every mark in words, for those who do not see the line."""
    if not points:
        return NOTHING
    first, last = points[0], points[-1]
    ends = [first] if first is last else [first, last]
    told = [f"{plural(one.size, 'application')}{_for_dollars(one.cost)}: {about(in_ten(one.match))}." for one in ends]
    marked = [f"{mark.label}: {about(in_ten(_on_curve(points, mark.size) if mark.match is None else mark.match))}." for mark in marks]
    return " ".join([*told, *(f"Marked, {words}" for words in marked)])


def _for_dollars(cost: int | None) -> str:
    return "" if cost is None else f" for ${cost:,}"
