"""Judgement is varied in groups that leave nothing out, and the committed figures are about the present tables."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine import ENGINE_VERSION, anchor, score
from matching.engine.evidence import weights
from matching.engine.evidence.sensitivity import FACTORS, GROUPS, JUDGEMENT, LEFT_OUT, MOST_LIKELY, RANGE_ONLY, Measured, as_csv, measured, parse, scaled
from programs.demo.services import DEFAULT_PROGRAMS, DEFAULT_SEED
from tests.engine.strategies import STATES, TYPES, applicants, programs

NAMES = sorted({row.name for row in weights().rows})
JUDGED = {row.name for row in weights().rows if row.source == JUDGEMENT}
LINE = Measured("usce", "usce", 0.5, 90, 40, 3, 1, "2", 2027, 4000, 12)


def values(table):
    return {(row.name, row.x): row.value for row in table.rows}


@pytest.fixture(scope="module")
def field():
    rng = np.random.default_rng(7)
    people, market = applicants(rng, 40), programs(rng, 60)
    return people, market, scores(people, market, weights())


def scores(people, market, table):
    return score(people, market, anchor(market, states=STATES, types=TYPES, table=table))


# --- groups ---


def test_groups_and_what_is_left_out_hold_every_judgement_exactly_once():
    varied = Counter([*(name for group in GROUPS for name in group.names), *(name for names in LEFT_OUT.values() for name in names)])
    assert {name: count for name, count in varied.items() if count > 1 or name not in NAMES} == {}
    assert JUDGED - set(varied) == set()


def test_groups_are_about_judgement():
    assert [group.key for group in GROUPS if not JUDGED & set(group.names)] == []
    assert {name for names in LEFT_OUT.values() for name in names} - JUDGED == set()


def test_groups_have_a_key_and_a_title_of_their_own():
    assert len({group.key for group in GROUPS}) == len({group.title for group in GROUPS}) == len(GROUPS)


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.key)
def test_group_moves_chances_and_excludes_nobody(field, group):
    people, market, before = field
    after = scores(people, market, scaled(weights(), group.names, 0.5))
    assert (after.excluded == before.excluded).all()
    assert not np.allclose(after.chance, before.chance, rtol=1e-6, atol=0)


def test_left_out_as_moving_only_ranges_moves_no_chance(field):
    people, market, before = field
    for factor in FACTORS:
        after = scores(people, market, scaled(weights(), LEFT_OUT[RANGE_ONLY], factor))
        assert np.allclose(after.chance, before.chance, rtol=1e-9, atol=0)
        assert not np.allclose(after.high - after.low, before.high - before.low)


# --- scaled tables ---


@given(st.sets(st.sampled_from(NAMES)))
def test_scaled_halved_then_doubled_is_the_original(names):
    assert scaled(scaled(weights(), names, 0.5), names, 2.0).rows == weights().rows


@given(st.sets(st.sampled_from(NAMES)), st.sampled_from(FACTORS))
def test_scaled_leaves_every_other_weight_alone(names, factor):
    before, after = values(weights()), values(scaled(weights(), names, factor))
    assert {key: value for key, value in after.items() if key[0] not in names} == {key: value for key, value in before.items() if key[0] not in names}


def test_scaled_curves_change_at_every_point():
    usce = {x: value for (name, x), value in values(scaled(weights(), ["usce"], 2.0)).items() if name == "usce"}
    assert usce == {row.x: 2 * row.value for row in weights().rows if row.name == "usce"}
    assert scaled(weights(), ["usce"], 2.0).curve("usce", np.array([0.0])) == 2 * weights().curve("usce", np.array([0.0]))


def test_scaled_chances_stay_short_of_certain_and_effects_do_not():
    assert scaled(weights(), ["unsaid_visa_none"], 2.0).number("unsaid_visa_none") == MOST_LIKELY
    assert scaled(weights(), ["step2_missing"], 2.0).number("step2_missing") == 2 * weights().number("step2_missing")


# --- the table ---


def test_table_as_csv_can_be_read_again():
    lines = (LINE, Measured("visa_need", "visa_none visa_h1b", 2.0, 90, 0, 0, 0, "2", 2027, 4000, 12))
    assert parse(as_csv(lines)) == lines
    assert as_csv(lines).count("\n") == 3


@pytest.mark.parametrize("text", ["group,weights\nusce,usce\n", as_csv([LINE]).replace("90", "many")])
def test_table_that_is_not_one_is_an_error(text):
    with pytest.raises((KeyError, ValueError)):
        parse(text)


def test_committed_table_has_every_group_halved_and_doubled():
    assert [(line.group, line.weights, line.factor) for line in measured()] == [
        (group.key, " ".join(group.names), factor) for group in GROUPS for factor in FACTORS
    ]


def test_committed_table_is_of_this_engine_and_the_usual_demonstration():
    assert {(line.version, line.seed, line.programs) for line in measured()} == {(ENGINE_VERSION, DEFAULT_SEED, DEFAULT_PROGRAMS)}
    assert len({(line.pairs, line.applicants) for line in measured()}) == 1


def test_committed_table_moves_only_what_it_touches():
    assert [line for line in measured() if not line.up + line.down <= line.touched <= line.pairs] == []
