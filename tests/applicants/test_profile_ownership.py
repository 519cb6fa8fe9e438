from dataclasses import replace

import pytest
from django.test import Client

from applicants.models import Profile
from smartpick.models import AuditEvent, User
from smartpick.roles import Role
from tests.applicants.builders import FULL, MINIMAL, load_reference_rows
from tests.applicants.visiting import DELETE, PAGE, keep, posted, said, shown, stored, visit, with_owner

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _reference(db):
    load_reference_rows()


# --- whose profile it is ---

GARBAGE = [None, "", "7", "x", -1, 0, 10**30, 1.5, True, [], {}, {"id": 1}]


@pytest.mark.parametrize("garbage", GARBAGE)
def test_session_garbage_is_no_profile(client, garbage):
    keep()
    visit(client, garbage)

    assert shown(client.get(PAGE)) == {}
    assert client.post(DELETE).status_code == 302
    assert Profile.objects.count() == 1


def test_session_of_a_profile_that_is_gone_starts_a_new_one(client):
    profile = keep()
    visit(client, profile.pk)
    profile.delete()

    assert shown(client.get(PAGE)) == {}
    client.post(PAGE, posted(MINIMAL))
    assert stored(client.session["profile_id"]) == MINIMAL


def test_another_browser_sees_and_changes_nothing(client):
    profile = keep()
    visit(client, profile.pk)
    other = Client()

    assert shown(other.get(PAGE)) == {}
    other.post(PAGE, posted(MINIMAL))
    other.post(DELETE)
    assert (stored(profile.pk), Profile.objects.count()) == (FULL, 1)


@pytest.mark.parametrize("user", [None, Role.APPLICANT, Role.ADVISOR, Role.DATA_ADMIN])
def test_id_of_a_profile_with_an_owner_opens_it_to_nobody_else(client, user):
    profile = with_owner()
    if user:
        client.force_login(User.objects.create_user("somebody@example.org", role=user))
    visit(client, profile.pk)

    assert shown(client.get(PAGE)) == {}
    client.post(PAGE, posted(MINIMAL))
    visit(client, profile.pk)
    client.post(DELETE)

    assert (stored(profile.pk), Profile.objects.get(pk=profile.pk).owner_id) == (FULL, profile.owner_id)
    assert Profile.objects.count() == 2


def test_owner_sees_and_changes_their_own(client):
    profile = with_owner()
    client.force_login(profile.owner)
    visit(client, profile.pk)

    assert client.get(PAGE).context["forms"].main["school_country"].value() == "India"
    client.post(PAGE, posted(MINIMAL))

    assert (stored(profile.pk), Profile.objects.get(pk=profile.pk).owner_id, AuditEvent.objects.count()) == (MINIMAL, profile.owner_id, 0)


def test_demonstration_applicant_in_the_session_is_nobodys(client):
    demo = keep(is_demo=True)
    visit(client, demo.pk)

    assert shown(client.get(PAGE)) == {}
    client.post(PAGE, posted(MINIMAL))
    client.post(DELETE)

    assert (stored(demo.pk), Profile.objects.count()) == (FULL, 1)


# --- deleting ---


def test_delete_takes_the_own_profile_and_no_other(client):
    other = keep()
    visit(client, keep().pk)

    response = client.post(DELETE)

    assert (response.url, said(response)) == (PAGE, ["Your profile is deleted."])
    assert ([profile.pk for profile in Profile.objects.all()], "profile_id" in client.session) == ([other.pk], False)


def test_delete_twice_says_that_nothing_was_there(client):
    visit(client, keep().pk)
    client.post(DELETE)

    assert said(client.post(DELETE))[-1] == "There was no profile to delete."


@pytest.mark.parametrize(("address", "leads_to"), [(DELETE, PAGE), ("/profile/try/1/", "/"), (f"/profile/try/{10**30}/", "/")])
def test_following_a_link_changes_nothing_and_leads_to_the_button(client, address, leads_to):
    profile = keep()
    visit(client, profile.pk)

    responses = [client.get(address), client.head(address), client.put(address)]

    assert [(response.status_code, response.url) for response in responses] == [(302, leads_to)] * 3
    assert (stored(profile.pk), Profile.objects.count(), client.session["profile_id"]) == (FULL, 1, profile.pk)


# --- trying a demonstration applicant ---


def try_it(client, profile, **fields):
    return client.post(f"/profile/try/{profile.pk}/", fields)


def test_try_copies_the_applicant_into_a_profile_of_the_visitor(client):
    demo = keep(is_demo=True)

    response = try_it(client, demo)

    copy = Profile.objects.get(pk=client.session["profile_id"])
    assert (response.status_code, response.url, said(response)) == (302, "/list/ranked/", ["You now look through the eyes of an invented applicant: Example."])
    assert (copy.pk != demo.pk, copy.is_demo, copy.owner_id, stored(copy.pk)) == (True, False, None, FULL)


def test_try_another_one_replaces_an_unchanged_copy_without_asking(client):
    first, second = keep(is_demo=True), keep(replace(FULL, label="Second", publications=9), is_demo=True)
    try_it(client, first)
    copy = client.session["profile_id"]

    try_it(client, second)

    assert (client.session["profile_id"], stored(copy).label, Profile.objects.count()) == (copy, "Second", 3)


def test_try_asks_before_it_replaces_what_the_visitor_typed(client):
    demo = keep(is_demo=True)
    mine = keep(replace(FULL, publications=4))
    visit(client, mine.pk)

    asked = try_it(client, demo)
    before = stored(mine.pk)
    agreed = try_it(client, demo, replace="yes")

    assert "applicants/replace.html" in {template.name for template in asked.templates}
    assert (before.publications, agreed.url, stored(mine.pk)) == (4, "/list/ranked/", FULL)


def test_try_a_profile_that_is_no_demonstration_does_not_exist(client):
    somebodys = keep()

    assert [try_it(client, somebodys).status_code, client.post(f"/profile/try/{10**30}/").status_code, client.post("/profile/try/0/").status_code] == [404] * 3
    assert dict(client.session) == {}


def test_try_changes_nothing_of_the_applicant_when_the_copy_changes(client):
    demo = keep(is_demo=True)
    try_it(client, demo)

    client.post(PAGE, posted(MINIMAL))

    assert (stored(demo.pk), stored(client.session["profile_id"])) == (FULL, MINIMAL)
