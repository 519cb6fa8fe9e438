"""One row of the profile form: a sitting, a spell, a letter. A row that is left blank counts for nothing.

The number of rows is fixed by the validators' limits, so the form needs neither a script nor a
hidden counter that could be tampered with.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from django import forms

from applicants.choices import Exam, Outcome, UsceKind
from applicants.exam_rules import USMLE_SCALE
from applicants.forms.fields import NOT_SAID, day, pick
from applicants.forms.reference import Choice
from applicants.profile import Letter, Sitting, UsceSpell
from applicants.validators import MAX_USCE_MONTHS

FROM_US, FROM_ABROAD = "us", "abroad"
ENGLISH_EXAMS = (Exam.OET, Exam.OTHER_ENGLISH)


class Row(forms.Form):
    """`title` names the row where its fields stand alone, as in the list of errors."""

    # Fields without which a filled row says nothing, each with what to do.
    needed: ClassVar[Mapping[str, str]] = {}

    def __init__(self, data: Mapping[str, Any] | None = None, *, title: str, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.title = title

    @property
    def is_filled(self) -> bool:
        """Whether anything stands in the row, right or wrong."""
        if self.is_bound:
            return any(self.data.get(self.add_prefix(name)) for name in self.fields)
        return bool(self.initial)

    def clean(self) -> dict[str, Any]:
        """Ask for what is missing in a row that was begun."""
        for name, message in self.needed.items():
            if self.is_filled and name not in self.errors and self.cleaned_data.get(name) in {None, ""}:
                self.add_error(name, message)
        return self.cleaned_data


class SittingRow(Row):
    """One sitting of the Step whose value is `exam`."""

    outcome = pick("Outcome", Outcome.choices)
    date = day("Date")
    score = forms.IntegerField(label="Score", required=False, error_messages={"invalid": "Enter the score in digits, or leave it blank."})
    needed: ClassVar[Mapping[str, str]] = {"outcome": "Choose the outcome of this sitting, or clear the row."}

    def __init__(self, *args: Any, exam: Exam, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.exam = exam
        lowest, highest = USMLE_SCALE
        self.fields["score"].widget.attrs |= {"min": lowest, "max": highest, "inputmode": "numeric"}

    def value(self) -> Sitting:
        """Give the sitting of a valid, filled row."""
        return Sitting(self.exam, Outcome(self.cleaned_data["outcome"]), self.cleaned_data["date"], self.cleaned_data["score"])

    @staticmethod
    def initial_of(sitting: Sitting) -> dict[str, object]:
        """Turn a sitting into what the row shows."""
        return {"outcome": sitting.outcome, "date": sitting.date, "score": sitting.score}


class EnglishRow(Row):
    """One sitting of an English exam."""

    exam = pick("Exam", [(exam.value, exam.label) for exam in ENGLISH_EXAMS])
    outcome = pick("Outcome", Outcome.choices)
    date = day("Date")
    needed: ClassVar[Mapping[str, str]] = {
        "exam": "Choose which exam this was, or clear the row.",
        "outcome": "Choose the outcome of this sitting, or clear the row.",
    }

    def value(self) -> Sitting:
        """Give the sitting of a valid, filled row."""
        return Sitting(Exam(self.cleaned_data["exam"]), Outcome(self.cleaned_data["outcome"]), self.cleaned_data["date"])

    @staticmethod
    def initial_of(sitting: Sitting) -> dict[str, object]:
        """Turn a sitting into what the row shows."""
        return {"exam": sitting.exam, "outcome": sitting.outcome, "date": sitting.date}


class UsceRow(Row):
    """One spell of U.S. clinical experience."""

    kind = pick("Kind", UsceKind.choices)
    months = forms.FloatField(
        label="Months",
        required=False,
        widget=forms.NumberInput(attrs={"min": 0, "max": MAX_USCE_MONTHS, "step": "any", "inputmode": "decimal"}),
        error_messages={"invalid": "Enter the months in digits, such as 1.5."},
    )
    specialty = pick("Specialty")
    ended = day("End")
    needed: ClassVar[Mapping[str, str]] = {
        "kind": "Choose the kind of experience, or clear the row.",
        "months": "Enter how many months it took, or clear the row.",
    }

    def __init__(self, *args: Any, specialties: Sequence[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["specialty"] = pick("Specialty", specialties)

    def value(self) -> UsceSpell:
        """Give the spell of a valid, filled row."""
        row = self.cleaned_data
        return UsceSpell(UsceKind(row["kind"]), row["months"], row["specialty"], row["ended"])

    @staticmethod
    def initial_of(spell: UsceSpell) -> dict[str, object]:
        """Turn a spell into what the row shows."""
        months = float(spell.months)
        return {"kind": spell.kind, "months": int(months) if months.is_integer() else months, "specialty": spell.specialty, "ended": spell.ended}


class LetterRow(Row):
    """One letter of recommendation."""

    origin = pick("From", ((FROM_US, "The U.S."), (FROM_ABROAD, "Another country")), blank=NOT_SAID)
    specialty = pick("Writer's specialty")
    needed: ClassVar[Mapping[str, str]] = {"origin": "Choose where the letter comes from, or clear the row."}

    def __init__(self, *args: Any, specialties: Sequence[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["specialty"] = pick("Writer's specialty", specialties)

    def value(self) -> Letter:
        """Give the letter of a valid, filled row."""
        return Letter(self.cleaned_data["origin"] == FROM_US, self.cleaned_data["specialty"])

    @staticmethod
    def initial_of(letter: Letter) -> dict[str, object]:
        """Turn a letter into what the row shows."""
        return {"origin": FROM_US if letter.from_us else FROM_ABROAD, "specialty": letter.specialty}


AnyRow = TypeVar("AnyRow", bound=Row)


@dataclass(frozen=True)
class Rows(Generic[AnyRow]):
    """The rows of one group, those in use first. `at_first` of them are shown without asking."""

    rows: Sequence[AnyRow]
    title: str
    at_first: int
    more_label: str

    def __iter__(self) -> Iterator[AnyRow]:
        return iter(self.rows)

    @property
    def filled(self) -> list[AnyRow]:
        """The rows in which anything stands."""
        return [row for row in self.rows if row.is_filled]

    @property
    def shown(self) -> Sequence[AnyRow]:
        """All rows in use, and at least the first few."""
        return self.rows[: self._cut]

    @property
    def more(self) -> Sequence[AnyRow]:
        """Blank rows for whoever needs them."""
        return self.rows[self._cut :]

    @property
    def _cut(self) -> int:
        last_filled = max((number for number, row in enumerate(self.rows, start=1) if row.is_filled), default=0)
        return max(self.at_first, last_filled)
