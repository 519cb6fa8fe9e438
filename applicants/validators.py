"""What a profile may hold, checked in one place for the form, the JSON file and the database. Pure.

Every message says what to do. Unknown (None) is never a problem. Nothing here turns wrong by
waiting: a profile that is valid today is valid on every later day.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, pairwise

from applicants.choices import STEPS, ApplicantType, EcfmgStatus, Exam, Outcome, VisaNeed
from applicants.exam_rules import (
    EARLIEST_SITTING,
    EXAM_RULES,
    MAX_ENGLISH_SITTINGS,
    MAX_FAILED_SITTINGS,
    MAX_SITTINGS_PER_STEP,
    STEPS_FOR_CERTIFICATION,
    passing_bar,
)
from applicants.profile import ProfileData, Sitting

# Chosen by this project: wide enough for every true answer, narrow enough to catch slips.
EARLIEST_GRADUATION = 1950
YEARS_TO_GRADUATION = 2  # final-year students plan ahead
EARLIEST_DATE = date(1950, 1, 1)
PLANNING_HORIZON = timedelta(days=2 * 366)
MAX_SPECIALTIES = 5
MAX_USCE_SPELLS = 8
MAX_USCE_MONTHS = 60
MAX_LETTERS = 10
MAX_LABEL = 80
MAX_COUNTRY = 60
MAX_EXPERIENCES = 200
MAX_PUBLICATIONS = 1000
MAX_BUDGET_USD = 100_000
# The values of programs.choices.ProgramType, which this app does not import; a test keeps them equal.
PROGRAM_TYPES = ("university", "university_affiliated", "community", "military")
# Graduates of schools in these countries are not international medical graduates.
NOT_INTERNATIONAL = frozenset({"us", "usa", "united states", "united states of america", "canada"})
MAX_SHOWN = 40

COUNTS: tuple[tuple[str, int], ...] = (
    ("research_experiences", MAX_EXPERIENCES),
    ("publications", MAX_PUBLICATIONS),
    ("volunteer_experiences", MAX_EXPERIENCES),
    ("budget_usd", MAX_BUDGET_USD),
    ("failed_attempts", MAX_FAILED_SITTINGS),
)
TEXTS: tuple[tuple[str, int], ...] = (("label", MAX_LABEL), ("school_country", MAX_COUNTRY))


@dataclass(frozen=True)
class Problem:
    """One thing to mend: `path` names the value, such as `sittings[1].score`, and `message` what to do."""

    path: str
    message: str


@dataclass(frozen=True)
class Known:
    """What the checks look things up in."""

    today: date
    specialty_codes: Collection[str]
    state_codes: Collection[str]


Rule = Callable[[ProfileData, Known], Iterator[Problem]]
Numbered = Sequence[tuple[int, Sitting]]


def quoted(text: str) -> str:
    """`text` in quotes, short and printable whatever it holds."""
    return repr(text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}...")


def validate_profile(data: ProfileData, *, today: date, specialty_codes: Collection[str], state_codes: Collection[str]) -> list[Problem]:
    """Everything in `data` that cannot be right; an empty list where all is well."""
    known = Known(today, specialty_codes, state_codes)
    return list(chain.from_iterable(rule(data, known) for rule in RULES))


# --- the person ---


def _texts(data: ProfileData, known: Known) -> Iterator[Problem]:
    for path, longest in TEXTS:
        text: str = getattr(data, path)
        if len(text) > longest:
            yield Problem(path, f"Shorten this to at most {longest} characters.")
        if not text.isprintable():
            yield Problem(path, "Use letters, digits and spaces on one line only.")


def _counts(data: ProfileData, known: Known) -> Iterator[Problem]:
    for path, most in COUNTS:
        count: int | None = getattr(data, path)
        if count is not None and not 0 <= count <= most:
            yield Problem(path, f"Enter a whole number from 0 to {most}, or leave it out if you do not know.")


def _school(data: ProfileData, known: Known) -> Iterator[Problem]:
    latest = known.today.year + YEARS_TO_GRADUATION
    if data.graduation_year is not None and not EARLIEST_GRADUATION <= data.graduation_year <= latest:
        yield Problem("graduation_year", f"Enter a year from {EARLIEST_GRADUATION} to {latest}.")
    if data.school_country.lower().replace(".", "").strip() in NOT_INTERNATIONAL:
        yield Problem(
            "school_country",
            "An international medical graduate (IMG) finished medical school outside the U.S. and Canada. "
            "Enter the country of your medical school; SmartPick has no figures for graduates of U.S. and Canadian schools.",
        )


def _visa(data: ProfileData, known: Known) -> Iterator[Problem]:
    if data.applicant_type == ApplicantType.US_IMG and data.visa_need not in {None, VisaNeed.NONE}:
        yield Problem(
            "visa_need",
            "A U.S. IMG is a U.S. citizen and needs no visa. Choose 'No visa needed', or 'Non-U.S. IMG' if you are not a U.S. citizen.",
        )


# --- what they want ---


def _repeats(path: str, values: Sequence[str], *, noun: str) -> Iterator[Problem]:
    for index, value in enumerate(values):
        if value in values[:index]:
            yield Problem(f"{path}[{index}]", f"This {noun} is already chosen. Choose each {noun} once.")


def _unknown(path: str, values: Sequence[str], allowed: Collection[str], *, message: str) -> Iterator[Problem]:
    for index, value in enumerate(values):
        if value not in allowed:
            yield Problem(f"{path}[{index}]", f"{quoted(value)} is not known here. {message}")


def _specialties(data: ProfileData, known: Known) -> Iterator[Problem]:
    if not data.specialties:
        yield Problem("specialties", "Choose at least one specialty.")
    if len(data.specialties) > MAX_SPECIALTIES:
        yield Problem("specialties", f"Choose at most {MAX_SPECIALTIES} specialties, the most wanted first.")
    yield from _unknown("specialties", data.specialties, known.specialty_codes, message="Use the 3 digits of a specialty, such as 140 for Internal Medicine.")
    yield from _repeats("specialties", data.specialties, noun="specialty")


def _states(data: ProfileData, known: Known) -> Iterator[Problem]:
    for path in ("preferred_states", "ruled_out_states"):
        states: tuple[str, ...] = getattr(data, path)
        yield from _unknown(path, states, known.state_codes, message="Use the 2 letters of a state, such as NY.")
        yield from _repeats(path, states, noun="state")
    for index, state in enumerate(data.ruled_out_states):
        if state in data.preferred_states:
            yield Problem(f"ruled_out_states[{index}]", "This state is both preferred and ruled out. Keep it in one of the two.")


def _program_types(data: ProfileData, known: Known) -> Iterator[Problem]:
    path, types = "ruled_out_program_types", data.ruled_out_program_types
    yield from _unknown(path, types, PROGRAM_TYPES, message=f"Use one of: {', '.join(PROGRAM_TYPES)}.")
    yield from _repeats(path, types, noun="program type")
    if set(PROGRAM_TYPES) <= set(types):
        yield Problem(path, "Every program type is ruled out, which leaves nothing to suggest. Keep at least one.")


# --- exams ---


def _each_sitting(data: ProfileData, known: Known) -> Iterator[Problem]:
    for index, sitting in enumerate(data.sittings):
        yield from _sitting_date(f"sittings[{index}].date", sitting, known.today)
        yield from _sitting_score(f"sittings[{index}].score", sitting)


def _sitting_date(path: str, sitting: Sitting, today: date) -> Iterator[Problem]:
    if sitting.date is None:
        return
    if sitting.date < EARLIEST_SITTING:
        yield Problem(path, f"Enter a date from {EARLIEST_SITTING.year} on; there was no USMLE before.")
    elif sitting.outcome != Outcome.AWAITED and sitting.date > today:
        yield Problem(path, "This day has not come yet. Correct the date, or choose 'Result awaited'.")
    elif sitting.date > today + PLANNING_HORIZON:
        yield Problem(path, "Enter a date within the next two years, or leave it blank.")


def _sitting_score(path: str, sitting: Sitting) -> Iterator[Problem]:
    rule, score = EXAM_RULES[sitting.exam], sitting.score
    if score is None:
        return
    if rule.score is None:
        yield Problem(path, f"{sitting.exam.label} is kept as passed or failed. Leave the score out.")
    elif sitting.outcome == Outcome.AWAITED:
        yield Problem(path, "A result that is still awaited has no score. Leave the score out, or choose 'Passed' or 'Failed'.")
    elif rule.scored_until and sitting.date and sitting.date > rule.scored_until:
        yield Problem(path, f"{sitting.exam.label} is pass or fail after {rule.scored_until:%d %B %Y}. Leave the score out, or correct the date.")
    elif not rule.score[0] <= score <= rule.score[1]:
        yield Problem(path, f"Enter a score from {rule.score[0]} to {rule.score[1]}.")
    else:
        yield from _score_fits_outcome(path, sitting, score)


def _score_fits_outcome(path: str, sitting: Sitting, score: int) -> Iterator[Problem]:
    bar = passing_bar(sitting.exam, sitting.date)
    if bar is None:
        return
    lowest, highest = bar
    if sitting.outcome == Outcome.PASS and score < lowest:
        yield Problem(path, f"{score} is too low for a pass. Correct the score or the date, or choose 'Failed'.")
    if sitting.outcome == Outcome.FAIL and score >= highest:
        yield Problem(path, f"{score} is high enough for a pass. Correct the score or the date, or choose 'Passed'.")


def _numbered(data: ProfileData, exam: Exam) -> Numbered:
    return [(index, sitting) for index, sitting in enumerate(data.sittings) if sitting.exam == exam]


def _sittings_of_each_step(data: ProfileData, known: Known) -> Iterator[Problem]:
    for step in STEPS:
        sittings = _numbered(data, step)
        for index, _ in sittings[MAX_SITTINGS_PER_STEP:]:
            yield Problem(
                f"sittings[{index}]",
                f"The USMLE allows at most {MAX_SITTINGS_PER_STEP} attempts at {step.label}. If you sat more often before July 2021, "
                "keep the newest four, say that the list is not complete, and give the number of failed attempts.",
            )
        for (_, before), (index, after) in pairwise(sittings):
            yield from _sitting_after(index, before, after)


def _sitting_after(index: int, before: Sitting, after: Sitting) -> Iterator[Problem]:
    name = after.exam.label
    if before.outcome == Outcome.PASS:
        yield Problem(f"sittings[{index}].outcome", f"A passed {name} cannot be taken again. Leave out what comes after the pass, or correct the outcomes.")
    if before.outcome == Outcome.AWAITED:
        yield Problem(f"sittings[{index}].outcome", f"The sitting of {name} before this one awaits its result. Enter it, or remove one of the two.")
    if before.date and after.date and after.date <= before.date:
        yield Problem(f"sittings[{index}].date", f"List the sittings of {name} with the earliest first, each on its own day.")


def _english_sittings(data: ProfileData, known: Known) -> Iterator[Problem]:
    english = [index for index, sitting in enumerate(data.sittings) if sitting.exam not in STEPS]
    for index in english[MAX_ENGLISH_SITTINGS:]:
        yield Problem(f"sittings[{index}]", f"Keep the newest {MAX_ENGLISH_SITTINGS} sittings of English exams and leave out the rest.")


def _passed(data: ProfileData, exam: Exam) -> Sitting | None:
    return next((sitting for sitting in data.of(exam) if sitting.outcome == Outcome.PASS), None)


def _never_passed(data: ProfileData, exam: Exam) -> bool:
    """Say whether the profile states that `exam` is not passed; an incomplete list of sittings cannot state it."""
    return data.sittings_complete and _passed(data, exam) is None


def _step3_last(data: ProfileData, known: Known) -> Iterator[Problem]:
    for index, sitting in _numbered(data, Exam.STEP3)[:1]:
        for step in STEPS_FOR_CERTIFICATION:
            passed = _passed(data, step)
            if _never_passed(data, step):
                yield Problem(f"sittings[{index}]", f"Step 3 comes after passing {step.label}. Add it, or say that the list of sittings is incomplete.")
            elif passed and passed.date and sitting.date and sitting.date <= passed.date:
                yield Problem(f"sittings[{index}].date", f"Step 3 comes after passing {step.label}. Correct one of the two dates.")


def _step2_not_passed(data: ProfileData, known: Known) -> Iterator[Problem]:
    if data.step2_not_passed and _passed(data, Exam.STEP2_CK):
        yield Problem("step2_not_passed", "Step 2 CK is listed as passed. Take this mark away, or correct the sitting.")


def _failed_attempts(data: ProfileData, known: Known) -> Iterator[Problem]:
    listed = sum(sitting.exam in STEPS and sitting.outcome == Outcome.FAIL for sitting in data.sittings)
    stated = data.failed_attempts
    if stated is None:
        return
    if data.sittings_complete and stated != listed:
        yield Problem("failed_attempts", f"The complete list of sittings shows {listed} failed. Leave this number out, or say that the list is not complete.")
    elif stated < listed:
        yield Problem("failed_attempts", f"The list of sittings shows {listed} failed. Enter {listed} or more, or leave this number out.")


# --- certification and experience ---


def _ecfmg(data: ProfileData, known: Known) -> Iterator[Problem]:
    if data.ecfmg_status == EcfmgStatus.CERTIFIED:
        for step in STEPS_FOR_CERTIFICATION:
            if _never_passed(data, step):
                yield Problem("ecfmg_status", f"ECFMG certification needs a passed {step.label}. Add it, or say that the list of sittings is incomplete.")
        if data.graduation_year and data.graduation_year > known.today.year:
            yield Problem("ecfmg_status", "ECFMG certifies graduates. Correct the year of graduation, or choose 'In progress'.")
    if data.ecfmg_expected is None:
        return
    if data.ecfmg_status != EcfmgStatus.IN_PROGRESS:
        yield Problem("ecfmg_expected", "An expected date belongs to certification in progress. Remove the date, or choose 'In progress'.")
    elif not EARLIEST_DATE <= data.ecfmg_expected <= known.today + PLANNING_HORIZON:
        yield Problem("ecfmg_expected", "Enter a date within the next two years, or leave it blank.")


def _usce(data: ProfileData, known: Known) -> Iterator[Problem]:
    for index, spell in enumerate(data.usce or ()):
        path = f"usce[{index}]"
        if index >= MAX_USCE_SPELLS:
            yield Problem(path, f"List at most {MAX_USCE_SPELLS} rotations. Add up rotations of one kind and specialty.")
        if not 0 < spell.months <= MAX_USCE_MONTHS:
            yield Problem(f"{path}.months", f"Enter months above 0 and up to {MAX_USCE_MONTHS}; 4 weeks are about 0.9.")
        if spell.ended and not EARLIEST_DATE <= spell.ended <= known.today + PLANNING_HORIZON:
            yield Problem(f"{path}.ended", "Enter the day it ended, or will end within the next two years, or leave it blank.")
        yield from _specialty_of(f"{path}.specialty", spell.specialty, known)


def _letters(data: ProfileData, known: Known) -> Iterator[Problem]:
    for index, letter in enumerate(data.letters or ()):
        if index >= MAX_LETTERS:
            yield Problem(f"letters[{index}]", f"List at most {MAX_LETTERS} letters, the ones you would send.")
        yield from _specialty_of(f"letters[{index}].specialty", letter.specialty, known)


def _specialty_of(path: str, code: str, known: Known) -> Iterator[Problem]:
    if code and code not in known.specialty_codes:
        yield Problem(path, f"{quoted(code)} is not known here. Use the 3 digits of a specialty, such as 140 for Internal Medicine, or leave it out.")


RULES: tuple[Rule, ...] = (
    _texts,
    _specialties,
    _school,
    _each_sitting,
    _sittings_of_each_step,
    _english_sittings,
    _step3_last,
    _failed_attempts,
    _step2_not_passed,
    _ecfmg,
    _usce,
    _letters,
    _visa,
    _states,
    _program_types,
    _counts,
)
