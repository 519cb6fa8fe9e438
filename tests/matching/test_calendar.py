"""The calendar: what is on it, its load and conflicts, the download, and the feed that can be ended."""

import re
from datetime import date, time, timedelta

import pytest
from django.test import Client
from django.utils.html import strip_tags
from hypothesis import given
from hypothesis import strategies as st

from applicants.models import Profile
from matching.models import ListEntry, ProgramList, SeasonStep
from matching.presenters.season_calendar import calendar_page, first_of_week
from matching.services.calendar import Dated, What, dated, entries, season_dates_of, start_feed
from matching.services.entry_fields import ListError
from matching.services.season import SeasonBook
from programs.models import CalendarEvent, Program
from smartpick.models import AuditEvent
from tests.applicants.visiting import said, visit, with_owner
from tests.matching.builders import add_programs, market
from tests.matching.recomputing import applicant, key, listed
from tests.matching.seasons import TODAY, book, entry, happened, stop_the_clock
from tests.programs.builders import query_count

DAY = timedelta(days=1)
PAGE, FILE, SWITCH = "/list/season/calendar/", "/list/season/calendar.ics", "/list/season/calendar/feed/"
database = pytest.mark.django_db
dates = st.dates(date(2026, 9, 1), date(2027, 2, 28))


@pytest.fixture
def owner(client, monkeypatch):
    stop_the_clock(monkeypatch)
    market(3, visa_j1="yes")
    saved = applicant()
    visit(client, saved.pk)
    listed(saved, 1, 2, 3)
    return saved


def words(response):
    return " ".join(strip_tags(response.content.decode()).split())


def lines(response):
    return response.content.decode().replace("\r\n ", "").split("\r\n")


def interview(day, title="Invented Hospital 001", at=None):
    return Dated(What.INTERVIEW, "step-1@smartpick", day, at, title, key=key(1))


# --- what is on it ---


@database
def test_interviews_deadlines_and_dates_of_the_season_in_order(owner):
    Program.objects.filter(key=key(2)).update(deadline=date(2026, 12, 1))
    Program.objects.filter(key=key(3)).update(deadline=date(2026, 12, 2))
    happened(owner, 3, "applied")  # its deadline is done with
    happened(owner, 1, "interviewed", date(2026, 12, 5), at=time(9))
    CalendarEvent.objects.filter(key="ranking-closes").update(source_kind="inferred", time_eastern=time(21))
    found = dated(book(), TODAY)
    assert [(one.what, one.day, one.at, one.title, one.inferred, one.eastern) for one in found] == [
        ("season", date(2026, 9, 23), None, "programs-review", False, True),
        ("deadline", date(2026, 12, 1), None, "Invented Hospital 002", False, False),
        ("interview", date(2026, 12, 5), time(9), "Invented Hospital 001", False, False),
        ("season", date(2027, 2, 1), None, "ranking-opens", False, True),
        ("season", date(2027, 3, 3), time(21), "ranking-closes", True, True),
        ("season", date(2027, 7, 1), None, "training-starts", False, True),
    ]


@database
def test_an_interview_that_was_given_up_or_has_no_day_is_not_on_it(owner):
    happened(owner, 1, "interviewed", None)
    happened(owner, 2, "interviewed", TODAY + DAY)
    happened(owner, 2, "withdrawn")
    assert [one.title for one in dated(book(), TODAY) if one.what is What.INTERVIEW] == []


@database
@pytest.mark.parametrize("count", [1, 12])
def test_calendar_costs_the_same_for_any_number(owner, count):
    add_programs(range(100, 100 + count), visa_j1="yes")
    listed(owner, *range(100, 100 + count))
    for number in range(100, 100 + count):
        happened(owner, number, "interviewed", TODAY + DAY)
    saved = book().saved
    assert query_count(lambda: dated(SeasonBook(saved), TODAY)) == 3


# --- load ---


def test_load_counts_days_and_weeks_and_marks_conflicts():
    monday = date(2027, 1, 11)
    every = [interview(monday), interview(monday, "Invented Hospital 002"), interview(monday + 2 * DAY), interview(monday + 9 * DAY)]
    page = calendar_page(every, TODAY)
    assert page.load == "4 interviews with a day. The fullest week, from 10 Jan 2027 on, has 3."
    assert page.conflicts == ("2 interviews on Mon 11 Jan 2027",)
    assert [line.conflict for line in page.coming] == [True, True, False, False]
    assert [month.name for month in page.months] == ["November 2026", "December 2026", "January 2027"]
    weeks = page.months[2].weeks
    assert [week.interviews for week in weeks] == [0, 0, 3, 1, 0, 0]
    cell = next(cell for week in weeks for cell in week.cells if cell.number == "11")
    assert (cell.interviews, cell.conflict, cell.said) == (2, True, "2 interviews, on the same day")


