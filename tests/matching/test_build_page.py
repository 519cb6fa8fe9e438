"""Build it for me as a page: everything in the address, the difference, and the buttons."""

import re
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.utils.html import strip_tags
from hypothesis import given
from hypothesis import strategies as st

from applicants.models import Profile
from applicants.queries import profile_data
from applicants.services import save_profile
from matching.choices import Standing
from matching.forms.build import CARE, LEAST_ONE_IN, MOST_ONE_IN, MOST_PROGRAMS, MOST_USD, ONE_IN, BuildForm
from matching.models import ListEntry
from matching.presenters.pick_words import NOTHING_APART, matches_in
from matching.services.accepting import STALE
from matching.services.editing import MOST_ENTRIES, change_list
from matching.services.pools import Wish
from programs.models import ApplicationFee, Program
from tests.applicants.visiting import said, visit
from tests.matching.builders import ANSWERS, add_programs
from tests.matching.building import OPEN, change, prices, shelf
from tests.matching.recomputing import applicant, key, listed, state
from tests.programs.builders import program, query_count, specialty
from tests.programs.builders import state as made_state

pytestmark = pytest.mark.django_db
BUILD, ACCEPT = "/list/build/", "/list/build/accept/"


@pytest.fixture
def owner(client):
    shelf()
    saved = applicant(preferred_states=("OH",))
    visit(client, saved.pk)
    return saved


def address(path=BUILD, **query):
    return f"{path}?{urlencode(query, doseq=True)}"


def words(response):
    return " ".join(strip_tags(response.content.decode()).split())


def ticked(response, name):
    """The numbers of the boxes of that name."""
    return [int(found[-5:]) for found in re.findall(rf'name="{name}" value="(\d+)" checked', response.content.decode())]


def accept(client, response, *, take="everything", **ticks):
    """Press a button of a page."""
    html = response.content.decode()
    action = re.search(r'method="post" action="([^"]+)"', html[html.index("build-difference") :] if "build-difference" in html else html)
    seen = re.search(r'name="seen" value="([^"]+)"', html).group(1)
    target = action.group(1).replace("&amp;", "&") if action else ACCEPT
    return client.post(target, {"seen": seen, "take": take} | {name: [key(number) for number in numbers] for name, numbers in ticks.items()})


def on_list():
    return sorted(int(one.program.key[-5:]) for one in ListEntry.objects.select_related("program") if one.standing == Standing.ADDED)


def test_page_answers_in_one_sentence_and_lists_what_comes_with_boxes_ticked(client, owner):
    listed(owner, 7, 8)
    response = client.get(address(budget=80))
    assert re.search(r"With \$80: 5 programs for \$74, match chance .+ \(range .+\), .+ interviews? on average\.", words(response))
    assert "5 to add, 2 to take off, 0 stay." in words(response)
    assert (ticked(response, "add"), sorted(ticked(response, "off"))) == ([1, 2, 3, 4, 5], [7, 8])
    assert re.search(r"adds least for its fee: (less than )?1 match in [\d,]+ for \$30", words(response))


def test_present_list_stands_beside_the_proposal(client, owner):
    listed(owner, 7, 8)
    text = words(client.get(address(where="any", number=3)))
    assert re.search(r"Proposal\s*Your list now Applications32 Fees\$33\$22 Interviews on average.* Match chance", text)


def test_budget_of_the_profile_is_the_default_and_without_one_the_page_says_how_far_it_goes(client, owner):
    text = words(client.get(BUILD))
    assert (
        "You set no budget and no number" in text,
        "As far as one more application adds at least 1 match in 500 applicants like you: 8 programs" in text,
    ) == (True, True)
    Profile.objects.update(budget_usd=22)
    assert "With $22: 2 programs for $22" in words(client.get(BUILD))
    assert "With at most 1 program: 1 program for $11" in words(client.get(address(where="any", number=1)))


def test_reasons_and_what_each_adds_are_told(client, owner):
    change(owner, {8: {"standing": Standing.LOCKED, "connection": "strong"}})
    text = words(client.get(address(where="any", number=2)))
    assert re.search(r"Invented Hospital 001\s*Toledo, OH .* 1 match in [\d,]+ high IMG share", text)
    assert "locked in by you, your strong connection there" in text


