"""A profile as the controls of What-if show it, and a profile with some of them moved. Pure.

Three controls are the frame of the others: the kind of IMG (a U.S. citizen needs no visa), the specialty (letters count towards it)
and whether every sitting is listed (then a Step that is not listed is not passed). Where the frame is moved, the others first stand
where it puts them; what else is moved is moved from there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from applicants.choices import HANDS_ON, ApplicantType, EcfmgStatus, Exam, Outcome, UsceKind, VisaNeed
from applicants.profile import Letter, ProfileData, Sitting, UsceSpell
from applicants.validators import MAX_SPECIALTIES, MAX_USCE_SPELLS
from matching.choices import StepStanding

EXAM_OF = {"step1": Exam.STEP1, "step2": Exam.STEP2_CK, "step3": Exam.STEP3}
# Letters in four kinds that do not overlap: (from the U.S., in the specialty).
LETTER_KINDS = {"letters_us_in": (True, True), "letters_us_out": (True, False), "letters_abroad_in": (False, True), "letters_abroad_out": (False, False)}
PASSES = frozenset({StepStanding.SCORED, StepStanding.PASSED})
FAILS_BY_STEP = frozenset(f"fails_{name}" for name in EXAM_OF)
# Said together or not at all.
TOGETHER = (("hands_on", "observed"), tuple(LETTER_KINDS))
# Months move by half ones: a control that stands at the step nearest to the profile's months was not moved.
MONTH_STEP = 0.5
MONTHS = frozenset({"hands_on", "observed"})


@dataclass(frozen=True)
class Frame:
    """What the other controls depend on; `specialty` is an ACGME code."""

    specialty: str
    kind: ApplicantType
    complete: bool


@dataclass(frozen=True)
class Settings:
    """Where every control but those of the frame stands. None: not said.

    Months of hands-on work and of observership are both said or both not, and so are the four counts of letters. A Step has a score
    only where it is SCORED. `fails` is the number in all, which counts while not every sitting is listed; else the three by Step do.
    """

    year: int | None
    visa: VisaNeed | None
    step1: StepStanding
    step1_score: int | None
    step2: StepStanding
    step2_score: int | None
    step3: StepStanding
    fails: int | None
    fails_step1: int
    fails_step2: int
    fails_step3: int
    ecfmg: EcfmgStatus | None
    expected: date | None
    hands_on: float | None
    observed: float | None
    letters_us_in: int | None
    letters_us_out: int | None
    letters_abroad_in: int | None
    letters_abroad_out: int | None
    publications: int | None
    research: int | None
    volunteering: int | None
    preferred: tuple[str, ...]
    ruled_out: tuple[str, ...]
    ruled_out_types: tuple[str, ...]


@dataclass(frozen=True)
class Wish:
    """A profile and what is asked of it: `held` is where the controls stand in the frame that is asked for, `wanted` where they were moved to.

    `profile` is the applicant as they might be.
    """

    base: ProfileData
    own: Frame
    frame: Frame
    held: Settings
    wanted: Settings
    profile: ProfileData

    @property
    def frame_moved(self) -> Mapping[str, Any]:
        """What of the frame was moved: {name: where to}."""
        return _differing(self.own, self.frame)

    @property
    def moved(self) -> Mapping[str, Any]:
        """What else was moved: {name: where to}."""
        return _differing(self.held, self.wanted)

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that was moved."""
        return (*self.frame_moved, *self.moved)


def wish(base: ProfileData, specialty: str, *, frame: Mapping[str, Any], said: Mapping[str, Any], drawn: Mapping[str, Any] | None = None) -> Wish:
    """What is asked of the profile `base`, looked at from `specialty`.

    `frame` and `said` hold what was said of the frame and of the settings, by name. `drawn` is the frame in which the controls stood when they were
    sent (None: they were not): what still stands where that frame had put it was not moved.
    """
    own = frame_of(base, specialty)
    asked = replace(own, **frame)
    start = framed(base, own, asked)
    held = settings_of(start, asked.specialty)
    before = replace(own, **drawn) if drawn else asked
    stood = settings_of(framed(base, own, before), before.specialty)
    asked_here = {name: value for name, value in said.items() if name not in not_asked(asked)}
    moved = {name: value for name, value in asked_here.items() if not _stands(name, value, getattr(stood, name), sent=drawn is not None)}
    wanted = _consistent(replace(held, **moved))
    return Wish(base, own, asked, held, wanted, with_settings(start, asked.specialty, wanted))


