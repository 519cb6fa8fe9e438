"""What has to be done to a result, and writing many at once."""

import pytest
from django.db import connection

from matching.models import ProgramOrder, ScoreSnapshot
from matching.services.aims import Aim, Goal, aims, goal_now
from matching.services.results import Need, Stored, need, stored, wanted, write
from matching.services.snapshots import results_of
from tests.matching.builders import market
from tests.matching.recomputing import OTHER_SPECIALTY, all_results, applicant, listed
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
