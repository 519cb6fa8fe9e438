"""How much hangs on the weights that are judgement: what is varied together, and what was measured.

`sensitivity.csv` says how many tiers of the demonstration data change when a group of weights is
halved or doubled; `manage.py sensitivity --write` writes it. Nothing is computed with it: it is
there for readers.
"""

import csv
import io
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType

from matching.engine.evidence import WeightRow, Weights

FILE = Path(__file__).with_name("sensitivity.csv")
JUDGEMENT = "judgement"  # the source of a weight that no publication gives
HALVED, DOUBLED = 0.5, 2.0
FACTORS = (HALVED, DOUBLED)
MOST_LIKELY = 0.95  # a doubled prior stays short of certainty: what nobody states may always be otherwise


@dataclass(frozen=True)
class Group:
    """Weights that answer one question and are varied together: a curve with all its points, two sides of one choice."""

    key: str
    title: str
    names: tuple[str, ...]


GROUPS = (
    Group("openness", "Share of residents who are IMGs", ("openness",)),
    Group("competition", "Interviews for each application", ("competition",)),
    Group("unfilled", "Positions left unfilled", ("unfilled",)),
    Group("selective", "How far applicants choose where to apply", ("selective",)),
    Group("step2_missing", "Step 2 CK not passed yet", ("step2_missing",)),
    Group("further_fails", "A failed Step 3, and every further fail", ("fail_step3", "fail_more")),
    Group("graduation", "Years since graduation", ("graduation",)),
    Group("usce", "Hands-on U.S. clinical experience", ("usce",)),
    Group("observership", "Observership without hands-on experience", ("observership",)),
    Group("letters", "U.S. letters in the specialty", ("letters",)),
    Group("letters_outside", "U.S. letters outside the specialty", ("letters_outside",)),
    Group("research", "Publications", ("research",)),
    Group("research_university", "Publications at university programs", ("research_university",)),
    Group("mission", "Volunteering, where a mission is stated", ("mission",)),
    Group("visa_need", "Visa need", ("visa_none", "visa_h1b")),
    Group("preferred_state", "A state that you prefer", ("preferred_state",)),
    Group("preference_unmet", "A stated preference that you do not meet", ("preference_unmet",)),
    Group("unclear_unmet", "Stated but not how firmly, and you miss it", ("unclear_unmet",)),
    Group("unsaid_visa", "Visa need not in your profile", ("unsaid_visa", "unsaid_visa_none", "unsaid_h1b_step3")),
    Group("unsaid_exams", "Steps not in your profile", ("unsaid_step1_pass", "unsaid_step1_min", "unsaid_step2_min", "unsaid_step3")),
    Group(
        "unsaid_rest",
        "Certificate, graduation, experience or letters not in your profile",
        ("unsaid_ecfmg", "unsaid_graduation", "unsaid_usce", "unsaid_letters"),
    ),
    Group("placed", "A failed attempt at a Step that you do not name", ("placed_step1", "placed_step2", "placed_step3")),
    Group("national_ecfmg", "Certificate perhaps not in time for the rank list", ("national_ecfmg_unsaid", "national_ecfmg_pending")),
    Group("unstated_accepts", "Whether it takes IMGs: not stated", ("unstated_accepts",)),
    Group("unstated_visa", "Visa sponsorship: not stated", ("unstated_visa_j1", "unstated_visa_h1b", "unstated_visa_either")),
    Group("unstated_step2_min", "Least Step 2 CK score: not stated", ("unstated_step2_min",)),
    Group("unstated_step1_min", "Least Step 1 score: not stated", ("unstated_step1_min",)),
    Group("unstated_step3", "Whether Step 3 is needed: not stated", ("unstated_step3",)),
    Group("unstated_attempts", "Limit of attempts: not stated", ("unstated_attempts",)),
    Group("unstated_graduation", "Limit of years since graduation: not stated", ("unstated_graduation",)),
    Group("unstated_usce", "Least U.S. clinical experience: not stated", ("unstated_usce",)),
    Group("unstated_letters", "Letters asked for: not stated", ("unstated_letters",)),
    Group("unstated_ecfmg", "When the certificate is needed: not stated", ("unstated_ecfmg",)),
)

# Judgement that is not varied: reason -> names.
RANGE_ONLY = "moves the ends of a range or what is asked first; the tier goes by the middle"
LEFT_OUT: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        RANGE_ONLY: (
            "openness_unknown",
            "pooled_share",
            "competition_unknown",
            "step2_median_unknown",
            "plausible",
            "worth_asking",
            "sampling",
            "sampling_least",
        ),
        "a limit or floor that keeps odd data from mattering": ("openness_floor", "competition_limit", "step2_limit", "research_limit"),
        "how soon unfilled positions fade; their weight is varied": ("unfilled_positions", "unfilled_fade"),
        "the typical applicant, from whom effects count: a point of reference": (
            "typical_graduation",
            "typical_step1_min",
            "typical_usce",
            "typical_letters",
            "typical_letters_us_specialty",
        ),
        "bounds of a search that the published figures settle": ("spread_range",),
    }
)


@dataclass(frozen=True)
class Measured:
    """One line of `sensitivity.csv`.

    Of `pairs` (an applicant and a program that nothing excludes) the chance of `touched` changes at
    all, `up` come to a better and `down` to a worse tier, when the weights of `group` are multiplied
    by `factor`. Measured by engine `version` on the demonstration data: `programs` invented from
    `seed`, and its `applicants`, in the specialties in which they apply.
    """

    group: str
    weights: str  # names, separated by a space
    factor: float
    pairs: int
    touched: int
    up: int
    down: int
    version: str
    seed: int
    programs: int
    applicants: int

    @property
    def changed(self) -> int:
        """How many tiers change."""
        return self.up + self.down


def scaled(table: Weights, names: Collection[str], factor: float) -> Weights:
    """`table` with every value of `names` multiplied by `factor`; what is a chance ends at MOST_LIKELY."""
    return Weights(tuple(replace(row, value=_scaled(row, factor)) if row.name in names else row for row in table.rows))


def _scaled(row: WeightRow, factor: float) -> float:
    value = row.value * factor
    return min(value, MOST_LIKELY) if row.unit.startswith("chance") else value


@cache
def measured() -> tuple[Measured, ...]:
    """The committed table."""
    return parse(FILE.read_text(encoding="utf-8"))


def parse(text: str) -> tuple[Measured, ...]:
    """Lines of a table that `as_csv` wrote. Raises KeyError or ValueError for any other text."""
    kinds = {field.name: field.type for field in fields(Measured)}
    return tuple(Measured(**{name: _typed(kind, row[name]) for name, kind in kinds.items()}) for row in csv.DictReader(io.StringIO(text)))  # type: ignore[arg-type]


def _typed(kind: object, text: str) -> str | int | float:
    return int(text) if kind is int else float(text) if kind is float else text


def as_csv(lines: Iterable[Measured]) -> str:
    """The table as text: a header row, then one row a line, in the order given."""
    out = io.StringIO()
    writer = csv.DictWriter(out, [field.name for field in fields(Measured)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(line) for line in lines)
    return out.getvalue()
