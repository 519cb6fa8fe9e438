"""A settled fact has every result that it touches brought up to date."""

import pytest

from applicants.services import save_profile
from matching.choices import RunState
from matching.models import RecomputeRun
from programs.models import Program
from programs.views import refresh as refreshing
from smartpick.roles import Role
from tests.matching.builders import market, profile
from tests.programs.stating import LIST, state, suggested
from tests.smartpick.people import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def lake():
    market(1, visa_j1="yes")
    return Program.objects.get()


@pytest.fixture
def enqueued(monkeypatch):
    found = []
    monkeypatch.setattr(refreshing, "enqueue", found.append)
    return found


def choose(lake):
    no = state(lake, "no", by=LIST)
    return f"/programs/{lake.key}/facts/{no.pk}/choose/", {"reason": "The list is newer."}, "J-1 visa of Invented Hospital 001 is settled"


def confirm(lake):
    fact = state(lake, "5", "positions", season=2026)
    address = f"/programs/{lake.key}/facts/{fact.pk}/confirm/"
    return address, {"url": "https://example.org/"}, "First-year positions of Invented Hospital 001 is confirmed for this season"


def accept(lake):
    kept = suggested(lake, "230", "step2_min")
    return f"/data/corrections/{kept.pk}/accept/", {"rank": 1}, "Step 2 CK minimum of Invented Hospital 001 corrected on a reader's word"


@pytest.mark.parametrize("settled", [choose, confirm, accept])
def test_settled_fact_starts_a_run_and_enqueues_it_once_kept(lake, enqueued, django_capture_on_commit_callbacks, settled):
    save_profile(by="visitor", data=profile())
    address, answers, cause = settled(lake)
    with django_capture_on_commit_callbacks(execute=True):
        signed_in(Role.DATA_ADMIN).post(address, answers)
    run = RecomputeRun.objects.get()
    assert (run.cause, run.started_by, run.state, enqueued) == (cause, "data_admin@example.org", RunState.WAITING, [run.pk])


def test_run_that_has_nobody_to_reach_is_not_enqueued(lake, enqueued, django_capture_on_commit_callbacks):
    address, answers, _ = choose(lake)
    with django_capture_on_commit_callbacks(execute=True):
        signed_in(Role.DATA_ADMIN).post(address, answers)
    assert (RecomputeRun.objects.get().state, enqueued) == (RunState.DONE, [])


@pytest.mark.parametrize("refused", ["decline", "accept"])
def test_answer_that_changes_no_fact_starts_no_run(lake, enqueued, refused):
    kept = suggested(lake, "230", "step2_min")
    signed_in(Role.DATA_ADMIN).post(f"/data/corrections/{kept.pk}/{refused}/", {"reason": "No."})
    assert RecomputeRun.objects.count() == 0
