"""Every field of a program that facts can state: the one list that models, imports and pages share.

Pure. A fact's value is kept as canonical text ("yes", "220", "0.62", "2026-09-30"); `parse_value`
turns it into what the current-value column of `Program` holds, `format_value` back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from programs.choices import EcfmgBy, ProgramType, Setting

Value = bool | int | float | str | date | None
YES, NO = "yes", "no"


class Kind(StrEnum):
    """What a canonical value looks like."""

    YES_NO = "yes_no"
    INTEGER = "integer"
    DECIMAL = "decimal"
    SHARE = "share"
    CHOICE = "choice"
    DATE = "date"
    TEXT = "text"


class Group(StrEnum):
    """The heading a field stands under on the program page."""

    ELIGIBILITY = "Who may apply"
    EXAMS = "Exams and attempts"
    EXPERIENCE = "Experience and letters"
    RESIDENTS = "Residents"
    PROGRAM = "The program"


@dataclass(frozen=True)
class Field:
    """One field. `requirement` fields can exclude, so they carry a strictness and can conflict."""

    name: str
    label: str
    kind: Kind
    group: Group
    requirement: bool = False
    low: float | None = None
    high: float | None = None
    unit: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    help: str = ""


E_, X_, P_, R_, G_ = Group.ELIGIBILITY, Group.EXAMS, Group.EXPERIENCE, Group.RESIDENTS, Group.PROGRAM

FIELDS: tuple[Field, ...] = (
    Field("accepts_us_img", "Takes U.S. IMGs", Kind.YES_NO, E_, requirement=True),
    Field("accepts_non_us_img", "Takes non-U.S. IMGs", Kind.YES_NO, E_, requirement=True),
    Field("visa_j1", "J-1 visa", Kind.YES_NO, E_, requirement=True),
    Field("visa_h1b", "H-1B visa", Kind.YES_NO, E_, requirement=True),
    Field("ecfmg_needed_by", "ECFMG certificate needed", Kind.CHOICE, E_, requirement=True, choices=tuple(EcfmgBy.choices)),
    Field("max_years_since_graduation", "Most years since graduation", Kind.INTEGER, E_, requirement=True, low=0, high=60, unit="years"),
    Field("step1_pass_needed", "Step 1 pass needed", Kind.YES_NO, X_, requirement=True),
    Field("step1_min", "Step 1 minimum", Kind.INTEGER, X_, requirement=True, low=1, high=300, help="Only for those who hold a three-digit Step 1 score."),
    Field("step2_min", "Step 2 CK minimum", Kind.INTEGER, X_, requirement=True, low=1, high=300),
    Field("step3_needed", "Step 3 needed", Kind.YES_NO, X_, requirement=True),
    Field("step3_needed_for_h1b", "Step 3 needed to apply for H-1B", Kind.YES_NO, X_, requirement=True),
    Field("step1_max_attempts", "Most attempts at Step 1", Kind.INTEGER, X_, requirement=True, low=1, high=4, unit="attempts"),
    Field("step2_max_attempts", "Most attempts at Step 2 CK", Kind.INTEGER, X_, requirement=True, low=1, high=4, unit="attempts"),
    Field("step3_max_attempts", "Most attempts at Step 3", Kind.INTEGER, X_, requirement=True, low=1, high=4, unit="attempts"),
    Field("usce_min_months", "U.S. clinical experience", Kind.DECIMAL, P_, requirement=True, low=0, high=60, unit="months"),
    Field("usce_hands_on_only", "Only hands-on experience counts", Kind.YES_NO, P_, requirement=True),
    Field("letters_min", "Letters in all", Kind.INTEGER, P_, requirement=True, low=0, high=6, unit="letters"),
    Field("letters_us_min", "U.S. letters", Kind.INTEGER, P_, requirement=True, low=0, high=6, unit="letters"),
    Field("letters_specialty_min", "Letters in the specialty", Kind.INTEGER, P_, requirement=True, low=0, high=6, unit="letters"),
    Field("share_non_us_img", "Non-U.S. IMGs among residents", Kind.SHARE, R_, low=0, high=1),
    Field("share_us_img", "U.S. IMGs among residents", Kind.SHARE, R_, low=0, high=1),
    Field("share_img", "IMGs among residents, both kinds together", Kind.SHARE, R_, low=0, high=1),
    Field("share_do", "DOs among residents", Kind.SHARE, R_, low=0, high=1),
    Field("share_md", "U.S. MDs among residents", Kind.SHARE, R_, low=0, high=1),
    Field("step2_q1", "Step 2 CK of residents, lower quartile", Kind.INTEGER, R_, low=150, high=300),
    Field("step2_median", "Step 2 CK of residents, middle", Kind.INTEGER, R_, low=150, high=300),
    Field("step2_q3", "Step 2 CK of residents, upper quartile", Kind.INTEGER, R_, low=150, high=300),
    Field("positions", "First-year positions", Kind.INTEGER, G_, low=0, high=300),
    Field("applications_received", "Applications received last season", Kind.INTEGER, G_, low=0, high=20000),
    Field("interviews_given", "Interviews given last season", Kind.INTEGER, G_, low=0, high=5000),
    Field("program_type", "Program type", Kind.CHOICE, G_, choices=tuple(ProgramType.choices)),
    Field("setting", "Setting", Kind.CHOICE, G_, choices=tuple(Setting.choices)),
    Field("underserved_mission", "Mission for underserved people", Kind.YES_NO, G_),
    Field("holistic_review", "States holistic review", Kind.YES_NO, G_),
    Field("signals_used", "Takes part in signals", Kind.YES_NO, G_),
    Field("deadline", "Deadline", Kind.DATE, G_),
    Field("website", "Website", Kind.TEXT, G_),
)
BY_NAME: Mapping[str, Field] = MappingProxyType({field.name: field for field in FIELDS})
REQUIREMENTS: tuple[Field, ...] = tuple(field for field in FIELDS if field.requirement)
# A plain "no" to these is firm by its nature, even where nobody wrote "strictly".
FIRM_BY_NATURE = frozenset({"accepts_us_img", "accepts_non_us_img", "visa_j1", "visa_h1b"})
# What decides whether an applicant is screened out: "key facts unknown" counts these.
KEY_FIELDS: tuple[str, ...] = (
    "accepts_us_img",
    "accepts_non_us_img",
    "visa_j1",
    "visa_h1b",
    "ecfmg_needed_by",
    "max_years_since_graduation",
    "step2_min",
    "step2_max_attempts",
    "usce_min_months",
    "letters_us_min",
    "step2_median",
)


class BadValueError(ValueError):
    """A value that the field cannot hold; the message says what it can."""


def parse_value(field: Field, text: str) -> Value:
    """Canonical text to the Python value. Raises BadValueError, with the remedy, for anything else."""
    if field.kind is Kind.YES_NO:
        if text not in {YES, NO}:
            raise BadValueError(f"{field.label}: write yes or no, not {text!r}.")
        return text == YES
    if field.kind is Kind.CHOICE:
        if text not in dict(field.choices):
            raise BadValueError(f"{field.label}: write one of {', '.join(key for key, _ in field.choices)}, not {text!r}.")
        return text
    if field.kind is Kind.DATE:
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise BadValueError(f"{field.label}: write the date as 2026-09-30, not {text!r}.") from None
    if field.kind is Kind.TEXT:
        if not text or len(text) > 200:
            raise BadValueError(f"{field.label}: write 1 to 200 characters.")
        return text
    return _parse_number(field, text)


def _parse_number(field: Field, text: str) -> int | float:
    whole = field.kind is Kind.INTEGER
    try:
        number = int(text) if whole else float(text)
    except ValueError:
        raise BadValueError(f"{field.label}: write a {'whole ' if whole else ''}number, not {text!r}.") from None
    # NaN compares false with everything, so it has to fail the positive test.
    if not ((field.low is None or number >= field.low) and (field.high is None or number <= field.high)):
        raise BadValueError(f"{field.label}: {text} is outside {field.low:g} to {field.high:g}.")
    return number


def format_value(field: Field, value: Value) -> str:
    """Turn a value into canonical text: what `parse_value` reads back as the same value."""
    if field.kind is Kind.YES_NO:
        return YES if value else NO
    if field.kind in {Kind.DECIMAL, Kind.SHARE}:
        return f"{value:g}"
    return str(value)
