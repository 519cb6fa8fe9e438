"""What a reader says happened with an application, or with many."""

import unicodedata
from collections.abc import Mapping
from typing import Any

from django import forms

from applicants.forms.fields import day, pick
from matching.choices import Step

LONGEST_NOTE = 300
LONGEST_MARK = 16
TIME_FORMATS = ("%H:%M", "%H:%M:%S", "%I:%M %p")


class StepForm(forms.Form):
    """One step of one application. `seen`: matching.services.season.Application.seen as the page had it."""

    step = pick("What happened", Step.choices, blank=None)
    on = day("Day", help_text="Leave it empty if you do not know it. Interviews may be entered before their day.")
    at = forms.TimeField(
        label="Time",
        required=False,
        help_text="Local time at the program, for interviews.",
        input_formats=TIME_FORMATS,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": "Enter a time such as 14:30, or leave it empty."},
    )
    note = forms.CharField(
        label="Note",
        required=False,
        max_length=LONGEST_NOTE,
        help_text="For you alone: it is not in the calendar that others can read.",
        error_messages={"max_length": f"Keep the note to {LONGEST_NOTE} characters."},
    )
    seen = forms.CharField(required=False, max_length=LONGEST_MARK, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None, *, key: str, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=dict(initial or {}), auto_id=f"id_{key}_%s")

    def clean_note(self) -> str:
        """On one line, without control characters."""
        return " ".join("".join(char for char in str(self.cleaned_data["note"]) if char.isspace() or unicodedata.category(char) != "Cc").split())


class BulkForm(forms.Form):
    """The same step for everything that is ticked."""

    step = forms.ChoiceField(choices=Step.choices, error_messages={"invalid_choice": "Choose one of the steps that are offered."})
    on = day("Day")
