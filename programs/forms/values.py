"""The right control for the value of each kind of field, and its canonical text."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError

from programs import links
from programs.fields import NO, YES, BadValueError, Field, Kind, format_value, parse_value
from programs.limits import LONGEST_URL

CHOOSE = ("", "Choose")
LONGEST_TEXT = 200  # characters, as parse_value takes them
PERCENT = 100
# Digits after the point: half months and tenths of a percent are the finest that anybody states.
DECIMAL_PLACES = 1


def value_input(field: Field) -> forms.Field:
    """A required control for the value of `field`."""
    if field.kind is Kind.YES_NO:
        return _menu(((YES, "yes"), (NO, "no")))
    if field.kind is Kind.CHOICE:
        return _menu(field.choices)
    if field.kind is Kind.DATE:
        return forms.DateField(
            label="Value",
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            error_messages={"invalid": "Enter a date as year-month-day, such as 2026-09-30.", "required": "Enter the date."},
        )
    if field.kind is Kind.TEXT:
        return forms.CharField(label="Value", max_length=LONGEST_TEXT, error_messages={"required": "Enter what the source says."})
    return _number(field)


def _menu(choices: tuple[tuple[str, str], ...]) -> forms.Field:
    messages = {"required": "Choose what the source says.", "invalid_choice": "Choose one of the values in the list."}
    return forms.ChoiceField(label="Value", choices=(CHOOSE, *choices), error_messages=messages)


def _number(field: Field) -> forms.Field:
    low, high = bounds(field)
    whole = field.kind is Kind.INTEGER
    unit = "percent" if field.kind is Kind.SHARE else field.unit
    told = f"Enter a {'whole ' if whole else ''}number from {low:g} to {high:g}{f' ({unit})' if unit else ''}."
    messages = {"required": told, "invalid": told, "min_value": told, "max_value": told, "max_decimal_places": told, "max_digits": told}
    widget = forms.NumberInput(attrs={"inputmode": "numeric" if whole else "decimal"})
    label = f"Value in {unit}" if unit else "Value"
    if whole:
        return forms.IntegerField(label=label, min_value=int(low), max_value=int(high), widget=widget, error_messages=messages)
    return forms.DecimalField(
        label=label, min_value=Decimal(str(low)), max_value=Decimal(str(high)), decimal_places=DECIMAL_PLACES, widget=widget, error_messages=messages
    )


def bounds(field: Field) -> tuple[float, float]:
    """The lowest and the highest number that people can enter; shares are entered in percent."""
    factor = PERCENT if field.kind is Kind.SHARE else 1
    return (field.low or 0) * factor, (field.high or 0) * factor


def canonical(field: Field, entered: object) -> str:
    """What the control of `field` took in, as canonical text. Raises ValidationError for what the field cannot hold."""
    entered = entered / PERCENT if field.kind is Kind.SHARE and isinstance(entered, Decimal) else entered
    try:
        return format_value(field, parse_value(field, str(entered)))
    except BadValueError as error:
        raise ValidationError(str(error)) from error


def evidence_input(label: str, help_text: str) -> forms.Field:
    """A required address of a page that shows what is said."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=LONGEST_URL,
        validators=[_usable],
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        error_messages={"required": "Give the address of a page that says so: without it nobody can check."},
    )


def _usable(url: str) -> None:
    if problem := links.problem(url):
        raise ValidationError(problem)
