"""The best entries of one specialty, for every number of them."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from matching.engine.optimise import list_value
from matching.engine.paths import Candidates, Field, Path
from matching.engine.strength import strengths
from tests.engine.exhaustive import CURVES, random_group

_, SHARE = strengths()
IM = CURVES[0]


def candidates(chances, worth=None, locked=(), spread=0.6):
    chances = np.array(chances, float)
    marks = np.isin(np.arange(len(chances)), locked)
    return Candidates(chances, np.ones(len(chances)) if worth is None else np.array(worth, float), marks, spread, IM)


def lists(field, path):
    return [field.chosen(taken).tolist() for taken in path.taken]


def test_path_of_one_worth_takes_the_likeliest_first_and_the_locked_always():
    field = Field(candidates([0.1, 0.3, 0.02, 0.3, 0.2], locked=[2]), 4)
    path = field.path(SHARE)
    assert lists(field, path) == [[2], [1, 2], [1, 2, 3], [1, 2, 3, 4]]
    assert path.sizes.tolist() == [1, 2, 3, 4]


def test_path_of_two_worths_weighs_chance_against_worth():
    # 0.2 that counts half is about 0.1: after 0.15, before 0.05.
    field = Field(candidates([0.15, 0.2, 0.05], worth=[1, 0.5, 1]), 3)
    assert lists(field, field.path(SHARE)) == [[], [0], [0, 1], [0, 1, 2]]


def test_path_gives_an_entry_back_where_two_others_are_better_together():
    # Likely ones that hardly count, and unlikely ones that count in full: the second of those is worth more once the first is there.
    group = candidates([0.04, 0.96, 0.07, 0.42, 0.04], worth=[1, 0.1, 0.1, 0.1, 1], spread=2.0)
    field = Field(group, 5)
    assert lists(field, field.path(SHARE)) == [[], [1], [1, 3], [0, 1, 4], [0, 1, 3, 4], [0, 1, 2, 3, 4]]


@pytest.mark.parametrize("seed", range(40))
def test_path_of_any_worths_holds_the_best_of_each_number(seed):
    group = random_group(np.random.default_rng(seed), 8)
    field = Field(group, len(group))
    path = field.path(SHARE)
    free = np.flatnonzero(~group.locked)
    for taken, size, left in zip(path.taken, path.sizes, path.left, strict=True):
        sets = (np.sort(np.concatenate([np.flatnonzero(group.locked), free[list(some)]])) for some in combinations(range(len(free)), size - group.locks))
        best = max(list_value([group], [one])[0] for one in sets)
        assert list_value([group], [field.chosen(taken)])[0] == pytest.approx(best, abs=1e-9)
        assert 1 - SHARE @ left == pytest.approx(best, abs=1e-9)


def test_path_of_a_hundred_worths_is_that_of_trying_all_exchanges(monkeypatch):
    rng = np.random.default_rng(8)
    group = candidates(rng.uniform(0.01, 0.4, 100), worth=rng.uniform(0.3, 1, 100))
    found = Field(group, 30).path(SHARE)
    monkeypatch.setattr("matching.engine.paths.TRIED", 1000)
    assert found.taken.tolist() == Field(group, 30).path(SHARE).taken.tolist()


def test_in_full_counts_every_interview_of_the_same_entries():
    group = candidates([0.15, 0.2, 0.05, 0.4], worth=[1, 0.5, 1, 0.2], locked=[3])
    field = Field(group, 4)
    path = field.path(SHARE)
    found = 1 - field.in_full(path) @ SHARE
    assert found == pytest.approx([list_value([group], [np.array(one)])[1] for one in lists(field, path)], abs=1e-9)


def test_joined_adds_only_rows_that_are_new():
    one = Path(np.array([0, 1]), np.ones((2, 3)), np.array([[0, 0], [1, 0]]))
    other = Path(np.array([0, 1]), np.zeros((2, 3)), np.array([[0, 0], [0, 1]]))
    joined = one.joined(other)
    assert [joined.sizes.tolist(), joined.taken.tolist(), joined.left[:, 0].tolist()] == [[0, 1, 1], [[0, 0], [1, 0], [0, 1]], [1, 1, 0]]


def test_take_keeps_everything_of_some():
    group = candidates([0.1, 0.2, 0.3], worth=[1, 0.5, 0.7], locked=[1])
    some = group.take(np.array([2, 1]))
    assert [some.chances.tolist(), some.worth.tolist(), some.locked.tolist(), len(some), some.locks] == [[0.3, 0.2], [0.7, 0.5], [False, True], 2, 1]
    assert replace(some, chances=group.chances[[2, 1]]).thinned()[0] @ SHARE == pytest.approx(0.21)
