"""What the controls of What-if are called, and what they stand at, in words. No queries; no HTTP."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from types import MappingProxyType

import numpy as np

from applicants.choices import ApplicantType, EcfmgStatus, VisaNeed
from applicants.forms.reference import Reference
from applicants.profile import ProfileData
from matching.adapters import PROGRAM_TYPES
from matching.adapters.what_if import Frame, Settings, Wish, frame_of, not_asked, settings_of
from matching.choices import StepStanding
from matching.engine.tables import YES
from matching.services.what_if import Both

NOT_SAID = "not said"
LABELS: Mapping[str, str] = MappingProxyType(
    {
        "specialty": "Specialty",
        "kind": "You are",
        "visa": "Visa",
        "year": "Year of graduation",
        "step1": "Step 1",
        "step1_score": "Step 1 score",
        "fails_step1": "Failed attempts at Step 1",
        "step2": "Step 2 CK",
        "step2_score": "Step 2 CK score",
        "fails_step2": "Failed attempts at Step 2 CK",
        "step3": "Step 3",
        "fails_step3": "Failed attempts at Step 3",
        "fails": "Failed attempts, all Steps together",
        "complete": "Every sitting is listed in the profile",
        "ecfmg": "ECFMG certificate",
        "expected": "Certificate expected on",
        "hands_on": "Hands-on months in the U.S.",
        "observed": "Months of observership in the U.S.",
        "letters_us_in": "U.S. letters in the specialty",
        "letters_us_out": "U.S. letters in another specialty",
        "letters_abroad_in": "Letters from elsewhere, in the specialty",
        "letters_abroad_out": "Letters from elsewhere, in another specialty",
        "publications": "Publications",
        "research": "Research experiences",
        "volunteering": "Volunteer experiences",
        "preferred": "Preferred states",
        "ruled_out": "States ruled out",
        "ruled_out_types": "Program types ruled out",
    }
)
STEP_WORDS: Mapping[str, Mapping[StepStanding, str]] = MappingProxyType(
    {
        "step1": {
            StepStanding.SCORED: "Passed, score below",
            StepStanding.PASSED: "Passed, without a score",
            StepStanding.NOT_PASSED: "Not passed yet",
            StepStanding.UNKNOWN: "Not said",
        },
        "step2": {
            StepStanding.SCORED: "Passed, score below",
            StepStanding.PASSED: "Passed, score not said",
            StepStanding.NOT_PASSED: "Not taken or not passed yet",
            StepStanding.UNKNOWN: "Not said",
        },
        "step3": {StepStanding.PASSED: "Passed", StepStanding.NOT_PASSED: "Not taken or not passed yet", StepStanding.UNKNOWN: "Not said"},
    }
)
AWAITED = "Result awaited"  # what UNKNOWN is on a complete list of sittings


@dataclass(frozen=True)
class Names:
    """Names of what settings hold as codes."""

    specialties: Mapping[str, str]
    states: Mapping[str, str]
    types: Mapping[str, str]

    def specialty(self, code: str) -> str:
        """The name of a specialty, "" of none."""
        return self.specialties.get(code, code)

    @staticmethod
    def of(reference: Reference) -> "Names":
        """Those of the forms."""
        return Names(dict(reference.specialties), dict(reference.states), dict(reference.program_types))


def in_words(name: str, value: object, names: Names) -> str:  # noqa: PLR0911 - one line a kind of value
    """What one control stands at: "228", "J-1", "not said"."""
    match value:
        case None:
            return NOT_SAID
        case bool():
            return "yes" if value else "no"
        case StepStanding():
            return "passed" if value is StepStanding.SCORED else STEP_WORDS[name][value].lower()
        case ApplicantType() | VisaNeed() | EcfmgStatus():
            return str(value.label)
        case date():
            return _day(value)
        case tuple():
            known = names.types if name == "ruled_out_types" else names.states
            return ", ".join(known.get(code, code) for code in value) or "none"
        case float():
            return f"{value:g}"
        case _:
            return names.specialty(str(value)) if name == "specialty" else str(value)


@dataclass(frozen=True)
class Answer:
    """One answer of a profile: a control's name, its label, and what it stands at."""

    name: str
    label: str
    text: str


