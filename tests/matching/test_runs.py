"""When a recompute starts, whom it reaches, and how it ends."""

from datetime import timedelta

import pytest
from django.utils import timezone

from applicants.models import Profile
from applicants.services import save_profile
from matching.adapters import engine_name
from matching.choices import RunState
from matching.models import Anchoring, ProgramOrder, RecomputeChunk, RecomputeRun, ScoreSnapshot
from matching.services import runs as service
from matching.services.chunks import work
from matching.services.runs import AUTOMATIC, RunError, cancel_run, is_behind, is_stalled, progress, start_run
from programs.models import DataVersion, Program
from programs.queries import data_version
from programs.services import apply_changes
from smartpick.models import AuditEvent
from tests.matching.builders import add_programs, market, profile
from tests.matching.recomputing import (
    ADMIN,
    OTHER_SPECIALTY,
    all_results,
    applicant,
    as_page_says,
    chances,
    finish,
    key,
    program_id,
    recompute,
    results,
    runs,
    state,
)
from tests.programs.builders import new_program

pytestmark = pytest.mark.django_db
HALF_STEP = 1 / 131_070


def many_programs(count=60, **facts):
    """Enough of them that one or two are less than the share at which a specialty is anchored anew."""
    market(count, **facts)


def agrees(owner, data=None, specialty="140"):
    """Whether snapshot and page say the same."""
    page, kept = as_page_says(data or profile(), specialty), results(owner, specialty)
    assert {one: row[0] for one, row in kept.items()} == {one: tier for one, (tier, _) in page.items()}
    assert chances(kept) == pytest.approx({one: chance for one, (_, chance) in page.items()}, abs=HALF_STEP * 1.001)


def test_start_run_without_profiles_is_done_at_once():
    market(2)
    run = start_run(by=ADMIN, cause="first")
    assert (run.state, run.profiles, run.data_version, run.engine, run.season) == ("done", 0, data_version(), engine_name(), 2027)
    assert start_run(by=ADMIN, cause="again") is None


def test_a_full_run_keeps_results_that_agree_with_the_page():
    many_programs(5, visa_j1="yes")
    add_programs([7], visa_j1="no")
    owner = applicant()
    run = recompute()
    assert (run.state, run.profiles, run.profiles_done, run.notices) == ("done", 1, 1, 0)
    agrees(owner)
    assert recompute() is None


def test_run_reaches_every_specialty_of_a_profile_and_an_empty_one_too():
    market(2)
    owner = applicant(specialties=("140", OTHER_SPECIALTY))
    recompute()
    assert {(specialty, len(found)) for (_, specialty), (_, _, found) in all_results().items()} == {("140", 2), (OTHER_SPECIALTY, 0)}
    assert ScoreSnapshot.objects.filter(profile=owner).count() == 2


def test_small_refresh_moves_touched_programs_alone_and_agrees_with_the_page():
    many_programs(share_non_us_img="0.3")
    owner = applicant()
    recompute()
    before, anchored = results(owner), Anchoring.objects.get().pk
    state(2, step2_min="235", share_non_us_img="0.9")
    run = recompute()
    after = results(owner)
    assert set(RecomputeRun.objects.get(pk=run.pk).touched) == {str(program_id(2))}
    assert [one for one in before if before[one] != after[one]] == [program_id(2)]
    assert (Anchoring.objects.get().pk, Anchoring.objects.get().touched) == (anchored, 1)
    agrees(owner)


def test_large_refresh_anchors_anew_and_agrees_with_the_page():
    market(10, share_non_us_img="0.3")
    owner = applicant()
    recompute()
    anchored = Anchoring.objects.get().pk
    state(2, share_non_us_img="0.9")
    recompute()
    assert Anchoring.objects.get().pk != anchored
    assert {one.data_version for one in ScoreSnapshot.objects.all()} == {data_version()}
    agrees(owner)


