"""A map of states as tiles, one square a state, so that small ones count as much as large ones. Pure; see `smartpick.charts` for the rules.

Where a tile stands is a row of state_tiles.csv. The bar inside it is as long as its share of the largest count.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import ClassVar

from smartpick.charts import Span, scale, span

# A part is told from its neighbors by its height too: the likelier the tier, the taller.
HEIGHTS = (12.0, 8.0, 4.0)


@dataclass(frozen=True)
class TilePlace:
    """Where a state stands: rows count from the north, columns from the west, both from 1."""

    row: int
    column: int


@dataclass(frozen=True)
class TilePart:
    """A part of a tile's bar: along it, from `y` down to its foot, `height` tall."""

    along: Span
    y: float
    height: float


@dataclass(frozen=True)
class Tile:
    """One state: its place, how many it counts, and the bar; `parts` in the order of the counts, None where there are none of a kind."""

    width: ClassVar[float] = 100
    height: ClassVar[float] = 12
    code: str
    place: TilePlace
    total: int
    parts: tuple[TilePart | None, ...]


@cache
def tile_places() -> Mapping[str, TilePlace]:
    """{USPS code: place} in reading order."""
    text = files("smartpick").joinpath("state_tiles.csv").read_text(encoding="utf-8")
    found = {row["usps"]: TilePlace(int(row["row"]), int(row["column"])) for row in csv.DictReader(text.splitlines())}
    return dict(sorted(found.items(), key=lambda item: (item[1].row, item[1].column)))


def tile_map(counts: Mapping[str, Sequence[int]]) -> tuple[Tile, ...]:
    """Every state of the table in reading order; `counts` by code, one number for each of HEIGHTS, states without any may be left out.

    Raises ValueError for counts below 0, or not one for each height. Codes without a place are not drawn: a table beside the map has to have them.
    """
    for code, kinds in counts.items():
        if len(kinds) != len(HEIGHTS) or min(kinds) < 0:
            raise ValueError(f"{code}: {len(HEIGHTS)} counts from 0 on are needed, not {list(kinds)}.")
    nothing = (0,) * len(HEIGHTS)
    most = max([1, *(sum(kinds) for kinds in counts.values())])
    return tuple(_tile(code, place, counts.get(code, nothing), most) for code, place in tile_places().items())


def _tile(code: str, place: TilePlace, kinds: Sequence[int], most: int) -> Tile:
    parts: list[TilePart | None] = []
    before = 0
    for count, height in zip(kinds, HEIGHTS, strict=True):
        ends = [scale(one, 0, most, 0, Tile.width) for one in (before, before + count)]
        parts.append(TilePart(span(*ends), Tile.height - height, height) if count else None)
        before += count
    return Tile(code, place, before, tuple(parts))
