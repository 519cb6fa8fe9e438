"""Suggesting a correction, following it, and answering it."""

import re

import pytest
from django.contrib.messages import get_messages
from django.test import Client, override_settings
from django.utils.html import strip_tags

from programs.choices import SourceRank
from programs.fields import FIELDS, Kind
from programs.models import Correction, Fact
from smartpick.roles import Role
from tests.programs.builders import program, query_count
from tests.programs.stating import LIST, SITE, URL, current, state, suggested
from tests.smartpick.people import signed_in

pytestmark = pytest.mark.django_db
KEY = "1400500001"
FORM = f"/programs/{KEY}/correct/visa_j1/"
ANSWERS = {"value": "no", "strictness": "strict", "url": URL, "note": ""}
QUEUE = "/data/corrections/"


@pytest.fixture
def lake():
    return program()


@pytest.fixture
def admin():
    return signed_in(Role.DATA_ADMIN)


def words(response):
    return " ".join(strip_tags(response.text.replace("<", " <")).split()).replace("&#x27;", "'")


def told(response):
    return [str(one) for one in get_messages(response.wsgi_request)]


def test_suggesting_leads_to_a_page_that_the_suggester_keeps(client, lake):
    state(lake, "yes")
    assert "The page says now yes (strict)" in words(client.get(FORM))
    response = client.post(FORM, ANSWERS)
    kept = Correction.objects.get()
    assert (response["Location"], kept.value, kept.url) == (f"/corrections/{kept.token}/", "no", URL)
    page = client.get(response["Location"])
    assert "Waiting for a data admin." in words(page)
    assert f'href="http://testserver/corrections/{kept.token}/"' in page.text
    assert client.session["corrections"] == [str(kept.token)]


def test_suggestion_page_opens_for_whoever_holds_the_link_and_nobody_else(lake):
    kept = suggested(lake, state="declined", reason="Of another program.", decided_at="2026-09-09T12:00Z", decided_by="ann@example.org")
    page = words(Client().get(f"/corrections/{kept.token}/"))
    assert ("Declined on 9 Sep 2026. The reason: Of another program." in page, "ann@example.org" in page) == (True, False)
    assert Client().get("/corrections/00000000-0000-0000-0000-000000000000/").status_code == 404


def test_suggestion_is_by_an_address_that_is_not_kept(client, lake):
    client.post(FORM, ANSWERS, REMOTE_ADDR="192.0.2.7")
    kept = Correction.objects.get()
    assert (len(kept.sender), "192.0.2.7" in str(vars(kept))) == (64, False)


@pytest.mark.parametrize(("behind", "senders"), [(True, 2), (False, 1)])
def test_sender_behind_a_proxy_is_who_the_proxy_says(client, lake, behind, senders):
    with override_settings(BEHIND_PROXY=behind):
        for number, address in enumerate(["198.51.100.1", "198.51.100.2"]):
            answers = {"value": number, "url": URL}
            client.post(f"/programs/{KEY}/correct/positions/", answers, headers={"X-Forwarded-For": f"spoofed, {address}"}, REMOTE_ADDR="10.0.0.1")
    assert len(set(Correction.objects.values_list("sender", flat=True))) == senders


def test_sixth_suggestion_within_an_hour_is_told_when_to_come_back(client, lake):
    answers = [client.post(f"/programs/{KEY}/correct/positions/", {"value": number, "url": URL}) for number in range(6)]
    assert [one.status_code for one in answers] == [302] * 5 + [429]
    assert "Send this one in an hour." in words(answers[5])


