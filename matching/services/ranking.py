"""Rank the programs of one specialty for one applicant."""

from dataclasses import dataclass

import numpy as np

from applicants.profile import ProfileData
from matching.adapters import ProgramSet, Season, applicant_table, program_set, season
from matching.engine import ApplicantTable, Explanation, Scores, explain, score
from matching.engine.tables import Index


@dataclass(frozen=True)
class Ranking:
    """One applicant's result over one specialty.

    Arrays in `scores` have shape (1, programs), in the order of `programs`. `order` holds the same
    positions from the likeliest to the excluded.
    """

    profile: ProfileData
    specialty: str
    season: Season
    programs: ProgramSet
    applicant: ApplicantTable
    scores: Scores
    order: Index


def rank(profile: ProfileData, *, specialty: str, match_year: int) -> Ranking:
    """Score and order. 3 queries when this process has read the programs before; writes nothing."""
    programs, when = program_set(specialty, match_year), season(match_year)
    applicant = applicant_table([profile], specialty, when)
    scores = score(applicant, programs.table, programs.model)
    # Ties go by the upper end of the range, then by the names' order, so that pages are stable.
    order = np.lexsort((np.arange(len(programs.table)), -scores.high[0], -scores.chance[0], scores.tier[0]))
    return Ranking(profile, specialty, when, programs, applicant, scores, order)


def explanations(ranking: Ranking, positions: Index) -> list[Explanation]:
    """The sums behind the results at `positions`, in that order."""
    return explain(ranking.applicant, ranking.programs.table.take(positions), ranking.programs.model)


def position_of(ranking: Ranking, key: str) -> int | None:
    """The place of the program `key` in the ranking's arrays; None where it is not ranked."""
    return ranking.programs.keys.index(key) if key in ranking.programs.keys else None
