"""Up to six programs side by side: the answer for this applicant first, then what each states, with what differs marked."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from applicants.profile import ProfileData
from matching.choices import Connection, Signal, Standing
from matching.engine import Tier
from matching.models import ProgramList
from matching.presenters.program import FactGroup, FactLine, ProgramPage
from matching.presenters.rows import BANDS, place
from matching.services.ranking import Ranking, rank
from matching.services.workspace import Line, Workspace
from programs.display import abbreviations_in
from programs.fields import Group
from programs.models import Fact, Program
from programs.presenters.history import FieldHistory
from programs.provenance import Provenance
from programs.queries import matching_programs
from smartpick.charts import RangeDot, range_dot
from smartpick.http import query_text
from smartpick.score_strips import Quartiles, Strips, score_strips

MOST = 6
FEWEST = 2  # one program alone is compared with nothing
# An address is no fact to compare, and the program page has it.
LEFT_OUT = frozenset({"website"})
KEY, ONLY, DIFFERENCES, SEARCH = "p", "only", "differences", "q"
LONGEST_SEARCH, FOUND_SHOWN = 80, 8
LOOKS_LIKE_A_KEY = re.compile(r"[a-z0-9-]{1,20}")
LONGEST_TOLD = 20  # of what an address names and nobody knows


@dataclass(frozen=True)
class Chosen:
    """The programs that an address names: in its order, what no program is called, and how many are too many."""

    programs: tuple[Program, ...]
    missing: tuple[str, ...]
    over: int


def chosen(address: QueryDict) -> Chosen:
    """Read the address; each program once, and no more than fit. 1 query, or none where nothing is named."""
    named = list(dict.fromkeys(key for key in address.getlist(KEY) if key))
    wanted = named[:MOST]
    keys = [key for key in wanted if LOOKS_LIKE_A_KEY.fullmatch(key)]
    programs = Program.objects.filter(key__in=keys, is_withdrawn=False).select_related("specialty", "state") if keys else ()
    found = {program.key: program for program in programs}
    return Chosen(
        programs=tuple(found[key] for key in wanted if key in found),
        missing=tuple(key[:LONGEST_TOLD] for key in wanted if key not in found),
        over=len(named) - len(wanted),
    )


def compare_url(keys: Iterable[str]) -> str:
    """Where programs stand side by side, for pages on which some are ticked."""
    return f"{reverse('matching:compare')}?{urlencode([(KEY, key) for key in keys])}"


class Compared(ProgramPage):
    """One column: what the program page says, without its histories."""

    def history_of(self, one: Provenance) -> FieldHistory | None:
        """None: who said what is told on the program's own page."""
        return None


@dataclass(frozen=True)
class Head:
    """The head of a column, with the addresses that move and remove it; "" where there is nowhere to go."""

    name: str
    url: str
    place: str
    specialty: str
    note: str
    left_url: str
    right_url: str
    remove_url: str


@dataclass(frozen=True)
class Answer:
    """The result for this applicant. `tier` is a word, "" where the program is not ranked; `counted` says which ties are in the chance."""

    tier: str
    chance: float
    low: float
    high: float
    dot: RangeDot | None
    counted: str


@dataclass(frozen=True)
class FactRow:
    """One field of every program. `differs`: what is stated is not the same everywhere; `partly`: some of them state nothing."""

    label: str
    lines: tuple[FactLine, ...]
    differs: bool
    partly: bool


@dataclass(frozen=True)
class WordRow:
    """A line of texts for every program."""

    label: str
    cells: tuple[tuple[str, ...], ...]
    kind: str  # for, against, unknown or "": the mark before each text
    differs: bool


@dataclass(frozen=True)
class FactRows:
    """The fields under one heading; `nowhere` names those that no program states."""

    title: str
    rows: tuple[FactRow, ...]
    nowhere: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """A program that can be added."""

    name: str
    place: str
    url: str


