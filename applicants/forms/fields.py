"""Form fields with messages that say what to do."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from applicants.forms.reference import Choice

NOT_SAID: Choice = ("", "Not said")
# What a date control sends, and what people type where the browser has none.
DATE_FORMATS = ("%Y-%m-%d", "%m/%d/%Y")


class Menu(forms.Select):
    """A select drawn in one go. Django renders a template for every option, which took half of the profile page's time."""

    def render(self, name: str, value: object, attrs: Mapping[str, Any] | None = None, renderer: BaseRenderer | None = None) -> SafeString:
        """Draw the select with its options, escaped. `renderer` has nothing to do."""
        widget = self.get_context(name, value, dict(attrs or {}))["widget"]
        options = [option for _, group, _ in widget["optgroups"] for option in group]
        rows = ((flatatt({"value": option["value"], "selected": option["selected"]}), option["label"]) for option in options)
        return format_html("<select{}>{}</select>", flatatt({"name": name, **widget["attrs"]}), format_html_join("", "<option{}>{}</option>", rows))


def whole_number(label: str, *, lowest: int = 0, highest: int, help_text: str = "") -> forms.IntegerField:
    """Make an optional whole number. The range is a hint for the browser; the validators hold it."""
    return forms.IntegerField(
        label=label,
        required=False,
        help_text=help_text,
        widget=forms.NumberInput(attrs={"min": lowest, "max": highest, "inputmode": "numeric"}),
        error_messages={"invalid": f"Enter a whole number from {lowest} to {highest}, or leave it blank."},
    )


def day(label: str, *, help_text: str = "") -> forms.DateField:
    """Make an optional date."""
    return forms.DateField(
        label=label,
        required=False,
        help_text=help_text,
        input_formats=DATE_FORMATS,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": "Enter a date as year-month-day, such as 2026-03-09, or leave it blank."},
    )


def pick(label: str, choices: Iterable[Choice] = (), *, blank: Choice | None = NOT_SAID, help_text: str = "") -> forms.ChoiceField:
    """Make a menu; optional where it has a `blank` line."""
    return forms.ChoiceField(
        label=label,
        required=blank is None,
        help_text=help_text,
        choices=[*([blank] if blank else []), *choices],
        widget=Menu,
        error_messages={"invalid_choice": "Choose one of the answers in the list.", "required": "Choose one of the answers in the list."},
    )


def tick(label: str, *, help_text: str = "") -> forms.BooleanField:
    """Make a checkbox that may stay empty."""
    return forms.BooleanField(label=label, required=False, help_text=help_text)


def several(label: str, choices: Iterable[Choice] = (), *, help_text: str = "") -> forms.MultipleChoiceField:
    """Make a group of checkboxes, none of them required."""
    return forms.MultipleChoiceField(
        label=label,
        required=False,
        help_text=help_text,
        choices=list(choices),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose from the list only.", "invalid_list": "Choose from the list only."},
    )
