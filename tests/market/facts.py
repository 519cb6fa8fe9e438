"""Invented facts of one specialty: programs and applicants as they are, and as much of it as can be seen.

Both sides are the engine's own tables. In the true ones nothing is unknown: "no minimum" is minus
infinity, "no limit" infinity. What a program does not state is drawn from the priors that the engine
publishes for it, so that an engine that uses them rightly has to come out right on average. A
requirement stated without saying how firmly binds as often as `unclear_unmet` says, and is none otherwise.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matching.engine.evidence import weights
from matching.engine.tables import NO, UNKNOWN, YES, ApplicantKind, ApplicantTable, Floats, ProgramTable, Stage, Strict, University, Visa

STATES, TYPES = 12, 3
SPECIALTY = "140"
NONE_NEEDED, NO_LIMIT = -np.inf, np.inf
Rng = np.random.Generator

# Where a program states a requirement: how often it does, and what it then asks.
STATED = {
    "max_years_since_graduation": (0.35, (5.0, 5.0, 7.0, 10.0)),
    "step2_min": (0.40, (215.0, 220.0, 225.0, 230.0)),
    "step1_max_attempts": (0.40, (1.0, 2.0, 3.0)),
    "step2_max_attempts": (0.40, (1.0, 2.0, 3.0)),
    "step3_max_attempts": (0.20, (1.0, 2.0)),
    "usce_min_months": (0.25, (0.0, 1.0, 1.0, 2.0)),
    "letters_min": (0.50, (0.0, 3.0)),
    "letters_us_min": (0.35, (0.0, 1.0, 2.0)),
    "letters_specialty_min": (0.35, (0.0, 1.0)),
    "ecfmg_needed_by": (0.40, (float(Stage.APPLICATION), float(Stage.INTERVIEW), float(Stage.RANKING), float(Stage.START))),
}
# What no requirement is.
NOTHING = {name: NONE_NEEDED if name.endswith(("_min", "_months")) else NO_LIMIT for name in STATED} | {"ecfmg_needed_by": float(Stage.START)}
# Where it states nothing: the engine's curve for it, and what has to be added to the curve's x.
HIDDEN = {
    "max_years_since_graduation": ("unstated_graduation", 0.0),
    "step2_min": ("unstated_step2_min", 0.0),
    "step1_max_attempts": ("unstated_attempts", 1.0),
    "step2_max_attempts": ("unstated_attempts", 1.0),
    "step3_max_attempts": ("unstated_attempts", 1.0),
    "usce_min_months": ("unstated_usce", 0.0),
    "letters_min": ("unstated_letters", 0.0),
    "letters_us_min": ("unstated_letters", 0.0),
    "letters_specialty_min": ("unstated_letters", 0.0),
}
FIRMNESS, FIRMNESS_SHARES = (Strict.STRICT, Strict.PREFERRED, Strict.UNCLEAR), (0.6, 0.2, 0.2)

# Shares of non-U.S. IMGs among residents: a Beta with this mean, many programs near zero.
SHARE_MEAN, SHARE_SIZE = 0.307, 2.6
US_PER_NON_US = 0.32
KNOWN_SHARE, POOLED_SHARE = 0.55, 0.20  # of programs; the rest shows nothing
MEDIAN_MEAN, NINETY_PERCENT = 245.0, 1.645
STEP2_MEAN, STEP2_SD = 243.5, 15.0


@dataclass(frozen=True)
class Programs:
    """The same programs twice."""

    true: ProgramTable
    seen: ProgramTable


@dataclass(frozen=True)
class Applicants:
    """The same applicants twice."""

    true: ApplicantTable
    seen: ApplicantTable


def hidden(rng: Rng, curve: str, nothing: float, count: int) -> Floats:
    """One secret requirement a program: it excludes at x with the probability that the curve has there.

    Read backwards: a uniform u excludes wherever the curve lies above u, so the requirement lies where it crosses u.
    """
    rows = [(float(row.x), row.value) for row in weights().rows if row.name == curve]
    x, chance = (np.array(part) for part in zip(*sorted(rows, key=lambda row: row[1]), strict=True))
    u = rng.random(count)
    return np.where(u < chance.max(), np.interp(u, chance, x), nothing)


def programs(rng: Rng, count: int) -> Programs:
    """`count` programs."""
    true: dict[str, NDArray] = {}
    seen: dict[str, NDArray] = {}
    firm: dict[str, NDArray] = {}
    firm_seen: dict[str, NDArray] = {}
    for name, (share, values) in STATED.items():
        asked, says = rng.choice(values, count), rng.choice(FIRMNESS, count, p=FIRMNESS_SHARES)
        states, idle = rng.random(count) < share, (says == Strict.UNCLEAR) & (rng.random(count) >= weights().number("unclear_unmet"))
        true[name] = np.where(states, np.where(idle, NOTHING[name], asked), _secret(rng, name, count))
        seen[name] = np.where(states, asked, np.nan)
        firm[name] = np.where(states & (says == Strict.PREFERRED), Strict.PREFERRED, Strict.STRICT).astype(np.int8)
        firm_seen[name] = np.where(states, says, Strict.UNCLEAR).astype(np.int8)
    for facts, facts_seen in (_shares(rng, count), _yes_or_no(rng, count), _counts(rng, count)):
        true |= facts
        seen |= facts_seen
    # Sponsorship, acceptance and passes are said firmly, or not at all.
    for name in ("accepts_us_img", "accepts_non_us_img", "visa_j1", "visa_h1b", "step3_needed", "step1_pass_needed", "step1_min", "usce_hands_on_only"):
        firm[name] = np.full(count, Strict.STRICT, np.int8)
        known = seen[name] != UNKNOWN if name != "step1_min" else np.zeros(count, np.bool_)
        firm_seen[name] = np.where(known, Strict.STRICT, Strict.UNCLEAR).astype(np.int8)
    shared = {"specialty": SPECIALTY, "ids": np.arange(count)}
    return Programs(ProgramTable(**shared, **true, strictness=firm), ProgramTable(**shared, **seen, strictness=firm_seen))


def _secret(rng: Rng, name: str, count: int) -> Floats:
    if name in HIDDEN:
        curve, shift = HIDDEN[name]
        return hidden(rng, curve, NOTHING[name], count) + shift
    by_then = rng.random(count) < weights().number("unstated_ecfmg")
    return np.where(by_then, float(Stage.APPLICATION), NOTHING[name])


def _shares(rng: Rng, count: int) -> tuple[dict[str, NDArray], dict[str, NDArray]]:
    """Residents' origin: known, known for all IMGs together, or not at all; whoever shows such residents takes them."""
    own = rng.beta(SHARE_MEAN * SHARE_SIZE, (1 - SHARE_MEAN) * SHARE_SIZE, count)
    # The split of a program leans by up to the range that the engine allows, evenly.
    lean = rng.uniform(*weights().ends("pooled_share"), count)
    together = np.minimum(own / lean * (1 + US_PER_NON_US), 1.0)
    kind = rng.random(count)
    known, pooled = kind < KNOWN_SHARE, (kind >= KNOWN_SHARE) & (kind < KNOWN_SHARE + POOLED_SHARE)
    closed = ~known & ~pooled & (rng.random(count) < weights().number("unstated_accepts"))
    accepts = np.where(closed, NO, YES).astype(np.int8)
    says = known | pooled
    us = np.clip(together - own, 0.0, 1.0)
    true = {"share_non_us_img": own, "share_us_img": us, "share_img": together, "accepts_non_us_img": accepts, "accepts_us_img": np.full(count, YES, np.int8)}
    seen = {
        "share_non_us_img": np.where(known, own, np.nan),
        "share_us_img": np.where(known, us, np.nan),
        "share_img": np.where(pooled, together, np.nan),
        "accepts_non_us_img": np.where(says, YES, UNKNOWN).astype(np.int8),
        "accepts_us_img": np.where(says, YES, UNKNOWN).astype(np.int8),
    }
    return true, seen


