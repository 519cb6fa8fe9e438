"""`manage.py clean_up`: what goes, and what stays."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

from applicants.models import ExamSitting, Letter, Profile, UsceSpell
from smartpick.models import AuditEvent
from tests.applicants.builders import FULL, load_reference_rows
from tests.applicants.visiting import PAGE, keep, posted, visit, with_owner

pytestmark = pytest.mark.django_db
AGE = timedelta(days=90)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _session_age(settings):
    settings.SESSION_COOKIE_AGE = AGE.total_seconds()


def aged(profile, age):
    Profile.objects.filter(pk=profile.pk).update(updated_at=timezone.now() - age)
    return profile


def test_clean_up_deletes_profiles_whose_session_is_over(capsys):
    kept = [aged(keep(), AGE - MINUTE), aged(keep(is_demo=True), 10 * AGE), aged(with_owner(), 10 * AGE)]
    for _ in range(2):
        aged(keep(), AGE + MINUTE)

    call_command("clean_up")

    assert set(Profile.objects.values_list("pk", flat=True)) == {profile.pk for profile in kept}
    assert {row.profile_id for model in (ExamSitting, UsceSpell, Letter) for row in model.objects.all()} == {profile.pk for profile in kept}
    assert capsys.readouterr().out == "Abandoned profiles deleted: 2. Uploads put aside: 0. Sessions that are over are gone as well.\n"
    event = AuditEvent.objects.get(verb="profile:delete-abandoned")
    assert (event.by, event.detail["profiles"]) == ("manage.py clean_up", 2)


def test_clean_up_repeated_deletes_nothing_and_leaves_no_event(capsys):
    aged(keep(), 2 * AGE)
    call_command("clean_up")
    events = AuditEvent.objects.count()

    call_command("clean_up")

    assert capsys.readouterr().out.splitlines()[-1] == "Abandoned profiles deleted: 0. Uploads put aside: 0. Sessions that are over are gone as well."
    assert AuditEvent.objects.count() == events


def test_clean_up_takes_sessions_that_are_over_and_no_other(client):
    visit(client, 7)
    over = Session.objects.create(session_key="over", session_data="", expire_date=timezone.now() - MINUTE)

    call_command("clean_up")

    assert not Session.objects.filter(pk=over.pk).exists()
    assert client.session["profile_id"] == 7


def test_profile_saved_again_lasts_as_long_as_its_session(client):
    load_reference_rows()
    profile = aged(keep(), AGE - MINUTE)
    visit(client, profile.pk)
    Session.objects.update(expire_date=timezone.now() + MINUTE)

    client.post(PAGE, posted(FULL, publications="9"))
    profile.refresh_from_db()

    assert timedelta(0) <= Session.objects.get().expire_date - (profile.updated_at + AGE) < MINUTE
