"""The saved list as pages: the buttons, what is on it, and that nobody gets at another's."""

import re
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils.html import strip_tags

from applicants.models import Profile
from applicants.queries import profile_data
from matching.models import ListEntry, ProgramList, ScoreSnapshot
from matching.presenters.saved import NOT_BESIDE_REAL, NOT_OPEN
from matching.services import editing
from matching.services.lists import add_to_list
from matching.views.saved import OTHER_ANSWERS, PROFILE_SAVED
from programs.models import DataVersion, Program
from tests.applicants.visiting import said, visit, with_owner
from tests.matching.builders import ANSWERS, add_programs, market
from tests.matching.recomputing import applicant, key, listed, recompute, state
from tests.programs.builders import query_count

pytestmark = pytest.mark.django_db
SAVED, LIST = "/list/", "/list/ranked/"
QUERY = f"?{urlencode(ANSWERS)}"
HTMX = {"HX-Request": "true"}


def add_url(number, query=""):
    return f"/list/add/{key(number)}/{query}"


def remove_url(number, query=""):
    return f"/list/remove/{key(number)}/{query}"


def words(response):
    return " ".join(strip_tags(response.content.decode()).split())


def saved_numbers():
    """The numbers of the programs on every list, by profile."""
    found = {}
    for pk, program_key in ListEntry.objects.order_by("program__key").values_list("list__profile_id", "program__key"):
        found.setdefault(pk, []).append(int(program_key[-5:]))
    return found


@pytest.fixture
def owner(client):
    market(3, visa_j1="yes")
    saved = applicant()
    visit(client, saved.pk)
    return saved


# --- the buttons ---


def test_add_puts_the_program_on_the_list_and_leads_back_to_its_row(client, owner):
    response = client.post(add_url(1), {"back": "/list/ranked/?sort=name"})
    assert (response.status_code, response["Location"]) == (302, f"/list/ranked/?sort=name#program-{key(1)}")
    assert said(response) == ["Invented Hospital 001 is on your saved list."]
    assert saved_numbers() == {owner.pk: [1]}


def test_add_twice_says_that_it_was_there(client, owner):
    client.post(add_url(1))
    assert said(client.post(add_url(1)))[-1] == "Invented Hospital 001 was on your saved list already."
    assert saved_numbers() == {owner.pk: [1]}


def test_remove_takes_it_off_and_a_second_time_says_so(client, owner):
    listed(owner, 1, 2)
    assert said(client.post(remove_url(1)))[-1] == "Invented Hospital 001 is off your saved list."
    assert said(client.post(remove_url(1)))[-1] == "Invented Hospital 001 was not on your saved list."
    assert saved_numbers() == {owner.pk: [2]}


def test_add_of_a_visitor_with_answers_only_saves_them_as_the_profile_of_the_session(client):
    market(2, visa_j1="yes")
    response = client.post(add_url(2, QUERY), {"back": f"{LIST}{QUERY}"})
    made = Profile.objects.get()
    assert response["Location"] == f"{LIST}{QUERY}"  # to the top, where it is said
    assert said(response) == [f"Invented Hospital 002 is on your saved list. {PROFILE_SAVED}"]
    assert (client.session["profile_id"], saved_numbers()) == (made.pk, {made.pk: [2]})
    assert (profile_data(made).specialties, ScoreSnapshot.objects.filter(profile=made).count()) == (("140",), 1)


def test_add_for_the_second_time_goes_to_the_same_profile(client):
    market(2, visa_j1="yes")
    client.post(add_url(2, QUERY))
    assert said(client.post(add_url(1, QUERY)))[-1] == "Invented Hospital 001 is on your saved list."
    assert saved_numbers() == {Profile.objects.get().pk: [1, 2]}


@pytest.mark.parametrize("other", [{"ck": "231"}, {"visa": "h1b"}, {"type": "us_img", "visa": "none"}])
def test_add_from_a_page_for_other_answers_says_by_which_the_list_goes(client, other):
    market(2, visa_j1="yes")
    client.post(add_url(2, QUERY))
    response = client.post(add_url(1, f"?{urlencode(ANSWERS | other)}"))
    assert said(response)[-1] == f"Invented Hospital 001 is on your saved list. {OTHER_ANSWERS}"
    assert Profile.objects.count() == 1


