import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from django.contrib.messages import get_messages
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applicants.choices import ApplicantType, Exam, Outcome, VisaNeed
from applicants.forms import ProfileForms
from applicants.models import Profile
from applicants.profile import ProfileData, Sitting
from applicants.queries import profile_data
from applicants.services import save_profile
from smartpick.access import VISITOR
from smartpick.models import AuditEvent, User
from smartpick.roles import Role
from tests.applicants.builders import FULL, MINIMAL, REFERENCE, load_reference_rows
from tests.applicants.test_profile_form import as_posted

PAGE, DELETE = "/profile/", "/profile/delete/"
ANSWERS = "?specialty=120&type=non_us_img&ck=228&fails=2&visa=j1"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _reference(db):
    load_reference_rows()


def posted(data, **changes):
    fields = as_posted(ProfileForms(REFERENCE, initial=data)).dict() | {"preferred_states": list(data.preferred_states)}
    return {key: value for key, value in {**fields, **changes}.items() if value is not None}


def visit(client, profile_id):
    """Put anything at all where the session keeps the profile id."""
    session = client.session
    session["profile_id"] = profile_id
    session.save()


def keep(data=FULL, **more):
    return save_profile(by=VISITOR, data=data, **more)


def with_owner(data=FULL, email="owner@example.org"):
    profile = keep(data)
    Profile.objects.filter(pk=profile.pk).update(owner=User.objects.create_user(email))
    return Profile.objects.get(pk=profile.pk)


def shown(response):
    """Name and value of every control of the page that holds something."""
    values = {}
    for form in response.context["forms"].all:
        values |= {field.html_name: str(field.value()) for field in form if field.value()}
    return values


def stored(pk):
    return profile_data(Profile.objects.get(pk=pk))


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


# --- looking ---


def test_page_addresses_are_stable():
    assert (reverse("applicants:profile-edit"), reverse("applicants:profile-delete"), reverse("applicants:profile-try", args=[7])) == (
        PAGE,
        DELETE,
        "/profile/try/7/",
    )


def test_page_without_profile_is_blank_and_leaves_no_trace(client):
    response = client.get(PAGE)

    assert shown(response) == {}
    assert (Profile.objects.count(), dict(client.session)) == (0, {})
    assert "Delete your profile" not in response.text


def test_page_shows_the_five_answers_of_the_address(client):
    response = client.get(PAGE + ANSWERS)

    assert shown(response) == {
        "applicant_type": "non_us_img",
        "specialty_1": "120",
        "step2_ck-1-outcome": "pass",
        "step2_ck-1-score": "228",
        "failed_attempts": "2",
        "visa_need": "j1",
    }
    assert "Known so far: Step 2 CK passed with 228, 2 failed attempts in all, other sittings not said." in response.text


def test_page_shows_the_saved_profile_rather_than_the_address(client):
    visit(client, keep().pk)

    response = client.get(PAGE + ANSWERS)

    assert response.context["forms"].main["specialty_1"].value() == "140"
    assert ProfileForms(REFERENCE, data=as_posted(response.context["forms"])).is_valid()
    assert response.text.count("Delete your profile") == 1


@pytest.mark.parametrize("answers", ["?specialty=zzz&type=non_us_img&ck=228&fails=2&visa=j1", "?ck=%00", "?type=%FF&ck=1e9", "?specialty=120"])
def test_page_with_answers_that_do_not_hold_is_blank(client, answers):
    assert shown(client.get(PAGE + answers)) == {}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text())
def test_page_any_query_string_shows_the_form(client, query):
    assert client.get(PAGE, query_params={"specialty": query, "type": query, "ck": query, "visa": query, query: query}).context["forms"].problems == []


def test_page_queries_do_not_grow_with_the_profile(client, django_assert_num_queries):
    for data in (MINIMAL, FULL, replace(FULL, usce=FULL.usce * 4, letters=FULL.letters * 5)):
        visit(client, keep(data).pk)
        # session, specialties, states, profile, its three kinds of rows, demonstration banner
        with django_assert_num_queries(8):
            client.get(PAGE)


class Controls(HTMLParser):
    """What a form on the page is made of."""

    def __init__(self, html):
        super().__init__()
        self.ids, self.labeled, self.controls, self.described = [], set(), [], set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        held = dict(attrs)
        if "id" in held:
            self.ids.append(held["id"])
        if tag == "label":
            self.labeled.add(held.get("for"))
        if tag in {"input", "select"} and held.get("type") != "hidden":
            self.controls.append(held["id"])
        self.described |= set(held.get("aria-describedby", "").split())
        assert "style" not in held
        assert not any(name.startswith("on") for name in held)


@pytest.mark.parametrize("changes", [{}, {"graduation_year": "x", "usce-1-months": "x", "preferred_states": ["ZZ"]}], ids=["as saved", "with errors"])
def test_page_every_control_has_its_label_and_its_errors(client, changes):
    visit(client, keep().pk)
    response = client.post(PAGE, posted(FULL, **changes)) if changes else client.get(PAGE)
    page = Controls(response.text)

    assert sorted(set(page.ids)) == sorted(page.ids)
    # A tick box stands inside its label; every other control is named by id.
    inside = re.findall(r'<label class="check">\s*<input[^>]*id="([^"]+)"', response.text)
    assert set(page.controls) - page.labeled == set(inside)
    assert page.described <= set(page.ids)


# --- saving ---


def test_post_saves_remembers_and_goes_to_the_list(client):
    response = client.post(PAGE, posted(FULL))

    profile = Profile.objects.get()
    assert (response.status_code, response.url) == (302, "/list/")
    assert (dict(client.session), stored(profile.pk)) == ({"profile_id": profile.pk}, FULL)
    assert (profile.owner_id, profile.is_demo, AuditEvent.objects.count()) == (None, False, 0)


