"""The season's pages: what they show, what their buttons do, and whose they are."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils.html import strip_tags

from matching.choices import Step
from matching.models import ListEntry, SeasonStep
from programs.models import Program
from tests.applicants.visiting import said, visit
from tests.matching.builders import add_programs, market
from tests.matching.recomputing import applicant, key, listed
from tests.matching.seasons import TODAY, book, happened, opening, steps, stop_the_clock
from tests.programs.builders import query_count

pytestmark = pytest.mark.django_db
PAGE, MARK, UNDO = "/list/season/", "/list/season/mark/", "/list/season/undo/"
HTMX = {"HX-Request": "true"}
DAY = timedelta(days=1)


def entry_url(number):
    return f"/list/season/entry/{key(number)}/"


@pytest.fixture
def owner(client, monkeypatch):
    stop_the_clock(monkeypatch)
    market(4, visa_j1="yes")
    opening()
    saved = applicant()
    visit(client, saved.pk)
    listed(saved, 1, 2, 3, 4)
    return saved


def words(text):
    return " ".join(strip_tags(text if isinstance(text, str) else text.content.decode()).split())


def groups(response):
    """{title of a group: numbers of its programs, in order}."""
    found = re.findall(r'<h2 id="group-[a-z-]+">([^<]*) <.*?<ul class="season-rows[^"]*">(.*?)</ul>', response.content.decode(), re.DOTALL)
    return {title: [int(number) for number in re.findall(r'id="program-14005(\d+)"', rows)] for title, rows in found}


def counts(response):
    """The numbers at the top, by what they count."""
    return {word: int(count) for count, word in re.findall(r"<li><strong>(\d+)</strong> ([^<]*)</li>", response.content.decode())}


# --- the page ---


def test_applications_stand_under_what_is_to_be_done_next(client, owner):
    happened(owner, 1, "applied")
    happened(owner, 2, "invited")
    happened(owner, 3, "interviewed", TODAY + 3 * DAY)
    response = client.get(PAGE)
    assert groups(response) == {"Invited: agree on a day": [2], "Interviews to come": [3], "To apply": [4], "Waiting for an answer": [1]}
    assert counts(response) == {"planned": 1, "applied": 3, "invited": 2, "interviewed": 0, "interviews to come": 1, "ranked": 0}
    assert "Interview: Sat 28 Nov 2026 in 3 days" in words(response)


def test_to_apply_the_nearest_deadline_first_and_a_missed_one_last_and_marked(client, owner):
    for number, day in ((1, date(2026, 12, 9)), (2, TODAY + DAY), (3, date(2026, 11, 1))):
        Program.objects.filter(key=key(number)).update(deadline=day)
    response = client.get(PAGE)
    assert groups(response)["To apply"] == [2, 1, 4, 3]
    text = words(response)
    assert "deadline was 1 Nov 2026" in text
    assert "deadline 26 Nov 2026 tomorrow" in text
    assert "deadline 9 Dec 2026 in 14 days" in text


def test_deadline_of_an_earlier_season_is_none_of_this_one(client, owner):
    for number, day in ((1, date(2025, 10, 15)), (2, date(2026, 12, 9))):
        Program.objects.filter(key=key(number)).update(deadline=day)
    response = client.get(PAGE)
    assert groups(response)["To apply"] == [2, 1, 3, 4]
    assert ("deadline not known, last 15 Oct 2025" in words(response), "deadline was" in words(response)) == (True, False)
    assert "15 Oct 2025" not in words(client.get("/list/season/calendar/"))


def test_without_a_list_the_page_says_what_to_do(client, monkeypatch):
    stop_the_clock(monkeypatch)
    market(1)
    assert '<a class="button" href="/">Answer five questions</a>' in client.get(PAGE).content.decode()
    visit(client, applicant().pk)
    assert '<a class="button" href="/list/ranked/">Find programs</a>' in client.get(PAGE).content.decode()


def test_names_and_notes_cannot_inject_markup(client, owner):
    Program.objects.update(name="<b>x</b>")
    happened(owner, 1, "invited", note="<i>y</i>")
    for path in (PAGE, entry_url(1), "/list/season/calendar/", "/list/season/rank-list/"):
        page = client.get(path).content.decode()
        assert ("<b>x" in page, "<i>y" in page) == (False, False)


def test_page_costs_the_same_for_any_number(client, owner):
    def cost():
        client.get(PAGE)
        return query_count(lambda: client.get(PAGE))

    happened(owner, 1, "applied")
    one = cost()
    add_programs(range(100, 140), visa_j1="yes")
    listed(owner, *range(100, 140))
    client.get(PAGE)
    client.post(MARK, {"key": [key(number) for number in range(100, 140)], "step": "applied", "on": ""})
    assert cost() == one


# --- many at once ---


def test_ticked_programs_are_marked_and_one_button_takes_it_back(client, owner):
    response = client.post(MARK, {"key": [key(1), key(2)], "step": "applied", "on": "2026-09-24"})
    assert (response["Location"], said(response)) == (PAGE, ["2 programs are marked as applied."])
    assert (steps(1), steps(3)) == ({"applied": date(2026, 9, 24)}, {})
    assert "2 programs are marked as applied.Undo" in words(client.get(PAGE))
    assert said(client.post(UNDO))[-1] == "2 programs are no longer marked as applied."
    assert not SeasonStep.objects.exists()
    assert client.post(UNDO)["Location"] == PAGE


def test_all_means_all_that_the_page_showed(client, owner):
    shown = re.search(r'name="shown" value="([^"]*)"', client.get(PAGE).content.decode())[1]
    add_programs([9], visa_j1="yes")
    listed(owner, 9)
    assert "Mark all 5 as applied" in words(client.get(PAGE))
    client.post(MARK, {"shown": shown, "all": "applied", "on": "2026-09-24"})
    assert [bool(steps(number)) for number in (1, 2, 3, 4, 9)] == [True, True, True, True, False]


def test_all_leaves_out_what_takes_no_applications(client, owner):
    Program.objects.filter(key=key(2)).update(closed_on=date(2026, 10, 1), deadline=date(2026, 12, 1))
    page = client.get(PAGE)
    assert ("Mark all 3 as applied" in words(page), "Closed: takes no applications" in words(page)) == (True, True)
    shown = re.search(r'name="shown" value="([^"]*)"', page.content.decode())[1]
    assert key(2) not in shown.split(",")
    client.post(MARK, {"all": "applied", "on": "", "shown": shown})
    assert (steps(2), SeasonStep.objects.count()) == ({}, 3)
    assert "Invented Hospital 002" not in words(client.get("/list/season/calendar/"))


def test_undo_takes_back_what_was_new_only(client, owner):
    happened(owner, 1, "applied", date(2026, 9, 23))
    response = client.post(MARK, {"key": [key(1), key(2)], "step": "applied", "on": ""})
    assert said(response) == ["Invented Hospital 002 is marked as applied. 1 program had that already, and nothing was changed there."]
    client.post(UNDO)
    assert (steps(1), steps(2)) == ({"applied": date(2026, 9, 23)}, {})


def test_undo_leaves_what_was_corrected_since(client, owner):
    client.post(MARK, {"key": [key(1), key(2)], "step": "applied", "on": "2026-11-20"})
    happened(owner, 1, "applied", date(2026, 11, 19))  # in another browser
    assert said(client.post(UNDO))[-1] == "Invented Hospital 002 is no longer marked as applied."
    assert (steps(1), steps(2)) == ({"applied": date(2026, 11, 19)}, {})


@pytest.mark.parametrize("button", [UNDO, MARK, "/list/season/rank-list/certified/", f"/list/season/rank-list/move/{key(1)}/"])
def test_button_of_an_old_page_leads_to_the_page_and_puts_no_page_into_itself(client, owner, button):
    """Another tab has taken it back, or the session is over."""
    visitor = client if button == UNDO else Client()
    response = visitor.post(button, {"key": key(1), "step": "applied", "move": "up"}, headers=HTMX)
    assert (response.status_code, response.content, response["HX-Redirect"].startswith(PAGE)) == (200, b"", True)


def test_undo_ends_with_its_profile(client, owner):
    client.post(MARK, {"key": [key(1)], "step": "applied", "on": ""})
    client.post("/profile/delete/")
    assert "Invented Hospital" not in str(dict(client.session))
    client.post(MARK, {"key": [key(1)], "step": "applied", "on": ""})
    visit(client, applicant().pk)
    assert client.post(UNDO)["Location"] == PAGE


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"step": "applied"}, "No program is ticked"),
        ({"step": "flown", "key": ["1400500001"]}, "Choose one of the steps"),
        ({"step": "applied", "key": ["1400500001"], "on": "soon"}, "Enter a date as year-month-day"),
        ({"step": "applied", "key": ["1400500001"], "on": "2019-09-24"}, "is in another season"),
        ({"step": "applied", "key": ["nothing"]}, "not on your list"),
        ({}, "Choose one of the answers in the list|This field is required"),
    ],
)
def test_what_cannot_be_recorded_is_said_and_nothing_is_written(client, owner, data, told):
    assert re.search(told, said(client.post(MARK, data))[-1])
    assert not SeasonStep.objects.exists()


def test_htmx_gets_the_season_and_what_happened_to_be_read_aloud(client, owner):
    page = client.post(MARK, {"key": [key(1)], "step": "applied", "on": ""}, headers=HTMX).content.decode()
    assert '<div id="season" class="season">' in page
    assert '<p class="visually-hidden">Invented Hospital 001 is marked as applied.</p>' in page
    assert "<html" not in page


# --- one application ---


def test_entry_page_starts_with_the_usual_next_step(client, owner):
    form = client.get(entry_url(1)).context["form"]
    assert (form["step"].value(), form["on"].value()) == ("applied", TODAY)
    happened(owner, 1, "applied", date(2026, 9, 24))
    assert client.get(entry_url(1)).context["form"]["step"].value() == "invited"
    happened(owner, 1, "invited", date(2026, 11, 3), note="by mail")
    form = client.get(entry_url(1)).context["form"]
    assert (form["step"].value(), form["on"].value()) == ("interviewed", None)
    form = client.get(entry_url(1), {"step": "invited"}).context["form"]
    assert (form["on"].value(), form["note"].value()) == (date(2026, 11, 3), "by mail")


def test_a_step_is_recorded_changed_and_removed(client, owner):
    url, seen = entry_url(1), book().by_key[key(1)].seen
    response = client.post(url, {"step": "interviewed", "on": "2026-12-07", "at": "09:30", "note": "online", "seen": seen})
    assert (response["Location"], said(response)) == (PAGE, ["Invented Hospital 001 is marked as interviewed."])
    assert "Interview: Mon 7 Dec 2026, 09:30" in words(client.get(url))
    client.post(url, {"step": "interviewed", "on": "2026-12-08", "seen": book().by_key[key(1)].seen})
    kept = SeasonStep.objects.get()
    assert (kept.on, kept.at, kept.note) == (date(2026, 12, 8), None, "")
    assert said(client.post(f"{url}remove/", {"step": "interviewed"}))[-1] == "Invented Hospital 001 is no longer marked as interviewed."
    assert said(client.post(f"{url}remove/", {"step": "interviewed"}))[-1] == "“interviewed” was not recorded here."


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"step": "matched"}, "Nobody matches where they did not rank"),
        ({"step": "invited", "on": "2027-01-04"}, "4 Jan 2027 has not come yet"),
        ({"step": "interviewed", "on": "", "at": "09:00"}, "A time needs its day"),
        ({"step": "interviewed", "on": "2026-12-07", "at": "noon"}, "Enter a time such as 14:30"),
        ({"step": "invited", "note": "x" * 301}, "Keep the note to 300 characters."),
        ({"step": ""}, "Choose one of the answers in the list."),
    ],
)
def test_an_impossible_step_is_explained_beside_the_form(client, owner, data, told):
    response = client.post(entry_url(1), data)
    assert (response.status_code, told in words(response)) == (200, True)
    fragment = client.post(entry_url(1), data, headers=HTMX)
    assert (fragment["HX-Retarget"], told in words(fragment), "<html" in fragment.content.decode()) == (f"#panel-{key(1)}", True, False)
    assert not SeasonStep.objects.exists()


def test_two_tabs_do_not_write_over_each_other(client, owner):
    seen = seen_on(client.get(entry_url(1)))
    client.post(entry_url(1), {"step": "invited", "on": "2026-11-20", "seen": seen})
    response = client.post(entry_url(1), {"step": "invited", "on": "2026-11-21", "seen": seen})
    assert "has changed since this page was opened, so nothing was written over it" in words(response)
    assert "Invited: Fri 20 Nov 2026" in words(response)  # what is there now
    told = said(client.post(f"{entry_url(1)}remove/", {"step": "invited", "seen": seen}))[-1]
    assert told.startswith("What is recorded of Invented Hospital 001 has changed")
    assert steps(1) == {"invited": date(2026, 11, 20)}
    client.post(entry_url(1), {"step": "invited", "on": "2026-11-21", "seen": seen_on(response)})  # again, having looked
    assert steps(1) == {"invited": date(2026, 11, 21)}


def seen_on(response):
    """The mark that the page's form sends along; all forms of the page have the same."""
    marks = set(re.findall(r'name="seen"[^>]*value="([0-9a-f]+)"', response.content.decode()))
    assert len(marks) == 1
    return marks.pop()


