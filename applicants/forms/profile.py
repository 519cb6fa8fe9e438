"""The whole profile page as one form: the main form, and the rows of sittings, spells and letters."""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from django import forms
from django.forms.boundfield import BoundWidget
from django.utils import timezone

from applicants.choices import STEPS, Exam
from applicants.exam_rules import MAX_ENGLISH_SITTINGS, MAX_SITTINGS_PER_STEP
from applicants.forms.main import SPECIALTY_FIELDS, MainForm
from applicants.forms.reference import Reference
from applicants.forms.rows import EnglishRow, LetterRow, Row, Rows, SittingRow, UsceRow
from applicants.profile import ProfileData
from applicants.validators import MAX_LETTERS, MAX_USCE_SPELLS, Problem, validate_profile

Place = tuple[forms.Form, str]


class ProfileForms:
    """Bound to `data` from a POST, or showing `initial`; with neither, blank."""

    def __init__(self, reference: Reference, *, data: Mapping[str, Any] | None = None, initial: ProfileData | None = None) -> None:
        self.reference = reference
        self.main = MainForm(data, reference=reference, initial=MainForm.initial_of(initial) if initial else {})
        self.steps = [_step_rows(step, data, initial) for step in STEPS]
        self.english = _english_rows(data, initial)
        self.usce = _usce_rows(reference, data, initial)
        self.letters = _letter_rows(reference, data, initial)
        self._profile: ProfileData | None = None

    @property
    def all(self) -> list[forms.Form]:
        """Every form of the page, in its order."""
        return [self.main, *chain(*self.steps, self.english, self.usce, self.letters)]

    def is_valid(self) -> bool:
        """Check everything, first each form alone, then the profile as a whole. Errors stand at their fields."""
        if [form for form in self.all if not form.is_valid()]:  # a list, so that every form shows its errors at once
            return False
        data, places = self._assemble()
        self._check_none("usce_none", self.usce)
        self._check_none("letters_none", self.letters)
        ref = self.reference
        for problem in validate_profile(data, today=timezone.localdate(), specialty_codes=ref.specialty_codes, state_codes=ref.state_codes):
            form, name = _place_of(problem, places, self.main)
            form.add_error(name, problem.message)
        self._profile = data
        return all(form.is_valid() for form in self.all)

    def profile(self) -> ProfileData:
        """Give the profile that was typed. Raises `ValueError` unless `is_valid()` was called and said so."""
        if self._profile is None:
            raise ValueError("The form has not been found valid.")
        return self._profile

    @property
    def problems(self) -> list[dict[str, str]]:
        """Every error with the label and the id of its field, for the list on top of the page."""
        return [problem for form in self.all for problem in _problems_of(form)]

    def states_by_region(self, name: str) -> list[tuple[str, list[BoundWidget]]]:
        """Group the checkboxes of `preferred_states` or `ruled_out_states` by region."""
        boxes = {str(box.data["value"]): box for box in self.main[name]}
        return [(region, [boxes[code] for code, _ in states]) for region, states in self.reference.regions]

    def preferred_by_region(self) -> list[tuple[str, list[BoundWidget]]]:
        """Group the checkboxes of preferred states, for the template."""
        return self.states_by_region("preferred_states")

    def ruled_out_by_region(self) -> list[tuple[str, list[BoundWidget]]]:
        """Group the checkboxes of states ruled out, for the template."""
        return self.states_by_region("ruled_out_states")

    def _assemble(self) -> tuple[ProfileData, dict[str, Place]]:
        """Build the profile, and remember which field each path of it came from."""
        sittings: list[SittingRow | EnglishRow] = [*(row for rows in self.steps for row in rows.filled), *self.english.filled]
        spells, letters = self.usce.filled, self.letters.filled
        data = ProfileData(
            **self.main.values(),
            sittings=tuple(row.value() for row in sittings),
            usce=_answer([row.value() for row in spells], none=self.main.cleaned_data["usce_none"]),
            letters=_answer([row.value() for row in letters], none=self.main.cleaned_data["letters_none"]),
        )
        places: dict[str, Place] = {}
        for path, rows in (("sittings", sittings), ("usce", spells), ("letters", letters)):
            places |= _row_places(path, rows)
        places |= {f"specialties[{index}]": (self.main, name) for index, name in enumerate(self.main.chosen_specialties())}
        return data, places

    def _check_none(self, name: str, rows: Rows[Any]) -> None:
        if self.main.cleaned_data[name] and rows.filled:
            self.main.add_error(name, "You said none and filled in a row. Clear the rows, or untick this.")


