"""A season for tests: today, a list of invented programs, and what was recorded of them."""

from datetime import date

from matching.choices import Step
from matching.models import ListEntry, ProgramList, SeasonStep
from matching.services.season import SeasonBook, Told
from matching.services.steps import record_step
from programs.models import CalendarEvent
from tests.matching.recomputing import key
from tests.programs.builders import SOURCED

TODAY = date(2026, 11, 25)
DAYS = (date(2026, 6, 3), date(2027, 7, 1))


def stop_the_clock(monkeypatch, today=TODAY):
    """The site's day is `today`."""
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: today)


def opening():
    """The first day of the season, which the calendar of `market` leaves out."""
    CalendarEvent.objects.create(season=2027, key="season-opens", service="ERAS", event="Season opens", date=DAYS[0], **SOURCED)


def happened(owner, number, step, on=TODAY, *, today=TODAY, **more):
    """Record a step as the pages do."""
    seen = more.pop("seen", None)
    told = Told(Step(step), on, **more)
    return record_step(by="visitor", profile=owner, match_year=2027, key=key(number), told=told, today=today, seen=seen)


def steps(number):
    """{step: day} of one program on any list."""
    return dict(SeasonStep.objects.filter(entry__program__key=key(number)).values_list("step", "on"))


def book():
    """The only list as a season."""
    return SeasonBook(ProgramList.objects.get())


def entry(number):
    return ListEntry.objects.get(program__key=key(number))
