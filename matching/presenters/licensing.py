"""State licensing boards count attempts too. Warns, never excludes: the figures are old and second-hand."""

from collections.abc import Mapping

from matching.engine import ApplicantTable
from programs.models import LicensingLimit
from smartpick.wording import plural

CHECK = "check with the board before you rank programs there"


def attempts_so_far(applicant: ApplicantTable) -> dict[str, int]:
    """{Step: attempts it takes at least, the passing one included} of the first applicant."""
    fails = {"Step 1": applicant.fails_step1_min, "Step 2 CK": applicant.fails_step2_min, "Step 3": applicant.fails_step3_min}
    return {step: int(column[0]) + 1 for step, column in fails.items()}


def warning(limit: LicensingLimit | None, attempts: Mapping[str, int]) -> str:
    """What the board of one state may object to; "" for nothing known."""
    if limit is None:
        return ""
    over = [
        f"{step} ({plural(limited, 'attempt')} at most, you need {attempts[step]})"
        for step, limited in _limits(limit).items()
        if limited and attempts[step] > limited
    ]
    return f"A license there may be out of reach: {', '.join(over)}; {CHECK}." if over else ""


def _limits(limit: LicensingLimit) -> dict[str, int | None]:
    each = limit.max_attempts_each_step
    return {"Step 1": each, "Step 2 CK": each, "Step 3": limit.max_attempts_step3 or each}


def states_to_check(limits: Mapping[str, LicensingLimit], attempts: Mapping[str, int]) -> list[str]:
    """USPS codes of the states whose board may object, by code."""
    return sorted(code for code, limit in limits.items() if warning(limit, attempts))