def _tri(yes: NDArray[np.bool_]) -> NDArray[np.int8]:
    return np.where(yes, YES, NO).astype(np.int8)


def _seen(fact: NDArray[np.int8], known: NDArray[np.bool_]) -> NDArray[np.int8]:
    return np.where(known, fact, UNKNOWN).astype(np.int8)


def _yes_or_no(rng: Rng, count: int) -> tuple[dict[str, NDArray], dict[str, NDArray]]:
    """Sponsorship and passes. Of programs silent on visas as many sponsor J-1, H-1B, neither as the priors say."""
    number = weights().number
    no_j1, no_h1b, neither = (number(f"unstated_visa_{visa}") for visa in ("j1", "h1b", "either"))
    draw, says_visa = rng.random((6, count)), rng.random(count) < 0.75
    j1 = np.where(says_visa, draw[0] < 0.88, draw[0] >= no_j1)
    h1b_where_no_j1 = np.where(says_visa, 0.1, 1 - neither / no_j1)
    h1b_where_j1 = np.where(says_visa, 0.3, 1 - (no_h1b - neither) / (1 - no_j1))
    h1b = draw[1] < np.where(j1, h1b_where_j1, h1b_where_no_j1)
    says_step3, says_only, university = draw[2] < 0.3, draw[3] < 0.5, rng.choice(tuple(University), count, p=(0.1, 0.4, 0.25, 0.25))
    step3 = rng.random(count) < np.where(says_step3, 0.1, number("unstated_step3"))
    # Not said whether observerships count: they do not as often as the engine's number for it says.
    only = rng.random(count) < np.where(says_only, 0.4, number("unclear_unmet"))
    mission = draw[4] < 0.2
    true = {
        "visa_j1": _tri(j1),
        "visa_h1b": _tri(h1b),
        "step3_needed": _tri(step3),
        "usce_hands_on_only": _tri(only),
        "step1_pass_needed": np.full(count, YES, np.int8),
        "step3_needed_for_h1b": np.full(count, YES, np.int8),
        "underserved_mission": _tri(mission),
        "university": np.where(university == University.UNKNOWN, rng.choice((University.NO, University.YES), count), university).astype(np.int8),
        "step1_min": np.full(count, NONE_NEEDED),
    }
    seen = {
        "visa_j1": _seen(true["visa_j1"], says_visa),
        "visa_h1b": _seen(true["visa_h1b"], says_visa),
        "step3_needed": _seen(true["step3_needed"], says_step3),
        "usce_hands_on_only": _seen(true["usce_hands_on_only"], says_only),
        "step1_pass_needed": _seen(true["step1_pass_needed"], draw[5] < 0.5),
        "step3_needed_for_h1b": true["step3_needed_for_h1b"],
        "underserved_mission": true["underserved_mission"],
        "university": university.astype(np.int8),
        "step1_min": np.full(count, np.nan),
    }
    return true, seen


