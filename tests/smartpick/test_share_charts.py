"""Stacked bars: inside their box, whole, and the same numbers in words."""

from xml.etree import ElementTree as ET

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from smartpick.share_charts import PartKind, share_bars

KINDS = (PartKind("known", "plot-known", 12), PartKind("disputed", "plot-conflict", 14), PartKind("not known", "plot-unknown", 4))


def bars(rows):
    return share_bars(rows, KINDS, title="What is known", note="Note.", what="Fact")


def test_bars_tell_shares_in_words_and_counts_in_the_table():
    chart = bars([("J-1 visa", (62, 0, 38)), ("H-1B visa", (0, 0, 0))])
    assert chart.desc == "J-1 visa: 62% known, 38% not known. H-1B visa: none."
    assert chart.table.headers == ("Fact", "known", "disputed", "not known")
    assert chart.table.rows == (("J-1 visa", "62", "0", "38"), ("H-1B visa", "0", "0", "0"))
    assert [bar.value for bar in chart.bars] == ["62%", "none"]
    assert [part.label for part in chart.bars[0].parts] == ["known: 62 of 100", "not known: 38 of 100"]


def test_bars_of_nothing_say_so():
    assert bars([]).desc == "There is nothing to count."


@pytest.mark.parametrize("counts", [(1, 2), (1, 2, 3, 4), (1, -1, 0)])
def test_bars_refuse_counts_that_do_not_fit(counts):
    with pytest.raises(ValueError, match="one count a kind"):
        bars([("J-1 visa", counts)])


@given(st.lists(st.tuples(st.text(max_size=20), st.tuples(*[st.integers(0, 10_000)] * 3)), max_size=12))
def test_bars_fill_their_line_without_gaps_and_stay_inside(rows):
    chart = bars(rows)
    for bar, (_, counts) in zip(chart.bars, rows, strict=True):
        assert len(bar.parts) == sum(count > 0 for count in counts)
        assert 0 <= bar.y <= chart.height - chart.line
        ends = [0.0]
        for part in bar.parts:
            assert part.across.start == ends[-1]
            ends.append(round(part.across.start + part.across.size, 1))
            assert (part.y >= 0, part.y + part.height <= chart.line) == (True, True)
        assert ends[-1] == (chart.width if bar.parts else 0)


@given(st.lists(st.tuples(st.sampled_from(["<J-1 & H-1B>", "IMGs"]), st.tuples(*[st.integers(0, 9)] * 3)), max_size=4))
def test_bars_are_drawn_as_wellformed_xml(rows):
    html = render_to_string("charts/share_bars.svg", {"chart": bars(rows)})
    assert ET.fromstring(html).attrib["role"] == "img"  # noqa: S314 - our own templates