@pytest.mark.parametrize(
    ("field", "answers", "message"),
    [
        ("visa_j1", {"value": ""}, "Choose what the source says."),
        ("visa_j1", {"value": "perhaps"}, "Choose one of the values in the list."),
        ("visa_j1", {"strictness": ""}, "Choose how firmly the source states it."),
        ("visa_j1", {"url": ""}, "Give the address of a page that says so"),
        ("visa_j1", {"url": "javascript:alert(1)"}, "Give the whole address of the page, beginning with https://."),
        ("visa_j1", {"note": "x" * 501}, "at most 500 characters"),
        ("step2_min", {"value": "301"}, "Enter a whole number from 1 to 300."),
        ("step2_min", {"value": "two"}, "Enter a whole number from 1 to 300."),
        ("share_img", {"value": "101"}, "Enter a number from 0 to 100 (percent)."),
        ("share_img", {"value": "NaN"}, "Enter a number from 0 to 100 (percent)."),
        ("usce_min_months", {"value": "2.25"}, "Enter a number from 0 to 60 (months)."),
        ("deadline", {"value": "soon"}, "Enter a date as year-month-day"),
        ("website", {"value": "x" * 201}, "at most 200 characters"),
    ],
)
def test_suggestion_that_cannot_be_read_comes_back_with_what_to_do(client, lake, field, answers, message):
    page = client.post(f"/programs/{KEY}/correct/{field}/", ANSWERS | answers)
    assert (message in words(page), Correction.objects.count()) == (True, 0)


ENTERED = {Kind.YES_NO: ("yes", "yes"), Kind.DATE: ("2026-09-30", "2026-09-30"), Kind.TEXT: ("https://example.org", "https://example.org")}
NUMBERS = {Kind.INTEGER: ("{low}", "{low}"), Kind.DECIMAL: ("1.5", "1.5"), Kind.SHARE: ("62.5", "0.625")}


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_every_field_can_be_corrected_with_its_own_control(client, lake, field):
    entered, canonical = ENTERED.get(field.kind) or NUMBERS.get(field.kind) or (field.choices[0][0],) * 2
    entered, canonical = entered.format(low=int(field.low or 0)), canonical.format(low=int(field.low or 0))
    response = client.post(f"/programs/{KEY}/correct/{field.name}/", ANSWERS | {"value": entered})
    assert (response.status_code, Correction.objects.get().value) == (302, canonical)


def test_suggestion_of_what_counts_is_refused_kindly(client, lake):
    state(lake, "no")
    assert "Thank you for checking." in words(client.post(FORM, ANSWERS))


@pytest.mark.parametrize("field", ["nothing", "name"])
def test_form_of_no_field_is_not_found(client, lake, field):
    assert client.get(f"/programs/{KEY}/correct/{field}/").status_code == 404


def test_form_keeps_the_answers_of_the_address(client, lake):
    page = client.get(f"{FORM}?specialty=140&type=non_us_img&ck=240&fails=0&visa=j1").text
    assert f'href="/programs/{KEY}/?specialty=140&amp;type=non_us_img&amp;ck=240&amp;fails=0&amp;visa=j1#field-visa_j1"' in page


def test_queue_shows_what_counts_beside_each_suggestion_oldest_first(lake, admin):
    state(lake, "yes", as_of="2026-08-01")
    suggested(lake, note="third line")
    suggested(lake, "5", "positions")
    page = words(admin.get(QUEUE))
    assert page.index("J-1 visa of Lakeshore") < page.index("First-year positions of Lakeshore")
    assert "The page says yes · strict Program pages, the program's own page or letter; as of 1 Aug 2026 Suggested no · strict" in page
    assert "on program.example.org third line" in page
    assert "The page says not known No statement counts. Suggested 5" in page


def test_queue_shows_evidence_as_text_with_its_host_and_sends_no_referrer(lake, admin):
    suggested(lake)
    assert re.search(rf'<a href="{URL}" rel="noreferrer nofollow">{URL}</a> on <strong>program.example.org</strong>', admin.get(QUEUE).text)


def test_queue_can_be_filtered_by_state(lake, admin):
    suggested(lake)
    suggested(lake, "5", "positions", state="declined", reason="Old.", decided_at="2026-09-09T12:00Z", decided_by="ann@example.org")
    shown = {
        asked: [one.suggestion.value for one in admin.get(QUEUE, {"state": asked}).context["lines"]] for asked in ("", "open", "declined", "accepted", "x\0")
    }
    assert shown == {"": ["no"], "open": ["no"], "declined": ["5"], "accepted": [], "x\0": ["no"]}
    assert "Declined by ann@example.org on 9 Sep 2026: Old." in words(admin.get(QUEUE, {"state": "declined"}))