def test_add_without_answers_or_profile_leads_to_the_questions(client):
    market(1)
    assert client.post(add_url(1))["Location"] == "/"
    assert client.post(add_url(1), headers=HTMX)["HX-Redirect"] == "/"
    assert (Profile.objects.count(), ProgramList.objects.count()) == (0, 0)


def test_add_with_unusable_answers_leads_back_to_them_and_saves_nothing(client):
    market(1)
    wrong = urlencode(ANSWERS | {"ck": "999"})
    assert client.post(add_url(1, f"?{wrong}"))["Location"] == f"/?{wrong}"
    assert Profile.objects.count() == 0


def test_add_that_fails_leaves_no_profile_behind(client, monkeypatch):
    market(1)
    monkeypatch.setattr(editing, "MOST_ENTRIES", 0)
    response = client.post(add_url(1, QUERY))
    assert said(response)[-1].startswith("A list holds at most 0 programs")
    assert (Profile.objects.count(), "profile_id" in client.session) == (0, False)


def test_add_to_a_full_list_says_what_to_do_beside_the_button(client, owner, monkeypatch):
    listed(owner, 1, 2)
    monkeypatch.setattr(editing, "MOST_ENTRIES", 2)
    page = words(client.post(add_url(3), headers=HTMX))
    assert page.count("A list holds at most 2 programs, and this would make it 3: take some off first.") == 2  # beside it, and read aloud
    assert saved_numbers() == {owner.pk: [1, 2]}


@pytest.mark.parametrize("url", [add_url(1), remove_url(1)], ids=["add", "remove"])
def test_buttons_need_the_form_of_the_page(owner, url):
    browser = Client(enforce_csrf_checks=True)
    visit(browser, owner.pk)
    listed(owner, 1)
    assert browser.post(url).status_code == 403
    assert saved_numbers() == {owner.pk: [1]}


@pytest.mark.parametrize("url", [add_url(2), remove_url(1)], ids=["add", "remove"])
def test_a_link_changes_nothing(client, owner, url):
    listed(owner, 1)
    assert client.get(url)["Location"] == SAVED
    assert saved_numbers() == {owner.pk: [1]}


@pytest.mark.parametrize("url", ["/list/add/1400599999/", "/list/remove/1400599999/"])
def test_buttons_for_a_program_that_is_not_there_do_not_exist(client, owner, url):
    assert (client.post(url).status_code, saved_numbers()) == (404, {})


def test_a_withdrawn_program_can_be_taken_off_and_not_put_on(client, owner):
    listed(owner, 1)
    Program.objects.update(is_withdrawn=True)
    assert client.post(add_url(2)).status_code == 404
    assert said(client.post(remove_url(1)))[-1] == "Invented Hospital 001 is off your saved list."
    assert saved_numbers() == {}


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example/", "saved", "", "javascript:alert(1)", "/\\elsewhere.example"])
def test_buttons_lead_back_to_pages_of_this_site_only(client, owner, back):
    assert client.post(add_url(1), {"back": back})["Location"] == f"{SAVED}#program-{key(1)}"


def test_button_answers_htmx_with_itself_what_happened_and_the_count(client, owner):
    listed(owner, 1)
    page = client.post(add_url(2), {"back": "/list/ranked/?page=2"}, headers=HTMX).content.decode()
    assert "<html" not in page
    assert (page.count("<form"), re.findall(r'action="([^"]*)"', page)) == (1, [remove_url(2)])
    assert 'name="back" value="/list/ranked/?page=2"' in page
    assert '<span id="saved-count" hx-swap-oob="true">2</span>' in page
    assert '<div id="messages" hx-swap-oob="innerHTML"><p class="visually-hidden">Invented Hospital 002 is on your saved list.</p></div>' in page
    assert "saved-totals" not in page


def test_button_on_the_saved_list_brings_the_totals_along(client, owner):
    listed(owner, 1, 2)
    page = client.post(remove_url(1), {"back": f"{SAVED}?page=1"}, headers=HTMX).content.decode()
    assert '<div id="saved-totals" hx-swap-oob="true">' in page
    assert "Taken off your saved list" in page
    assert re.findall(r'tier-counts__number">(\d+)<', page).count("1") == 1


# --- on the list and on the program page ---


def buttons(response):
    return re.findall(r'action="(/list/[^"]*)"', response.content.decode())


