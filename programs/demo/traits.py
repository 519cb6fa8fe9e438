"""Invented programs: what is true of each, drawn from the traits of its institution and its own. Pure."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from programs.choices import ProgramType
from programs.demo.draw import Draw, allocate, logistic, logit, solve_increasing, standardized
from programs.demo.institutions import Institution
from programs.demo.tables import DemoTables, SpecialtyMix

# No ACGME id of a real program has these two digits, a place where those carry a state, as its fourth and fifth.
DEMO_STATE_DIGITS = "99"
MOST_POSITIONS = 120
# Military programs take U.S. physicians: no visas and hardly an IMG.
MILITARY_SHIFT = -5.0


@dataclass(frozen=True)
class Sketch:
    """A program before its specialty's totals are met.

    Roughly standard normal: `pull` on IMGs, readiness for `visas`, how `selective` it is within its specialty, and the
    `clarity` of what is published about it.
    """

    acgme_id: str
    institution: Institution
    specialty: SpecialtyMix
    positions: int
    pull: float
    visas: float
    selective: float
    clarity: float


@dataclass(frozen=True)
class Traits:
    """What is true of one program. Shares are whole percent and add up to 100; the three scores rise."""

    sketch: Sketch
    j1: bool
    h1b: bool
    non_us_img: int
    us_img: int
    do: int
    md: int
    step2_q1: int
    step2_median: int
    step2_q3: int


def make_traits(seed: int, programs: int, institutions: Sequence[Institution], tables: DemoTables) -> list[Traits]:
    """Make exactly `programs` programs, by specialty and then by institution."""
    offered = _assign(seed, programs, institutions, tables)
    sketches = [
        _sketch(seed, specialty, number, institution, tables)
        for specialty, holders in zip(tables.specialties, offered, strict=True)
        for number, institution in enumerate(holders, start=1)
    ]
    by_specialty = [_leveled(some) for some in _group(sketches)]
    sketches = [sketch for some in by_specialty for sketch in some]
    clarity = standardized([sketch.clarity for sketch in sketches])
    sketches = [replace(sketch, clarity=one) for sketch, one in zip(sketches, clarity, strict=True)]
    visas = _visas(seed, sketches, tables)
    shares = [pair for some in by_specialty for pair in _img_shares(seed, some, visas, tables)]
    return [_traits(seed, sketch, visas[sketch.acgme_id], pair, tables) for sketch, pair in zip(sketches, shares, strict=True)]


def _assign(seed: int, programs: int, institutions: Sequence[Institution], tables: DemoTables) -> list[list[Institution]]:
    """Choose the institutions that hold each specialty: every institution has a first one, the rest follow appetite and pull."""
    counts = allocate(programs, [specialty.institutions for specialty in tables.specialties])
    holders = _homes(seed, counts, institutions, tables)
    for specialty, count, held in zip(tables.specialties, counts, holders, strict=True):
        draw, homes = Draw(seed, "holders", specialty.code), {one.code for one in held}
        score = {one.code: specialty.pull * one.academic + one.appetite + 0.8 * draw.gumbel() for one in institutions}
        others = sorted((one for one in institutions if one.code not in homes), key=lambda one: (-score[one.code], one.code))
        held.extend(others[: count - len(held)])
        held.sort(key=lambda one: one.code)
    return holders


def _homes(seed: int, counts: Sequence[int], institutions: Sequence[Institution], tables: DemoTables) -> list[list[Institution]]:
    draw, holders = Draw(seed, "homes"), [list[Institution]() for _ in counts]
    for institution in institutions:
        open_ones = [place for place, count in enumerate(counts) if len(holders[place]) < count and tables.specialties[place].home]
        chosen = draw.pick(open_ones, [tables.specialties[place].home for place in open_ones])
        holders[chosen].append(institution)
    return holders


def _sketch(seed: int, specialty: SpecialtyMix, number: int, institution: Institution, tables: DemoTables) -> Sketch:
    """Draw size and leanings. What the community and open lean to goes together: more IMGs, less selective, more visas."""
    acgme_id = f"{specialty.code}{DEMO_STATE_DIGITS}{number:05d}"
    draw = Draw(seed, "sketch", specialty.code, institution.code)
    # The mean of exp(s x) over normal x is exp(s^2 / 2); without the correction the positions would add up to more.
    leaning = 0.1 * institution.academic + draw.normal()
    size = specialty.positions * math.exp(specialty.spread * leaning - specialty.spread**2 / 2)
    pull = 0.8 * institution.openness + 0.6 * draw.normal()
    selective = 0.55 * institution.academic - 0.45 * pull + 0.6 * draw.normal()
    visas = 0.55 * institution.visas + 0.45 * pull + 0.5 * draw.normal()
    # Programs full of IMGs publish less, which is what makes lists for IMGs uncertain.
    clarity = institution.clarity - 0.4 * pull
    shift = MILITARY_SHIFT if institution.kind == ProgramType.MILITARY else 0.0
    return Sketch(acgme_id, institution, specialty, min(MOST_POSITIONS, max(1, round(size))), pull + shift, visas + shift, selective, clarity)


def _group(sketches: Sequence[Sketch]) -> list[list[Sketch]]:
    groups: dict[str, list[Sketch]] = {}
    for sketch in sketches:
        groups.setdefault(sketch.specialty.code, []).append(sketch)
    return list(groups.values())


def _leveled(sketches: list[Sketch]) -> list[Sketch]:
    """Measure selectivity against the specialty's own programs, so that its scores keep their published level."""
    selective = standardized([sketch.selective for sketch in sketches])
    return [replace(sketch, selective=one) for sketch, one in zip(sketches, selective, strict=True)]


