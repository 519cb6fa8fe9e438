"""A proposed list: what it may, must and must not hold, and how it differs from the present one."""

from dataclasses import replace

import pytest

from applicants.queries import profile_data
from applicants.services import save_profile
from matching.adapters import forget_programs
from matching.choices import Connection, Standing, Step, Where
from matching.models import ListEntry, ProgramList, SeasonStep
from matching.services.accepting import accept
from matching.services.build import propose
from matching.services.pools import Unsaved, Wish
from matching.services.workspace import Workspace
from programs.models import Program
from tests.matching.builders import add_programs, profile
from tests.matching.building import OPEN, change, numbers, prices, proposed, shelf
from tests.matching.recomputing import applicant, key, listed
from tests.programs.builders import program, query_count, specialty, state

pytestmark = pytest.mark.django_db


def add_programs_of(code):
    """Six programs of another specialty."""
    for number in range(1, 7):
        program(f"{code}05{number:05d}", specialty=specialty(code), name=f"Invented Clinic {number}", visa_j1=True)


@pytest.fixture(autouse=True)
def _shelf(db):
    shelf()


@pytest.fixture
def owner():
    return applicant()


def test_budget_buys_the_likeliest_programs_that_it_pays_for():
    found = proposed(budget=80)
    assert (sorted(numbers(found.picks)), found.bill.usd, found.size) == ([1, 2, 3, 4, 5], 74, 5)


def test_number_takes_so_many():
    assert sorted(numbers(proposed(most=3).picks)) == [1, 2, 3]


def test_budget_and_number_hold_both():
    assert [proposed(budget=80, most=2).size, proposed(budget=22, most=7).size] == [2, 2]


def test_without_either_it_goes_as_far_as_the_next_application_adds_enough():
    found = proposed(one_in=100_000)
    assert (found.size, found.stop) == (8, 8)
    gain = found.curve.value[4] - found.curve.value[3]  # of the fifth
    fewer = proposed(one_in=int(1 / gain) - 1)
    assert (fewer.size, fewer.stop, sorted(numbers(fewer.picks))) == (4, 4, [1, 2, 3, 4])


def test_excluded_programs_never_come_and_go_where_they_are(owner):
    listed(owner, 1, 21)
    found = proposed(owner, most=300)
    assert sorted(numbers(found.picks)) == list(OPEN)
    assert [(line.key, reason) for line, reason in found.off] == [(key(21), "excluded")]


def test_locked_entries_stay_and_an_excluded_one_costs_its_fee(owner):
    change(owner, {8: {"standing": Standing.LOCKED}, 21: {"standing": Standing.LOCKED}})
    found = proposed(owner, most=3)
    assert (sorted(numbers(found.picks)), numbers(found.idle_lines), found.size, found.bill.usd) == ([1, 8], [21], 3, 33)
    assert (found.off, numbers(found.kept), numbers(found.added)) == ((), [8], [1])


def test_vetoed_programs_never_come(owner):
    change(owner, {1: {"standing": Standing.VETOED}})
    assert sorted(numbers(proposed(owner, most=2).picks)) == [2, 3]


def test_suggested_entry_that_is_chosen_is_to_be_added(owner):
    change(owner, {1: {"standing": Standing.SUGGESTED}, 8: {"standing": Standing.SUGGESTED}})
    found = proposed(owner, most=1)
    assert (numbers(found.added), found.off) == ([1], ())


def test_applications_under_way_stay(owner):
    listed(owner, 8)
    SeasonStep.objects.create(entry=ListEntry.objects.get(), step=Step.APPLIED)
    assert sorted(numbers(proposed(owner, most=2).picks)) == [1, 8]


def test_keep_holds_all_that_is_on_the_list(owner):
    listed(owner, 7, 8)
    assert sorted(numbers(proposed(owner, most=3, keep=True).picks)) == [1, 7, 8]
    assert [sorted(numbers([line for line, _ in proposed(owner, most=2).off]))] == [[7, 8]]


