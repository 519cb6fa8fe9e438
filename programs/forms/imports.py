"""What an admin says about a file: who speaks in it, and what its columns mean."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from programs.choices import SourceRank
from programs.limits import LONGEST_URL
from programs.models import ImportDraft

Choice = tuple[str, str]
Group = tuple[str, Sequence[Choice]]

# The first Main Residency Match was in 1952; no season is filed decades ahead.
EARLIEST_SEASON, LATEST_SEASON = 1952, 2100
LEAVE_OUT: Choice = ("", "leave this column out")
DATE_FORMATS = ("%Y-%m-%d", "%m/%d/%Y")
COLUMN = "column_{}"
SEASON_HELP = "The Match that the file is about, by its year."


class GroupedMenu(forms.Select):
    """A select drawn in one go. Django renders a template for every option, and a file may have 200 columns of a hundred options."""

    def render(self, name: str, value: object, attrs: Mapping[str, Any] | None = None, renderer: BaseRenderer | None = None) -> SafeString:
        """Draw the select with its groups of options, escaped. `renderer` has nothing to do."""
        widget = self.get_context(name, value, dict(attrs or {}))["widget"]
        groups = format_html_join("", "{}", ((_group(title, options),) for title, options, _ in widget["optgroups"]))
        return format_html("<select{}>{}</select>", flatatt({"name": name, **widget["attrs"]}), groups)


def _group(title: str | None, options: Iterable[Mapping[str, Any]]) -> SafeString:
    rows = ((flatatt({"value": option["value"], "selected": option["selected"]}), option["label"]) for option in options)
    drawn = format_html_join("", "<option{}>{}</option>", rows)
    return format_html('<optgroup label="{}">{}</optgroup>', title, drawn) if title else drawn


class UploadForm(forms.Form):
    file = forms.FileField(
        label="File",
        error_messages={"required": "Choose a file first.", "empty": "The file is empty: choose one with a header line and rows."},
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )


@dataclass(frozen=True)
class ColumnRow:
    """A column of the file: its header, its first cells, the select of its meaning, what that does, and whether it is as last time."""

    header: str
    samples: Sequence[str]
    field: BoundField
    effect: str
    remembered: bool


class MappingForm(forms.Form):
    """Bind it with the draft. `meanings` are groups of (key, words); column fields are called column_0 and so on."""

    preset = forms.ChoiceField(label="Layout", widget=GroupedMenu, error_messages={"invalid_choice": "Choose one of the layouts in the list."})
    source_name = forms.CharField(
        label="Source",
        max_length=120,
        help_text="Who says what the file says. Facts of one source replace each other, so use one name for one source.",
        widget=forms.TextInput(attrs={"list": "known-sources", "autocomplete": "off"}),
        error_messages={"required": "Name the source: every fact says who stated it."},
    )
    rank = forms.TypedChoiceField(
        label="Rank of the source",
        coerce=lambda value: SourceRank(int(value)),
        choices=[(rank.value, f"{rank.value}: {rank.label}") for rank in SourceRank],
        help_text="Where sources differ the lower number is believed. A known source keeps its rank.",
        widget=GroupedMenu,
        error_messages={"required": "Choose who this source is.", "invalid_choice": "Choose one of the ranks in the list."},
    )
    licence = forms.CharField(
        label="License or permission",
        max_length=300,
        help_text="What allows us to use this file: a license, or who gave permission and when.",
        error_messages={"required": "Say what allows us to use this file."},
    )
    url = forms.URLField(
        label="Link",
        required=False,
        max_length=LONGEST_URL,
        assume_scheme="https",
        help_text="Where the file can be found, if anywhere.",
        error_messages={"invalid": "Enter a web address, such as https://example.org/table, or leave it blank."},
    )
    season = forms.IntegerField(
        label="Season",
        min_value=EARLIEST_SEASON,
        max_value=LATEST_SEASON,
        help_text=SEASON_HELP,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), "Enter the year of a Match, such as 2027."),
    )
    as_of = forms.DateField(
        label="As of",
        input_formats=DATE_FORMATS,
        help_text="The day on which all of this was true.",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": "Enter the day on which all of this was true.", "invalid": "Enter a date as year-month-day, such as 2026-09-30."},
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        initial: Mapping[str, Any],
        draft: ImportDraft,
        presets: Sequence[Choice],
        meanings: Sequence[Group],
        effects: Mapping[str, str],
        remembered: Mapping[int, str],
        ranks: Mapping[str, SourceRank],
    ) -> None:
        """`effects` is {meaning: what it fills, where that is more than one thing}, `remembered` {place of a column: its meaning the last time}.

        `ranks` are those of the sources on record.
        """
        super().__init__(data, initial=dict(initial))
        self.draft, self.effects, self.remembered, self.ranks = draft, effects, remembered, ranks
        self.fields["preset"].choices = list(presets)  # type: ignore[attr-defined]
        for place, header in enumerate(draft.header):
            self.fields[COLUMN.format(place)] = forms.ChoiceField(
                label=f"Meaning of {header or f'column {place + 1}'}",
                required=False,
                choices=[LEAVE_OUT, *meanings],
                widget=GroupedMenu,
                error_messages={"invalid_choice": "This layout has no such column: choose from the list, or leave the column out."},
            )

    def clean_as_of(self) -> object:
        """Nothing is known of a day to come."""
        as_of = self.cleaned_data["as_of"]
        if as_of > timezone.localdate():
            raise forms.ValidationError("This day is still to come: enter the day on which all of this was true.")
        return as_of

    def clean(self) -> dict[str, Any]:
        """Hold a known source to its rank: it decides who is believed."""
        source, rank = self.cleaned_data.get("source_name", ""), self.cleaned_data.get("rank")
        if rank and source in self.ranks and rank != self.ranks[source]:
            self.add_error("rank", f"{source} is on record with rank {self.ranks[source]}: choose that, or name another source.")
        return self.cleaned_data

    def meanings(self) -> dict[int, str]:
        """What a valid form says of each column: {place: key of a meaning, "" to leave it out}."""
        return {place: self.cleaned_data[COLUMN.format(place)] for place in range(len(self.draft.header))}

    def columns(self) -> list[ColumnRow]:
        """The columns of the file, from left to right."""
        return [self._column(place, header) for place, header in enumerate(self.draft.header)]

    def _column(self, place: int, header: str) -> ColumnRow:
        field = self[COLUMN.format(place)]
        return ColumnRow(
            header=header or f"(column {place + 1}, without a name)",
            samples=[row[place] for row in self.draft.samples if place < len(row) and row[place]],
            field=field,
            effect=self.effects.get(field.value() or "", ""),
            remembered=self.remembered.get(place) == field.value(),
        )
