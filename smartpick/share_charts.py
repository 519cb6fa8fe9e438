"""Parts of a whole as stacked bars, one below the other. Pure; see `smartpick.charts` for the rules.

A part is told apart by its height as well as by its color, so it can be read in gray and without red or green.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from smartpick.charts import Span, Table, scale, span
from smartpick.wording import percent

NO_BARS = "There is nothing to count."


@dataclass(frozen=True)
class PartKind:
    """A kind of part: its words, its class in charts.css, and how high it is drawn."""

    label: str
    css: str
    height: float


@dataclass(frozen=True)
class Part:
    """One part of a bar; `y` counts from the top of the bar's line."""

    across: Span
    y: float
    height: float
    css: str
    label: str


@dataclass(frozen=True)
class ShareBar:
    """One whole and its parts, drawn from `y` on; `label` stands above it, `value` at its right."""

    y: float
    label: str
    value: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class KeyPart:
    """A kind of part explained: its mark at the left edge, its words from `text_at` on the `baseline`."""

    y: float
    height: float
    css: str
    text_at: float
    baseline: float
    label: str


@dataclass(frozen=True)
class ShareBars:
    """Stacked bars, each as wide as the chart: what counts is the share, the number of things stands in the table."""

    template: ClassVar[str] = "charts/figure.html"
    drawing: ClassVar[str] = "charts/share_bars.svg"
    width: ClassVar[float] = 360
    line: ClassVar[float] = 36  # from one bar to the next
    text_line: ClassVar[float] = 14  # where the words above a bar stand
    bar_top: ClassVar[float] = 19
    bar_height: ClassVar[float] = 12
    key_line: ClassVar[float] = 18
    key_mark: ClassVar[float] = 14
    key_gap: ClassVar[float] = 6
    foot: ClassVar[float] = 4
    title: str
    note: str
    height: float
    bars: tuple[ShareBar, ...] = field(default=())
    key: tuple[KeyPart, ...] = field(default=())
    desc: str = ""
    table: Table = field(default=Table((), ()))


def share_bars(rows: Sequence[tuple[str, Sequence[int]]], kinds: Sequence[PartKind], *, title: str, note: str, what: str) -> ShareBars:
    """`rows` are a label and one count a kind, none of them negative. The first kind is the one told at the right of each bar.

    Raises ValueError for counts that do not fit the kinds.
    """
    for label, counts in rows:
        if len(counts) != len(kinds) or min(counts) < 0:
            raise ValueError(f"{label}: one count a kind is needed, none below 0, not {list(counts)}.")
    top = len(kinds) * ShareBars.key_line
    return ShareBars(
        title=title,
        note=note,
        height=top + len(rows) * ShareBars.line + ShareBars.foot,
        bars=tuple(_bar(top + place * ShareBars.line, label, counts, kinds) for place, (label, counts) in enumerate(rows)),
        key=tuple(_key(place, kind) for place, kind in enumerate(kinds)),
        desc=_told(rows, kinds),
        table=Table((what, *(kind.label for kind in kinds)), tuple((label, *(f"{count:,}" for count in counts)) for label, counts in rows)),
    )


def _bar(y: float, label: str, counts: Sequence[int], kinds: Sequence[PartKind]) -> ShareBar:
    total, before, parts = sum(counts), 0, []
    for count, kind in zip(counts, kinds, strict=True):
        if count:
            ends = [scale(one, 0, total, 0, ShareBars.width) for one in (before, before + count)]
            told = f"{kind.label}: {count:,} of {total:,}"
            parts.append(Part(span(*ends), round(ShareBars.bar_top + ShareBars.bar_height - kind.height, 1), kind.height, kind.css, told))
        before += count
    return ShareBar(y, label, percent(counts[0] / total) if total else "none", tuple(parts))


def _key(place: int, kind: PartKind) -> KeyPart:
    bottom = place * ShareBars.key_line + ShareBars.bar_height
    return KeyPart(round(bottom - kind.height, 1), kind.height, kind.css, ShareBars.key_mark + ShareBars.key_gap, bottom, kind.label)


def _told(rows: Sequence[tuple[str, Sequence[int]]], kinds: Sequence[PartKind]) -> str:
    """Every bar in words, for those who do not see them."""
    return " ".join(f"{label}: {_shares(counts, kinds)}." for label, counts in rows) or NO_BARS


def _shares(counts: Sequence[int], kinds: Sequence[PartKind]) -> str:
    total = sum(counts)
    return ", ".join(f"{percent(count / total)} {kind.label}" for count, kind in zip(counts, kinds, strict=True) if count) or "none"
