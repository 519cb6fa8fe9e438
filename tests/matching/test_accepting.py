"""Taking a proposal over: whole, in part, as suggestions; and never one that is out of date."""

from dataclasses import replace

import pytest

from applicants.queries import profile_data
from applicants.services import save_profile
from matching.choices import Standing
from matching.models import ListChange, ListEntry
from matching.services.accepting import StaleProposalError, accept
from matching.services.editing import change_list, undo_last
from matching.services.entry_fields import ListError
from smartpick.models import AuditEvent
from tests.matching.building import both_at_once, change, numbers, proposed, shelf
from tests.matching.recomputing import applicant, key, listed, state

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(db):
    shelf()
    return applicant()


def take(owner, proposal, *, seen=None, add=None, off=None, by="visitor", **more):
    add = {pick.key for pick in proposal.added} if add is None else {key(number) for number in add}
    off = {line.key for line, _ in proposal.off} if off is None else {key(number) for number in off}
    reasons = {pick.key: "adds most" for pick in proposal.added}
    return accept(
        by=by, profile=owner, match_year=2027, proposal=proposal, seen=proposal.digest if seen is None else seen, add=add, off=off, reasons=reasons, **more
    )


def entries():
    return {int(one.program.key[-5:]): (one.standing, one.reason) for one in ListEntry.objects.select_related("program")}


def test_whole_proposal_is_one_change_that_undo_takes_back(owner):
    listed(owner, 7, 8)
    before, changes = entries(), ListChange.objects.count()
    saved = take(owner, proposed(owner, most=3))
    assert entries() == dict.fromkeys((1, 2, 3), ("added", "adds most"))
    assert (ListChange.objects.count() - changes, saved.changes.first().said) == (1, "Proposal taken over: 3 added, 2 taken off")
    assert proposed(owner, most=3).same
    undo_last(by="visitor", profile=owner, match_year=2027)
    assert entries() == before


def test_only_what_is_ticked_is_taken_over(owner):
    listed(owner, 7, 8)
    take(owner, proposed(owner, most=3), add=[2, 5], off=[8])  # 5 is no part of it
    assert sorted(entries()) == [2, 7]


def test_kept_as_suggestions_nothing_goes(owner):
    listed(owner, 7)
    take(owner, proposed(owner, most=2), as_suggestions=True)
    assert entries() == {7: ("added", ""), 1: ("suggested", "adds most"), 2: ("suggested", "adds most")}


def test_suggested_entry_becomes_an_application(owner):
    change(owner, {1: {"standing": Standing.SUGGESTED, "note": "call them"}})
    take(owner, proposed(owner, most=1))
    assert (entries(), ListEntry.objects.get().note) == ({1: ("added", "adds most")}, "call them")


def test_who_has_no_list_gets_one(owner):
    take(owner, proposed(most=2))
    assert sorted(entries()) == [1, 2]


def test_nothing_chosen_is_refused(owner):
    with pytest.raises(ListError, match="tick at least one program"):
        take(owner, proposed(most=2), add=[], off=[])


def test_another_proposal_than_the_one_seen_is_refused(owner):
    with pytest.raises(StaleProposalError, match="nothing was taken over"):
        take(owner, proposed(most=2), seen=proposed(most=3).digest)
    assert entries() == {}


def test_change_of_the_list_or_of_the_data_makes_a_proposal_stale(owner):
    listed(owner, 7)
    found = proposed(owner, most=2)
    change_list(by="visitor", profile=owner, match_year=2027, edits={key(7): {"note": "x"}}, said="noted")
    with pytest.raises(StaleProposalError):
        take(owner, found)
    found = proposed(owner, most=2)
    state(1, visa_j1="no")
    with pytest.raises(StaleProposalError):
        take(owner, found)
    assert sorted(entries()) == [7]
    assert numbers(proposed(owner, most=2).added) == [2, 3]


def test_change_of_the_profile_makes_a_proposal_stale_even_where_the_same_programs_come(owner):
    listed(owner, 1)
    found = proposed(owner, most=2)
    save_profile(by="visitor", data=replace(profile_data(owner), graduation_year=2005), profile=owner)
    again = proposed(owner, most=2)
    assert (numbers(again.added) == numbers(found.added), again.digest == found.digest) == (True, False)
    with pytest.raises(StaleProposalError):
        take(owner, found)
    with pytest.raises(StaleProposalError):
        take(owner, again, seen=found.digest)
    assert sorted(entries()) == [1]


def tab(owner, proposal, told):
    """Take a proposal over, and note what came of it."""
    try:
        take(owner, proposal)
        told.append("taken over")
    except StaleProposalError:
        told.append("refused")


@pytest.mark.django_db(transaction=True)
def test_two_tabs_take_a_proposal_over_once():
    shelf()
    owner, told = applicant(), []
    listed(owner, 7, 8)
    found = [proposed(owner, most=3) for _ in range(2)]
    assert len({one.digest for one in found}) == 1
    both_at_once(*(lambda one=one: tab(owner, one, told) for one in found))
    assert (sorted(told), sorted(entries()), owner.lists.get().changes.filter(said__startswith="Proposal").count()) == (["refused", "taken over"], [1, 2, 3], 1)


def test_season_that_is_over_is_refused(owner):
    with pytest.raises(ListError, match="2026"):
        accept(by="visitor", profile=owner, match_year=2026, proposal=proposed(most=1), seen="", add=(), off=(), reasons={})


def test_somebody_else_leaves_an_audit_event(owner):
    take(owner, proposed(most=2), by="advisor@example.org")
    assert list(AuditEvent.objects.filter(verb="list:build").values_list("by", flat=True)) == ["advisor@example.org"]
