"""Invented institutions: a coined name in a real city, and the traits that make their programs alike. Pure."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from programs.choices import ProgramType
from programs.demo.draw import Draw, pick_at
from programs.demo.tables import City, DemoTables, NamePattern

# Real NRMP institution codes end below this one; see the largest in the Program Results 2015-2019, 3795.
FIRST_CODE, LAST_CODE = 9001, 9999
LEAST_PROGRAMS = 20
GOLDEN_STEP = (math.sqrt(5) - 1) / 2
LONGEST_LABEL = 40
# The smallest states count for this many tracks, so that none is left without a program.
LEAST_TRACKS = 8


@dataclass(frozen=True)
class Institution:
    """One institution.

    The traits are roughly standard normal: `academic`, `appetite` for many specialties, `openness` to IMGs, readiness
    for `visas` and the `clarity` of what it publishes.
    """

    code: str
    name: str
    kind: ProgramType
    city: City
    academic: float
    appetite: float
    openness: float
    visas: float
    clarity: float

    def domain(self) -> str:
        """Make a host name that cannot exist: .example is reserved for invented ones."""
        return re.sub(r"[^a-z]+", "-", self.name.lower()).strip("-")[:LONGEST_LABEL].rstrip("-") + ".example"


def make_institutions(seed: int, programs: int, tables: DemoTables) -> list[Institution]:
    """Make as many institutions as `programs` need, in order of code. Raises ValueError outside the numbers that fit."""
    number = round(programs * tables.parameters["institutions_per_program"])
    most = int((LAST_CODE - FIRST_CODE + 1) / tables.parameters["institutions_per_program"])
    if not LEAST_PROGRAMS <= programs <= most:
        raise ValueError(f"The number of programs has to be from {LEAST_PROGRAMS} to {most}, not {programs}.")
    names = _names(seed, tables)
    draws = [Draw(seed, "institution", place) for place in range(number)]
    academic = [draw.normal() for draw in draws]
    kinds = _kinds(seed, academic, tables)
    return [
        Institution(
            code=str(FIRST_CODE + place),
            name=next(names[kinds[place]]),
            kind=kinds[place],
            city=city,
            academic=academic[place],
            **_leanings(academic[place], draws[place]),
        )
        for place, city in enumerate(_places(seed, academic, tables))
    ]


def _leanings(academic: float, draw: Draw) -> dict[str, float]:
    """Draw the traits that hang together: the academic are less open to IMGs and publish more clearly."""
    openness = -0.6 * academic + 0.8 * draw.normal()
    return {
        "appetite": 0.85 * academic + 0.53 * draw.normal(),
        "openness": openness,
        "visas": 0.65 * openness + 0.76 * draw.normal(),
        "clarity": 0.5 * academic - 0.35 * openness + 0.65 * draw.normal(),
    }


def _places(seed: int, academic: list[float], tables: DemoTables) -> list[City]:
    """A city for each institution: states in proportion to their tracks, cities to the root of their population.

    Steps of the golden ratio through the states, from the most to the least academic institution, spread large and
    small ones evenly: any run of them visits the states in proportion.
    """
    draw, cities = Draw(seed, "places"), [tables.cities[tables.states[0].state][0]] * len(academic)
    start, weights = draw.uniform(), [max(row.tracks, LEAST_TRACKS) for row in tables.states]
    for rank, place in enumerate(sorted(range(len(academic)), key=lambda place: -academic[place])):
        state = pick_at((start + rank * GOLDEN_STEP) % 1, tables.states, weights).state
        # The root, because hospitals crowd less than people do.
        cities[place] = draw.pick(tables.cities[state], [math.sqrt(city.population_thousands) for city in tables.cities[state]])
    return cities


def _kinds(seed: int, academic: list[float], tables: DemoTables) -> list[ProgramType]:
    """The most academic are universities, the next affiliated with one; a few of the rest are military."""
    number, draw = len(academic), Draw(seed, "kinds")
    universities = round(number * tables.parameters["university_share"])
    affiliated = universities + round(number * tables.parameters["affiliated_share"])
    kinds = [ProgramType.COMMUNITY] * number
    for rank, place in enumerate(sorted(range(number), key=lambda place: -academic[place])):
        if rank < affiliated:
            kinds[place] = ProgramType.UNIVERSITY if rank < universities else ProgramType.AFFILIATED
        elif draw.chance(tables.parameters["military_share"]):
            kinds[place] = ProgramType.MILITARY
    return kinds


def _names(seed: int, tables: DemoTables) -> dict[ProgramType, Iterator[str]]:
    """An endless supply of names that never repeat, for each kind."""
    taken: set[str] = set()
    return {kind: _names_of(Draw(seed, "names", kind.value), tables.patterns[kind.value], tables.stems, taken) for kind in ProgramType}


def _names_of(draw: Draw, patterns: tuple[NamePattern, ...], stems: tuple[str, ...], taken: set[str]) -> Iterator[str]:
    weights = [pattern.weight for pattern in patterns]
    deck: list[str] = []
    while True:
        if len(deck) < 2:  # a name takes one stem or two
            deck = draw.shuffled(stems)
        name = draw.pick(patterns, weights).pattern.format(stem=deck.pop(), second=deck[-1])
        if name not in taken:
            taken.add(name)
            yield name
