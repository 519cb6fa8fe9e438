"""The clearinghouse of the test market: stable, within quotas, the best that applicants can have."""

from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.market.deferred_acceptance import deferred_acceptance


@st.composite
def markets(draw, applicants, programs, most_quota=3):
    """(choices, orders, quotas): both sides rank random parts of each other, now and then somebody who does not rank them."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    people, places = draw(st.integers(1, applicants)), draw(st.integers(1, programs))
    choices = [list(rng.permutation(places)[: rng.integers(0, places + 1)]) for _ in range(people)]
    orders = [{int(a): float(i) for i, a in enumerate(rng.permutation(people)[: rng.integers(0, people + 1)])} for _ in range(places)]
    return [[int(p) for p in listed] for listed in choices], orders, [int(q) for q in rng.integers(0, most_quota + 1, places)]


def place(listed, program):
    """How far down a list a program stands; None, the end of it, comes last."""
    return len(listed) if program is None else listed.index(program)


def allowed(assigned, choices, orders, quotas):
    """Whether everybody is where both sides ranked each other, and nobody holds more than there is."""
    mutual = all(program is None or (program in choices[a] and a in orders[program]) for a, program in enumerate(assigned))
    filled = Counter(program for program in assigned if program is not None)
    return mutual and all(filled[program] <= quotas[program] for program in filled)


def blocking(assigned, choices, orders, quotas):
    """Pairs that would rather have each other than what they got."""
    holds = [[orders[p][a] for a, got in enumerate(assigned) if got == p] for p in range(len(quotas))]
    return [
        (a, p)
        for a, listed in enumerate(choices)
        for p in listed[: place(listed, assigned[a])]
        if a in orders[p] and quotas[p] and (len(holds[p]) < quotas[p] or max(holds[p]) > orders[p][a])
    ]


def every_stable(choices, orders, quotas):
    """Every stable assignment of a tiny market, by trying all."""
    tried = product(*([None, *listed] for listed in choices))
    return [one for one in tried if allowed(one, choices, orders, quotas) and not blocking(one, choices, orders, quotas)]


@given(markets(applicants=25, programs=8))
def test_assignment_stays_within_lists_and_quotas_and_nothing_blocks_it(market):
    assigned = deferred_acceptance(*market)
    assert len(assigned) == len(market[0])
    assert allowed(assigned, *market)
    assert blocking(assigned, *market) == []


@given(markets(applicants=4, programs=3, most_quota=2))
def test_no_stable_assignment_suits_any_applicant_better(market):
    assigned, stable = deferred_acceptance(*market), every_stable(*market)
    assert tuple(assigned) in stable
    for other in stable:
        assert all(place(listed, mine) <= place(listed, theirs) for listed, mine, theirs in zip(market[0], assigned, other, strict=True))


@given(markets(applicants=4, programs=3, most_quota=2))
def test_every_stable_assignment_matches_the_same_people_and_fills_the_same_places(market):
    outcomes = {(tuple(program is None for program in one), tuple(sorted(Counter(p for p in one if p is not None).items()))) for one in every_stable(*market)}
    mine = deferred_acceptance(*market)
    assert outcomes == {(tuple(program is None for program in mine), tuple(sorted(Counter(p for p in mine if p is not None).items())))}


# Worked by hand: 0 and 1 both want A first; A prefers 1, and 0 falls to B and drives 2 out of it.
@pytest.mark.parametrize(
    ("quotas", "expected"),
    [((1, 1), [1, 0, None]), ((2, 1), [0, 0, 1]), ((0, 1), [1, None, None]), ((0, 0), [None, None, None])],
)
def test_assignment_worked_by_hand(quotas, expected):
    choices = [[0, 1], [0], [1]]
    orders = [{0: 2, 1: 1}, {0: 1, 2: 2}]
    assert deferred_acceptance(choices, orders, quotas) == expected


def test_applicant_optimal_where_the_two_sides_disagree():
    # Everybody's first choice is the other side's last: applicants get theirs.
    assert deferred_acceptance([[0, 1], [1, 0]], [{0: 2, 1: 1}, {0: 1, 1: 2}], [1, 1]) == [0, 1]


def test_a_whole_season_is_stable():
    rng = np.random.default_rng(5)
    people, places = 4000, 300
    choices = [[int(p) for p in rng.choice(places, size=size, replace=False)] for size in rng.poisson(4, people)]
    orders = [{} for _ in range(places)]
    for a, listed in enumerate(choices):
        for p in listed:
            orders[p][a] = float(rng.random())
    quotas = [int(q) for q in rng.integers(1, 10, places)]
    assigned = deferred_acceptance(choices, orders, quotas)
    assert allowed(assigned, choices, orders, quotas)
    assert blocking(assigned, choices, orders, quotas) == []
    assert sum(program is not None for program in assigned) > 1000
