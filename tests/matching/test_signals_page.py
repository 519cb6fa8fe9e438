"""Signals as a page: counted, suggested with a range, placed and taken back."""

import re

import pytest
from django.utils.html import strip_tags

from matching.engine.placing import Effect, Ends
from matching.models import ListEntry
from matching.presenters.signals import effect_in_words, match_in_words
from matching.views.signals import CHANGED
from programs.models import SignalLimit
from tests.applicants.visiting import said, visit
from tests.matching.builders import add_programs
from tests.matching.building import change, limit, shelf
from tests.matching.recomputing import applicant, key, listed, recompute, state
from tests.programs.builders import query_count

pytestmark = pytest.mark.django_db
SIGNALS, PLACE = "/list/signals/", "/list/signals/place/"


@pytest.fixture
def owner(client):
    shelf()
    saved = applicant()
    visit(client, saved.pk)
    return saved


@pytest.fixture
def listing(owner):
    """A list of five with an excluded one, and one gold and two silver signals."""
    limit()
    listed(owner, 1, 2, 3, 4, 5, 21)
    return owner


def words(response):
    return " ".join(strip_tags(response.content.decode()).split())


def press(client, owner, **pressed):
    return client.post(PLACE, {"seen": owner.lists.get().version} | pressed)


def sent():
    return {int(one.program.key[-5:]): one.signal for one in ListEntry.objects.select_related("program") if one.signal}


def test_counter_source_and_suggestions_are_shown(client, listing):
    change(listing, {5: {"signal": "silver"}})
    text = words(client.get(SIGNALS))
    assert "Internal Medicine 0 of 1 gold, 1 of 2 silver used" in text
    assert "Limit: made up for tests, as of 1 Sep 2026." in text
    assert (text.count("suggested"), "Place all 2 suggested" in text) == (5, True)  # both sentences, the button, and both programs
    assert re.search(r"The signals you placed add .+ \(.+ to .+\) and 1 match in \d+ \(.+ to 1 in \d+\)\. With those suggested as well:", text)
    assert "confidence is low" in text


def test_what_my_list_is_said_to_say_is_what_it_says_once_all_are_placed(client, listing):
    said_before = words(client.get(SIGNALS))
    told = re.search(r"My list says: match chance (about .+?) now, (about .+?) with those suggested\. As long as no signal is placed", said_before)
    assert f"match chance {told[1]} (" in words(client.get("/list/"))
    press(client, listing, suggested="140")
    assert f"match chance {told[2]} (" in words(client.get("/list/"))
    assert f"My list says: match chance {told[2]} now." in words(client.get(SIGNALS))
    assert "As long as no signal is placed" not in words(client.get(SIGNALS))


def test_signals_that_add_most_come_first_and_excluded_programs_are_folded(client, listing):
    html = client.get(SIGNALS).content.decode()
    shown, folded = html.split("Other programs of your list")
    silver = [float(found.replace(",", "")) for found in re.findall(r"1 match in ([\d,]+)\s*<span class=\"build-rows__range", shown)][1:]
    assert (silver == sorted(silver), key(21) in shown, key(21) in folded) == (True, False, True)


def test_without_a_signal_nothing_is_said_of_their_worth(client, owner):
    listed(owner, 1)
    text = words(client.get(SIGNALS))
    assert ("My list says" in text, "confidence is low" in text) == (False, False)


def test_excluded_program_has_no_button_and_says_why(client, listing):
    html = client.get(SIGNALS).content.decode()
    assert (f'value="{key(21)}:' in html, "excluded: a signal would be lost here" in html) == (False, True)
    assert f'id="signal-{key(1)}-gold"' in html


def test_program_that_takes_no_part_has_no_button(client, listing):
    state(1, signals_used="no")
    recompute()
    html = client.get(SIGNALS).content.decode()
    assert (f'value="{key(1)}:' in html, "takes no part in signals" in html) == (False, True)


def test_signal_is_placed_moved_and_taken_back(client, listing):
    assert said(press(client, listing, set=f"{key(2)}:gold")) == ["Invented Hospital 002: gold signal placed."]
    assert sent() == {2: "gold"}
    html = client.get(SIGNALS).content.decode()
    assert re.search(rf'id="signal-{key(2)}-gold" name="set" value="{key(2)}:" aria-pressed="true"', html)
    press(client, listing, set=f"{key(2)}:silver")
    assert sent() == {2: "silver"}
    press(client, listing, set=f"{key(2)}:")
    assert (sent(), listing.lists.get().changes.first().said) == ({}, "Invented Hospital 002: signal taken back")


