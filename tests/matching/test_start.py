import re

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from applicants.services import save_profile
from smartpick.access import SESSION_PROFILE
from tests.applicants.builders import load_reference_rows, minimal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _reference():
    load_reference_rows()


def words(answer):
    return " ".join(strip_tags(answer.content.decode()).split())


def controls(answer, name):
    """The opening tags of the controls called `name`."""
    return re.findall(rf'<(?:input|select)[^>]*name="{name}"[^>]*>', answer.content.decode())


def test_start_asks_five_questions_and_answers_with_the_list(client):
    answer = client.get("/")
    form = re.search(r'<form class="start-form"[^>]*>', answer.content.decode())[0]
    assert f'action="{reverse("matching:ranked")}" method="get"' in form
    assert {name: len(controls(answer, name)) for name in ("specialty", "type", "ck", "ck_none", "fails", "visa")} == {
        "specialty": 1,
        "type": 2,
        "ck": 1,
        "ck_none": 1,
        "fails": 1,
        "visa": 1,
    }
    assert "Answer five questions. No account. Nothing leaves this server." in words(answer)


def test_start_unanswered_shows_no_error_and_no_example(client):
    html = client.get("/").content.decode()
    assert [part for part in ("error-summary", "What you will see", "Just looking?", "You have a profile here already.") if part in html] == []


def test_start_offers_the_specialties_in_menu_order(client):
    menu = re.search(r'<select[^>]*name="specialty".*?</select>', client.get("/").content.decode(), re.DOTALL)[0]
    assert re.findall(r'<option value="(\w*)"', menu) == ["", "140", "120", "320", "180", "400", "300"]


def test_start_wrong_answers_come_back_with_what_to_do(client):
    answer = client.get("/", {"specialty": "140", "type": "", "ck": "999", "fails": "1", "visa": "j1"})
    html = answer.content.decode()
    assert re.findall(r'<li><a href="#([^"]*)">', html) == ["id_type_0", "id_ck"]
    assert 'value="999"' in controls(answer, "ck")[0]
    assert "2 answers need another look You are: Choose the one that fits you. Step 2 CK score: Enter a score from 1 to 300." in words(answer)


@pytest.mark.parametrize("address", ["/?specialty=%00", "/?ck=x&fails=-1", "/?type=a&type=b", "/?visa=%F0%9F%98%80&ck=" + "9" * 400])
def test_start_hand_edited_address_asks_again(client, address):
    answer = client.get(address)
    assert (answer.status_code, words(answer).count("Show my programs")) == (200, 1)


def test_start_demonstration_applicants_can_be_tried(client):
    demos = [save_profile(by="tests", data=minimal(label=label), is_demo=True) for label in ("Amara <262>", "Diego")]
    html = client.get("/").content.decode()
    buttons = re.findall(r'formaction="([^"]*)">([^<]*)</button>', html)
    assert buttons == [(reverse("applicants:profile-try", args=[demo.pk]), label) for demo, label in zip(demos, ("Amara &lt;262&gt;", "Diego"), strict=True)]
    assert 'name="csrfmiddlewaretoken"' in html


def test_start_visitor_with_a_profile_is_led_to_their_list(client):
    session = client.session
    session[SESSION_PROFILE] = save_profile(by="visitor", data=minimal()).pk
    session.save()
    assert "You have a profile here already. Find programs or go to My list (0)." in words(client.get("/"))


@pytest.mark.parametrize(("applicants", "queries"), [(0, 3), (1, 9), (3, 9)])
def test_start_queries_do_not_grow_with_demonstration_applicants(client, applicants, queries, django_assert_num_queries):
    for number in range(applicants):
        save_profile(by="test", data=minimal(label=f"Invented {number}"), is_demo=True)
    client.get("/")
    # specialties, demonstration applicants, the banner; with any: their rows (3), and the example's version, season and states
    with django_assert_num_queries(queries):
        client.get("/")
