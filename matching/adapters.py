"""Querysets and profiles become the engine's tables. The only file that knows both sides."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from applicants.choices import HANDS_ON, ApplicantType, EcfmgStatus, Exam, Outcome, VisaNeed
from applicants.profile import ProfileData
from matching.engine import Model, ProgramTable, anchor
from matching.engine.tables import NO, REQUIREMENTS, UNKNOWN, YES, ApplicantKind, ApplicantTable, Floats, Stage, Strict, Tri, University, Visa
from matching.queries import left_out, on_lists, season_dates, state_codes
from programs.choices import EcfmgBy, FactState, ProgramType, Strictness
from programs.queries import data_version
from programs.resolution import PackedStates, unpack

PROGRAM_TYPES = tuple(ProgramType.values)
KINDS = {ApplicantType.US_IMG: ApplicantKind.US_IMG, ApplicantType.NON_US_IMG: ApplicantKind.NON_US_IMG}
VISAS = {VisaNeed.NONE: Visa.NONE, VisaNeed.J1: Visa.J1, VisaNeed.H1B: Visa.H1B, VisaNeed.EITHER: Visa.EITHER}
STAGES = {EcfmgBy.APPLICATION: Stage.APPLICATION, EcfmgBy.INTERVIEW: Stage.INTERVIEW, EcfmgBy.RANKING: Stage.RANKING, EcfmgBy.START: Stage.START}
STRICT = {Strictness.STRICT: Strict.STRICT, Strictness.PREFERRED: Strict.PREFERRED, Strictness.UNCLEAR: Strict.UNCLEAR}
UNIVERSITY = {
    ProgramType.UNIVERSITY: University.YES,
    ProgramType.AFFILIATED: University.AFFILIATED,
    ProgramType.COMMUNITY: University.NO,
    ProgramType.MILITARY: University.NO,
}
# A plain "no" to these is firm by its nature, even where nobody wrote "strictly".
FIRM_BY_NATURE = frozenset({"accepts_us_img", "accepts_non_us_img", "visa_j1", "visa_h1b"})
YES_NO_COLUMNS = (
    "visa_j1",
    "visa_h1b",
    "step1_pass_needed",
    "step3_needed",
    "step3_needed_for_h1b",
    "usce_hands_on_only",
    "underserved_mission",
)
NUMBER_COLUMNS = (
    "max_years_since_graduation",
    "step1_min",
    "step2_min",
    "step1_max_attempts",
    "step2_max_attempts",
    "step3_max_attempts",
    "usce_min_months",
    "letters_min",
    "letters_us_min",
    "letters_specialty_min",
    "share_non_us_img",
    "share_us_img",
    "share_img",
    "step2_median",
    "applications_received",
    "interviews_given",
    "unfilled_share",
    "unfilled_quota",
)
# {whether it takes one kind of IMG: that kind's share among residents}
ACCEPTS_COLUMNS = {"accepts_us_img": "share_us_img", "accepts_non_us_img": "share_non_us_img"}
CODE_COLUMNS = ("id", "state_id", "program_type", "ecfmg_needed_by", "unfilled_year", "field_states", "is_demo", *ACCEPTS_COLUMNS)
# What lists search and sort by, kept beside the table so that a page reads only the rows it shows.
LABEL_COLUMNS = ("key", "name", "city")
CACHED_SETS = 64  # specialties; each set holds about 300 bytes a program


@dataclass(frozen=True)
class ProgramSet:
    """The programs of one specialty that can stand on a list, as the engine and the list read them.

    `keys`, `names`, `cities` and `states` (USPS codes, "" unknown) run in the order of `table`. `left_out`
    counts programs that only offer one-year or reserved positions; `demo` says that all are invented.
    """

    table: ProgramTable
    model: Model
    keys: tuple[str, ...]
    names: tuple[str, ...]
    cities: tuple[str, ...]
    states: tuple[str, ...]
    left_out: int
    demo: bool
    version: int


def program_set(specialty: str, match_year: int, version: int | None = None) -> ProgramSet:
    """The current programs of a specialty, anchored. Read once per process and data version; from then on 1 query, or none with `version`."""
    version = data_version() if version is None else version
    with _locks.setdefault(specialty, Lock()):
        return _program_set(specialty, match_year, version)


# Several first readers of a specialty wait for one of them to read it.
_locks: dict[str, Lock] = {}


def forget_programs() -> None:
    """Drop what this process remembers; for tests, whose data versions repeat."""
    _program_set.cache_clear()


@lru_cache(maxsize=CACHED_SETS)
def _program_set(specialty: str, match_year: int, version: int) -> ProgramSet:
    columns = (*LABEL_COLUMNS, *CODE_COLUMNS, *YES_NO_COLUMNS, *NUMBER_COLUMNS)
    rows = list(on_lists(specialty).order_by("name", "key").values_list(*columns))
    by_name: dict[str, Sequence[Any]] = dict(zip(columns, zip(*rows, strict=True) if rows else [()] * len(columns), strict=True))
    places = state_codes()
    table = _program_table(specialty, match_year, by_name, places)
    model = anchor(table, states=len(places), types=len(PROGRAM_TYPES))
    states = tuple(code or "" for code in by_name["state_id"])
    return ProgramSet(
        table, model, tuple(by_name["key"]), tuple(by_name["name"]), tuple(by_name["city"]), states, left_out(specialty), any(by_name["is_demo"]), version
    )


def _program_table(specialty: str, match_year: int, by_name: Mapping[str, Sequence[Any]], places: Sequence[str]) -> ProgramTable:
    columns: dict[str, Any] = {name: _tri(by_name[name]) for name in YES_NO_COLUMNS}
    columns |= {name: _numbers(by_name[name]) for name in NUMBER_COLUMNS}
    columns |= {name: _accepts(name, by_name) for name in ACCEPTS_COLUMNS}
    return ProgramTable(
        specialty=specialty,
        ids=np.array(by_name["id"], np.int64),
        state=_codes(by_name["state_id"], {code: index for index, code in enumerate(places)}, -1).astype(np.int16),
        program_type=_codes(by_name["program_type"], {name: index for index, name in enumerate(PROGRAM_TYPES)}, -1),
        university=_codes(by_name["program_type"], UNIVERSITY, University.UNKNOWN),
        ecfmg_needed_by=np.array([np.nan if by is None else STAGES[EcfmgBy(by)] for by in by_name["ecfmg_needed_by"]], np.float64),
        # The Match that ends a season is the newest that can be known while the next one runs.
        unfilled_age=np.maximum(match_year - 1 - _numbers(by_name["unfilled_year"]), 0),
        strictness=_strictness(by_name["field_states"]),
        **columns,
    )


def _tri(values: Iterable[object]) -> Tri:
    return np.array([UNKNOWN if value is None else (YES if value else NO) for value in values], np.int8)


def _accepts(name: str, by_name: Mapping[str, Sequence[Any]]) -> Tri:
    """Whether it takes one kind of IMG. Where nobody states it, residents of that kind say yes; a dispute stays one."""
    has_some = ((share or 0) > 0 and name not in states for share, states in zip(by_name[ACCEPTS_COLUMNS[name]], by_name["field_states"], strict=True))
    return _tri(True if stated is None and some else stated for stated, some in zip(by_name[name], has_some, strict=True))


def _numbers(values: Iterable[object]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], np.float64)


def _codes(values: Iterable[object], codes: Mapping[Any, int], otherwise: int) -> NDArray[np.int8]:
    return np.array([codes.get(value, otherwise) for value in values], np.int8)


def _strictness(packed: Sequence[PackedStates]) -> dict[str, NDArray[np.int8]]:
    return {name: np.array([_strict(name, states.get(name)) for states in packed], np.int8) for name in REQUIREMENTS}


def _strict(name: str, packed: Sequence[str | bool] | None) -> Strict:
    """How firm the current value of a requirement is; unclear where it is unknown or sources disagree."""
    stored = unpack(packed)
    if stored.state != FactState.KNOWN:
        return Strict.UNCLEAR
    if not stored.strictness:
        return Strict.STRICT if name in FIRM_BY_NATURE else Strict.UNCLEAR
    return STRICT[Strictness(stored.strictness)]


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


def applicant_table(profiles: Sequence[ProfileData], specialty: str, when: Season) -> ApplicantTable:
    """N profiles as they stand towards one specialty in one season. 1 query (the list of states)."""
    places = state_codes()

    def each(value: Callable[[ProfileData], object]) -> list[object]:
        return [value(profile) for profile in profiles]

    stages = [_ecfmg_stages(profile, when) for profile in profiles]
    fails = {exam: [_fails(profile, exam) for profile in profiles] for exam in (Exam.STEP1, Exam.STEP2_CK, Exam.STEP3)}
    return ApplicantTable(
        kind=np.array(each(lambda profile: KINDS[profile.applicant_type]), np.int8),
        step2_score=_numbers(each(lambda profile: _best_score(profile, Exam.STEP2_CK))),
        step1_score=_numbers(each(lambda profile: _best_score(profile, Exam.STEP1))),
        step1_passed=_passed(profiles, Exam.STEP1),
        step2_passed=_passed(profiles, Exam.STEP2_CK),
        step3_passed=_passed(profiles, Exam.STEP3),
        fails_step1_min=_numbers(low for low, _ in fails[Exam.STEP1]),
        fails_step1_max=_numbers(high for _, high in fails[Exam.STEP1]),
        fails_step2_min=_numbers(low for low, _ in fails[Exam.STEP2_CK]),
        fails_step2_max=_numbers(high for _, high in fails[Exam.STEP2_CK]),
        fails_step3_min=_numbers(low for low, _ in fails[Exam.STEP3]),
        fails_step3_max=_numbers(high for _, high in fails[Exam.STEP3]),
        fails_total=_numbers(each(_fails_total)),
        years_since_graduation=_numbers(each(lambda profile: years_since_graduation(profile, when.match_year))),
        hands_on_months=_numbers(each(lambda profile: _usce_months(profile, hands_on=True))),
        observership_months=_numbers(each(lambda profile: _usce_months(profile, hands_on=False))),
        letters=_numbers(each(lambda profile: _letters(profile, "", us_only=False))),
        letters_us=_numbers(each(lambda profile: _letters(profile, "", us_only=True))),
        letters_specialty=_numbers(each(lambda profile: _letters(profile, specialty, us_only=False))),
        letters_us_specialty=_numbers(each(lambda profile: _letters(profile, specialty, us_only=True))),
        publications=_numbers(each(lambda profile: profile.publications)),
        volunteer_experiences=_numbers(each(lambda profile: profile.volunteer_experiences)),
        visa=np.array(each(_visa), np.int8),
        ecfmg_earliest=_numbers(stage for stage, _ in stages),
        ecfmg_latest=_numbers(stage for _, stage in stages),
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
