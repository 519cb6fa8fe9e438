"""Model against published for the programs that are loaded."""

from functools import lru_cache

from matching.adapters import PROGRAM_TYPES, program_set
from matching.engine.calibration.compare import Comparison, compare
from matching.engine.calibration.published import published
from matching.engine.evidence import specialty_rows
from matching.queries import state_codes
from programs.queries import data_version

VERSIONS_KEPT = 2  # of the program data


def comparisons(match_year: int) -> tuple[Comparison, ...]:
    """One for each specialty that has published figures and programs loaded, in the order of the table.

    Worked out once per process and data version, in about a second for all specialties; from then on 1 query.
    """
    return _comparisons(match_year, data_version())


def comparison(code: str, match_year: int) -> Comparison | None:
    """One specialty's; None where nothing is published about it, or no program is loaded."""
    row = next((row for row in specialty_rows() if row["code"] == code), None)
    programs = program_set(code, match_year) if row else None
    if row is None or programs is None or not len(programs.table):
        return None
    return compare(published(row), programs.table, programs.model, states=len(state_codes()), types=len(PROGRAM_TYPES))


@lru_cache(maxsize=VERSIONS_KEPT)
def _comparisons(match_year: int, version: int) -> tuple[Comparison, ...]:
    found = (comparison(row["code"], match_year) for row in specialty_rows())
    return tuple(one for one in found if one is not None)


def forget_comparisons() -> None:
    """Drop what this process remembers; for tests, whose data versions repeat."""
    _comparisons.cache_clear()