def _counts(rng: Rng, count: int) -> tuple[dict[str, NDArray], dict[str, NDArray]]:
    """Middle score, applications and interviews (of everybody, not of these applicants), unfilled positions, place."""
    number = weights().number
    middle = MEDIAN_MEAN + rng.normal(0, number("step2_median_unknown") / NINETY_PERCENT, count)
    applications = np.round(np.exp(rng.normal(np.log(3000), 0.3, count)))
    # The log-odds that its ratio of interviews brings reach +-competition_unknown for 9 in 10 programs.
    spread = number("competition_unknown") / number("competition") / NINETY_PERCENT
    interviews = np.round(applications * number("competition_typical") * np.exp(rng.normal(0, spread, count)))
    any_unfilled = rng.random(count) < 0.2
    known_middle, known_counts = rng.random((2, count)) < [[0.5], [0.6]]
    public = {
        "state": rng.integers(0, STATES, count).astype(np.int16),
        "program_type": rng.integers(0, TYPES, count).astype(np.int8),
        "unfilled_share": np.where(any_unfilled, rng.uniform(0, 0.5, count), 0.0),
        "unfilled_quota": rng.integers(4, 40, count).astype(np.float64),
        "unfilled_age": rng.integers(1, 6, count).astype(np.float64),
    }
    true = public | {"step2_median": middle, "applications_received": applications, "interviews_given": interviews}
    seen = public | {
        "step2_median": np.where(known_middle, middle, np.nan),
        "applications_received": np.where(known_counts, applications, np.nan),
        "interviews_given": np.where(known_counts, interviews, np.nan),
    }
    return true, seen


