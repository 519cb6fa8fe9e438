"""What the likeliest programs would bring: on the page, in the document, and in words."""

from dataclasses import replace

import numpy as np
import pytest
from django.utils.html import strip_tags

from matching.engine import list_outlook
from matching.engine.evidence import specialty
from matching.presenters.outlook import outlook_panel
from matching.services.outlook import LIST_SIZES, outlooks
from matching.services.ranking import rank
from programs.fees import FeeSchedule, FeeStep
from tests.matching.builders import ANSWERS, add_programs, market, profile
from tests.programs.builders import query_count

pytestmark = pytest.mark.django_db


def ranking(data=None):
    return rank(data or profile(), specialty="140", match_year=2027)


def panel_of(result, open_programs, *, us_img=False):
    figures = result.programs.model.figures
    return outlook_panel(outlooks(result), figures, FeeSchedule("ERAS", 2027, STEPS), open_programs=open_programs, us_img=us_img)


STEPS = (FeeStep(1, 30, 11, flat=False, season=2027), FeeStep(31, None, 30, flat=False, season=2027))


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
    assert panel_of(ranking(), 0) is None


def test_outlook_panel_speaks_of_a_hundred_programs_where_there_are_so_many():
    market(120, visa_j1="yes")
    panel = panel_of(ranking(), 120)
    assert [row.size for row in panel.rows] == [30, 60, 100, 120]
    assert [row.cost for row in panel.rows] == ["$330", "$1,230", "$2,430", "$3,030"]
    assert panel.typical == panel.rows[2]
    assert panel.sentence.startswith("Estimate for applying to the 100 likeliest programs: about ")
    assert [panel.people, panel.thin] == [5379, ""]


@pytest.mark.parametrize(("count", "which"), [(1, "the one open program"), (7, "all 7 open programs"), (30, "all 30 open programs")])
def test_outlook_panel_names_all_open_programs_where_they_are_few(count, which):
    market(count, visa_j1="yes")
    assert panel_of(ranking(), count).sentence.startswith(f"Estimate for applying to {which}:")


def test_outlook_panel_where_next_to_nothing_is_to_be_hoped_says_so_plainly():
    market(2, visa_j1="yes", share_non_us_img="0")
    add_programs(range(11, 40), share_non_us_img="0.9", visa_j1="no")
    panel = panel_of(ranking(), 2)
    assert "most likely no interview" in panel.sentence
    assert "about less" not in panel.sentence


def test_outlooks_are_none_where_no_rank_list_of_the_specialty_is_published():
    market(3, visa_j1="yes")
    result = rank(profile(specialties=("140",)), specialty="140", match_year=2027)
    unpublished = replace(result.programs.model, figures=specialty("999"))
    assert outlooks(replace(result, programs=replace(result.programs, model=unpublished))) == ()


def test_outlook_panel_of_few_people_warns_at_once():
    market(3, visa_j1="yes")
    figures = replace(ranking().programs.model.figures, people=19)
    panel = outlook_panel(outlooks(ranking()), figures, FeeSchedule("", 2027, ()), open_programs=3, us_img=True)
    assert panel.thin.startswith("Only 19 people stand behind the published figures of this specialty")
    assert [panel.priced, panel.us_img] == [False, True]


def test_list_page_says_what_the_likeliest_programs_could_bring(client):
    market(40, visa_j1="yes", share_non_us_img="0.6")
    page = words(client.get("/list/ranked/", ANSWERS))
    assert "Estimate for applying to all 40 open programs: about 1 interview on average. 8 in 10 such applicants would get none to " in page
    assert "Chance of a match in Internal Medicine: about " in page
    assert "rank lists of 5,379 non-U.S. IMGs in this specialty. It is the chance" in page
    us = words(client.get("/list/ranked/", ANSWERS | {"type": "us_img", "visa": "none"}))
    assert "none are published for U.S. IMGs, whose level is a rough offset" in us


def test_list_page_with_nothing_open_promises_nothing(client):
    market(3, visa_j1="no")
    assert "match chance" not in words(client.get("/list/ranked/", ANSWERS))


def test_list_page_of_reaches_alone_says_what_moves_it(client):
    market(3, visa_j1="yes", share_non_us_img="0.9")
    add_programs(range(11, 21), visa_j1="yes", share_non_us_img="0.1")
    assert "Every open program is a reach" not in words(client.get("/list/ranked/", ANSWERS))
    worse = ANSWERS | {"ck": "205", "fails": "2"}
    page = words(client.get("/list/ranked/", worse))
    assert "Every open program is a reach. Before you pay for many applications here" in page