def _answer(values: list[Any], *, none: bool) -> tuple[Any, ...] | None:
    """Tell none from not said."""
    return tuple(values) if values or none else None


def _row_places(path: str, rows: list[Any]) -> dict[str, Place]:
    places: dict[str, Place] = {}
    for index, row in enumerate(rows):
        places[f"{path}[{index}]"] = (row, next(iter(row.fields)))
        places |= {f"{path}[{index}].{name}": (row, name) for name in row.fields}
    return places


def _place_of(problem: Problem, places: Mapping[str, Place], main: MainForm) -> Place:
    """Find the field of a problem: that of a row where its path leads to one, else of the main form."""
    field = problem.path.partition("[")[0]
    return places.get(problem.path) or (main, SPECIALTY_FIELDS[0] if field == "specialties" else field)


def _problems_of(form: forms.Form) -> Iterator[dict[str, str]]:
    row = f"{form.title}: " if isinstance(form, Row) else ""
    for bound in form:
        target = bound.id_for_label or f"{bound.auto_id}_0"  # a group of checkboxes: its first one takes the focus
        for message in bound.errors:
            yield {"label": f"{row}{bound.label}", "target": target, "message": str(message)}


def _step_rows(step: Exam, data: Mapping[str, Any] | None, initial: ProfileData | None) -> Rows[SittingRow]:
    held = [SittingRow.initial_of(sitting) for sitting in initial.of(step)] if initial else []
    rows = [
        SittingRow(data, prefix=f"{step.value}-{number}", title=f"{step.label}, sitting {number}", initial=initial_row, exam=step)
        for number, initial_row in _numbered(held, MAX_SITTINGS_PER_STEP)
    ]
    return Rows(rows, title=step.label, at_first=1, more_label=f"More sittings of {step.label}")


def _english_rows(data: Mapping[str, Any] | None, initial: ProfileData | None) -> Rows[EnglishRow]:
    held = [EnglishRow.initial_of(sitting) for sitting in initial.sittings if sitting.exam not in STEPS] if initial else []
    rows = [
        EnglishRow(data, prefix=f"english-{number}", title=f"English exam, sitting {number}", initial=initial_row)
        for number, initial_row in _numbered(held, MAX_ENGLISH_SITTINGS)
    ]
    return Rows(rows, title="English exam", at_first=1, more_label="More sittings of an English exam")


def _usce_rows(reference: Reference, data: Mapping[str, Any] | None, initial: ProfileData | None) -> Rows[UsceRow]:
    held = [UsceRow.initial_of(spell) for spell in (initial.usce or ())] if initial else []
    rows = [
        UsceRow(data, prefix=f"usce-{number}", title=f"Rotation {number}", initial=initial_row, specialties=reference.specialties)
        for number, initial_row in _numbered(held, MAX_USCE_SPELLS)
    ]
    return Rows(rows, title="U.S. clinical experience", at_first=2, more_label="More rotations")


def _letter_rows(reference: Reference, data: Mapping[str, Any] | None, initial: ProfileData | None) -> Rows[LetterRow]:
    held = [LetterRow.initial_of(letter) for letter in (initial.letters or ())] if initial else []
    rows = [
        LetterRow(data, prefix=f"letter-{number}", title=f"Letter {number}", initial=initial_row, specialties=reference.specialties)
        for number, initial_row in _numbered(held, MAX_LETTERS)
    ]
    return Rows(rows, title="Letters", at_first=3, more_label="More letters")


def _numbered(held: list[dict[str, object]], rows: int) -> Iterator[tuple[int, dict[str, object]]]:
    """Number the rows from 1, those in use first and blank ones after."""
    for number in range(1, rows + 1):
        yield number, held[number - 1] if number <= len(held) else {}
