"""A correction that somebody suggests, and how a data admin answers it."""

from collections.abc import Mapping

from django import forms

from programs.choices import SourceRank, Strictness
from programs.fields import Field
from programs.forms.values import canonical, evidence_input, value_input
from programs.limits import CORRECTION_RANKS, LONGEST_NOTE, LONGEST_REASON

FIRMNESS = (
    (Strictness.STRICT, "Strictly: who does not meet it is not considered"),
    (Strictness.PREFERRED, "As a preference"),
    (Strictness.UNCLEAR, "The source does not say"),
)


class CorrectionForm(forms.Form):
    """What `field` of a program should say, with the page that shows it."""

    value: forms.Field
    strictness = forms.ChoiceField(
        label="How firmly is it stated?",
        choices=FIRMNESS,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how firmly the source states it.", "invalid_choice": "Choose one of the three."},
    )
    url = evidence_input("Page that says so", "The address of a page where it can be read, best of all the program's own.")
    note = forms.CharField(
        label="Anything else",
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Not needed. For example where on the page it stands. Leave out whatever says who you are: the note is kept.",
    )

    def __init__(self, data: Mapping[str, object] | None = None, *, field: Field) -> None:
        super().__init__(data)
        self.field = field
        self.fields["value"] = value_input(field)
        if not field.requirement:
            del self.fields["strictness"]
        self.order_fields(("value", "strictness", "url", "note"))

    def clean_value(self) -> str:
        """The value as canonical text."""
        return canonical(self.field, self.cleaned_data["value"])

    def answers(self) -> dict[str, str]:
        """Valid answers as `programs.corrections.suggest` takes them."""
        return {"strictness": "", **self.cleaned_data}


class AcceptForm(forms.Form):
    """Whose word an accepted correction counts as."""

    rank = forms.TypedChoiceField(
        label="It counts as",
        coerce=lambda value: SourceRank(int(value)),
        choices=[(rank.value, str(rank.label).capitalize()) for rank in CORRECTION_RANKS],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whose word it is.", "invalid_choice": "Choose one of the two."},
    )


class DeclineForm(forms.Form):
    """Why a correction is not taken over; the suggester reads it."""

    reason = forms.CharField(
        label="Reason",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Whoever suggested it reads this.",
        error_messages={"required": "Give the reason: whoever suggested it reads it."},
    )
