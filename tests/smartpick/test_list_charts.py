from dataclasses import replace
from itertools import accumulate, pairwise
from math import nan
from xml.etree import ElementTree as ET

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from smartpick.list_charts import RADII, InterviewColumns, Reliability, ReliabilityPoint, interview_columns, reliability
from smartpick.wording import about, in_ten

SHARES = st.floats(0, 1)
# Coordinates are rounded to 0.1.
ROUNDING = 0.11
SVG = "{http://www.w3.org/2000/svg}"


@st.composite
def groups(draw):
    low, published, high = sorted(draw(st.lists(SHARES, min_size=3, max_size=3)))
    return ReliabilityPoint(draw(st.text(max_size=5)), draw(SHARES), published, low, high, draw(st.integers(1, 10**5)))


@st.composite
def distributions(draw):
    """Probabilities of 0, 1, 2 ... interviews, with gaps and long tails."""
    weights = draw(st.lists(st.integers(0, 1000), min_size=1, max_size=120).filter(any))
    return [weight / sum(weights) for weight in weights]


def group(stated=0.5, published=0.5, low=0.4, high=0.6, *, people=100, label="Group"):
    return ReliabilityPoint(label, stated, published, low, high, people)


# --- reliability ---


@given(st.lists(groups(), max_size=40))
def test_reliability_any_points_stay_in_the_square(points):
    chart = reliability(points)
    assert len(chart.dots) == len(points)
    for dot in chart.dots:
        assert Reliability.start <= dot.x <= Reliability.end
        assert Reliability.top <= dot.y <= Reliability.bottom
        if dot.bar:
            assert Reliability.top <= dot.bar.start <= dot.y + ROUNDING
            assert dot.y - ROUNDING <= dot.bar.start + dot.bar.size <= Reliability.bottom + ROUNDING


@given(SHARES, SHARES)
def test_reliability_dot_is_above_the_line_where_the_model_says_too_little(stated, published):
    (dot,) = reliability([group(stated, published, 0, 1)]).dots
    right, up = dot.x - Reliability.start, Reliability.bottom - dot.y
    assert up - right == pytest.approx((published - stated) * (Reliability.end - Reliability.start), abs=ROUNDING)


def test_reliability_axes_are_equal():
    assert Reliability.end - Reliability.start == Reliability.bottom - Reliability.top
    chart = reliability([group(0.1, 0.2, 0.1, 0.3)])
    across = [(tick.label, tick.at - Reliability.start) for tick in chart.x_ticks]
    assert across == [(tick.label, Reliability.bottom - tick.at) for tick in chart.y_ticks]


@pytest.mark.parametrize(
    ("stated", "high", "labels"),
    [
        (0.03, 0.05, ["0%", "1%", "2%", "3%", "4%", "5%"]),
        (0.03, 0.06, ["0%", "2%", "4%", "6%", "8%", "10%"]),
        (0.11, 0.15, ["0%", "3%", "6%", "9%", "12%", "15%"]),
        (0.24, 0.1, ["0%", "5%", "10%", "15%", "20%", "25%"]),
        (0.26, 0.1, ["0%", "10%", "20%", "30%", "40%", "50%"]),
        (0.1, 1.0, ["0%", "20%", "40%", "60%", "80%", "100%"]),
    ],
)
def test_reliability_axis_is_the_shortest_that_holds_every_point(stated, high, labels):
    assert [tick.label for tick in reliability([group(stated, 0.02, 0.01, high)]).x_ticks] == labels


@pytest.mark.parametrize(("people", "size"), [(1, 0), (99, 0), (100, 1), (999, 1), (1000, 2), (10**6, 2)])
def test_reliability_size_tells_how_many_people(people, size):
    (dot,) = reliability([group(people=people)]).dots
    assert dot.radius == RADII[size]


def test_reliability_key_names_the_borders_given():
    key = reliability([], borders=(30, 2000)).key
    assert [(one.radius, one.label) for one in key] == [(RADII[0], "under 30"), (RADII[1], "30 to 1,999"), (RADII[2], "2,000 or more")]


@given(st.lists(groups(), max_size=10))
def test_reliability_small_dots_lie_on_large_ones(points):
    assert all(below.radius >= above.radius for below, above in pairwise(reliability(points).dots))


