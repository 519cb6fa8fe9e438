"""The file that an applicant brings, and what they say about it: columns, programs to choose, what happens to notes."""

from collections.abc import Mapping

from django import forms
from django.http import QueryDict

from matching.list_files.carried import COLUMN, PICK
from matching.list_files.meanings import CHOICES
from programs.imports.meanings import LEFT_OUT

LONGEST_KEY = 20
KEEP, TAKE = "keep", "take"


class ListUploadForm(forms.Form):
    file = forms.FileField(
        label="File with your list",
        max_length=None,
        error_messages={
            "required": "Choose a file first.",
            "empty": "The file is empty: choose one with a header line and a row for each program.",
            "invalid": "Choose a file first.",
        },
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.json"}),
    )


class ListImportForm(forms.Form):
    """The rest of the preview: `table` carries the file. Columns and picks are read by `columns_posted` and `picks_posted`."""

    table = forms.CharField(widget=forms.HiddenInput, strip=False)
    digest = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    seen = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    there = forms.ChoiceField(
        label="Programs that are on your list already",
        required=False,
        choices=[(KEEP, "Keep my notes and everything else of them as they are"), (TAKE, "Take what the file says of them, where it says something else")],
        widget=forms.RadioSelect,
        initial=KEEP,
    )

    @property
    def replaces(self) -> bool:
        """Whether entries that are there take what the file says; of a valid form."""
        return bool(self.cleaned_data["there"] == TAKE)


def columns_posted(posted: QueryDict, width: int) -> dict[int, str]:
    """{place: meaning} of every column as it was chosen; what is none is left out, and so is the second of two with one meaning."""
    known = {key for key, _ in CHOICES}
    found: dict[int, str] = {}
    for place in range(width):
        key = posted.get(COLUMN.format(place), LEFT_OUT)
        found[place] = key if key in known and key not in found.values() else LEFT_OUT
    return found


def picks_posted(posted: QueryDict, rows: int) -> Mapping[int, str]:
    """{number of a row: key of the program that was chosen for it, "" for none}, for the rows that had a menu."""
    return {number: str(posted[name])[:LONGEST_KEY] for number in range(rows) if (name := PICK.format(number)) in posted}
