"""What an import would do, worked out before anything is written. Pure.

A planner (`nrmp`, `template`) finds out which program or track each row of a file is about and gives an ImportPlan. A row
for which that cannot be told is *invalid* and left out; a cell that cannot be read is unknown and leaves a *warning*.
`preview` then compares the plan with what is on record.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from programs.changes import NewProgram, NewTrack
from programs.imports.columns import Binding, CellError
from programs.imports.table import Row

DEMO_REMEDY = "remove the demonstration data first (python manage.py demo_off)"


class RowState(StrEnum):
    """What a row of the file does."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    INVALID = "invalid"


class Severity(StrEnum):
    """Whether a problem costs the row or only the cell."""

    INVALID = "invalid"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read or taken over, with where it stands and what to do."""

    line: int
    column: str
    value: str
    message: str
    severity: Severity


# (program key, field, canonical value, strictness): a fact that the file states; source, date and season are those of the import.
Statement = tuple[str, str, str, str]


@dataclass(frozen=True)
class Known:
    """What the database holds: programs by key, tracks by NRMP code with all their years. Withdrawn ones are not among them."""

    programs: Mapping[str, NewProgram]
    tracks: Mapping[str, NewTrack]

    @cached_property
    def by_place(self) -> dict[tuple[str, str], list[NewProgram]]:
        """Real programs by NRMP institution and specialty."""
        found: dict[tuple[str, str], list[NewProgram]] = defaultdict(list)
        for program in self.programs.values():
            if program.nrmp_institution and not program.is_demo:
                found[program.nrmp_institution, program.specialty].append(program)
        return found


@dataclass(frozen=True)
class References:
    """The reference tables that rows point to: {code: name} of specialties, {USPS code: name} of states."""

    specialties: Mapping[str, str]
    states: Mapping[str, str]

    @cached_property
    def _specialty_names(self) -> dict[str, str]:
        return {name.casefold(): code for code, name in self.specialties.items()}

    @cached_property
    def _state_names(self) -> dict[str, str]:
        return {name.casefold(): code for code, name in self.states.items()}

    def specialty(self, text: str) -> str:
        """The code of a specialty given by code or name. Raises CellError."""
        code = text.zfill(3) if text.isdecimal() else self._specialty_names.get(text.casefold(), "")
        if code not in self.specialties:
            raise CellError("is no specialty on record: write its name or three-digit code")
        return code

    def state(self, text: str) -> str:
        """The USPS code of a state given by code or name. Raises CellError."""
        code = text.upper() if text.upper() in self.states else self._state_names.get(text.casefold())
        if code is None:
            raise CellError("is no state on record: write its name or two-letter code")
        return code


@dataclass(frozen=True)
class ImportPlan:
    """What the file says, row by row, and every problem, in the order of the file.

    `states` is {line: state}, where a row that is not new counts as the same until somebody compares it with what is on record.
    `programs`, `tracks` and `statements` are everything said, whether it changes anything or not: each import stands for itself,
    so that another one can be undone. `lines` tells where each program and track is first spoken of. `about` is the Match year that
    names and tracks are about, None for the season of the import.
    """

    states: Mapping[int, RowState]
    programs: tuple[NewProgram, ...]
    tracks: tuple[NewTrack, ...]
    statements: tuple[Statement, ...]
    problems: tuple[Problem, ...]
    lines: Mapping[str, int]
    about: int | None = None

    @property
    def says_nothing(self) -> bool:
        """Whether no row could be read."""
        return not (self.programs or self.tracks or self.statements)

    def problems_of(self, severity: Severity) -> tuple[Problem, ...]:
        """The problems of one severity."""
        return tuple(problem for problem in self.problems if problem.severity is severity)


@dataclass
class Reading:
    """The rows of one file being read: their cells as canonical text, and the problems found on the way."""

    binding: Binding
    width: int
    problems: list[Problem] = field(default_factory=list)
    states: dict[int, RowState] = field(default_factory=dict)
    _seen: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)

    def raw(self, row: Row, name: str) -> str:
        """The cell as written, "" where the file has no such column or the cell states nothing."""
        return self.binding.raw(row.cells, name)

    def cell(self, row: Row, name: str) -> str:
        """The cell as canonical text; "" with a warning where it cannot be read."""
        text = self.raw(row, name)
        if not text:
            return ""
        value, complaint = self._read(name, text)
        if complaint:
            self.warn(row.line, name, text, f"{complaint}; taken as unknown")
        return value

    def _read(self, name: str, text: str) -> tuple[str, str]:
        """(canonical text, what is wrong with it). A file repeats its cells, so each spelling is read once."""
        seen = self._seen.setdefault(name, {})
        if text not in seen:
            try:
                seen[text] = (self.binding.places[name][1].parse(text), "")
            except CellError as error:
                seen[text] = ("", str(error))
        return seen[text]

    def looked_up(self, row: Row, name: str, find: Callable[[str], str], *, otherwise: str = "taken as unknown") -> str:
        """What `find` makes of the cell; "" with a warning where the cell cannot be read or `find` raises CellError."""
        text = self.cell(row, name)
        try:
            return find(text) if text else ""
        except CellError as error:
            self.warn(row.line, name, text, f"{error}; {otherwise}")
            return ""

    def strict_cell(self, row: Row, name: str) -> str:
        """The cell as canonical text. Raises CellError where it cannot be read."""
        text = self.raw(row, name)
        value, complaint = self._read(name, text) if text else ("", "")
        if complaint:
            raise CellError(complaint)
        return value

    def warn(self, line: int, column: str, value: str, message: str) -> None:
        """Note a problem that leaves the row in."""
        self.problems.append(Problem(line, column, value, message, Severity.WARNING))

    def refuse(self, line: int, column: str, value: str, message: str) -> None:
        """Note a problem that leaves the row out."""
        self.problems.append(Problem(line, column, value, message, Severity.INVALID))
        self.states[line] = RowState.INVALID

    def is_too_long(self, row: Row) -> bool:
        """Whether the row has more cells than the header; it is refused then, because its cells may have shifted."""
        if len(row.cells) <= self.width:
            return False
        message = f"the row has {len(row.cells)} cells, the header {self.width}: put cells that hold a separator in quotation marks"
        self.refuse(row.line, "", row.cells[self.width], message)
        return True

    def mark(self, line: int, *, is_new: bool) -> None:
        """Say whether the row brings a program or track that is not on record."""
        self.states[line] = RowState.NEW if is_new else RowState.SAME

    def sorted_problems(self) -> tuple[Problem, ...]:
        """Every problem, in the order of the file."""
        return tuple(sorted(self.problems, key=lambda problem: problem.line))