@pytest.mark.parametrize(("stated", "apart"), [(0.39, True), (0.4, False), (0.5, False), (0.6, False), (0.61, True)])
def test_reliability_hollow_is_what_its_range_does_not_explain(stated, apart):
    assert reliability([group(stated)]).dots[0].apart is apart


def test_reliability_unknown_range_draws_no_bar_and_accuses_nobody():
    chart = reliability([group(0.9, 0.5, 0.5, 0.5)])
    assert (chart.dots[0].bar, chart.dots[0].apart) == (None, False)
    assert chart.desc == "1 group. Furthest apart: Group, model 90%, published 50%."
    assert chart.table.rows == (("Group", "90%", "50%", "100"),)


def test_reliability_tells_its_numbers_in_words_and_in_the_order_given():
    chart = reliability([group(label="A", people=12), group(0.71, label="B", people=1234)])
    assert chart.desc == "2 groups. The published range holds what the model says for 1 of 2. Furthest apart: B, model 71%, published 50% (40% to 60%)."
    assert chart.table.rows == (("A", "50%", "50% (40% to 60%)", "12"), ("B", "71%", "50% (40% to 60%)", "1,234"))
    assert [dot.label for dot in chart.dots] == [
        "B: model 71%, published 50% (40% to 60%); 1,234 people",
        "A: model 50%, published 50% (40% to 60%); 12 people",
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"stated": -0.1},
        {"stated": 1.1},
        {"stated": nan},
        {"published": 0.7},
        {"published": 0.3},
        {"low": -0.1},
        {"high": 1.1},
        {"high": nan},
        {"published": nan},
    ],
)
def test_reliability_impossible_point_is_refused(wrong):
    with pytest.raises(ValueError, match="A point needs shares"):
        reliability([group(), replace(group(), **wrong)])


def test_reliability_forgives_the_last_digits_of_a_float():
    (dot,) = reliability([group(1 + 1e-12, 1.0, 0.9, 1 - 1e-12)]).dots
    assert (dot.x, dot.y) == (Reliability.end, Reliability.top)


# --- interview columns ---


@given(distributions())
def test_interview_columns_any_distribution_stays_in_its_box(probabilities):
    chart = interview_columns(probabilities)
    for column in chart.columns:
        assert InterviewColumns.top <= column.bar.start <= InterviewColumns.bottom
        assert column.bar.start + column.bar.size == pytest.approx(InterviewColumns.bottom)
        assert InterviewColumns.start <= column.x < column.x + column.width <= InterviewColumns.end
    assert all(before.x + before.width <= after.x + ROUNDING for before, after in pairwise(chart.columns))
    half = InterviewColumns.words / 2
    assert half <= chart.bracket_words.at <= InterviewColumns.width - half


@given(distributions())
def test_interview_columns_go_on_until_nearly_everything_is_drawn(probabilities):
    chart = interview_columns(probabilities)
    pooled = chart.columns[-1].tick.endswith("+")
    exact = len(chart.columns) - pooled
    assert sum(probabilities[:exact]) >= 0.99 - 1e-6
    assert sum(probabilities[: exact - 1]) < 0.99
    assert pooled == (sum(probabilities[exact:]) > 1e-6)


@given(distributions())
def test_interview_columns_middle_leaves_at_most_a_tenth_on_either_side(probabilities):
    chart = interview_columns(probabilities)
    usual = [count for count, column in enumerate(chart.columns) if column.usual]
    first, last = usual[0], usual[-1]
    assert usual == list(range(first, last + 1))
    assert sum(probabilities[:first]) <= 0.1 + 1e-6
    assert sum(probabilities[last + 1 :]) <= 0.1 + 1e-6
    # It is the narrowest such range: without its end columns more than a tenth is left out.
    assert sum(probabilities[: first + 1]) >= 0.1 - 1e-6
    assert sum(probabilities[last:]) >= 0.1 - 1e-6
    ends = (chart.columns[first].x, chart.columns[last].x + chart.columns[last].width)
    assert (chart.bracket.start, chart.bracket.start + chart.bracket.size) == pytest.approx(ends)


