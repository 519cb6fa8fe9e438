import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applicants.choices import ApplicantType, Exam, Outcome, VisaNeed
from applicants.forms import ProfileForms
from applicants.models import Profile
from applicants.profile import ProfileData, Sitting
from smartpick.models import AuditEvent
from tests.applicants.builders import FULL, MINIMAL, REFERENCE, load_reference_rows
from tests.applicants.visiting import ANSWERS, DELETE, PAGE, as_posted, keep, posted, shown, stored, visit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _reference(db):
    load_reference_rows()


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


PUT_IN = "The answers from the address are put in"


def test_page_puts_the_answers_of_the_address_over_the_saved_profile(client):
    profile = keep()
    visit(client, profile.pk)

    before = shown(client.get(PAGE))
    response = client.get(PAGE + ANSWERS.replace("non_us_img", "us_img").replace("j1", "none"))

    changed = {"applicant_type": "us_img", "specialty_1": "120", "specialty_2": "140", "step2_ck-1-score": "228", "visa_need": "none"}
    assert shown(response) == before | changed
    assert ProfileForms(REFERENCE, data=as_posted(response.context["forms"])).is_valid()
    assert (response.text.count(PUT_IN), response.text.count("Delete your profile"), stored(profile.pk)) == (1, 1, FULL)


def test_post_with_answers_in_the_address_saves_what_is_posted(client):
    profile = keep()
    visit(client, profile.pk)

    wrong = client.post(PAGE + ANSWERS, posted(FULL, graduation_year="x"))
    client.post(PAGE + ANSWERS, posted(FULL, publications="9"))

    assert (PUT_IN in wrong.text, stored(profile.pk)) == (False, replace(FULL, publications=9))


@pytest.mark.parametrize("address", ["", "?specialty=120", "?specialty=120&type=non_us_img&ck=x&fails=2&visa=j1"])
def test_page_without_five_good_answers_shows_the_saved_profile(client, address):
    visit(client, keep().pk)

    response = client.get(PAGE + address)

    assert (response.context["forms"].main["specialty_1"].value(), PUT_IN in response.text) == ("140", False)


def test_form_goes_to_its_own_address_without_a_fragment(client):
    response = client.get(PAGE + ANSWERS)

    actions = re.findall(r'<form method="post" action="([^"]*)" class="form profile-form"', response.text)
    assert [unescape(action) for action in actions] == [PAGE + ANSWERS]


def test_page_says_what_the_list_does_not_use_yet(client):
    forms = client.get(PAGE).context["forms"]
    kept = [field.name for field in forms.main if field.help_text == "Kept for later; the list does not use it yet."]
    assert kept == ["school_country", "research_experiences"]


@pytest.mark.parametrize("answers", ["?specialty=zzz&type=non_us_img&ck=228&fails=2&visa=j1", "?ck=%00", "?type=%FF&ck=1e9", "?specialty=120"])
def test_page_with_answers_that_do_not_hold_is_blank(client, answers):
    assert shown(client.get(PAGE + answers)) == {}


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
    assert (response.status_code, response.url) == (302, "/list/ranked/")
    assert (dict(client.session), stored(profile.pk)) == ({"profile_id": profile.pk}, FULL)
    assert (profile.owner_id, profile.is_demo, AuditEvent.objects.count()) == (None, False, 0)


def test_post_again_changes_the_same_profile(client):
    client.post(PAGE, posted(FULL))
    first = client.session["profile_id"]

    client.post(PAGE, posted(MINIMAL))

    assert (client.session["profile_id"], Profile.objects.count(), stored(first)) == (first, 1, MINIMAL)


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


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.one_of(st.text(max_size=5), st.sampled_from(sorted(posted(FULL)))),
        st.one_of(st.text(max_size=8), st.lists(st.text(max_size=4), max_size=3)),
        max_size=10,
    )
)
def test_post_anything_is_saved_or_shown_again(answers):
    with transaction.atomic():
        response = Client().post(PAGE, {**posted(FULL), **answers})
        outcome = response.status_code, Profile.objects.count()
        transaction.set_rollback(True)

    assert outcome == (302, 1) or (outcome == (200, 0) and response.context["forms"].problems != [])


def test_post_without_the_token_is_refused(db):
    response = Client(enforce_csrf_checks=True).post(PAGE, posted(FULL))

    assert (response.status_code, Profile.objects.count()) == (403, 0)


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