class ComparePage:
    """What `matching/compare.html` reads.

    `profile` is whom the results are for (None: facts only), `query` carries the answers on, `saved` is the reader's list; `own` says that it goes by
    this profile, so that connections and signals count. Queries: programs 1, facts 1, list 1, search 1, and 3 for each specialty that is compared.
    """

    def __init__(self, address: QueryDict, profile: ProfileData | None, query: str, *, match_year: int, saved: ProgramList | None, own: bool) -> None:
        self.address, self.profile, self.query, self.match_year = address, profile, query, match_year
        self.workspace, self.own = Workspace(saved) if saved else None, own
        self.chosen = chosen(address)
        self.keys = [program.key for program in self.chosen.programs]
        self.only = address.get(ONLY) == DIFFERENCES
        self.text = query_text(address, SEARCH, LONGEST_SEARCH)

    # --- columns ---

    @cached_property
    def columns(self) -> list[Compared]:
        """A column each, with the facts and the rankings that they share read once."""
        facts: dict[int, list[Fact]] = defaultdict(list)
        for fact in Fact.objects.filter(program__in=self.chosen.programs).select_related("source").order_by("-as_of", "-id") if self.keys else ():
            facts[fact.program_id].append(fact)
        made = [Compared(program, self.profile, self.query, match_year=self.match_year) for program in self.chosen.programs]
        for column in made:
            column.facts = facts[column.program.pk]
            column.ranking = self._rankings.get(column.program.specialty_id)
        return made

    @cached_property
    def _rankings(self) -> dict[str, Ranking]:
        codes = dict.fromkeys(program.specialty_id for program in self.chosen.programs)
        return {code: rank(self.profile, specialty=code, match_year=self.match_year) for code in codes} if self.profile else {}

    @property
    def heads(self) -> list[Head]:
        """The heads of the columns."""
        return [self._head(at, column.program) for at, column in enumerate(self.columns)]

    def _head(self, at: int, program: Program) -> Head:
        notes = ("invented" if program.is_demo else "", f"closed on {program.closed_on.day} {program.closed_on:%b %Y}" if program.closed_on else "")
        return Head(
            name=program.name,
            url=f"{reverse('programs:detail', args=[program.key])}{self.query}",
            place=place(program),
            specialty=program.specialty.name,
            note=", ".join(note for note in notes if note),
            left_url=self._swapped(at - 1) if at else "",
            right_url=self._swapped(at) if at + 1 < len(self.keys) else "",
            remove_url=self._address([key for key in self.keys if key != program.key]),
        )

    def _swapped(self, at: int) -> str:
        """The address with two neighbors changed over."""
        keys = [*self.keys[:at], self.keys[at + 1], self.keys[at], *self.keys[at + 2 :]]
        return self._address(keys)

    # --- the answer for this applicant ---

    @cached_property
    def lines(self) -> list[Line | None]:
        """The entries of the list, None where a program is not on it."""
        return [self.workspace.by_key.get(key) if self.workspace else None for key in self.keys]

    @cached_property
    def answers(self) -> list[Answer]:
        """Tier and chance; nothing where nobody is asking."""
        return [self._answer(column, line) for column, line in zip(self.columns, self.lines, strict=True)] if self.profile else []

    def _answer(self, column: Compared, line: Line | None) -> Answer:
        now = self.workspace.now[line.key] if self.workspace and line and self.own else None
        if now:
            return _answered(now.tier.word, now.chance, now.low, now.high, _ties(line) if line and now.moved else "")
        row = column.row
        return _answered(row.tier, row.chance, row.low, row.high, "") if row else _answered("", 0.0, 0.0, 0.0, "")

    @property
    def tiers_differ(self) -> bool:
        """Whether the programs stand in different tiers."""
        return len({answer.tier for answer in self.answers}) > 1

    @property
    def words(self) -> list[WordRow]:
        """What speaks for and against, what is not known, and what the list says; rows without a word are left out."""
        rows = [column.row for column in self.columns]
        told = [
            _word_row("Your list", [_standing(line) for line in self.lines]) if self.workspace else None,
            _word_row("In your favor", [row.reasons_for if row else () for row in rows], "for"),
            _word_row("Against", [row.reasons_against if row else () for row in rows], "against"),
            _word_row("Not known", [row.unknowns if row else () for row in rows], "unknown"),
            _word_row("You have not said", [row.unsaid if row else () for row in rows], "unknown"),
        ]
        return [row for row in told if row and any(row.cells) and (row.differs or not self.only)]

    # --- what they state ---

    @cached_property
    def _fact_groups(self) -> list[FactRows]:
        """Every field that somebody states, by heading."""
        return [_fact_rows(groups) for groups in zip(*(column.fact_groups for column in self.columns), strict=True)]

    @property
    def fact_groups(self) -> list[FactRows]:
        """The fields to show: all, or where asked only those that differ."""
        if not self.only:
            return self._fact_groups
        shown = [FactRows(group.title, tuple(row for row in group.rows if row.differs)) for group in self._fact_groups]
        return [group for group in shown if group.rows]

    @property
    def differing(self) -> int:
        """How many fields differ."""
        return sum(row.differs for group in self._fact_groups for row in group.rows)

    @property
    def stated(self) -> int:
        """How many fields some program states."""
        return sum(len(group.rows) for group in self._fact_groups)

    @property
    def residents_title(self) -> str:
        """The heading below which the scores are drawn."""
        return Group.RESIDENTS.value

    @cached_property
    def strips(self) -> Strips | None:
        """The residents' scores on one axis, with mine; None where no quartile is known."""
        quartiles = [Quartiles(program.step2_q1, program.step2_median, program.step2_q3) for program in self.chosen.programs]
        score = next((column.applicant.score for column in self.columns if column.applicant), None)
        return score_strips(quartiles, score) if any(one.known for one in quartiles) else None

    @property
    def shorts(self) -> list[str]:
        """Abbreviations in the table, to be explained below it."""
        labels = [label for group in self.fact_groups for label in (*group.nowhere, *(row.label for row in group.rows))]
        words = [text for row in self.words for cell in row.cells for text in cell]
        return abbreviations_in(*labels, *words)

    # --- adding, and addresses ---

    @property
    def full(self) -> bool:
        """Whether no other program fits."""
        return len(self.keys) >= MOST

    most, found_shown = MOST, FOUND_SHOWN

    @property
    def span(self) -> int:
        """Columns of the table, the labels' own included."""
        return len(self.keys) + 1

    @property
    def alone(self) -> bool:
        """Whether there are programs, but too few to compare."""
        return 0 < len(self.keys) < FEWEST

    @cached_property
    def found(self) -> list[Found]:
        """The first programs that the search finds."""
        if not self.text or self.full:
            return []
        programs = matching_programs(text=self.text, specialty="", state="").exclude(key__in=self.keys)[:FOUND_SHOWN]
        return [Found(one.name, _where(one), self._address([*self.keys, one.key])) for one in programs]

    @cached_property
    def listed(self) -> list[Line]:
        """Programs of the list that can be added, by name; those ruled out are left out."""
        lines = self.workspace.lines if self.workspace else ()
        wanted = [line for line in lines if line.key not in self.keys and line.standing != Standing.VETOED and not line.is_withdrawn]
        return sorted(wanted, key=lambda line: (line.name, line.key))

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the forms have to carry along besides their own field; what the address names in vain is dropped."""
        others = [(key, value) for key in self.address if key not in {KEY, SEARCH} for value in self.address.getlist(key)]
        return [*others, *((KEY, key) for key in self.keys)]

    @property
    def toggle_url(self) -> str:
        """All fields, or only those that differ: the other of both."""
        return self._address(self.keys, only=not self.only)

    def _address(self, keys: Iterable[str], *, only: bool | None = None) -> str:
        address = self.address.copy()
        address.pop(SEARCH, None)
        address.setlist(KEY, list(keys))
        address.setlist(ONLY, [DIFFERENCES] if (self.only if only is None else only) else [])
        return f"?{address.urlencode()}"


def _answered(tier: str, chance: float, low: float, high: float, counted: str) -> Answer:
    ranked = tier and tier != Tier.EXCLUDED.word
    return Answer(tier, chance, low, high, range_dot(chance, low, high, tier=tier, bands=BANDS) if ranked else None, counted)


def _ties(line: Line) -> str:
    """Which ties move the chance: "counting your moderate connection and your gold signal"."""
    connection = f"your {line.connection} connection" if line.connection != Connection.NONE else ""
    signal = f"your {Signal(line.signal).label}" if line.signal else "that your signals go elsewhere" if not connection else ""
    return f"counting {' and '.join(part for part in (connection, signal) if part)}"


def _standing(line: Line | None) -> tuple[str, ...]:
    if line is None:
        return ("not on it",)
    connection = f"connection: {line.connection}" if line.connection != Connection.NONE else ""
    return tuple(part for part in (line.standing.label, connection, Signal(line.signal).label if line.signal else "") if part)


def _word_row(label: str, cells: Sequence[tuple[str, ...]], kind: str = "") -> WordRow:
    return WordRow(label, tuple(cells), kind, differs=len(set(cells)) > 1)


def _fact_rows(groups: Sequence[FactGroup]) -> FactRows:
    """One heading of every column as rows."""
    by_field = [lines for lines in zip(*(group.lines for group in groups), strict=True) if lines[0].name not in LEFT_OUT]
    stated = [any(line.value or line.conflict for line in lines) for lines in by_field]
    return FactRows(
        title=groups[0].title,
        rows=tuple(_fact_row(lines) for lines, known in zip(by_field, stated, strict=True) if known),
        nowhere=tuple(lines[0].label for lines, known in zip(by_field, stated, strict=True) if not known),
    )


def _fact_row(lines: Sequence[FactLine]) -> FactRow:
    said = {(line.value, line.conflict, line.strictness) for line in lines if line.value or line.conflict}
    return FactRow(lines[0].label, tuple(lines), differs=len(said) > 1, partly=not all(line.value or line.conflict for line in lines))


def _where(program: Program) -> str:
    parts = (program.city, program.state.name if program.state else "", program.specialty.name)
    return ", ".join(part for part in parts if part)
