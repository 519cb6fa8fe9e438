"""One season of a list: what has happened with each application, what is to be done next, and which steps cannot be.

Reads only; matching.services.steps writes.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from itertools import pairwise

from matching.choices import Step
from matching.models import ProgramList, SeasonStep
from matching.queries import season_dates
from matching.services.workspace import Line, Workspace

# Who tells more is further. A late invitation may follow "not invited"; withdrawing ends it all.
FURTHER = (Step.APPLIED, Step.WAITLISTED, Step.DECLINED, Step.INVITED, Step.INTERVIEWED, Step.RANKED, Step.MATCHED, Step.WITHDRAWN)
# Pairs whose days must not run backwards, where both are known.
IN_ORDER = (
    *pairwise((Step.APPLIED, Step.INVITED, Step.INTERVIEWED, Step.RANKED, Step.MATCHED)),
    *((Step.APPLIED, later) for later in (Step.WAITLISTED, Step.DECLINED, Step.INTERVIEWED, Step.RANKED, Step.MATCHED, Step.WITHDRAWN)),
    *((Step.INVITED, later) for later in (Step.RANKED, Step.MATCHED)),
    (Step.INTERVIEWED, Step.MATCHED),
)
# Any of these says that the program has invited.
INVITATIONS = frozenset({Step.INVITED, Step.INTERVIEWED, Step.MATCHED})
# Any of these is an answer to the application.
ANSWERS = INVITATIONS | {Step.WAITLISTED, Step.DECLINED}
# Steps that exclude each other, whichever comes first.
NOT_BOTH = (
    frozenset({Step.DECLINED, Step.INTERVIEWED}),
    frozenset({Step.DECLINED, Step.MATCHED}),
    frozenset({Step.WITHDRAWN, Step.RANKED}),
    frozenset({Step.WITHDRAWN, Step.MATCHED}),
)
# Where the reader lives it may be tomorrow already: the site's day is Eastern Time.
DAY_AHEAD = timedelta(days=1)
OPENS, ENDS = "season-opens", "training-starts"


class Stage(StrEnum):
    """What is to be done next with an application."""

    TO_APPLY = "to-apply"
    WAITING = "waiting"
    TO_SCHEDULE = "to-schedule"
    COMING = "coming"
    TO_RANK = "to-rank"
    RANKED = "ranked"
    MATCHED = "matched"
    OVER = "over"


STAGES = {
    Step.APPLIED: Stage.WAITING,
    Step.WAITLISTED: Stage.WAITING,
    Step.DECLINED: Stage.OVER,
    Step.INVITED: Stage.TO_SCHEDULE,
    Step.RANKED: Stage.RANKED,
    Step.MATCHED: Stage.MATCHED,
    Step.WITHDRAWN: Stage.OVER,
}


@dataclass(frozen=True)
class Told:
    """One step as it is recorded. `on` None: the day is not known; `at` is local time at the program, None: not known."""

    step: Step
    on: date | None
    at: time | None = None
    note: str = ""
    pk: int = 0


@dataclass(frozen=True)
class Application:
    """One program of the list with its steps, by kind.

    `deadline` is that of this season, `old_deadline` one that was stated for an earlier season; at most one of them is known.
    """

    line: Line
    told: Mapping[Step, Told]
    deadline: date | None = None
    old_deadline: date | None = None

    @property
    def furthest(self) -> Told | None:
        """The step that tells most; None: planned."""
        return next((self.told[step] for step in reversed(FURTHER) if step in self.told), None)

    @property
    def in_order(self) -> tuple[Told, ...]:
        """All its steps, in the order of a season."""
        return tuple(self.told[step] for step in FURTHER if step in self.told)

    @property
    def was_sent(self) -> bool:
        """Whether it was applied to: any step says so."""
        return bool(self.told)

    @property
    def is_invited(self) -> bool:
        """Whether the program has invited."""
        return not INVITATIONS.isdisjoint(self.told)

    @property
    def seen(self) -> str:
        """What a form carries to tell whether the steps have changed since."""
        return seen_of(self.told.values())

    def stage(self, today: date) -> Stage:
        """What is to be done next. An interview of today is still to come; one on an unknown day is taken as over."""
        furthest = self.furthest
        if furthest is None:
            return Stage.TO_APPLY
        if furthest.step == Step.INTERVIEWED:
            return Stage.COMING if furthest.on and furthest.on >= today else Stage.TO_RANK
        return STAGES[furthest.step]

    def interviewed(self, today: date) -> bool:
        """Whether an interview there is over, or went before another step."""
        told = self.told.get(Step.INTERVIEWED)
        return told is not None and (told.on is None or told.on < today)


def seen_of(told: Iterable[Told]) -> str:
    """A short mark of all that is recorded of one application: the same steps, the same mark."""
    text = "|".join(sorted(f"{one.step} {one.on} {one.at} {one.note}" for one in told))
    return sha256(text.encode()).hexdigest()[:16]


class SeasonBook:
    """A list through its season. Lazy; queries on first use: `applications` 3, `days` 1 of them. None grows with the entries."""

    def __init__(self, saved: ProgramList) -> None:
        self.saved, self.work = saved, Workspace(saved)

    @cached_property
    def _told(self) -> Mapping[int, Mapping[Step, Told]]:
        found: dict[int, dict[Step, Told]] = defaultdict(dict)
        rows = SeasonStep.objects.filter(entry__list=self.saved).order_by("pk").values_list("entry_id", "step", "on", "at", "note", "pk")
        for entry_id, step, on, at, note, pk in rows:
            found[entry_id][Step(step)] = Told(Step(step), on, at, note, pk)
        return found

    @cached_property
    def applications(self) -> tuple[Application, ...]:
        """What is on the list, and whatever else has a step, in the applicant's own order."""
        every = (Application(line, self._told.get(line.pk, {}), *self._deadlines(line)) for line in self.work.lines)
        return tuple(one for one in every if one.line.on_list or one.told)

    def _deadlines(self, line: Line) -> tuple[date | None, date | None]:
        """(this season's, an earlier season's): what was due before the season opened says nothing about this one."""
        if line.deadline is None:
            return None, None
        return (line.deadline, None) if line.deadline >= self.days[0] else (None, line.deadline)

    @cached_property
    def by_key(self) -> Mapping[str, Application]:
        """Applications by the key of their program."""
        return {one.line.key: one for one in self.applications}

    def stages(self, today: date) -> dict[Stage, list[Application]]:
        """Applications by what is to be done next, in the order of a season; empty stages are left out."""
        found: dict[Stage, list[Application]] = {stage: [] for stage in Stage}
        for one in self.applications:
            found[one.stage(today)].append(one)
        return {stage: some for stage, some in found.items() if some}

    @cached_property
    def days(self) -> tuple[date, date]:
        """Between which days steps of this season lie: see `season_days`."""
        return season_days(self.saved.season)

    @property
    def match(self) -> Application | None:
        """Where the applicant matched."""
        return next((one for one in self.applications if Step.MATCHED in one.told), None)


