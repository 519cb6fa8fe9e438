"""What a list of the likeliest programs would bring."""

from dataclasses import dataclass

import numpy as np

from matching.engine import OutlookRange, Tier, outlooks_by_size
from matching.services.ranking import Ranking

# Numbers of applications that are shown side by side: published figures for IMGs run from 77 in a specialty to 139 in all.
LIST_SIZES = (30, 60, 100, 150)
ALIKE = 1.1  # a longer list is told of from this many times the size on


@dataclass(frozen=True)
class SizedOutlook:
    """The outlook of applying to the `size` likeliest programs that nothing excludes."""

    size: int
    outlook: OutlookRange


def outlooks(ranking: Ranking) -> tuple[SizedOutlook, ...]:
    """One for each of LIST_SIZES that there are programs for, or for all of them where they are fewer. No queries.

    None where nothing is open, or where no rank list of the specialty is published: then nothing leads from interviews to a match.
    """
    if not ranking.programs.model.figures.people:
        return ()
    open_ = ranking.order[ranking.scores.tier[0][ranking.order] != Tier.EXCLUDED][: LIST_SIZES[-1]]
    sizes = _sizes(len(open_))
    if not sizes:
        return ()
    likeliest = ranking.programs.table.take(np.asarray(open_, np.intp))
    found = outlooks_by_size((ranking.applicant, likeliest, ranking.programs.model), sizes)
    return tuple(SizedOutlook(size, outlook) for size, outlook in zip(sizes, found, strict=True))


def _sizes(open_programs: int) -> list[int]:
    """LIST_SIZES below the number of open programs, and that number, unless it hardly differs from the last; at most the longest of them."""
    if not open_programs:
        return []
    most = min(open_programs, LIST_SIZES[-1])
    return [*(size for size in LIST_SIZES if size * ALIKE <= most and size < most), most]
