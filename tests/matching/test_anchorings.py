"""The stored level of a specialty: kept while little changes, and the same as one that is worked out."""

import numpy as np
import pytest

from matching.adapters import anchoring_numbers, engine_name, forget_programs, model_of, program_set
from matching.models import Anchoring
from matching.queries import Basis, basis_of
from matching.services.aims import Goal
from matching.services.anchorings import REANCHOR_SHARE, keep_anchorings
from programs.queries import data_version
from tests.matching.builders import market
from tests.matching.recomputing import OTHER_SPECIALTY, state
from tests.programs.builders import query_count

pytestmark = pytest.mark.django_db


def goal(touched=frozenset(), **changes):
    values = {"version": data_version(), "season": 2027, "engine": engine_name(), "base": 0, "touched": touched}
    return Goal(**(values | changes))


def kept(needed=("140",), touched=None, **changes):
    keep_anchorings(goal(**changes), needed=needed, touched=touched or {})
    return {(one.specialty, one.data_version, one.touched) for one in Anchoring.objects.all()}


def test_model_of_a_stored_anchoring_is_the_one_that_was_stored():
    market(20, share_non_us_img="0.2")
    fresh = program_set("140", 2027).model
    back = model_of(Anchoring(specialty="140", numbers=anchoring_numbers(fresh)))
    assert back.figures == fresh.figures
    assert np.array_equal(back.intercepts, fresh.intercepts)
    assert np.array_equal(back.spreads, fresh.spreads)


def test_anchoring_survives_the_database_to_the_last_bit():
    market(20, share_non_us_img="0.2")
    fresh = program_set("140", 2027).model
    kept()
    assert anchoring_numbers(model_of(Anchoring.objects.get())) == anchoring_numbers(fresh)


def test_program_set_uses_the_stored_anchoring_with_no_query_more():
    market(20, share_non_us_img="0.2")
    kept()
    stored = Anchoring.objects.get()
    before = program_set("140", 2027)
    assert (before.anchored, query_count(lambda: program_set("140", 2027))) == (stored.data_version, 1)
    state(1, share_non_us_img="0.9")
    after = program_set("140", 2027)
    assert (after.version, after.anchored) == (data_version(), stored.data_version)
    assert np.array_equal(after.model.intercepts, before.model.intercepts)


@pytest.mark.parametrize("changes", [{"engine": "3-other"}, {"season": 2026}, {"specialty": OTHER_SPECIALTY}])
def test_program_set_anchors_by_itself_where_nothing_fits(changes):
    market(20, share_non_us_img="0.2")
    fresh = program_set("140", 2027).model
    numbers = anchoring_numbers(fresh) | {"intercepts": [9.0, 9.0]}
    Anchoring.objects.create(**({"specialty": "140", "season": 2027, "engine": engine_name(), "data_version": 1, "programs": 20, "numbers": numbers} | changes))
    forget_programs()
    found = program_set("140", 2027)
    assert (found.model.intercepts.tolist(), found.anchored) == (fresh.intercepts.tolist(), data_version())


def test_reading_programs_stores_nothing():
    market(3)
    program_set("140", 2027)
    assert Anchoring.objects.count() == 0


def test_another_stored_anchoring_is_seen_at_once():
    market(20, share_non_us_img="0.2")
    kept()
    program_set("140", 2027)
    Anchoring.objects.all().delete()
    Anchoring.objects.create(
        specialty="140",
        season=2027,
        engine=engine_name(),
        data_version=1,
        programs=20,
        numbers={"intercepts": [1.0, 2.0], "spreads": [1.0, 1.0], "step2_slope": 0.5},
    )
    assert program_set("140", 2027).model.intercepts.tolist() == [1.0, 2.0]


def test_anchoring_is_kept_up_to_the_share_and_counts_what_was_touched():
    market(40)
    first = data_version()
    assert kept() == {("140", first, 0)}
    most = int(REANCHOR_SHARE * 40)
    state(1, visa_j1="yes")
    assert kept(touched={"140": most}) == {("140", first, most)}
    state(2, visa_j1="yes")
    assert kept(touched={"140": 1}) == {("140", data_version(), 0)}


@pytest.mark.parametrize("changes", [{"touched": None}, {"engine": "3-other"}])
def test_anchoring_is_made_anew_where_anything_may_have_changed(changes):
    market(4)
    kept()
    state(1, visa_j1="yes")
    keep_anchorings(goal(**changes), needed=["140"], touched={})
    assert [one.data_version for one in Anchoring.objects.all()] == [data_version()]


def test_anchoring_that_nobody_needs_goes_when_it_is_out_of_date_and_stays_otherwise():
    market(10)
    kept()
    assert {code for code, _, _ in kept(needed=())} == {"140"}
    assert kept(needed=(), touched={"140": 5}) == set()


def test_basis_of_names_version_and_stored_anchoring():
    assert basis_of("140", 2027, engine_name()) == Basis(0, None)
    market(2)
    assert basis_of("140", 2027, engine_name()) == Basis(data_version(), None)
    kept()
    assert basis_of("140", 2027, engine_name()) == Basis(data_version(), Anchoring.objects.get().pk)


def test_engine_name_fits_its_column_and_follows_the_tables(monkeypatch):
    before = engine_name()
    assert (before.split("-")[0], len(before)) == ("2", 34)
    engine_name.cache_clear()
    monkeypatch.setattr("matching.adapters.sets.ENGINE_VERSION", "9")
    try:
        assert engine_name() == f"9-{before.split('-')[1]}"
    finally:
        engine_name.cache_clear()