def not_asked(frame: Frame) -> frozenset[str]:
    """Settings that have no control in a frame: failed attempts are counted by Step where every sitting is listed, and in all where not."""
    return frozenset({"fails"}) if frame.complete else FAILS_BY_STEP


def _differing(one: Frame | Settings, other: Frame | Settings) -> dict[str, Any]:
    return {field.name: getattr(other, field.name) for field in fields(one) if getattr(one, field.name) != getattr(other, field.name)}


def _stands(name: str, value: object, before: object, *, sent: bool) -> bool:
    if isinstance(value, tuple) and isinstance(before, tuple):
        return set(value) == set(before)  # boxes have an order of their own
    return value == before or (sent and name in MONTHS and isinstance(before, int | float) and value == nearest(before))


def nearest(months: float) -> float:
    """The step of a control nearest to so many months."""
    return round(months / MONTH_STEP) * MONTH_STEP


def _consistent(settings: Settings) -> Settings:
    """Where only some of what belongs together is said, the others are none; and a Step has a score where it is scored, and nowhere else."""
    mended: dict[str, Any] = {}
    for names in TOGETHER:
        values = {name: getattr(settings, name) for name in names}
        if None in values.values() and set(values.values()) != {None}:
            mended |= {name: value or 0 for name, value in values.items()}
    for name in ("step1", "step2"):
        standing, score = getattr(settings, name), getattr(settings, f"{name}_score")
        if standing == StepStanding.SCORED and score is None:
            mended[name] = StepStanding.PASSED
        if standing != StepStanding.SCORED and score is not None:
            mended[f"{name}_score"] = None
    return replace(settings, **mended)


def frame_of(profile: ProfileData, specialty: str) -> Frame:
    """The frame of a profile towards one of the specialties."""
    return Frame(specialty, profile.applicant_type, profile.sittings_complete)


def settings_of(profile: ProfileData, specialty: str) -> Settings:
    """Where a profile puts the controls, looked at from one specialty."""
    letters = {name: _letters(profile, specialty, kind) for name, kind in LETTER_KINDS.items()}
    return Settings(
        year=profile.graduation_year,
        visa=profile.visa_need,
        step1=_standing(profile, Exam.STEP1),
        step1_score=_score(profile, Exam.STEP1),
        step2=_standing(profile, Exam.STEP2_CK),
        step2_score=_score(profile, Exam.STEP2_CK),
        step3=_standing(profile, Exam.STEP3),
        fails=None if profile.sittings_complete else profile.failed_attempts,
        fails_step1=_failed(profile, Exam.STEP1),
        fails_step2=_failed(profile, Exam.STEP2_CK),
        fails_step3=_failed(profile, Exam.STEP3),
        ecfmg=profile.ecfmg_status,
        expected=profile.ecfmg_expected,
        hands_on=_months(profile, hands_on=True),
        observed=_months(profile, hands_on=False),
        letters_us_in=letters["letters_us_in"],
        letters_us_out=letters["letters_us_out"],
        letters_abroad_in=letters["letters_abroad_in"],
        letters_abroad_out=letters["letters_abroad_out"],
        publications=profile.publications,
        research=profile.research_experiences,
        volunteering=profile.volunteer_experiences,
        preferred=profile.preferred_states,
        ruled_out=profile.ruled_out_states,
        ruled_out_types=profile.ruled_out_program_types,
    )


