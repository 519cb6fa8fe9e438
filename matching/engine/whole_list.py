"""From the tables of a list's entries to its outlook: chances, what is in doubt about them, and the match."""

from collections.abc import Sequence

import numpy as np

from matching.engine.anchoring import Model
from matching.engine.evidence import Weights
from matching.engine.portfolio import Doubt, Entries, OutlookRange, outlook_range
from matching.engine.scoring import Scores, score
from matching.engine.tables import ApplicantTable, Floats, ProgramTable
from matching.engine.typical import settled


def list_outlook(groups: Sequence[tuple[ApplicantTable, ProgramTable, Model]]) -> OutlookRange:
    """The outlook of one applicant's list.

    One group a specialty, preferred first: the applicant (a table of one) as it stands towards the
    specialty, the programs on the list, and the specialty's model. Raises ValueError without a group.
    """
    if not groups:
        raise ValueError("A list without a specialty has no outlook.")
    scored = [score(applicant, programs, model) for applicant, programs, model in groups]
    entries = [
        Entries(scores.chance[0], float(model.spreads[applicant.kind[0]]), model.match) for scores, (applicant, _, model) in zip(scored, groups, strict=True)
    ]
    doubts = [_doubt(scores, *group) for scores, group in zip(scored, groups, strict=True)]
    return outlook_range(entries, doubts, level_range=level_range(groups[0][2].weights))


def level_range(w: Weights) -> tuple[float, float]:
    """Factors on expected interviews if applicants sent the most, or the fewest, applications that are published."""
    fewest, most = w.ends("applications_range")
    assumed = w.number("applications_assumed")
    return assumed / most, assumed / fewest


def _doubt(scores: Scores, applicant: ApplicantTable, programs: ProgramTable, model: Model) -> Doubt:
    """Own doubt is what remains once the profile is settled at typical answers; the rest of the range is shared."""
    alone = score(settled(applicant, model.figures, model.weights), programs, model)
    down, up = _widths(scores)
    own_down, own_up = _widths(alone)
    return Doubt(own_down, own_up, np.maximum(down - own_down, 0.0), np.maximum(up - own_up, 0.0))


def _widths(scores: Scores) -> tuple[Floats, Floats]:
    return scores.chance[0] - scores.low[0], scores.high[0] - scores.chance[0]
