"""What many want to know of What-if first: what this applicant has not done yet, and could. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from applicants.choices import EcfmgStatus
from applicants.exam_rules import MAX_SITTINGS_PER_STEP
from applicants.profile import ProfileData
from applicants.validators import MAX_LETTERS, MAX_USCE_MONTHS
from matching.adapters.what_if import LETTER_KINDS, PASSES, nearest, settings_of
from matching.choices import StepStanding

MORE_MONTHS = 2  # what a program that counts them asks for most often is a month or two
STEP2_SCORE = 240  # where the slider stands too


def tries(base: ProfileData, specialty: str, today: date) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(what, settings that say so), each of them allowed by the rules of profiles."""
    held = settings_of(base, specialty)
    if held.step2 not in PASSES and held.fails_step2 < MAX_SITTINGS_PER_STEP:
        yield f"Step 2 CK passed with {STEP2_SCORE}", {"step2": StepStanding.SCORED, "step2_score": STEP2_SCORE}
    if {held.step1, held.step2} <= (PASSES if base.sittings_complete else {*PASSES, StepStanding.UNKNOWN}):
        if held.step3 not in PASSES and held.fails_step3 < MAX_SITTINGS_PER_STEP:
            yield "Step 3 passed", {"step3": StepStanding.PASSED}
        if held.ecfmg != EcfmgStatus.CERTIFIED and (held.year or today.year) <= today.year:
            yield "ECFMG certificate in hand", {"ecfmg": EcfmgStatus.CERTIFIED}
    months = nearest((held.hands_on or 0) + MORE_MONTHS)
    if months <= MAX_USCE_MONTHS:
        yield f"{MORE_MONTHS}{' more' if held.hands_on else ''} months hands-on in the U.S.", {"hands_on": months}
    if held.letters_us_in is not None and sum(getattr(held, name) for name in LETTER_KINDS) < MAX_LETTERS:
        yield "One more U.S. letter in the specialty", {"letters_us_in": held.letters_us_in + 1}
