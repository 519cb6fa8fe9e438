"""The preview of an import: what stands wrong, what would change, and the words on the button. Pure but for the draft that it reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from programs.choices import SourceRank
from programs.imports.plan import Problem, RowState, Severity
from programs.imports.preview import Change, MissingProgram, NewProgramRow
from programs.models import ImportDraft
from programs.presenters.diff import DiffFilter

# The parts of the preview, as addresses name them.
PARTS = CHANGES, NEW, MISSING, PROBLEMS = ("changes", "new", "missing", "problems")
TAB_LABELS: Mapping[str, str] = {CHANGES: "Changes", NEW: "New programs", MISSING: "No longer in the file", PROBLEMS: "Problems"}
TEMPLATES: Mapping[str, str] = {part: f"programs/data/_{part}.html" for part in PARTS}
SEVERITY_LABELS: Mapping[Severity, str] = {Severity.INVALID: "row is left out", Severity.WARNING: "row stays in"}
ROW_LABELS: Mapping[RowState, str] = {
    RowState.NEW: "new",
    RowState.CHANGED: "changed",
    RowState.SAME: "the same",
    RowState.INVALID: "cannot be applied",
}
FIRST_ERRORS = 5  # shown above everything else; the list has them all


@dataclass(frozen=True)
class Asked:
    """Which part of the preview is asked for, "" for the first one that holds anything, and what is filtered."""

    show: str
    diff: DiffFilter
    severity: str = ""


@dataclass(frozen=True)
class Tab:
    """A part of the preview with how much it holds."""

    name: str
    label: str
    count: int
    on: bool


@dataclass(frozen=True)
class Chip:
    """A filter that is one link: `value` of the address, "" to take it away."""

    label: str
    value: str
    on: bool


@dataclass(frozen=True)
class ProblemLine:
    """A problem, with what it means for its row."""

    problem: Problem

    @property
    def outcome(self) -> str:
        return SEVERITY_LABELS[self.problem.severity]

    @property
    def costs_row(self) -> bool:
        return self.problem.severity is Severity.INVALID


@dataclass(frozen=True)
class PreviewPage:
    """One draft, previewed. `version` is the data version now; the lists come out of the stored plan, changes with programs side by side."""

    draft: ImportDraft
    changes: Sequence[Change]
    new_programs: Sequence[NewProgramRow]
    missing: Sequence[MissingProgram]
    problems: Sequence[Problem]
    asked: Asked
    version: int

    @property
    def rank(self) -> str:
        return str(SourceRank(self.draft.rank).label) if self.draft.rank else ""

    @property
    def is_stale(self) -> bool:
        """Whether program data has changed since the preview was made."""
        return self.draft.preview_version != self.version

    @property
    def rows(self) -> list[tuple[str, int]]:
        """Rows of the file by what they do."""
        counts = self.draft.summary["rows"]
        return [(label, counts.get(state, 0)) for state, label in ROW_LABELS.items()]

    @cached_property
    def errors(self) -> list[Problem]:
        """What leaves rows out."""
        return [problem for problem in self.problems if problem.severity is Severity.INVALID]

    @property
    def first_errors(self) -> list[Problem]:
        return self.errors[:FIRST_ERRORS]

    @property
    def invalid_rows(self) -> int:
        return int(self.draft.summary["rows"].get(RowState.INVALID, 0))

    @property
    def warnings(self) -> int:
        return len(self.problems) - len(self.errors)

    @property
    def conflicts(self) -> int:
        return int(self.draft.summary["conflicts"])

    @property
    def notes(self) -> list[str]:
        """What a person should know besides; last come those about how the file was read."""
        return list(reversed(self.draft.summary["notes"]))

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to apply."""
        return bool(self.draft.summary["empty"])

    @property
    def button(self) -> str:
        return apply_words(self.draft.summary)

    @cached_property
    def show(self) -> str:
        """The part that is shown."""
        if self.asked.show in PARTS:
            return self.asked.show
        return CHANGES if self.asked.diff.is_on else next((name for name, rows in self._parts.items() if rows), CHANGES)

    @property
    def _parts(self) -> dict[str, Sequence[Any]]:
        return {CHANGES: self.changes, NEW: self.new_programs, MISSING: self.missing, PROBLEMS: self.problems}

    @property
    def tabs(self) -> list[Tab]:
        return [Tab(name, TAB_LABELS[name], len(rows), name == self.show) for name, rows in self._parts.items()]

    @property
    def template(self) -> str:
        """The template of the part that is asked for."""
        return TEMPLATES[self.show]

    @property
    def severities(self) -> list[Chip]:
        """Problems by what they cost; nothing to choose where there is one kind only."""
        counts = {Severity.INVALID: len(self.errors), Severity.WARNING: self.warnings}
        on = self.asked.severity
        return [Chip(f"{SEVERITY_LABELS[one]} {count:,}", "" if on == one else one, on == one) for one, count in counts.items() if count and self.errors]

    @property
    def shown(self) -> Sequence[Any]:
        """The rows of the part that is asked for."""
        if self.show == CHANGES:
            return [change for change in self.changes if self.asked.diff.fits(change)] if self.asked.diff.is_on else self.changes
        if self.show == PROBLEMS:
            return [problem for problem in self.problems if self.asked.severity in {"", problem.severity}]
        return self._parts[self.show]


def apply_words(summary: Mapping[str, Any]) -> str:
    """What the button does: "Apply 412 changes to 390 programs, add 3 programs"."""
    totals = summary["totals"]
    added = [_count(totals[f"{one}s new"], one) for one in ("program", "track") if totals.get(f"{one}s new")]
    parts = [
        *([f"apply {_count(summary['changes'], 'change')} to {_count(summary['programs'], 'program')}"] if summary["changes"] else []),
        *([f"add {' and '.join(added)}"] if added else []),
    ]
    # Nothing on record changes: the file says again what is known, with a date of its own.
    words = ", ".join(parts or ["confirm what is on record"])
    return words[0].upper() + words[1:]


def _count(number: int, one: str) -> str:
    return f"{number:,} {one}{'' if number == 1 else 's'}"
