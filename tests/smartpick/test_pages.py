"""The frame of every page, and the pages that say what went wrong."""

import re

import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.template.loader import render_to_string
from django.test import Client, override_settings
from django.urls import include, path
from django.utils.html import strip_tags

from smartpick.roles import Role
from tests.programs.builders import program
from tests.smartpick.people import signed_in

BANNER = "Demonstration data: invented programs are loaded, and marked as invented."


def _raise(error):
    def view(request):
        raise error

    return view


urlpatterns = [
    path("", include("smartpick.urls")),
    path("broken-400/", _raise(BadRequest())),
    path("broken-403/", _raise(PermissionDenied())),
    path("broken-500/", _raise(RuntimeError())),
]


@pytest.fixture
def visitor():
    with override_settings(ROOT_URLCONF=__name__):
        yield Client(raise_request_exception=False, enforce_csrf_checks=True)


def heading(html):
    return " ".join(strip_tags(re.search(r"<h1>.*?</h1>", html, re.DOTALL)[0]).split())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "status", "title"),
    [
        ("/broken-400/", 400, "This request could not be read"),
        ("/broken-403/", 403, "This page is not open to you"),
        ("/no/such/page/", 404, "There is no page here"),
        ("/broken-500/", 500, "Something went wrong here"),
    ],
)
def test_error_page_says_what_happened_and_leads_on(visitor, address, status, title):
    answer = visitor.get(address)
    html = answer.content.decode()
    assert (answer.status_code, heading(html)) == (status, title)
    assert f"<title>{title} · SmartPick</title>" in html
    assert re.search(r'<a class="button button--primary" href="([^"]*)"', html)[1] == "/"


@pytest.mark.django_db
def test_error_page_form_without_cookie_says_nothing_was_saved(visitor):
    answer = visitor.post("/profile/", {})
    html = answer.content.decode()
    assert (answer.status_code, heading(html)) == (403, "This form could not be checked")
    assert "Nothing was saved." in html


def test_error_page_500_needs_no_database_and_no_request():
    # Without the django_db mark any query fails the test.
    assert heading(render_to_string("500.html")) == "Something went wrong here"


def test_base_navigation_leads_to_every_place():
    html = render_to_string("base.html")
    assert re.findall(r'<li><a href="([^"]*)">([^<]*)</a></li>', html) == [
        ("/list/", "My list"),
        ("/profile/", "Profile"),
        ("/programs/", "Programs"),
        ("/method/", "Method"),
        ("/account/sign-in/", "Sign in"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "links"), [(Role.DATA_ADMIN, ["Data"]), (Role.ADVISOR, []), (Role.APPLICANT, [])])
def test_base_navigation_of_somebody_signed_in_ends_with_the_way_out(role, links):
    html = signed_in(role).get("/programs/").content.decode()
    navigation = re.search(r'<nav class="site-nav".*?</nav>', html, re.DOTALL)[0]
    assert re.findall(r">([A-Z][^<]*)</(?:a|button)>", navigation) == ["My list", "Profile", "Programs", "Method", *links, "Sign out"]


def test_base_first_link_skips_to_the_content():
    html = render_to_string("base.html")
    first = re.search(r'<a class="([^"]*)" href="#([^"]*)"', html)
    assert first[1] == "skip-link"
    assert f'<main id="{first[2]}"' in html


def test_base_fetches_everything_from_this_server():
    html = render_to_string("base.html")
    fetched = re.findall(r'<(?:link|script)[^>]*?(?:href|src)="([^"]*)"', html)
    assert len(fetched) >= 8
    assert [address for address in fetched if not address.startswith("/static/")] == []


@pytest.mark.django_db
@pytest.mark.parametrize("is_demo", [True, False])
def test_base_says_that_data_is_invented_only_while_it_is(client, is_demo):
    program(is_demo=is_demo)
    assert (BANNER in client.get("/").content.decode()) is is_demo