def answers(profile: ProfileData, specialty: str, names: Names) -> list[Answer]:
    """Everything that a profile says, control by control. What says nothing there is left out: a score without a pass, fails that are counted otherwise."""
    frame, settings = frame_of(profile, specialty), settings_of(profile, specialty)
    values = {field.name: getattr(one, field.name) for one in (frame, settings) for field in fields(one)}
    return [Answer(name, label, in_words(name, values[name], names)) for name, label in LABELS.items() if applies(name, frame, settings)]


def details(profile: ProfileData, names: Names) -> Mapping[str, str]:
    """What a profile says beyond where its controls stand, in words by label."""
    rotations = (
        None
        if profile.usce is None
        else [_joined(f"{one.months:g} months {one.kind.label}", names.specialty(one.specialty), _day(one.ended)) for one in profile.usce]
    )
    letters = None if profile.letters is None else [_joined("U.S." if one.from_us else "elsewhere", names.specialty(one.specialty)) for one in profile.letters]
    sittings = [_joined(f"{one.exam.label}: {one.outcome.label}", _day(one.date), str(one.score or "")) for one in profile.sittings]
    rows = {"Experience in the U.S., each": rotations, "Letters, each": letters, "Sittings, each": sittings}
    words = {label: NOT_SAID if some is None else "; ".join(some) or "none" for label, some in rows.items()}
    return {"All specialties, in order": ", ".join(map(names.specialty, profile.specialties)), **words}


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _day(day: date | None) -> str:
    return f"{day:%B} {day.day}, {day.year}" if day else ""


def applies(name: str, frame: Frame, settings: Settings) -> bool:
    """Whether a control means anything beside the others."""
    match name:
        case "step1_score" | "step2_score":
            return getattr(settings, name) is not None
        case "expected":
            return settings.ecfmg == EcfmgStatus.IN_PROGRESS
        case _:
            return name not in not_asked(frame)


# --- why a change does nothing ---


def _in_places(both: Both, before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    return not set(before).symmetric_difference(after).isdisjoint(both.programs.states)


def _of_types(both: Both, before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    codes = [PROGRAM_TYPES.index(one) for one in set(before).symmetric_difference(after)]
    return bool(np.isin(both.table.program_type, codes).any())


def why_nothing(wish: Wish, both: Both) -> list[str]:
    """Why what was moved changes nothing at any program, as far as that can be said: one sentence a control that has one."""
    return [sentence for name in wish.names if (say := NOTHING.get(name)) and (sentence := say(wish, both))]


ELSEWHERE = "Letters from elsewhere count only where a program asks for a number of letters."
NOTHING: Mapping[str, Callable[[Wish, Both], str]] = MappingProxyType(
    {
        "research": lambda *_: "The list does not go by research experiences; publications count.",
        "observed": lambda *_: "An observership counts only where there is no hands-on experience, and where a program asks for experience of either kind.",
        "letters_abroad_in": lambda *_: ELSEWHERE,
        "letters_abroad_out": lambda *_: ELSEWHERE,
        "step1_score": lambda _, both: "" if (~np.isnan(both.table.step1_min)).any() else "No program of this specialty states a Step 1 minimum.",
        "volunteering": lambda _, both: (
            ""
            if (both.table.underserved_mission == YES).any()
            else "Volunteering counts at programs with a mission for underserved people: none is known here."
        ),
        "preferred": lambda wish, both: (
            "" if _in_places(both, wish.held.preferred, wish.wanted.preferred) else "There is no program of this specialty in those states."
        ),
        "ruled_out": lambda wish, both: (
            "" if _in_places(both, wish.held.ruled_out, wish.wanted.ruled_out) else "There is no program of this specialty in those states."
        ),
        "ruled_out_types": lambda wish, both: (
            "" if _of_types(both, wish.held.ruled_out_types, wish.wanted.ruled_out_types) else "There is no program of that type in this specialty."
        ),
        "expected": lambda wish, _: "" if wish.wanted.ecfmg == EcfmgStatus.IN_PROGRESS else "A date counts only while the certificate is in progress.",
    }
)
