"""The saved list as pages: the buttons, what is on it, and that nobody gets at another's."""

import re
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils.html import strip_tags

from applicants.models import Profile
from applicants.queries import profile_data
from matching.models import ListEntry, ProgramList, ScoreSnapshot
from matching.services import editing
from matching.views.saved import OTHER_ANSWERS, PROFILE_SAVED
from programs.models import Program
from tests.applicants.visiting import said, visit, with_owner
from tests.matching.builders import ANSWERS, market
from tests.matching.recomputing import applicant, key, listed
from tests.matching.working import edited

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
    assert said(response) == ["Invented Hospital 001 is on your list."]
    assert saved_numbers() == {owner.pk: [1]}


def test_add_twice_says_that_it_was_there(client, owner):
    client.post(add_url(1))
    assert said(client.post(add_url(1)))[-1] == "Invented Hospital 001 was on your list already."
    assert saved_numbers() == {owner.pk: [1]}


def test_remove_takes_it_off_and_a_second_time_says_so(client, owner):
    listed(owner, 1, 2)
    assert said(client.post(remove_url(1)))[-1] == "Invented Hospital 001 is off your list."
    assert said(client.post(remove_url(1)))[-1] == "Invented Hospital 001 was not on your list."
    assert saved_numbers() == {owner.pk: [2]}


def test_add_of_a_visitor_with_answers_only_saves_them_as_the_profile_of_the_session(client):
    market(2, visa_j1="yes")
    response = client.post(add_url(2, QUERY), {"back": f"{LIST}{QUERY}"})
    made = Profile.objects.get()
    assert response["Location"] == f"{LIST}{QUERY}"  # to the top, where it is said
    assert said(response) == [f"Invented Hospital 002 is on your list. {PROFILE_SAVED}"]
    assert (client.session["profile_id"], saved_numbers()) == (made.pk, {made.pk: [2]})
    assert (profile_data(made).specialties, ScoreSnapshot.objects.filter(profile=made).count()) == (("140",), 1)


def test_add_for_the_second_time_goes_to_the_same_profile(client):
    market(2, visa_j1="yes")
    client.post(add_url(2, QUERY))
    assert said(client.post(add_url(1, QUERY)))[-1] == "Invented Hospital 001 is on your list."
    assert saved_numbers() == {Profile.objects.get().pk: [1, 2]}


@pytest.mark.parametrize("other", [{"ck": "231"}, {"visa": "h1b"}, {"type": "us_img", "visa": "none"}])
def test_add_from_a_page_for_other_answers_says_by_which_the_list_goes(client, other):
    market(2, visa_j1="yes")
    client.post(add_url(2, QUERY))
    response = client.post(add_url(1, f"?{urlencode(ANSWERS | other)}"))
    assert said(response)[-1] == f"Invented Hospital 001 is on your list. {OTHER_ANSWERS}"
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
    assert said(client.post(remove_url(1)))[-1] == "Invented Hospital 001 is off your list."
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
    assert '<div id="messages" hx-swap-oob="innerHTML"><p class="visually-hidden">Invented Hospital 002 is on your list.</p></div>' in page


# --- on the list and on the program page ---


def buttons(response):
    return re.findall(r'action="(/list/[^"]*)"', response.content.decode())


def test_every_row_of_the_list_has_its_button(client, owner):
    listed(owner, 2)
    response = client.get(LIST)
    query = "?specialty=140"
    assert sorted(buttons(response)) == [add_url(1, query), add_url(3, query), remove_url(2, query)]
    assert "My list (1)" in words(response)
    assert "Add Invented Hospital 001 to my list" in words(response)


def test_rows_say_what_is_suggested_and_what_was_ruled_out(client, owner):
    listed(owner, 1, 2, 3)
    edited(owner, n2={"standing": "suggested"}, n3={"standing": "vetoed"})
    response = client.get(LIST)
    page = words(response)
    assert [page.count(text) for text in ("On your list", "Suggested to you", "You ruled it out")] == [1, 1, 1]
    assert sorted(buttons(response)) == [add_url(2, "?specialty=140"), add_url(3, "?specialty=140"), remove_url(1, "?specialty=140")]
    assert "My list (1)" in page


def test_rows_of_a_visitor_carry_the_answers(client):
    market(1)
    assert buttons(client.get(LIST, ANSWERS)) == [add_url(1, QUERY).replace("&", "&amp;")]


def test_program_page_has_the_button_and_the_way_to_the_list(client, owner):
    url = f"/programs/{key(1)}/"
    assert buttons(client.get(url)) == [add_url(1, "?specialty=140")]
    listed(owner, 1)
    response = client.get(url)
    assert buttons(response) == [remove_url(1, "?specialty=140")]
    assert "My list (1)" in words(response)


def test_program_page_of_nobody_has_no_button(client):
    market(1)
    assert buttons(client.get(f"/programs/{key(1)}/")) == []


def test_program_page_of_a_closed_program_offers_to_take_it_off_only(client, owner):
    Program.objects.update(closed_on="2026-11-01")
    assert buttons(client.get(f"/programs/{key(1)}/")) == []
    listed(owner, 1)
    assert buttons(client.get(f"/programs/{key(1)}/")) == [remove_url(1, "?specialty=140")]


# --- whose it is ---


def test_another_session_sees_and_changes_its_own_list_only(client, owner):
    listed(owner, 1)
    stranger = Client()
    other = applicant()
    visit(stranger, other.pk)
    assert "Nothing on your list yet" in words(stranger.get(SAVED))
    assert said(stranger.post(remove_url(1)))[-1] == "Invented Hospital 001 was not on your list."
    stranger.post(add_url(2))
    assert saved_numbers() == {owner.pk: [1], other.pk: [2]}


@pytest.mark.parametrize("whose", ["an account", "a demonstration applicant", "nobody"])
def test_the_id_of_anothers_profile_in_the_session_opens_nothing(client, owner, whose):
    listed(owner, 1)
    held = {"an account": lambda: with_owner().pk, "a demonstration applicant": lambda: _demo(owner), "nobody": lambda: owner.pk + 100}[whose]()
    ProgramList.objects.update(profile_id=held if whose != "nobody" else owner.pk)
    visit(client, held)
    before = saved_numbers()
    assert "Nothing on your list yet" in words(client.get(SAVED))
    assert client.post(add_url(2))["Location"] == "/"
    client.post(remove_url(1))
    assert saved_numbers() == before


def _demo(owner):
    Profile.objects.filter(pk=owner.pk).update(is_demo=True)
    return owner.pk
