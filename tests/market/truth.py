"""The true chances of the invented specialty, from facts of which nothing is unknown.

Written from the description of the model (section 2 of the engine's README), not from its code: no function of
`matching.engine.chances` or `criteria` is used. What it takes from the engine are the values of the weights,
so that formulas are compared, not opinions about how much a letter is worth.
"""

import numpy as np
from numpy.typing import NDArray

from matching.engine.evidence import weights
from matching.engine.tables import NO, YES, ApplicantTable, Floats, ProgramTable, Stage, Strict, University, Visa

Bools = NDArray[np.bool_]
NODES = 40  # of the integral over strength, Gauss-Hermite


def closed(a: ApplicantTable, p: ProgramTable) -> Bools:
    """Pairs that a firm rule shuts, (applicants, programs)."""
    shut = np.broadcast_to(p.accepts_non_us_img == NO, (len(a), len(p))).copy()
    shut |= _no_visa(a, p)
    for name, missed in misses(a, p).items():
        shut |= missed & (p.strictness[name] == Strict.STRICT)
    no_step3 = (a.step3_passed == NO)[:, None] & (p.step3_needed == YES)
    return shut | no_step3


def misses(a: ApplicantTable, p: ProgramTable) -> dict[str, Bools]:
    """By requirement that can be stated more or less firmly: pairs in which the applicant falls short."""
    counted = a.hands_on_months[:, None] + np.where(p.usce_hands_on_only == YES, 0, a.observership_months[:, None])
    return {
        "step2_min": a.step2_score[:, None] < p.step2_min,
        "max_years_since_graduation": a.years_since_graduation[:, None] > p.max_years_since_graduation,
        # Somebody without a fail has sat it once, or will: no limit stands in the way.
        **{f"step{step}_max_attempts": _sittings(getattr(a, f"fails_step{step}_max"))[:, None] > getattr(p, f"step{step}_max_attempts") for step in (1, 2, 3)},
        "usce_min_months": counted < p.usce_min_months,
        "letters_min": a.letters[:, None] < p.letters_min,
        "letters_us_min": a.letters_us[:, None] < p.letters_us_min,
        "letters_specialty_min": a.letters_specialty[:, None] < p.letters_specialty_min,
        # A certificate that is there at the application is there in time for everything.
        "ecfmg_needed_by": (a.ecfmg_latest[:, None] > p.ecfmg_needed_by) & (a.ecfmg_latest[:, None] > Stage.APPLICATION),
    }


def _sittings(fails: Floats) -> Floats:
    return np.where(fails > 0, fails + 1, 0)


def _no_visa(a: ApplicantTable, p: ProgramTable) -> Bools:
    """No sponsor for the visa that is needed; H-1B takes Step 3."""
    h1b = (p.visa_h1b == YES) & (a.step3_passed == YES)[:, None]
    j1 = np.broadcast_to(p.visa_j1 == YES, h1b.shape)
    sponsored = {Visa.NONE: np.ones_like(h1b), Visa.J1: j1, Visa.H1B: h1b, Visa.EITHER: j1 | h1b}
    return ~np.select([(a.visa == need)[:, None] for need in sponsored], list(sponsored.values()), default=False)


def log_odds(a: ApplicantTable, p: ProgramTable, *, slope: float, share: float, publications: float) -> Floats:
    """The sum of all effects, (applicants, programs), 0 for a typical applicant at a typical program.

    `slope`: log-odds per 10 points of Step 2 CK. `share`: non-U.S. IMGs in the specialty, 0 to 1. `publications`: typical number.
    """
    return _of_programs(p, share)[None, :] + _of_applicants(a)[:, None] + _of_pairs(a, p, slope, publications)


def _of_programs(p: ProgramTable, share: float) -> Floats:
    number = weights().number
    floor = number("openness_floor")
    openness = number("openness") * (np.log(p.share_non_us_img + floor) - np.log(share + floor))
    ratio = np.log(p.interviews_given / p.applications_received) - np.log(number("competition_typical"))
    competition = number("competition") * np.minimum(np.maximum(ratio, -number("competition_limit")), number("competition_limit"))
    trusted = p.unfilled_quota / (p.unfilled_quota + number("unfilled_positions")) * np.maximum(0, 1 - p.unfilled_age / number("unfilled_fade"))
    return openness + competition + number("unfilled") * p.unfilled_share * trusted


def _of_applicants(a: ApplicantTable) -> Floats:
    number, curve = weights().number, weights().curve
    total = curve("graduation", a.years_since_graduation) + curve("usce", a.hands_on_months)
    total += np.where((a.hands_on_months == 0) & (a.observership_months > 0), number("observership"), 0)
    total += curve("letters", a.letters_us_specialty + number("letters_outside") * (a.letters_us - a.letters_us_specialty))
    for step in (1, 2, 3):
        fails = getattr(a, f"fails_step{step}_max")
        total += np.where(fails >= 1, number(f"fail_step{step}"), 0) + number("fail_more") * np.maximum(fails - 1, 0)
    return total + np.select([a.visa == Visa.NONE, a.visa == Visa.H1B], [number("visa_none"), number("visa_h1b")], 0)


def _of_pairs(a: ApplicantTable, p: ProgramTable, slope: float, publications: float) -> Floats:
    number = weights().number
    limit, bound = number("step2_limit"), number("research_limit")
    total = slope * np.clip((a.step2_score[:, None] - p.step2_median) / 10, -limit / 10, limit / 10)
    twice = number("research_university")
    asks = np.select([p.university == University.YES, p.university == University.AFFILIATED], [twice, (twice + 1) / 2], 1)
    written = np.clip(np.log((1 + a.publications) / (1 + publications)), -bound, bound)
    total += number("research") * written[:, None] * asks
    served = np.clip(np.log((1 + a.volunteer_experiences) / (1 + number("mission_typical"))), -bound, bound)
    total += number("mission") * served[:, None] * (p.underserved_mission == YES)
    total += number("preferred_state") * a.preferred_states[:, p.state]
    unmet = sum(missed & (p.strictness[name] == Strict.PREFERRED) for name, missed in misses(a, p).items())
    return total + number("preference_unmet") * unmet


def before_strength(marginal: Floats, spread: float) -> Floats:
    """The c for which logistic(c + spread x z), averaged over a standard normal z, is logistic(marginal)."""
    z, share = np.polynomial.hermite_e.hermegauss(NODES)
    c = np.linspace(-25, 25, 2001)
    mean = (1 / (1 + np.exp(-(c[:, None] + spread * z)))) @ (share / share.sum())
    return np.interp(marginal, np.log(mean) - np.log1p(-mean), c)
