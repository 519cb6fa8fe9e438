"""Signing in and out."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from applicants.models import Profile
from smartpick.access import SESSION_PROFILE
from smartpick.models import AuditEvent
from smartpick.roles import Role
from smartpick.views.sign_in import OF_ONE_ACCOUNT, OF_ONE_ADDRESS
from tests.smartpick.people import PASSWORD, person, signed_in

pytestmark = pytest.mark.django_db
SIGN_IN, SIGN_OUT = reverse("account:sign-in"), reverse("account:sign-out")
WRONG = "This e-mail address and this password do not belong together. Check both; capital letters count in a password."


@pytest.fixture(autouse=True)
def _no_tries_yet():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def admin():
    return person(Role.DATA_ADMIN, password=PASSWORD)


def send(client, email="data_admin@example.org", password=PASSWORD, **more):
    return client.post(SIGN_IN, {"username": email, "password": password, **more.pop("fields", {})}, **more)


@pytest.mark.parametrize(("role", "place"), [(Role.DATA_ADMIN, "/data/"), (Role.ADVISOR, "/"), (Role.APPLICANT, "/")])
def test_sign_in_leads_each_role_to_its_first_page(client, role, place):
    user = person(role, password=PASSWORD)
    response = send(client, f" {user.email.upper()} ")
    assert (response.status_code, response["Location"]) == (302, place)
    assert client.session["_auth_user_id"] == str(user.pk)
    assert [(event.by, event.verb) for event in AuditEvent.objects.all()] == [(user.email, "user:sign-in")]


@pytest.mark.parametrize(
    ("next_page", "place"),
    [
        ("/data/?page=2", "/data/?page=2"),
        ("https://elsewhere.example/", "/data/"),
        ("//elsewhere.example/", "/data/"),
        ("javascript:alert(1)", "/data/"),
    ],
)
def test_sign_in_goes_back_to_a_page_of_this_site_only(client, admin, next_page, place):
    assert send(client, fields={"next": next_page})["Location"] == place


def test_sign_in_page_carries_the_way_back(client):
    response = client.get("/data/?page=2")
    assert response["Location"] == f"{SIGN_IN}?next=%2Fdata%2F%3Fpage%3D2"
    assert '<input type="hidden" name="next" value="/data/?page=2">' in client.get(response["Location"]).content.decode()


def test_sign_in_asked_for_by_a_fragment_leads_back_to_its_page(client):
    response = client.get("/data/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/programs/?q=a"})
    assert response["HX-Redirect"] == f"{SIGN_IN}?next=%2Fprograms%2F%3Fq%3Da"


@pytest.mark.parametrize(
    ("email", "password", "messages"),
    [
        ("", "", ["Enter your e-mail address.", "Enter your password."]),
        ("no address", "x", ["Enter an e-mail address, such as name@example.org."]),
        ("nobody@example.org", PASSWORD, [WRONG]),
        ("data_admin@example.org", PASSWORD.upper(), [WRONG]),
        ("data_admin@example.org", f"{PASSWORD} ", [WRONG]),
        ("data_admin@example.org\0", PASSWORD, ["Enter an e-mail address, such as name@example.org.", "Null characters are not allowed."]),
    ],
)
def test_sign_in_that_fails_says_why_and_signs_nobody_in(client, admin, email, password, messages):
    response = send(client, email, password)
    told = [message for errors in response.context["form"].errors.values() for message in errors]
    assert (response.status_code, told) == (200, messages)
    assert escape(messages[0]) in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_sign_in_closed_account_is_refused(client, admin):
    admin.is_active = False
    admin.save()
    assert send(client).context["form"].non_field_errors() == [WRONG]


def test_sign_in_keeps_the_profile_of_the_session_and_changes_its_key(client, admin):
    profile = Profile.objects.create()
    session = client.session
    session[SESSION_PROFILE] = profile.pk
    session.save()
    before = client.session.session_key
    send(client)
    assert (client.session[SESSION_PROFILE], client.session.session_key == before) == (profile.pk, False)


def test_sign_out_ends_the_account_and_keeps_the_profile(client, admin):
    profile = Profile.objects.create()
    client.force_login(admin)
    session = client.session
    session[SESSION_PROFILE] = profile.pk
    session.save()
    assert client.post(SIGN_OUT)["Location"] == "/"
    assert (client.session.get(SESSION_PROFILE), "_auth_user_id" in client.session) == (profile.pk, False)


def test_sign_out_link_changes_nothing():
    browser = signed_in()
    assert browser.get(SIGN_OUT)["Location"] == "/"
    assert "_auth_user_id" in browser.session


def test_sign_in_of_somebody_signed_in_leads_on():
    assert signed_in().get(f"{SIGN_IN}?next=/data/")["Location"] == "/data/"


def test_sign_in_refuses_a_form_without_token(admin):
    assert send(Client(enforce_csrf_checks=True)).status_code == 403


def test_sign_in_too_many_tries_at_one_account_are_not_looked_at(client, admin):
    for _ in range(OF_ONE_ACCOUNT.tries):
        assert send(client, password="guess").context["form"].non_field_errors() == [WRONG]
    response = send(client)
    assert (response.status_code, response["Retry-After"]) == (429, "900")
    assert "Wait 15 minutes, then try again." in response.content.decode()
    assert "_auth_user_id" not in client.session
    assert send(client, REMOTE_ADDR="203.0.113.9").status_code == 302, "another address is not locked out"


def test_sign_in_too_many_tries_from_one_address_are_not_looked_at(client, admin):
    for number in range(OF_ONE_ADDRESS.tries):
        send(client, f"person{number}@example.org", "guess")
    assert send(client).status_code == 429


def test_sign_in_that_works_starts_counting_anew(client, admin):
    for _ in range(OF_ONE_ACCOUNT.tries - 1):
        send(client, password="guess")
    send(client)
    client.post(SIGN_OUT)
    assert [send(client, password="guess").status_code for _ in range(2)] == [200, 200]