@given(distributions())
def test_interview_columns_likelier_counts_are_never_lower(probabilities):
    columns = interview_columns(probabilities).columns
    exact = [(chance, column.bar.size) for chance, column in zip(probabilities, columns, strict=False) if not column.tick.endswith("+")]
    heights = [height for _, height in sorted(exact)]
    assert heights == sorted(heights)


@given(distributions())
def test_interview_columns_labels_have_room(probabilities):
    columns = interview_columns(probabilities).columns
    places = [column.middle for column in columns if column.tick]
    assert columns[0].tick[:1] == "0"
    assert all(after - before >= 22 - ROUNDING for before, after in pairwise(places))


@pytest.mark.parametrize(
    ("most", "labels"), [(0.015, ["0%", "1%", "2%"]), (0.1, ["0%", "5%", "10%"]), (0.21, ["0%", "15%", "30%"]), (1, ["0%", "50%", "100%"])]
)
def test_interview_columns_axis_ends_on_a_round_percent(most, labels):
    count = round(1 / most)
    assert [tick.label for tick in interview_columns([most, *[(1 - most) / count] * count]).ticks] == labels


def test_interview_columns_tell_their_numbers_in_words():
    chart = interview_columns([0.125, 0.2, 0.25, 0.2, 0.1, 0.06, 0.04, 0.02, 0.003, 0.002])
    assert [column.tick for column in chart.columns] == ["0", "1", "2", "3", "4", "5", "6", "7", "8+"]
    assert "".join("x" if column.usual else "-" for column in chart.columns) == "xxxxxx---"
    assert chart.table.rows == (("none", "about 1 in 8"), ("1 to 2", "about 4 in 10"), ("3 to 5", "about 4 in 10"), ("6 or more", "about 1 in 15"))
    assert chart.desc == "None: about 1 in 8. 1 to 2: about 4 in 10. 3 to 5: about 4 in 10. 6 or more: about 1 in 15. At least 8 times in 10: none to 5."
    assert chart.bracket_words.label == "at least 8 times in 10: none to 5"
    assert [column.label for column in chart.columns[:2]] == ["0 interviews: about 1 in 8", "1 interview: about 1 in 5"]
    assert chart.columns[-1].label == "8 or more interviews: about 1 in 200"


@given(distributions())
def test_interview_columns_rows_cover_every_count_once(probabilities):
    rows = interview_columns(probabilities).table.rows
    starts = [0, *(int(name.split()[0]) for name, _ in rows[1:])]
    ends = [*starts[1:], len(probabilities)]
    assert [chance for _, chance in rows] == [about(in_ten(min(sum(probabilities[start:end]), 1))) for start, end in zip(starts, ends, strict=True)]
    assert [name for name, _ in rows[1:-1]] == [f"{start} to {end - 1}" for start, end in list(zip(starts, ends, strict=True))[1:-1]]


@pytest.mark.parametrize(
    ("probabilities", "ticks", "rows"),
    [
        ([1.0], ["0"], (("none", "more than 9 in 10"),)),
        ([0.995, 0.005], ["0", "1+"], (("none", "more than 9 in 10"), ("1 or more", "about 1 in 200"))),
        ([0.5, 0.5, 0.0, 0.0], ["0", "1"], (("none", "about 5 in 10"), ("1 or more", "about 5 in 10"))),
        ([-1e-12, 1 + 1e-12], ["0", "1"], (("none", "less than 1 in 1,000"), ("1 or more", "more than 9 in 10"))),
    ],
)
def test_interview_columns_short_lists(probabilities, ticks, rows):
    chart = interview_columns(probabilities)
    assert [column.tick for column in chart.columns] == ticks
    assert chart.table.rows == rows


@pytest.mark.parametrize("probabilities", [[], [0.5], [0.6, 0.6], [1.5, -0.5], [nan, 1.0]])
def test_interview_columns_what_is_no_distribution_is_refused(probabilities):
    with pytest.raises(ValueError, match="add up to 1"):
        interview_columns(probabilities)


# --- drawing ---