def test_every_row_of_the_list_has_its_button(client, owner):
    listed(owner, 2)
    response = client.get(LIST)
    query = "?specialty=140"
    assert sorted(buttons(response)) == [add_url(1, query), add_url(3, query), remove_url(2, query)]
    assert "Saved list (1)" in words(response)
    assert "Add Invented Hospital 001 to my saved list" in words(response)


def test_rows_of_a_visitor_carry_the_answers(client):
    market(1)
    assert buttons(client.get(LIST, ANSWERS)) == [add_url(1, QUERY).replace("&", "&amp;")]


def test_program_page_has_the_button_and_the_way_to_the_list(client, owner):
    url = f"/programs/{key(1)}/"
    assert buttons(client.get(url)) == [add_url(1, "?specialty=140")]
    listed(owner, 1)
    response = client.get(url)
    assert buttons(response) == [remove_url(1, "?specialty=140")]
    assert "Saved list (1)" in words(response)


def test_program_page_of_nobody_has_no_button(client):
    market(1)
    assert buttons(client.get(f"/programs/{key(1)}/")) == []


def test_program_page_of_a_closed_program_offers_to_take_it_off_only(client, owner):
    Program.objects.update(closed_on="2026-11-01")
    assert buttons(client.get(f"/programs/{key(1)}/")) == []
    listed(owner, 1)
    assert buttons(client.get(f"/programs/{key(1)}/")) == [remove_url(1, "?specialty=140")]


# --- the page ---


def rows(response):
    """The rows of the list as text."""
    return [" ".join(strip_tags(row).split()) for row in re.findall(r'<li class="result".*?</form>', response.content.decode(), re.DOTALL)]


def test_saved_list_shows_tier_chance_and_range_as_the_list_does(client, owner):
    listed(owner, 1)
    ranked = re.search(r'result__odds">([^<]*)<.*?result__range">([^<]*)<', client.get(LIST).content.decode(), re.DOTALL).groups()
    row = rows(client.get(SAVED))[0]
    assert re.match(r"\W (safer|middle|reach) Invented Hospital 001 Toledo, OH Internal Medicine", row)
    assert all(part in row for part in ranked)


def test_saved_list_says_why_a_program_is_excluded(client, owner):
    add_programs([8], visa_j1="no")
    listed(owner, 1, 8)
    shown = rows(client.get(SAVED))
    assert [row.split()[1] for row in shown] == [shown[0].split()[1], "excluded"]
    assert "Does not sponsor your visa (J-1 no, H-1B not known)" in shown[1]
    assert "1 in" not in shown[1]


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
def test_saved_list_says_why_a_program_is_not_ranked(client, owner, change, reason):
    listed(owner, 1, 2)
    Program.objects.filter(key=key(1)).update(**change)
    ListEntry.objects.filter(program__key=key(1)).update(tier=None, chance=None, low=None, high=None)
    response = client.get(SAVED)
    assert reason in rows(response)[1]
    assert "1 not ranked" in words(response)
    assert (f'href="/programs/{key(1)}/' in response.content.decode()) is ("is_withdrawn" not in change)


def test_saved_list_says_what_has_no_result_yet(client, owner):
    listed(owner, 1)
    ListEntry.objects.update(tier=None, chance=None, low=None, high=None, data_version=0)
    assert "No result yet" in rows(client.get(SAVED))[0]


def test_saved_list_counts_all_of_it_by_tier(client, owner):
    add_programs([8, 9], visa_j1="no")
    listed(owner, 1, 2, 8, 9)
    counts = re.findall(r"tier--(\w+).*?tier-counts__number\">(\d+)<", client.get(SAVED).content.decode(), re.DOTALL)
    assert [tier for tier, _ in counts] == ["safer", "middle", "reach", "excluded"]
    assert (sum(int(count) for _, count in counts), counts[3]) == (4, ("excluded", "2"))


def test_saved_list_says_as_of_which_data_it_holds(client, owner):
    recompute()
    listed(owner, 1)
    DataVersion.objects.update(created_at="2026-11-25T12:00Z")
    assert "Computed with the program data of 25 Nov 2026." in words(client.get(SAVED))
    assert "Newer data is there" not in words(client.get(SAVED))
    state(1, visa_j1="no")
    DataVersion.objects.filter(pk=DataVersion.objects.latest("pk").pk).update(created_at="2026-11-27T12:00Z")
    assert "Computed with the program data of 25 Nov 2026. Newer data is there" in words(client.get(SAVED))
    recompute()
    assert "Computed with the program data of 27 Nov 2026. A chance" in words(client.get(SAVED))


