"""The list page: what it shows, what it lets one narrow, and that nothing in an address breaks it."""

import re
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from matching.adapters import forget_programs
from programs.models import Program
from programs.services import apply_changes
from tests.matching.builders import ANSWERS, add_programs, market, profile, remember
from tests.programs.builders import new_fact, source

pytestmark = pytest.mark.django_db
LIST = "/list/ranked/"


def names(response):
    return re.findall(r"result__name\"><a [^>]*>([^<]*)</a>", response.content.decode())


def listed(client, **query):
    return client.get(LIST, ANSWERS | query)


def test_list_shows_open_programs_with_tier_chance_and_range(client):
    market(1, visa_j1="yes", share_non_us_img="0.6")
    page = listed(client).content.decode()
    assert names(listed(client)) == ["Invented Hospital 001"]
    assert re.search(r"result__odds\">(about )?1 in \d+<", page)
    assert "60% of residents are non-U.S. IMGs" in page


def test_list_excluded_program_stands_under_its_reason_with_the_count(client):
    market(2, visa_j1="no")
    add_programs([3], visa_j1="yes")
    response = listed(client)
    assert names(response) == ["Invented Hospital 003"]
    assert re.search(r"Does not sponsor your visa <span[^>]*>2 programs", response.content.decode())


def test_list_excluded_programs_can_be_listed_by_reason(client):
    market(2, visa_j1="no")
    add_programs([3], visa_j1="yes")
    assert names(listed(client, excluded_by="visa")) == ["Invented Hospital 001", "Invented Hospital 002"]


def test_list_unknown_visa_stays_open_and_says_so(client):
    market(1)
    page = listed(client).content.decode()
    assert "whether it sponsors your visa" in page
    assert "something not known could still exclude you" in page


def test_list_answers_the_program_asks_for_but_the_profile_lacks_are_named(client):
    market(1, max_years_since_graduation="5")
    assert "add year of graduation" in re.sub(r"\s+", " ", listed(client).content.decode())


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"q": "002"}, ["Invented Hospital 002"]),
        ({"q": "toledo 001"}, ["Invented Hospital 001"]),
        ({"q": "nowhere"}, []),
        ({"state": "OH"}, ["Invented Hospital 001", "Invented Hospital 002"]),
        ({"state": "NY"}, []),
        ({"sponsors": "j1"}, ["Invented Hospital 001"]),
        ({"sponsors": "unknown"}, ["Invented Hospital 002"]),
        ({"img": "most"}, ["Invented Hospital 001"]),
        ({"img": "unknown"}, ["Invented Hospital 002"]),
        ({"ptype": "community"}, ["Invented Hospital 001"]),
        ({"ptype": ["community", "university"]}, ["Invented Hospital 001"]),
        ({"tier": "excluded"}, ["Invented Hospital 001", "Invented Hospital 002"]),
        ({"sort": "name"}, ["Invented Hospital 001", "Invented Hospital 002"]),
        ({"sort": "img"}, ["Invented Hospital 001", "Invented Hospital 002"]),
    ],
)
def test_list_filters(client, query, expected):
    market(1, visa_j1="yes", share_non_us_img="0.7", share_us_img="0.1", program_type="community")
    add_programs([2])
    assert names(listed(client, **query)) == expected


def test_list_real_and_invented_programs_are_never_mixed(client):
    market(2)
    Program.objects.filter(name="Invented Hospital 002").update(is_demo=True)
    assert names(listed(client)) == ["Invented Hospital 001"]


def test_list_invented_programs_are_marked_on_every_row(client):
    market(1)
    assert "invented</span>" not in listed(client).content.decode()
    Program.objects.update(is_demo=True)
    forget_programs()
    assert "invented</span>" in listed(client).content.decode()


@pytest.mark.parametrize(
    ("facts", "words"),
    [({"visa_j1": "yes"}, "J-1 yes"), ({}, "J-1 not known"), ({"visa_h1b": "yes"}, "J-1 not known")],
)
def test_list_row_says_what_is_known_of_the_visa_one_needs(client, facts, words):
    market(1, **facts)
    assert re.search(r'result__detail">([^<]*)<', listed(client).content.decode())[1] == words


def test_list_disputed_visa_is_told_as_a_dispute(client):
    market(1, visa_j1="no")
    apply_changes(by="test", cause="test", facts=[new_fact(source("Official list", 2), "visa_j1", "yes", program_key=Program.objects.get().key)])
    page = listed(client).content.decode()
    assert "sources disagree: does not sponsor your visa" in page
    assert "J-1 disputed" in page


def test_list_sponsors_not_known_is_about_the_visa_one_needs(client):
    market(1, visa_h1b="yes")
    assert names(listed(client, sponsors="unknown")) == ["Invented Hospital 001"]


def test_list_two_states_can_be_chosen_and_taken_away(client):
    market(1)
    page = listed(client, state=["OH", "NY"]).content.decode()
    assert re.findall(r'name="state" value="(\w+)"', page) == ["OH", "NY"]
    assert "Ohio <span" in page


