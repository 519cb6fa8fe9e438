"""What data admins say when they start a recompute."""

from django import forms

LONGEST_CAUSE = 200


class RecomputeForm(forms.Form):
    """Why results are computed again. Applicants read it where no fact explains a change."""

    cause = forms.CharField(
        label="Cause of a new recompute",
        max_length=LONGEST_CAUSE,
        help_text="Applicants read it where a place on their list changes and no fact of the program explains it.",
        error_messages={"required": "Say in a few words why, such as: the weights of the season were changed.", "max_length": "Keep it to 200 characters."},
    )
