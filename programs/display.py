"""Values of program fields in words. Pure."""

import re
from datetime import date

from programs.fields import Field, Kind, Value, parse_value
from smartpick.wording import ABBREVIATIONS


def display(field: Field, value: Value) -> str:
    """The value as pages show it; "" for None (unknown)."""
    if value is None:
        return ""
    if field.kind is Kind.YES_NO:
        return "yes" if value else "no"
    if field.kind is Kind.CHOICE:
        return dict(field.choices)[str(value)]
    if isinstance(value, date):
        return f"{value:%B} {value.day}, {value.year}"
    return _number(field, value) if isinstance(value, float | int) else value


def _number(field: Field, value: float) -> str:
    if field.kind is Kind.SHARE:
        return f"{value * 100:.0f}%"
    unit = field.unit.removesuffix("s") if value == 1 else field.unit
    return f"{value:g} {unit}".strip()


def display_text(field: Field, text: str) -> str:
    """The same for a fact's canonical text."""
    return display(field, parse_value(field, text))


def abbreviations_in(*texts: str) -> list[str]:
    """The abbreviations that `texts` use, singular or plural, in the order of the alphabet: what a page has to explain."""
    text = " ".join(texts)
    return [short for short in ABBREVIATIONS if re.search(rf"(?<![\w-]){re.escape(short)}s?(?![\w-])", text)]
