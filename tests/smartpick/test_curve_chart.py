"""The curve of match chance: inside its box, both scales told, marks where they belong."""

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from smartpick.curve_chart import NOTHING, CurveChart, CurveMark, CurvePoint, curve_chart

ROUNDING = 0.11
SVG = "{http://www.w3.org/2000/svg}"
TWO = [CurvePoint(10, 0.2, 110, 0.1, 0.3), CurvePoint(30, 0.4, 330, 0.3, 0.5)]


@st.composite
def curves(draw):
    sizes = sorted(draw(st.sets(st.integers(0, 1500), max_size=40)))
    points = []
    for size in sizes:
        low, match, high = sorted(draw(st.lists(st.floats(0, 1), min_size=3, max_size=3)))
        ranged, cost = draw(st.booleans()), draw(st.none() | st.integers(0, 90_000))
        points.append(CurvePoint(size, match, cost, low if ranged else None, high if ranged else None))
    marks = [CurveMark(draw(st.integers(0, 2000)), "mark", draw(st.none() | st.floats(0, 1))) for _ in range(draw(st.integers(0, 3)))]
    return points, marks


def places(path):
    return [tuple(map(float, place.split(","))) for place in re.findall(r"[\d.]+,[\d.]+", path)]


@given(curves())
def test_curve_stays_in_its_box(curve):
    chart = curve_chart(*curve)
    drawn = [*places(chart.line), *places(chart.band), *((one.x, one.y) for one in chart.pointers)]
    assert all(chart.start - ROUNDING <= x <= chart.end + ROUNDING and chart.top - ROUNDING <= y <= chart.bottom + ROUNDING for x, y in drawn)
    assert all(0 < one.words_y < chart.top for one in chart.pointers)
    assert chart.bottom < chart.height


@given(curves())
def test_larger_sizes_and_chances_lie_further_right_and_higher(curve):
    points, marks = curve
    line = places(curve_chart(points, marks).line)
    assert len(line) == len(points)
    assert [x for x, _ in line] == sorted(x for x, _ in line)
    by_chance = sorted(zip(points, line, strict=True), key=lambda pair: pair[0].match)
    heights = [y for _, (_, y) in by_chance]
    assert heights == sorted(heights, reverse=True)


@given(curves())
def test_ticks_rise_and_leave_room_for_their_words(curve):
    chart = curve_chart(*curve)
    at = [tick.at for tick in chart.size_ticks]
    assert 0 < len(at) <= 6
    assert all(after - before >= 294 / 12 - ROUNDING for before, after in pairwise(at))
    assert [tick.at for tick in chart.chance_ticks] == [chart.bottom, (chart.top + chart.bottom) / 2, chart.top]


@given(curves())
def test_table_keeps_ends_and_marked_sizes_and_stays_short(curve):
    points, marks = curve
    rows = [row[0].replace(",", "") for row in curve_chart(points, marks).table.rows]
    wanted = {str(one.size) for one in (*points[:1], *points[-1:])} | {str(mark.size) for mark in marks} & {str(one.size) for one in points}
    assert wanted <= set(rows)
    assert len(rows) <= 12 + 2 + len(marks)


def test_curve_is_told_in_words_and_numbers():
    chart = curve_chart(TWO, [CurveMark(30, "your list: 30", match=0.3), CurveMark(20, "next adds too little: 20")])
    assert chart.desc == (
        "10 applications for $110: about 1 in 5. 30 applications for $330: about 4 in 10. "
        "Marked, your list: 30: about 1 in 3. Marked, next adds too little: 20: about 1 in 3."
    )
    assert chart.table.headers == ("Applications", "Fees", "Match chance", "Range")
    assert chart.table.rows == (("10", "$110", "about 1 in 5", "1 in 10 to 1 in 3"), ("30", "$330", "about 4 in 10", "1 in 3 to 5 in 10"))
    assert [(tick.label, tick.cost) for tick in chart.size_ticks] == [("5", ""), ("10", "$110"), ("15", ""), ("20", ""), ("25", ""), ("30", "$330")]


def test_mark_without_a_chance_sits_on_the_curve_and_one_with_it_where_it_is():
    on, own = curve_chart(TWO, [CurveMark(20, "on"), CurveMark(20, "own", match=0.1)]).pointers
    half = CurveChart.start + (CurveChart.end - CurveChart.start) * 20 / 30
    assert (on.x, on.own, own.x, own.own) == (half, False, half, True)
    assert on.y < own.y


def test_words_of_a_mark_run_towards_the_middle():
    left, right = curve_chart(TWO, [CurveMark(10, "left"), CurveMark(30, "right")]).pointers
    assert (left.end, right.end) == (False, True)


def test_what_is_not_known_is_told_so_and_draws_no_range():
    chart = curve_chart([CurvePoint(10, 0.2), CurvePoint(20, 0.3)])
    assert chart.band == ""
    assert chart.table.rows[0] == ("10", "not known", "about 1 in 5", "not known")
    assert {tick.cost for tick in chart.size_ticks} == {""}


def test_nothing_to_draw_is_told():
    chart = curve_chart([])
    assert (chart.line, chart.desc, chart.table.rows) == ("", NOTHING, ())


@pytest.mark.parametrize(
    ("points", "marks"),
    [
        ([CurvePoint(10, 0.2), CurvePoint(10, 0.3)], []),
        ([CurvePoint(-1, 0.2)], []),
        ([CurvePoint(10, 1.2)], []),
        ([CurvePoint(10, 0.2, low=0.3, high=0.4)], []),
        (TWO, [CurveMark(-1, "mark")]),
        (TWO, [CurveMark(1, "mark", match=2)]),
    ],
)
def test_what_cannot_be_drawn_is_refused(points, marks):
    with pytest.raises(ValueError, match=r"^(Sizes|A point|A mark)"):
        curve_chart(points, marks)


@pytest.mark.parametrize("curve", [([], []), (TWO, []), (TWO, [CurveMark(20, "on <it>"), CurveMark(30, "own", match=0.1)])])
def test_template_is_well_formed_and_tells_what_it_draws(curve):
    chart = curve_chart(*curve)
    drawn = ET.fromstring(f"<div>{Template('{% chart chart %}').render(Context({'chart': chart}))}</div>")  # noqa: S314 - our own template
    svg = drawn.find(f".//{SVG}svg")
    assert (svg.find(f"{SVG}title").text, svg.find(f"{SVG}desc").text) == (chart.title, chart.desc)
    assert [text.text for text in svg.iter(f"{SVG}text") if text.get("class", "").startswith("plot-pointer")] == [one.label for one in chart.pointers]
    assert len(drawn.findall(".//tbody/tr")) == len(chart.table.rows)
