"""A saved profile has its results in the same request."""

from datetime import date

import pytest
from django.db import connection

from applicants.choices import Exam, Outcome
from applicants.models import Profile
from applicants.profile import Sitting
from applicants.services import save_profile
from matching.engine import Tier
from matching.models import ScoreSnapshot
from matching.services.snapshots import refresh_profile
from programs.queries import data_version
from tests.matching.builders import market, profile
from tests.matching.recomputing import (
    OTHER_SPECIALTY,
    all_results,
    applicant,
    as_page_says,
    chances,
    entry,
    key,
    listed,
    notices,
    program_id,
    recompute,
    results,
    state,
)
from tests.programs.builders import query_count

LOWER = {"sittings": (Sitting(Exam.STEP1, Outcome.PASS, date(2023, 5, 1)), Sitting(Exam.STEP2_CK, Outcome.PASS, date(2024, 5, 1), 225))}

pytestmark = pytest.mark.django_db


def edited(owner, **changes):
    """The owner saves the profile with changes."""
    refresh_profile(save_profile(by="visitor", data=profile(**changes), profile=owner))


def test_refresh_gives_what_a_recompute_gives():
    market(5, visa_j1="yes")
    owner = applicant(specialties=("140", OTHER_SPECIALTY))
    recompute()
    before = all_results()
    ScoreSnapshot.objects.all().delete()
    refresh_profile(owner)
    assert all_results() == before


def test_refresh_follows_the_profile_and_tells_nobody():
    market(5, step2_min="240")
    owner = applicant()
    recompute()
    listed(owner, 1)
    edited(owner, **LOWER)
    assert {one: row[0] for one, row in results(owner).items()} == {one: tier for one, (tier, _) in as_page_says(profile(**LOWER)).items()}
    assert entry(owner, 1).tier == Tier.EXCLUDED
    assert entry(owner, 1).chance == chances(results(owner))[program_id(1)]
    assert notices(owner) == []
    assert recompute() is None


def test_refresh_drops_results_over_specialties_that_were_left():
    market(2)
    owner = applicant(specialties=("140", OTHER_SPECIALTY))
    refresh_profile(owner)
    edited(owner, specialties=(OTHER_SPECIALTY,))
    assert list(ScoreSnapshot.objects.values_list("specialty", flat=True)) == [OTHER_SPECIALTY]


def test_refresh_before_the_recompute_came_still_tells_what_new_data_did():
    market(60, visa_j1="yes")
    owner = applicant()
    recompute()
    listed(owner, 1, 2)
    state(1, visa_j1="no")
    edited(owner, publications=9)
    assert notices(owner) == [(key(1), "excluded", "J-1 visa: no, says Program pages, 1 Sep 2026")]
    recompute()
    assert len(notices(owner)) == 1
    assert ScoreSnapshot.objects.get().data_version == data_version()


def test_refresh_of_a_deleted_profile_does_nothing():
    market(1)
    owner = applicant()
    Profile.objects.all().delete()
    refresh_profile(owner)
    assert ScoreSnapshot.objects.count() == 0


@pytest.mark.parametrize(("programs", "entries"), [(3, 1), (40, 30)])
def test_refresh_takes_the_same_queries_for_any_number_of_programs_and_entries(programs, entries):
    market(programs)
    owner = applicant()
    recompute()
    listed(owner, *range(1, entries + 1))
    edited(owner, publications=1)
    changed = save_profile(by="visitor", data=profile(publications=40, **LOWER), profile=owner)
    assert query_count(lambda: refresh_profile(changed)) == 27 + (connection.vendor == "postgresql") * 7  # its lock, and staging tables


def test_saving_the_profile_page_keeps_results(client):
    market(2)
    assert client.post("/profile/", {"applicant_type": "non_us_img", "specialty_1": "140"}).status_code == 302
    owner = Profile.objects.get()
    assert set(ScoreSnapshot.objects.values_list("profile_id", "specialty", "data_version")) == {(owner.pk, "140", data_version())}