def framed(profile: ProfileData, own: Frame, frame: Frame) -> ProfileData:
    """The profile in another frame than its own: with that kind, the specialty put first, and its sittings taken as all there are, or not."""
    others = (code for code in profile.specialties if code != frame.specialty)
    citizen = frame.kind == ApplicantType.US_IMG and frame.kind != own.kind
    return replace(
        profile,
        applicant_type=frame.kind,
        visa_need=VisaNeed.NONE if citizen else profile.visa_need,
        specialties=profile.specialties if frame.specialty == own.specialty else (frame.specialty, *others)[:MAX_SPECIALTIES],
        sittings_complete=frame.complete,
        # A complete list of sittings holds the failed ones; a number beside it could only contradict it.
        failed_attempts=None if frame.complete and not own.complete else profile.failed_attempts,
    )


def with_settings(profile: ProfileData, specialty: str, wanted: Settings) -> ProfileData:
    """The profile with its controls at `wanted`. What they do not move stays as it is, to the last sitting and letter."""
    held = settings_of(profile, specialty)
    sittings = _sittings(profile, held, wanted)
    return replace(
        profile,
        graduation_year=wanted.year,
        visa_need=wanted.visa,
        sittings=sittings,
        step2_not_passed=_says_not_passed(profile, held, wanted),
        failed_attempts=_fails_in_all(profile, sittings, wanted),
        ecfmg_status=wanted.ecfmg,
        ecfmg_expected=wanted.expected if wanted.ecfmg == EcfmgStatus.IN_PROGRESS else None,
        usce=_usce(profile, held, wanted),
        letters=_all_letters(profile, specialty, held, wanted),
        publications=wanted.publications,
        research_experiences=wanted.research,
        volunteer_experiences=wanted.volunteering,
        preferred_states=wanted.preferred,
        ruled_out_states=wanted.ruled_out,
        ruled_out_program_types=wanted.ruled_out_types,
    )


# --- Steps ---


def _passed(profile: ProfileData, exam: Exam) -> Sitting | None:
    return next((sitting for sitting in profile.of(exam) if sitting.outcome == Outcome.PASS), None)


def _score(profile: ProfileData, exam: Exam) -> int | None:
    passed = _passed(profile, exam)
    return passed.score if passed else None


def _standing(profile: ProfileData, exam: Exam) -> StepStanding:
    """As the engine reads it (matching.adapters.applicants); the score of Step 3 counts nowhere."""
    passed = _passed(profile, exam)
    if passed:
        return StepStanding.PASSED if passed.score is None or exam == Exam.STEP3 else StepStanding.SCORED
    if exam == Exam.STEP2_CK and profile.step2_not_passed:
        return StepStanding.NOT_PASSED
    awaited = any(sitting.outcome == Outcome.AWAITED for sitting in profile.of(exam))
    return StepStanding.NOT_PASSED if profile.sittings_complete and not awaited else StepStanding.UNKNOWN


def _failed(profile: ProfileData, exam: Exam) -> int:
    return sum(sitting.outcome == Outcome.FAIL for sitting in profile.of(exam))


def _step(settings: Settings, name: str) -> tuple[StepStanding, int | None, int]:
    """Everything that the controls say of one Step: standing, score, failed sittings."""
    return getattr(settings, name), getattr(settings, f"{name}_score", None), getattr(settings, f"fails_{name}")


def _sittings(profile: ProfileData, held: Settings, wanted: Settings) -> tuple[Sitting, ...]:
    sittings = profile.sittings
    for name, exam in EXAM_OF.items():
        if _step(held, name) != _step(wanted, name):
            own = profile.of(exam)
            others = tuple(sitting for sitting in sittings if sitting.exam != exam)
            sittings = (*others, *_sat(exam, own, *_step(wanted, name), complete=profile.sittings_complete))
    return sittings


