"""Profiles become the engine's table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from applicants.choices import HANDS_ON, ApplicantType, EcfmgStatus, Exam, Outcome, VisaNeed
from applicants.profile import ProfileData
from matching.adapters.columns import PROGRAM_TYPES, numbers
from matching.engine.tables import NO, UNKNOWN, YES, ApplicantKind, ApplicantTable, Stage, Tri, Visa
from matching.queries import season_dates, state_codes

KINDS = {ApplicantType.US_IMG: ApplicantKind.US_IMG, ApplicantType.NON_US_IMG: ApplicantKind.NON_US_IMG}
VISAS = {VisaNeed.NONE: Visa.NONE, VisaNeed.J1: Visa.J1, VisaNeed.H1B: Visa.H1B, VisaNeed.EITHER: Visa.EITHER}


@dataclass(frozen=True)
class Season:
    """The dates of one Match that decide how far along an applicant is; None where a date is not known."""

    match_year: int
    applications: date | None
    ranking_opens: date | None
    ranking_closes: date | None
    training_starts: date | None


def season(match_year: int) -> Season:
    """The season of a Match year, from the calendar. 1 query."""
    dates = season_dates(match_year)
    keys = ("programs-review", "ranking-opens", "ranking-closes", "training-starts")
    return Season(match_year, *(dates.get(key) for key in keys))


def applicant_table(profiles: Sequence[ProfileData], specialty: str, when: Season, places: tuple[str, ...] | None = None) -> ApplicantTable:
    """N profiles as they stand towards one specialty in one season. 1 query (the list of states), or none with `places`."""
    places = state_codes() if places is None else places

    def each(value: Callable[[ProfileData], object]) -> list[object]:
        return [value(profile) for profile in profiles]

    stages = [_ecfmg_stages(profile, when) for profile in profiles]
    fails = {exam: [_fails(profile, exam) for profile in profiles] for exam in (Exam.STEP1, Exam.STEP2_CK, Exam.STEP3)}
    return ApplicantTable(
        kind=np.array(each(lambda profile: KINDS[profile.applicant_type]), np.int8),
        step2_score=numbers(each(lambda profile: _best_score(profile, Exam.STEP2_CK))),
        step1_score=numbers(each(lambda profile: _best_score(profile, Exam.STEP1))),
        step1_passed=_passed(profiles, Exam.STEP1),
        step2_passed=_passed(profiles, Exam.STEP2_CK),
        step3_passed=_passed(profiles, Exam.STEP3),
        fails_step1_min=numbers(low for low, _ in fails[Exam.STEP1]),
        fails_step1_max=numbers(high for _, high in fails[Exam.STEP1]),
        fails_step2_min=numbers(low for low, _ in fails[Exam.STEP2_CK]),
        fails_step2_max=numbers(high for _, high in fails[Exam.STEP2_CK]),
        fails_step3_min=numbers(low for low, _ in fails[Exam.STEP3]),
        fails_step3_max=numbers(high for _, high in fails[Exam.STEP3]),
        fails_total=numbers(each(_fails_total)),
        years_since_graduation=numbers(each(lambda profile: years_since_graduation(profile, when.match_year))),
        hands_on_months=numbers(each(lambda profile: _usce_months(profile, hands_on=True))),
        observership_months=numbers(each(lambda profile: _usce_months(profile, hands_on=False))),
        letters=numbers(each(lambda profile: _letters(profile, "", us_only=False))),
        letters_us=numbers(each(lambda profile: _letters(profile, "", us_only=True))),
        letters_specialty=numbers(each(lambda profile: _letters(profile, specialty, us_only=False))),
        letters_us_specialty=numbers(each(lambda profile: _letters(profile, specialty, us_only=True))),
        publications=numbers(each(lambda profile: profile.publications)),
        volunteer_experiences=numbers(each(lambda profile: profile.volunteer_experiences)),
        visa=np.array(each(_visa), np.int8),
        ecfmg_earliest=numbers(stage for stage, _ in stages),
        ecfmg_latest=numbers(stage for _, stage in stages),
        preferred_states=_choices([profile.preferred_states for profile in profiles], places),
        ruled_out_states=_choices([profile.ruled_out_states for profile in profiles], places),
        ruled_out_types=_choices([profile.ruled_out_program_types for profile in profiles], PROGRAM_TYPES),
    )


def years_since_graduation(profile: ProfileData, match_year: int) -> int | None:
    """Whole years from the year of graduation to 1 July of the Match year; never negative."""
    return None if profile.graduation_year is None else max(match_year - profile.graduation_year, 0)


def _best_score(profile: ProfileData, exam: Exam) -> int | None:
    """The score of the sitting that passed; a failed sitting's number is no score to be compared by."""
    return next((sitting.score for sitting in profile.of(exam) if sitting.outcome == Outcome.PASS), None)


