"""Bytes of snapshots: nothing is lost on the way that counts, and their order is fixed."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine import Tier, anchor, score
from matching.engine.tables import ApplicantTable
from matching.packing import (
    COLUMNS,
    FULL,
    Results,
    digest,
    pack,
    pack_applicants,
    pack_chances,
    pack_ids,
    patched,
    stack,
    unpack_applicants,
    unpack_chances,
    unpack_ids,
)
from tests.engine.strategies import STATES, TYPES, applicants, programs

HALF_STEP = 1 / (2 * FULL)
chance_lists = st.lists(st.floats(0, 1), min_size=1, max_size=60).map(np.array)
id_lists = st.lists(st.integers(1, 2**62), unique=True, max_size=40).map(lambda ids: np.array(ids, np.int64))


@given(chance_lists)
def test_pack_chances_is_off_by_half_a_step_at_most_and_never_turns_something_into_nothing(chances):
    back = unpack_chances(pack_chances(chances))
    assert (np.abs(back - chances)[(chances >= HALF_STEP) | (chances == 0)] <= HALF_STEP * (1 + 1e-9)).all()
    assert ((back == 0) == (chances == 0)).all()


@given(chance_lists)
def test_pack_chances_keeps_the_order(chances):
    assert (np.diff(pack_chances(np.sort(chances)).astype(int)) >= 0).all()


@given(st.lists(st.integers(0, FULL), max_size=60))
def test_pack_chances_of_what_was_unpacked_is_the_same(packed):
    assert pack_chances(unpack_chances(np.array(packed, np.uint16))).tolist() == packed


@given(id_lists)
def test_pack_ids_round_trip(ids):
    assert unpack_ids(pack_ids(ids)).tolist() == ids.tolist()


def test_bytes_are_little_endian_on_every_machine():
    found = Results(np.array([7]), *(np.array([[258]], np.uint16) for _ in range(3)), np.array([[Tier.REACH]], np.int8), np.array([[0]], np.uint32))
    assert (pack_ids(np.array([258])), found.rows()) == (b"\x02\x01" + bytes(6), [(b"\x02\x01",) * 3 + (b"", b"\x02")])


def test_excluded_programs_have_criteria_and_no_chance():
    empty = np.array([[0, 300]], np.uint16)
    found = Results(np.array([1, 2]), empty, empty, empty, np.array([[Tier.EXCLUDED, Tier.SAFER]], np.int8), np.array([[5, 0]], np.uint32))
    assert found.rows() == [(b"\x2c\x01",) * 3 + (b"\x05\0\0\0", b"\x03\0")]


def test_digest_names_an_order():
    assert digest(np.array([1, 2])) == digest(np.array([1, 2])) != digest(np.array([2, 1]))


def some(rng, people, count, first_id=1):
    """Scores as the engine gives them, with the tables behind them."""
    table = programs(rng, count)
    who, model = applicants(rng, people), anchor(table, states=STATES, types=TYPES)
    return np.arange(first_id, first_id + count), score(who, table, model)


def as_lists(found):
    return {name: getattr(found, name).tolist() for name in COLUMNS}


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.integers(0, 6), st.integers(1, 30))
def test_results_round_trip(seed, people, count):
    ids, scores = some(np.random.default_rng(seed), people, count)
    packed = pack(ids, scores)
    back = stack(ids, packed.rows())
    assert as_lists(back) == as_lists(packed)
    assert [getattr(back, name).dtype.itemsize for name in COLUMNS] == [2, 2, 2, 4, 1]


def test_stack_of_bytes_of_another_order_is_refused():
    ids, scores = some(np.random.default_rng(1), 2, 5)
    with pytest.raises(ValueError, match="reshape"):
        stack(ids[:4], pack(ids, scores).rows())


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.data())
def test_patched_takes_new_columns_keeps_the_others_and_follows_the_new_order(seed, data):
    rng = np.random.default_rng(seed)
    ids, scores = some(rng, 3, 12)
    old = pack(ids, scores)
    today = np.array(data.draw(st.permutations(range(1, 16)))[: data.draw(st.integers(3, 15))])
    scored_again = np.array(sorted({*today[today > 12].tolist(), *data.draw(st.lists(st.sampled_from(today.tolist()), unique=True))}), np.int64)
    _, other = some(rng, 3, max(len(scored_again), 1))
    fresh = pack(scored_again, other) if len(scored_again) else Results(scored_again, **{name: getattr(old, name)[:, :0] for name in COLUMNS})
    found = patched(old, today, fresh)
    for place, program_id in enumerate(today.tolist()):
        source = fresh if program_id in scored_again else old
        where = source.ids.tolist().index(program_id)
        assert [getattr(found, name)[:, place].tolist() for name in COLUMNS] == [getattr(source, name)[:, where].tolist() for name in COLUMNS]


def test_patched_refuses_a_program_without_any_result():
    ids, scores = some(np.random.default_rng(1), 1, 3)
    packed = pack(ids, scores)
    with pytest.raises(KeyError):
        patched(packed, np.array([1, 2, 9]), packed)


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.integers(0, 8))
def test_applicants_round_trip(seed, people):
    table = applicants(np.random.default_rng(seed), people)
    back = unpack_applicants(pack_applicants(table), states=STATES, types=TYPES)
    for field in fields(ApplicantTable):
        before, after = getattr(table, field.name), getattr(back, field.name)
        assert (before.dtype, before.shape) == (after.dtype, after.shape)
        assert np.array_equal(before, after, equal_nan=before.dtype.kind == "f")


@pytest.mark.parametrize(("states", "types"), [(STATES + 1, TYPES), (STATES, TYPES - 1)])
def test_applicants_kept_with_other_lists_are_refused(states, types):
    rows = pack_applicants(applicants(np.random.default_rng(1), 3))
    with pytest.raises(ValueError, match=r"other lists|multiple"):
        unpack_applicants(rows, states=states, types=types)
