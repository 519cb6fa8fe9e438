"""Our own template as a file to download, and what belongs in each of its columns. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from programs.choices import Strictness
from programs.fields import BY_NAME, Field, Kind
from programs.imports.catalog import template_meanings
from programs.imports.columns import STRICTNESS_SUFFIX
from programs.imports.meanings import Meaning
from smartpick.exports import csv_bytes

DICTIONARY_HEADER = ("column", "label", "kind", "allowed", "example", "help")
KIND_NAMES: Mapping[Kind, str] = {
    Kind.YES_NO: "yes or no",
    Kind.INTEGER: "whole number",
    Kind.DECIMAL: "number",
    Kind.SHARE: "share",
    Kind.CHOICE: "one of a list",
    Kind.DATE: "day",
    Kind.TEXT: "web address",
}
EXAMPLES: Mapping[Kind, str] = {Kind.YES_NO: "yes", Kind.SHARE: "0.62", Kind.DATE: "2026-09-30", Kind.TEXT: "https://example.org/residency"}
NUMBERS: Mapping[str, str] = {
    "max_years_since_graduation": "5",
    "step1_min": "210",
    "step2_min": "220",
    "usce_min_months": "1.5",
    "step2_q1": "235",
    "step2_median": "245",
    "step2_q3": "255",
    "positions": "12",
    "applications_received": "3000",
    "interviews_given": "150",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What belongs in one column of the template. `allowed` is in words, `example` a cell that is read."""

    column: str
    label: str
    kind: str
    allowed: str
    example: str
    help: str


# Those that are no facts. The ids are of no program.
IDENTITY: Mapping[str, tuple[str, str, str]] = {
    "acgme_id": ("text", "10 digits, the first three of the specialty", "1409999999"),
    "nrmp_code": ("text", "7 digits, a letter of C, M, P, A, R, and a digit; several with spaces between", "9999140C0 9999140P0"),
    "institution": ("text", "up to 160 characters", "Ferny Brook Invented Hospital"),
    "specialty": ("text", "a name or three-digit code on record", "Internal Medicine"),
    "city": ("text", "up to 80 characters", "Ferny Brook"),
    "state": ("text", "a name or two-letter code on record", "OH"),
    "closed_on": ("day", "year-month-day", "2026-06-30"),
}
IDENTITY_HELP: Mapping[str, str] = {
    "acgme_id": "Which program it is. A row needs this or an NRMP code.",
    "nrmp_code": "The tracks of the program.",
    "institution": "What the program is called. A program that is not on record yet needs it.",
    "specialty": "Only to check the ids against.",
    "city": "Where it is.",
    "state": "Where it is.",
    "closed_on": "Blank for a program that is open.",
}


def template_csv() -> bytes:
    """The template: its header alone, since any row below it would be imported."""
    return csv_bytes([meaning.key for meaning in template_meanings()], [])


def data_dictionary() -> list[Entry]:
    """What belongs in each column, in the order of the template."""
    return [_entry(meaning) for meaning in template_meanings()]


def data_dictionary_csv() -> bytes:
    """The data dictionary as a file."""
    return csv_bytes(DICTIONARY_HEADER, [(entry.column, entry.label, entry.kind, entry.allowed, entry.example, entry.help) for entry in data_dictionary()])


def _entry(meaning: Meaning) -> Entry:
    name = meaning.key
    if name in IDENTITY:
        kind, allowed, example = IDENTITY[name]
        return Entry(name, meaning.label, kind, allowed, example, IDENTITY_HELP[name])
    if name.endswith(STRICTNESS_SUFFIX):
        plain = name.removesuffix(STRICTNESS_SUFFIX)
        text = f"How firm {plain} is. Only what is strict excludes anybody; blank counts as {Strictness.UNCLEAR}."
        return Entry(name, meaning.label, KIND_NAMES[Kind.CHOICE], ", ".join(Strictness.values), Strictness.PREFERRED.value, text)
    field = BY_NAME[name]
    return Entry(name, field.label, KIND_NAMES[field.kind], _allowed(field), _example(field), field.help or "Blank where it is not stated.")


def _allowed(field: Field) -> str:
    if field.kind is Kind.CHOICE:
        return ", ".join(key for key, _ in field.choices)
    if field.low is not None and field.high is not None:
        unit = f" {field.unit}" if field.unit else ""
        percent = ", or with its sign from 0% to 100%" if field.kind is Kind.SHARE else ""
        return f"{field.low:g} to {field.high:g}{unit}{percent}"
    return {Kind.YES_NO: "yes, no", Kind.DATE: "year-month-day", Kind.TEXT: "from https:// on, up to 200 characters"}[field.kind]


def _example(field: Field) -> str:
    if field.kind is Kind.CHOICE:
        return field.choices[0][0]
    if field.kind in EXAMPLES:
        return EXAMPLES[field.kind]
    return NUMBERS.get(field.name, "2")