def _passed(profiles: Sequence[ProfileData], exam: Exam) -> Tri:
    return np.array([_passed_one(profile, exam) for profile in profiles], np.int8)


def _passed_one(profile: ProfileData, exam: Exam) -> int:
    outcomes = {sitting.outcome for sitting in profile.of(exam)}
    if Outcome.PASS in outcomes:
        return YES
    if exam == Exam.STEP2_CK and profile.step2_not_passed:
        return NO
    return NO if profile.sittings_complete and Outcome.AWAITED not in outcomes else UNKNOWN


def _listed_fails(profile: ProfileData, exam: Exam | None = None) -> int:
    steps = (Exam.STEP1, Exam.STEP2_CK, Exam.STEP3) if exam is None else (exam,)
    return sum(sitting.outcome == Outcome.FAIL for sitting in profile.sittings if sitting.exam in steps)


def _fails_total(profile: ProfileData) -> int | None:
    return _listed_fails(profile) if profile.sittings_complete else profile.failed_attempts


def _fails(profile: ProfileData, exam: Exam) -> tuple[int, int | None]:
    """Bounds on the failed sittings of one Step: (at least, at most); None at most is unknown."""
    listed, total = _listed_fails(profile, exam), _fails_total(profile)
    if profile.sittings_complete:
        return listed, listed
    return listed, None if total is None else listed + max(total - _listed_fails(profile), 0)


def _usce_months(profile: ProfileData, *, hands_on: bool) -> float | None:
    if profile.usce is None:
        return None
    return sum(spell.months for spell in profile.usce if (spell.kind in HANDS_ON) == hands_on)


def _letters(profile: ProfileData, specialty: str, *, us_only: bool) -> int | None:
    if profile.letters is None:
        return None
    return sum((letter.from_us or not us_only) and (not specialty or letter.specialty == specialty) for letter in profile.letters)


def _visa(profile: ProfileData) -> Visa:
    """A U.S. citizen needs none, asked or not."""
    if profile.applicant_type == ApplicantType.US_IMG:
        return Visa.NONE
    return VISAS[profile.visa_need] if profile.visa_need else Visa.UNKNOWN


def _ecfmg_stages(profile: ProfileData, when: Season) -> tuple[Stage, Stage | None]:
    """The stages at which the certificate is there, at the earliest and at the latest (None: cannot be said)."""
    if profile.ecfmg_status == EcfmgStatus.CERTIFIED:
        return Stage.APPLICATION, Stage.APPLICATION
    expected = _stage_of(profile.ecfmg_expected, when) if profile.ecfmg_expected else None
    if expected is not None:
        return expected, expected
    pending = profile.ecfmg_status is not None or NO in {_passed_one(profile, exam) for exam in (Exam.STEP1, Exam.STEP2_CK)}
    return (Stage.INTERVIEW if pending else Stage.APPLICATION), None


def _stage_of(day: date, when: Season) -> Stage | None:
    ends = (when.applications, when.ranking_opens, when.ranking_closes, when.training_starts)
    for stage, end in zip(Stage, ends, strict=False):
        if end is None:
            return None
        if day <= end:
            return stage
    return Stage.LATER


def _choices(chosen: Sequence[Sequence[str]], codes: Sequence[str]) -> NDArray[np.bool_]:
    """One row a profile, one column a code."""
    return np.array([[code in wanted for code in codes] for wanted in chosen], np.bool_).reshape(len(chosen), len(codes))
