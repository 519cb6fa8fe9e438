"""What a data admin says when settling a field."""

from django import forms

from programs.forms.values import evidence_input
from programs.limits import LONGEST_CHOICE_REASON, LONGEST_QUOTE


class ConfirmForm(forms.Form):
    """Where the current value was seen again."""

    url = evidence_input("Page where you saw it", "The page that states it for this season.")
    quote = forms.CharField(
        label="Its words",
        required=False,
        max_length=LONGEST_QUOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The sentence that says it, if there is one.",
    )


class ChooseForm(forms.Form):
    """Why one statement holds and not the others."""

    reason = forms.CharField(
        label="Reason",
        max_length=LONGEST_CHOICE_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Everybody can read it beside the statements that are withdrawn.",
        error_messages={"required": "Give the reason: everybody can read it beside the statements that are withdrawn."},
    )