def test_list_of_one_reason_names_it_and_filters_lead_back_to_open_programs(client):
    market(2, visa_j1="no")
    page = listed(client, excluded_by="visa").content.decode()
    assert "Excluded: Does not sponsor your visa" in page
    assert [url for url in re.findall(r'href="(\?[^"]*tier=[^"]*)"', page) if "excluded_by" in url] == []


def test_list_headline_tells_failed_attempts(client):
    market(1)
    assert "1 failed attempt" in listed(client, fails="1").content.decode()


def test_list_of_nobody_says_why_the_questions_are_empty(client):
    assert "This address holds no answers" in client.get(LIST, follow=True).content.decode()


def test_list_menu_carries_the_answers_along(client):
    market(1)
    page = client.get("/method/", ANSWERS).content.decode()
    assert 'href="/list/?specialty=140&amp;type=non_us_img&amp;ck=240&amp;fails=0&amp;visa=j1"' in page


def test_list_filter_that_is_no_choice_is_left_out_and_named(client):
    market(1)
    response = listed(client, tier="best", img="<b>", state="ZZ", sort="luck")
    assert names(response) == ["Invented Hospital 001"]
    assert "sort=luck, tier=best, state=ZZ, img=&lt;b&gt;" in response.content.decode()


def test_list_shows_fifty_rows_and_leads_to_the_rest(client):
    market(60)
    first, second = names(listed(client)), names(listed(client, page="2"))
    assert [len(first), len(second), len({*first, *second})] == [50, 10, 60]
    assert "Show the next 50" in listed(client).content.decode()
    assert "Show the next 50" not in listed(client, page="2").content.decode()


def test_list_every_page_shows_the_excluded_by_reason(client):
    market(60)
    add_programs([61], visa_j1="no")
    assert ["Does not sponsor your visa" in listed(client, page=page).content.decode() for page in ("1", "2")] == [True, True]


def test_list_fragment_holds_rows_only_and_varies_by_header(client):
    market(60)
    response = client.get(LIST, ANSWERS | {"page": "2"}, headers={"HX-Request": "true"})
    assert len(names(response)) == 10
    assert "<html" not in response.content.decode()
    assert "HX-Request" in response["Vary"]


@pytest.mark.parametrize("count", [3, 60])
def test_list_takes_the_same_queries_for_any_number_of_programs(client, count, django_assert_num_queries: DjangoAssertNumQueries):
    market(count, visa_j1="yes")
    add_programs([99], visa_j1="no")
    listed(client)  # reads the programs into this process
    # banner, the form's specialties, specialty; data version, calendar, states; state names, rows, excluded, boards; who takes the applications
    with django_assert_num_queries(11):
        listed(client)


def test_list_without_answers_or_profile_leads_to_the_questions(client):
    response = client.get(LIST)
    assert [response.status_code, response["Location"]] == [302, "/"]


def test_list_with_unusable_answers_leads_back_to_them(client):
    market(1)
    response = listed(client, ck="999", fails="many")
    assert response.status_code == 302
    page = client.get(response["Location"]).content.decode()
    assert "error-summary" in page
    assert 'value="999"' in page


def test_list_of_a_saved_profile_needs_no_answers(client):
    market(2, visa_j1="yes")
    remember(client, profile(specialties=("140", "120")))
    page = client.get(LIST).content.decode()
    assert "<h1>Internal Medicine</h1>" in page
    assert "Step 2 CK 245" in page
    assert 'href="?specialty=120"' in page


def test_list_of_a_saved_profile_in_another_specialty(client):
    market(1)
    remember(client, profile())
    page = client.get(LIST, {"specialty": "120"}).content.decode()
    assert "<h1>Family Medicine</h1>" in page
    assert "No program of this specialty is in the data yet" in page


def test_list_national_rule_excludes_everything_and_says_which(client):
    market(2, visa_h1b="yes")
    page = listed(client, visa="h1b").content.decode()
    assert "Tell more" in page
    remember(client, profile(visa_need="h1b"))
    page = client.get(LIST).content.decode()
    assert "All 2 programs are excluded as things stand" in page
    assert "Step 3 needed for H-1B" in page


def test_list_programs_with_preliminary_positions_only_are_counted(client):
    market(2)
    Program.objects.filter(name="Invented Hospital 002").update(track_types="P")
    assert "Not ranked: 1 program of this specialty" in listed(client).content.decode()


def test_list_program_names_cannot_inject_markup(client):
    market(1)
    Program.objects.update(name="<script>alert(1)</script>")
    page = listed(client).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


TEXT = st.one_of(st.text(max_size=12), st.sampled_from(["140", "j1", "0", "-1", "1e9", "²", "\x00", "safer", "None", "9" * 400]))
KEYS = ["specialty", "type", "ck", "ck_none", "fails", "visa", "page", "tier", "state", "ptype", "sponsors", "img", "q", "excluded_by", "sort", "x"]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.dictionaries(st.sampled_from(KEYS), TEXT, max_size=5))
def test_list_hand_edited_address_is_never_an_error(client, changes):
    if not Program.objects.exists():
        market(2, visa_j1="yes")
    response = client.get(f"{LIST}?{urlencode(ANSWERS | changes)}")
    assert response.status_code in {200, 302}
