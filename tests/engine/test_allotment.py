"""Budget and number shared out among specialties."""

from itertools import product

import numpy as np
import pytest

from matching.engine.allotment import NO_LIMIT, Limits, Rows, best_rows, rows_by_size
from matching.engine.strength import NODES, strengths

_, SHARE = strengths()


def rows(prices, left):
    """One specialty: the price of 0, 1, 2... programs, and the chance not to match with them, the same at each strength."""
    return Rows(np.array(prices), np.arange(len(prices)), np.repeat(np.array(left, float)[:, None], NODES, axis=1))


def test_best_rows_looks_behind_an_expensive_first_step():
    flat, each = rows([0, 99, 99, 99], [1, 0.9, 0.6, 0.2]), rows([0, 33, 66, 99], [1, 0.8, 0.7, 0.65])
    assert best_rows([flat, each], Limits(99, NO_LIMIT)) == ((3, 0), pytest.approx(0.8))
    assert best_rows([flat, each], Limits(98, NO_LIMIT)) == ((0, 2), pytest.approx(0.3))


def test_best_rows_of_equal_value_are_the_cheapest_then_the_shortest():
    assert best_rows([rows([0, 5, 5, 9], [1, 0.5, 0.5, 0.5])], Limits(NO_LIMIT, NO_LIMIT)) == ((1,), pytest.approx(0.5))


def test_best_rows_of_three_start_from_every_pair():
    # Each of the first two is worth something only with all the money; the third a little at once.
    big, small = [1, 0.99, 0.98, 0.2], [1, 0.9, 0.85, 0.8]
    three = [rows([0, 40, 80, 120], small), rows([0, 40, 80, 120], big), rows([0, 40, 80, 120], small)]
    assert best_rows(three, Limits(120, NO_LIMIT)) == ((0, 3, 0), pytest.approx(0.8))


def test_best_rows_that_do_not_fit_are_an_error():
    with pytest.raises(ValueError, match="first rows"):
        best_rows([rows([10, 20], [1, 0.5])], Limits(9, NO_LIMIT))


@pytest.mark.parametrize(("specialties", "off"), [(1, 1e-12), (2, 1e-12), (3, 1e-3)])
def test_rows_by_size_are_the_best_of_each_size_of_three_nearly(specialties, off):
    draw = np.random.default_rng(specialties)
    parts = [Rows(np.arange(5), np.arange(5), np.cumprod(draw.uniform(0.3, 1, (5, NODES)), axis=0)) for _ in range(specialties)]

    def value(chosen):
        return 1 - float(np.prod([part.left[row] for part, row in zip(parts, chosen, strict=True)], axis=0) @ SHARE)

    found = rows_by_size(parts, 9)
    for size, chosen in enumerate(found):
        assert value(chosen) == pytest.approx(max(value(one) for one in product(range(5), repeat=specialties) if sum(one) == size), rel=off)
    assert len(found) == min(9, 4 * specialties) + 1
