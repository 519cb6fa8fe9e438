from datetime import date
from itertools import pairwise
from math import inf, isfinite, log, nan
from xml.etree import ElementTree as ET

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from smartpick.charts import (
    CHANCE_TICK_MARKS,
    Columns,
    QuartileStrip,
    RangeDot,
    Term,
    Tick,
    Waterfall,
    YearCount,
    columns,
    effect_text,
    quartile_strip,
    range_dot,
    waterfall,
)

CHANCES = st.floats(0, 1)
RANGES = st.lists(CHANCES, min_size=3, max_size=3).map(sorted)
SCORES = st.none() | st.floats(1, 300)
COUNTS = st.integers(0, 10**6)
YEARS = st.lists(st.builds(YearCount, st.integers(1952, 2100), COUNTS, st.none() | COUNTS), max_size=15, unique_by=lambda one: one.year)
LOG_ODDS = st.floats(allow_nan=False) | st.floats(-3, 3)
# Coordinates are rounded to 0.1.
ROUNDING = 0.11


def is_increasing(ticks):
    return all(before.at < after.at for before, after in pairwise(ticks))


# --- range dot ---


@given(RANGES)
def test_range_dot_any_range_stays_on_axis(values):
    low, chance, high = values
    dot = range_dot(chance, low, high, tier="middle", bands=values)
    assert RangeDot.start <= dot.line.start <= dot.dot
    assert dot.dot <= dot.line.start + dot.line.size + ROUNDING
    assert dot.line.start + dot.line.size <= RangeDot.end + ROUNDING
    assert all(RangeDot.start <= band <= RangeDot.end for band in dot.bands)


@given(CHANCES, CHANCES)
def test_range_dot_higher_chance_is_never_further_left(one, other):
    low, high = sorted((one, other))
    assert range_dot(low, 0, 1, tier="reach").dot <= range_dot(high, 0, 1, tier="reach").dot


def test_range_dot_ticks_run_from_rare_to_even():
    assert is_increasing(CHANCE_TICK_MARKS)
    assert CHANCE_TICK_MARKS[0] == Tick(RangeDot.start, "200")
    assert CHANCE_TICK_MARKS[-1] == Tick(RangeDot.end, "2")


def test_range_dot_tells_its_numbers_in_words():
    dot = range_dot(1 / 7, 1 / 12, 1 / 5, tier="safer")
    assert dot.desc == "About 1 in 7; range 1 in 12 to 1 in 5."
    assert dot.table.rows == (("1 in 12", "1 in 7", "1 in 5"),)


@pytest.mark.parametrize("values", [(0.5, 0.6, 0.7), (0.5, 0.1, 0.4), (nan, 0, 1)])
def test_range_dot_chance_outside_its_range_is_refused(values):
    with pytest.raises(ValueError, match="lies in its range"):
        range_dot(*values, tier="middle")


# --- quartile strip ---


@given(SCORES, SCORES, SCORES, SCORES)
def test_quartile_strip_any_scores_stay_on_axis(q1, median, q3, score):
    strip = quartile_strip(q1, median, q3, score)
    places = [tick.at for tick in strip.ticks]
    places += [] if strip.box is None else [strip.box.start, strip.box.start + strip.box.size]
    places += [place for place in (strip.median, strip.mine and strip.mine.at) if place is not None]
    assert all(QuartileStrip.start <= place <= QuartileStrip.end + ROUNDING for place in places)
    assert is_increasing(strip.ticks)
    assert 2 <= len(strip.ticks) <= 6


def test_quartile_strip_known_scores_are_placed_in_order():
    strip = quartile_strip(222, 233, 245, 228)
    assert strip.box.start < strip.mine.at < strip.median < strip.box.start + strip.box.size
    assert strip.mine.label == "you 228"
    assert [tick.label for tick in strip.ticks] == ["200", "220", "240", "260", "280"]


def test_quartile_strip_unknown_scores_are_not_drawn_but_told():
    strip = quartile_strip(None, 240, 250, None)
    assert (strip.box, strip.mine) == (None, None)
    assert strip.desc == "Lower quartile: not known; Middle: 240; Upper quartile: 250; You: not known."


def test_quartile_strip_crossed_quartiles_draw_no_box():
    assert quartile_strip(250, 240, 230, None).box is None


# --- columns ---


@given(YEARS)
def test_columns_any_years_stay_in_their_box(years):
    chart = columns(years)
    for column in chart.columns:
        for bar in filter(None, (column.quota, column.matched)):
            assert Columns.top <= bar.start <= Columns.bottom
            assert bar.start + bar.size == pytest.approx(Columns.bottom)
        assert Columns.start <= column.x < column.x + column.width <= Columns.end
    assert all(before.x + before.width <= after.x for before, after in pairwise(chart.columns))
    assert is_increasing([Tick(-tick.at, tick.label) for tick in chart.ticks])


@given(YEARS)
def test_columns_come_oldest_first(years):
    assert [column.year for column in columns(years).columns] == sorted(one.year for one in years)


def test_columns_unknown_matched_is_told_as_unknown():
    chart = columns([YearCount(2026, 15, None), YearCount(2025, 14, 11)])
    assert [column.label for column in chart.columns] == ["11/14", "?/15"]
    assert chart.columns[1].matched is None
    assert chart.table.rows == (("2025", "14", "11"), ("2026", "15", "not known"))
    assert chart.desc == "2025: 11 of 14 filled. 2026: not known of 15 filled."


