"""My list as a page: rows, sections, filters, and what it costs to show."""

import gzip
import re

import pytest
from django.test import Client

from matching.choices import Standing
from matching.models import ListEntry, ProgramList
from matching.presenters.my_list_rows import NOT_BESIDE_REAL, NOT_OPEN
from matching.services.editing import change_list
from matching.services.lists import add_to_list
from matching.services.workspace import Workspace
from matching.views.my_list import NO_LIST, NOTHING_YET
from programs.models import DataVersion, Program
from programs.services import apply_changes
from tests.applicants.visiting import said, visit
from tests.matching.builders import ANSWERS, add_programs, market
from tests.matching.recomputing import applicant, entry, key, listed, recompute, state
from tests.matching.working import EDIT, HTMX, LIST, TARGET, edited, numbers, press, rows, standings, totals, words
from tests.programs.builders import new_program, query_count

pytestmark = pytest.mark.django_db
MOST_BYTES = 150_000  # of a page of three hundred entries, compressed


@pytest.fixture
def owner(client):
    market(4, visa_j1="yes")
    saved = applicant()
    visit(client, saved.pk)
    return saved


# --- rows ---


def test_row_shows_tier_chance_and_range_as_the_ranked_list_does(client, owner):
    listed(owner, 1)
    ranked = re.search(r'result__odds">([^<]*)<.*?result__range">range ([^<]*)<', client.get("/list/ranked/").content.decode(), re.DOTALL).groups()
    row = rows(client.get(LIST))[0]
    assert re.match(r"Invented Hospital 001 Toledo, OH \W (safer|middle|reach)", row)
    assert all(part in row for part in ranked)


def test_rows_name_their_specialty_where_there_are_several(client, owner):
    apply_changes(by="test", cause="test", programs=[new_program("1200500009", specialty="120", name="Invented Clinic")])
    listed(owner, 1)
    assert "Internal Medicine · Non-U.S. IMG" in words(client.get(LIST))
    assert "Internal Medicine" not in rows(client.get(LIST))[0]
    change_list(by="visitor", profile=owner, match_year=2027, edits={"1200500009": {}}, said="added")
    assert "Family Medicine and Internal Medicine · Non-U.S. IMG" in words(client.get(LIST))
    assert [name in row for name, row in zip(("Internal Medicine", "Family Medicine"), rows(client.get(LIST)), strict=True)] == [True, True]


def test_row_shows_what_its_owner_keeps_about_it(client, owner):
    listed(owner, 1)
    edited(
        owner,
        n1={
            "note": f"first words {'and more ' * 20}",
            "tags": ["visited", "near family"],
            "connection": "strong",
            "signal": "gold",
            "standing": "locked",
            "reason": "adds most",
        },
    )
    row = rows(client.get(LIST))[0]
    assert "locked in · Toledo, OH · visited · near family · strong connection · gold signal" in row
    assert re.search(r"first words (and more )+(and )?…", row)
    assert "On it because: adds most" in row
    assert "with your connection and signal" in row
    now = Workspace(ProgramList.objects.get()).now[key(1)]
    assert now.chance > entry(owner, 1).chance


def test_row_says_that_other_programs_got_the_signals(client, owner):
    listed(owner, 1, 2)
    edited(owner, n1={"signal": "gold"})
    shown = rows(client.get(LIST))
    assert ("with your signal" in shown[0], "without a signal here" in shown[1]) == (True, True)


def test_row_says_why_a_program_is_excluded(client, owner):
    add_programs([8], visa_j1="no")
    listed(owner, 1, 8)
    row = rows(client.get(LIST))[1]
    assert "excluded" in row
    assert "Does not sponsor your visa (J-1 no, H-1B not known)" in row
    assert "1 in" not in row


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"closed_on": "2026-11-03"}, "Not ranked: closed on 3 Nov 2026"),
        ({"is_withdrawn": True}, "Not ranked: no source says any more that there is this program"),
        ({"track_types": "P"}, NOT_OPEN),
        ({"is_demo": True}, NOT_BESIDE_REAL),
    ],
    ids=["closed", "withdrawn", "preliminary", "invented beside real ones"],
)
def test_row_says_why_a_program_is_not_ranked(client, owner, change, reason):
    listed(owner, 1, 2)
    Program.objects.filter(key=key(1)).update(**change)
    ListEntry.objects.filter(program__key=key(1)).update(tier=None, chance=None, low=None, high=None)
    response = client.get(LIST)
    assert reason in rows(response)[0]
    assert "Besides: 1 not ranked." in words(response)
    assert (f'href="/programs/{key(1)}/' in response.content.decode()) is ("is_withdrawn" not in change)


