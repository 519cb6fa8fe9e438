"""Sets of programs as a specialty may have them: nothing known, or as much as sources say."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from matching.engine.tables import REQUIREMENTS, ProgramTable, Stage, Strict, University
from tests.engine.strategies import PROGRAM_COLUMNS, STATES, one_program

# Whether residents are non-U.S. IMGs: a third of programs hardly, a third somewhat, a third mostly (0 to 0.9 in all).
SHARES = ((0.0, 0.05), (0.05, 0.4), (0.4, 0.9))
MINIMUMS = (210.0, 215.0, 220.0, 225.0, 230.0, 235.0)


def unknown_programs(specialty: str, count: int = 3) -> ProgramTable:
    """Identical programs of which nothing is known."""
    return replace(one_program().take(np.zeros(count, np.intp)), specialty=specialty, ids=np.arange(count))


def varied_programs(specialty: str, count: int = 300, *, seed: int = 2026) -> ProgramTable:
    """Programs with realistic facts, each known at a part of them; most of what is stated is firm."""
    rng = np.random.default_rng(seed)
    columns: dict[str, Any] = {name: column.repeat(count) for name, column in _unknown_columns().items()}
    for name, (known, draw) in FACTS.items():
        values = np.where(rng.random(count) < known, draw(rng, count), columns[name])
        columns[name] = values.astype(PROGRAM_COLUMNS[name][0])
    strictness = {name: rng.choice(tuple(Strict), count, p=(0.1, 0.2, 0.7)).astype(np.int8) for name in REQUIREMENTS}
    return ProgramTable(specialty=specialty, ids=np.arange(count), strictness=strictness, **columns)


def stated_programs(specialty: str, count: int = 40, *, seed: int = 2026) -> ProgramTable:
    """Programs that say all there is to say, so firmly that nothing is left open; they take every IMG with a J-1 or without need of a visa."""
    rng = np.random.default_rng(seed)
    drawn = {name: draw(rng, count) for name, (_, draw) in (FACTS | ALSO_STATED).items()}
    columns: dict[str, Any] = {name: np.asarray(drawn[name]).astype(dtype) for name, (dtype, _) in PROGRAM_COLUMNS.items()}
    strictness = {name: np.full(count, Strict.STRICT, np.int8) for name in REQUIREMENTS}
    return ProgramTable(specialty=specialty, ids=np.arange(count), strictness=strictness, **columns)


def _unknown_columns() -> dict[str, Any]:
    table = one_program()
    return {name: getattr(table, name) for name in PROGRAM_COLUMNS}


Draw = Callable[[np.random.Generator, int], Any]


def _either(*values: float, p: tuple[float, ...] | None = None) -> Draw:
    return lambda rng, count: rng.choice(values, count, p=p)


def _between(low: float, high: float) -> Draw:
    return lambda rng, count: rng.uniform(low, high, count)


def _share(rng: np.random.Generator, count: int) -> Any:
    low, high = np.array(SHARES)[rng.integers(0, len(SHARES), count)].T
    return rng.uniform(low, high)


# {column: (share of programs at which it is known, how it is drawn there)}
FACTS: dict[str, tuple[float, Draw]] = {
    "state": (1.0, lambda rng, count: rng.integers(0, STATES, count)),
    "program_type": (0.9, _either(0, 1, 2, 3)),
    "university": (0.9, _either(*University, p=(0.1, 0.4, 0.25, 0.25))),
    "accepts_non_us_img": (0.6, _either(1, -1, p=(0.9, 0.1))),
    "accepts_us_img": (0.6, _either(1, -1, p=(0.95, 0.05))),
    "visa_j1": (0.7, _either(1, -1, p=(0.85, 0.15))),
    "visa_h1b": (0.6, _either(1, -1, p=(0.35, 0.65))),
    "max_years_since_graduation": (0.5, _either(3, 5, 10)),
    "step1_pass_needed": (0.5, _either(1)),
    "step2_min": (0.5, _either(*MINIMUMS)),
    "step3_needed": (0.3, _either(1, -1, p=(0.1, 0.9))),
    "step1_max_attempts": (0.4, _either(1, 2, 3)),
    "step2_max_attempts": (0.4, _either(1, 2, 3)),
    "usce_min_months": (0.4, _either(0, 1, 2, 3)),
    "usce_hands_on_only": (0.3, _either(1, -1)),
    "letters_min": (0.6, _either(2, 3, 4, p=(0.1, 0.85, 0.05))),
    "letters_us_min": (0.3, _either(0, 1, 2)),
    "letters_specialty_min": (0.3, _either(0, 1, 2)),
    "share_non_us_img": (0.7, _share),
    "share_us_img": (0.7, _between(0.0, 0.3)),
    "step2_median": (0.4, _between(235.0, 255.0)),
    "applications_received": (0.5, _between(800.0, 4000.0)),
    "interviews_given": (0.5, _between(60.0, 400.0)),
    "unfilled_share": (0.3, _either(0.0, 0.1, 0.4, p=(0.8, 0.15, 0.05))),
    "unfilled_quota": (1.0, _either(4, 10, 30)),
    "unfilled_age": (1.0, _either(0, 1, 4)),
    "underserved_mission": (0.5, _either(1, -1, p=(0.3, 0.7))),
}

# What programs that say everything state besides, or otherwise: most of them that they ask for nothing much. They need no Step 3.
ALSO_STATED: dict[str, tuple[float, Draw]] = {
    **dict.fromkeys(("accepts_non_us_img", "accepts_us_img", "visa_j1"), (1.0, _either(1))),
    **dict.fromkeys(("step3_needed", "visa_h1b"), (1.0, _either(-1))),
    "step3_needed_for_h1b": (1.0, _either(1)),
    "university": (1.0, _either(University.NO, University.AFFILIATED, University.YES)),
    "ecfmg_needed_by": (1.0, _either(Stage.APPLICATION, Stage.RANKING)),
    "step1_min": (1.0, _either(0)),
    "step2_min": (1.0, _either(195, *MINIMUMS, p=(0.4, *[0.1] * len(MINIMUMS)))),
    "max_years_since_graduation": (1.0, _either(5, 10, 50, p=(0.25, 0.25, 0.5))),
    **dict.fromkeys(("step1_max_attempts", "step2_max_attempts"), (1.0, _either(1, 2, 9, p=(0.15, 0.25, 0.6)))),
    "usce_min_months": (1.0, _either(0, 1, 3, p=(0.6, 0.25, 0.15))),
    "step3_max_attempts": (1.0, _either(1, 2)),
    "share_img": (1.0, _between(0.0, 1.0)),
}