EVIL = "<script>&\"'</script>"
TAIL = [0.5 ** (count + 1) for count in range(40)]
CHARTS = {
    "reliability": reliability([group(label=EVIL), group(0.9, 0.5, 0.5, 0.5), group(0.2, people=5000)], title=EVIL, stated_label=EVIL, note=EVIL),
    "reliability_empty": reliability([]),
    "interviews": interview_columns([*TAIL, 1 - sum(TAIL)], title=EVIL),
    "interviews_none": interview_columns([1.0]),
}
# What a figure may say of itself: geometry and classes, never a color or a style.
ATTRIBUTES = {"class", "viewBox", "role", "transform", "d", "r", "cx", "cy", "x", "y", "dx", "dy", "x1", "x2", "y1", "y2", "width", "height"}


def draw(chart):
    """The chart's HTML, which is also well-formed XML."""
    return ET.fromstring(Template("{% chart chart %}").render(Context({"chart": chart})))  # noqa: S314 - our own templates


@pytest.mark.parametrize("name", CHARTS)
def test_chart_is_well_formed_and_carries_no_style(name):
    (svg,) = draw(CHARTS[name]).iter(f"{SVG}svg")
    assert {key for element in svg.iter() for key in element.attrib} <= ATTRIBUTES
    assert not {"width", "height"} & set(svg.attrib)
    assert not {f"{SVG}script", f"{SVG}style"} & {element.tag for element in svg.iter()}


@pytest.mark.parametrize("name", CHARTS)
def test_figure_tells_its_numbers_in_title_description_note_and_table(name):
    chart, root = CHARTS[name], draw(CHARTS[name])
    (svg,) = root.iter(f"{SVG}svg")
    assert svg.get("role") == "img"
    assert [child.text for child in svg][:2] == [chart.title, chart.desc]
    assert [one.text for one in root.iter("p")] == [chart.note]
    cells = [[cell.text or "" for cell in row] for row in root.findall(".//details/table/tbody/tr")]
    assert cells == [list(row) for row in chart.table.rows]


def test_reliability_draws_every_dot_with_its_words_and_the_line():
    chart, root = CHARTS["reliability"], draw(CHARTS["reliability"])
    dots = [dot for dot in root.iter(f"{SVG}circle") if len(dot)]
    assert [(dot.get("cx"), dot.get("cy"), dot.get("r"), dot[0].text) for dot in dots] == [
        (str(dot.x), str(dot.y), str(dot.radius), dot.label) for dot in chart.dots
    ]
    assert ["plot-group--apart" in dot.get("class") for dot in dots] == [dot.apart for dot in chart.dots] == [True, False, False]
    assert len(root.findall(f".//{SVG}rect[@class='plot-sampling']")) == 2
    (line,) = root.findall(f".//{SVG}line[@class='plot-agreed']")
    assert [float(line.get(key)) for key in ("x1", "y1", "x2", "y2")] == [Reliability.start, Reliability.bottom, Reliability.end, Reliability.top]
    assert {"says what is published", "says too little", "says too much", EVIL, *(one.label for one in chart.key)} <= {
        text.text for text in root.iter(f"{SVG}text")
    }


def test_reliability_without_points_says_so():
    assert "Nothing is published to compare with." in [text.text for text in draw(CHARTS["reliability_empty"]).iter(f"{SVG}text")]


def test_interview_columns_draws_the_middle_solid_and_bracketed():
    chart, root = CHARTS["interviews"], draw(CHARTS["interviews"])
    kinds = [column.get("class") for column in root.iter(f"{SVG}rect")]
    assert kinds == ["plot-usual" if column.usual else "plot-rare" for column in chart.columns]
    assert set(kinds) == {"plot-usual", "plot-rare"}
    assert [column[0].text for column in root.iter(f"{SVG}rect")] == [column.label for column in chart.columns]
    assert root.find(f".//{SVG}path").get("d") == f"M{chart.bracket.start} 162v4h{chart.bracket.size}v-4"
    assert {chart.bracket_words.label, "Chance", "Number of interviews"} <= {text.text for text in root.iter(f"{SVG}text")}


@given(distributions())
def test_interview_columns_median_is_in_the_middle(probabilities):
    median = next(count for count, total in enumerate(accumulate(probabilities)) if total >= 0.5 - 1e-9)
    assert interview_columns(probabilities).columns[median].usual
