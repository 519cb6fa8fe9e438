"""What changed on a saved list: told on the list, marked as seen, and kept."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags
from hypothesis import given
from hypothesis import strategies as st

from matching.choices import ChangeKind
from matching.engine import Tier
from matching.models import ChangeNotice, ProgramList
from matching.presenters.changes import NOT_LISTED, ChangesPanel, standing
from matching.views.changes import MORE_CAME, SEEN
from programs.models import Program
from tests.applicants.visiting import said, visit
from tests.matching.builders import market
from tests.matching.recomputing import applicant, key, listed, recompute, state
from tests.programs.builders import query_count

pytestmark = pytest.mark.django_db
LIST, SAVED, CHANGES, SEEN_URL = "/list/ranked/", "/list/", "/list/changes/", "/list/changes/seen/"
HTMX = {"HX-Request": "true"}


def words(response):
    return " ".join(strip_tags(response.content.decode()).split())


def told(response):
    """The notices of the page as text."""
    return [" ".join(strip_tags(line).split()) for line in re.findall(r'<li class="change">.*?</li>', response.content.decode(), re.DOTALL)]


def notice(saved, number=1, version=1, **changes):
    """A notice straight in the table."""
    values = {"program_key": key(number), "program_name": f"Invented Hospital {number:03d}", "kind": ChangeKind.EXCLUDED, "cause": "J-1 visa: no"}
    tiers = {"tier_before": Tier.MIDDLE, "chance_before": 0.05, "tier_after": Tier.EXCLUDED, "chance_after": 0}
    return ChangeNotice.objects.create(list=saved, data_version=version, **(values | tiers | changes))


@pytest.fixture
def saved(client):
    """A list with one program, after a first recompute."""
    market(3, visa_j1="yes")
    owner = applicant()
    visit(client, owner.pk)
    listed(owner, 1)
    recompute()
    return ProgramList.objects.get()


def withdraw_visa():
    state(1, visa_j1="no", cause="Import of october.csv")
    recompute()


def test_a_change_is_told_on_the_list_and_on_the_saved_list(client, saved):
    withdraw_visa()
    ChangeNotice.objects.update(created_at="2026-11-25T12:00Z")
    for url in (LIST, SAVED):
        response = client.get(url)
        assert "What changed on your list 1 change" in words(response)
        line = told(response)[0]
        assert re.fullmatch(
            r"Invented Hospital 001: now excluded from (safer|middle|reach) \(about 1 in \d+\) to excluded"
            r" J-1 visa: no, says Program pages, 1 Sep 2026 · told 25 Nov 2026",
            line,
        )


@pytest.mark.parametrize("url", [LIST, SAVED])
def test_where_nothing_changed_nothing_is_told(client, saved, url):
    assert "changes-panel" not in client.get(url).content.decode()


def test_what_was_seen_is_told_no_more_and_kept(client, saved):
    withdraw_visa()
    response = client.post(SEEN_URL, {"newest": ChangeNotice.objects.get().pk})
    assert (response["Location"], said(response)) == (SAVED, [SEEN])
    assert (told(client.get(LIST)), told(client.get(SAVED))) == ([], [])
    assert len(told(client.get(CHANGES))) == 1


def test_after_looking_only_newer_changes_are_told_with_the_day_of_the_last_look(client, saved):
    withdraw_visa()
    client.post(SEEN_URL, {"newest": ChangeNotice.objects.get().pk})
    state(1, visa_j1="yes")
    recompute()
    ProgramList.objects.update(looked_at="2026-11-20T12:00Z")
    ChangeNotice.objects.filter(kind=ChangeKind.EXCLUDED).update(created_at="2026-11-19T12:00Z")
    response = client.get(SAVED)
    assert "What changed since you last looked 1 change since 20 Nov 2026" in words(response)
    assert [line.split(" from")[0] for line in told(response)] == ["Invented Hospital 001: open again"]


def test_seen_marks_nothing_where_more_came_after_the_page_was_opened(client, saved):
    first = notice(saved)
    notice(saved, version=2)
    response = client.post(SEEN_URL, {"newest": first.pk})
    assert said(response) == [MORE_CAME]
    assert len(told(client.get(SAVED))) == 2


def test_seen_answers_htmx_with_the_panel_as_it_now_is(client, saved):
    newest = notice(saved)
    page = client.post(SEEN_URL, {"newest": newest.pk}, headers=HTMX).content.decode()
    assert "<html" not in page
    assert "Nothing new on your list." in page
    assert f'<p class="visually-hidden">{SEEN}</p>' in page
    assert client.post(SEEN_URL, {"newest": newest.pk}, headers=HTMX).status_code == 200  # a second click is no error


def test_seen_answers_htmx_with_what_came_meanwhile(client, saved):
    first = notice(saved)
    notice(saved, 2, version=2)
    page = client.post(SEEN_URL, {"newest": first.pk}, headers=HTMX).content.decode()
    assert (page.count('<li class="change">'), MORE_CAME in page) == (2, True)


@pytest.mark.parametrize("newest", ["", "0", "x", "-1", "9" * 18, "9" * 40, "²"])
def test_seen_of_a_notice_that_is_not_there_does_not_exist(client, saved, newest):
    notice(saved)
    assert client.post(SEEN_URL, {"newest": newest}).status_code == 404
    assert ProgramList.objects.get().looked_at is None


def test_seen_by_a_link_changes_nothing(client, saved):
    notice(saved)
    assert client.get(SEEN_URL)["Location"] == CHANGES
    assert ProgramList.objects.get().looked_at is None


def test_seen_needs_the_form_of_the_page(saved):
    browser = Client(enforce_csrf_checks=True)
    visit(browser, saved.profile_id)
    assert browser.post(SEEN_URL, {"newest": notice(saved).pk}).status_code == 403


def test_anothers_notice_does_not_exist(client, saved):
    newest, stranger = notice(saved), Client()
    other = applicant()
    visit(stranger, other.pk)
    listed(other, 2)
    assert [stranger.post(SEEN_URL, {"newest": newest.pk}).status_code, Client().post(SEEN_URL, {"newest": newest.pk}).status_code] == [404, 404]
    assert (told(stranger.get(CHANGES)), told(stranger.get(LIST)), told(stranger.get(SAVED))) == ([], [], [])
    assert list(ProgramList.objects.values_list("looked_at", flat=True)) == [None, None]


def test_all_changes_are_paged_newest_first_and_new_ones_marked(client, saved):
    for version in range(1, 53):
        notice(saved, version=version, cause=f"cause {version}")
    ProgramList.objects.update(looked_at=timezone.now() - timedelta(days=1))
    ChangeNotice.objects.filter(data_version__lte=50).update(created_at=timezone.now() - timedelta(days=2))
    first, second = client.get(CHANGES), client.get(CHANGES, {"page": 2})
    assert (len(told(first)), len(told(second))) == (50, 2)
    assert [" new " in line for line in told(first)[:4]] == [True, True, False, False]
    assert "cause 52" in told(first)[0]
    assert "I have seen the 2 new ones" in words(first)


def test_all_changes_of_nobody_says_that_there_are_none(client):
    assert "Nothing has changed" in words(client.get(CHANGES))


def test_panel_shows_the_newest_and_counts_the_rest(client, saved):
    for version in range(1, 12):
        notice(saved, version=version)
    response = client.get(SAVED)
    assert (len(told(response)), "3 more, and all changes" in words(response)) == (8, True)


def test_panel_takes_any_list(saved):
    notice(saved)
    panel = ChangesPanel(ProgramList.objects.get())
    assert [(line.name, line.what) for line in panel.lines] == [("Invented Hospital 001", "now excluded")]


def test_program_that_is_no_more_is_told_without_a_link(client, saved):
    notice(saved, 9, program_name="Closed Invented Hospital", kind=ChangeKind.GONE, tier_after=None, chance_after=None)
    page = client.get(CHANGES).content.decode()
    assert "Closed Invented Hospital: <strong>no longer listed</strong>" in page
    assert "to not listed" in told(client.get(CHANGES))[0]


def test_program_that_is_there_is_linked_and_a_withdrawn_one_is_not(client, saved):
    notice(saved, program=Program.objects.get(key=key(1)))
    assert f'href="/programs/{key(1)}/?specialty=140"' in client.get(CHANGES).content.decode()
    Program.objects.update(is_withdrawn=True)
    assert f'href="/programs/{key(1)}/' not in client.get(CHANGES).content.decode()


@pytest.mark.parametrize("url", [SAVED, CHANGES])
def test_notices_cost_the_same_however_many_there_are(client, saved, url):
    counts = []
    for versions in (range(1, 3), range(3, 40)):
        for version in versions:
            notice(saved, version=version, program=Program.objects.get(key=key(1)))
        counts.append(query_count(lambda: client.get(url)))
    assert counts[0] == counts[1]


def test_cause_cannot_inject_markup(client, saved):
    notice(saved, cause="<b>x</b>", program_name="<i>y</i>")
    page = client.get(CHANGES).content.decode()
    assert [mark in page for mark in ("<b>x</b>", "<i>y</i>")] == [False, False]


@given(tier=st.sampled_from([None, *Tier]), chance=st.floats(0, 1))
def test_standing_names_the_tier_and_only_an_open_program_has_a_chance(tier, chance):
    found = standing(tier, chance)
    assert (found == NOT_LISTED) is (tier is None)
    assert (" in " in found) is (tier in {Tier.SAFER, Tier.MIDDLE, Tier.REACH})
    assert tier is None or found.startswith(tier.word)
