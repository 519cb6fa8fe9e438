"""Measure the best list: how long it takes, and by itself (`python -m bench.optimise`) how good it is against every subset of 18 candidates."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matching.engine.heard import Heard
    from matching.engine.optimise import Candidates
    from matching.engine.placing import Signaling

PROGRAMS, CHOSEN, ENTRIES = 1500, 300, 200
TARGET = 150  # milliseconds
REPEATS = 5
CASES, CANDIDATES = 500, 18
SPECIALTIES = ("140", "120", "320")  # Internal Medicine, Family Medicine, Pediatrics
NEAR, ELSEWHERE = 1.0, 0.6  # what an interview counts for where the applicant wants to be, and elsewhere


def questions() -> list[tuple[str, list[float], float | None]]:
    """(what, milliseconds of each repeat, target) of each question to the search."""
    from matching.engine.heard import since
    from matching.engine.optimise import best_list, gains, list_curve
    from matching.engine.placing import place_signals, signal_effects

    timed: list[tuple[str, list[float], float | None]] = []
    for specialties in (1, 2, 3):
        for worths, said in (((NEAR,), ""), ((NEAR, ELSEWHERE), ", by location")):
            groups, costs = _groups(specialties, worths)
            what = f"best list: {CHOSEN} of {PROGRAMS:,} in {specialties} {'specialty' if specialties == 1 else 'specialties'}{said}"
            timed.append((what, _times(lambda groups=groups, costs=costs: best_list(groups, costs, budget=None, most=CHOSEN)), TARGET))
    groups, costs = _groups(2, (NEAR, ELSEWHERE))
    chosen = best_list(groups, costs, budget=None, most=CHOSEN).chosen
    signaling, heard = _signaling(), _heard()
    placed = [replace(group, placed=signals) for group, signals in zip(signaling, place_signals(signaling), strict=True)]
    more: list[tuple[str, Callable[[], object]]] = [
        ("best list: the same two specialties for $4,000", lambda: best_list(groups, costs, budget=4000, most=None)),
        (f"best list: of every size up to {CHOSEN}, two specialties", lambda: list_curve(groups, costs, most=CHOSEN)),
        ("best list: what each program adds", lambda: gains(groups, chosen)),
        (f"signals: placed in two specialties, {ENTRIES} entries each", lambda: place_signals(signaling)),
        ("signals: what each of them does", lambda: signal_effects(placed)),
        (f"heard: what is left of {2 * ENTRIES} entries", lambda: since(heard, out=0.5)),
    ]
    return timed + [(what, _times(call), None) for what, call in more]


def _times(call: Callable[[], object]) -> list[float]:
    """Milliseconds of REPEATS calls, after one unmeasured."""
    call()
    took = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        call()
        took.append((time.perf_counter() - start) * 1000)
    return took


def _chances(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """About 1 in 25 in the middle, as over the programs that are open to a typical applicant."""
    result: NDArray[np.float64] = 1 / (1 + np.exp(-rng.normal(-3.2, 1.2, count)))
    return result


def _groups(specialties: int, worths: tuple[float, ...]) -> "tuple[list[Candidates], list[NDArray[np.intp]]]":
    """PROGRAMS candidates over so many specialties, a twentieth of the list locked, at $11 each and $30 from the 31st on."""
    from matching.engine.evidence import specialty
    from matching.engine.matches import MatchCurve
    from matching.engine.optimise import Candidates

    rng, size = np.random.default_rng(2027), PROGRAMS // specialties
    groups = []
    for code in SPECIALTIES[:specialties]:
        figures, locked = specialty(code), np.arange(size) < CHOSEN // 20 // specialties
        groups.append(Candidates(_chances(rng, size), rng.choice(worths, size), locked, figures.spread, MatchCurve(figures.match_level, figures.match_slope)))
    count = np.arange(size + 1)
    return groups, [np.minimum(count, 30) * 11 + np.maximum(count - 30, 0) * 30] * specialties


def _signaling() -> "list[Signaling]":
    from matching.engine.placing import Signaling

    groups, _ = _groups(2, (NEAR,))
    limits, everywhere = ({"gold": 3, "silver": 12}, {"single": 5}), np.ones(ENTRIES, np.bool_)
    return [Signaling(group.chances[:ENTRIES], everywhere, group.spread, group.match, one, ("",) * ENTRIES) for group, one in zip(groups, limits, strict=True)]


def _heard() -> "list[Heard]":
    from matching.engine.heard import Heard

    groups, _ = _groups(2, (NEAR,))
    news = np.random.default_rng(3).choice(np.array([-1, 0, 1], np.int8), ENTRIES, p=(0.1, 0.85, 0.05))
    return [Heard(group.chances[:ENTRIES], news, group.spread, group.match) for group in groups]


def against_every_subset() -> None:
    """Print how good the search is on CASES random questions of CANDIDATES candidates."""
    from matching.engine.optimise import best_list
    from tests.engine.exhaustive import best_value, random_case

    rng, shares = np.random.default_rng(18), []
    for _ in range(CASES):
        case = random_case(rng, CANDIDATES)
        found, optimum = best_list(case.groups, case.costs, budget=case.budget, most=case.most).value, best_value(case)
        shares.append((found >= optimum - 1e-9, found / optimum if optimum > 1e-9 else 1.0))
    equal, share = zip(*shares, strict=True)
    print(f"{CASES} questions of {CANDIDATES} candidates: worst {min(share):.6%} of the optimum, equal in {sum(equal) / CASES:.1%}")


if __name__ == "__main__":
    against_every_subset()
    for what, took, _ in questions():
        print(f"{what:<62}{min(took):>9.1f} ms at best, {max(took):.1f} at worst of {REPEATS}")