def test_queue_that_is_empty_says_so(admin):
    assert ["Nothing waits for an answer" in words(admin.get(QUEUE)), "None so far" in words(admin.get(QUEUE, {"state": "accepted"}))] == [True, True]


@pytest.mark.parametrize("count", [1, 30])
def test_queue_takes_the_same_queries_for_any_number_of_suggestions(lake, admin, count):
    state(lake, "yes")
    for number in range(count):
        suggested(lake, str(number), "positions")
    page = admin.get(QUEUE).context["page"]
    assert (len(page), query_count(lambda: admin.get(QUEUE))) == (min(count, 25), 7)


def decide(admin, kept, answer, **answers):
    return admin.post(f"{QUEUE}{kept.pk}/{answer}/", answers)


def test_accepting_makes_it_count_and_the_suggester_sees_it(client, lake, admin):
    client.post(FORM, ANSWERS)
    kept = Correction.objects.get()
    response = decide(admin, kept, "accept", rank=SourceRank.PROGRAM.value)
    assert (response["Location"], told(response)) == (QUEUE, ["Accepted. J-1 visa of Lakeshore Invented Hospital is no now."])
    assert current(lake) == (False, ["known", "strict", False])
    assert "Your suggestion, J-1 visa: no (strict): accepted" in words(client.get(f"/programs/{KEY}/"))


def test_accepting_against_a_trusted_source_tells_of_the_conflict(lake, admin):
    state(lake, "yes", by=LIST)
    assert "Trusted sources disagree about J-1 visa" in told(decide(admin, suggested(lake), "accept", rank=1))[0]


def test_accepting_what_is_outranked_tells_that_nothing_changed(lake, admin):
    state(lake, "yes", by=SITE)
    assert "stays as it was" in told(decide(admin, suggested(lake), "accept", rank=5))[0]


def test_declining_keeps_the_reason_for_the_suggester(client, lake, admin):
    client.post(FORM, ANSWERS)
    kept = Correction.objects.get()
    assert decide(admin, kept, "decline", reason="That page is of another program.")["Location"] == QUEUE
    assert "Declined on" in words(client.get(f"/corrections/{kept.token}/"))
    assert "declined because: That page is of another program." in words(client.get(f"/programs/{KEY}/"))


@pytest.mark.parametrize(
    ("answer", "answers", "message"),
    [("accept", {}, "Choose whose word it is."), ("accept", {"rank": 2}, "Choose one of the two."), ("decline", {"reason": " "}, "Give the reason")],
)
def test_answer_that_cannot_be_read_comes_back_with_what_to_do(lake, admin, answer, answers, message):
    kept = suggested(lake)
    page = words(decide(admin, kept, answer, **answers))
    kept.refresh_from_db()
    assert (message in page, kept.state, Fact.objects.count()) == (True, "open", 0)


@pytest.mark.parametrize("second", ["accept", "decline"])
def test_second_answer_is_told_whose_the_first_was(lake, admin, second):
    kept = suggested(lake)
    decide(admin, kept, "decline", reason="No.")
    page = words(decide(admin, kept, second, rank=1, reason="No again."))
    assert ("data_admin@example.org declined this suggestion on" in page, "Accept the suggestion" in page) == (True, False)


@pytest.mark.parametrize("answer", ["accept", "decline"])
def test_link_to_an_answer_leads_to_the_page_with_its_button(lake, admin, answer):
    kept = suggested(lake)
    assert admin.get(f"{QUEUE}{kept.pk}/{answer}/")["Location"] == f"{QUEUE}{kept.pk}/"


def test_answer_without_a_token_of_the_form_is_refused(lake, admin):
    kept = suggested(lake)
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = admin.cookies
    assert [decide(browser, kept, "accept", rank=1).status_code, Fact.objects.count()] == [403, 0]
