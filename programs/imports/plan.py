"""What an import would do, worked out before anything is written. Pure.

A planner (`nrmp`, `template`) compares the rows of a file with what is known and gives an ImportPlan. A row whose program
or track cannot be told is *invalid* and left out; a cell that cannot be read is unknown and leaves a *warning*.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from programs.changes import NewProgram, NewTrack
from programs.imports.columns import Binding, CellError, blank
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


@dataclass(frozen=True, slots=True)
class Statement:
    """A fact that the file states about a program; source, date and season are those of the import."""

    program_key: str
    field: str
    value: str
    strictness: str


@dataclass(frozen=True)
class Known:
    """What the database holds: programs by key, tracks by NRMP code with all their years.

    `statements` are those that the file's source has made already with the date and season of the import.
    """

    programs: Mapping[str, NewProgram]
    tracks: Mapping[str, NewTrack]
    statements: frozenset[Statement] = frozenset()

    @cached_property
    def by_place(self) -> dict[tuple[str, str], list[NewProgram]]:
        """Real programs by NRMP institution and specialty."""
        found: dict[tuple[str, str], list[NewProgram]] = defaultdict(list)
        for program in self.programs.values():
            if program.nrmp_institution and not program.is_demo:
                found[program.nrmp_institution, program.specialty].append(program)
        return found

    @cached_property
    def _newest_years(self) -> dict[str, int]:
        newest: dict[str, int] = defaultdict(int)
        for track in self.tracks.values():
            for year in track.years:
                newest[track.program_key] = max(newest[track.program_key], year.year)
        return newest

    def newest_year(self, program_key: str) -> int:
        """The newest year that the program's tracks have on record, 0 for none."""
        return self._newest_years.get(program_key, 0)


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
    """What to write, what each row does, and every problem, in the order of the file.

    `programs` and `tracks` hold only what is new or differs; of a track only its new or differing years.
    """

    rows: Mapping[RowState, int]
    totals: Mapping[str, int]
    programs: tuple[NewProgram, ...]
    tracks: tuple[NewTrack, ...]
    statements: tuple[Statement, ...]
    problems: tuple[Problem, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not (self.programs or self.tracks or self.statements)

    @property
    def digest(self) -> str:
        """SHA-256 of what would be written: two plans with one digest do the same."""
        return hashlib.sha256(repr((self.programs, self.tracks, self.statements)).encode()).hexdigest()

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

    def raw(self, row: Row, name: str) -> str:
        """The cell as written, "" where the file has no such column or the cell states nothing."""
        place = self.binding.places[name][0] if name in self.binding.places else self.width
        return blank(row.cells[place]) if place < len(row.cells) else ""

    def cell(self, row: Row, name: str) -> str:
        """The cell as canonical text; "" with a warning where it cannot be read."""
        try:
            return self.strict_cell(row, name)
        except CellError as error:
            self.warn(row.line, name, self.raw(row, name), f"{error}; taken as unknown")
            return ""

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
        return self.binding.places[name][1].parse(text) if text else ""

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

    def mark(self, line: int, *, is_new: bool, differs: bool) -> None:
        """Say what a row does; a row that does several things counts as the first of new, changed, same."""
        self.states[line] = RowState.NEW if is_new else RowState.CHANGED if differs else RowState.SAME

    def plan(self, programs: Sequence[NewProgram], tracks: Sequence[NewTrack], statements: Sequence[Statement], known: Known) -> ImportPlan:
        """The finished plan."""
        counts = Counter(self.states.values())
        return ImportPlan(
            rows={state: counts[state] for state in RowState},
            totals=_totals(programs, tracks, statements, known),
            programs=tuple(programs),
            tracks=tuple(tracks),
            statements=tuple(statements),
            problems=tuple(sorted(self.problems, key=lambda problem: problem.line)),
        )


def _totals(programs: Sequence[NewProgram], tracks: Sequence[NewTrack], statements: Sequence[Statement], known: Known) -> dict[str, int]:
    fresh = sum(not (row.replaces_key or row.key in known.programs) for row in programs)
    new_tracks = sum(row.nrmp_code not in known.tracks for row in tracks)
    years_on_record = {(code, year.year) for code, track in known.tracks.items() for year in track.years}
    years = [(row.nrmp_code, year.year) in years_on_record for row in tracks for year in row.years]
    return {
        "programs new": fresh,
        "programs changed": len(programs) - fresh,
        "tracks new": new_tracks,
        "tracks changed": len(tracks) - new_tracks,
        "track years new": years.count(False),
        "track years changed": years.count(True),
        "facts new": len(statements),
    }