@pytest.mark.parametrize("count", [6, 60])
def test_refresh_with_programs_that_came_left_moved_and_were_renamed_is_what_a_run_from_nothing_gives(count):
    many_programs(count, share_non_us_img="0.3")
    applicant()
    applicant(publications=None, usce=None)
    recompute()
    add_programs([98], visa_j1="no")
    Program.objects.filter(key=key(1)).update(closed_on=timezone.localdate())
    Program.objects.filter(key=key(2)).update(name="Zz Invented Hospital")
    touched = {str(program_id(number)): [""] for number in (1, 2)}
    DataVersion.objects.create(cause="closed and renamed", touched=touched)
    recompute()
    patched = all_results()
    anchored = Anchoring.objects.get()
    ScoreSnapshot.objects.all().delete()
    recompute("from nothing")
    assert Anchoring.objects.get() == anchored
    assert all_results() == patched


def test_refresh_of_fields_that_results_do_not_read_reaches_nobody():
    many_programs()
    owner = applicant()
    recompute()
    before = results(owner)
    state(3, website="https://program.example")
    run = recompute()
    assert (run.state, run.profiles) == ("done", 0)
    assert results(owner) == before
    assert ScoreSnapshot.objects.get(profile=owner).data_version == data_version()


def test_refresh_reaches_only_those_who_apply_in_the_specialty():
    many_programs()
    add_other()
    here, there = applicant(), applicant(specialties=(OTHER_SPECIALTY,))
    recompute()
    state(4, visa_j1="no")
    run = recompute()
    assert (run.profiles, RecomputeChunk.objects.get(run=run).profile_ids) == (1, [here.pk])
    assert set(ScoreSnapshot.objects.values_list("profile_id", "data_version")) == {(here.pk, data_version()), (there.pk, data_version())}


def add_other():
    """One program of the other specialty."""
    apply_changes(by="test", cause="test", programs=[new_program("1200500001", name="Invented Family Medicine", specialty=OTHER_SPECIALTY)])


def test_unknown_touch_reads_profiles_again():
    market(3)
    owner = applicant()
    recompute()
    save_profile(by="visitor", data=profile(visa_need=None), profile=owner)  # by a command, which leaves results alone
    DataVersion.objects.create(cause="Reference tables loaded")
    recompute()
    agrees(owner, profile(visa_need=None))


@pytest.mark.parametrize("change", ["engine", "season"])
def test_other_engine_or_season_works_everything_out_again(change, monkeypatch, settings):
    market(3)
    owner = applicant()
    recompute()
    before = ScoreSnapshot.objects.get().engine
    if change == "season":
        settings.MATCH_YEAR = 2028
    else:
        for module in ("runs", "chunks", "aims"):
            monkeypatch.setattr(f"matching.services.{module}.engine_name", lambda: "3-other")
    assert is_behind()
    run = recompute()
    assert (run.state, run.profiles_done) == ("done", 1)
    assert ScoreSnapshot.objects.get(profile=owner).engine != before
    assert recompute() is None


def test_profile_without_results_is_reached_though_the_data_is_the_same():
    market(2)
    applicant()
    recompute()
    late = applicant()
    assert is_behind()
    run = recompute()
    assert RecomputeChunk.objects.get(run=run).profile_ids == [late.pk]
    assert not is_behind()


def test_start_run_again_returns_the_unfinished_one():
    market(2)
    applicant()
    first = start_run(by=ADMIN, cause="first")
    assert start_run(by=ADMIN, cause="second") == first


def test_newer_data_supersedes_and_takes_over_what_was_left(monkeypatch):
    monkeypatch.setattr(service, "CHUNK_PROFILES_TOUCHED", 1)
    many_programs()
    owners = [applicant(), applicant(publications=0)]
    recompute()
    state(1, visa_j1="no")
    first = start_run(by=ADMIN, cause="one")
    assert work(first.pk)
    state(2, visa_j1="no")
    second = start_run(by=ADMIN, cause="two")
    assert set(second.touched) == {str(program_id(1)), str(program_id(2))}
    assert not work(first.pk)
    finish(second)
    assert [one for one, _ in runs()] == ["done", "superseded", "done"]
    agrees(owners[0])
    agrees(owners[1], profile(publications=0))


