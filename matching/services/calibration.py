"""Model against published for the programs that are loaded."""

from functools import lru_cache
from threading import Lock

from matching.adapters import PROGRAM_TYPES, engine_name, program_set
from matching.engine.calibration.compare import Comparison, compare
from matching.engine.calibration.published import published
from matching.engine.evidence import specialty_rows
from matching.queries import Basis, bases, state_codes

VERSIONS_KEPT = 2  # of the program data
# Several first readers of the Method page wait for one computation instead of each doing it.
_one_at_a_time = Lock()


def comparisons(match_year: int) -> tuple[Comparison, ...]:
    """One for each specialty that has published figures and programs open to somebody, in the order of the table.

    Worked out once per process, data version and stored anchorings, in one or two seconds for all specialties; from then on 2 queries.
    """
    version, stored = bases(match_year, engine_name())
    with _one_at_a_time:
        return _comparisons(match_year, version, frozenset(stored.items()))


def comparison(code: str, match_year: int) -> Comparison | None:
    """One specialty's; None where nothing is published about it, or no program is loaded and open."""
    return _compare(code, match_year, None, len(state_codes()))


@lru_cache(maxsize=VERSIONS_KEPT)
def _comparisons(match_year: int, version: int, anchorings: frozenset[tuple[str, int]]) -> tuple[Comparison, ...]:
    states, stored = len(state_codes()), dict(anchorings)
    found = (_compare(row["code"], match_year, Basis(version, stored.get(row["code"])), states) for row in specialty_rows())
    return tuple(one for one in found if one is not None)


def _compare(code: str, match_year: int, basis: Basis | None, states: int) -> Comparison | None:
    row = next((row for row in specialty_rows() if row["code"] == code), None)
    programs = program_set(code, match_year, basis) if row else None
    if row is None or programs is None or not len(programs.table):
        return None
    return compare(published(row), programs.table, programs.model, states=states, types=len(PROGRAM_TYPES))


def forget_comparisons() -> None:
    """Drop what this process remembers; for tests, whose data versions repeat."""
    _comparisons.cache_clear()
