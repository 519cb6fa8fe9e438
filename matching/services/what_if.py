"""What a change of the profile would do: the same programs scored for the applicant as they are and as they might be.

Reads only, and saves nothing. Both are scored in one go over one set of programs, so that whatever differs comes from the change.
"""

import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from applicants.profile import ProfileData
from matching.adapters import ProgramSet, Season, applicant_table, program_set, season
from matching.adapters.sets import engine_name
from matching.engine import ApplicantTable, Boost, OutlookRange, Scores, Tier, list_outlook, no_boost, score, shifted, tiers
from matching.engine.tables import Bools, Floats, Index, ProgramTable
from matching.engine.whole_list import Group
from matching.queries import Basis, bases, state_codes
from matching.services.workspace import Part, Workspace

BEFORE, AFTER = 0, 1
# What is compared where there is no list: so many of the likeliest programs on either side.
LIKELIEST = 100


@dataclass(frozen=True)
class Both:
    """m programs for both applicants: arrays of `scores`, `chance` and `tier` are (2, m), BEFORE and AFTER.

    `positions` are places in the arrays of `programs`. `chance` and `tier` have in what only the applicant knows of a program.
    """

    programs: ProgramSet
    table: ProgramTable
    positions: Index
    applicants: ApplicantTable
    scores: Scores
    chance: Floats
    tier: NDArray[np.int8]

    @property
    def opens(self) -> Index:
        """Programs that something excludes before and nothing after, the likeliest first."""
        return self._where(self._closed(BEFORE) & ~self._closed(AFTER), self.chance[AFTER])

    @property
    def closes(self) -> Index:
        """Programs that nothing excludes before and something after, the likeliest first."""
        return self._where(~self._closed(BEFORE) & self._closed(AFTER), self.chance[BEFORE])

    @property
    def moves(self) -> Index:
        """Open programs whose tier is another one, those that gain first, then by how far the chance moves."""
        open_ = ~self._closed(BEFORE) & ~self._closed(AFTER)
        gain = self.chance[AFTER] - self.chance[BEFORE]
        better = self.tier[AFTER] < self.tier[BEFORE]
        found = np.flatnonzero(open_ & (self.tier[BEFORE] != self.tier[AFTER]))
        moved: Index = found[np.lexsort((found, -np.abs(gain[found]), ~better[found]))]
        return moved

    @property
    def up(self) -> int:
        """How many of `moves` gain."""
        return int(np.count_nonzero(self.tier[AFTER][self.moves] < self.tier[BEFORE][self.moves]))

    @property
    def rising(self) -> int:
        """Programs open on both sides whose chance rises."""
        return self._changed(self.chance[AFTER] > self.chance[BEFORE])

    @property
    def falling(self) -> int:
        """Programs open on both sides whose chance falls."""
        return self._changed(self.chance[AFTER] < self.chance[BEFORE])

    def likeliest(self, side: int, most: int) -> Index:
        """At most so many programs, in the order of the ranked list: see `matching.services.ranking`."""
        scores = self.scores
        found: Index = np.lexsort((np.arange(len(self.table)), -scores.high[side], -self.chance[side], self.tier[side]))[:most]
        return found

    @property
    def unsettled(self) -> int:
        """Programs open on both sides whose chance stays, and whose range does not."""
        stays = self.chance[BEFORE] == self.chance[AFTER]
        ends = (self.scores.low[BEFORE] != self.scores.low[AFTER]) | (self.scores.high[BEFORE] != self.scores.high[AFTER])
        return self._changed(stays & ends)

    def counts(self, side: int) -> Mapping[Tier, int]:
        """{tier: programs} on one side, every tier present."""
        found = np.bincount(self.tier[side].astype(np.intp), minlength=len(Tier))
        return {tier: int(found[tier]) for tier in Tier}

    def open(self, side: int) -> int:
        """Programs that nothing excludes."""
        return len(self.positions) - self.counts(side)[Tier.EXCLUDED]

    def _closed(self, side: int) -> Bools:
        closed: Bools = self.tier[side] == Tier.EXCLUDED
        return closed

    def _where(self, which: Bools, chance: Floats) -> Index:
        found = np.flatnonzero(which)
        ordered: Index = found[np.argsort(-chance[found], kind="stable")]
        return ordered

    def _changed(self, which: Bools) -> int:
        return int(np.count_nonzero(which & ~self._closed(BEFORE) & ~self._closed(AFTER)))


