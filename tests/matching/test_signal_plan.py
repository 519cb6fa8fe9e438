"""Where signals are suggested, and what they are said to do."""

import pytest

from matching.services.signal_plan import SignalPlan
from matching.services.workspace import Workspace
from programs.models import Program
from tests.matching.builders import add_programs
from tests.matching.building import change, limit, shelf
from tests.matching.recomputing import applicant, key, listed, recompute, state
from tests.programs.builders import query_count

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(db):
    shelf()
    return applicant()


def plan(owner):
    return SignalPlan(Workspace(owner.lists.get()))


def suggested(owner):
    return {int(program_key[-5:]): kind for program_key, kind in plan(owner).sheets[0].proposal.items()}


def test_signals_are_suggested_up_to_the_limit_never_on_excluded_ones_nor_on_those_that_take_no_part(owner):
    limit()
    listed(owner, 1, 2, 3, 4, 5, 21, 22)
    state(1, signals_used="no")
    recompute()
    found = suggested(owner)
    assert (sorted(found.values()), set(found) <= {2, 3, 4, 5}) == (["gold", "silver", "silver"], True)


def test_what_is_placed_is_kept_and_counted(owner):
    limit()
    listed(owner, 1, 2, 3, 4, 5)
    change(owner, {5: {"signal": "gold"}})
    sheet = plan(owner).sheets[0]
    assert (dict(sheet.placed), sorted(sheet.proposal.values()), key(5) in sheet.proposal) == ({"gold": 1}, ["silver", "silver"], False)


def test_effects_have_ends_in_order_and_what_is_placed_adds_less_than_all(owner):
    limit()
    listed(owner, 1, 2, 3, 4, 5)
    assert plan(owner).as_placed is None
    change(owner, {5: {"signal": "gold"}})
    found = plan(owner)
    assert 0 <= found.as_placed.match.low < found.as_placed.match.mid < found.as_placed.match.high
    assert found.as_placed.match.mid < found.with_all.match.mid
    assert set(found.sheets[0].effects) == {key(5), *found.sheets[0].proposal}


def test_match_with_all_is_that_of_the_list_once_all_are_placed(owner):
    limit()
    listed(owner, 1, 2, 3, 4, 5, 21)
    change(owner, {5: {"signal": "gold"}, 4: {"connection": "strong"}})
    found = plan(owner)
    change(owner, {int(program_key[-5:]): {"signal": kind} for program_key, kind in found.sheets[0].proposal.items()})
    after = plan(owner)
    assert found.match_with_all == pytest.approx(after.workspace.outlook.middle.match, abs=1e-9)
    assert after.match_with_all == pytest.approx(found.match_with_all, abs=1e-9)
    assert after.as_placed.match == pytest.approx(found.with_all.match, abs=1e-9)


def test_specialty_without_a_known_limit_suggests_nothing(owner):
    listed(owner, 1, 2)
    sheet = plan(owner).sheets[0]
    assert (sheet.limits, sheet.proposal, plan(owner).with_all) == ({}, {}, None)


def test_connection_counts_where_a_signal_goes(owner):
    limit(single=1, gold=None, silver=None)
    listed(owner, 1, 8)
    assert suggested(owner) == {1: "single"}
    Program.objects.filter(key=key(1)).update(signals_used=False)
    assert suggested(owner) == {8: "single"}


def test_queries_do_not_grow_with_entries(owner):
    limit()
    listed(owner, 1)

    def ask():
        found = plan(owner)
        return found.sheets, found.as_placed, found.with_all

    ask()
    few = query_count(ask)
    add_programs(range(40, 55), visa_j1="yes")
    listed(owner, *range(2, 9), *range(40, 55), 21)
    ask()
    assert query_count(ask) == few
