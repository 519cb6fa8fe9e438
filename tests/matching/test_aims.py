"""What results have to rest on, and what a change of programs means for those that are kept."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.adapters import engine_name
from matching.services.aims import READ_FIELDS, Goal, aims, goal_now, read_by_results
from programs.fields import BY_NAME
from programs.queries import data_version
from tests.matching.builders import market
from tests.matching.recomputing import program_id
from tests.programs.builders import query_count


def aim(touched):
    goal = Goal(data_version(), 2027, engine_name(), base=0, touched=touched)
    return aims(goal, ["140"])["140"]


def order(*numbers):
    return np.array([program_id(number) for number in numbers])


def test_read_fields_are_fields_of_programs_or_their_identity():
    assert {"visa_j1", "step2_median", "program_type", ""} <= READ_FIELDS
    assert {"website", "deadline", "positions"} & READ_FIELDS == set()


@given(st.dictionaries(st.integers(1, 9), st.sets(st.sampled_from(["", *BY_NAME]))))
def test_read_by_results_leaves_out_programs_with_other_changes_alone(touched):
    assert read_by_results(touched) == {program_id for program_id, names in touched.items() if names & READ_FIELDS}


def test_read_by_results_of_anything_is_anything():
    assert read_by_results(None) is None


@pytest.mark.django_db
def test_goal_now_is_about_everything():
    market(1)
    assert goal_now(2027) == Goal(data_version(), 2027, engine_name(), data_version(), None)


@pytest.mark.django_db
def test_aim_touches_results_of_touched_programs_and_of_another_order():
    market(3)
    everywhere = order(1, 2, 3)
    assert [aim(frozenset({program_id(2)})).touches(everywhere), aim(frozenset()).touches(everywhere)] == [True, False]
    assert [aim(frozenset()).touches(other) for other in (order(1, 2), order(2, 1, 3))] == [True, True]


@pytest.mark.django_db
def test_aim_touched_elsewhere_reads_no_row_of_it():
    market(3)
    ids, table, _ = aim(frozenset({10_000})).part()
    assert (ids.tolist(), len(table)) == (order(1, 2, 3).tolist(), 0)


@pytest.mark.django_db
def test_aim_moved_names_programs_that_came_or_left():
    market(3)
    assert aim(frozenset()).moved(np.array([program_id(1), program_id(2), 99])) == {program_id(3), 99}


@pytest.mark.django_db
def test_aim_covers_an_order_that_lacks_touched_programs_alone():
    market(3)
    assert [aim(frozenset({program_id(3)})).covers(order(1, 2)), aim(frozenset({program_id(3)})).covers(order(1))] == [True, False]


@pytest.mark.django_db
@pytest.mark.parametrize("codes", [["140"], ["140", "120", "440"]])
def test_aims_take_two_queries_for_any_number_of_specialties(codes):
    market(1)
    goal = goal_now(2027)
    assert query_count(lambda: aims(goal, codes)) == 2
