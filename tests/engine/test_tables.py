"""Taking rows of a table takes them from every column."""

from dataclasses import fields

import numpy as np
import pytest

from tests.engine.strategies import applicants, programs


@pytest.mark.parametrize("make", [programs, applicants])
def test_take_picks_the_same_rows_from_every_column(make):
    table = make(np.random.default_rng(7), 6)
    index = np.array([4, 0, 4])
    part = table.take(index)
    assert len(part) == 3
    for field in fields(table):
        column = getattr(table, field.name)
        if isinstance(column, np.ndarray):
            assert np.array_equal(getattr(part, field.name), column[index], equal_nan=column.dtype.kind == "f"), field.name


def test_take_picks_strictness_too():
    table = programs(np.random.default_rng(7), 6)
    part = table.take(np.array([5, 1]))
    assert {name: column.tolist() for name, column in part.strictness.items()} == {name: [column[5], column[1]] for name, column in table.strictness.items()}