def test_note_is_kept_on_one_line_without_control_characters(client, owner):
    client.post(entry_url(1), {"step": "applied", "on": "", "note": "call\r\nthem\x01\x1b  soon"})
    assert SeasonStep.objects.get().note == "call them soon"


def test_in_place_the_form_goes_to_the_season_and_as_a_page_it_does_not(client, owner):
    happened(owner, 1, "applied")
    assert client.get(entry_url(1), headers=HTMX).content.decode().count('hx-target="#season"') == 2
    assert "#season" not in client.get(entry_url(1)).content.decode().replace("season/#program", "")


# --- whose it is ---


def test_anothers_applications_do_not_exist(client, owner):
    happened(owner, 1, "applied")
    stranger = Client()
    other = applicant()
    visit(stranger, other.pk)
    paths = (entry_url(1), f"{entry_url(1)}remove/")
    assert [stranger.post(path, {"step": "applied"}).status_code for path in paths] == [404, 404]
    stranger.post(MARK, {"key": [key(2)], "step": "applied"})
    stranger.post(f"/list/season/rank-list/move/{key(1)}/", {"move": "top"})
    assert (steps(1), steps(2)) == ({"applied": TODAY}, {})
    assert ListEntry.objects.filter(rank__isnull=False).count() == 0
    listed(other, 1)
    stranger.post(entry_url(1), {"step": "invited"})
    assert SeasonStep.objects.filter(step=Step.INVITED).values_list("entry__list__profile", flat=True).get() == other.pk


@pytest.mark.parametrize("path", [MARK, UNDO, f"{entry_url(1)}remove/", "/list/season/calendar/feed/"])
def test_a_link_to_a_button_changes_nothing(client, owner, path):
    happened(owner, 1, "applied")
    assert client.get(path).status_code == 302
    assert steps(1) == {"applied": TODAY}