def test_anchoring_of_a_superseded_run_is_no_reason_to_keep_older_results(monkeypatch):
    monkeypatch.setattr(service, "CHUNK_PROFILES_TOUCHED", 1)
    market(10, share_non_us_img="0.3")
    owners = [applicant(), applicant(publications=0)]
    recompute()
    state(1, share_non_us_img="0.9")  # anchors anew
    first = start_run(by=ADMIN, cause="one")
    assert work(first.pk)
    Program.objects.filter(key=key(2)).update(name="Zz Invented Hospital")
    DataVersion.objects.create(cause="renamed", touched={})
    finish(start_run(by=ADMIN, cause="two"))
    agrees(owners[0])
    agrees(owners[1], profile(publications=0))


def test_cancelled_run_stops_and_the_next_one_goes_on_from_there(monkeypatch):
    monkeypatch.setattr(service, "CHUNK_PROFILES", 1)
    market(2)
    applicant()
    applicant()
    run = start_run(by=ADMIN, cause="one")
    assert work(run.pk)
    cancel_run(by=ADMIN, run=run)
    assert not work(run.pk)
    assert ScoreSnapshot.objects.count() == 1
    assert not is_behind()  # nobody starts again by itself what a person stopped
    following = recompute()
    assert (following.profiles, ScoreSnapshot.objects.count()) == (1, 2)
    with pytest.raises(RunError, match="ended already: done"):
        cancel_run(by=ADMIN, run=following)


def test_people_leave_an_audit_event_and_automatic_runs_none():
    market(1)
    applicant()
    run = start_run(by=ADMIN, cause="by hand")
    cancel_run(by=ADMIN, run=run)
    applicant()
    start_run(by=AUTOMATIC, cause="beat")
    found = AuditEvent.objects.filter(target__startswith="recompute:").order_by("pk")
    assert list(found.values_list("by", "verb", "target")) == [(ADMIN, f"recompute:{verb}", f"recompute:{run.pk}") for verb in ("start", "cancel")]


def test_orders_that_nothing_follows_go_at_the_end():
    market(2)
    applicant()
    recompute()
    add_programs([9])
    recompute()
    assert [order.snapshots.count() for order in ProgramOrder.objects.all()] == [1]


def test_orders_are_shared():
    market(2)
    for _ in range(3):
        applicant()
    recompute()
    assert [order.snapshots.count() for order in ProgramOrder.objects.all()] == [3]


def test_is_behind_of_an_empty_database_is_false():
    assert not is_behind()


def test_progress_counts_and_guesses_the_rest(monkeypatch):
    monkeypatch.setattr(service, "CHUNK_PROFILES", 1)
    market(1)
    for _ in range(4):
        applicant()
    run = start_run(by=ADMIN, cause="one")
    waiting = progress(run)
    assert (waiting.state, waiting.done, waiting.total, waiting.rate, waiting.seconds_left, waiting.share) == (RunState.WAITING, 0, 4, None, None, 0)
    work(run.pk)
    RecomputeRun.objects.update(started_at=timezone.now() - timedelta(seconds=10))
    run.refresh_from_db()
    running = progress(run)
    assert (running.state, running.done, running.stalled) == (RunState.RUNNING, 1, False)
    assert [running.rate, running.seconds_left] == pytest.approx([0.1, 30], rel=0.1)


def test_run_is_stalled_when_nobody_was_heard_of_for_a_lease(settings):
    market(1)
    applicant()
    run = start_run(by=ADMIN, cause="one")
    later = timezone.now() + timedelta(seconds=settings.RECOMPUTE_LEASE_SECONDS + 1)
    assert [is_stalled(run), is_stalled(run, now=later)] == [False, True]
    finish(run)
    assert not is_stalled(run, now=later)


def test_profiles_that_were_deleted_do_not_hold_up_a_run():
    market(1)
    applicant()
    gone = applicant()
    run = start_run(by=ADMIN, cause="one")
    Profile.objects.filter(pk=gone.pk).delete()
    finish(run)
    assert (run.state, ScoreSnapshot.objects.count()) == ("done", 1)
