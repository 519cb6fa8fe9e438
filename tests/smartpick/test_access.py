from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser

from smartpick.access import VISITOR, may, session_profile_id, writer
from smartpick.models import User
from smartpick.roles import Permission, Role

VIEW, EDIT, IMPORT = Permission.PROFILE_VIEW, Permission.PROFILE_EDIT, Permission.PROGRAMS_IMPORT


def request(user=None, **session):
    return SimpleNamespace(user=user or AnonymousUser(), session=session)


def person(pk=1, role=Role.APPLICANT):
    return User(pk=pk, email=f"person{pk}@example.org", role=role)


def profile(pk=7, owner_id=None):
    return SimpleNamespace(pk=pk, owner_id=owner_id)


WITHOUT_OBJECT = [
    (None, {VIEW, EDIT}),
    (person(role=Role.APPLICANT), {VIEW, EDIT}),
    (person(role=Role.ADVISOR), {VIEW}),
    (person(role=Role.DATA_ADMIN), {IMPORT, Permission.FACTS_DECIDE, Permission.RECOMPUTE_RUN}),
]


@pytest.mark.parametrize(("user", "allowed"), WITHOUT_OBJECT, ids=["visitor", "applicant", "advisor", "data admin"])
def test_may_without_an_object_follows_the_role(user, allowed):
    assert {permission for permission in Permission if may(request(user), permission)} == allowed


OWNERSHIP = {
    "visitor, the profile of the session": (request(profile_id=7), profile(7), True),
    "visitor, another profile": (request(profile_id=8), profile(7), False),
    "visitor without a session": (request(), profile(7), False),
    "visitor, id as text": (request(profile_id="7"), profile(7), False),
    "visitor, true for an id": (request(profile_id=True), profile(1), False),
    "visitor, fraction for an id": (request(profile_id=7.0), profile(7), False),
    "visitor, the id of a profile with an owner": (request(profile_id=7), profile(7, owner_id=1), False),
    "owner": (request(person(1)), profile(7, owner_id=1), True),
    "owner, another profile in the session": (request(person(1), profile_id=8), profile(7, owner_id=1), True),
    "somebody else": (request(person(2)), profile(7, owner_id=1), False),
    "somebody else with the id in the session": (request(person(2), profile_id=7), profile(7, owner_id=1), False),
    "signed in, a profile of the session": (request(person(1), profile_id=7), profile(7), True),
    "signed in, a profile of another session": (request(person(1)), profile(7), False),
    "advisor, an applicant": (request(person(2, Role.ADVISOR)), profile(7, owner_id=1), False),
    "advisor, the profile of the session": (request(person(2, Role.ADVISOR), profile_id=7), profile(7), True),
    "data admin, an applicant": (request(person(2, Role.DATA_ADMIN)), profile(7, owner_id=1), False),
    "data admin, their own profile": (request(person(2, Role.DATA_ADMIN)), profile(7, owner_id=2), True),
    "a profile that is not saved": (request(), profile(None), False),
}


@pytest.mark.parametrize(("sent", "obj", "expected"), OWNERSHIP.values(), ids=OWNERSHIP.keys())
@pytest.mark.parametrize("permission", [VIEW, EDIT])
def test_may_with_an_object_follows_ownership(sent, obj, expected, permission):
    assert may(sent, permission, obj) is expected


@pytest.mark.parametrize("role", Role)
def test_may_import_programs_never_comes_with_owning_a_profile(role):
    assert may(request(person(1, role)), IMPORT, profile(7, owner_id=1)) is False


@pytest.mark.parametrize("garbage", [None, "", "x", "7", 7.5, True, [], {}, [7]])
def test_session_profile_id_garbage_is_none(garbage):
    assert session_profile_id(request(profile_id=garbage)) is None


def test_writer_is_the_email_or_the_visitor():
    assert [writer(request()), writer(request(person(3)))] == [VISITOR, "person3@example.org"]