def season_days(match_year: int) -> tuple[date, date]:
    """The first and last day of a season: from its opening to the start of training; the two calendar years where no calendar is loaded. 1 query."""
    known = season_dates(match_year)
    return known.get(OPENS, date(match_year - 1, 1, 1)), known.get(ENDS, date(match_year, 12, 31))


def problem(new: Told, there: Mapping[Step, Told], *, today: date, days: tuple[date, date], ranked: bool = False) -> str:
    """Why `new` cannot be recorded beside the steps that are `there`, and what to do; "" where it can.

    `days` are the first and last of the season; `ranked`: the program has a place on the rank list. Pure.
    """
    others = {step: told for step, told in there.items() if step != new.step}
    return _wrong_day(new, today, days) or _not_together(new, others) or _too_early(new, others, ranked=ranked) or _backwards(new, others)


def _wrong_day(new: Told, today: date, days: tuple[date, date]) -> str:
    if new.at is not None and new.on is None:
        return "A time needs its day: enter the date too, or leave the time out."
    if new.on is None:
        return ""
    first, last = days
    if not first <= new.on <= last:
        return f"{spoken(new.on)} is in another season: this one runs from {spoken(first)} to {spoken(last)}. Correct the date."
    if new.step != Step.INTERVIEWED and new.on > today + DAY_AHEAD:
        return f"{spoken(new.on)} has not come yet. Only interviews can be entered ahead of their day: correct the date."
    return ""


def _not_together(new: Told, others: Mapping[Step, Told]) -> str:
    if new.step == Step.DECLINED and Step.INVITED in others:
        return "An invitation is recorded here. Remove it first if it was a mistake; if you gave it up, record “withdrawn by me”."
    for other in others:
        if frozenset({new.step, other}) in NOT_BOTH:
            return f"“{new.step.label}” does not go with “{other.label}”, which is recorded here. Remove that first if it was a mistake."
    return ""


def _too_early(new: Told, others: Mapping[Step, Told], *, ranked: bool) -> str:
    if new.step == Step.MATCHED and Step.RANKED not in others and not ranked:
        return "Nobody matches where they did not rank: record “ranked” first, or put the program on your rank list."
    return ""


def _backwards(new: Told, others: Mapping[Step, Told]) -> str:
    """Days that run backwards. A known day is held against every known day of a step that comes before or after it."""
    for first, second in IN_ORDER:
        earlier, later = (new if step == new.step else others.get(step) for step in (first, second))
        if new.step in {first, second} and earlier and later and earlier.on and later.on and earlier.on > later.on:
            both = f"“{later.step.label}” on {spoken(later.on)} lies before “{earlier.step.label}” on {spoken(earlier.on)}"
            return f"{both}. Correct one of the two days, or leave it empty."
    return ""


def spoken(day: date) -> str:
    """A day as pages write it: 3 Mar 2027."""
    return f"{day.day} {day:%b %Y}"
