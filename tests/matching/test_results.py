"""What has to be done to a result, and writing many at once."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from applicants.services import save_profile
from matching.models import ProgramOrder, ScoreSnapshot
from matching.services.aims import Aim, Goal, aims, goal_now
from matching.services.entries import update_entries
from matching.services.results import Need, Stored, need, span, stored, unchanged, wanted, write
from matching.services.snapshots import results_of
from programs.queries import data_version
from tests.matching.builders import market, profile
from tests.matching.recomputing import OTHER_SPECIALTY, all_results, applicant, entry, listed, recompute, state
from tests.programs.builders import query_count

HERE = "2-tables/2027/7"


@pytest.mark.parametrize(
    ("found", "touched", "everything", "expected"),
    [
        (None, {1}, False, Need.FRESH),
        ((9, HERE), {1}, False, Need.NOTHING),
        ((9, "2-tables/2027/6"), set(), False, Need.WHOLE),
        ((9, "1-tables/2027/7"), set(), False, Need.FRESH),
        ((9, "2-tables/2026/7"), set(), False, Need.FRESH),
        ((8, HERE), {1}, False, Need.PATCH),
        ((8, HERE), {2}, False, Need.NOTHING),
        ((8, "2-tables/2027/6"), {2}, False, Need.WHOLE),
        ((7, HERE), {1}, False, Need.WHOLE),
        ((7, HERE), {2}, False, Need.WHOLE),
        ((8, HERE), {1}, True, Need.FRESH),
        ((9, HERE), {1}, True, Need.NOTHING),
    ],
)
def test_need_of_a_result(found, touched, everything, expected, monkeypatch):
    monkeypatch.setattr(Aim, "rests_on", HERE)
    aim = Aim(Goal(9, 2027, "2-tables", base=8, touched=None if everything else frozenset()), "140", None, ())
    assert need(found and Stored(1, 1, "140", found[0], found[1], 1), aim, touched) is expected


@pytest.mark.django_db
def test_wanted_are_own_specialties_and_those_on_the_list():
    market(1)
    owner = applicant(specialties=(OTHER_SPECIALTY,))
    applicant()
    listed(owner, 1)
    assert {pk: set(standing.specialties) for pk, standing in wanted(2027, [owner.pk]).items()} == {owner.pk: {"140", OTHER_SPECIALTY}}
    assert [len(wanted(2027)), wanted(2026, [owner.pk])[owner.pk].specialties] == [2, {OTHER_SPECIALTY}]


@pytest.mark.django_db
@pytest.mark.parametrize("known", [False, True])
def test_write_keeps_one_row_and_overwrites_what_is_older(known):
    market(3)
    owner = applicant()
    batches = results_of(owner, aims(goal_now(2027), ["140"]))
    write(batches)
    before = all_results()
    ScoreSnapshot.objects.update(data_version=0, chance=b"", tier=b"")
    write(batches, stored([owner.pk]) if known else ())
    assert (all_results(), ProgramOrder.objects.count()) == (before, 1)


@pytest.mark.django_db
def test_write_leaves_newer_results():
    market(3)
    owner = applicant()
    batches = results_of(owner, aims(goal_now(2027), ["140"]))
    write(batches)
    ScoreSnapshot.objects.update(data_version=10**9)
    write(batches)
    assert set(ScoreSnapshot.objects.values_list("data_version", flat=True)) == {10**9}


@pytest.mark.django_db
@pytest.mark.parametrize("people", [1, 6])
def test_write_takes_the_same_queries_for_any_number(people):
    market(3)
    aim = aims(goal_now(2027), ["140"])
    batches = [batch for _ in range(people) for batch in results_of(applicant(), aim)]
    # newer ones; orders read, written, read again; snapshots
    assert query_count(lambda: write(batches)) == (15 if connection.vendor == "postgresql" else 9)


@pytest.mark.django_db
def test_profiles_between_those_asked_for_are_passed_over():
    market(60, visa_j1="yes")
    first, between, last = (applicant() for _ in range(3))
    recompute()
    for owner in (first, between, last):
        listed(owner, 1)
    asked = [first.pk, last.pk]
    who = wanted(2027, asked)
    assert (sorted(who), unchanged(who, 2027)) == (asked, True)
    state(1, visa_j1="no")
    version = data_version()
    batches = [batch for one in (first, last) for batch in results_of(one, aims(goal_now(2027), ["140"]))]
    update_entries(batches, season=2027, version=version, told=None)
    assert [entry(owner, 1).data_version == version for owner in (first, between, last)] == [True, False, True]


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["saved", "deleted", "listed"])
def test_unchanged_sees_every_change_that_results_depend_on(change):
    market(1)
    owner = applicant(specialties=(OTHER_SPECIALTY,))
    who = wanted(2027, [owner.pk])
    if change == "saved":
        save_profile(by="visitor", data=profile(), profile=owner)
    elif change == "deleted":
        owner.delete()
    else:
        listed(owner, 1)
    assert not unchanged(who, 2027)


@given(st.sets(st.integers(1, 10**6), min_size=1, max_size=30))
def test_span_takes_in_every_id_that_is_asked_for(ids):
    (name, value), *rest = span("pk", ids).children
    named = {name: value, **dict(rest)}
    assert named == {"pk__in": ids} or (named == {"pk__gte": min(ids), "pk__lte": max(ids)} and max(ids) - min(ids) < 2 * len(ids))