def test_row_without_a_result_says_so(client, owner):
    listed(owner, 1)
    ListEntry.objects.update(tier=None, chance=None, low=None, high=None, data_version=0)
    assert "No result yet" in rows(client.get(LIST))[0]


def test_names_notes_and_tags_cannot_inject_markup(client, owner):
    listed(owner, 1)
    edited(owner, n1={"note": "<b>note</b>", "tags": ["<i>tag</i>"], "reason": "<u>why</u>"})
    Program.objects.update(name='"><b>x</b>')
    page = client.get(LIST).content.decode()
    assert [bad for bad in ("<b>", "<i>tag", "<u>") if bad in page] == []
    assert "&amp;lt;" not in page


def test_abbreviations_are_explained_once(client, owner):
    add_programs([8], visa_j1="no")
    listed(owner, 8)
    assert words(client.get(LIST)).count("an exchange visitor visa sponsored by ECFMG") == 1


def test_sections_part_the_list_from_what_is_suggested_and_ruled_out(client, owner):
    listed(owner, 1, 2, 3, 4)
    edited(owner, n2={"standing": "suggested", "reason": "your state"}, n3={"standing": "vetoed"}, n4={"standing": "locked"})
    response = client.get(LIST)
    assert numbers(response) == [1, 4, 2, 3]
    assert re.findall(r"<h2[^>]*>\s*([A-Z][a-z ]+)", response.content.decode())[1:] == ["With the ticked programs", "On your list ", "Suggested ", "Ruled out"]
    assert totals(response).startswith("From this list of 2:")
    assert "Suggested because: your state" in rows(response)[2]


# --- how old it is ---


def test_page_says_as_of_which_data_it_holds(client, owner):
    recompute()
    listed(owner, 1)
    DataVersion.objects.update(created_at="2026-11-25T12:00Z")
    assert "Computed with the program data of 25 Nov 2026. A chance" in words(client.get(LIST))
    state(1, visa_j1="no")
    DataVersion.objects.filter(pk=DataVersion.objects.latest("pk").pk).update(created_at="2026-11-27T12:00Z")
    assert "Computed with the program data of 25 Nov 2026. Newer data is there" in words(client.get(LIST))
    recompute()
    assert "Computed with the program data of 27 Nov 2026. A chance" in words(client.get(LIST))


def test_list_that_no_change_reached_holds_for_the_newest_data(client, owner):
    recompute()
    listed(owner, 1)
    add_programs([1], visa_j1="yes")  # says nothing new
    state(2, website="https://program.example.org")  # nothing that results depend on
    recompute()
    assert "Newer data is there" not in words(client.get(LIST))


# --- order and filters ---


def test_order_is_the_owners_unless_another_is_asked_for(client, owner):
    listed(owner, 3, 1, 2)
    Program.objects.filter(key=key(3)).update(name="Aa Invented Hospital")
    assert [numbers(client.get(LIST, {"sort": sort})) for sort in ("", "name", "state")] == [[3, 1, 2], [3, 1, 2], [3, 1, 2]]
    press(client, f"up {key(2)}")
    assert [numbers(client.get(LIST, {"sort": sort})) for sort in ("own", "name")] == [[3, 2, 1], [3, 1, 2]]


def test_order_by_chance_has_excluded_and_unranked_last(client, owner):
    add_programs([8], visa_j1="no")
    listed(owner, 8, 1, 2)
    ListEntry.objects.filter(program__key=key(1)).update(tier=None, chance=None, low=None, high=None)
    assert numbers(client.get(LIST, {"sort": "chance"})) == [2, 8, 1]


def test_filters_are_alternatives_of_one_kind_and_add_up_over_kinds(client, owner):
    add_programs([8], visa_j1="no")
    listed(owner, 1, 2, 3, 8)
    edited(owner, n1={"tags": ["visited"]}, n2={"tags": ["other"]}, n3={"tags": ["visited"], "standing": "locked"})
    assert numbers(client.get(LIST, {"tag": ["visited", "other"]})) == [1, 2, 3]
    assert numbers(client.get(LIST, {"tag": "visited", "standing": "locked"})) == [3]
    assert numbers(client.get(LIST, {"tier": "excluded"})) == [8]
    assert numbers(client.get(LIST, {"state": "OH", "specialty": "140"})) == [1, 2, 3, 8]
    assert totals(client.get(LIST, {"tag": "visited"})).startswith("From this list of 4:")  # a filter hides, it takes nothing off


