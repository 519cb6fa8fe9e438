"""`manage.py recompute` as an admin uses it."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from matching.choices import RunState
from matching.management.commands import recompute as command
from matching.management.commands.recompute import in_words
from matching.models import RecomputeRun, ScoreSnapshot
from matching.services.runs import Progress, fail, start_run
from smartpick.models import AuditEvent
from tests.matching.builders import market
from tests.matching.recomputing import ADMIN, applicant

pytestmark = pytest.mark.django_db


def said(*options):
    output = StringIO()
    call_command("recompute", *options, stdout=output)
    return output.getvalue().splitlines()


def test_recompute_starts_one_for_the_workers():
    market(1)
    applicant()
    run_said = said()
    run = RecomputeRun.objects.get()
    assert run_said == [f"Recompute {run.pk} is started, for 1 profile. How far it is: python manage.py recompute --status"]
    assert (run.state, ScoreSnapshot.objects.count()) == ("done", 1)  # tests run tasks at once
    assert said() == ["Everything is up to date."]


def test_recompute_wait_works_here_and_says_how_far_it_is(monkeypatch):
    monkeypatch.setattr("matching.services.runs.CHUNK_PROFILES", 1)
    monkeypatch.setattr(command, "enqueue", None)
    market(1)
    for _ in range(2):
        applicant()
    lines = said("--wait")
    assert [line.split(",")[:2] for line in lines] == [["running", " 1 of 2 profiles"], ["done", " 2 of 2 profiles"]]
    assert RecomputeRun.objects.get().state == "done"


def test_recompute_wait_ends_with_the_run_and_says_what_went_wrong(monkeypatch):
    market(1)
    applicant()

    def failing(run_id):
        fail(RecomputeRun.objects.get(pk=run_id), "It is broken.")

    monkeypatch.setattr(command, "work", failing)
    with pytest.raises(CommandError, match=r"not come to its end: failed\. It is broken\."):
        said("--wait")


def test_recompute_cancel_stops_the_one_that_is_going_on():
    market(1)
    applicant()
    run = start_run(by=ADMIN, cause="one")
    assert said("--cancel")[0].startswith("The recompute stops before its next part.")
    run.refresh_from_db()
    assert (run.state, AuditEvent.objects.filter(verb="recompute:cancel").count()) == ("cancelled", 1)
    with pytest.raises(CommandError, match="No recompute is going on"):
        said("--cancel")


def test_recompute_status_tells_of_the_newest():
    assert said("--status") == ["There has been no recompute yet."]
    market(1)
    applicant()
    start_run(by=ADMIN, cause="Import of visas.csv")
    assert said("--status") == ["Import of visas.csv: waiting for a worker, 0 of 1 profiles, 0 notices"]


def test_in_words_says_rate_and_time_left():
    found = Progress(RunState.RUNNING, 500, 2000, 12, 410.0, 3.66, stalled=True, error="")
    assert in_words(found) == ("running, 500 of 2,000 profiles, 410 a second, about 4 s left, 12 notices, but no worker has been heard of for a while")
