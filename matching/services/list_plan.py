"""What an import of a list would do, row by row, before anything is written. No queries."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from matching.choices import ON_LIST, Signal, Standing, Step
from matching.list_files.finding import Catalog, Found, OnRecord, find
from matching.list_files.reading import ListTable, cells_by_meaning
from matching.services.editing import MOST_ENTRIES
from matching.services.entry_fields import Fields
from matching.services.list_fields import Said, SeasonDays, read_fields
from matching.services.workspace import Line

# Each is a menu on the page, and Django takes no form of more than a thousand fields.
MOST_QUESTIONS = 600
LEAVE_OUT = ""
TOO_MANY_QUESTIONS = f"more than {MOST_QUESTIONS} rows need your eye: import these first, then bring the rest"
NOT_TWICE = "nobody matches twice: “matched” is left out"
STAYS_OUT = "You ruled it out, and it stays so."


@dataclass(frozen=True)
class Row:
    """One row of the file: its number from 0, where it stands, and its cells by meaning."""

    number: int
    where: str
    cells: Mapping[str, str]

    @property
    def name(self) -> str:
        """What the row calls its program, or else its id."""
        return next((cell for key in ("program", "institution", "acgme_id", "nrmp_codes", "key") if (cell := self.cells.get(key, "").strip())), "(no name)")


@dataclass(frozen=True)
class Match:
    """A row and its program. `confirmed`: a person said so. `line` is its entry, None where there is none yet."""

    row: Row
    program: OnRecord
    said: Said
    line: Line | None
    confirmed: bool = False


@dataclass(frozen=True)
class Question:
    """A row that only a person can match; `chosen` is a key, "" to leave the row out."""

    row: Row
    candidates: tuple[OnRecord, ...]
    why: str
    chosen: str


@dataclass
class Plan:
    """What becomes of every row. `added` come on the list, `there` are on it (`differing`: the file says otherwise), `over` do not fit any more.

    `lines` is the list as it was planned for, by program key.
    """

    added: list[Match] = field(default_factory=list)
    there: list[Match] = field(default_factory=list)
    over: list[Match] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    missing: list[tuple[Row, str]] = field(default_factory=list)
    repeated: list[tuple[Row, Row]] = field(default_factory=list)
    lines: Mapping[str, Line] = field(default_factory=dict)
    digest: str = ""

    @property
    def differing(self) -> list[Match]:
        """Entries of which the file says something else than the list."""
        return [one for one in self.there if changes(one)]

    @property
    def warned(self) -> list[Match]:
        """Rows of which something has to be left out."""
        return [one for one in (*self.added, *self.there) if one.said.problems]


@dataclass(frozen=True)
class Circumstances:
    """What a plan rests on besides the file.

    `limits` is {specialty: {signal: how many}}; `version` that of the list, 0 where there is none; `matched`: a match is recorded there.
    """

    catalog: Catalog
    lines: Mapping[str, Line]
    limits: Mapping[str, Mapping[Signal, int]]
    season: SeasonDays
    version: int
    matched: bool = False


def plan(table: ListTable, meanings: Mapping[int, str], around: Circumstances, picks: Mapping[int, str] | None = None) -> Plan:
    """What the file would do. `picks` is {number of a row: key, "" to leave it out}; without it, what is proposed counts as picked.

    The digest names file, columns and everything that the plan rests on but the picks: with the same digest, a person has seen the same.
    """
    return _Planner(around, picks).all([Row(number, where, cells_by_meaning(cells, meanings)) for number, (where, cells) in enumerate(table.rows)])


def changes(one: Match) -> Fields:
    """What the file says of an entry that is there, and the entry does not."""
    return {} if one.line is None else {name: value for name, value in one.said.fields.items() if name != "position" and getattr(one.line, name) != value}


@dataclass
class _Planner:
    around: Circumstances
    picks: Mapping[int, str] | None
    plan: Plan = field(default_factory=Plan)
    taken: dict[str, Row] = field(default_factory=dict)

    def __post_init__(self) -> None:
        lines = [line for line in self.around.lines.values() if line.on_list]
        self.size = len(lines)
        self.placed = Counter((line.specialty, line.signal) for line in lines if line.signal)
        self.matched = self.around.matched
        self.seen: list[object] = []
        self.plan.lines = self.around.lines

    def all(self, rows: Sequence[Row]) -> Plan:
        for row in rows:
            if any(cell.strip() for cell in row.cells.values()):
                self._row(row, find(row.cells, self.around.catalog))
        state = [(key, line.version, line.standing) for key, line in self.around.lines.items()]
        self.plan.digest = sha256(repr((self.around.version, state, self.seen)).encode("utf-8", "backslashreplace")).hexdigest()[:32]
        return self.plan

    def _row(self, row: Row, found: Found) -> None:
        self.seen.append((row.where, sorted(row.cells.items()), found.sure and found.sure.key, [one.key for one in found.candidates]))
        if found.sure:
            self._take(row, found.sure, confirmed=False)
        elif not found.candidates:
            self.plan.missing.append((row, found.why))
        elif len(self.plan.questions) >= MOST_QUESTIONS:
            self.plan.missing.append((row, TOO_MANY_QUESTIONS))
        else:
            self._ask(row, found)

    def _ask(self, row: Row, found: Found) -> None:
        by_key = {one.key: one for one in found.candidates}
        proposed = found.proposed.key if found.proposed else LEAVE_OUT
        chosen = proposed if self.picks is None else self.picks.get(row.number, LEAVE_OUT)
        chosen = chosen if chosen in by_key else LEAVE_OUT
        self.plan.questions.append(Question(row, found.candidates, found.why, chosen))
        if chosen:
            self._take(row, by_key[chosen], confirmed=True)

    def _take(self, row: Row, program: OnRecord, *, confirmed: bool) -> None:
        if program.key in self.taken:
            self.plan.repeated.append((row, self.taken[program.key]))
            return
        self.taken[program.key] = row
        limits = self.around.limits.get(program.specialty, {})
        said = read_fields(row.cells, tuple(limits), self.around.season)
        one = Match(row, program, said, self.around.lines.get(program.key), confirmed)
        if one.line is not None and not (one.line.standing == Standing.SUGGESTED and said.standing in ON_LIST):
            self._there(one)
        else:
            self._add(one)

    def _there(self, one: Match) -> None:
        if one.said.steps:
            one.said.steps.clear()
            one.said.problems.append("what happened in the season is not read for programs that are there already: record it on the Season page")
        if one.line and one.line.standing == Standing.VETOED:
            one.said.problems.append(STAYS_OUT)
            one.said.fields.pop("standing", None)
        self._check_signal(one)
        self.plan.there.append(one)

    def _add(self, one: Match) -> None:
        if one.said.standing in ON_LIST:
            if self.size >= MOST_ENTRIES:
                self.plan.over.append(one)
                return
            self.size += 1
        elif one.said.steps:
            one.said.steps.clear()
            one.said.problems.append("what happened in the season is read for applications only: this one is not on the list")
        if one.line is not None:
            one.said.steps.clear()
        self._check_signal(one)
        self._check_match(one)
        self.plan.added.append(one)

    def _check_signal(self, one: Match) -> None:
        """Leave out a signal that cannot be: not on the list, not taken by the program, or more than there are."""
        signal = one.said.fields.get("signal", "")
        held = one.line.signal if one.line else ""
        if not signal or signal == held:
            return
        limit = self.around.limits.get(one.program.specialty, {}).get(Signal(signal), 0)
        spot = (one.program.specialty, signal)
        why = ""
        if (one.line.standing if one.line and "standing" not in one.said.fields else one.said.standing) not in ON_LIST:
            why = "a signal goes to an application"
        elif one.program.signals_used is False:
            why = "the program takes no part in signals"
        elif self.placed[spot] >= limit:
            why = f"there are {limit} of them, all placed"
        if why:
            del one.said.fields["signal"]
            one.said.problems.append(f"the {Signal(signal).label} is left out: {why}")
        else:
            self.placed[spot] += 1

    def _check_match(self, one: Match) -> None:
        if any(told.step == Step.MATCHED for told in one.said.steps):
            if self.matched:
                one.said.steps = [told for told in one.said.steps if told.step != Step.MATCHED]
                one.said.problems.append(NOT_TWICE)
            self.matched = True
