"""My score among the residents of many programs: a strip each, all on one axis. Pure; see `smartpick.charts` for the rules.

A strip has no words inside, so that it can be as small as a row of a list: `words` beside it tell the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import ClassVar

from smartpick.charts import SCORE_AXIS, SCORE_STEP, Span, Tick, scale, span
from smartpick.wording import NOT_KNOWN

ABOVE, INSIDE, BELOW = "above", "inside", "below"
# At most so many labels below the strips, or they touch on a phone.
MOST_LABELS = 5


@dataclass(frozen=True)
class Quartiles:
    """Step 2 CK of the residents of one program, three digits; None is not known."""

    q1: float | None
    median: float | None
    q3: float | None

    @property
    def known(self) -> tuple[float, ...]:
        """Those that are known."""
        return tuple(value for value in (self.q1, self.median, self.q3) if value is not None)


@dataclass(frozen=True)
class Strip:
    """One program: the middle half as a box where both its ends are known, else those `ends` that are; `words` tell them.

    `side`: where my score lies to the middle half, `mine` the same in words; "" where that is not known.
    """

    box: Span | None
    ends: tuple[float, ...]
    median: float | None
    side: str
    words: str
    mine: str


@dataclass(frozen=True)
class Strips:
    """All of them on one axis; `mine` is my score."""

    width: ClassVar[float] = 240
    height: ClassVar[float] = 20
    start: ClassVar[float] = 4
    end: ClassVar[float] = 236
    mine: Tick | None
    ticks: tuple[Tick, ...]
    strips: tuple[Strip, ...]

    def count(self, side: str) -> int:
        """Programs where my score lies on this side of the middle half."""
        return sum(strip.side == side for strip in self.strips)


def score_strips(programs: Sequence[Quartiles], score: float | None) -> Strips:
    """A strip for each of `programs`, in that order, and `score` (None: not known) on the same axis."""
    known = [value for one in programs for value in one.known] + ([] if score is None else [score])
    low = min([SCORE_AXIS[0], *(SCORE_STEP * int(value // SCORE_STEP) for value in known)])
    high = max([SCORE_AXIS[1], *(SCORE_STEP * ceil(value / SCORE_STEP) for value in known)])
    step = SCORE_STEP * ceil((high - low) / (SCORE_STEP * (MOST_LABELS - 1)))

    def place(value: float) -> float:
        return scale(value, low, high, Strips.start, Strips.end - Strips.start)

    def strip(one: Quartiles) -> Strip:
        whole = one.q1 is not None and one.q3 is not None and one.q1 <= one.q3
        return Strip(
            box=span(place(one.q1), place(one.q3)) if whole and one.q1 is not None and one.q3 is not None else None,
            ends=() if whole else tuple(place(value) for value in (one.q1, one.q3) if value is not None),
            median=None if one.median is None else place(one.median),
            side=_side(one, score) if whole else "",
            words=_told(one),
            mine="" if score is None or one.median is None else _distance(score - one.median),
        )

    return Strips(
        mine=None if score is None else Tick(place(score), f"you {score:.0f}"),
        ticks=tuple(Tick(place(value), str(value)) for value in range(low, high + 1, step)),
        strips=tuple(strip(one) for one in programs),
    )


def _side(one: Quartiles, score: float | None) -> str:
    """Where the score lies to the middle half; "" where one of them is not known."""
    if score is None or one.q1 is None or one.q3 is None:
        return ""
    return BELOW if score < one.q1 else ABOVE if score > one.q3 else INSIDE


def _told(one: Quartiles) -> str:
    """The residents in words: "middle 246, half 238 to 252"."""
    parts = [
        "" if one.median is None else f"middle {one.median:.0f}",
        "" if one.q1 is None or one.q3 is None else f"half {one.q1:.0f} to {one.q3:.0f}",
        f"lower quartile {one.q1:.0f}" if one.q1 is not None and one.q3 is None else "",
        f"upper quartile {one.q3:.0f}" if one.q3 is not None and one.q1 is None else "",
    ]
    return ", ".join(part for part in parts if part) or NOT_KNOWN


def _distance(points: float) -> str:
    return "yours the same as the middle" if round(points) == 0 else f"yours {abs(points):.0f} {'above' if points > 0 else 'below'} the middle"
