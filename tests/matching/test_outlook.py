"""What the likeliest programs would bring: on the page, in the document, and in words."""

import numpy as np
import pytest
from django.utils.html import strip_tags

from matching.engine import list_outlook
from matching.presenters.outlook import outlook_panel
from matching.services.outlook import LIST_SIZES, outlooks
from matching.services.ranking import rank
from tests.matching.builders import ANSWERS, add_programs, market, profile
from tests.programs.builders import query_count

pytestmark = pytest.mark.django_db


def ranking(data=None):
    return rank(data or profile(), specialty="140", match_year=2027)


def words(response):
    return " ".join(strip_tags(response.content.decode()).split())


def test_outlooks_are_of_the_likeliest_programs_alone():
    market(20, visa_j1="yes", share_non_us_img="0.8")
    add_programs(range(21, 61), visa_j1="yes", share_non_us_img="0.05")
    result = ranking()
    thirty = outlooks(result)[0]
    likeliest = np.sort(result.scores.chance[0])[::-1][:30]
    assert thirty.size == 30
    assert thirty.outlook.middle.expected == pytest.approx(likeliest.sum())
    alone = list_outlook([(result.applicant, result.programs.table.take(result.order[:30]), result.programs.model)])
    assert thirty.outlook.middle.match == pytest.approx(alone.middle.match)
    assert [thirty.outlook.low.match, thirty.outlook.high.match] == pytest.approx([alone.low.match, alone.high.match])


@pytest.mark.parametrize(("open_programs", "sizes"), [(7, [7]), (30, [30]), (75, [30, 60, 75]), (170, list(LIST_SIZES))])
def test_outlooks_stop_where_the_open_programs_end(open_programs, sizes):
    market(open_programs, visa_j1="yes")
    add_programs(range(501, 511), visa_j1="no")
    assert [one.size for one in outlooks(ranking())] == sizes


def test_outlooks_more_applications_never_bring_less():
    market(40, visa_j1="yes")
    add_programs(range(41, 171), share_non_us_img="0.01")
    found = [one.outlook for one in outlooks(ranking())]
    matches = [one.middle.match for one in found]
    assert matches == sorted(matches)
    assert all(one.low.match <= one.middle.match <= one.high.match for one in found)


def test_outlooks_take_no_queries():
    market(5)
    result = ranking()
    assert query_count(lambda: outlooks(result)) == 0


def test_outlooks_are_none_where_everything_is_excluded():
    market(3, visa_j1="no")
    assert outlooks(ranking()) == ()
    assert outlook_panel((), ranking().programs.model.figures) is None


def test_outlook_panel_speaks_of_a_hundred_programs_where_there_are_so_many():
    market(120, visa_j1="yes")
    panel = outlook_panel(outlooks(ranking()), ranking().programs.model.figures)
    assert [row.size for row in panel.rows] == [30, 60, 100, 120]
    assert panel.typical == panel.rows[2]
    assert panel.people == 5379


def test_list_page_says_what_the_likeliest_programs_would_bring(client):
    market(40, visa_j1="yes", share_non_us_img="0.6")
    page = words(client.get("/list/", ANSWERS))
    panel = outlook_panel(outlooks(ranking(profile(usce=None))), ranking().programs.model.figures)
    assert "Applying to the 40 likeliest of them would bring" in page
    assert "and a match chance of about" in page
    assert "rank lists of 5,379 non-U.S. IMGs in this specialty" in page
    assert panel.typical.size == 40


def test_list_page_with_nothing_open_promises_nothing(client):
    market(3, visa_j1="no")
    assert "match chance" not in words(client.get("/list/", ANSWERS))


def test_list_page_of_reaches_alone_says_what_moves_it(client):
    market(3, visa_j1="yes", share_non_us_img="0.9")
    add_programs(range(11, 21), visa_j1="yes", share_non_us_img="0.1")
    assert "Every open program is a reach" not in words(client.get("/list/", ANSWERS))
    worse = ANSWERS | {"ck": "205", "fails": "2"}
    page = words(client.get("/list/", worse))
    assert "Every open program is a reach. That is no verdict" in page