def _highest(values: dict[str, float], share: float) -> set[str]:
    """Choose the keys of the highest `share` of the values."""
    order = sorted(values, key=lambda key: (-values[key], key))
    return set(order[: round(share * len(order))])


def _visas(seed: int, sketches: Sequence[Sketch], tables: DemoTables) -> dict[str, tuple[bool, bool]]:
    """(J-1, H-1B) by program: the readiest sponsor, H-1B rarer and hardly ever without J-1."""
    draw, parameters = Draw(seed, "visas"), tables.parameters
    j1 = _highest({sketch.acgme_id: sketch.visas for sketch in sketches}, parameters["j1_share"])
    able = [sketch for sketch in sketches if sketch.acgme_id in j1 or draw.chance(parameters["h1b_without_j1"])]
    h1b_score = {sketch.acgme_id: 0.7 * sketch.visas + 0.7 * draw.normal() for sketch in able}
    h1b = _highest(h1b_score, parameters["h1b_share"] * len(sketches) / max(1, len(able)))
    return {sketch.acgme_id: (sketch.acgme_id in j1, sketch.acgme_id in h1b) for sketch in sketches}


def _weighted(weights: Sequence[float], log_odds: Sequence[float]) -> Callable[[float], float]:
    """Make the function from a shift to the weighted mean of the shares that all log-odds give with it."""
    total = sum(weights)
    return lambda shift: sum(weight * logistic(odds + shift) for weight, odds in zip(weights, log_odds, strict=True)) / total


def _img_shares(seed: int, sketches: Sequence[Sketch], visas: dict[str, tuple[bool, bool]], tables: DemoTables) -> Iterator[tuple[float, float]]:
    """(IMG share, non-U.S. part of it) of the programs of one specialty, so that its positions add up to the published fill."""
    fill, parameters = tables.fills[sketches[0].specialty.code], tables.parameters
    leaning = [parameters["img_spread"] * sketch.pull for sketch in sketches]
    positions = [float(sketch.positions) for sketch in sketches]
    imgs = fill.non_us_img + fill.us_img
    shift = solve_increasing(_weighted(positions, leaning), imgs / fill.positions)
    shares = [logistic(odds + shift) for odds in leaning]
    draw = Draw(seed, "split", fill.code)
    without_visa = [0 if any(visas[sketch.acgme_id]) else parameters["split_without_visa"] for sketch in sketches]
    splitting = [parameters["split_spread"] * draw.normal() + odds for odds in without_visa]
    people = [share * count for share, count in zip(shares, positions, strict=True)]
    turn = solve_increasing(_weighted(people, splitting), fill.non_us_img / imgs)
    return ((share, logistic(odds + turn)) for share, odds in zip(shares, splitting, strict=True))


def _traits(seed: int, sketch: Sketch, visas: tuple[bool, bool], shares: tuple[float, float], tables: DemoTables) -> Traits:
    draw = Draw(seed, "traits", sketch.acgme_id)
    img = round(100 * shares[0])
    non_us = round(img * shares[1])
    do_odds = logit(tables.fills[sketch.specialty.code].do_share) - 0.5 * sketch.institution.academic + draw.normal()
    do = round((100 - img) * logistic(do_odds))
    q1, median, q3 = _scores(sketch, draw, tables)
    return Traits(sketch, *visas, non_us, img - non_us, do, 100 - img - do, q1, median, q3)


def _scores(sketch: Sketch, draw: Draw, tables: DemoTables) -> tuple[int, int, int]:
    """Step 2 CK quartiles: the specialty's level, moved by how selective the program is; two thirds of an SD to either side."""
    level, sd = sketch.specialty.step2_level, sketch.specialty.step2_sd
    median = round(level + tables.parameters["score_spread"] * (0.8 * sketch.selective + 0.6 * draw.normal()))
    below, above = (max(1, round(0.67 * sd * math.exp(0.2 * draw.normal()))) for _ in range(2))
    return median - below, median, median + above
