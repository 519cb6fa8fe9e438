"""Licensing boards warn and never exclude."""

from datetime import date

import pytest
from django.utils.html import strip_tags

from applicants.choices import Exam, Outcome
from applicants.profile import Sitting
from matching.presenters.licensing import attempts_so_far, states_to_check, warning
from programs.models import ApplicationService, LicensingLimit, Program, SignalLimit
from tests.engine.strategies import one_applicant
from tests.matching.builders import ANSWERS, market, profile
from tests.matching.test_ranked import remember
from tests.programs.builders import SOURCED

TWO_FAILS = {"Step 1": 3, "Step 2 CK": 1, "Step 3": 1}


def limit(each=None, step3=None):
    return LicensingLimit(state_id="OH", max_attempts_each_step=each, max_attempts_step3=step3)


@pytest.mark.parametrize(
    ("board", "attempts", "said"),
    [
        (None, TWO_FAILS, ""),
        (limit(), TWO_FAILS, ""),
        (limit(each=3), TWO_FAILS, ""),
        (limit(each=2), TWO_FAILS, "Step 1 (2 attempts at most, you need 3)"),
        (limit(each=1), {"Step 1": 2, "Step 2 CK": 2, "Step 3": 1}, "Step 1 (1 attempt at most, you need 2), Step 2 CK (1 attempt at most, you need 2)"),
        (limit(step3=1), {"Step 1": 9, "Step 2 CK": 1, "Step 3": 2}, "Step 3 (1 attempt at most, you need 2)"),
    ],
)
def test_warning(board, attempts, said):
    expected = f"A license there may be out of reach: {said}; check with the board before you rank programs there." if said else ""
    assert warning(board, attempts) == expected


def test_states_to_check_are_those_that_warn():
    assert states_to_check({"TX": limit(each=2), "OH": limit(each=2), "MI": limit(each=3)}, TWO_FAILS) == ["OH", "TX"]


def test_attempts_so_far_counts_the_sitting_that_passes():
    assert attempts_so_far(one_applicant(fails_step1_min=2, fails_step1_max=2, fails_total=2)) == TWO_FAILS


@pytest.mark.django_db
def test_pages_warn_of_the_board_and_exclude_nothing(client):
    market(1, visa_j1="yes")
    LicensingLimit.objects.create(state_id="OH", max_attempts_each_step=1, **SOURCED)
    remember(client, profile(sittings=(Sitting(Exam.STEP1, Outcome.FAIL, date(2022, 5, 1)), *profile().sittings)))
    listed, shown = (" ".join(strip_tags(client.get(path).content.decode()).split()) for path in ("/list/ranked/", f"/programs/{Program.objects.get().key}/"))
    assert "1 program not excluded" in listed
    assert "Licensing boards in OH may not allow your number of attempts" in listed
    assert "Step 1 (1 attempt at most, you need 2)" in shown


@pytest.mark.django_db
def test_program_page_says_where_to_apply_and_how_many_signals(client):
    market(1)
    ApplicationService.objects.create(specialty_id="140", season=2026, service="ERAS", **SOURCED)
    ApplicationService.objects.create(specialty_id="140", season=2028, service="Another", **SOURCED)
    SignalLimit.objects.create(specialty_id="140", season=2027, gold=3, silver=12, **SOURCED)
    page = " ".join(strip_tags(client.get(f"/programs/{Program.objects.get().key}/", ANSWERS).content.decode()).split())
    assert "Applications go through ERAS. Signals in Internal Medicine: 3 gold and 12 silver (2027 season" in page
