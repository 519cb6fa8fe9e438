"""The whole demonstration, generated once: 4,000 programs take two to three seconds."""

from collections import defaultdict
from dataclasses import dataclass

import pytest

from programs.changes import NewFact, NewProgram
from programs.demo.generate import DemoRows, generate
from programs.demo.institutions import make_institutions
from programs.demo.tables import DemoTables, load_tables
from programs.demo.traits import Traits, make_traits
from programs.resolution import FactRow, FieldState, resolve_program

SEED, PROGRAMS, SEASON = 2027, 4000, 2027


@dataclass(frozen=True, repr=False)
class Whole:
    """Rows, the traits behind them, and what resolution makes of the facts: {program key: {field: state}}."""

    tables: DemoTables
    rows: DemoRows
    traits: list[Traits]
    identity: dict[str, NewProgram]
    facts: dict[str, list[NewFact]]
    states: dict[str, dict[str, FieldState]]

    def numbers(self, name):
        """{program key: number} where a number is known."""
        return {key: float(states[name].value) for key, states in self.states.items() if states[name].value is not None}


def source_ids(tables):
    return {source.name: place for place, source in enumerate(tables.sources, start=1)}


def some_rows(seed=SEED, programs=40, season=SEASON):
    tables = load_tables()
    return generate(seed=seed, programs=programs, season=season, source_ids=source_ids(tables), tables=tables)


@pytest.fixture(scope="session")
def whole():
    tables = load_tables()
    rank = {place: source.rank for place, source in enumerate(tables.sources, start=1)}
    rows = some_rows(programs=PROGRAMS)
    facts = defaultdict(list)
    for fact in rows.facts:
        facts[fact.program_key].append(fact)
    states = {
        key: resolve_program(
            (FactRow(f.field, f.value, f.strictness, rank[f.source_id], f.as_of, f.season, f.source_id, place) for place, f in enumerate(its)),
            season=SEASON,
        )
        for key, its in facts.items()
    }
    traits = make_traits(SEED, PROGRAMS, make_institutions(SEED, PROGRAMS, tables), tables)
    return Whole(tables, rows, traits, {program.key: program for program in rows.programs}, dict(facts), states)