def test_entry_elsewhere_goes_for_its_place_where_places_are_preferred(client, owner):
    Program.objects.filter(key=key(8)).update(state=made_state("NY"))
    listed(owner, 1)
    text = words(client.get(address(where="prefer", states="NY", care=100, number=1)))
    assert ("others add more, and it is outside the places you chose" in text, "in a place you chose" in text) == (True, True)


def test_chart_marks_the_proposal_the_point_to_stop_and_the_present_list(client, owner):
    listed(owner, 7)
    html = client.get(address(where="any", number=3, one_in=100_000)).content.decode()
    assert [label in html for label in ("proposed: 3", "little more after 8", "your list now: 1")] == [True] * 3
    assert "number=8" in html


def test_proposal_that_is_cheaper_than_the_best_of_its_size_has_its_own_line_in_the_table(client, owner):
    prices("120", usd=(40, 40))
    for number in range(1, 7):
        program(f"12005{number:05d}", specialty=specialty("120"), name=f"Invented Clinic {number}", visa_j1=True, share_non_us_img=0.98)
    save_profile(by="visitor", data=replace(profile_data(owner), specialties=("140", "120")), profile=owner)
    text = words(client.get(address(where="any", budget=140)))
    assert "With $140: 7 programs for $134" in text
    assert re.search(r"7\$144about 1 in \d+7 as proposed\$134about 1 in \d+", text)
    assert ("it is cheaper than the best list of as many" in text, "as proposed" in words(client.get(address(where="any", number=7)))) == (True, False)


def test_empty_proposal_has_no_totals_beside_the_present_list(client, owner):
    listed(owner, 1)
    text = words(client.get(address(where="any", budget=5)))
    assert ("pays for no application" in text, "Your list now" in text, "8 times in 10" in text) == (True, False, False)


def test_locks_over_the_budget_are_told_in_figures(client, owner):
    change(owner, {number: {"standing": Standing.LOCKED} for number in (1, 2, 3)})
    text = words(client.get(address(where="any", budget=20)))
    assert "The 3 programs that stay (locked in by you) cost $33, more than the $20 you allow, so nothing else fits. Unlock some on My list" in text
    text = words(client.get(address(where="any", budget=90, number=2)))
    assert "The 3 programs that stay (locked in by you) are more than the 2 you allow, so nothing else fits." in text
    text = words(client.get(address(where="any", budget=20, number=2)))
    assert "cost $33, more than the $20 you allow and are more than the 2 you allow, so nothing else fits." in text


def test_programs_kept_as_asked_are_told_so_where_they_do_not_fit(client, owner):
    listed(owner, 1)
    text = words(client.get(address(where="any", budget=10, keep="on")))
    assert "The 1 program that stays (stays as you asked) costs $11, more than the $10 you allow, so nothing else fits. Allow more, or let some go." in text


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"where": "any", "budget": 10}, "$10 pays for no application: the first one costs $11."),
        ({"where": "only", "states": "NY"}, "No program in the places you chose is open to you: choose more places, or Anywhere."),
        ({"where": "prefer", "states": "NY", "care": 100}, "No program in the places you chose is open to you"),
    ],
)
def test_empty_proposal_says_why_and_what_to_do(client, owner, query, message):
    made_state("NY")
    text = words(client.get(address(**query)))
    assert (message in text, "To add" in text, "the list goes as far as" in text) == (True, False, False)


def test_specialty_without_rank_lists_stays_as_it_is_and_is_told_so(client, owner):
    program("2400500001", specialty=specialty("240"), name="Invented Eye Clinic")
    save_profile(by="visitor", data=replace(profile_data(owner), specialties=("240",)), profile=owner)
    change_list(by="visitor", profile=owner, match_year=2027, edits={"2400500001": {}}, said="added")
    text = words(client.get(address(where="any")))
    assert ("No list can be built here." in text, "1 match in 500 applicants" in text, "You set no budget" in text) == (True, False, False)
    assert "its specialty cannot be judged; so what it adds is not counted" in text
    assert re.search(r"What applications in [\w ]+ cost is not known, so dollars cannot be counted", text)


