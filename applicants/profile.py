"""An applicant's profile as plain data: what forms, files and the database all turn into.

Pure. None means not answered (unknown); an empty tuple means answered with "none". The two are
never mixed up: "no U.S. clinical experience" is a fact, "did not say" is not.
"""

import datetime as dt
from dataclasses import dataclass

from applicants.choices import ApplicantType, EcfmgStatus, Exam, Outcome, UsceKind, VisaNeed


@dataclass(frozen=True)
class Sitting:
    """One sitting of an exam, passed or not. Step 1 since 26 January 2022 has no score."""

    exam: Exam
    outcome: Outcome
    date: dt.date | None = None
    score: int | None = None


@dataclass(frozen=True)
class UsceSpell:
    """One spell of U.S. clinical experience. `months` may be a fraction; `specialty` is an ACGME code or ""."""

    kind: UsceKind
    months: float
    specialty: str = ""
    ended: dt.date | None = None


@dataclass(frozen=True)
class Letter:
    """One letter of recommendation. `specialty` is the ACGME code the writer speaks for, or ""."""

    from_us: bool
    specialty: str = ""


@dataclass(frozen=True)
class ProfileData:
    """Everything a criterion or a chance term may ask about one applicant."""

    applicant_type: ApplicantType
    specialties: tuple[str, ...]
    school_country: str = ""
    graduation_year: int | None = None
    sittings: tuple[Sitting, ...] = ()
    # True: `sittings` holds every sitting of every Step. False: only those listed are known.
    sittings_complete: bool = True
    # Failed Step sittings in all, where they are known only as a number (the start page asks for that).
    failed_attempts: int | None = None
    # Known not to be passed yet, though the list of sittings is not complete (the start page asks).
    step2_not_passed: bool = False
    ecfmg_status: EcfmgStatus | None = None
    ecfmg_expected: dt.date | None = None
    usce: tuple[UsceSpell, ...] | None = None
    letters: tuple[Letter, ...] | None = None
    research_experiences: int | None = None
    publications: int | None = None
    volunteer_experiences: int | None = None
    visa_need: VisaNeed | None = None
    preferred_states: tuple[str, ...] = ()
    ruled_out_states: tuple[str, ...] = ()
    ruled_out_program_types: tuple[str, ...] = ()
    budget_usd: int | None = None
    label: str = ""

    def of(self, exam: Exam) -> tuple[Sitting, ...]:
        """The listed sittings of one exam, in the order given."""
        return tuple(sitting for sitting in self.sittings if sitting.exam == exam)
