"""The few tools that all draws are made with."""

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.demo.draw import Draw, allocate, logistic, logit, pick_at, solve_increasing, standardized

WEIGHTS = st.lists(st.integers(0, 1000), min_size=1, max_size=30).filter(any)


@given(st.integers(0, 5000), WEIGHTS)
def test_allocate_gives_all_and_nobody_a_whole_one_too_many(total, weights):
    counts = allocate(total, weights)
    assert sum(counts) == total
    assert all(abs(count - total * weight / sum(weights)) < 1 for count, weight in zip(counts, weights, strict=True))


@given(st.floats(0, 1, exclude_max=True), WEIGHTS)
def test_pick_at_never_picks_what_weighs_nothing(place, weights):
    assert weights[pick_at(place, range(len(weights)), weights)] > 0


def test_pick_at_lays_the_items_side_by_side():
    assert [pick_at(place, "abc", [1, 2, 1]) for place in (0, 0.24, 0.26, 0.74, 0.76, 0.99)] == ["a", "a", "b", "b", "c", "c"]


@given(st.floats(-10, 10))
def test_logit_undoes_logistic(log_odds):
    assert logit(logistic(log_odds)) == pytest.approx(log_odds, abs=1e-6)


@given(st.floats(0.001, 0.999))
def test_solve_increasing_reaches_the_target(target):
    assert logistic(solve_increasing(logistic, target)) == pytest.approx(target, abs=1e-9)


def test_standardized_has_mean_zero_and_deviation_one():
    assert standardized([1, 2, 3]) == pytest.approx([-math.sqrt(1.5), 0, math.sqrt(1.5)])


def test_standardized_equal_values_become_zero():
    assert standardized([4.0, 4.0]) == [0.0, 0.0]


def test_draw_same_name_repeats_and_another_name_differs():
    assert [Draw(1, "a").uniform() for _ in range(2)] == [0.6881244510893788, 0.6881244510893788]
    assert Draw(1, "a").uniform() != Draw(1, "b").uniform()


def test_normal_draws_are_standard():
    draw = Draw("normal")
    values = [draw.normal() for _ in range(4000)]
    assert abs(sum(values) / 4000) < 0.05
    assert sum(value**2 for value in values) / 4000 == pytest.approx(1, abs=0.08)


def test_picks_follow_the_weights():
    draw = Draw("picks")
    counts = Counter(draw.pick("ab", [3, 1]) for _ in range(4000))
    assert counts["a"] / 4000 == pytest.approx(0.75, abs=0.03)


def test_gumbel_maximum_is_a_weighted_choice():
    draw = Draw("gumbel")
    wins = sum(math.log(3) + draw.gumbel() > draw.gumbel() for _ in range(4000))
    assert wins / 4000 == pytest.approx(0.75, abs=0.03)


@given(st.lists(st.integers()), st.integers())
def test_shuffled_keeps_every_item(items, seed):
    assert sorted(Draw(seed).shuffled(items)) == sorted(items)
