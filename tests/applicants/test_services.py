from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings

from applicants.choices import ApplicantType, Exam, Outcome, VisaNeed
from applicants.models import ExamSitting, Letter, Profile, UsceSpell
from applicants.queries import demonstration_profiles, is_unchanged_copy, profile_data
from applicants.services import InvalidProfileError, delete_profile, save_profile
from smartpick.access import VISITOR
from smartpick.models import AuditEvent, User
from tests.applicants.builders import FULL, MINIMAL, minimal, profiles, step

pytestmark = pytest.mark.django_db


def save(data=FULL, **more):
    return save_profile(by=VISITOR, data=data, **more)


def stored(profile):
    return profile_data(Profile.objects.get(pk=profile.pk))


def rows():
    return tuple(model.objects.count() for model in (Profile, ExamSitting, UsceSpell, Letter))


def owned():
    owner = User.objects.create_user("owner@example.org")
    profile = save()
    Profile.objects.filter(pk=profile.pk).update(owner=owner)
    return Profile.objects.get(pk=profile.pk)


def events():
    return list(AuditEvent.objects.order_by("id").values_list("by", "verb", "target"))


# --- saving ---


@pytest.mark.parametrize("data", [MINIMAL, FULL], ids=["minimal", "full"])
def test_save_profile_keeps_every_field(data):
    assert stored(save(data)) == data


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(profiles())
def test_save_profile_keeps_any_valid_profile(data):
    with transaction.atomic():
        assert stored(save(data)) == data
        transaction.set_rollback(True)


@pytest.mark.parametrize("field", ["usce", "letters"])
def test_save_profile_unknown_and_none_stay_apart(field):
    kept = {value: getattr(stored(save(replace(FULL, **{field: value}))), field) for value in (None, ())}

    assert kept == {None: None, (): ()}


def test_save_profile_over_an_old_one_replaces_its_rows():
    profile = save()

    again = save(replace(FULL, sittings=FULL.sittings[:2], usce=None, letters=FULL.letters[:1], failed_attempts=None), profile=profile)

    assert (again.pk, rows()) == (profile.pk, (1, 2, 0, 1))
    assert stored(again) == replace(FULL, sittings=FULL.sittings[:2], usce=None, letters=FULL.letters[:1], failed_attempts=None)


def test_save_profile_over_an_old_one_leaves_others_alone():
    other, profile = save(), save()

    save(MINIMAL, profile=profile)

    assert stored(other) == FULL


def test_save_profile_over_one_deleted_meanwhile_makes_a_new_one():
    profile = save()
    stale = Profile.objects.get(pk=profile.pk)
    delete_profile(by=VISITOR, profile=profile)

    assert stored(save(MINIMAL, profile=stale)) == MINIMAL


def test_save_profile_demonstration_mark_is_set_once_and_kept():
    demo = save(is_demo=True)

    again = save(MINIMAL, profile=demo)

    assert (Profile.objects.get(pk=again.pk).is_demo, save().is_demo) == (True, False)


def test_save_profile_never_gives_an_owner_and_never_takes_one():
    profile = owned()

    save(MINIMAL, profile=profile)

    assert (Profile.objects.get(pk=profile.pk).owner_id, save().owner_id) == (profile.owner_id, None)


def test_save_profile_invalid_writes_nothing():
    wrong = replace(FULL, applicant_type=ApplicantType.US_IMG, visa_need=VisaNeed.H1B)

    with pytest.raises(InvalidProfileError, match=r"^visa_need: A U\.S\. IMG is a U\.S\. citizen") as caught:
        save(wrong)

    assert ([problem.path for problem in caught.value.problems], rows()) == (["visa_need"], (0, 0, 0, 0))


def test_save_profile_invalid_changes_nothing():
    profile = save()

    with pytest.raises(InvalidProfileError):
        save(minimal(sittings=(step(Exam.STEP1, Outcome.PASS, timezone.localdate() + timedelta(days=2)),)), profile=profile)

    assert stored(profile) == FULL


def test_save_profile_killed_half_way_changes_nothing(monkeypatch):
    profile = save()

    def fail(*_, **__):
        raise RuntimeError

    monkeypatch.setattr(Letter.objects, "bulk_create", fail)
    with pytest.raises(RuntimeError):
        save(replace(FULL, specialties=("320",)), profile=profile)

    assert stored(profile) == FULL


def test_save_profile_queries_do_not_grow_with_rows():
    counts = set()
    for data in (FULL, replace(FULL, usce=FULL.usce * 4, letters=FULL.letters * 5)):
        profile = save(data)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            save(data, profile=profile)
        counts.add(len(queries))

    assert len(counts) == 1
    assert max(counts) <= 13


# --- the audit trail ---


def test_audit_visitor_who_writes_their_own_leaves_no_event():
    profile = save()
    save(MINIMAL, profile=profile)
    delete_profile(by=VISITOR, profile=profile)

    assert events() == []


def test_audit_owner_who_writes_their_own_leaves_no_event():
    profile = owned()
    save_profile(by="owner@example.org", data=MINIMAL, profile=profile)
    delete_profile(by="owner@example.org", profile=profile)

    assert events() == []


def test_audit_anybody_else_leaves_one_event_each():
    target = f"profile:{save_profile(by='load_demo', data=MINIMAL).pk}"
    profile = owned()
    save_profile(by="admin@example.org", data=MINIMAL, profile=profile)
    owned_target = f"profile:{profile.pk}"
    delete_profile(by="admin@example.org", profile=profile)

    assert events() == [
        ("load_demo", "profile:create", target),
        ("admin@example.org", "profile:change", owned_target),
        ("admin@example.org", "profile:delete", owned_target),
    ]


def test_audit_failed_write_leaves_no_event():
    with pytest.raises(InvalidProfileError):
        save_profile(by="load_demo", data=minimal(specialties=()))

    assert events() == []


# --- deleting and reading ---


def test_delete_profile_takes_its_rows_and_no_others():
    other = save(MINIMAL)
    delete_profile(by=VISITOR, profile=save())

    assert (rows(), stored(other)) == ((1, 0, 0, 0), MINIMAL)


def test_profile_data_takes_four_queries_however_many_rows(django_assert_num_queries):
    profile = save()

    with django_assert_num_queries(4):
        assert stored(profile) == FULL


def test_demonstration_profiles_take_four_queries_for_all(django_assert_num_queries):
    save()
    first = save(replace(FULL, label="First"), is_demo=True)
    second = save(replace(MINIMAL, label="Second"), is_demo=True)

    with django_assert_num_queries(4):
        found = [(profile.pk, profile_data(profile).label) for profile in demonstration_profiles()]

    assert found == [(first.pk, "First"), (second.pk, "Second")]


def test_is_unchanged_copy_only_of_a_demonstration_applicant():
    save(FULL, is_demo=True)
    copy, changed = save(FULL), save(replace(FULL, publications=4))

    assert [is_unchanged_copy(copy), is_unchanged_copy(changed)] == [True, False]


def test_is_unchanged_copy_without_demonstration_is_false():
    assert is_unchanged_copy(save(FULL)) is False