def test_saved_list_that_no_change_reached_holds_for_the_newest_data(client, owner):
    recompute()
    listed(owner, 1)
    add_programs([1], visa_j1="yes")  # says nothing new
    state(2, website="https://program.example.org")  # nothing that results depend on
    recompute()
    assert "Newer data is there" not in words(client.get(SAVED))


def test_saved_list_explains_its_abbreviations_once(client, owner):
    add_programs([8], visa_j1="no")
    listed(owner, 8)
    assert words(client.get(SAVED)).count("an exchange visitor visa sponsored by ECFMG") == 1


def test_saved_list_of_a_profile_without_one_leads_to_the_list(client, owner):
    response = client.get(SAVED)
    assert "Nothing saved yet" in words(response)
    assert '<a class="button" href="/list/ranked/">Go to my list</a>' in response.content.decode()


def test_saved_list_of_nobody_leads_to_the_questions(client):
    response = client.get(SAVED)
    assert '<a class="button" href="/">Answer five questions</a>' in response.content.decode()


def test_saved_list_emptied_leads_to_the_list_again(client, owner):
    listed(owner, 1)
    client.post(remove_url(1))
    assert "Nothing saved yet" in words(client.get(SAVED))


@pytest.mark.parametrize("count", [3, 45])
def test_saved_list_costs_the_same_for_any_number_of_programs(client, count):
    market(count, visa_j1="yes")
    add_programs(range(901, 904), visa_j1="no")
    saved = applicant()
    visit(client, saved.pk)
    listed(saved, *range(1, count + 1), 901, 902, 903)
    # banner, session, profile, list; keys; count, rows, 3 of the profile; notices; tiers; versions 3, newest data
    assert query_count(lambda: client.get(SAVED)) == 16


def test_saved_list_of_three_hundred_is_paged(client, owner):
    add_programs(range(101, 398), visa_j1="yes")
    keys = list(Program.objects.values_list("key", flat=True))
    add_to_list(by="visitor", profile=owner, keys=keys, match_year=2027)
    pages = [rows(client.get(SAVED, {"page": number})) for number in (1, 6)]
    assert [len(page) for page in pages] == [50, 50]
    assert set(pages[0]).isdisjoint(pages[1])
    assert "Programs for the 2027 Match: 300" in words(client.get(SAVED))


@pytest.mark.parametrize("page", ["0", "7", "x", "-1", "9" * 30])
def test_saved_list_any_page_number_is_a_page(client, owner, page):
    listed(owner, 1)
    assert len(rows(client.get(SAVED, {"page": page}))) == 1


def test_program_names_on_the_saved_list_cannot_inject_markup(client, owner):
    listed(owner, 1)
    Program.objects.update(name="<b>x</b>")
    assert "<b>x</b>" not in client.get(SAVED).content.decode()


# --- whose it is ---


def test_another_session_sees_and_changes_its_own_list_only(client, owner):
    listed(owner, 1)
    stranger = Client()
    other = applicant()
    visit(stranger, other.pk)
    assert "Nothing saved yet" in words(stranger.get(SAVED))
    assert said(stranger.post(remove_url(1)))[-1] == "Invented Hospital 001 was not on your saved list."
    stranger.post(add_url(2))
    assert saved_numbers() == {owner.pk: [1], other.pk: [2]}


@pytest.mark.parametrize("whose", ["an account", "a demonstration applicant", "nobody"])
def test_the_id_of_anothers_profile_in_the_session_opens_nothing(client, owner, whose):
    listed(owner, 1)
    held = {"an account": lambda: with_owner().pk, "a demonstration applicant": lambda: _demo(owner), "nobody": lambda: owner.pk + 100}[whose]()
    ProgramList.objects.update(profile_id=held if whose != "nobody" else owner.pk)
    visit(client, held)
    before = saved_numbers()
    assert "Nothing saved yet" in words(client.get(SAVED))
    assert client.post(add_url(2))["Location"] == "/"
    client.post(remove_url(1))
    assert saved_numbers() == before


def _demo(owner):
    Profile.objects.filter(pk=owner.pk).update(is_demo=True)
    return owner.pk
