"""Placing signals: within the limit, on programs that can take one, whoever comes first."""

import pytest

from matching.choices import Standing
from matching.models import ListChange, ListEntry
from matching.services.editing import ListConflict, undo_last
from matching.services.entry_fields import ListError
from matching.services.signals import limits_of, place
from programs.models import SignalLimit
from tests.matching.building import both_at_once, change, limit, shelf
from tests.matching.recomputing import applicant, key, listed, recompute, state
from tests.programs.builders import query_count


@pytest.fixture
def owner(db):
    shelf()
    limit()
    owner = applicant()
    listed(owner, 1, 2, 3, 4, 5)
    return owner


def send(owner, signals, **more):
    signals = {key(number): kind for number, kind in signals.items()}
    return place(by="visitor", profile=owner, match_year=2027, signals=signals, said="placed", **more)


def sent():
    return {int(one.program.key[-5:]): one.signal for one in ListEntry.objects.select_related("program") if one.signal}


def test_place_sets_signals_as_one_change_that_undo_takes_back(owner):
    changes = ListChange.objects.count()
    send(owner, {1: "gold", 2: "silver", 3: "silver"})
    assert (sent(), ListChange.objects.count() - changes) == ({1: "gold", 2: "silver", 3: "silver"}, 1)
    undo_last(by="visitor", profile=owner, match_year=2027)
    assert sent() == {}


def test_signal_is_moved_and_taken_back(owner):
    send(owner, {1: "gold"})
    send(owner, {1: "", 2: "gold"})
    assert sent() == {2: "gold"}
    send(owner, {2: "silver"})
    send(owner, {2: ""})
    assert sent() == {}


def test_more_than_the_limit_is_refused_and_nothing_is_written(owner):
    send(owner, {1: "gold"})
    with pytest.raises(ListError, match="The one gold signal is placed already"):
        send(owner, {2: "gold", 3: "silver"})
    assert sent() == {1: "gold"}


def test_signals_over_a_limit_that_fell_can_still_be_taken_back_one_by_one(owner):
    send(owner, {1: "silver", 2: "silver"})
    SignalLimit.objects.update(silver=0)
    send(owner, {1: ""})
    with pytest.raises(ListError, match="All 0 silver signals are placed already"):
        send(owner, {1: "silver"})
    assert sent() == {2: "silver"}


@pytest.mark.parametrize(("number", "text"), [(21, "excluded"), (6, "not on it"), (7, "not on it")])
def test_programs_that_exclude_or_are_not_on_the_list_take_none(owner, number, text):
    change(owner, {21: {}, 7: {"standing": Standing.SUGGESTED}})
    with pytest.raises(ListError, match=text):
        send(owner, {number: "silver"})
    assert sent() == {}


def test_program_that_takes_no_part_takes_none(owner):
    state(1, signals_used="no")
    recompute()
    with pytest.raises(ListError, match="takes no part in signals"):
        send(owner, {1: "silver"})


def test_kind_that_the_specialty_has_not_is_refused(owner):
    with pytest.raises(ListError, match="no such signal: it has gold signals and silver signals"):
        send(owner, {1: "single"})
    with pytest.raises(ListError, match="no such signal"):
        send(owner, {1: "platinum"})


def test_limit_that_is_not_known_lets_none_be_placed(owner):
    SignalLimit.objects.all().delete()
    with pytest.raises(ListError, match="is not known"):
        send(owner, {1: "single"})


def test_newest_limit_of_an_earlier_season_counts(owner):
    SignalLimit.objects.update(season=2025)
    limit(season=2024, gold=5, silver=5)
    with pytest.raises(ListError, match="The one gold signal is placed already"):
        send(owner, {1: "gold", 2: "gold"})


def test_change_that_the_reader_has_not_seen_is_not_written_over(owner):
    seen = owner.lists.get().version
    send(owner, {1: "gold"})
    with pytest.raises(ListConflict):
        send(owner, {1: "silver"}, seen=seen)
    assert sent() == {1: "gold"}


def test_season_that_is_over_is_refused(owner):
    with pytest.raises(ListError, match="2026"):
        place(by="visitor", profile=owner, match_year=2026, signals={}, said="x")


def test_queries_do_not_grow_with_signals(owner):
    one = query_count(lambda: send(owner, {1: "gold"}))
    assert query_count(lambda: send(owner, {1: "", 2: "gold", 3: "silver", 4: "silver"})) == one


def test_limits_of_gives_kinds_the_weightiest_first():
    assert [list(limits_of(one).items()) for one in (SignalLimit(gold=3, silver=12), SignalLimit(single=5), None)] == [
        [("gold", 3), ("silver", 12)],
        [("single", 5)],
        [],
    ]


def tab(owner, number, told):
    """Place the gold signal, and note what came of it."""
    try:
        send(owner, {number: "gold"})
        told.append("placed")
    except ListError:
        told.append("refused")


@pytest.mark.django_db(transaction=True)
def test_two_tabs_do_not_share_the_last_signal():
    shelf()
    limit()
    owner, told = applicant(), []
    listed(owner, 1, 2)
    both_at_once(lambda: tab(owner, 1, told), lambda: tab(owner, 2, told))
    assert (sorted(told), list(sent().values())) == (["placed", "refused"], ["gold"])
