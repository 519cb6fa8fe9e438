"""Tasks hand over to the services, and what stops is found again."""

from datetime import timedelta

import pytest
from django.conf import settings as project
from django.db import OperationalError, connection
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from matching import tasks
from matching.models import RecomputeRun, ScoreSnapshot
from matching.services.runs import AUTOMATIC, start_run
from matching.tasks import enqueue, keep_up_to_date, work_on_run
from programs.models import DataVersion
from smartpick.celery import app
from tests.matching.builders import market
from tests.matching.recomputing import ADMIN, applicant, notices, recompute, runs, state

pytestmark = pytest.mark.django_db


def test_enqueued_run_is_worked_to_its_end():
    market(2)
    applicant()
    run = start_run(by=ADMIN, cause="one")
    enqueue(run.pk)
    run.refresh_from_db()
    assert (run.state, ScoreSnapshot.objects.count()) == ("done", 1)


def test_slice_makes_room_and_goes_on_later(monkeypatch, settings):
    monkeypatch.setattr("matching.services.runs.CHUNK_PROFILES", 1)
    settings.RECOMPUTE_SLICE_SECONDS = -1
    sent = []
    monkeypatch.setattr(work_on_run, "apply_async", sent.append)
    market(1)
    for _ in range(3):
        applicant()
    run = start_run(by=ADMIN, cause="one")
    work_on_run(run.pk)
    assert (ScoreSnapshot.objects.count(), sent) == (1, [(run.pk,)])


def test_work_on_a_run_that_is_gone_does_nothing():
    work_on_run(12345)
    assert runs() == []


def test_keep_up_to_date_starts_what_nobody_started_and_tells_why():
    market(60, visa_j1="yes")
    owner = applicant()
    keep_up_to_date()
    assert [state for state, _ in runs()] == ["done"]
    assert RecomputeRun.objects.get().started_by == AUTOMATIC
    state(1, "Import of visas.csv", visa_j1="no")
    keep_up_to_date()
    keep_up_to_date()
    assert list(RecomputeRun.objects.order_by("pk").values_list("state", "cause")) == [("done", "test"), ("done", "Import of visas.csv")]
    assert notices(owner) == []


def test_keep_up_to_date_of_an_empty_database_starts_nothing():
    keep_up_to_date()
    assert runs() == []


def test_keep_up_to_date_leaves_a_run_alone_that_workers_are_at_and_goes_on_with_a_stalled_one():
    market(1)
    applicant()
    run = start_run(by=ADMIN, cause="one")
    keep_up_to_date()
    run.refresh_from_db()
    assert run.state == "waiting"
    RecomputeRun.objects.update(beat_at=timezone.now() - timedelta(seconds=project.RECOMPUTE_LEASE_SECONDS + 1))
    keep_up_to_date()
    run.refresh_from_db()
    assert run.state == "done"


@pytest.fixture
def said(monkeypatch):
    """What the tasks log, whatever other tests did to logging."""
    lines = []
    for level in ("warning", "exception"):
        monkeypatch.setattr(tasks.log, level, lambda text, *values: lines.append(text % values))
    return lines


def test_broker_that_is_away_is_no_error(monkeypatch, said):
    def away(_):
        raise BrokerError("connection refused")

    monkeypatch.setattr(work_on_run, "apply_async", away)
    market(1)
    applicant()
    run = start_run(by=ADMIN, cause="one")
    enqueue(run.pk)
    assert said == [f"The broker is away: recompute {run.pk} begins when it is back."]
    assert [state for state, _ in runs()] == ["waiting"]


@pytest.mark.parametrize("task", ["work", "is_behind"])
def test_database_that_is_away_is_left_to_the_lease(task, monkeypatch, said):
    closed = []

    def away(*_):
        raise OperationalError("the server is starting up")

    monkeypatch.setattr(tasks, task, away)
    monkeypatch.setattr(connection, "close", lambda: closed.append(True))
    work_on_run(1) if task == "work" else keep_up_to_date()
    assert (closed, len(said), "the database did not answer" in said[0]) == ([True], 1, True)


def test_other_errors_are_raised(monkeypatch):
    def broken(*_):
        raise ValueError("a mistake")

    monkeypatch.setattr(tasks, "work", broken)
    with pytest.raises(ValueError, match="a mistake"):
        work_on_run(1)


def test_beat_sends_a_task_that_exists_and_each_message_ends_before_the_next():
    app.loader.import_default_modules()
    (entry,) = project.CELERY_BEAT_SCHEDULE.values()
    assert entry["task"] in app.tasks
    assert entry["options"]["expires"] < entry["schedule"]


def test_version_without_a_touch_list_is_taken_up_as_well():
    market(2)
    applicant()
    recompute()
    DataVersion.objects.create(cause="Reference tables loaded")
    keep_up_to_date()
    assert [state for state, _ in runs()] == ["done", "done"]
