"""What stands beside a control of What-if: what rules forbid, and what a change means where it can only be imagined. Pure."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType

from applicants.choices import HANDS_ON, ApplicantType, Outcome, VisaNeed
from applicants.exam_rules import MAX_SITTINGS_PER_STEP
from applicants.profile import ProfileData
from applicants.validators import Problem
from matching.adapters.what_if import EXAM_OF, PASSES, Settings, Wish, settings_of
from matching.choices import StepStanding

IMAGINED = "This shows what would be if it were so; it is nothing that you can do."
STAYS_PASSED = f"A passed Step stays passed, and cannot be taken again. {IMAGINED}"
NOT_REPEATED = f"A passed Step cannot be repeated for a better score. {IMAGINED}"
NO_FEWER = f"Failed attempts stay on the record. {IMAGINED}"
NO_MORE = f"This Step is passed, so no attempt can come on top. {IMAGINED}"
ONE_YEAR = f"The year in which you graduated stays. {IMAGINED}"
CITIZEN = "A U.S. citizen needs no visa, so this stands at “No visa needed”. Your profile says {visa}."
NO_CITIZEN = "Your profile says that no visa is needed, as it is for a permanent resident. Change it here if you would need one."
COUNTED = "Your profile counts {fails} without saying at which Step. Listed completely, they stand below: move them there, or they count as none."
H1B_NEEDS_STEP3 = "An H-1B visa is open only with Step 3 passed, and here Step 3 is {standing}."
ONLY_IN_PROGRESS = "Counts only while the certificate is in progress."
H1B = frozenset({VisaNeed.H1B, VisaNeed.EITHER})
STEP_OF = {exam: name for name, exam in EXAM_OF.items()}
# Where the rules of profiles find fault, and the control beside which that is said.
CONTROL_OF: Mapping[str, str] = MappingProxyType(
    {
        "applicant_type": "kind",
        "specialties": "specialty",
        "graduation_year": "year",
        "visa_need": "visa",
        "failed_attempts": "fails",
        "step2_not_passed": "step2",
        "ecfmg_status": "ecfmg",
        "ecfmg_expected": "expected",
        "letters": "letters_us_in",
        "publications": "publications",
        "research_experiences": "research",
        "volunteer_experiences": "volunteering",
        "preferred_states": "preferred",
        "ruled_out_states": "ruled_out",
        "ruled_out_program_types": "ruled_out_types",
    }
)
ELSEWHERE = "specialty"  # what no control is about: the first one


def by_control(problems: Iterable[Problem], profile: ProfileData) -> dict[str, list[str]]:
    """Problems of a whole profile by the control beside which they are told."""
    found: dict[str, list[str]] = {}
    for problem in problems:
        messages = found.setdefault(_control(problem.path, profile), [])
        if problem.message not in messages:
            messages.append(problem.message)
    return found


def _control(path: str, profile: ProfileData) -> str:
    field, place, part = (re.fullmatch(r"(\w+)(?:\[(\d+)\])?(?:\.(\w+))?", path) or re.fullmatch(r"()()()", "")).groups()  # type: ignore[union-attr]
    if field == "usce" and place:
        return "hands_on" if (profile.usce or ())[int(place)].kind in HANDS_ON else "observed"
    if field == "sittings" and place:
        sitting = profile.sittings[int(place)]
        step = STEP_OF.get(sitting.exam, ELSEWHERE)
        if part == "score" and step != "step3":
            return f"{step}_score"
        # What stands after the most sittings is a failed attempt too many.
        before = sum(one.exam == sitting.exam for one in profile.sittings[: int(place)])
        return f"fails_{step}" if before >= MAX_SITTINGS_PER_STEP and profile.sittings_complete else step
    return CONTROL_OF.get(field, ELSEWHERE)


def notes(wish: Wish, today: date) -> dict[str, str]:
    """{control: what has to be known about where it was moved}."""
    own = settings_of(wish.base, wish.own.specialty)
    found = {name: note for name in EXAM_OF if (note := _step(name, own, wish.wanted))}
    found |= {f"{name}_score": NOT_REPEATED for name in ("step1", "step2") if _another_score(f"{name}_score", own, wish.wanted)}
    found |= {f"fails_{name}": note for name in EXAM_OF if wish.frame.complete and (note := _fails(name, own, wish.wanted))}
    if not wish.frame.complete and own.fails is not None and (wish.wanted.fails or 0) < own.fails and wish.wanted.fails is not None:
        found["fails"] = NO_FEWER
    if own.year is not None and own.year <= today.year and wish.wanted.year not in {own.year, None}:
        found["year"] = ONE_YEAR
    return found | _framed(wish, own)


def _step(name: str, own: Settings, wanted: Settings) -> str:
    return STAYS_PASSED if getattr(own, name) in PASSES and getattr(wanted, name) == StepStanding.NOT_PASSED else ""


def _another_score(name: str, own: Settings, wanted: Settings) -> bool:
    before, after = getattr(own, name), getattr(wanted, name)
    return None not in {before, after} and before != after


def _fails(name: str, own: Settings, wanted: Settings) -> str:
    before, after = getattr(own, f"fails_{name}"), getattr(wanted, f"fails_{name}")
    if after < before:
        return NO_FEWER
    return NO_MORE if after > before and getattr(own, name) in PASSES else ""


def _framed(wish: Wish, own: Settings) -> dict[str, str]:
    """What moving the frame does to other controls."""
    found = {}
    if wish.frame.kind != wish.own.kind:
        if wish.frame.kind == ApplicantType.US_IMG and own.visa != wish.held.visa:
            found["visa"] = CITIZEN.format(visa=own.visa.label if own.visa else "nothing about a visa")
        elif wish.frame.kind == ApplicantType.NON_US_IMG and own.visa is not None:
            found["visa"] = NO_CITIZEN
    listed = sum(sitting.outcome == Outcome.FAIL for sitting in wish.profile.sittings if sitting.exam in STEP_OF)
    if wish.frame.complete and not wish.own.complete and (wish.base.failed_attempts or 0) > listed:
        count = wish.base.failed_attempts or 0
        found["complete"] = COUNTED.format(fails=f"{count} failed attempt{'' if count == 1 else 's'}")
    if {"visa", "step3"} & set(wish.moved) and wish.wanted.visa in H1B and wish.wanted.step3 not in PASSES:
        found["visa"] = H1B_NEEDS_STEP3.format(standing="not passed" if wish.wanted.step3 == StepStanding.NOT_PASSED else "not said to be passed")
    if wish.wanted.expected and not wish.profile.ecfmg_expected:
        found["expected"] = ONLY_IN_PROGRESS
    return found
