"""The season of a list in words: what is to be done next with each application, and one application with its steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import cached_property, partial

from django.urls import reverse

from matching.choices import Step
from matching.engine import Tier
from matching.models import ProgramList
from matching.presenters.heard import HeardPanel, heard_panel
from matching.services.season import Application, SeasonBook, Stage, Told, spoken
from smartpick.wording import plural

# What has to be done first stands first; who waits, waits further down.
ORDER = (Stage.MATCHED, Stage.TO_SCHEDULE, Stage.COMING, Stage.TO_APPLY, Stage.TO_RANK, Stage.RANKED, Stage.WAITING, Stage.OVER)
WORDS: Mapping[Stage, tuple[str, str]] = {
    Stage.MATCHED: ("Matched", "Congratulations."),
    Stage.TO_SCHEDULE: ("Invited: agree on a day", "Answer the program, then record the day of the interview."),
    Stage.COMING: ("Interviews to come", "Their day is on the calendar. Times are local at the program."),
    Stage.TO_APPLY: ("To apply", "The nearest deadline first. What is past stands last: record it if you did apply."),
    Stage.TO_RANK: ("Interviewed: to rank", "Put them in order on the rank list."),
    Stage.RANKED: ("Ranked", "Until rank lists close you can still change their order."),
    Stage.WAITING: ("Waiting for an answer", "Silence is no answer yet. Record what you hear."),
    Stage.OVER: ("Closed", "Not invited, or withdrawn. A late invitation can still be recorded."),
}
# What may be recorded of many at once, where it makes sense; the first also of all that the group shows.
AT_ONCE: Mapping[Stage, tuple[Step, ...]] = {Stage.TO_APPLY: (Step.APPLIED,), Stage.WAITING: (Step.INVITED, Step.DECLINED)}
# What comes next as a rule: the form starts with it.
USUAL_NEXT = {
    Stage.TO_APPLY: Step.APPLIED,
    Stage.WAITING: Step.INVITED,
    Stage.TO_SCHEDULE: Step.INTERVIEWED,
    Stage.COMING: Step.INTERVIEWED,
    Stage.TO_RANK: Step.RANKED,
    Stage.RANKED: Step.MATCHED,
    Stage.MATCHED: Step.MATCHED,
    Stage.OVER: Step.INVITED,
}
NO_DAY, FAR = "day not known", date.max
SOON_DAYS = 14  # a deadline or an interview within two weeks is said in days


@dataclass(frozen=True)
class StepLine:
    """One recorded step in words."""

    step: str
    name: str
    when: str
    note: str


@dataclass(frozen=True)
class ApplicationRow:
    """One application.

    `tier` is a word, "" where it is not ranked; `said` the furthest step; `deadline`, `old_deadline` (an earlier season's) and `soon` are ""
    where there is nothing to say.
    """

    key: str
    url: str
    record_url: str
    name: str
    place: str
    demo: bool
    closed: bool
    tier: str
    said: str
    when: str
    note: str
    deadline: str
    old_deadline: str
    missed: bool
    soon: str


@dataclass(frozen=True)
class Button:
    """Records one step of what is ticked."""

    step: str
    label: str


@dataclass(frozen=True)
class StageGroup:
    """Applications with which the same is to be done next."""

    stage: str
    title: str
    text: str
    rows: tuple[ApplicationRow, ...]
    buttons: tuple[Button, ...]
    all_label: str

    @property
    def keys(self) -> str:
        """For the button that means all that are shown: all of them but programs that take no applications."""
        return ",".join(row.key for row in self.rows if not row.closed)


class SeasonPage:
    """What `matching/season.html` shows of a list; None: there is none.

    `out` is the reader's word for how many invitations are out: see matching.presenters.heard. Queries: SeasonBook, Workspace.parts.
    """

    def __init__(self, saved: ProgramList | None, today: date, out: str = "") -> None:
        self.saved, self.today, self.out = saved, today, out
        self.book = SeasonBook(saved) if saved else None

    @cached_property
    def _stages(self) -> dict[Stage, list[Application]]:
        return self.book.stages(self.today) if self.book else {}

    @cached_property
    def groups(self) -> list[StageGroup]:
        """What is to be done first stands first."""
        return [self._group(stage, self._stages[stage]) for stage in ORDER if stage in self._stages]

    @cached_property
    def size(self) -> int:
        """How many applications the season has, planned ones too."""
        return len(self.book.applications) if self.book else 0

    @property
    def counts(self) -> list[tuple[int, str]]:
        """How far it has come, in numbers."""
        every = self.book.applications if self.book else ()
        sent, invited = sum(one.was_sent for one in every), sum(one.is_invited for one in every)
        to_come = len(self._stages.get(Stage.COMING, ()))
        done = sum(one.interviewed(self.today) for one in every)
        return [
            (len(every) - sent, "planned"),
            (sent, "applied"),
            (invited, "invited"),
            (done, "interviewed"),
            (to_come, "interviews to come"),
            (sum(Step.RANKED in one.told for one in every), "ranked"),
        ]

    @cached_property
    def heard(self) -> HeardPanel | None:
        """What the answers so far make of the rest."""
        return heard_panel(self.book, self.out) if self.book else None

    def _group(self, stage: Stage, some: Sequence[Application]) -> StageGroup:
        title, text = WORDS[stage]
        rows = tuple(application_row(one, self.book, self.today) for one in sorted(some, key=partial(_place, stage, self.today)) if self.book)
        buttons = tuple(Button(step, f"Mark the ticked as {step.label}") for step in AT_ONCE.get(stage, ()))
        open_ = sum(not row.closed for row in rows)
        all_label = f"Mark all {open_} as applied" if stage is Stage.TO_APPLY and open_ > 1 else ""
        return StageGroup(stage, title, text, rows, buttons, all_label)


class EntryPage:
    """One application with its steps, and what the form starts with."""

    def __init__(self, book: SeasonBook, one: Application, today: date) -> None:
        self.book, self.one, self.today = book, one, today

    @cached_property
    def row(self) -> ApplicationRow:
        """Which application it is."""
        return application_row(self.one, self.book, self.today)

    @property
    def lines(self) -> list[StepLine]:
        """What is recorded, in the order of a season."""
        return [StepLine(told.step, _name(told, self.today), when(told), told.note) for told in self.one.in_order]

    def initial(self, asked: str = "") -> dict[str, object]:
        """What the form starts with: the step asked for or the usual next one, as it is recorded, or today. `asked` may be anything."""
        step = Step(asked) if asked in Step.values else USUAL_NEXT[self.one.stage(self.today)]
        told = self.one.told.get(step)
        on = told.on if told else None if step == Step.INTERVIEWED else self.today
        return {"step": step.value, "on": on, "at": told.at if told else None, "note": told.note if told else "", "seen": self.one.seen}


def application_row(one: Application, book: SeasonBook, today: date) -> ApplicationRow:
    """One application in words."""
    line, furthest, now = one.line, one.furthest, book.work.now[one.line.key]
    deadline, old = (one.deadline, one.old_deadline) if one.stage(today) is Stage.TO_APPLY and not line.closed_on else (None, None)
    return ApplicationRow(
        key=line.key,
        url="" if line.is_withdrawn else f"{reverse('programs:detail', args=[line.key])}?specialty={line.specialty}",
        record_url=reverse("matching:season-entry", args=[line.key]),
        name=line.name,
        place=", ".join(part for part in (line.city, line.state or "") if part),
        demo=line.is_demo,
        closed=line.closed_on is not None,
        tier=now.tier.word if now and now.tier is not Tier.EXCLUDED else "",
        said=_name(furthest, today) if furthest else _planned(one),
        when=when(furthest) if furthest else "",
        note=furthest.note if furthest else "",
        deadline=spoken(deadline) if deadline else "",
        old_deadline=spoken(old) if old else "",
        missed=bool(deadline and deadline < today),
        soon=_soon(deadline or _coming(one, today), today),
    )


def when(told: Told) -> str:
    """When it was, or is to be: "Thu 14 Jan 2027, 09:00"."""
    if told.on is None:
        return NO_DAY
    clock = f", {told.at:%H:%M}" if told.at else ""
    return f"{told.on:%a} {spoken(told.on)}{clock}"


def said_of(names: Sequence[str], what: str) -> str:
    """One program by name, many by number: "Invented Hospital 001 is ..." or "12 programs are ..."."""
    return f"{names[0]} is {what}." if len(names) == 1 else f"{plural(len(names), 'program')} are {what}."


def _planned(one: Application) -> str:
    if one.line.closed_on:
        return "closed: takes no applications"
    return "planned"


def _name(told: Told, today: date) -> str:
    if told.step == Step.INTERVIEWED and told.on and told.on >= today:
        return "interview"
    return str(told.step.label)


def _coming(one: Application, today: date) -> date | None:
    return one.told[Step.INTERVIEWED].on if one.stage(today) is Stage.COMING else None


def _soon(day: date | None, today: date) -> str:
    """In how many days, where it is near; "" for what has passed or is far."""
    left = (day - today).days if day else -1
    if not 0 <= left <= SOON_DAYS:
        return ""
    return {0: "today", 1: "tomorrow"}.get(left, f"in {left} days")


def _place(stage: Stage, today: date, one: Application) -> tuple[bool, date, time, str, str]:
    """How a group is sorted: by deadline with those that are past at the end, by the time of the interview, or by name."""
    told = one.told.get(Step.INTERVIEWED) if stage is Stage.COMING else None
    day = one.deadline if stage is Stage.TO_APPLY else told.on if told else None
    missed = stage is Stage.TO_APPLY and day is not None and day < today
    return missed, day or FAR, told.at or time.min if told else time.min, one.line.name, one.line.key
