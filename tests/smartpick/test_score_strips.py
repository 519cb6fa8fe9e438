"""Strips of residents' scores: inside their box, in order, on one axis, and told in words."""

from xml.etree import ElementTree as ET

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from smartpick.score_strips import ABOVE, BELOW, INSIDE, Quartiles, Strips, score_strips

SCORE = st.none() | st.integers(150, 300)
QUARTILES = st.builds(Quartiles, SCORE, SCORE, SCORE)
SVG = "{http://www.w3.org/2000/svg}"
WHOLE = Quartiles(238, 246, 252)


@given(st.lists(QUARTILES, max_size=20), SCORE)
def test_strips_stay_in_their_box_and_keep_their_order(programs, score):
    drawn = score_strips(programs, score)
    assert len(drawn.strips) == len(programs)
    places = [place for strip in drawn.strips for place in (*strip.ends, *([strip.median] if strip.median is not None else []))]
    places += [place for strip in drawn.strips if strip.box for place in (strip.box.start, strip.box.start + strip.box.size)]
    places += [tick.at for tick in drawn.ticks] + ([drawn.mine.at] if drawn.mine else [])
    assert all(Strips.start - 0.1 <= place <= Strips.end + 0.1 for place in places)


@given(st.lists(QUARTILES, max_size=20), SCORE)
def test_ticks_rise_and_are_few(programs, score):
    at = [tick.at for tick in score_strips(programs, score).ticks]
    assert at == sorted(set(at))
    assert 2 <= len(at) <= 5


@given(st.lists(QUARTILES, max_size=20), st.integers(150, 300))
def test_every_whole_box_has_a_side_and_no_other_has(programs, score):
    drawn = score_strips(programs, score)
    assert [bool(strip.side) for strip in drawn.strips] == [strip.box is not None for strip in drawn.strips]
    assert sum(drawn.count(side) for side in (ABOVE, INSIDE, BELOW)) == sum(strip.box is not None for strip in drawn.strips)


@pytest.mark.parametrize(
    ("score", "side", "mine"),
    [
        (237, BELOW, "yours 9 below the middle"),
        (238, INSIDE, "yours 8 below the middle"),
        (246, INSIDE, "yours the same as the middle"),
        (252, INSIDE, "yours 6 above the middle"),
        (253, ABOVE, "yours 7 above the middle"),
        (None, "", ""),
    ],
)
def test_score_is_told_by_its_side_and_distance(score, side, mine):
    (strip,) = score_strips([WHOLE], score).strips
    assert (strip.side, strip.mine, strip.words) == (side, mine, "middle 246, half 238 to 252")


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (Quartiles(None, None, None), "not known"),
        (Quartiles(238, None, None), "lower quartile 238"),
        (Quartiles(None, None, 252), "upper quartile 252"),
        (Quartiles(None, 246, None), "middle 246"),
    ],
)
def test_what_is_known_alone_is_told_alone(one, words):
    (strip,) = score_strips([one], 240).strips
    assert (strip.words, strip.box, strip.side) == (words, None, "")


def test_strips_share_an_axis_that_holds_all_of_them():
    low, high = score_strips([Quartiles(180, 190, 200), WHOLE], 290).strips
    assert low.box.start < high.box.start
    assert [tick.label for tick in score_strips([Quartiles(180, 190, 200), WHOLE], 290).ticks] == ["180", "220", "260", "300"]


def test_template_is_well_formed_and_hidden_from_those_who_read_the_words():
    drawn = score_strips([WHOLE, Quartiles(238, None, None)], 240)
    for strip, marks in zip(drawn.strips, [("plot-box", "plot-median"), ()], strict=True):
        svg = ET.fromstring(render_to_string("charts/score_strip_row.svg", {"strips": drawn, "strip": strip}))  # noqa: S314 - our own template
        assert svg.get("aria-hidden") == "true"
        classes = {part.get("class") for part in svg.iter()}
        assert {"plot-mine", *marks} <= classes
        assert svg.tag == f"{SVG}svg"