def test_every_program_closed_is_told_as_that(client, owner):
    for number in OPEN:
        state(number, visa_j1="no")
    assert "No program may come: each one excludes you as things stand" in words(client.get(address(where="any")))
    assert "or something that is not known could" in words(client.get(address(where="any", sure="on")))


def test_threshold_says_what_interviews_elsewhere_count_for(client, owner):
    made_state("NY")
    text = words(client.get(address(where="prefer", states="NY", care=70)))
    assert "1 match in 500 applicants like you, where interviews outside your places count for 30 in 100" in text
    assert "outside your places" not in words(client.get(address(where="prefer", states="NY", care=0)))


def test_usual_threshold_is_the_one_that_holds_unless_another_is_set(client, owner):
    text = words(client.get(address(where="any", number=6, one_in=50)))
    assert f"The usual value is {ONE_IN}: with applications at $30 each, a match gained there costs $15,000 in fees." in text
    assert Wish.one_in == ONE_IN


def test_prices_that_stand_in_are_marked(client, owner):
    ApplicationFee.objects.all().delete()
    prices(season=2026)
    prices(season=2027, usd=(11, None))
    assert "Not all prices of 2027 are published: those of 2026 stand in for them" in words(client.get(address(number=6, where="any")))


def test_without_any_price_only_a_number_can_be_asked_for(client, owner):
    ApplicationFee.objects.all().delete()
    text = words(client.get(address(budget=30, number=4, where="any")))
    assert "With at most 4 programs: 4 programs, match chance" in text
    assert "dollars cannot be counted: ask for a number of programs instead" in text


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"number": "301"}, "A list holds at most 300 programs: enter a number from 1 to 300"),
        ({"budget": "many"}, "Enter a whole number from 0 to 100000"),
        ({"where": "only"}, "Choose at least one region or state below, or Anywhere."),
        ({"where": "moon"}, "Choose one of the three."),
        ({"one_in": "3"}, "Enter a whole number from 10 to 100,000."),
        ({"care": "101"}, "Choose a number from 0 to 100."),
        ({"states": "ZZ"}, "Choose from the list only."),
    ],
)
def test_answers_that_make_no_sense_are_told_and_nothing_is_proposed(client, owner, query, message):
    response = client.get(address(**({"where": "any"} | query)))
    assert (message in words(response), "To add" in words(response), response.status_code) == (True, False, 200)


def test_htmx_gets_the_proposal_alone(client, owner):
    response = client.get(address(where="any", number=2), headers={"HX-Request": "true"})
    html = response.content.decode()
    assert (html.strip().startswith('<div id="proposal"'), "<h1>" in html, ticked(response, "add")) == (True, False, [1, 2])


# --- taking it over ---


def test_whole_proposal_is_taken_over_with_one_button(client, owner):
    listed(owner, 7)
    response = accept(client, client.get(address(where="any", number=2)))
    assert (response["Location"], on_list()) == ("/list/", [1, 2])
    assert said(response) == ["Proposal taken over: 2 added, 1 taken off. Undo takes it back."]
    assert re.match(r"adds (less than )?1 match in [\d,]+: high IMG share", ListEntry.objects.get(program__key=key(1)).reason)


def test_ticked_ones_alone_are_taken_over_or_kept_as_suggestions(client, owner):
    listed(owner, 7, 8)
    accept(client, client.get(address(where="any", number=3)), take="ticked", add=[2], off=[8])
    assert on_list() == [2, 7]
    accept(client, client.get(address(where="any", number=3)), take="suggestions", add=[1, 3], off=[7])
    assert (on_list(), ListEntry.objects.filter(standing=Standing.SUGGESTED).count()) == ([2, 7], 2)


def test_nothing_ticked_is_told(client, owner):
    response = accept(client, client.get(address(where="any", number=3)), take="ticked")
    assert said(response) == ["Nothing was chosen, so the list stays as it is: tick at least one program."]


def test_stale_proposal_is_refused_and_the_fresh_one_shown(client, owner):
    page = client.get(address(where="any", number=2))
    state(1, visa_j1="no")
    response = accept(client, page)
    assert (said(response), on_list()) == ([STALE], [])
    fresh = client.get(response["Location"])
    assert (ticked(fresh, "add"), STALE in words(fresh)) == ([2, 3], True)


