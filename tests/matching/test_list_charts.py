"""The list in pictures: sentences and numbers agree with the list and with the ranking."""

import re

import pytest
from django.test import Client
from django.utils.html import strip_tags

from applicants.queries import profile_data
from matching.choices import Connection, Standing
from matching.engine import Tier
from matching.models import ListEntry, ProgramList
from matching.presenters.list_charts import SHOWN, ListChartsPage
from matching.services.ranking import rank
from matching.services.workspace import Workspace
from programs.services import apply_changes
from tests.applicants.visiting import visit
from tests.matching.builders import ANSWERS, add_programs, market
from tests.matching.recomputing import applicant, key, listed, state
from tests.programs.builders import new_fact, query_count, source

pytestmark = pytest.mark.django_db
CHARTS = "/list/charts/"


def words(response):
    return " ".join(strip_tags(response.content.decode()).split())


def page_of(owner, **more):
    """What the page reads, for a profile and its list."""
    ranking = rank(profile_data(owner), specialty="140", match_year=2027)
    saved = ProgramList.objects.filter(profile=owner).first()
    return ListChartsPage(ranking, "Internal Medicine", Workspace(saved) if saved else None, **more)


@pytest.fixture
def owner(client, db):
    """An applicant with 245 in Step 2 CK, and five programs, the last of them closed to J-1."""
    market(4, visa_j1="yes")
    add_programs([5], visa_j1="no")
    state(1, step2_q1="230", step2_median="238", step2_q3="244")
    state(2, step2_q1="240", step2_median="246", step2_q3="252")
    state(3, step2_median="250")
    saved = applicant()
    visit(client, saved.pk)
    return saved


def test_chances_of_the_list_and_of_all_programs_are_counted_by_tier(owner):
    listed(owner, 1, 2, 5)
    page = page_of(owner)
    mine, everything = page.spreads
    now = [page.workspace.now[key(number)].tier for number in (1, 2)]
    assert {head.tier: head.count for head in mine.chart.heads} == {tier.word: now.count(tier) for tier in (Tier.REACH, Tier.MIDDLE, Tier.SAFER)}
    assert sum(head.count for head in everything.chart.heads) == 4
    assert mine.sentence.startswith("2 programs of your list: ")
    assert mine.sentence.endswith("1 more is excluded or not ranked, and not drawn.")
    assert everything.sentence.startswith("4 programs of Internal Medicine: ")


def test_chances_of_the_list_count_connections(owner):
    listed(owner, 1)
    before = page_of(owner).mine.chart.table.rows
    ListEntry.objects.update(connection=Connection.STRONG)
    assert page_of(owner).mine.chart.table.rows != before


def test_what_is_ruled_out_or_only_suggested_is_not_drawn(owner):
    listed(owner, 1, 2, 3)
    ListEntry.objects.filter(program__key=key(1)).update(standing=Standing.VETOED)
    ListEntry.objects.filter(program__key=key(2)).update(standing=Standing.SUGGESTED)
    page = page_of(owner)
    assert page.mine.sentence.startswith("1 program of your list: ")
    assert [line.name for line in page.scores] == ["Invented Hospital 003"]


def test_scores_are_told_and_drawn_the_highest_first(owner):
    listed(owner, 1, 2, 3, 4)
    page = page_of(owner)
    assert [(line.name[-3:], line.strip.side, line.strip.mine) for line in page.scores] == [
        ("003", "", "yours 5 below the middle"),
        ("002", "inside", "yours 1 below the middle"),
        ("001", "above", "yours 7 above the middle"),
    ]
    assert page.scores_sentence == "Your 245 lies above the middle half of residents at 1, within it at 1, below it at 0. Known of 3 of 4 programs."
    assert [one.name for one in page.unstated] == ["Invented Hospital 004"]


def test_scores_of_an_earlier_season_are_marked(owner):
    listed(owner, 1, 3)
    apply_changes(by="test", cause="test", facts=[new_fact(source(), "step2_median", "251", program_key=key(3), season=2025)])
    assert [line.stale for line in page_of(owner).scores] == [True, False]


def test_without_a_score_only_the_residents_are_drawn(client, db):
    market(1, visa_j1="yes", step2_median="240")
    owner = applicant(sittings=(), sittings_complete=False)
    listed(owner, 1)
    page = page_of(owner)
    assert page.scores_sentence == "Known of 1 of 1 program. You have not given a Step 2 CK score, so only the residents are drawn."
    assert (page.strips.mine, page.scores[0].strip.mine) == (None, "")


def test_list_of_which_no_score_is_known_says_so(owner):
    listed(owner, 4)
    assert page_of(owner).scores_sentence == "Nobody states the residents' scores of any program on your list."


def test_first_strips_are_shown_and_the_rest_on_demand(client, owner):
    add_programs(range(6, 40), visa_j1="yes", step2_median="241")
    listed(owner, *range(1, 40))
    page = client.get(CHARTS)
    assert (page.content.decode().count("score-line__strip"), "Show the other 17" in words(page)) == (SHOWN, True)
    whole = client.get(CHARTS, {"scores": "all"})
    assert (whole.content.decode().count("score-line__strip"), "Show the other" in words(whole)) == (37, False)


def test_curve_is_of_the_specialties_of_the_list_and_marks_it(owner):
    listed(owner, 1, 2)
    page = page_of(owner)
    assert page.curve.wish.specialties == {"140"}
    assert "your list now: 2" in [one.label for one in page.curve.chart.pointers]
    assert " Your list of 2 applications now: " in page.curve_sentence


def test_visitor_sees_all_programs_and_how_to_get_a_list(client, owner):
    page = words(Client().get(CHARTS, ANSWERS))
    assert "All programs of Internal Medicine" in page
    assert "Add programs, then see here how your score stands to the residents of each." in page
    assert "Your list" not in page.split("Chances by tier")[1].split("Match chance")[0]


def test_nothing_open_says_where_the_reasons_are(client, db):
    market(2, visa_j1="no", visa_h1b="no")
    assert "No program of this specialty is open to you as things stand." in words(client.get(CHARTS, ANSWERS))


def test_nobody_known_is_asked_first(client, db):
    assert client.get(CHARTS)["Location"] == "/"


def test_page_says_in_a_sentence_what_each_picture_shows(client, owner):
    listed(owner, 1, 2)
    html = client.get(CHARTS).content.decode()
    sentences = re.findall(r"</h[23]>\s*<p>([^<]+)", html)
    assert len(sentences) == 4
    assert all("." in sentence for sentence in sentences)


def test_page_keeps_to_its_queries_however_long_the_list(client, owner):
    listed(owner, 1, 2)
    client.get(CHARTS)
    one = query_count(lambda: client.get(CHARTS))
    add_programs(range(6, 60), visa_j1="yes", step2_median="241")
    listed(owner, *range(1, 60))
    client.get(CHARTS)
    assert query_count(lambda: client.get(CHARTS)) == one <= 25
