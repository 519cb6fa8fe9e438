"""The rank-list helper: the order, what is left out of it, what costs a match, and the day it has to be done by."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from matching.choices import Step
from matching.models import ProgramList
from matching.presenters.season import ApplicationRow, application_row
from matching.services.calendar import Dated, season_dates_of
from matching.services.rank_list import rankable, ranked
from matching.services.season import Application, SeasonBook, spoken
from programs.models import Track
from smartpick.wording import plural

OPENS, CLOSES = "ranking-opens", "ranking-closes"
NO_INTERVIEW = "No interview is recorded here. A program can only take whom it ranks, and programs rank whom they have met."
CLOSED = "Every source says that this program is closed."
WITHDREW = "You withdrew here: take it off your rank list."


@dataclass(frozen=True)
class RankLine:
    """One program with its place; `codes` are its tracks, each of which one ranks by itself; `warning` "" where there is none."""

    place: int | None
    row: ApplicationRow
    codes: str
    warning: str


@dataclass(frozen=True)
class Closing:
    """When rank lists close, in words, and how many days are left; `inferred`: not announced."""

    when: str
    left: str
    over: bool
    inferred: bool


class RankPage:
    """What `matching/rank_list.html` shows of a list; None: there is none. Queries: 2 of SeasonBook, tracks 1, dates 1."""

    def __init__(self, saved: ProgramList | None, today: date) -> None:
        self.saved, self.today = saved, today
        self.book = SeasonBook(saved) if saved else None

    @cached_property
    def _ranked(self) -> list[Application]:
        return ranked(self.book.applications) if self.book else []

    @cached_property
    def _rest(self) -> list[Application]:
        return rankable(self.book.applications) if self.book else []

    @cached_property
    def lines(self) -> list[RankLine]:
        """The rank list, the first first."""
        return [self._line(one, place) for place, one in enumerate(self._ranked, start=1)]

    @cached_property
    def rest(self) -> list[RankLine]:
        """What could be on it."""
        return [self._line(one, None) for one in self._rest]

    @property
    def left_off(self) -> str:
        """What leaving programs off costs; "" where none is, or none is ranked yet."""
        if not self.lines or not self.rest:
            return ""
        count = len(self.rest)
        which = "One program where you interview is" if count == 1 else f"{count} programs where you interview are"
        it = "it" if count == 1 else "one of them"
        return f"{which} not on your rank list. Leave {it} off only if you would rather not match at all than train there."

    @property
    def to_certify(self) -> list[str]:
        """Keys of what has a place and is not recorded as ranked."""
        return [one.line.key for one in self._ranked if Step.RANKED not in one.told]

    @cached_property
    def dates(self) -> dict[str, Dated]:
        """Dates of the season by their key in the calendar."""
        found = season_dates_of(self.saved.season) if self.saved else ()
        return {one.uid.partition("@")[0].removeprefix(f"season-{self.saved.season}-"): one for one in found if self.saved}

    @property
    def closing(self) -> Closing | None:
        """When rank lists close; None where no calendar is loaded."""
        closes = self.dates.get(CLOSES)
        if closes is None:
            return None
        clock = f", {datetime.combine(closes.day, closes.at):%H:%M} Eastern Time" if closes.at else ""
        left = (closes.day - self.today).days
        words = "today" if left == 0 else f"{plural(left, 'day')} left" if left > 0 else ""
        return Closing(f"{closes.day:%a} {spoken(closes.day)}{clock}", words, over=left < 0, inferred=closes.inferred)

    @cached_property
    def _codes(self) -> dict[int, list[str]]:
        """NRMP codes by program."""
        found: dict[int, list[str]] = {}
        ids = [one.line.program_id for one in (*self._ranked, *self._rest)]
        for program_id, code in Track.objects.filter(program_id__in=ids).order_by("nrmp_code").values_list("program_id", "nrmp_code"):
            found.setdefault(program_id, []).append(code)
        return found

    def _line(self, one: Application, place: int | None) -> RankLine:
        codes = self._codes.get(one.line.program_id, [])
        assert self.book is not None  # noqa: S101 - there is no line without one
        return RankLine(place, application_row(one, self.book, self.today), ", ".join(codes), _warning(one))


def _warning(one: Application) -> str:
    if Step.WITHDRAWN in one.told:
        return WITHDREW
    if one.line.closed_on:
        return CLOSED
    return "" if {Step.INTERVIEWED, Step.MATCHED} & one.told.keys() else NO_INTERVIEW