class WhatIf:
    """One applicant as they are (`base`, towards `base_specialty`) and as they might be (`changed`, towards `specialty`).

    Lazy. Queries on first use: 4 for what all share, one for each specialty that this process reads first, and those of a list.
    """

    def __init__(
        self, base: ProfileData, changed: ProfileData, *, specialty: str, match_year: int, base_specialty: str = "", listed: Workspace | None = None
    ) -> None:
        self.profiles = (base, changed)
        self.specialty, self.base_specialty, self.match_year = specialty, base_specialty or specialty, match_year
        self.listed = listed if listed and listed.applications else None

    @cached_property
    def season(self) -> Season:
        """The dates of the Match."""
        return self.listed.season if self.listed else season(self.match_year)

    @cached_property
    def _places(self) -> tuple[str, ...]:
        return state_codes()

    @cached_property
    def _bases(self) -> tuple[int, Mapping[str, int]]:
        return bases(self.match_year, engine_name())

    def _programs(self, specialty: str) -> ProgramSet:
        version, anchored = self._bases
        return program_set(specialty, self.match_year, Basis(version, anchored.get(specialty)))

    def _applicants(self, specialty: str) -> ApplicantTable:
        return applicant_table(self.profiles, specialty, self.season, self._places)

    @cached_property
    def ranked(self) -> Both:
        """Every program of the specialty."""
        programs, applicants = self._programs(self.specialty), self._applicants(self.specialty)
        scores = score(applicants, programs.table, programs.model)
        return Both(programs, programs.table, np.arange(len(programs.table)), applicants, scores, scores.chance, scores.tier)

    @cached_property
    def own(self) -> Both:
        """Every program of the specialty that the profile applies in, which is another one only where the specialty is what changes."""
        if self.specialty == self.base_specialty:
            return self.ranked
        programs, applicants = self._programs(self.base_specialty), self._applicants(self.base_specialty)
        scores = score(applicants, programs.table, programs.model)
        return Both(programs, programs.table, np.arange(len(programs.table)), applicants, scores, scores.chance, scores.tier)

    @cached_property
    def parts(self) -> tuple[tuple[Part, Both], ...]:
        """The list, a specialty each, with connections and signals counted in; nothing without a list."""
        return tuple((part, self._part(part)) for part in self.listed.parts) if self.listed else ()

    def _part(self, part: Part) -> Both:
        applicants, table = self._applicants(part.specialty), part.programs.table.take(part.positions)
        scores = score(applicants, table, part.programs.model)
        chance = shifted(scores.chance, part.boost.mid)
        return Both(part.programs, table, part.positions, applicants, scores, chance, tiers(chance, scores.tier == Tier.EXCLUDED))

    @property
    def not_ranked(self) -> int:
        """Applications on the list without a result, such as those at programs that closed."""
        return len(self.listed.applications) - sum(len(part.lines) for part, _ in self.parts) if self.listed else 0

    def list_counts(self, side: int) -> Mapping[Tier, int]:
        """{tier: applications on the list} on one side, every tier present."""
        counts = [both.counts(side) for _, both in self.parts]
        return {tier: sum(one[tier] for one in counts) for tier in Tier}

    @cached_property
    def sizes(self) -> tuple[int, int]:
        """The applications that `outlook` is of, on either side: those of the list, or so many of the likeliest programs, which are others on either side."""
        if self.listed:
            return len(self.listed.applications), len(self.listed.applications)
        return min(self.own.open(BEFORE), LIKELIEST), min(self.ranked.open(AFTER), LIKELIEST)

    def outlook(self, side: int) -> OutlookRange | None:
        """What the list brings on one side, or without one its likeliest programs. No queries beside those of what it compares.

        None where nothing is open, or where no rank list of the specialty is published.
        """
        parts = tuple(self._usable(side))
        if not parts:
            return None
        return _remembered(_Asked(_digest(parts), parts)) if side == BEFORE else _outlook(parts)

    def _usable(self, side: int) -> list[tuple[Group, Boost]]:
        """What the engine takes in for the outlook of one side: nothing where it can say nothing."""
        which = np.array([side])
        if self.listed:
            usable = [(part, both) for part, both in self.parts if part.programs.model.figures.people]
            return [((both.applicants.take(which), both.table, part.programs.model), part.boost) for part, both in usable]
        both, size = self.own if side == BEFORE else self.ranked, self.sizes[side]
        if not size or not both.programs.model.figures.people:
            return []
        table = both.table.take(both.likeliest(side, size))
        return [((both.applicants.take(which), table, both.programs.model), no_boost(size))]


@dataclass(frozen=True)
class _Asked:
    """What an outlook is asked of; equal where the digests are."""

    digest: bytes
    parts: tuple[tuple[Group, Boost], ...] = field(compare=False)


def _digest(parts: Sequence[tuple[Group, Boost]]) -> bytes:
    """Of every number that goes into an outlook, so that a remembered one cannot be of anything else. Weights are those of the process."""
    numbers = [(applicant, table, model.figures, model.intercepts, model.spreads, boost) for (applicant, table, model), boost in parts]
    return sha256(pickle.dumps(numbers)).digest()


def _outlook(parts: Sequence[tuple[Group, Boost]]) -> OutlookRange:
    groups, boosts = zip(*parts, strict=True)
    return list_outlook(groups, boosts)


@lru_cache(maxsize=64)
def _remembered(asked: _Asked) -> OutlookRange:
    """The applicant as they are stays the same from one move of a control to the next, and would take a third of its time."""
    return _outlook(asked.parts)
