"""Random applicants and programs for property tests, and tables written by hand."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from matching.engine.tables import REQUIREMENTS, ApplicantKind, ApplicantTable, ProgramTable, Stage, Strict, University, Visa

STATES, TYPES = 5, 4
TRI = (-1, 0, 1)
NAN = float("nan")

# {column: (dtype, values it can take). NaN, 0 or (for codes) -1 is unknown.
PROGRAM_COLUMNS: dict[str, tuple[Any, tuple[float, ...]]] = {
    "state": (np.int16, (-1, 0, 1, 2, 3, 4)),
    "program_type": (np.int8, (-1, 0, 1, 2, 3)),
    "university": (np.int8, tuple(University)),
    "accepts_us_img": (np.int8, TRI),
    "accepts_non_us_img": (np.int8, TRI),
    "visa_j1": (np.int8, TRI),
    "visa_h1b": (np.int8, TRI),
    "ecfmg_needed_by": (np.float64, (NAN, *map(float, (Stage.APPLICATION, Stage.INTERVIEW, Stage.RANKING, Stage.START)))),
    "max_years_since_graduation": (np.float64, (NAN, 3, 5, 10)),
    "step1_pass_needed": (np.int8, TRI),
    "step1_min": (np.float64, (NAN, 200, 220)),
    "step2_min": (np.float64, (NAN, 215, 230, 245)),
    "step3_needed": (np.int8, TRI),
    "step3_needed_for_h1b": (np.int8, TRI),
    "step1_max_attempts": (np.float64, (NAN, 1, 2)),
    "step2_max_attempts": (np.float64, (NAN, 1, 2)),
    "step3_max_attempts": (np.float64, (NAN, 1)),
    "usce_min_months": (np.float64, (NAN, 0, 1, 3)),
    "usce_hands_on_only": (np.int8, TRI),
    "letters_min": (np.float64, (NAN, 3)),
    "letters_us_min": (np.float64, (NAN, 1, 2)),
    "letters_specialty_min": (np.float64, (NAN, 1)),
    "share_non_us_img": (np.float64, (NAN, 0, 0.1, 0.5, 1)),
    "share_us_img": (np.float64, (NAN, 0, 0.2)),
    "share_img": (np.float64, (NAN, 0.3, 1)),
    "step2_median": (np.float64, (NAN, 230, 245, 258)),
    "applications_received": (np.float64, (NAN, 0, 1000, 3000)),
    "interviews_given": (np.float64, (NAN, 0, 100, 400)),
    "unfilled_share": (np.float64, (NAN, 0, 0.4)),
    "unfilled_quota": (np.float64, (NAN, 4, 60)),
    "unfilled_age": (np.float64, (NAN, 0, 3, 12)),
    "underserved_mission": (np.int8, TRI),
}
APPLICANT_COLUMNS: dict[str, tuple[Any, tuple[float, ...]]] = {
    "kind": (np.int8, tuple(ApplicantKind)),
    "step2_score": (np.float64, (NAN, 205, 219, 228, 245, 262)),
    "step1_score": (np.float64, (NAN, 195, 225)),
    "step1_passed": (np.int8, TRI),
    "step2_passed": (np.int8, TRI),
    "step3_passed": (np.int8, TRI),
    "years_since_graduation": (np.float64, (NAN, 0, 3, 4, 8, 20)),
    "hands_on_months": (np.float64, (NAN, 0, 1, 2.5, 6)),
    "observership_months": (np.float64, (NAN, 0, 2)),
    "publications": (np.float64, (NAN, 0, 2, 40)),
    "volunteer_experiences": (np.float64, (NAN, 0, 3, 9)),
    "visa": (np.int8, tuple(Visa)),
}
FAILS = ((0, 0), (1, 1), (2, 2), (0, 1), (0, NAN), (4, 4))
CERTIFIED = ((0, 0), (2, 2), (4, 4), (0, NAN), (1, NAN))  # stages, at the earliest and at the latest
LETTERS = ((NAN,) * 4, (0, 0, 0, 0), (3, 1, 2, 1), (4, 4, 2, 2))  # all, U.S., specialty, U.S. in specialty


def programs(rng: np.random.Generator, count: int) -> ProgramTable:
    """`count` programs whose columns are independent of each other."""
    return ProgramTable(
        specialty="140",
        ids=np.arange(count),
        strictness={name: rng.choice(tuple(Strict), count).astype(np.int8) for name in REQUIREMENTS},
        **{name: rng.choice(values, count).astype(dtype) for name, (dtype, values) in PROGRAM_COLUMNS.items()},
    )


def applicants(rng: np.random.Generator, count: int) -> ApplicantTable:
    """`count` applicants whose columns are independent of each other, but for what must agree."""
    fails = {step: rng.choice(FAILS, count).astype(np.float64) for step in (1, 2, 3)}
    letters = rng.choice(LETTERS, count).astype(np.float64)
    low, high = (sum(fails[step][:, end] for step in (1, 2, 3)) for end in (0, 1))
    certified = rng.choice(CERTIFIED, count).astype(np.float64)
    wishes = rng.integers(0, 3, (count, STATES))  # 0 nothing, 1 preferred, 2 ruled out
    return ApplicantTable(
        **{name: rng.choice(values, count).astype(dtype) for name, (dtype, values) in APPLICANT_COLUMNS.items()},
        **{f"fails_step{step}_{end}": fails[step][:, place] for step in (1, 2, 3) for place, end in enumerate(("min", "max"))},
        fails_total=np.where(low == high, low, high),
        ecfmg_earliest=certified[:, 0],
        ecfmg_latest=certified[:, 1],
        letters=letters[:, 0],
        letters_us=letters[:, 1],
        letters_specialty=letters[:, 2],
        letters_us_specialty=letters[:, 3],
        preferred_states=wishes == 1,
        ruled_out_states=(wishes == 2) & bool(rng.integers(0, 2)),
        ruled_out_types=np.zeros((count, TYPES), np.bool_),
    )


# One drawn number instead of sixty drawn columns: ten times the cases in the same time.
SEEDS = st.integers(0, 2**32 - 1)


def program_tables(most: int = 6) -> st.SearchStrategy[ProgramTable]:
    """Tables of 1 to `most` random programs."""
    return st.builds(lambda seed, count: programs(np.random.default_rng(seed), count), SEEDS, st.integers(1, most))


def applicant_tables(most: int = 4) -> st.SearchStrategy[ApplicantTable]:
    """Tables of 1 to `most` random applicants."""
    return st.builds(lambda seed, count: applicants(np.random.default_rng(seed), count), SEEDS, st.integers(1, most))


def one_program(**values: float) -> ProgramTable:
    """One program of which nothing is known but `values`; every requirement among them is strict."""
    columns: dict[str, Any] = {}
    for name, (dtype, _) in PROGRAM_COLUMNS.items():
        unknown = -1 if name in {"state", "program_type", "university"} else NAN if dtype is np.float64 else 0
        columns[name] = np.array([values.pop(name, unknown)], dtype)
    assert not values, f"no such column: {values}"
    return ProgramTable(specialty="140", ids=np.arange(1), strictness={name: np.array([Strict.STRICT], np.int8) for name in REQUIREMENTS}, **columns)


def one_applicant(**values: Any) -> ApplicantTable:
    """A non-U.S. IMG, Step 2 CK 245, no fail, everything typical; `values` differ."""
    typical: dict[str, Any] = {
        "kind": ApplicantKind.NON_US_IMG,
        "step2_score": 245,
        "step1_score": NAN,
        "step1_passed": 1,
        "step2_passed": 1,
        "step3_passed": -1,
        **{f"fails_step{step}_{end}": 0 for step in (1, 2, 3) for end in ("min", "max")},
        "fails_total": 0,
        "years_since_graduation": 3,
        "hands_on_months": 2,
        "observership_months": 0,
        "letters": 3,
        "letters_us": 2,
        "letters_specialty": 2,
        "letters_us_specialty": 2,
        "publications": 2,
        "volunteer_experiences": 3,
        "visa": Visa.NONE,
        "ecfmg_earliest": Stage.APPLICATION,
        "ecfmg_latest": Stage.APPLICATION,
    }
    assert not values.keys() - typical.keys()
    integers = {"kind", "step1_passed", "step2_passed", "step3_passed", "visa"}
    columns = {name: np.array([value], np.int8 if name in integers else np.float64) for name, value in (typical | values).items()}
    nowhere = np.zeros((1, STATES), np.bool_)
    return ApplicantTable(**columns, preferred_states=nowhere, ruled_out_states=nowhere, ruled_out_types=np.zeros((1, TYPES), np.bool_))
