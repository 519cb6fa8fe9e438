"""The tiles of the map: every state once, bars inside their tile, tiers told apart by height."""

import csv
from datetime import date

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from smartpick.tile_map import HEIGHTS, Tile, tile_map, tile_places

ROUNDING = 0.11
ROWS, COLUMNS = range(1, 10), range(1, 12)  # static/css/map.css has a class for each
COUNTS = st.dictionaries(st.sampled_from(sorted(tile_places())), st.tuples(*[st.integers(0, 500)] * len(HEIGHTS)), max_size=56)


def table():
    with (settings.BASE_DIR / "smartpick" / "state_tiles.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_state_of_the_reference_table_has_one_place_of_its_own():
    with (settings.BASE_DIR / "fixtures" / "reference" / "states.csv").open(encoding="utf-8") as file:
        states = [row["usps"] for row in csv.DictReader(file)]
    assert sorted(row["usps"] for row in table()) == sorted(states)
    assert len({(place.row, place.column) for place in tile_places().values()}) == len(states)


def test_every_row_of_the_table_says_who_arranged_it_and_when():
    assert {(row["source"], row["source_kind"]) for row in table()} == {("arranged by this project", "project")}
    assert all(date.fromisoformat(row["as_of"]) for row in table())


def test_every_place_has_its_class_in_the_style_sheet():
    css = (settings.BASE_DIR / "static" / "css" / "map.css").read_text(encoding="utf-8")
    assert [f".tile--r{row} {{" in css for row in ROWS] == [True] * len(ROWS)
    assert [f".tile--c{column} {{" in css for column in COLUMNS] == [True] * len(COLUMNS)
    assert all(place.row in ROWS and place.column in COLUMNS for place in tile_places().values())


def test_neighbors_stand_where_a_reader_looks_for_them():
    places = tile_places()
    west_to_east = [places[code].column for code in ("WA", "MT", "MI", "NY", "MA")]
    north_to_south = [places[code].row for code in ("WA", "OR", "CA", "AZ", "TX", "PR")]
    assert (west_to_east, north_to_south) == (sorted(west_to_east), sorted(north_to_south))


@given(COUNTS)
def test_tiles_run_in_reading_order_and_count_everything(counts):
    tiles = tile_map(counts)
    order = [(tile.place.row, tile.place.column) for tile in tiles]
    assert order == sorted(order)
    assert {tile.code: tile.total for tile in tiles if tile.total} == {code: sum(kinds) for code, kinds in counts.items() if sum(kinds)}


@given(COUNTS)
def test_parts_lie_in_their_tile_one_after_the_other(counts):
    most = max([1, *map(sum, counts.values())])
    for tile in tile_map(counts):
        parts = [part for part in tile.parts if part]
        assert [part is not None for part in tile.parts] == [count > 0 for count in counts.get(tile.code, (0, 0, 0))]
        ends = [0.0, *(part.along.start + part.along.size for part in parts)]
        assert all(abs(part.along.start - end) <= ROUNDING for part, end in zip(parts, ends[:-1], strict=True))
        assert abs(ends[-1] - Tile.width * tile.total / most) <= ROUNDING
        assert all(part.y + part.height == Tile.height for part in parts)


def test_kinds_are_told_apart_by_height_too():
    tile = next(tile for tile in tile_map({"OH": (1, 1, 1)}) if tile.code == "OH")
    heights = [part.height for part in tile.parts if part]
    assert heights == list(HEIGHTS) == sorted(heights, reverse=True)
    assert len(set(heights)) == 3


@pytest.mark.parametrize("kinds", [(1, 2), (1, 2, -1)])
def test_counts_that_do_not_fit_are_refused(kinds):
    with pytest.raises(ValueError, match=r"^OH: 3 counts from 0 on"):
        tile_map({"OH": kinds})


def test_state_without_a_place_is_not_drawn():
    assert len(tile_map({"ZZ": (1, 0, 0)})) == len(tile_places())