def test_post_again_changes_the_same_profile(client):
    client.post(PAGE, posted(FULL))
    first = client.session["profile_id"]

    client.post(
        PAGE, posted(FULL, specialty_2=None, budget_usd="", usce_none="on", **{f"usce-{row}-{name}": "" for row in (1, 2) for name in ("kind", "months")})
    )

    assert (client.session["profile_id"], Profile.objects.count()) == (first, 1)
    assert stored(first) == FULL


def test_post_tells_unknown_from_none(client):
    kept = []
    for changes in ({}, {"usce_none": "on", "letters_none": "on", "sittings_complete": "on"}):
        client.post(PAGE, {"applicant_type": "non_us_img", "specialty_1": "140", **changes})
        kept.append(stored(client.session["profile_id"]))

    assert kept == [MINIMAL, replace(MINIMAL, usce=(), letters=(), sittings_complete=True)]


def test_post_wrong_saves_nothing_and_loses_nothing_typed(client):
    typed = posted(FULL, graduation_year="MMXIX", **{"step1-4-score": "abc"})

    response = client.post(PAGE, typed)

    assert (Profile.objects.count(), dict(client.session)) == (0, {})
    assert {name: value for name, value in shown(response).items() if name not in {"preferred_states", "ruled_out_states", "ruled_out_program_types"}} == {
        name: ("True" if value == "on" else value) for name, value in typed.items() if value and "states" not in name and "types" not in name
    }
    links = re.findall(r'<li><a href="#([\w-]+)">([^<]+)</a>: ([^<]+)</li>', response.text)
    assert links == [
        ("id_graduation_year", "Year of graduation", "Enter a whole number from 1950 to 2100, or leave it blank."),
        ("id_step1-4-outcome", "Step 1, sitting 4: Outcome", "Choose the outcome of this sitting, or clear the row."),
        ("id_step1-4-score", "Step 1, sitting 4: Score", "Enter the score in digits, or leave it blank."),
    ]


def test_post_wrong_changes_nothing_of_the_saved_profile(client):
    profile = keep()
    visit(client, profile.pk)

    client.post(PAGE, posted(FULL, applicant_type="us_img"))

    assert stored(profile.pk) == FULL


def test_post_wrong_keeps_what_the_address_says_is_known(client):
    response = client.post(PAGE + ANSWERS, {})

    assert "Known so far: Step 2 CK passed with 228" in response.text


def test_post_empty_asks_for_the_two_answers_that_are_needed(client):
    response = client.post(PAGE, {})

    assert [problem["target"] for problem in response.context["forms"].problems] == ["id_applicant_type_0", "id_specialty_1"]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.one_of(st.text(max_size=5), st.sampled_from(sorted(posted(FULL)))),
        st.one_of(st.text(max_size=8), st.lists(st.text(max_size=4), max_size=3)),
        max_size=10,
    )
)
def test_post_anything_is_saved_or_shown_again(client, answers):
    with transaction.atomic():
        before = Profile.objects.count()
        response = client.post(PAGE, {**posted(FULL), **answers})
        gone = Profile.objects.count() - before
        transaction.set_rollback(True)
    client.session.flush()

    assert (response.status_code, gone) in {(302, 1), (302, 0)} or response.context["forms"].problems != []


def test_post_without_the_token_is_refused(db):
    response = Client(enforce_csrf_checks=True).post(PAGE, posted(FULL))

    assert (response.status_code, Profile.objects.count()) == (403, 0)


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


@pytest.mark.parametrize("address", [DELETE, "/profile/try/1/"])
def test_changes_by_following_a_link_are_refused(client, address):
    visit(client, keep().pk)

    assert (client.get(address).status_code, Profile.objects.count()) == (405, 1)


# --- trying a demonstration applicant ---


def try_it(client, profile, **fields):
    return client.post(f"/profile/try/{profile.pk}/", fields)


def test_try_copies_the_applicant_into_a_profile_of_the_visitor(client):
    demo = keep(is_demo=True)

    response = try_it(client, demo)

    copy = Profile.objects.get(pk=client.session["profile_id"])
    assert (response.status_code, response.url, said(response)) == (302, "/list/", ["You now look through the eyes of an invented applicant: Example."])
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

    assert [template.name for template in asked.templates][0] == "applicants/replace.html"
    assert (before.publications, agreed.url, stored(mine.pk)) == (4, "/list/", FULL)


def test_try_a_profile_that_is_no_demonstration_does_not_exist(client):
    somebodys = keep()

    assert [try_it(client, somebodys).status_code, client.post(f"/profile/try/{10**30}/").status_code, client.post("/profile/try/0/").status_code] == [404] * 3
    assert dict(client.session) == {}


def test_try_changes_nothing_of_the_applicant_when_the_copy_changes(client):
    demo = keep(is_demo=True)
    try_it(client, demo)

    client.post(PAGE, posted(MINIMAL))

    assert (stored(demo.pk), stored(client.session["profile_id"])) == (FULL, MINIMAL)


def test_answers_saved_from_the_address_keep_what_they_say(client):
    fields = as_posted(client.get(PAGE + ANSWERS).context["forms"]).dict()

    client.post(PAGE, fields)

    assert stored(client.session["profile_id"]) == ProfileData(
        ApplicantType.NON_US_IMG,
        ("120",),
        sittings=(Sitting(Exam.STEP2_CK, Outcome.PASS, None, 228),),
        sittings_complete=False,
        failed_attempts=2,
        visa_need=VisaNeed.J1,
    )
