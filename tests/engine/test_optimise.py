"""The best list: against every subset there is, at its limits, and what must hold for every question."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine.evidence import specialty
from matching.engine.matches import MatchCurve
from matching.engine.optimise import Candidates, ListCurve, LocksDoNotFitError, best_list, gains, list_curve, list_value, worth_it
from matching.engine.portfolio import Entries, outlook
from tests.engine.exhaustive import best_value, random_case, random_cost, random_group

IM = MatchCurve(specialty("140").match_level, specialty("140").match_slope)
CASES = 500
SIZES = (18, 16, 15, 14, 13, 12, 11, 10, 9, 8)  # of candidates; `python -m bench.optimise` takes 18 for all
ELEVEN_THEN_THIRTY = np.cumsum([0, *[11] * 30, *[30] * 300])
FLAT_THEN_EIGHTEEN = np.cumsum([0, 99, *[0] * 17, *[18] * 300])


def candidates(chances, worth=None, locked=()):
    chances = np.array(chances, float)
    return Candidates(chances, np.ones(len(chances)) if worth is None else np.array(worth, float), np.isin(np.arange(len(chances)), locked), 0.6, IM)


def chosen(best):
    return [part.tolist() for part in best.chosen]


# Against every subset.


def test_best_list_is_as_good_as_the_best_of_all_subsets():
    rng, equal = np.random.default_rng(2027), 0
    for number in range(CASES):
        case = random_case(rng, SIZES[number % len(SIZES)])
        best = best_list(case.groups, case.costs, budget=case.budget, most=case.most)
        optimum = best_value(case)
        assert_fits(case, best)
        assert 0.999 * optimum - 1e-9 <= best.value <= optimum + 1e-9
        equal += best.value >= optimum - 1e-9
    assert equal >= 0.99 * CASES


def assert_fits(case, best):
    assert all(set(np.flatnonzero(group.locked)) <= set(part) for group, part in zip(case.groups, best.chosen, strict=True))
    assert best.usd == sum(int(cost[len(part)]) for cost, part in zip(case.costs, best.chosen, strict=True))
    assert case.budget is None or best.usd <= case.budget
    assert case.most is None or best.size <= case.most


def test_best_list_of_many_with_two_worths_splits_them_as_is_best():
    rng = np.random.default_rng(5)
    group = candidates(rng.uniform(0.005, 0.2, 200), worth=rng.choice((1, 0.7), 200))
    best = best_list([group], [ELEVEN_THEN_THIRTY], budget=None, most=40)
    here, elsewhere = ([place for place in np.argsort(-group.chances).tolist() if group.worth[place] == worth] for worth in (1, 0.7))
    splits = (list_value([group], [np.array([*here[:count], *elsewhere[: 40 - count]])])[0] for count in range(41))
    assert best.value == pytest.approx(max(splits), abs=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_best_list_of_several_specialties_and_worths_gains_by_no_exchange(seed):
    rng = np.random.default_rng(seed)
    groups = [Candidates(rng.uniform(0.005, 0.2, 60), rng.choice((1, 0.5, 0.3), 60), np.zeros(60, bool), 1.5, IM) for _ in range(2)]
    best = best_list(groups, [ELEVEN_THEN_THIRTY] * 2, budget=None, most=50)
    for number, (group, part) in enumerate(zip(groups, best.chosen, strict=True)):
        others = np.setdiff1d(np.arange(60), part)
        for out in last_of_each_worth(group, part, 1):
            for taken in last_of_each_worth(group, others, -1):
                exchanged = [*best.chosen[:number], np.setxor1d(part, [out, taken]), *best.chosen[number + 1 :]]
                assert list_value(groups, exchanged)[0] <= best.value + 1e-9


def last_of_each_worth(group, places, sign):
    """Of each worth the least likely of `places` (sign 1), or the likeliest (-1)."""
    return [min(places[group.worth[places] == worth], key=lambda place: sign * group.chances[place]) for worth in np.unique(group.worth[places])]


# Limits and prices.


def test_best_list_takes_the_likeliest_that_the_budget_allows():
    group = candidates([0.01, 0.2, 0.05, 0.1])
    best = best_list([group], [ELEVEN_THEN_THIRTY], budget=25, most=None)
    assert [chosen(best), best.usd, best.size] == [[[1, 3]], 22, 2]
    assert (best.value, best.match) == list_value([group], best.chosen)


def test_best_list_fills_a_flat_first_step_that_costs_as_much_with_one():
    group = candidates(np.linspace(0.02, 0.1, 40))
    assert best_list([group], [FLAT_THEN_EIGHTEEN], budget=99, most=None).size == 18
    assert best_list([group], [FLAT_THEN_EIGHTEEN], budget=98, most=None).size == 0
    # Beside a specialty of $11 each: nine of those, or eighteen of these.
    both = best_list([group, candidates(np.linspace(0.02, 0.1, 40))], [FLAT_THEN_EIGHTEEN, ELEVEN_THEN_THIRTY], budget=99, most=None)
    assert [len(part) for part in both.chosen] == [18, 0]


def test_best_list_starts_the_tiers_anew_in_a_second_specialty():
    one, other = candidates(np.full(60, 0.1)), candidates(np.full(60, 0.08))
    best = best_list([one, other], [ELEVEN_THEN_THIRTY] * 2, budget=660, most=None)
    assert [[len(part) for part in best.chosen], best.usd] == [[30, 30], 660]


def test_best_list_without_limits_takes_everything_that_may_bring_something():
    groups = [candidates([0.1, 0.0, 0.3], worth=[1, 1, 0.5]), candidates([0.2, 0.1], worth=[1, 0])]
    assert chosen(best_list(groups, [ELEVEN_THEN_THIRTY] * 2, budget=None, most=None)) == [[0, 2], [0]]


def test_best_list_stops_where_prices_are_no_longer_known():
    assert best_list([candidates([0.1] * 9)], [ELEVEN_THEN_THIRTY[:5]], budget=None, most=None).size == 4


def test_best_list_of_nothing_is_empty():
    nothing = best_list([candidates([])], [ELEVEN_THEN_THIRTY], budget=100, most=5)
    assert [chosen(nothing), nothing.value, nothing.match, nothing.usd] == [[[]], 0, 0, 0]


def test_best_list_with_no_specialty_is_empty():
    nothing = best_list([], [], budget=100, most=5)
    assert [nothing.chosen, nothing.value, nothing.usd] == [(), 0, 0]


def test_best_list_keeps_locked_ones_however_unlikely():
    best = best_list([candidates([0.3, 0.2, 0.0], locked=[2])], [ELEVEN_THEN_THIRTY], budget=None, most=2)
    assert chosen(best) == [[0, 2]]


@pytest.mark.parametrize(("budget", "most"), [(21, None), (None, 1)])
def test_best_list_whose_locks_do_not_fit_says_what_to_do(budget, most):
    with pytest.raises(LocksDoNotFitError, match=r"The 2 locked programs cost \$22 and do not fit\. Unlock some, or allow more\.") as error:
        best_list([candidates([0.1] * 3, locked=[0, 1])], [ELEVEN_THEN_THIRTY], budget=budget, most=most)
    assert [error.value.locks, error.value.usd] == [2, 22]


def test_best_list_whose_locks_have_no_known_price_says_what_to_do():
    with pytest.raises(ValueError, match="price of the locked programs is not known"):
        best_list([candidates([0.1] * 3, locked=[0, 1, 2])], [ELEVEN_THEN_THIRTY[:3]], budget=None, most=None)


# What an interview counts for.


@settings(max_examples=40)
@given(st.integers(0, 10_000))
def test_value_lies_between_nothing_and_the_match_chance_and_rises_with_all_that_is_good(seed):
    rng = np.random.default_rng(seed)
    groups = [random_group(rng, 6), random_group(rng, 5)]
    some = [np.flatnonzero(rng.random(len(group)) < 0.5) for group in groups]
    value, match = list_value(groups, some)
    full = [replace(group, worth=np.ones(len(group))) for group in groups]
    assert 0 <= value <= match + 1e-12
    assert list_value(full, some) == (pytest.approx(match), pytest.approx(match))
    likelier = [replace(group, chances=group.chances * 0.9 + 0.1) for group in groups]
    assert list_value(likelier, some)[0] >= value - 1e-12
    more = [np.arange(len(group)) for group in groups]
    assert list_value(groups, more)[0] >= value - 1e-12


def test_value_is_the_match_chance_of_the_outlook_where_every_interview_counts_in_full():
    groups = [candidates([0.04, 0.1, 0.2]), candidates([0.3, 0.05])]
    everything = [np.arange(3), np.arange(2)]
    found = outlook([Entries(group.chances, group.spread, group.match) for group in groups])
    assert list_value(groups, everything) == (pytest.approx(found.match), pytest.approx(found.match))


def test_value_is_the_example_worked_by_hand(monkeypatch):
    # README.md, section 9: the three strengths of Gauss and Hermite, the second program away from where the applicant wants to be.
    three = (np.array([-np.sqrt(3), 0, np.sqrt(3)]), np.array([1, 4, 1]) / 6)
    for module in ("strength", "optimise"):
        monkeypatch.setattr(f"matching.engine.{module}.strengths", lambda: three)
    group = replace(candidates([0.04, 0.10, 0.20], worth=[1, 0.5, 1]), spread=0.7)
    assert list_value([group], [np.arange(3)]) == (pytest.approx(0.0384, abs=6e-5), pytest.approx(0.0457, abs=6e-5))


@settings(max_examples=40)
@given(st.integers(0, 10_000))
def test_gains_are_what_changes_when_one_entry_comes_or_goes(seed):
    rng = np.random.default_rng(seed)
    groups = [random_group(rng, 6), random_group(rng, 5)]
    some = [np.flatnonzero(rng.random(len(group)) < 0.5) for group in groups]
    value, _ = list_value(groups, some)
    for number, found in enumerate(gains(groups, some)):
        for place, gain in enumerate(found):
            turned = [np.setxor1d(part, [place]) if own == number else part for own, part in enumerate(some)]
            assert gain == pytest.approx(abs(list_value(groups, turned)[0] - value), abs=1e-8)


# The curve.


@pytest.mark.parametrize("seed", range(8))
def test_list_curve_holds_the_best_list_of_each_size(seed):
    rng = np.random.default_rng(seed)
    groups = [random_group(rng, size) for size in ((9,), (7, 6), (5, 5, 4))[seed % 3]]
    costs = [random_cost(rng, len(group)) for group in groups]
    curve = list_curve(groups, costs, most=10)
    first = max(1, sum(group.locks for group in groups))
    assert curve.sizes.tolist() == list(range(first, min(10, sum(map(len, groups))) + 1)) == curve.counts.sum(axis=1).tolist()
    assert curve.usd.tolist() == [sum(int(cost[count]) for cost, count in zip(costs, counts, strict=True)) for counts in curve.counts]
    assert (np.diff(curve.value) >= -1e-9).all()
    assert (curve.match >= curve.value - 1e-9).all()
    for size, value in zip(curve.sizes.tolist(), curve.value.tolist(), strict=True):
        best = best_list(groups, costs, budget=None, most=size).value
        assert 0.999 * best - 1e-9 <= value <= best + 1e-9


def test_list_curve_ends_with_the_best_list_of_its_length():
    rng = np.random.default_rng(11)
    groups = [random_group(rng, 40), random_group(rng, 50)]
    curve, best = list_curve(groups, [ELEVEN_THEN_THIRTY] * 2, most=60), best_list(groups, [ELEVEN_THEN_THIRTY] * 2, budget=None, most=60)
    assert [curve.value[-1], curve.match[-1], curve.usd[-1]] == [pytest.approx(best.value, abs=1e-6), pytest.approx(best.match, abs=1e-3), best.usd]


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_more_money_never_lowers_the_value_and_a_lock_never_raises_it(seed):
    rng = np.random.default_rng(seed)
    case = random_case(rng, int(rng.integers(8, 40)))
    least = sum(int(cost[group.locks]) for cost, group in zip(case.costs, case.groups, strict=True))
    values = [best_list(case.groups, case.costs, budget=least + 60 * more, most=case.most).value for more in range(6)]
    assert all(more >= less - 1e-9 for less, more in pairwise(values))
    group = case.groups[0]
    held = replace(group, locked=group.locked | (np.arange(len(group)) == rng.integers(len(group))))
    budget = sum(int(cost[-1]) for cost in case.costs) // 2 + least
    free, locked = (best_list([one, *case.groups[1:]], case.costs, budget=budget + 200, most=None).value for one in (group, held))
    assert locked <= free + 1e-9


def test_list_curve_without_a_specialty_is_an_error():
    with pytest.raises(ValueError, match="without a specialty"):
        list_curve([], [], most=10)


def test_worth_it_is_the_last_size_that_adds_enough_even_where_earlier_ones_do_not():
    sizes = np.arange(1, 6)
    curve = ListCurve(sizes, sizes * 11, np.array([0.01, 0.015, 0.03, 0.034, 0.035]), np.zeros(5), sizes[:, None])
    assert [worth_it(curve, least) for least in (0.5, 0.012, 0.004, 0.0005)] == [0, 3, 4, 5]
