"""The program page and the full sum: the answer for the reader first, and every fact with who said it."""

import re

import pytest
from django.utils.html import strip_tags

from programs.models import Fact, Program
from programs.services import apply_changes
from tests.matching.builders import ANSWERS, market
from tests.programs.builders import new_fact, query_count, source

pytestmark = pytest.mark.django_db
KEY = "1400500001"
NOTHING = "\N{EN DASH}"
DETAIL, WHY = f"/programs/{KEY}/", f"/list/why/{KEY}/"


def words(response):
    return " ".join(strip_tags(response.content.decode()).split())


def fact_row(response, label):
    """The cells of one line of the fact table, as text."""
    row = re.search(rf'<th scope="row">{re.escape(label)}</th>(.*?)</tr>', response.content.decode(), re.DOTALL)[1]
    return [" ".join(strip_tags(cell).split()) for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)]


def test_program_page_answers_for_the_reader_first(client):
    market(1, visa_j1="yes")
    page = words(client.get(DETAIL, ANSWERS))
    assert page.index("For you") < page.index("What it asks and what it is")
    assert re.search(r"(middle|safer|reach) · (about )?1 in \d+", page)


def test_program_page_without_answers_shows_the_program_and_asks_for_them(client):
    market(1, visa_j1="yes")
    response = client.get(DETAIL)
    assert "Answer five questions to see your chance here" in words(response)
    assert fact_row(response, "J-1 visa")[:2] == ["yes", NOTHING]


@pytest.mark.parametrize(
    ("answers", "facts", "label", "cells"),
    [
        ({}, {"visa_j1": "yes"}, "J-1 visa", ["yes", "met"]),
        ({}, {"visa_j1": "no"}, "J-1 visa", ["no strict", "not met: J-1 no, H-1B not known"]),
        ({}, {}, "J-1 visa", ["not known", NOTHING]),
        ({}, {"visa_h1b": "yes"}, "H-1B visa", ["yes", NOTHING]),
        ({"visa": "none"}, {"visa_j1": "no"}, "J-1 visa", ["no strict", NOTHING]),
        ({}, {"step2_min": "230"}, "Step 2 CK minimum", ["230 strict", "met"]),
        ({"ck": "220"}, {"step2_min": "230"}, "Step 2 CK minimum", ["230 strict", "not met: Step 2 CK minimum 230, you have 220"]),
        ({}, {"max_years_since_graduation": "5"}, "Most years since graduation", ["5 years strict", "not known"]),
        ({}, {"step3_needed": "no"}, "Step 3 needed", ["no", "met"]),
        ({}, {"share_non_us_img": "0.45"}, "Non-U.S. IMGs among residents", ["45%", NOTHING]),
        ({"type": "us_img", "visa": "none"}, {"accepts_non_us_img": "no"}, "Takes non-U.S. IMGs", ["no strict", NOTHING]),
    ],
)
def test_program_page_fact_line(client, answers, facts, label, cells):
    market(1, **facts)
    assert fact_row(client.get(DETAIL, ANSWERS | answers), label)[:2] == cells


def test_program_page_every_fact_names_its_source_and_date(client):
    market(1, visa_j1="yes")
    assert fact_row(client.get(DETAIL, ANSWERS), "J-1 visa")[2] == "Program pages, 1 Sep 2026"


def test_program_page_shows_both_sides_of_a_conflict(client):
    market(1, visa_j1="no")
    apply_changes(by="test", cause="test", facts=[new_fact(source("Official list", 2), "visa_j1", "yes", program_key=KEY)])
    assert fact_row(client.get(DETAIL, ANSWERS), "J-1 visa")[0] == "sources disagree no (Program pages) / yes (Official list)"


def test_program_page_marks_facts_of_an_earlier_season(client):
    market(1)
    apply_changes(by="test", cause="test", facts=[new_fact(source(), "visa_j1", "yes", program_key=KEY, season=2025)])
    assert fact_row(client.get(DETAIL, ANSWERS), "J-1 visa")[0] == "yes stated for the 2025 season"


def test_program_page_of_no_program_is_not_found(client):
    assert [client.get(f"/programs/{key}/").status_code for key in ("1409999999", "x", "nrmp-0000-140")] == [404] * 3


def test_program_page_closed_program_is_shown_but_not_ranked(client):
    market(1, visa_j1="yes")
    Program.objects.update(closed_on="2026-01-01")
    page = words(client.get(DETAIL, ANSWERS))
    assert "closed 1 Jan 2026" in page
    assert page.index("This program is closed") < page.index("For you")
    assert "This program is not ranked for you" in page


def test_program_page_of_another_specialty_ranks_in_its_own(client):
    market(1, visa_j1="yes")
    assert "This program is not ranked" not in words(client.get(DETAIL, ANSWERS | {"specialty": "120"}))


@pytest.mark.parametrize("facts", [1, 30])
def test_program_page_takes_the_same_queries_for_any_number_of_facts(client, facts):
    market(1, visa_j1="yes")
    Fact.objects.bulk_create(
        Fact(program_id=Program.objects.get().pk, field="positions", value="5", source=source(), as_of="2026-01-01", season=2027) for _ in range(facts)
    )
    client.get(DETAIL, ANSWERS)
    assert query_count(lambda: client.get(DETAIL, ANSWERS)) == 15


def test_why_adds_up_in_words_and_names_the_fact(client):
    market(1, visa_j1="yes", share_non_us_img="0.6", step2_median="250")
    page = words(client.get(WHY, ANSWERS))
    assert "A typical applicant, all requirements known and met" in page
    assert "60% of residents are non-U.S. IMGs; 31% in the specialty Program pages, Sep 2026" in page
    assert "your 240 is 10 below its residents' middle (250)" in page.replace("&#x27;", "'")
    assert "Your chance here" in page


def test_why_of_an_excluded_program_says_what_excludes(client):
    market(1, visa_j1="no")
    page = words(client.get(WHY, ANSWERS))
    assert "Excluded, because: Does not sponsor your visa (J-1 no, H-1B not known)" in page
    assert "Your chance here" not in page


def test_why_fragment_is_the_sum_alone(client):
    market(1, visa_j1="yes")
    page = client.get(WHY, ANSWERS, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in page
    assert "Your chance here" in page


def test_why_without_answers_leads_to_the_questions(client):
    market(1)
    assert client.get(WHY)["Location"] == "/"


def test_why_of_a_program_that_is_not_ranked_is_not_found(client):
    market(1)
    Program.objects.update(closed_on="2026-01-01")
    assert client.get(WHY, ANSWERS).status_code == 404
