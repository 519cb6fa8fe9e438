"""Parts of a run: killed anywhere, run twice, failing, or beside somebody who saves, each result and each notice is there exactly once."""

from datetime import timedelta

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.db.models import F
from django.utils import timezone

from applicants.services import save_profile
from matching.choices import ChunkState
from matching.models import ChangeNotice, ListEntry, RecomputeChunk, RecomputeRun, ScoreSnapshot
from matching.services import chunks as service
from matching.services import runs
from matching.services.chunks import MOST_ATTEMPTS, claim, finish, work, work_out
from matching.services.lists import add_to_list
from matching.services.runs import start_run
from matching.services.snapshots import refresh_profile
from programs.models import DataVersion
from programs.queries import data_version
from programs.services import apply_changes
from tests.matching.builders import market, profile
from tests.matching.recomputing import ADMIN, OTHER_SPECIALTY, all_results, applicant, as_page_says, key, listed, notices, recompute, results, state
from tests.matching.recomputing import finish as finish_run
from tests.programs.builders import new_program, query_count

pytestmark = pytest.mark.django_db
STAGES = ("work_out", "finish", "write", "update_entries", "complete")


class Killed(BaseException):
    """What nobody catches."""


def refreshed(lists=2):
    """Results, lists with three programs, then new data: one of them sponsors no J-1 visa any more."""
    market(60, visa_j1="yes")
    owners = [applicant() for _ in range(lists)]
    recompute()
    for owner in owners:
        listed(owner, 1, 2, 3)
    state(2, visa_j1="no")
    return owners, start_run(by=ADMIN, cause="Import of programs.csv")


def lease_runs_out():
    """As if the worker had been dead for a while."""
    RecomputeChunk.objects.filter(state=ChunkState.LEASED).update(leased_until=timezone.now() - timedelta(seconds=1))


def assert_complete(owners, run):
    """Each result of the right version, each notice once."""
    run.refresh_from_db()
    assert (run.state, run.profiles_done, run.notices) == ("done", len(owners), len(owners))
    assert set(ScoreSnapshot.objects.values_list("data_version", flat=True)) == {run.data_version} == {data_version()}
    for owner in owners:
        assert [(who, kind) for who, kind, _ in notices(owner)] == [(key(2), "excluded")]
        assert {one: row[0] for one, row in results(owner).items()} == {one: tier for one, (tier, _) in as_page_says(profile()).items()}
    assert set(ListEntry.objects.values_list("data_version", flat=True)) == {run.data_version}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("after", [False, True])
def test_worker_killed_at_any_stage_loses_nothing_and_tells_nothing_twice(stage, after, monkeypatch):
    monkeypatch.setattr(runs, "CHUNK_PROFILES_TOUCHED", 1)
    owners, run = refreshed()
    real = getattr(service, stage)

    def killed(*args, **named):
        if after:
            real(*args, **named)
        raise Killed

    monkeypatch.setattr(service, stage, killed)
    for _ in owners:
        try:
            while work(run.pk):
                pass
        except Killed:
            break
    monkeypatch.setattr(service, stage, real)
    lease_runs_out()
    finish_run(run)
    assert_complete(owners, run)


def test_leased_part_is_left_alone_until_the_lease_runs_out():
    _, run = refreshed(1)
    assert claim(run) is not None
    assert claim(run) is None
    lease_runs_out()
    assert claim(run) is not None


def test_part_run_twice_at_once_is_finished_once():
    owners, run = refreshed()
    slow = claim(run)
    done = work_out(run, slow.profile_ids)
    lease_runs_out()
    quick = claim(run)
    finish(run, quick, work_out(run, quick.profile_ids))
    with pytest.raises(service._LeaseLostError):
        finish(run, slow, done)
    assert_complete(owners, run)


def test_lease_that_ran_out_still_holds_where_nobody_took_the_part():
    owners, run = refreshed()
    lease = claim(run)
    lease_runs_out()
    finish(run, lease, work_out(run, lease.profile_ids))
    assert_complete(owners, run)


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_database_that_goes_away_leaves_the_part_to_the_lease(error, monkeypatch):
    owners, run = refreshed()

    def away(*_):
        raise error("server closed the connection unexpectedly")

    monkeypatch.setattr(service, "write", away)
    with pytest.raises(error):
        work(run.pk)
    monkeypatch.undo()
    assert RecomputeChunk.objects.get(run=run).state == ChunkState.LEASED
    lease_runs_out()
    finish_run(run)
    assert_complete(owners, run)


