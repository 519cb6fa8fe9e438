"""Which programs may come on a proposed list at all."""

import numpy as np
import pytest

from matching.choices import Where
from matching.services.pools import Unsaved, Wish, pools_of
from matching.services.workspace import Workspace
from tests.matching.builders import profile
from tests.matching.building import OPEN, change, limit, shelf
from tests.matching.recomputing import applicant, key, state
from tests.programs.builders import query_count

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shelf(db):
    shelf()


def pool(owner=None, **wish):
    workspace = Workspace(owner.lists.get()) if owner else Unsaved(profile(), 2027)
    return pools_of(workspace, Wish(**wish))[0]


def test_who_has_no_list_is_offered_every_open_program():
    found = pool()
    assert [found.programs.keys[place] for place in found.positions] == [key(number) for number in OPEN]
    assert (found.locks, found.idle, found.barred) == (0, (), {})


def test_worth_is_full_in_the_places_and_what_is_not_given_up_elsewhere():
    there, elsewhere = (
        pool(where=Where.PREFER, states=frozenset(states), care=30).candidates(Wish(where=Where.PREFER, states=frozenset(states), care=30))
        for states in ({"OH"}, {"NY"})
    )
    assert (set(there.worth.tolist()), set(elsewhere.worth.tolist())) == ({1.0}, {0.7})
    assert np.array_equal(there.chances, elsewhere.chances)


def test_signals_count_only_where_programs_take_part():
    limit(single=2, gold=None, silver=None)
    owner = applicant()
    change(owner, {1: {}, 2: {}})
    without = pool(owner)
    state(3, signals_used="no")
    change(owner, {1: {"signal": "single"}})
    found = pool(owner)
    moved = {found.programs.keys[place]: float(by) for place, by in zip(found.positions, found.boost.mid, strict=True)}
    assert (moved[key(1)] > 0, moved[key(2)] < 0, moved[key(3)], moved[key(4)] < 0) == (True, True, 0.0, True)
    assert not without.boost.any


def test_pools_take_two_queries_more_than_their_workspace():
    limit()
    owner = applicant()
    change(owner, {1: {"signal": "gold"}})
    workspace = Workspace(owner.lists.get())
    assert workspace.signaled == {"140"}
    assert len(workspace.sets) == 1
    assert query_count(lambda: pools_of(workspace, Wish())) == 2
