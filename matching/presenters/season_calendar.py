"""The calendar of a season: months with the load of interviews, and everything that has a day, in words. No queries."""

from calendar import SUNDAY, Calendar
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse

from matching.services.calendar import Dated, What
from matching.services.season import spoken
from smartpick.wording import plural

WEEKDAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
DAYS_OF_WEEK = 7
KINDS = {What.INTERVIEW: "interview", What.DEADLINE: "deadline to apply", What.SEASON: "season"}


@dataclass(frozen=True)
class DayCell:
    """One day of a month; `number` is "" outside it. `said` tells what is on it, for those who do not see the marks."""

    number: str
    interviews: int
    deadlines: int
    dates: int
    conflict: bool
    today: bool
    said: str


@dataclass(frozen=True)
class Week:
    """Seven days from Sunday on, and how many interviews the whole week has, days of other months counted."""

    cells: tuple[DayCell, ...]
    interviews: int


@dataclass(frozen=True)
class Month:
    """One month as a table."""

    name: str
    weeks: tuple[Week, ...]


@dataclass(frozen=True)
class AgendaLine:
    """One thing on the calendar in words; `conflict`: another interview is on the same day."""

    kind: str
    what: str
    day: str
    clock: str
    title: str
    url: str
    detail: str
    conflict: bool
    inferred: bool


@dataclass(frozen=True)
class CalendarPage:
    """Months with something of the list on them; what is to come and what is past; days with more than one interview, in words."""

    months: tuple[Month, ...]
    coming: tuple[AgendaLine, ...]
    past: tuple[AgendaLine, ...]
    load: str
    conflicts: tuple[str, ...]


def calendar_page(every: Sequence[Dated], today: date) -> CalendarPage:
    """`every` in order of days."""
    interviews = Counter(one.day for one in every if one.what is What.INTERVIEW)
    lines = [(one.day, _line(one, interviews)) for one in every]
    busy = [(day, count) for day, count in sorted(interviews.items()) if count > 1 and day >= today]
    return CalendarPage(
        months=_months(every, today),
        coming=tuple(line for day, line in lines if day >= today),
        past=tuple(line for day, line in lines if day < today),
        load=_load(interviews),
        conflicts=tuple(f"{plural(count, 'interview')} on {day:%a} {spoken(day)}" for day, count in busy),
    )


def first_of_week(day: date) -> date:
    """The Sunday that its week begins with."""
    return day - timedelta(days=(day.weekday() - SUNDAY) % DAYS_OF_WEEK)


def _load(interviews: Counter[date]) -> str:
    """How many interviews there are, and the fullest week."""
    if not interviews:
        return ""
    weeks: Counter[date] = Counter()
    for day, count in interviews.items():
        weeks[first_of_week(day)] += count
    start, most = max(sorted(weeks.items()), key=lambda one: one[1])
    total = plural(interviews.total(), "interview")
    return f"{total} with a day." if most == 1 else f"{total} with a day. The fullest week, from {spoken(start)} on, has {most}."


def _months(every: Sequence[Dated], today: date) -> tuple[Month, ...]:
    """From this month, or the first interview if that was earlier, to the last interview or deadline. None without either."""
    own = [one.day for one in every if one.what is not What.SEASON]
    interviews = [one.day for one in every if one.what is What.INTERVIEW]
    if not any(day >= today for day in own) and not interviews:
        return ()
    first, last = min([*interviews, today]), max(own)
    by_day: dict[date, list[Dated]] = {}
    for one in every:
        by_day.setdefault(one.day, []).append(one)
    return tuple(_month(year, month, by_day, today) for year, month in _between(first, last))


def _between(first: date, last: date) -> Iterable[tuple[int, int]]:
    """(year, month) of every month from one day to another."""
    for place in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield place // 12, place % 12 + 1


def _month(year: int, month: int, by_day: dict[date, list[Dated]], today: date) -> Month:
    weeks = Calendar(SUNDAY).monthdatescalendar(year, month)
    return Month(f"{date(year, month, 1):%B %Y}", tuple(_week(week, month, by_day, today) for week in weeks))


def _week(days: Sequence[date], month: int, by_day: dict[date, list[Dated]], today: date) -> Week:
    cells = tuple(_cell(day, by_day.get(day, []), month, today) for day in days)
    return Week(cells, sum(one.what is What.INTERVIEW for day in days for one in by_day.get(day, [])))


def _cell(day: date, there: Sequence[Dated], month: int, today: date) -> DayCell:
    if day.month != month:
        return DayCell("", 0, 0, 0, conflict=False, today=False, said="")
    count = Counter(one.what for one in there)
    interviews, deadlines, dates = (count[what] for what in What)
    parts = [plural(number, word) for number, word in ((interviews, "interview"), (deadlines, "deadline"), (dates, "date")) if number]
    said = ", ".join([*parts, *(["on the same day"] if interviews > 1 else [])])
    return DayCell(str(day.day), interviews, deadlines, dates, conflict=interviews > 1, today=day == today, said=said)


def _line(one: Dated, interviews: Counter[date]) -> AgendaLine:
    zone = "Eastern Time" if one.eastern else "local time"
    return AgendaLine(
        kind=one.what,
        what=KINDS[one.what],
        day=f"{one.day:%a} {spoken(one.day)}",
        clock=f"{one.at:%H:%M} {zone}" if one.at else "",
        title=one.title,
        url=reverse("matching:season-entry", args=[one.key]) if one.key else "",
        detail=one.place,
        conflict=one.what is What.INTERVIEW and interviews[one.day] > 1,
        inferred=one.inferred,
    )