def test_a_week_across_two_months_counts_once_in_each():
    page = calendar_page([interview(date(2026, 12, 31)), interview(date(2027, 1, 2))], TODAY)
    december, january = page.months[1:]
    assert (december.weeks[-1].interviews, january.weeks[0].interviews) == (2, 2)
    assert page.load.endswith("from 27 Dec 2026 on, has 2.")


@pytest.mark.parametrize("every", [[], [Dated(What.SEASON, "a", TODAY + DAY, None, "x")], [Dated(What.DEADLINE, "a", TODAY - DAY, None, "x")]])
def test_without_interviews_or_deadlines_to_come_there_are_no_months(every):
    page = calendar_page(every, TODAY)
    assert (page.months, page.load, page.conflicts) == ((), "", ())


@given(st.lists(dates, min_size=1, max_size=12))
def test_every_interview_is_on_the_months_once(days):
    page = calendar_page([interview(day) for day in sorted(days)], TODAY)
    assert sum(cell.interviews for month in page.months for week in month.weeks for cell in week.cells) == len(days)
    assert {cell.conflict for month in page.months for week in month.weeks for cell in week.cells} == {False, len(set(days)) < len(days)} | {False}
    assert len(page.coming) + len(page.past) == len(days)


@given(dates)
def test_a_week_begins_on_the_sunday_before(day):
    first = first_of_week(day)
    assert (first.strftime("%a"), 0 <= (day - first).days < 7) == ("Sun", True)


# --- for other calendars ---


@database
def test_entries_say_no_more_than_needed(owner):
    happened(owner, 1, "interviewed", TODAY + DAY, at=time(9), note="bring the secret letter")
    happened(owner, 2, "applied")
    ListEntry.objects.update(note="my secret")
    found = entries(dated(book(), TODAY))
    text = " ".join(f"{one.summary} {one.description}" for one in found)
    assert "secret" not in text
    assert "Invented Hospital 002" not in text
    mine = next(one for one in found if one.summary == "Interview: Invented Hospital 001")
    assert (mine.description, mine.start.tzinfo) == ("Toledo, OH. The time is local time at the program.", None)


@database
def test_inferred_dates_are_marked_as_such(owner):
    CalendarEvent.objects.filter(key="ranking-closes").update(source_kind="inferred")
    found = {one.uid: (one.summary, one.description) for one in entries(season_dates_of(2027))}
    assert found["season-2027-ranking-closes@smartpick"] == ("NRMP: ranking-closes (not announced)", "Not announced: worked out from past seasons.")
    assert found["season-2027-ranking-opens@smartpick"] == ("NRMP: ranking-opens", "")


@database
def test_uid_stays_when_the_day_changes(owner):
    def uid():
        return next(one.uid for one in entries(dated(book(), TODAY)) if one.summary.startswith("Interview"))

    happened(owner, 1, "interviewed", TODAY + DAY)
    before = uid()
    happened(owner, 1, "interviewed", TODAY + 2 * DAY)
    assert uid() == before
    SeasonStep.objects.all().delete()  # and entered anew, or brought back by Undo
    happened(owner, 1, "interviewed", TODAY + 3 * DAY)
    assert uid() == before


@database
def test_interviews_of_two_people_at_one_program_are_two_events(owner):
    """Who reads both calendars would see one of them only."""
    another = applicant()
    listed(another, 1)
    for one in (owner, another):
        happened(one, 1, "interviewed", TODAY + DAY)
    every = [one.uid for saved in ProgramList.objects.all() for one in dated(SeasonBook(saved), TODAY) if one.what is What.INTERVIEW]
    assert (len(every), len(set(every))) == (2, 2)


@database
def test_download_is_a_calendar_file(client, owner):
    Program.objects.filter(key=key(1)).update(name="Saint, Mary; \\ Invented\nBEGIN:VEVENT")
    happened(owner, 1, "interviewed", TODAY + DAY, at=time(9, 30))
    response = client.get(FILE)
    assert (response["Content-Type"], response["Content-Disposition"]) == ("text/calendar; charset=utf-8", 'attachment; filename="smartpick-season.ics"')
    assert "no-store" in response["Cache-Control"]
    assert "SUMMARY:Interview: Saint\\, Mary\\; \\\\ Invented\\nBEGIN:VEVENT" in lines(response)
    assert "DTSTART:20261126T093000" in lines(response)
    assert (lines(response).count("BEGIN:VEVENT"), lines(response).count("END:VEVENT")) == (5, 5)


