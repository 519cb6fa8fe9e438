"""What is known about an applicant, in words. Pure."""

from collections.abc import Callable, Mapping
from datetime import date

from applicants.choices import HANDS_ON, STEPS, Exam, Outcome, UsceKind
from applicants.profile import ProfileData, Sitting

NOT_SAID = "Not said yet."


def known_by_section(data: ProfileData | None, *, specialty_names: Mapping[str, str]) -> dict[str, str]:
    """One line for each section of the profile page: what is known, or that nothing is."""
    sections: dict[str, Callable[[ProfileData], list[str]]] = {**SECTIONS, "specialties": lambda held: _names(held.specialties, specialty_names)}
    return {section: _line(parts(data) if data else []) for section, parts in sections.items()}


def _line(parts: list[str]) -> str:
    return f"Known so far: {', '.join(parts).removesuffix('.')}." if parts else NOT_SAID


def _names(codes: tuple[str, ...], names: Mapping[str, str]) -> list[str]:
    return [names.get(code, code) for code in codes]


def _count(number: int, noun: str, plural: str = "") -> str:
    return f"{number} {noun if number == 1 else plural or f'{noun}s'}"


def _day(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def _person(data: ProfileData) -> list[str]:
    graduated = [f"graduation in {data.graduation_year}"] if data.graduation_year else []
    country = [f"school in {data.school_country}"] if data.school_country else []
    return [data.applicant_type.label, *graduated, *country]


def _visa(data: ProfileData) -> list[str]:
    return [data.visa_need.label] if data.visa_need else []


def _steps(data: ProfileData) -> list[str]:
    listed = [_exam(step, data.of(step)) for step in STEPS if data.of(step)]
    pending = ["Step 2 CK not passed yet"] if data.step2_not_passed else []
    failed = [] if data.failed_attempts is None else [_count(data.failed_attempts, "failed attempt") + " in all"]
    if data.sittings_complete:
        return [*(listed or ["no Step taken"]), *pending, *failed]
    return [*listed, *pending, *failed, *(["other sittings not said"] if listed or pending or failed else [])]


def _exam(exam: Exam, sittings: tuple[Sitting, ...]) -> str:
    last = sittings[-1]
    score = f" with {last.score}" if last.score is not None and last.outcome == Outcome.PASS else ""
    tries = "" if len(sittings) == 1 else f" ({_count(len(sittings), 'sitting')})"
    return f"{exam.label} {last.outcome.label.lower()}{score}{tries}"


def _english(data: ProfileData) -> list[str]:
    return [_exam(exam, data.of(exam)) for exam in (Exam.OET, Exam.OTHER_ENGLISH) if data.of(exam)]


def _ecfmg(data: ProfileData) -> list[str]:
    expected = [f"expected on {_day(data.ecfmg_expected)}"] if data.ecfmg_expected else []
    return [data.ecfmg_status.label.lower(), *expected] if data.ecfmg_status else []


def _usce(data: ProfileData) -> list[str]:
    if data.usce is None:
        return []
    hands_on = sum(spell.months for spell in data.usce if spell.kind in HANDS_ON)
    observed = sum(spell.months for spell in data.usce if spell.kind == UsceKind.OBSERVERSHIP)
    parts = ((hands_on, "hands-on"), (observed, "of observership"))
    return [f"{months:g} {'month' if months == 1 else 'months'} {kind}" for months, kind in parts if months] or ["none"]


def _letters(data: ProfileData) -> list[str]:
    if data.letters is None:
        return []
    from_us = sum(letter.from_us for letter in data.letters)
    return [_count(len(data.letters), "letter"), f"{from_us} from the U.S."] if data.letters else ["none yet"]


def _activities(data: ProfileData) -> list[str]:
    counts = (
        (data.research_experiences, "research experience"),
        (data.publications, "publication"),
        (data.volunteer_experiences, "volunteer experience"),
    )
    return [_count(number, noun) for number, noun in counts if number is not None]


def _places(data: ProfileData) -> list[str]:
    counts = (
        (len(data.preferred_states), "preferred state", ""),
        (len(data.ruled_out_states), "state ruled out", "states ruled out"),
        (len(data.ruled_out_program_types), "program type ruled out", "program types ruled out"),
    )
    return [_count(number, noun, plural) for number, noun, plural in counts if number]


def _budget(data: ProfileData) -> list[str]:
    return [] if data.budget_usd is None else [f"${data.budget_usd:,}"]


SECTIONS: Mapping[str, Callable[[ProfileData], list[str]]] = {
    "person": _person,
    "visa": _visa,
    "steps": _steps,
    "english": _english,
    "ecfmg": _ecfmg,
    "usce": _usce,
    "letters": _letters,
    "activities": _activities,
    "places": _places,
    "budget": _budget,
}
