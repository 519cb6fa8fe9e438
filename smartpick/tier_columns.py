"""How the chances of many programs spread over the tiers: columns on the axis that all chances share. Pure; see `smartpick.charts` for the rules.

Columns never straddle the border of two tiers, so each belongs to one, and the number of each tier stands above its band.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log
from typing import ClassVar

from smartpick.charts import CHANCE_AXIS, CHANCE_TICKS, Span, Table, Tick, nice_top, scale, span
from smartpick.wording import odds_range, one_in

# About how much a column's ends differ, as a factor: a quarter more, which is as fine as a chance is told.
COLUMN_RATIO = 1.25
MARKS = {"reach": "▲", "middle": "●", "safer": "■"}
NOTE = "The taller a column, the more programs have this chance: 1 in … applications leads to an interview. Dashed: where one tier ends and the next begins."


@dataclass(frozen=True)
class TierColumn:
    """The programs with a chance from here to there."""

    x: float
    width: float
    bar: Span
    tier: str
    count: int
    label: str


@dataclass(frozen=True)
class TierHead:
    """What stands above a tier's band."""

    at: float
    tier: str
    count: int
    label: str


@dataclass(frozen=True)
class TierColumns:
    """Columns from the rarest chance to the likeliest, in bands of tiers."""

    template: ClassVar[str] = "charts/figure.html"
    drawing: ClassVar[str] = "charts/tier_columns.svg"
    note: ClassVar[str] = NOTE
    width: ClassVar[float] = 360
    height: ClassVar[float] = 190
    start: ClassVar[float] = 34
    end: ClassVar[float] = 348
    top: ClassVar[float] = 32
    bottom: ClassVar[float] = 150
    gap: ClassVar[float] = 1.0
    title: str
    columns: tuple[TierColumn, ...]
    heads: tuple[TierHead, ...]
    bands: tuple[float, ...]
    chance_ticks: tuple[Tick, ...]
    count_ticks: tuple[Tick, ...]
    desc: str
    table: Table


def tier_columns(chances: Sequence[float], bands: Sequence[tuple[str, float]], *, title: str) -> TierColumns:
    """`chances` (0 to 1) of programs that nothing excludes; `bands` are (tier, least chance), best first, the last from 0 on.

    A chance beyond the axis counts in its last column. Raises ValueError for a chance outside 0 to 1.
    """
    if any(not 0 <= chance <= 1 for chance in chances):
        raise ValueError("Chances lie between 0 and 1.")
    rising = list(reversed(bands))
    borders = [CHANCE_AXIS[0], *(least for _, least in rising[1:]), CHANCE_AXIS[1]]
    edges = _edges(borders)
    counts = [0] * (len(edges) - 1)
    for chance in chances:
        counts[min(max(bisect_right(edges, chance) - 1, 0), len(counts) - 1)] += 1
    tiers = [rising[min(bisect_right(borders, low), len(rising)) - 1][0] for low in edges[:-1]]
    top = nice_top(max(counts))
    totals = {tier: sum(count for count, one in zip(counts, tiers, strict=True) if one == tier) for tier, _ in rising}
    return TierColumns(
        title=title,
        columns=tuple(_column(*ends, tier, count, top) for ends, tier, count in zip(pairwise(edges), tiers, counts, strict=True)),
        heads=tuple(
            TierHead(round((_at(low) + _at(high)) / 2, 1), tier, totals[tier], f"{MARKS[tier]} {tier} {totals[tier]:,}")
            for (tier, _), (low, high) in zip(rising, pairwise(borders), strict=True)
        ),
        bands=tuple(_at(border) for border in borders[1:-1]),
        chance_ticks=tuple(Tick(_at(1 / n), str(n)) for n in CHANCE_TICKS),
        count_ticks=tuple(Tick(_rise(count, top).start, f"{count:,}") for count in (0, top // 2, top)),
        desc=f"Programs by chance: {', '.join(f'{count:,} {tier}' for tier, count in totals.items())}.{_fullest(edges, counts)}",
        table=Table(
            ("Chance", "Tier", "Programs"),
            tuple((_odds(*ends), tier, f"{count:,}") for ends, tier, count in zip(pairwise(edges), tiers, counts, strict=True) if count),
        ),
    )


def _edges(borders: Sequence[float]) -> list[float]:
    """The ends of all columns: each tier cut into equal steps of about COLUMN_RATIO."""
    edges = [borders[0]]
    for low, high in pairwise(borders):
        steps = max(round(log(high / low) / log(COLUMN_RATIO)), 1)
        edges += [low * (high / low) ** (step / steps) for step in range(1, steps)] + [high]
    return edges


def _column(low: float, high: float, tier: str, count: int, top: int) -> TierColumn:
    ends = _at(low), _at(high)
    return TierColumn(ends[0], round(max(ends[1] - ends[0] - TierColumns.gap, 0), 1), _rise(count, top), tier, count, f"{_odds(low, high)}: {count:,}, {tier}")


def _at(chance: float) -> float:
    lowest, highest = CHANCE_AXIS
    return scale(log(chance), log(lowest), log(highest), TierColumns.start, TierColumns.end - TierColumns.start)


def _rise(count: int, top: int) -> Span:
    """A column from the axis up to `count`."""
    return span(scale(top - count, 0, top, TierColumns.top, TierColumns.bottom - TierColumns.top), TierColumns.bottom)


def _odds(low: float, high: float) -> str:
    """A column's ends in words; the outermost are open."""
    if low <= CHANCE_AXIS[0]:
        return f"below {one_in(high)}"
    return f"{one_in(low)} or more" if high >= CHANCE_AXIS[1] else odds_range(low, high)


def _fullest(edges: Sequence[float], counts: Sequence[int]) -> str:
    most = max(counts)
    if not most:
        return ""
    at = counts.index(most)
    return f" The most, {most:,}, at {_odds(edges[at], edges[at + 1])}."
