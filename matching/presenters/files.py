"""The page about files, and the list as it goes on paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from matching.choices import Connection, Signal, Standing
from matching.engine import Tier
from matching.list_files.columns import COLUMNS, STEP_LABELS, FileColumn
from matching.models import ProgramList
from matching.services.list_export import ListFile, why_none
from matching.services.list_summary import ESTIMATES, UNKNOWN, dollars, interviews, match_chance, tier_rows, total_fee
from matching.services.workspace import Line, Workspace
from programs.display import abbreviations_in
from programs.resolution import unpack
from smartpick.wording import odds_range, one_in, plural


class FilesPage:
    """What can be taken home and brought back. None: there is no list yet."""

    columns: Sequence[FileColumn] = COLUMNS

    def __init__(self, saved: ProgramList | None) -> None:
        self.saved = saved

    @cached_property
    def size(self) -> int:
        """Entries of any standing. 1 query."""
        return self.saved.entries.count() if self.saved else 0


@dataclass(frozen=True)
class PaperLine:
    """One application on paper. `odds` is "" where there is no chance to tell, and `why` says why."""

    number: int
    name: str
    place: str
    key: str
    tier: str
    odds: str
    odds_range: str
    why: str
    deadline: date | None
    deadline_is_old: bool
    marks: tuple[str, ...]
    note: str
    invented: bool


@dataclass(frozen=True)
class PaperSection:
    """One specialty: its applications in the applicant's order, what they cost, and which programs are ruled out or merely suggested."""

    name: str
    lines: tuple[PaperLine, ...]
    fee: str
    others: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def count(self) -> str:
        """How many applications, in words."""
        return plural(len(self.lines), "application")


class PaperPage:
    """`matching/print.html`: the whole list, one section a specialty. None: there is no list yet."""

    estimates, unknown = ESTIMATES, UNKNOWN

    def __init__(self, saved: ProgramList | None, today: date) -> None:
        self.saved, self.today = saved, today

    @cached_property
    def file(self) -> ListFile:
        """The list behind it."""
        if self.saved is None:
            raise ValueError("There is no list to print.")
        return ListFile(Workspace(self.saved))

    @property
    def work(self) -> Workspace:
        """The same as pages see it."""
        return self.file.work

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to print."""
        return self.saved is None or not self.work.lines

    @cached_property
    def sections(self) -> tuple[PaperSection, ...]:
        """The specialties, the applicant's own first."""
        return tuple(self._section(code) for code in self.file.specialties)

    def _section(self, code: str) -> PaperSection:
        rows = [row.line for row in self.file.of(code)]
        sent = [line for line in rows if line.on_list]
        item = next((item for item in self.work.bill.items if item.specialty == code), None)
        others = (
            (str(standing.label), tuple(_named(line) for line in rows if line.standing == standing)) for standing in (Standing.SUGGESTED, Standing.VETOED)
        )
        return PaperSection(
            name=self.file.specialty_names[code],
            lines=tuple(self._line(number, line) for number, line in enumerate(sent, start=1)),
            fee=dollars(item.usd) if item else "",
            others=tuple((label, names) for label, names in others if names),
        )

    def _line(self, number: int, line: Line) -> PaperLine:
        now = self.work.now[line.key]
        open_to_me = now is not None and now.tier is not Tier.EXCLUDED
        return PaperLine(
            number=number,
            name=line.name,
            place=", ".join(filter(None, (line.city, line.state))),
            key=self.file.details[line.program_id].acgme_id or line.key,
            tier=now.tier.word if now else "",
            odds=one_in(now.chance) if now and open_to_me else "",
            odds_range=odds_range(now.low, now.high) if now and open_to_me else "",
            why=why_none(line, now),
            deadline=line.deadline,
            deadline_is_old=unpack(self.file.details[line.program_id].field_states.get("deadline")).stale,
            marks=tuple(self._marks(line)),
            note=line.note,
            invented=line.is_demo,
        )

    def _marks(self, line: Line) -> list[str]:
        """What the applicant has put on an entry, each in a few words."""
        steps = [
            f"{STEP_LABELS[step]}{f' {_day(one.on)}' if one.on else ''}" for step in STEP_LABELS for one in self.file.steps.get(line.pk, ()) if one.step == step
        ]
        marks = ("locked in" if line.standing == Standing.LOCKED else "", Signal(line.signal).label if line.signal else "")
        tie = "" if line.connection == Connection.NONE else f"{line.connection} connection"
        rank = f"rank {line.rank}" if line.rank else ""
        return [mark for mark in (*marks, tie, rank, *steps, *line.tags) if mark]

    @property
    def totals(self) -> list[tuple[str, str]]:
        """What all of it comes to."""
        tiers = ", ".join(f"{count} {word}" for word, count in tier_rows(self.work))
        return [
            ("Applications", f"{len(self.work.applications)}{f': {tiers}' if tiers else ''}"),
            ("Expected interviews", interviews(self.work)),
            ("Chance of a match", match_chance(self.work)),
            ("Application fees", total_fee(self.work.bill)),
        ]

    @property
    def as_of(self) -> datetime | None:
        """Of which day the program data is that all results take into account."""
        return self.file.as_of

    @property
    def shorts(self) -> list[str]:
        """Abbreviations on the sheet, each once."""
        return list(abbreviations_in("ACGME", *(line.why for section in self.sections for line in section.lines)))


def _named(line: Line) -> str:
    place = ", ".join(filter(None, (line.city, line.state)))
    return f"{line.name} ({place})" if place else line.name


def _day(day: date | None) -> str:
    return f"{day.day} {day:%b}" if day else ""