@database
def test_download_without_a_list_leads_to_the_page(client, monkeypatch):
    stop_the_clock(monkeypatch)
    assert client.get(FILE)["Location"] == PAGE


# --- the feed ---


def address(client):
    found = re.search(r'value="http://testserver(/calendar/[^"]+\.ics)"', client.get(PAGE).content.decode())
    return found and found[1]


@database
def test_feed_opens_to_whoever_holds_its_address_until_it_is_ended(client, owner):
    happened(owner, 1, "interviewed", TODAY + DAY)
    assert address(client) is None
    assert said(client.post(SWITCH, {"start": "yes"}))[-1].startswith("The feed is made.")
    feed, stranger = address(client), Client()
    assert len(feed) == len("/calendar/.ics") + 43
    response = stranger.get(feed)
    assert "SUMMARY:Interview: Invented Hospital 001" in lines(response)
    assert ("Content-Disposition" in response, "no-store" in response["Cache-Control"], response["X-Robots-Tag"]) == (False, True, "noindex")
    assert stranger.cookies == {}
    client.post(SWITCH, {"end": "yes"})
    assert (stranger.get(feed).status_code, address(client)) == (404, None)


@database
def test_a_new_address_ends_the_old_one(client, owner):
    client.post(SWITCH, {"start": "yes"})
    old = address(client)
    client.post(SWITCH, {"start": "yes"})
    new = address(client)
    assert (old != new, client.get(old).status_code, client.get(new).status_code) == (True, 404, 200)


@database
@pytest.mark.parametrize("ended", ["the season", "the profile"])
def test_feed_ends_with_what_it_shows(client, owner, settings, ended):
    client.post(SWITCH, {"start": "yes"})
    feed = address(client)
    if ended == "the season":
        settings.MATCH_YEAR = 2028
    else:
        Profile.objects.all().delete()
    assert client.get(feed).status_code == 404


@database
@pytest.mark.parametrize("token", ["None", "null", "x", "0" * 43])
def test_a_list_without_a_feed_has_no_address(client, owner, token):
    assert client.get(f"/calendar/{token}.ics").status_code == 404


@database
def test_switch_without_a_list_says_what_to_do(client, monkeypatch):
    stop_the_clock(monkeypatch)
    assert client.post(SWITCH, {"start": "yes"})["Location"] == PAGE  # nobody
    visit(client, applicant().pk)
    assert said(client.post(SWITCH, {"start": "yes"})) == ["There is no list yet: put programs on it first."]
    with pytest.raises(ListError, match="2026 Match"):
        start_feed(by="visitor", profile=Profile.objects.get(), match_year=2026)


@database
def test_another_making_a_feed_is_on_record():
    market(1)
    owner = with_owner()
    listed(owner, 1)
    start_feed(by="advisor@example.org", profile=owner, match_year=2027)
    assert AuditEvent.objects.filter(verb="calendar:start", by="advisor@example.org").count() == 1
    assert ProgramList.objects.get().feed_token


# --- the page ---


@database
def test_page_shows_load_conflicts_and_what_is_not_announced(client, owner):
    CalendarEvent.objects.filter(key="ranking-closes").update(source_kind="inferred")
    Program.objects.filter(key=key(3)).update(deadline=date(2026, 12, 1))
    for number in (1, 2):
        happened(owner, number, "interviewed", date(2026, 12, 7))
    text = words(client.get(PAGE))
    assert "2 interviews with a day. The fullest week, from 6 Dec 2026 on, has 2." in text
    assert "2 interviews on Mon 7 Dec 2026. Ask one of the programs" in text
    assert "Tue 1 Dec 2026 Invented Hospital 003 deadline to apply" in text
    assert "Wed 3 Mar 2027 ranking-closes NRMP not announced" in text
    assert text.count("same day as another") == 2


@database
def test_page_without_a_list_shows_the_dates_of_the_match(client, monkeypatch):
    stop_the_clock(monkeypatch)
    market(1)
    text = words(client.get(PAGE))
    assert ("ranking-closes" in text, "Make a private feed" in text, "Download" in text) == (True, False, False)


@database
def test_page_costs_the_same_for_any_number(client, owner):
    def cost():
        return query_count(lambda: client.get(PAGE))

    happened(owner, 1, "interviewed", TODAY + DAY)
    one = cost()
    add_programs(range(100, 112), visa_j1="yes")
    listed(owner, *range(100, 112))
    for number in range(100, 112):
        happened(owner, number, "interviewed", TODAY + 2 * DAY)
    assert (cost(), entry(100).list.season) == (one, 2027)