def test_visitor_with_answers_sees_a_proposal_and_taking_it_over_makes_the_profile(client):
    shelf()
    page = client.get(address(number=2, where="any", **ANSWERS))
    assert ticked(page, "add") == [1, 2]
    response = accept(client, page)
    assert (on_list(), Profile.objects.count(), "saved as a profile" in said(response)[0]) == ([1, 2], 1, True)
    assert "by your saved profile" in words(client.get(address(number=2, where="any", **ANSWERS)))


def test_visitor_without_anything_is_led_to_the_questions(client):
    assert (client.get(BUILD)["Location"], client.post(ACCEPT)["Location"]) == ("/", "/list/build/?")


def test_link_to_the_button_leads_back(client, owner):
    assert client.get(f"{ACCEPT}?number=2")["Location"] == "/list/build/?number=2"
    assert client.post(f"{ACCEPT}?number=many&where=any")["Location"] == "/list/build/?number=many&where=any"


def test_queries_of_the_page_do_not_grow_with_entries(client, owner):
    listed(owner, 7)

    def ask():
        return client.get(address(where="any", number=6))

    ask()
    few = query_count(ask)
    add_programs(range(40, 60), visa_j1="yes")
    listed(owner, 1, 2, 3, 21, *range(40, 55))
    ask()
    assert query_count(ask) == few


def test_form_allows_as_many_programs_as_a_list_holds():
    assert MOST_PROGRAMS == MOST_ENTRIES


def test_places_are_states_of_regions_single_ones_and_the_preferred(client, owner):
    form = BuildForm(
        QueryDict("where=only&regions=West&states=NY&mine=on"),
        specialties=[("140", "Internal Medicine")],
        regions=[("West", [("CA", "California"), ("OR", "Oregon")]), ("Northeast", [("NY", "New York"), ("VT", "Vermont")])],
        preferred=("OH",),
    )
    assert form.is_valid()
    assert form.wish()["states"] == {"CA", "OR", "NY", "OH"}


ODD = st.sampled_from(
    ["", "0", "-1", "300", "1e5", "\u0663", "9" * 400, "NaN", "inf", "\x00", "NY", "West", "only", "prefer", "any", "on", "140", " 5 ", "1,000", "2.5"]
)


@given(st.dictionaries(st.sampled_from([*BuildForm.base_fields, "number[]", "seen"]), st.lists(ODD | st.text(max_size=5), max_size=3), max_size=8))
def test_form_takes_any_address_and_a_wish_keeps_within_its_limits(query):
    address = QueryDict(urlencode(query, doseq=True))
    places = [("West", [("CA", "California")]), ("Northeast", [("NY", "New York")])]
    defaults = {"specialties": ["140"], "where": "any", "care": CARE, "one_in": ONE_IN}
    form = BuildForm(BuildForm.answers(address, defaults), specialties=[("140", "Internal Medicine")], regions=places)
    if not form.is_valid():
        assert all(form.errors.values())
        return
    wish = form.wish()
    assert (wish["budget"] is None or 0 <= wish["budget"] <= MOST_USD, wish["most"] is None or 1 <= wish["most"] <= MOST_PROGRAMS) == (True, True)
    assert (0 <= wish["care"] <= 100, LEAST_ONE_IN <= wish["one_in"] <= MOST_ONE_IN, wish["states"] <= {"CA", "NY"}) == (True, True, True)
    assert wish["where"] == "any" or wish["states"]


@pytest.mark.parametrize("query", ["number=%00", "budget=%F0%9F%8F%A5", "states=NY&states=%00", "regions[]=West", "where=any%0A", "one_in=" + "9" * 300])
def test_odd_addresses_are_pages_and_accepting_them_leads_back(client, owner, query):
    assert "Build it for me" in words(client.get(f"{BUILD}?{query}"))
    assert client.post(f"{ACCEPT}?{query}", {"seen": "\x00", "take": "x", "add": ["\x00"]})["Location"].startswith(BUILD)


def test_gains_are_told_as_matches():
    assert [matches_in(gain) for gain in (0.005, 0.0001, 0.4, 0.99)] == [
        "1 match in 200",
        "less than 1 match in 1,000",
        "2 matches in 5",
        "more than 9 matches in 10",
    ]
    assert NOTHING_APART == "likelier than what is left out"
