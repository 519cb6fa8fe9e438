"""The phrases for criteria that pages and notices share. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from matching.engine import Criterion
from matching.engine.tables import ApplicantKind, Visa


@dataclass(frozen=True)
class CriterionWords:
    """`question` stands in lists of what is not known, `group` over the excluded programs.

    `answer` is what the applicant could add to their profile to settle it.
    """

    question: str
    group: str
    fields: tuple[str, ...]
    answer: str = ""


CRITERIA: Mapping[Criterion, CriterionWords] = MappingProxyType(
    {
        Criterion.ACCEPTS: CriterionWords("whether it takes your kind of IMG", "Takes none of your kind of IMG", ("accepts_us_img", "accepts_non_us_img")),
        Criterion.VISA: CriterionWords("whether it sponsors your visa", "Does not sponsor your visa", ("visa_j1", "visa_h1b"), "your visa need"),
        Criterion.H1B_STEP3: CriterionWords("Step 3 for H-1B", "Step 3 needed for H-1B", ("step3_needed_for_h1b", "visa_h1b"), "Step 3"),
        Criterion.ECFMG: CriterionWords(
            "when it asks for the ECFMG certificate", "ECFMG certificate needed earlier", ("ecfmg_needed_by",), "when you expect the ECFMG certificate"
        ),
        Criterion.GRADUATION: CriterionWords(
            "its limit on years since graduation", "Limit on years since graduation", ("max_years_since_graduation",), "year of graduation"
        ),
        Criterion.STEP1_PASS: CriterionWords("whether Step 1 must be passed", "Step 1 pass needed", ("step1_pass_needed",), "Step 1"),
        Criterion.STEP1_MIN: CriterionWords("its Step 1 minimum", "Step 1 minimum not reached", ("step1_min",), "Step 1"),
        Criterion.STEP2_MIN: CriterionWords("its Step 2 CK minimum", "Step 2 CK minimum not reached", ("step2_min",), "Step 2 CK score"),
        Criterion.STEP3: CriterionWords("whether Step 3 is needed", "Step 3 needed", ("step3_needed",), "Step 3"),
        Criterion.STEP1_ATTEMPTS: CriterionWords(
            "its limit on Step 1 attempts", "Limit on Step 1 attempts", ("step1_max_attempts",), "every sitting of each Step"
        ),
        Criterion.STEP2_ATTEMPTS: CriterionWords(
            "its limit on Step 2 CK attempts", "Limit on Step 2 CK attempts", ("step2_max_attempts",), "every sitting of each Step"
        ),
        Criterion.STEP3_ATTEMPTS: CriterionWords(
            "its limit on Step 3 attempts", "Limit on Step 3 attempts", ("step3_max_attempts",), "every sitting of each Step"
        ),
        Criterion.USCE: CriterionWords(
            "how much U.S. clinical experience it asks for", "U.S. clinical experience asked for", ("usce_min_months",), "U.S. clinical experience"
        ),
        Criterion.LETTERS: CriterionWords("how many letters it asks for", "Letters asked for", ("letters_min",), "letters"),
        Criterion.LETTERS_US: CriterionWords("how many U.S. letters it asks for", "U.S. letters asked for", ("letters_us_min",), "letters"),
        Criterion.LETTERS_SPECIALTY: CriterionWords(
            "how many specialty letters it asks for", "Letters in the specialty asked for", ("letters_specialty_min",), "letters"
        ),
        Criterion.NATIONAL_ATTEMPTS: CriterionWords(
            "whether four attempts at a Step are used up", "National rule: four attempts at a Step without a pass", (), "every sitting of each Step"
        ),
        Criterion.NATIONAL_ECFMG: CriterionWords(
            "whether the ECFMG certificate comes in time",
            "National rule: no ECFMG certificate by the rank-list deadline",
            (),
            "when you expect the ECFMG certificate",
        ),
        Criterion.OWN_STATE: CriterionWords("", "In a state you ruled out", ()),
        Criterion.OWN_TYPE: CriterionWords("", "Of a program type you ruled out", ("program_type",)),
    }
)

# Of two fields behind a criterion, those that are about this kind of applicant; a field that is not named is about everybody.
ABOUT_KIND: Mapping[str, frozenset[ApplicantKind]] = MappingProxyType(
    {"accepts_us_img": frozenset({ApplicantKind.US_IMG}), "accepts_non_us_img": frozenset({ApplicantKind.NON_US_IMG})}
)
ABOUT_VISA: Mapping[str, frozenset[Visa]] = MappingProxyType(
    {"visa_j1": frozenset({Visa.J1, Visa.EITHER, Visa.UNKNOWN}), "visa_h1b": frozenset({Visa.H1B, Visa.EITHER, Visa.UNKNOWN})}
)


def fields_behind(criterion: Criterion, *, kind: int, visa: int) -> tuple[str, ...]:
    """The fields that decide a criterion for an applicant of this kind and visa need (codes of the engine)."""
    return tuple(name for name in CRITERIA[criterion].fields if kind in ABOUT_KIND.get(name, {kind}) and visa in ABOUT_VISA.get(name, {visa}))