def test_locks_over_the_budget_are_told_with_their_price(owner):
    change(owner, {number: {"standing": Standing.LOCKED} for number in (5, 6, 7, 8, 21)})
    found = proposed(owner, budget=20)
    assert (found.over, sorted(numbers(found.picks)), found.size) == ((5, 74), [5, 6, 7, 8], 5)
    assert (proposed(owner, most=2).over, proposed(owner, most=5).over) == ((5, 74), None)
    assert proposed(owner, budget=74).over is None


def test_idle_entries_alone_may_be_more_than_the_number(owner):
    change(owner, {number: {"standing": Standing.LOCKED} for number in (21, 22, 23)})
    assert (proposed(owner, most=2).over, proposed(owner, most=2).size) == ((3, 33), 3)
    assert (proposed(owner, most=3).over, proposed(owner, most=4).size) == (None, 4)


def test_more_money_never_lowers_the_chance_and_a_lock_never_raises_it(owner):
    values = [proposed(owner, budget=budget).best.match for budget in range(0, 150, 11)]
    assert values == sorted(values)
    change(owner, {8: {"standing": Standing.LOCKED}})
    assert all(proposed(owner, budget=budget).best.match <= proposed(budget=budget).best.match for budget in (11, 44, 74))


def test_only_some_places_leaves_the_others_out_and_those_without_a_state():
    Program.objects.filter(key=key(1)).update(state=state("NY"))
    Program.objects.filter(key=key(2)).update(state=None)
    found = proposed(where=Where.ONLY, states=frozenset({"NY"}), most=5)
    assert numbers(found.picks) == [1]


def test_entry_outside_the_places_goes_unless_it_is_locked(owner):
    change(owner, {1: {}, 2: {"standing": Standing.LOCKED}})
    Program.objects.filter(key=key(3)).update(state=state("NY"))
    forget_programs()
    found = proposed(owner, where=Where.ONLY, states=frozenset({"NY"}), most=5)
    assert (sorted(numbers(found.picks)), [(line.key, why) for line, why in found.off]) == ([2, 3], [(key(1), "outside")])


@pytest.mark.parametrize(("care", "chosen"), [(0, [1, 2]), (100, [7, 8])])
def test_care_for_places_gives_up_chance_elsewhere(care, chosen):
    Program.objects.filter(key__in=[key(7), key(8)]).update(state=state("NY"))
    found = proposed(where=Where.PREFER, states=frozenset({"NY"}), care=care, most=2)
    assert sorted(numbers(found.picks)) == chosen


def test_what_an_entry_adds_is_the_difference_to_the_list_without_it():
    found = proposed(most=4)
    fewer = proposed(most=3)
    assert abs(min(pick.adds for pick in found.picks) - (found.best.match - fewer.best.match)) < 1e-6
    assert abs(proposed(most=3).missed[key(4)] - (found.best.match - fewer.best.match)) < 1e-6
    assert abs(found.outlook.middle.match - found.best.match) < 1e-9


def taken_over(owner, found):
    """The list with the whole proposal on it."""
    add, off = {pick.key for pick in found.added}, {line.key for line, _ in found.off}
    accept(by="visitor", profile=owner, match_year=2027, proposal=found, seen=found.digest, add=add, off=off, reasons={})
    return Workspace(ProgramList.objects.get())


def brings(one):
    """What a proposal, or a list, is said to bring and to cost, exactly."""
    found = one.outlook
    return one.bill.usd, *(round(value, 9) for end in (found.low, found.middle, found.high) for value in (end.expected, end.match)), found.between(0.8)


