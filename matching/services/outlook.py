"""What a list of the likeliest programs would bring."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.engine import OutlookRange, ProgramTable, Tier, list_outlook, outlooks_by_size
from matching.services.ranking import Ranking

# Numbers of applications that are shown side by side: published figures for IMGs run from 77 in a specialty to 139 in all.
LIST_SIZES = (30, 60, 100, 150)
PLAN_SIZE = 60  # in each specialty of a plan
ALIKE = 1.1  # a longer list is told of from this many times the size on


@dataclass(frozen=True)
class PlanPart:
    """One specialty of a plan: an ACGME code, so many of its likeliest programs, and the chance to match there and not in an earlier one."""

    specialty: str
    size: int
    match: float


@dataclass(frozen=True)
class Plan:
    """Applications in several specialties at once: the outlook of all, and each one's part."""

    outlook: OutlookRange
    parts: tuple[PlanPart, ...]


@dataclass(frozen=True)
class SizedOutlook:
    """The outlook of applying to the `size` likeliest programs that nothing excludes."""

    size: int
    outlook: OutlookRange


def outlooks(ranking: Ranking) -> tuple[SizedOutlook, ...]:
    """One for each of LIST_SIZES that there are programs for, or for all of them where they are fewer. No queries.

    None where nothing is open, or where no rank list of the specialty is published: then nothing leads from interviews to a match.
    """
    likeliest = _likeliest(ranking, LIST_SIZES[-1])
    sizes = _sizes(len(likeliest))
    if not sizes:
        return ()
    found = outlooks_by_size((ranking.applicant, likeliest, ranking.programs.model), sizes)
    return tuple(SizedOutlook(size, outlook) for size, outlook in zip(sizes, found, strict=True))


def plan(rankings: Sequence[Ranking]) -> Plan | None:
    """The outlook of one plan over several specialties, the preferred first. No queries.

    None where fewer than two of them have open programs and published rank lists.
    """
    usable = [(one, likeliest) for one in rankings if len(likeliest := _likeliest(one, PLAN_SIZE))]
    if len(usable) < TWO:
        return None
    found = list_outlook([(one.applicant, likeliest, one.programs.model) for one, likeliest in usable])
    parts = zip(usable, found.middle.by_specialty, strict=True)
    return Plan(found, tuple(PlanPart(one.specialty, len(likeliest), match) for (one, likeliest), match in parts))


TWO = 2  # specialties make a plan


def _likeliest(ranking: Ranking, most: int) -> ProgramTable:
    """At most so many of the likeliest open programs; none where no rank list of the specialty is published."""
    published = bool(ranking.programs.model.figures.people)
    open_ = ranking.order[ranking.scores.tier[0][ranking.order] != Tier.EXCLUDED][: most if published else 0]
    return ranking.programs.table.take(np.asarray(open_, np.intp))


def _sizes(open_programs: int) -> list[int]:
    """LIST_SIZES below the number of open programs, and that number, unless it hardly differs from the last; at most the longest of them."""
    if not open_programs:
        return []
    most = min(open_programs, LIST_SIZES[-1])
    return [*(size for size in LIST_SIZES if size * ALIKE <= most and size < most), most]