def test_filters_say_what_they_do_not_know(client, owner):
    listed(owner, 1)
    response = client.get(LIST, {"tier": "golden", "state": "ZZ", "sort": "luck", "tag": "x" * 90})
    assert numbers(response) == [1]
    assert f"left out: sort=luck, tier=golden, state=ZZ, tag={'x' * 40}." in words(response)


def test_filter_that_hides_all_offers_to_clear_it(client, owner):
    listed(owner, 1)
    assert "Nothing on your list fits these filters. Clear filters" in words(client.get(LIST, {"standing": "locked"}))


def test_filters_and_order_stay_with_the_forms(client, owner):
    listed(owner, 1, 2)
    response = press(client, f"lock {key(1)}", query="?sort=name&tier=reach")
    assert response["Location"] == f"/list/?sort=name&tier=reach#program-{key(1)}"


# --- without a list, and whose it is ---


def test_list_of_a_profile_without_one_leads_to_the_programs(client, owner):
    response = client.get(LIST)
    assert "Nothing on your list yet" in words(response)
    assert '<a class="button" href="/list/ranked/">Find programs</a>' in response.content.decode()


def test_list_of_nobody_leads_to_the_questions(client):
    assert '<a class="button" href="/">Answer five questions</a>' in client.get(LIST).content.decode()


def test_answers_in_the_address_lead_to_the_programs_for_them(client):
    market(1)
    response = client.get(LIST, ANSWERS)
    assert response["Location"] == "/list/ranked/?specialty=140&type=non_us_img&ck=240&fails=0&visa=j1"
    assert said(response) == [NOTHING_YET]


def test_answers_in_the_address_do_not_hide_a_list(client, owner):
    listed(owner, 1)
    assert numbers(client.get(LIST, ANSWERS)) == [1]


@pytest.mark.parametrize("url", [EDIT, TARGET])
def test_form_of_who_has_no_list_says_so(client, url):
    response = client.post(url, {"do": "lock 1400500001"})
    assert (response["Location"], said(response)) == (LIST, [NO_LIST])
    assert client.post(url, headers=HTMX)["HX-Redirect"] == LIST


@pytest.mark.parametrize("url", [EDIT, TARGET])
def test_link_to_a_form_changes_nothing(client, owner, url):
    listed(owner, 1)
    assert client.get(url, {"do": f"lock {key(1)}"})["Location"] == LIST
    assert standings(owner) == {1: "added"}


@pytest.mark.parametrize("url", [EDIT, TARGET])
def test_forms_need_the_token_of_the_page(owner, url):
    listed(owner, 1)
    browser = Client(enforce_csrf_checks=True)
    visit(browser, owner.pk)
    assert browser.post(url, {"do": f"lock {key(1)}"}).status_code == 403


def test_another_session_changes_its_own_list_only(client, owner):
    listed(owner, 1)
    stranger, other = Client(), applicant()
    visit(stranger, other.pk)
    add_to_list(by="visitor", profile=other, keys=[key(2)], match_year=2027)
    response = stranger.post(EDIT, {"do": f"lock {key(1)}", "seen": "1"})
    assert "not on your list any more" in said(response)[-1]
    assert standings(owner) == {1: "added"}


# --- what it costs ---


@pytest.mark.parametrize("count", [4, 45])
def test_page_costs_the_same_for_any_number_of_programs(client, count):
    market(count, visa_j1="yes")
    add_programs(range(901, 904), visa_j1="no")
    saved = applicant()
    visit(client, saved.pk)
    listed(saved, *range(1, count + 1), 901, 902, 903)
    edited(saved, n901={"standing": "vetoed"}, n1={"standing": "suggested"}, n2={"connection": "weak", "signal": "gold"})
    client.get(LIST)  # reads the programs of the specialty, once a process
    # banner, session, profile, list; notices; lines, versions 2, states, calendar, profile 4, specialties, excluded, signals, fees 2, undo, versions 3
    assert query_count(lambda: client.get(LIST)) == 21


def test_page_of_three_hundred_has_every_entry_and_stays_small(client):
    market(300, visa_j1="yes")
    saved = applicant()
    visit(client, saved.pk)
    listed(saved, *range(1, 301))
    full = {"note": "Ask the coordinator about the wards. " * 4, "tags": ["visited", "near family"], "connection": "weak", "reason": "adds most: your state"}
    change_list(
        by="visitor", profile=saved, match_year=2027, edits={key(number): full | {"note": f"{number} {full['note']}"} for number in range(1, 301)}, said="x"
    )
    response = client.get(LIST)
    assert len(rows(response)) == 300
    assert len(gzip.compress(response.content)) < MOST_BYTES
    assert set(standings(saved).values()) == {Standing.ADDED}
