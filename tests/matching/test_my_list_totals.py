"""What My list comes to: the line of totals, what is not known, the cost, the advice and the target."""

import re

import pytest
from django.http import QueryDict

from matching.engine import Tier
from matching.models import ListEntry, ProgramList, ScoreSnapshot
from matching.presenters.advice import DOUBTFUL_QUERY, Advice
from matching.presenters.my_list import MyListPage
from matching.services.snapshots import refresh_profile
from matching.services.workspace import Workspace
from programs.models import ApplicationFee, ApplicationService, SignalLimit
from tests.applicants.visiting import said, visit
from tests.matching.builders import add_programs, market
from tests.matching.recomputing import applicant, listed
from tests.matching.working import HTMX, LIST, TARGET, edited, numbers, totals, words
from tests.programs.builders import SOURCED

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client):
    market(4, visa_j1="yes")
    saved = applicant()
    visit(client, saved.pk)
    return saved


def test_totals_are_one_line_of_natural_frequencies(client, owner):
    listed(owner, 1, 2, 3, 4)
    line = totals(client.get(LIST))
    assert re.fullmatch(r"From this list of 4: about [\d.]+ interviews \([\w ]+\) · match chance (about )?[\w ]+ in [\d,]+ \([\w, ]+\) · cost not known", line)


def test_totals_of_excluded_programs_alone_say_so_once(client, owner):
    add_programs([8], visa_j1="no")
    listed(owner, 8)
    response = client.get(LIST)
    assert totals(response) == "From this list of 1: no interviews expected · cost not known"
    assert "balance__bar" not in response.content.decode()


def test_totals_follow_connection_and_signal(client, owner):
    listed(owner, 1, 2, 3, 4)
    before = Workspace(ProgramList.objects.get()).outlook
    edited(owner, n1={"connection": "strong", "signal": "gold"})
    after = Workspace(ProgramList.objects.get()).outlook
    assert after.high.match > before.high.match
    assert after.middle.expected > before.middle.expected


def test_totals_count_key_facts_that_are_not_known(client, owner):
    listed(owner, 1, 2)
    # Ten facts decide about a non-U.S. IMG; of these programs the J-1 alone is known.
    assert "Key facts unknown at 2 of 2 programs, 9 of 10 on average." in words(client.get(LIST))


def test_totals_of_one_program_count_its_facts_alone(client, owner):
    listed(owner, 1)
    assert "9 of 10 key facts unknown." in words(client.get(LIST))


def test_totals_say_nothing_that_the_advice_says(client, owner, monkeypatch):
    add_programs([5, 6])  # nobody says whether they sponsor the visa
    listed(owner, 5, 6)
    assert "At 2 something not known could still exclude you: show them." in words(client.get(LIST))
    monkeypatch.setattr("matching.presenters.my_list_totals.advice", lambda facts: Advice("Ask them.", "Show them", "matching:list", DOUBTFUL_QUERY))
    assert "something not known could still exclude you" not in words(client.get(LIST))


def priced(*steps):
    """The fees of Internal Medicine: (season, from, to, dollars) each."""
    ApplicationService.objects.create(specialty_id="140", season=2027, service="ERAS", **SOURCED)
    for season, first, last, usd in steps:
        ApplicationFee.objects.create(service="ERAS", season=season, from_program=first, to_program=last, fee_usd=usd, **SOURCED)


def test_cost_is_that_of_the_fee_schedule(client, owner):
    priced((2027, 1, 2, 11), (2027, 3, None, 30))
    listed(owner, 1, 2, 3)
    response = client.get(LIST)
    assert totals(response).endswith("· $52")
    assert "Internal Medicine, 3 programs through ERAS: $52" in words(response)
    assert "stand in" not in words(response)


def test_prices_that_stand_in_are_marked(client, owner):
    priced((2026, 3, None, 30), (2027, 1, 2, 11), (2027, 3, None, None))
    listed(owner, 1, 2, 3)
    response = client.get(LIST)
    assert totals(response).endswith("· $52*")
    assert "* Not all prices of 2027 are published; those of 2026 stand in for them." in words(response)


def test_advice_leads_to_where_one_can_act_on_it(client, owner):
    add_programs([8], visa_j1="no")
    priced((2027, 1, 2, 11), (2027, 3, None, 30))
    listed(owner, 1, 2, 8)
    response = client.get(LIST)
    assert "1 program on your list excludes you: see why, then take it off, and save $30. Show it" in words(response)
    assert numbers(client.get("/list/?tier=excluded")) == [8]


def test_advice_counts_signals_that_are_not_placed(client, owner):
    SignalLimit.objects.create(specialty_id="140", season=2027, gold=3, silver=12, **SOURCED)
    add_programs(range(5, 11), visa_j1="yes")
    listed(owner, *range(1, 11))
    assert "Internal Medicine takes signals, and you have placed none there" in words(client.get(LIST))
    edited(owner, n1={"signal": "gold"})
    assert "takes signals" not in words(client.get(LIST))


def test_safer_programs_left_are_those_that_are_no_entry(client, owner):
    refresh_profile(owner)
    listed(owner, 1)
    ListEntry.objects.update(tier=Tier.SAFER)
    ScoreSnapshot.objects.update(tier=bytes([Tier.SAFER, Tier.MIDDLE, Tier.SAFER, Tier.SAFER]))
    assert MyListPage(ProgramList.objects.get(), QueryDict()).totals.facts.safer_left == 2
    ScoreSnapshot.objects.all().delete()
    assert MyListPage(ProgramList.objects.get(), QueryDict()).totals.facts.safer_left is None


def test_end_of_a_long_list_is_told_with_what_it_adds(client):
    market(40, visa_j1="yes")
    saved = applicant()
    visit(client, saved.pk)
    priced((2027, 1, 30, 11), (2027, 31, None, 30))
    listed(saved, *range(1, 41))
    tail = MyListPage(ProgramList.objects.get(), QueryDict()).totals.facts.tail
    assert (tail.count, tail.usd) == (10, 300)
    assert 0 < tail.adds < 0.2


def test_target_is_kept_shown_and_taken_back(client, owner):
    listed(owner, 1)
    assert said(client.post(TARGET, {"reach": "20", "middle": "50", "safer": "30"}))[-1] == "Your target is kept."
    assert "target 30%" in words(client.get(LIST))
    assert "Your target: change it" in words(client.get(LIST))
    client.post(TARGET, {"usual": "1"})
    assert "The usual target: change it" in words(client.get(LIST))


@pytest.mark.parametrize(
    ("posted", "told"),
    [
        ({"reach": "20", "middle": "50", "safer": "31"}, "The three percentages make 101 together: change one of them so that they make 100."),
        ({"reach": "x", "middle": "50", "safer": "50"}, "Enter a whole number from 0 to 100."),
        ({}, "Enter a whole number from 0 to 100."),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_target_that_makes_no_hundred_is_told_with_what_was_typed(client, owner, posted, told, headers):
    listed(owner, 1)
    response = client.post(TARGET, posted, headers=headers)
    assert told in words(response)
    assert all(f'value="{value}"' in response.content.decode() for value in posted.values())
    assert ProgramList.objects.get().target_safer is None
