"""The calendar of a season: interviews, deadlines of programs, dates of the Match; and the feed, which a button makes and ends."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.conf import settings

from applicants.models import Profile
from matching.choices import Step
from matching.models import ProgramList
from matching.queries import saved_list
from matching.services.editing import count_as_use, keep_event, locked_profile, refuse_other_season
from matching.services.entry_fields import ListError
from matching.services.locks import writing_results
from matching.services.season import Application, SeasonBook, Stage
from programs.models import CalendarEvent
from programs.models.reference import Sourced
from smartpick.ical import Entry

EASTERN = ZoneInfo("America/New_York")  # what the Match's calendar is in
DOMAIN = "smartpick"  # right of the @ of a UID: any name that is always the same
TOKEN_BYTES = 32  # 43 characters: nobody guesses 256 bits
INFERRED = "Not announced: worked out from past seasons."
LOCAL_TIME = "The time is local time at the program."


class What(StrEnum):
    """What a day is about."""

    INTERVIEW = "interview"
    DEADLINE = "deadline"
    SEASON = "season"


@dataclass(frozen=True)
class Dated:
    """One thing on the calendar. `at` None: no time is known, or the whole day; `eastern`: the time is Eastern, else that of the program.

    `key` is that of the program, "" for dates of the season. `inferred`: worked out from past seasons, not announced.
    """

    what: What
    uid: str
    day: date
    at: time | None
    title: str
    place: str = ""
    key: str = ""
    eastern: bool = False
    inferred: bool = False
    source: str = ""


def season_dates_of(match_year: int) -> tuple[Dated, ...]:
    """The dates of one season of the Match and of applications, the earliest first. 1 query."""
    return tuple(_season(event) for event in CalendarEvent.objects.filter(season=match_year))


def dated(book: SeasonBook, today: date) -> tuple[Dated, ...]:
    """Everything of a list that has a day, the earliest first: interviews, deadlines of what is not sent yet, dates of the season. 3 queries."""
    interviews = [found for one in book.applications if (found := _interview(one, book.saved.pk)) is not None]
    deadlines = [
        _deadline(one, one.deadline, book.saved.season)
        for one in book.applications
        if one.stage(today) is Stage.TO_APPLY and one.deadline and not one.line.closed_on
    ]
    every = (*interviews, *deadlines, *season_dates_of(book.saved.season))
    return tuple(sorted(every, key=lambda one: (one.day, one.at or time.min, one.title)))


def entries(every: Sequence[Dated]) -> list[Entry]:
    """The same for other calendars. Nothing that a person noted, no chance and no standing is in it. Pure."""
    return [Entry(one.uid, _start(one), _summary(one), _description(one)) for one in every]


def start_feed(*, by: str, profile: Profile, match_year: int) -> str:
    """Make an address nobody can guess, under which the calendar can be read without signing in; an earlier one ends. Raises ListError."""
    return _set_token(by, "calendar:start", profile, match_year, secrets.token_urlsafe(TOKEN_BYTES)) or ""


def end_feed(*, by: str, profile: Profile, match_year: int) -> None:
    """End the feed: its address leads nowhere from now on. Raises ListError where there is no list."""
    _set_token(by, "calendar:end", profile, match_year, None)


def feed_list(token: str) -> ProgramList | None:
    """The list that a feed's address opens, of the season that is open; None for any other. 1 query."""
    return ProgramList.objects.filter(feed_token=token, season=settings.MATCH_YEAR).first()


def _set_token(by: str, verb: str, profile: Profile, match_year: int, token: str | None) -> str | None:
    refuse_other_season(match_year)
    with writing_results():
        held = locked_profile(profile)
        saved = saved_list(held, match_year)
        if saved is None:
            raise ListError("There is no list yet: put programs on it first.")
        saved.feed_token = token
        saved.save(update_fields=("feed_token",))
        keep_event(by, verb, held)
        count_as_use(held)
        return token


def _interview(one: Application, list_pk: int) -> Dated | None:
    """An interview by list and program: it stays the same event where its day is corrected or entered anew, and no two people share it."""
    told = one.told.get(Step.INTERVIEWED)
    if told is None or told.on is None or Step.WITHDRAWN in one.told:
        return None
    place = ", ".join(part for part in (one.line.city, one.line.state or "") if part)
    return Dated(What.INTERVIEW, f"interview-{list_pk}-{one.line.key}@{DOMAIN}", told.on, told.at, one.line.name, place, one.line.key)


def _deadline(one: Application, day: date, season: int) -> Dated:
    return Dated(What.DEADLINE, f"deadline-{season}-{one.line.key}@{DOMAIN}", day, None, one.line.name, key=one.line.key)


def _season(event: CalendarEvent) -> Dated:
    return Dated(
        What.SEASON,
        f"season-{event.season}-{event.key}@{DOMAIN}",
        event.date,
        event.time_eastern,
        event.event,
        event.service,
        eastern=True,
        inferred=event.source_kind == Sourced.SourceKind.INFERRED,
        source=event.source,
    )


def _start(one: Dated) -> date | datetime:
    """The Match's times are Eastern. Which zone a program is in nobody states, so its times float."""
    if one.at is None:
        return one.day
    return datetime.combine(one.day, one.at, EASTERN if one.eastern else None)


def _summary(one: Dated) -> str:
    words = {What.INTERVIEW: f"Interview: {one.title}", What.DEADLINE: f"Deadline to apply: {one.title}", What.SEASON: f"{one.place}: {one.title}"}
    return f"{words[one.what]} (not announced)" if one.inferred else words[one.what]


def _description(one: Dated) -> str:
    if one.what is What.INTERVIEW:
        return ". ".join(part for part in (one.place, LOCAL_TIME if one.at else "") if part)
    return INFERRED if one.inferred else ""
