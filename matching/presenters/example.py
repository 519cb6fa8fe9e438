"""A few rows for the start page: what a list looks like, on demonstration data."""

import numpy as np

from applicants.choices import ApplicantType, EcfmgStatus, Exam, Outcome, UsceKind, VisaNeed
from applicants.profile import Letter, ProfileData, Sitting, UsceSpell
from matching.engine import Tier
from matching.presenters.rows import Row, rows
from matching.services.ranking import explanations, rank
from programs.models import Program

INTERNAL_MEDICINE = "140"
TIERS = (Tier.SAFER, Tier.MIDDLE, Tier.REACH)
# Nobody in particular: the middle of the published scores, and nothing unusual.
EXAMPLE = ProfileData(
    applicant_type=ApplicantType.NON_US_IMG,
    specialties=(INTERNAL_MEDICINE,),
    graduation_year=2024,
    sittings=(Sitting(Exam.STEP1, Outcome.PASS), Sitting(Exam.STEP2_CK, Outcome.PASS, score=245)),
    ecfmg_status=EcfmgStatus.CERTIFIED,
    usce=(UsceSpell(UsceKind.ELECTIVE, 2, INTERNAL_MEDICINE),),
    letters=(Letter(from_us=True, specialty=INTERNAL_MEDICINE), Letter(from_us=True, specialty=INTERNAL_MEDICINE), Letter(from_us=True)),
    publications=2,
    visa_need=VisaNeed.J1,
)


def example_rows(*, match_year: int) -> list[Row]:
    """A program from the middle of each tier, for `EXAMPLE`; none where a tier is empty. 4 queries."""
    ranking = rank(EXAMPLE, specialty=INTERNAL_MEDICINE, match_year=match_year)
    by_tier = [ranking.order[ranking.scores.tier[0][ranking.order] == tier] for tier in TIERS]
    if not ranking.programs.demo or not all(len(positions) for positions in by_tier):
        return []
    shown = np.array([positions[len(positions) // 2] for positions in by_tier])
    programs = Program.objects.in_bulk([int(one) for one in ranking.programs.table.ids[shown]])
    return rows(ranking, shown, programs, explanations(ranking, shown), "")