BEFORE = [
    {},
    {8: {"standing": Standing.LOCKED, "connection": Connection.STRONG}, 21: {"standing": Standing.LOCKED}, 7: {}},
    {1: {"signal": "gold"}, 8: {"signal": "silver"}, 2: {"connection": Connection.WEAK}},
    {8: {"signal": "gold"}},  # where it goes, its lack counts at none of the others any more
    {21: {"standing": Standing.LOCKED, "signal": "gold"}, 3: {}},
]


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("wish", [{"most": 3}, {"budget": 80}])
def test_list_taken_over_brings_and_costs_what_the_proposal_said(owner, before, wish):
    prices("120")
    add_programs_of("120")  # in reach, but less likely than the others
    save_profile(by="visitor", data=replace(profile_data(owner), specialties=("140", "120")), profile=owner)
    change(owner, before)
    found = proposed(owner, **wish)
    saved = taken_over(owner, found)
    assert brings(saved) == brings(found)
    assert propose(saved, found.wish).same
    assert {pick.key: round(pick.chance, 3) for pick in found.picks} == {key: round(saved.now[key].chance, 3) for key in (pick.key for pick in found.picks)}


def test_list_of_nothing_but_idle_entries_brings_nothing_rather_than_something_unknown(owner):
    change(owner, {21: {"standing": Standing.LOCKED}})
    found = proposed(owner, most=1)
    assert (found.size, found.outlook.middle.match, brings(found)) == (1, 0.0, brings(found.workspace))


def test_signal_that_goes_from_the_list_weighs_on_no_other_program(owner):
    without = proposed(owner, most=2)
    change(owner, {8: {"signal": "gold"}})
    found = proposed(owner, most=2)
    assert (found.signaled, found.best.match) == (frozenset(), without.best.match)


def test_connection_counts_in_the_choice_and_in_the_chance_shown(owner):
    change(owner, {8: {"connection": Connection.STRONG, "standing": Standing.SUGGESTED}})
    without = {pick.key: pick.chance for pick in proposed(most=8).picks}
    found = {pick.key: pick.chance for pick in proposed(owner, most=8).picks}
    assert found[key(8)] > without[key(8)]
    assert found[key(1)] == without[key(1)]


def test_unknown_that_could_exclude_is_left_out_only_where_asked():
    add_programs([30])  # states nothing about visas
    assert 30 in numbers(proposed(most=9).picks)
    assert sorted(numbers(proposed(most=9, sure=True).picks)) == [number for number in OPEN if number not in _silent()]


def _silent():
    """Open programs that something not stated may exclude."""
    pool = proposed(most=9).pools[0]
    return [int(pool.programs.keys[place][-5:]) for place in pool.scores.silent[0].nonzero()[0]]


def test_price_that_nobody_knows_leaves_the_budget_out():
    prices("120", usd=(None, None))
    answers = profile(specialties=("140", "120"))
    add_programs_of("120")
    found = propose(Unsaved(answers, 2027), Wish(budget=11, most=14))
    assert (found.priced, found.size, found.bill.usd) == (False, 14, None)


def test_price_of_an_earlier_season_is_marked():
    prices("120", season=2026)
    prices("120", season=2027, usd=(11, None))
    add_programs_of("120")
    found = propose(Unsaved(profile(specialties=("120",)), 2027), Wish(most=5))
    assert (found.bill.stands_in, found.bill.usd) == ((2026,), 74)


def test_specialty_that_is_not_asked_for_stays_as_it_is(owner):
    prices("120")
    add_programs_of("120")
    listed(owner, 8)
    data = replace(profile_data(owner), specialties=("140", "120"))
    save_profile(by="visitor", data=data, profile=owner)
    saved = ProgramList.objects.get()
    found = propose(Workspace(saved), Wish(specialties=frozenset({"120"}), most=3))
    assert (len(found.picks), numbers(found.kept), {pick.specialty for pick in found.added}) == (3, [8], {"120"})


def test_queries_do_not_grow_with_programs_and_entries(owner):
    listed(owner, 1)

    def ask():
        found = proposed(owner, budget=80)
        return found.picks, found.off, found.outlook, found.bill, found.workspace.outlook

    ask()
    few = query_count(ask)
    add_programs(range(40, 60), visa_j1="yes")
    change(owner, {number: {} for number in (2, 3, 4, 21, *range(40, 50))})
    ask()
    assert query_count(ask) == few