def _sat(exam: Exam, own: Sequence[Sitting], standing: StepStanding, score: int | None, fails: int, *, complete: bool) -> Iterable[Sitting]:
    """The sittings of one Step: so many failed ones, and the last. Those there are stay, as far as they fit."""
    failed = [sitting for sitting in own if sitting.outcome == Outcome.FAIL]
    yield from [*failed, *[Sitting(exam, Outcome.FAIL)] * (fails - len(failed))][:fails]
    if standing in PASSES:
        passed = next((sitting for sitting in own if sitting.outcome == Outcome.PASS), Sitting(exam, Outcome.PASS))
        yield passed if exam == Exam.STEP3 else replace(passed, score=score)
    if standing == StepStanding.UNKNOWN:
        awaited = [sitting for sitting in own if sitting.outcome == Outcome.AWAITED]
        # On a complete list a Step is open only while its result is awaited.
        yield from awaited or ([Sitting(exam, Outcome.AWAITED)] if complete else [])


def _says_not_passed(profile: ProfileData, held: Settings, wanted: Settings) -> bool:
    if wanted.step2 == held.step2:
        return profile.step2_not_passed
    return wanted.step2 == StepStanding.NOT_PASSED and not profile.sittings_complete


def _fails_in_all(profile: ProfileData, sittings: Sequence[Sitting], wanted: Settings) -> int | None:
    if not profile.sittings_complete:
        return wanted.fails
    listed = sum(sitting.outcome == Outcome.FAIL for sitting in sittings if sitting.exam in EXAM_OF.values())
    return profile.failed_attempts if profile.failed_attempts == listed else None


# --- experience and letters ---


def _months(profile: ProfileData, *, hands_on: bool) -> float | None:
    return None if profile.usce is None else sum(spell.months for spell in profile.usce if (spell.kind in HANDS_ON) == hands_on)


def _usce(profile: ProfileData, held: Settings, wanted: Settings) -> tuple[UsceSpell, ...] | None:
    if wanted.hands_on is None or wanted.observed is None:
        return None
    spells = profile.usce or ()
    if wanted.hands_on != held.hands_on:
        spells = _lasting(spells, wanted.hands_on, hands_on=True)
    if wanted.observed != held.observed:
        spells = _lasting(spells, wanted.observed, hands_on=False)
    return spells


def _lasting(spells: Sequence[UsceSpell], months: float, *, hands_on: bool) -> tuple[UsceSpell, ...]:
    """The spells with those of one kind lasting `months` in all: cut at their end, or with one more."""
    result, left, last = [], months, -1
    for spell in spells:
        if (spell.kind in HANDS_ON) != hands_on:
            result.append(spell)
        elif left > 0:
            last = len(result)
            result.append(replace(spell, months=min(spell.months, left)))
            left -= spell.months
    if left <= 0:
        return tuple(result)
    if last >= 0 and len(result) >= MAX_USCE_SPELLS:  # no room for one more
        result[last] = replace(result[last], months=result[last].months + left)
        return tuple(result)
    return (*result, UsceSpell(UsceKind.ELECTIVE if hands_on else UsceKind.OBSERVERSHIP, left))


def _kind(letter: Letter, specialty: str) -> tuple[bool, bool]:
    return letter.from_us, letter.specialty == specialty


def _letters(profile: ProfileData, specialty: str, kind: tuple[bool, bool]) -> int | None:
    return None if profile.letters is None else sum(_kind(letter, specialty) == kind for letter in profile.letters)


def _all_letters(profile: ProfileData, specialty: str, held: Settings, wanted: Settings) -> tuple[Letter, ...] | None:
    counts = {kind: getattr(wanted, name) for name, kind in LETTER_KINDS.items()}
    if None in counts.values():
        return None
    if all(getattr(held, name) == getattr(wanted, name) for name in LETTER_KINDS):
        return profile.letters
    letters = []
    for letter in profile.letters or ():
        if counts[_kind(letter, specialty)] > 0:
            counts[_kind(letter, specialty)] -= 1
            letters.append(letter)
    more = [Letter(from_us, specialty if inside else "") for (from_us, inside), count in counts.items() for _ in range(count)]
    return (*letters, *more)