def test_part_that_fails_is_given_back_and_ends_the_run_after_some_attempts(monkeypatch):
    _, run = refreshed(1)

    def broken(*_):
        raise ValueError("no such table of states")

    monkeypatch.setattr(service, "work_out", broken)
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(ValueError, match="no such table"):
            work(run.pk)
    run.refresh_from_db()
    assert run.state == "failed"
    assert run.error == "One part failed 5 times: ValueError: no such table of states. Mend the cause, then start a recompute by hand."
    assert not work(run.pk)


def test_part_that_workers_die_over_ends_the_run():
    _, run = refreshed(1)
    RecomputeChunk.objects.filter(run=run).update(attempts=MOST_ATTEMPTS)
    assert not work(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error.split(":")[0]) == ("failed", f"One part did not end in {MOST_ATTEMPTS} attempts")


def test_failing_part_lets_the_others_go_first(monkeypatch):
    monkeypatch.setattr(runs, "CHUNK_PROFILES_TOUCHED", 1)
    _, run = refreshed()
    RecomputeChunk.objects.filter(run=run, number=0).update(attempts=1)
    assert RecomputeChunk.objects.get(pk=claim(run).chunk_id).number == 1


def test_work_stops_when_data_has_moved_on():
    _, run = refreshed(1)
    lease = claim(run)
    done = work_out(run, lease.profile_ids)
    DataVersion.objects.create(cause="newer", touched={})
    with pytest.raises(service._LeaseLostError):
        finish(run, lease, done)
    assert not work(run.pk)


def test_work_of_a_run_for_another_engine_is_left_to_those_who_have_it():
    _, run = refreshed(1)
    RecomputeRun.objects.update(engine="1-old")
    assert not work(run.pk)


def test_profile_saved_while_its_part_is_worked_out_keeps_what_was_saved(monkeypatch):
    owners, run = refreshed(2)
    real = service.work_out

    def saved_meanwhile(run, ids):
        done = real(run, ids)
        monkeypatch.setattr(service, "work_out", real)
        save_profile(by="visitor", data=profile(publications=20), profile=owners[0])
        refresh_profile(owners[0])
        return done

    monkeypatch.setattr(service, "work_out", saved_meanwhile)
    finish_run(run)
    assert run.state == "done"
    for owner, data in zip(owners, (profile(publications=20), profile()), strict=True):
        assert {one: row[0] for one, row in results(owner).items()} == {one: tier for one, (tier, _) in as_page_says(data).items()}


def test_program_put_on_a_list_while_its_part_is_worked_out_is_reached(monkeypatch):
    owners, run = refreshed(1)
    apply_changes(by="test", cause="other", programs=[new_program("1200500001", name="Invented Family Medicine", specialty=OTHER_SPECIALTY)])
    run = start_run(by=ADMIN, cause="two")
    real = service.work_out

    def added_meanwhile(run, ids):
        done = real(run, ids)
        monkeypatch.setattr(service, "work_out", real)
        add_to_list(by="visitor", profile=owners[0], keys=["1200500001"], match_year=2027)
        return done

    monkeypatch.setattr(service, "work_out", added_meanwhile)
    finish_run(run)
    assert set(ScoreSnapshot.objects.values_list("specialty", "data_version")) == {("140", data_version()), (OTHER_SPECIALTY, data_version())}


def test_newer_results_are_not_overwritten():
    _, run = refreshed(1)
    lease = claim(run)
    done = work_out(run, lease.profile_ids)
    ScoreSnapshot.objects.update(data_version=F("data_version") + 5)
    before = all_results()
    finish(run, lease, done)
    assert all_results() == before


@pytest.mark.parametrize(("people", "programs"), [(1, 30), (5, 150)])
def test_queries_of_a_part_do_not_grow_with_profiles_lists_and_programs(people, programs):
    market(programs, visa_j1="yes")
    owners = [applicant() for _ in range(people)]
    recompute()
    for owner in owners:
        listed(owner, *range(1, people + 1))
    for number in range(1, people + 1):
        state(number, visa_j1="no")
    run = start_run(by=ADMIN, cause="one")
    work_out(run, [owner.pk for owner in owners])  # reads the programs
    on_postgresql = connection.vendor == "postgresql"  # its lock, and staging tables for bulk writes
    assert query_count(lambda: work(run.pk)) == (52 if on_postgresql else 42)
    run.refresh_from_db()
    assert (run.state, ChangeNotice.objects.count()) == ("done", people * people)
