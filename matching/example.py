"""A few rows for the start page: what a list looks like, on demonstration data."""

import numpy as np

from applicants.queries import demonstration_profiles, profile_data
from matching.engine import Tier
from matching.presenters import Row, rows
from matching.services.ranking import explanations, rank
from programs.models import Program

EXAMPLE_TIERS = (Tier.SAFER, Tier.MIDDLE, Tier.REACH)


def example_rows(*, match_year: int) -> list[Row]:
    """The first program of each tier for the first demonstration applicant who has one in every tier; else none."""
    for profile in demonstration_profiles():
        data = profile_data(profile)
        ranking = rank(data, specialty=data.specialties[0], match_year=match_year)
        codes = ranking.scores.tier[0][ranking.order]
        if all((codes == tier).any() for tier in EXAMPLE_TIERS):
            positions = ranking.order[[int(np.argmax(codes == tier)) for tier in EXAMPLE_TIERS]]
            programs = Program.objects.in_bulk([int(one) for one in ranking.programs.table.ids[positions]])
            return rows(ranking, positions, programs, explanations(ranking, positions), "")
    return []