def test_over_the_limit_is_refused_with_what_to_do(client, listing):
    press(client, listing, set=f"{key(2)}:gold")
    response = press(client, listing, set=f"{key(3)}:gold")
    assert said(response)[-1] == "The one gold signal is placed already: take one back first, then place it elsewhere."
    assert sent() == {2: "gold"}


def test_all_suggestions_are_placed_at_once(client, listing):
    assert said(press(client, listing, suggested="140")) == ["3 signals placed as suggested."]
    assert sorted(sent().values()) == ["gold", "silver", "silver"]
    assert "1 of 1 gold, 2 of 2 silver used" in words(client.get(SIGNALS))
    assert "All signals are placed." in words(client.get(SIGNALS))


def test_suggestions_of_a_list_that_changed_since_are_refused(client, listing):
    response = press(client, listing, suggested="140", seen=0)
    assert (said(response), sent()) == ([CHANGED], {})
    assert said(press(client, listing, suggested="999"))[-1] == "Nothing is suggested there now, so nothing was placed."


def test_htmx_gets_the_part_with_what_happened_read_aloud(client, listing):
    response = client.post(PLACE, {"seen": listing.lists.get().version, "set": f"{key(2)}:gold"}, headers={"HX-Request": "true"})
    html = response.content.decode()
    assert (html.strip().startswith('<div id="signals"'), "Invented Hospital 002: gold signal placed." in html, "1 of 1 gold" in html) == (True, True, True)


@pytest.mark.parametrize("posted", [{}, {"set": "nonsense"}, {"set": "1400500001:platinum"}, {"set": ":"}])
def test_nonsense_is_refused_and_changes_nothing(client, listing, posted):
    assert (press(client, listing, **posted).status_code, sent()) == (302, {})


def test_limit_of_an_earlier_season_or_second_hand_is_marked(client, listing):
    SignalLimit.objects.update(season=2025, source_kind=SignalLimit.SourceKind.SECONDARY)
    text = words(client.get(SIGNALS))
    assert "The number for 2027 is not known here: this one is of 2025. This number comes second-hand" in text


def test_limit_that_is_not_known_is_said(client, owner):
    listed(owner, 1)
    text = words(client.get(SIGNALS))
    assert ("How many signals this specialty has is not known here" in text, "No signal can be suggested" in text) == (True, True)


def test_more_placed_than_there_are_is_said(client, listing):
    change(listing, {1: {"signal": "gold"}, 2: {"signal": "gold"}})
    assert "2 of 1 gold" in words(client.get(SIGNALS))
    assert "More are placed than there are: take some back." in words(client.get(SIGNALS))


def test_who_has_no_list_is_told_what_to_do(client, owner):
    assert "Put programs on your list first." in words(client.get(SIGNALS))
    client.cookies.clear()
    assert "Answer five questions" in words(client.get(SIGNALS))
    assert client.post(PLACE, {"set": f"{key(1)}:gold"})["Location"] == SIGNALS


def test_link_to_the_button_leads_back(client, listing):
    assert client.get(PLACE)["Location"] == SIGNALS


def test_queries_do_not_grow_with_entries(client, owner):
    limit()
    listed(owner, 1)
    client.get(SIGNALS)
    few = query_count(lambda: client.get(SIGNALS))
    add_programs(range(40, 55), visa_j1="yes")
    listed(owner, *range(2, 9), *range(40, 55), 21)
    change(owner, {1: {"signal": "gold"}})
    client.get(SIGNALS)
    assert query_count(lambda: client.get(SIGNALS)) == few


def test_effects_are_told_with_their_ranges():
    effect = Effect(Ends(0.1, 1.0, 2.04), Ends(0.0001, 0.02, 0.1))
    assert effect_in_words(effect) == "about 1 interview on average (0.1 to 2) and 1 match in 50 (up to 1 in 10)"
    assert match_in_words(Effect(Ends(0, 0, 0), Ends(0, 0, 0))) == "nothing"
