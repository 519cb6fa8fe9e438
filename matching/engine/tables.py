"""The two inputs of the engine: applicants and programs as named columns.

Numbers are float64 with NaN for unknown. Yes/no columns are int8: 1 yes, -1 no, 0 unknown, so that
"no" and "not said" can never be taken for one another. All arrays of a table have its length first.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Tri = NDArray[np.int8]
Bools = NDArray[np.bool_]
Index = NDArray[np.intp]

YES, UNKNOWN, NO = 1, 0, -1


class ApplicantKind(IntEnum):
    """NRMP's split of IMGs by citizenship."""

    US_IMG = 0
    NON_US_IMG = 1


class Visa(IntEnum):
    """What the applicant needs; UNKNOWN where the question was not answered."""

    UNKNOWN = 0
    NONE = 1
    J1 = 2
    H1B = 3
    EITHER = 4


class Stage(IntEnum):
    """Moments of a season, in order; LATER is after training would start."""

    APPLICATION = 0
    INTERVIEW = 1
    RANKING = 2
    START = 3
    LATER = 4


class Strict(IntEnum):
    """How firmly a requirement is stated. UNCLEAR also stands for a requirement not stated at all."""

    UNCLEAR = 0
    PREFERRED = 1
    STRICT = 2


class University(IntEnum):
    """Is the program a university's own? AFFILIATED counts half-way."""

    UNKNOWN = -1
    NO = 0
    AFFILIATED = 1
    YES = 2


# Requirements that can exclude, by column of ProgramTable; each has a column in `strictness`.
REQUIREMENTS = (
    "accepts_us_img",
    "accepts_non_us_img",
    "visa_j1",
    "visa_h1b",
    "ecfmg_needed_by",
    "max_years_since_graduation",
    "step1_pass_needed",
    "step1_min",
    "step2_min",
    "step3_needed",
    "step1_max_attempts",
    "step2_max_attempts",
    "step3_max_attempts",
    "usce_min_months",
    "usce_hands_on_only",
    "letters_min",
    "letters_us_min",
    "letters_specialty_min",
)


def _rows(table: "ProgramTable | ApplicantTable", index: Index) -> dict[str, Any]:
    """Every array column of `table` at `index`."""
    columns = {field.name: getattr(table, field.name) for field in fields(table)}
    return {name: column[index] for name, column in columns.items() if isinstance(column, np.ndarray)}


@dataclass(frozen=True)
class ProgramTable:
    """The m programs of one specialty. Shares are 0 to 1, scores are Step 2 CK points."""

    specialty: str
    ids: NDArray[np.int64]
    state: NDArray[np.int16]  # index into the caller's list of states; -1 unknown
    program_type: NDArray[np.int8]  # index into the caller's list of types; -1 unknown
    university: NDArray[np.int8]  # University
    accepts_us_img: Tri
    accepts_non_us_img: Tri
    visa_j1: Tri
    visa_h1b: Tri
    ecfmg_needed_by: Floats  # Stage
    max_years_since_graduation: Floats
    step1_pass_needed: Tri
    step1_min: Floats
    step2_min: Floats
    step3_needed: Tri
    step3_needed_for_h1b: Tri
    step1_max_attempts: Floats
    step2_max_attempts: Floats
    step3_max_attempts: Floats
    usce_min_months: Floats
    usce_hands_on_only: Tri
    letters_min: Floats
    letters_us_min: Floats
    letters_specialty_min: Floats
    share_non_us_img: Floats
    share_us_img: Floats
    share_img: Floats
    step2_median: Floats
    applications_received: Floats
    interviews_given: Floats
    unfilled_share: Floats
    unfilled_quota: Floats  # positions that the share is of
    unfilled_age: Floats  # years from the newest Match it is of to the current one
    underserved_mission: Tri
    strictness: Mapping[str, NDArray[np.int8]]  # requirement -> Strict, each (m,)

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, index: Index) -> "ProgramTable":
        """The programs at `index`, in that order."""
        strictness = {name: column[index] for name, column in self.strictness.items()}
        return replace(self, **_rows(self, index), strictness=strictness)


@dataclass(frozen=True)
class ApplicantTable:
    """n applicants, as they stand towards one specialty.

    `fails_*_min` and `_max` bound the failed sittings of a Step: equal where every sitting is known.
    `fails_total` is NaN where not even the number of fails is known. The certificate's stages are
    equal where it is there or its date is known.
    """

    kind: NDArray[np.int8]  # ApplicantKind
    step2_score: Floats
    step1_score: Floats
    step1_passed: Tri
    step2_passed: Tri
    step3_passed: Tri
    fails_step1_min: Floats
    fails_step1_max: Floats
    fails_step2_min: Floats
    fails_step2_max: Floats
    fails_step3_min: Floats
    fails_step3_max: Floats
    fails_total: Floats
    years_since_graduation: Floats
    hands_on_months: Floats
    observership_months: Floats
    letters: Floats
    letters_us: Floats
    letters_specialty: Floats
    letters_us_specialty: Floats
    publications: Floats
    volunteer_experiences: Floats
    visa: NDArray[np.int8]  # Visa
    ecfmg_earliest: Floats  # Stage, at the earliest, at which the certificate is there
    ecfmg_latest: Floats  # and at the latest; NaN where that cannot be said
    preferred_states: Bools  # (n, states)
    ruled_out_states: Bools  # (n, states)
    ruled_out_types: Bools  # (n, types)

    def __len__(self) -> int:
        return len(self.kind)

    def take(self, index: Index) -> "ApplicantTable":
        """The applicants at `index`, in that order."""
        return replace(self, **_rows(self, index))


def unknown_program(specialty: str) -> ProgramTable:
    """One program of which nothing is known."""
    codes = {"ids": np.int64, "state": np.int16, "program_type": np.int8, "university": np.int8}
    unknown = {"ids": 0, "state": -1, "program_type": -1, "university": University.UNKNOWN}
    columns: dict[str, Any] = {name: np.array([unknown[name]], dtype) for name, dtype in codes.items()}
    for field in fields(ProgramTable):
        if field.name not in columns and field.name not in {"specialty", "strictness"}:
            columns[field.name] = np.zeros(1, np.int8) if field.type is Tri else np.full(1, np.nan)
    return ProgramTable(specialty=specialty, strictness={name: np.array([Strict.UNCLEAR], np.int8) for name in REQUIREMENTS}, **columns)
