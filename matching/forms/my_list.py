"""What people say on My list: a note, tags and a connection of one program, and how their list should be balanced."""

from typing import Any

from django import forms

from matching.choices import Connection
from matching.list_files.cells import read_tags
from matching.models import ListEntry

LONGEST_NOTE: int = ListEntry._meta.get_field("note").max_length or 0  # noqa: SLF001 - Django's public name for it
WHOLE = 100  # percent
LONGEST_TAGS = 400  # ten of thirty characters, with room for commas and blanks
TARGETS = ("reach", "middle", "safer")


class EntryForm(forms.Form):
    """What an applicant keeps about one program. Too many or too long tags are refused by the service.

    What the form started with comes back beside each answer, so that only what the reader changed is written.
    """

    note = forms.CharField(
        label="Note",
        required=False,
        strip=False,
        show_hidden_initial=True,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"max_length": f"Shorten the note: at most {LONGEST_NOTE:,} characters are kept."},
    )
    tags = forms.CharField(
        label="Tags",
        required=False,
        max_length=LONGEST_TAGS,
        show_hidden_initial=True,
        help_text="Words of your own, with commas between them, such as: near family, visited.",
        error_messages={"max_length": "Shorten the tags: that is more than can be kept."},
    )
    connection = forms.ChoiceField(
        label="Your connection there",
        choices=Connection.choices,
        show_hidden_initial=True,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the four.", "invalid_choice": "Choose one of the four."},
    )

    def edit(self) -> dict[str, Any]:
        """What differs from what the form started with, as fields of an entry."""
        kept = self.cleaned_data
        fields = {"note": kept["note"], "tags": read_tags(kept["tags"]), "connection": kept["connection"]}
        return {name: fields[name] for name in self.changed_data}


def _percent(label: str) -> forms.IntegerField:
    wrong = "Enter a whole number from 0 to 100."
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=WHOLE,
        widget=forms.NumberInput(attrs={"min": 0, "max": WHOLE, "inputmode": "numeric"}),
        error_messages={"required": wrong, "invalid": wrong, "min_value": wrong, "max_value": wrong},
    )


class TargetForm(forms.Form):
    """The balance that an applicant wants, in percent of the open programs."""

    reach = _percent("Reach, %")
    middle = _percent("Middle, %")
    safer = _percent("Safer, %")

    def clean(self) -> dict[str, Any]:
        """Hold the three to a hundred."""
        kept = super().clean() or {}
        if all(name in kept for name in TARGETS) and (total := sum(kept[name] for name in TARGETS)) != WHOLE:
            raise forms.ValidationError(f"The three percentages make {total} together: change one of them so that they make {WHOLE}.")
        return kept
