"""Columns of chances: each in one tier, every program in one column, the same numbers in words."""

from itertools import pairwise
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from matching.engine import Tier, tiers
from matching.engine.evidence import tier_bands
from smartpick.tier_columns import TierColumns, tier_columns

ROUNDING = 0.11
SVG = "{http://www.w3.org/2000/svg}"
BANDS = (("safer", 0.1), ("middle", 0.03), ("reach", 0.0))
CHANCES = st.lists(st.floats(0, 1), max_size=300)


def drawn(chances, bands=BANDS):
    return tier_columns(chances, bands, title="Your list")


@given(CHANCES)
def test_columns_stay_in_their_box_and_stand_side_by_side(chances):
    chart = drawn(chances)
    assert all(chart.start <= column.x and column.x + column.width <= chart.end + ROUNDING for column in chart.columns)
    assert all(chart.top <= column.bar.start <= chart.bottom for column in chart.columns)
    assert all(abs(column.bar.start + column.bar.size - chart.bottom) <= ROUNDING for column in chart.columns)
    assert all(before.x + before.width <= after.x + ROUNDING for before, after in pairwise(chart.columns))


@given(CHANCES)
def test_every_program_stands_in_one_column_of_its_tier(chances):

    chart = drawn(chances, tier_bands())
    codes = tiers(np.array(chances, np.float64), np.zeros(len(chances), np.bool_)).tolist()
    by_tier = {tier.word: codes.count(tier) for tier in (Tier.REACH, Tier.MIDDLE, Tier.SAFER)}
    assert {head.tier: head.count for head in chart.heads} == by_tier
    for tier, count in by_tier.items():
        assert sum(column.count for column in chart.columns if column.tier == tier) == count


@given(CHANCES)
def test_the_fuller_of_two_columns_is_the_taller(chances):
    columns = sorted(drawn(chances).columns, key=lambda column: column.count)
    assert all(before.bar.size <= after.bar.size for before, after in pairwise(columns))


@given(CHANCES)
def test_table_holds_every_column_that_is_not_empty(chances):
    chart = drawn(chances)
    assert [int(row[2].replace(",", "")) for row in chart.table.rows] == [column.count for column in chart.columns if column.count]


def test_columns_are_told_in_words():
    chart = drawn([0.001, 0.04, 0.04, 0.2])
    assert chart.desc == "Programs by chance: 1 reach, 2 middle, 1 safer. The most, 2, at 1 in 25 to 1 in 20."
    assert [head.label for head in chart.heads] == ["▲ reach 1", "● middle 2", "■ safer 1"]
    assert chart.table.headers == ("Chance", "Tier", "Programs")
    assert chart.table.rows == (("below 1 in 150", "reach", "1"), ("1 in 25 to 1 in 20", "middle", "2"), ("1 in 5 to 1 in 4", "safer", "1"))


def test_borders_of_tiers_are_borders_of_columns():
    chart = drawn([0.1, 0.03, 0.0])
    assert [(head.tier, head.count) for head in chart.heads] == [("reach", 1), ("middle", 1), ("safer", 1)]
    assert set(chart.bands) < {column.x for column in chart.columns}


def test_nothing_to_draw_is_told():
    chart = drawn([])
    assert (chart.desc, chart.table.rows) == ("Programs by chance: 0 reach, 0 middle, 0 safer.", ())


@pytest.mark.parametrize("chance", [-0.1, 1.1, float("nan")])
def test_what_is_no_chance_is_refused(chance):
    with pytest.raises(ValueError, match=r"^Chances lie between 0 and 1"):
        drawn([chance])


@pytest.mark.parametrize("chances", [[], [0.05] * 3, [0.001, 0.04, 0.2]])
def test_template_is_well_formed_and_draws_what_is_there(chances):
    chart = drawn(chances)
    figure = ET.fromstring(Template("{% chart chart %}").render(Context({"chart": chart})))  # noqa: S314 - our own template
    svg = figure.find(f"{SVG}svg")
    assert (svg.find(f"{SVG}title").text, svg.find(f"{SVG}desc").text) == ("Your list", chart.desc)
    assert len(svg.findall(f".//{SVG}rect")) == sum(column.count > 0 for column in chart.columns)
    assert svg.get("viewBox") == f"0 0 {TierColumns.width} {TierColumns.height}"