@pytest.mark.parametrize(
    ("most", "labels"), [(0, ["0", "1", "2"]), (2, ["0", "1", "2"]), (9, ["0", "5", "10"]), (11, ["0", "10", "20"]), (70, ["0", "40", "80"])]
)
def test_columns_axis_ends_on_a_round_number(most, labels):
    assert [tick.label for tick in columns([YearCount(2026, most, 0)]).ticks] == labels


# --- waterfall ---


@given(CHANCES, st.lists(LOG_ODDS, max_size=12))
def test_waterfall_any_terms_stay_in_the_box(start, effects):
    chart = waterfall(start, [Term("x", effect) for effect in effects])
    assert len(chart.steps) == len(effects)
    assert 0 <= chart.chance <= 1
    stood = chart.start_at
    for step in chart.steps:
        ends = (step.bar.start, step.bar.start + step.bar.size)
        assert all(isfinite(end) and 0 <= end <= Waterfall.width + ROUNDING for end in ends)
        assert sorted((stood, step.at)) == pytest.approx(ends)
        stood = step.at


@given(st.floats(0.001, 0.9), st.lists(st.floats(-0.9, 0.9), max_size=12))
def test_waterfall_terms_add_up_to_the_chance(start, effects):
    chart = waterfall(start, [Term("x", effect) for effect in effects])
    assert log(chart.chance / (1 - chart.chance)) == pytest.approx(log(start / (1 - start)) + sum(effects), abs=1e-9)


@given(st.lists(st.floats(-2, 2), max_size=8))
def test_waterfall_directions_follow_the_signs(effects):
    chart = waterfall(0.1, [Term("x", effect) for effect in effects])
    expected = ["none" if abs(effect) < 0.005 else "raises" if effect > 0 else "lowers" for effect in effects]
    assert [step.direction for step in chart.steps] == expected


@pytest.mark.parametrize(("start", "effect"), [(nan, 0), (-0.1, 0), (1.1, 0), (0.1, nan)])
def test_waterfall_impossible_numbers_are_refused(start, effect):
    with pytest.raises(ValueError, match=r"chance lies between|not a number"):
        waterfall(start, [Term("x", effect)])


@pytest.mark.parametrize(
    ("log_odds", "words"),
    [
        (0, "no change"),
        (0.004, "no change"),
        (log(2.4), "\u00d72.4"),
        (log(0.8), "\u00d70.80"),
        (log(1.02), "\u00d71.02"),
        (log(1.2), "\u00d71.2"),
        (log(12.4), "\u00d712"),
        (-log(20), "\u00d70.05"),
        (inf, "\u00d7162755"),
    ],
)
def test_effect_text_is_told_as_a_factor(log_odds, words):
    assert effect_text(log_odds) == words


# --- drawing ---

EVIL = "<script>&\"'</script>"
SOURCED = Term(EVIL, 0.9, fact=EVIL, source=EVIL, source_url="https://example.org/?a=1&b=2", as_of=date(2026, 9, 12))
CHARTS = {
    "range_dot": range_dot(0.1, 0.05, 0.2, tier="safer", bands=(1 / 33, 0.1)),
    "quartile_strip": quartile_strip(222, 233, 245, 228),
    "quartile_strip_unknown": quartile_strip(None, None, None, None),
    "columns": columns([YearCount(2025, 12, 9), YearCount(2026, 12, None)]),
    "columns_empty": columns([]),
    "waterfall": waterfall(0.03, [SOURCED, Term("Letters", -0.4), Term("Nothing", 0)], start_label=EVIL),
}


def draw(chart):
    """The chart's HTML, which is also well-formed XML."""
    return ET.fromstring(Template("{% chart chart %}").render(Context({"chart": chart})))  # noqa: S314 - our own templates


def svgs(root):
    return list(root.iter("{http://www.w3.org/2000/svg}svg"))


@pytest.mark.parametrize("name", CHARTS)
def test_chart_is_well_formed_and_carries_no_style(name):
    root = draw(CHARTS[name])
    assert svgs(root)
    for element in root.iter():
        assert not {"style", "width", "height", "fill", "stroke"} & set(element.attrib) or element.tag.endswith("rect")
        assert not element.tag.endswith(("script", "style"))
    assert all(set(svg.attrib) <= {"class", "viewBox", "role", "aria-hidden", "preserveAspectRatio"} for svg in svgs(root))


@pytest.mark.parametrize("name", [name for name in CHARTS if name != "waterfall"])
def test_figure_tells_its_numbers_in_title_description_and_table(name):
    chart, root = CHARTS[name], draw(CHARTS[name])
    (svg,) = svgs(root)
    assert svg.get("role") == "img"
    assert [child.text for child in svg][:2] == [chart.title, chart.desc]
    cells = [[cell.text or "" for cell in row] for row in root.findall("./details/table/tbody/tr")]
    assert cells == [list(row) for row in chart.table.rows]


def test_waterfall_list_says_words_effect_and_source():
    root = draw(CHARTS["waterfall"])
    first = root.find(".//li")
    assert ["".join(part.itertext()).strip() for part in first] == [EVIL, "", "\u00d72.5", f"{EVIL} {EVIL}, Sep 2026"]
    assert first.find(".//a").attrib == {"href": "https://example.org/?a=1&b=2", "rel": "noreferrer"}
    assert "".join(root.find("p").itertext()).split() == [EVIL, "about", "1", "in", "33"]
    assert all(svg.get("aria-hidden") == "true" for svg in svgs(root))