def applicants(rng: Rng, count: int, *, silent: float) -> Applicants:
    """`count` non-U.S. IMGs, of whom the share `silent` says nothing about publications, USCE and letters."""
    score = np.clip(np.round(rng.normal(STEP2_MEAN, STEP2_SD, count)), 196, 284)
    weak = (STEP2_MEAN - score) / STEP2_SD
    fails = {step: _fails(rng, weak, often) for step, often in ((1, -2.4), (2, -3.2), (3, -5.0))}
    letters_us = rng.choice(5, count, p=(0.08, 0.10, 0.22, 0.45, 0.15)).astype(np.float64)
    letters = np.maximum(letters_us, rng.choice((3.0, 4.0), count, p=(0.6, 0.4)))
    letters_us_specialty = rng.binomial(letters_us.astype(int), 0.75).astype(np.float64)
    other_specialty = rng.binomial((letters - letters_us).astype(int), 0.6).astype(np.float64)
    certified = rng.choice((Stage.APPLICATION, Stage.INTERVIEW, Stage.RANKING), count, p=(0.85, 0.10, 0.05)).astype(np.float64)
    nowhere = np.zeros((count, STATES), np.bool_)
    true = ApplicantTable(
        kind=np.full(count, ApplicantKind.NON_US_IMG, np.int8),
        step2_score=score,
        step1_score=np.full(count, np.nan),
        step1_passed=np.full(count, YES, np.int8),
        step2_passed=np.full(count, YES, np.int8),
        step3_passed=_tri(rng.random(count) < 0.15),
        **{f"fails_step{step}_{end}": fails[step] for step in (1, 2, 3) for end in ("min", "max")},
        fails_total=fails[1] + fails[2] + fails[3],
        years_since_graduation=np.floor(rng.gamma(1.8, 2.6, count)),
        hands_on_months=rng.choice(7, count, p=(0.16, 0.16, 0.25, 0.17, 0.12, 0.08, 0.06)).astype(np.float64),
        observership_months=rng.choice(4, count, p=(0.5, 0.2, 0.2, 0.1)).astype(np.float64),
        letters=letters,
        letters_us=letters_us,
        letters_specialty=letters_us_specialty + other_specialty,
        letters_us_specialty=letters_us_specialty,
        publications=np.floor(np.exp(rng.normal(1.1, 1.0, count)) - 0.5).clip(0),
        volunteer_experiences=np.floor(np.exp(rng.normal(1.2, 0.7, count))),
        visa=rng.choice((Visa.NONE, Visa.J1, Visa.H1B, Visa.EITHER), count, p=(0.2, 0.65, 0.03, 0.12)).astype(np.int8),
        ecfmg_earliest=certified,
        ecfmg_latest=certified,
        preferred_states=rng.random((count, STATES)) < 0.1,
        ruled_out_states=nowhere,
        ruled_out_types=np.zeros((count, TYPES), np.bool_),
    )
    return Applicants(true, _hide(true, rng.random(count) < silent))


def _fails(rng: Rng, weak: Floats, often: float) -> Floats:
    """Failed sittings, likelier with low scores; `often` are the log-odds of one at the mean score."""
    one = rng.random(len(weak)) < 1 / (1 + np.exp(-(often + 0.8 * weak)))
    return np.where(one, 1.0 + (rng.random(len(weak)) < 0.2), 0.0)


def _hide(true: ApplicantTable, quiet: NDArray[np.bool_]) -> ApplicantTable:
    names = ("publications", "hands_on_months", "observership_months", "letters", "letters_us", "letters_specialty", "letters_us_specialty")
    return replace(true, **{name: np.where(quiet, np.nan, getattr(true, name)) for name in names})
