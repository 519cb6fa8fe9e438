"""Programs side by side: what stands in which row, what differs, whom it is for, and what an address may hold."""

import re

import pytest
from django.test import Client
from django.utils.html import strip_tags

from matching.choices import Connection, Signal, Standing
from matching.models import ListEntry
from matching.presenters.compare import MOST, compare_url
from programs.models import Program
from tests.applicants.visiting import visit
from tests.matching.builders import ANSWERS, add_programs, market
from tests.matching.recomputing import applicant, key, listed, state
from tests.programs.builders import query_count

pytestmark = pytest.mark.django_db
COMPARE = "/list/compare/"


def compare(client, *numbers, **query):
    return client.get(COMPARE, {"p": [key(number) for number in numbers]} | query)


def cells(response):
    """{label of a row: the texts of its cells}, without what is only drawn."""
    rows = re.findall(r"<tr[^>]*>\s*<th scope=\"row\">(.*?)</th>(.*?)</tr>", response.content.decode(), re.DOTALL)
    return {plain(label).replace(" ≠ differs", ""): [plain(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", rest, re.DOTALL)] for label, rest in rows}


def plain(html):
    return " ".join(strip_tags(html.replace("<", " <")).split())


def differing(response):
    return set(re.findall(r"<tr class=\"compare__differs\">\s*<th scope=\"row\">(.*?) <span", response.content.decode()))


def names(response):
    return re.findall(r"compare__name\" href=\"[^\"]*\">([^<]*)<", response.content.decode())


@pytest.fixture
def three(db):
    """One that is open, one that is not, and one that says nothing."""
    market(3, visa_h1b="no")
    state(1, visa_j1="yes", share_non_us_img="0.6", step2_min="220")
    state(2, visa_j1="no", step2_min="250")


@pytest.fixture
def owner(client, three):
    saved = applicant()
    visit(client, saved.pk)
    return saved


def test_programs_stand_in_the_order_of_the_address(client, three):
    assert names(compare(client, 3, 1, 2)) == ["Invented Hospital 003", "Invented Hospital 001", "Invented Hospital 002"]


def test_visitor_without_answers_sees_what_the_programs_state_and_how_to_go_on(client, three):
    response = compare(client, 1, 2, 3)
    rows = cells(response)
    assert rows["J-1 visa"] == ["yes", "no strict", "not known"]
    assert "Chance of an interview" not in rows
    assert "Answer five questions to see your chances here" in response.content.decode()


def test_answers_in_the_address_give_chances_and_standings(client, three):
    rows = cells(compare(client, 1, 2, **ANSWERS))
    assert re.match(r"^. (reach|middle|safer) about 1 in \d+ range ", rows["Chance of an interview"][0])
    assert rows["Chance of an interview"][1] == "✕ excluded"
    assert rows["J-1 visa"] == ["yes met", "no strict not met : J-1 no, H-1B no"]
    assert rows["Step 2 CK minimum"] == ["220 strict met", "250 strict not met : Step 2 CK minimum 250, you have 240"]
    assert rows["Against"][1].startswith("Does not sponsor your visa (J-1 no, H-1B no)")
    assert "Your list" not in rows


def test_saved_profile_counts_connection_and_signal_of_its_list(client, owner):
    listed(owner, 1, 3)
    before = cells(compare(client, 1, 3))
    ListEntry.objects.filter(program__key=key(1)).update(connection=Connection.STRONG, signal=Signal.GOLD, standing=Standing.LOCKED)
    rows = cells(compare(client, 1, 2, 3))
    assert before["Your list"] == ["on the list", "on the list"]
    assert rows["Your list"] == ["locked in connection: strong gold signal", "not on it", "on the list"]
    assert rows["Chance of an interview"][0].endswith("counting your strong connection and your gold signal")
    assert rows["Chance of an interview"][2].endswith("counting that your signals go elsewhere")
    assert rows["Chance of an interview"][0] != before["Chance of an interview"][0]


def test_answers_in_the_address_count_no_ties_of_the_saved_list(client, owner):
    listed(owner, 1)
    ListEntry.objects.update(connection=Connection.STRONG)
    rows = cells(compare(client, 1, 2, **ANSWERS))
    assert "counting" not in rows["Chance of an interview"][0]
    assert rows["Your list"] == ["on the list connection: strong", "not on it"]


def test_only_what_is_stated_differently_differs(client, three):
    response = compare(client, 1, 2, 3)
    assert differing(response) == {"J-1 visa", "Step 2 CK minimum"}
    assert "2 of 4 stated facts differ" in plain(response.content.decode())


def test_only_differences_leaves_the_other_facts_out_and_leads_back(client, three):
    response = compare(client, 1, 2, 3, only="differences")
    assert set(cells(response)) == {"J-1 visa", "Step 2 CK minimum"}
    back = re.search(r"href=\"([^\"]*)\">Show all facts", response.content.decode())[1].replace("&amp;", "&")
    assert set(cells(client.get(f"{COMPARE}{back}"))) > {"J-1 visa", "Step 2 CK minimum", "H-1B visa"}


def test_programs_that_say_the_same_differ_nowhere(client, db):
    market(2, visa_j1="yes")
    assert "No stated fact differs." in compare(client, 1, 2).content.decode()


def test_disputed_stale_and_unknown_facts_show_as_such(client, three):
    state(1, name="Official letters", visa_j1="no")
    Program.objects.get(key=key(3)).facts.update(season=2025)
    rows = cells(compare(client, 1, 3))
    assert rows["J-1 visa"][0].startswith("sources disagree no (Official letters) / yes (Program pages)")
    assert rows["H-1B visa"] == ["no strict", "no strict stated for the 2025 season"]
    assert rows["Step 2 CK minimum"][1] == "not known"


def test_fields_that_nobody_states_are_named_in_one_line(client, three):
    rows = cells(compare(client, 1, 2))
    assert "Deadline" not in rows
    assert "Deadline" in str(re.findall(r"Not known at any of them</th><td[^>]*>([^<]*)", compare(client, 1, 2).content.decode()))


def test_scores_of_residents_are_drawn_with_mine(client, three):
    state(1, step2_q1="230", step2_median="240", step2_q3="250")
    response = compare(client, 1, 2, **ANSWERS)
    assert cells(response)["Step 2 CK of residents, and yours"] == ["yours the same as the middle", "not known"]
    assert response.content.decode().count("plot-mine-line") == 1


def test_links_move_and_remove_programs(client, three):
    page = compare(client, 1, 2, 3).content.decode()

    def follow(words):
        url = re.search(rf"href=\"([^\"]*)\">(?:<span[^>]*>.</span><span[^>]*>)?{words}", page)[1].replace("&amp;", "&")
        return [name[-3:] for name in names(client.get(f"{COMPARE}{url}"))]

    assert follow("Move Invented Hospital 001 to the right") == ["002", "001", "003"]
    assert follow("Move Invented Hospital 003 to the left") == ["001", "003", "002"]
    assert follow('Remove<span class="visually-hidden"> Invented Hospital 002') == ["001", "003"]


def test_search_finds_other_programs_and_adds_them(client, three):
    page = compare(client, 1, q="invented 00").content.decode()
    found = {name: url.replace("&amp;", "&") for url, name in re.findall(r"<li><a href=\"([^\"]*)\">Add ([^<]*)</a>", page)}
    assert sorted(found) == ["Invented Hospital 002", "Invented Hospital 003"]
    assert names(client.get(f"{COMPARE}{found['Invented Hospital 003']}")) == ["Invented Hospital 001", "Invented Hospital 003"]


def test_search_that_finds_nothing_says_what_to_try(client, three):
    assert "No other program holds “nowhere” in its name, city or id." in compare(client, 1, q="nowhere").content.decode()


def test_list_offers_its_programs_but_those_ruled_out_or_shown(client, owner):
    listed(owner, 1, 2, 3)
    ListEntry.objects.filter(program__key=key(2)).update(standing=Standing.VETOED)
    assert re.findall(r"<option value=\"([^\"]*)\"", compare(client, 1).content.decode()) == [key(3)]


def test_forms_carry_answers_and_programs_along(client, three):
    kept = re.findall(r"<input type=\"hidden\" name=\"(\w+)\" value=\"([^\"]*)\"", compare(client, 2, 1, **ANSWERS).content.decode())
    assert kept == [*ANSWERS.items(), ("p", key(2)), ("p", key(1))]


def test_no_more_than_six_fit(client, db):
    market(MOST + 2)
    response = compare(client, *range(1, MOST + 3))
    assert len(names(response)) == MOST
    assert "Only 6 programs fit side by side; 2 more were left out." in response.content.decode()
    assert 'id="compare-q"' not in response.content.decode()


@pytest.mark.parametrize("bad", ["9990000000", "x" * 500, "\x00", "ü", "1400500001'", "<b>"])
def test_what_is_no_program_is_told_and_left_out(client, three, bad):
    response = client.get(COMPARE, {"p": [key(1), bad]})
    assert names(response) == ["Invented Hospital 001"]
    assert "The address names what is no program here" in response.content.decode()
    assert "<b>" not in response.content.decode()


def test_withdrawn_program_is_no_longer_compared(client, three):
    Program.objects.filter(key=key(2)).update(is_withdrawn=True)
    assert names(compare(client, 1, 2)) == ["Invented Hospital 001"]


def test_same_program_twice_stands_once(client, three):
    response = compare(client, 1, 1)
    assert names(response) == ["Invented Hospital 001"]
    assert "Add another one to see what differs." in response.content.decode()


def test_closed_program_is_not_ranked_and_says_so(client, owner):
    Program.objects.filter(key=key(1)).update(closed_on="2026-09-01")
    response = compare(client, 1, 3)
    assert cells(response)["Chance of an interview"][0] == "not ranked for you"
    assert "closed on 1 Sep 2026" in response.content.decode()


def test_pages_with_ticked_programs_lead_here(client, three):
    assert names(client.get(compare_url([key(2), key(1)]))) == ["Invented Hospital 002", "Invented Hospital 001"]


def test_empty_page_says_what_to_do(client, db):
    assert "Choose two to six programs above" in client.get(COMPARE).content.decode()


def test_answers_that_make_no_sense_are_asked_again(client, three):
    response = compare(client, 1, type="nobody")
    assert response["Location"].startswith("/?")


def test_another_reader_sees_nothing_of_the_list(client, owner):
    listed(owner, 1)
    assert "Your list" not in cells(compare(Client(), 1, 2))


def test_page_keeps_to_its_queries_however_many_programs(client, owner):
    add_programs(range(4, 31), visa_j1="yes")
    listed(owner, *range(1, 31))
    compare(client, 1, 2)  # the programs are read once per process
    assert query_count(lambda: compare(client, 1, 2)) == query_count(lambda: compare(client, 1, 2, 3, 4, 5, 6)) == 15


def test_page_takes_no_form(client, three):
    assert client.post(COMPARE).status_code == 405
