"""The one sentence of advice, from the numbers of a list alone."""

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from matching.engine.balance import balance
from matching.engine.tiers import Tier
from matching.presenters.advice import Advice, ListFacts, Tail, advice


def facts(reach=10, middle=20, safer=10, **changes):
    portions = balance({Tier.REACH: reach, Tier.MIDDLE: middle, Tier.SAFER: safer})
    values = {"applications": reach + middle + safer + changes.get("excluded", 0), "portions": portions, "match": 0.9} | changes
    return ListFacts(**values)


# One fact out of the ordinary each: what is said, and where its link leads.
CASES = {
    "empty": (facts(0, 0, 0), "Nothing is on your list yet: let one be built for a number or a budget, then change what you like.", "matching:build", ""),
    "empty with suggestions": (
        facts(0, 0, 0, suggested=2),
        "Nothing is on your list yet, and 2 suggestions wait for your answer.",
        "matching:list",
        "#suggested",
    ),
    "excluded": (
        facts(excluded=3, excluded_usd=90),
        "3 programs on your list exclude you: see why, then take them off, and save $90.",
        "matching:list",
        "?tier=excluded",
    ),
    "one excluded, price not known": (
        facts(excluded=1),
        "1 program on your list excludes you: see why, then take it off.",
        "matching:list",
        "?tier=excluded",
    ),
    "not ranked": (facts(not_ranked=1), "1 program on your list cannot be ranked, so nothing is counted for it: see why.", "matching:list", "?tier=none"),
    "only reaches": (
        facts(14, 0, 0),
        "All 14 open programs on your list are reaches: look for likelier ones before you pay, or see what would change the chances.",
        "matching:what-if",
        "",
    ),
    "suggestions": (facts(suggested=1), "1 suggestion waits for your answer.", "matching:list", "#suggested"),
    "no signals": (
        facts(no_signals=("Internal Medicine",)),
        "Internal Medicine takes signals, and you have placed none there: few things move a chance more.",
        "matching:signals",
        "",
    ),
    "few safer": (
        facts(20, 36, 4),
        "4 of your 60 open programs are safer, against 25% in your target: about 11 more would get there.",
        "matching:ranked",
        "?tier=safer",
    ),
    "few safer, fewer left": (
        facts(20, 36, 4, safer_left=3),
        "4 of your 60 open programs are safer, against 25% in your target: 3 more are to be found.",
        "matching:ranked",
        "?tier=safer",
    ),
    "few safer, none left": (
        facts(20, 36, 4, safer_left=0, doubtful=30),
        "At 30 of 60 open programs something not known could still exclude you: ask them before you pay.",
        "matching:list",
        "?facts=doubtful",
    ),
    "too few": (
        facts(5, 10, 5, usual=100, match=0.42),
        "20 open programs bring a match chance of about 4 in 10; about 100 applications are usual.",
        "matching:build",
        "",
    ),
    "crowded": (
        facts(14, 28, 14, safer_states=(("NY", 7), ("NJ", 4), ("OH", 3))),
        "11 of 14 safer programs are in two states (NY and NJ): widen the region.",
        "matching:ranked",
        "?tier=safer",
    ),
    "crowded in one": (facts(safer_states=(("NY", 10),)), "10 of 10 safer programs are in one state (NY): widen the region.", "matching:ranked", "?tier=safer"),
    "in doubt": (
        facts(doubtful=12),
        "At 12 of 40 open programs something not known could still exclude you: ask them before you pay.",
        "matching:list",
        "?facts=doubtful",
    ),
    "long tail": (
        facts(tail=Tail(10, 0.004, 300)),
        "Your 10 least likely programs together add less than 1 in 100 to the match chance and cost $300.",
        "matching:list",
        "?sort=chance",
    ),
    "nothing": (facts(), "Nothing stands out against this list. See how its chance moves if you change the number or the budget.", "matching:build", ""),
}


@pytest.mark.parametrize("case", CASES)
def test_advice_of_a_list_with_one_thing_out_of_the_ordinary(case):
    given_facts, sentence, page, query = CASES[case]
    found = advice(given_facts)
    assert (found.sentence, found.page, found.query) == (sentence, page, query)
    assert found.action


@pytest.mark.parametrize(
    ("changes", "silent"),
    [
        ({"safer_states": (("NY", 4), ("NJ", 2), ("OH", 4))}, "states"),
        ({"doubtful": 9}, "not known"),
        ({"tail": Tail(10, 0.02, 300)}, "least likely"),
        ({"usual": 60, "match": 0.4}, "usual"),
        ({"usual": 100, "match": 0.85}, "usual"),
    ],
)
def test_advice_keeps_silent_below_its_threshold(changes, silent):
    assert silent not in advice(facts(**changes)).sentence


def test_advice_on_a_list_just_begun_is_to_go_on_before_signals():
    begun = facts(2, 1, 0, no_signals=("Internal Medicine",), usual=100, match=0.01)
    assert advice(begun).sentence == "3 open programs bring a match chance of about 1 in 100; about 100 applications are usual."


def test_advice_says_what_is_worth_most_first():
    everything = facts(20, 36, 4, excluded=2, excluded_usd=60, suggested=3, no_signals=("Psychiatry",), doubtful=50)
    assert advice(everything).query == "?tier=excluded"


@pytest.mark.parametrize("page", sorted({case[2] for case in CASES.values()}))
def test_every_page_that_advice_leads_to_is_there(page):
    assert reverse(page).startswith("/list/")


COUNTS = st.integers(0, 200)


@given(st.tuples(COUNTS, COUNTS, COUNTS), COUNTS, COUNTS, st.none() | st.floats(0, 1))
def test_advice_always_has_one_sentence_with_an_action_and_no_promise(tiers, excluded, doubtful, match):
    found = advice(facts(*tiers, excluded=excluded, doubtful=min(doubtful, sum(tiers)), match=match, usual=100))
    assert isinstance(found, Advice)
    assert found.action
    assert not any(word in found.sentence for word in ("guarantee", "will match", "sure"))
