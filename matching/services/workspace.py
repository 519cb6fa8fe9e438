"""A list as its pages see it: every entry with what the engine says of it, its connection and signal counted in, and what all of it brings and costs.

Reads only. Whoever may see a list is decided before: see matching.views.owned.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

import numpy as np

from applicants.profile import ProfileData
from applicants.queries import profile_data
from matching.adapters import ProgramSet, Season, applicant_table, program_set, season
from matching.adapters.sets import engine_name
from matching.choices import ON_LIST, Signal, Standing
from matching.engine import ApplicantTable, Boost, OutlookRange, Tier, boosts, list_outlook, no_boost, shifted, tiers
from matching.engine.tables import Bools, Index
from matching.models import ListEntry, ProgramList
from matching.queries import Basis, bases, state_codes
from programs.fees import Bill, FeeSchedule, bill
from programs.queries import fee_schedules


class Line(NamedTuple):
    """One entry with its program, as the database has it. `tier` and chances leave connection and signal out; None where it is not ranked."""

    pk: int
    program_id: int
    key: str
    name: str
    city: str
    state: str | None
    specialty: str
    program_type: str
    is_demo: bool
    is_withdrawn: bool
    closed_on: date | None
    deadline: date | None
    signals_used: bool | None
    standing: Standing
    position: int
    note: str
    tags: list[str]
    connection: str
    signal: str
    reason: str
    rank: int | None
    tier: int | None
    chance: float | None
    low: float | None
    high: float | None
    excluded_by: int
    data_version: int
    version: int

    @property
    def on_list(self) -> bool:
        """Whether it is an application: added or locked in."""
        return self.standing in ON_LIST


COLUMNS = (
    "pk",
    "program_id",
    "program__key",
    "program__name",
    "program__city",
    "program__state_id",
    "program__specialty_id",
    "program__program_type",
    "program__is_demo",
    "program__is_withdrawn",
    "program__closed_on",
    "program__deadline",
    "program__signals_used",
    *Line._fields[13:],
)


@dataclass(frozen=True)
class Now:
    """Chances of one entry with connection and signal counted in; `moved` says that they count for something. Probabilities, 0 where excluded."""

    tier: Tier
    chance: float
    low: float
    high: float
    moved: bool


@dataclass(frozen=True)
class Part:
    """The applications of one specialty that are ranked, in the order of the list: what the engine takes in.

    `positions` are places in the arrays of `programs`, `places` those in `Workspace.lines`; both in the same order.
    """

    specialty: str
    programs: ProgramSet
    applicant: ApplicantTable
    lines: tuple[Line, ...]
    positions: Index
    boost: Boost


class Workspace:
    """One list. Lazy; queries on first use: `lines` 1, `profile` 4, `parts` 4 and what reading programs for the first time takes, `bill` 2.

    None grows with the entries.
    """

    def __init__(self, saved: ProgramList) -> None:
        self.saved = saved

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Every entry, in the applicant's own order."""
        rows = ListEntry.objects.filter(list=self.saved).order_by("position", "pk").values_list(*COLUMNS)
        return tuple(Line._make((*row[:13], Standing(row[13]), *row[14:])) for row in rows)

    @cached_property
    def by_key(self) -> Mapping[str, Line]:
        """Entries by the key of their program."""
        return {line.key: line for line in self.lines}

    @cached_property
    def applications(self) -> tuple[Line, ...]:
        """Entries that are on the list: added or locked in."""
        return tuple(line for line in self.lines if line.on_list)

    def of(self, standing: Standing) -> tuple[Line, ...]:
        """Entries of one standing."""
        return tuple(line for line in self.lines if line.standing == standing)

    @cached_property
    def profile(self) -> ProfileData:
        """Whose list it is."""
        return profile_data(self.saved.profile)

    @cached_property
    def season(self) -> Season:
        """The dates of its Match."""
        return season(self.saved.season)

    @cached_property
    def signaled(self) -> frozenset[str]:
        """Specialties in which at least one signal is placed."""
        return frozenset(line.specialty for line in self.applications if line.signal)

    def signaling(self, lines: Iterable[Line]) -> Bools:
        """Where a signal, or its lack, counts: signals of the specialty are placed, and the program is not known to stay out of them."""
        return np.array([line.specialty in self.signaled and line.signals_used is not False for line in lines], np.bool_)

    def boost(self, lines: Sequence[Line]) -> Boost:
        """What connections and signals add to each."""
        return boosts([line.connection for line in lines], [line.signal for line in lines], self.signaling(lines))

    @cached_property
    def now(self) -> Mapping[str, Now | None]:
        """{program key: its chances with connection and signal}; None where it is not ranked."""
        ranked = [line for line in self.lines if line.tier is not None]
        boost = self.boost(ranked)
        chance, low, high = (np.array([getattr(line, name) for line in ranked], np.float64) for name in ("chance", "low", "high"))
        mids, lows, highs = shifted(chance, boost.mid), shifted(low, boost.low), shifted(high, boost.high)
        closed = np.array([line.tier == Tier.EXCLUDED for line in ranked], np.bool_)
        codes, moved = tiers(mids, closed), (boost.low != 0) | (boost.high != 0)
        found = zip(codes.tolist(), mids.tolist(), lows.tolist(), highs.tolist(), moved.tolist(), strict=True)
        now: dict[str, Now | None] = {line.key: None for line in self.lines}
        return now | {line.key: Now(Tier(tier), *rest) for line, (tier, *rest) in zip(ranked, found, strict=True)}

    def tier_counts(self, lines: Iterable[Line] | None = None) -> Counter[Tier | None]:
        """Applications (or `lines`) by tier; None for those that are not ranked."""
        some = self.applications if lines is None else lines
        return Counter(now.tier if (now := self.now[line.key]) else None for line in some)

    @cached_property
    def sets(self) -> Mapping[str, tuple[ProgramSet, ApplicantTable]]:
        """{specialty of an entry, or that the applicant applies in: its programs, and the applicant as they stand towards it}. The profile's own come first."""
        version, anchored = bases(self.saved.season, engine_name())
        places = state_codes()
        codes = dict.fromkeys((*self.profile.specialties, *(line.specialty for line in self.lines)))
        return {
            code: (
                program_set(code, self.saved.season, Basis(version, anchored.get(code))),
                applicant_table([self.profile], code, self.season, places),
            )
            for code in codes
        }

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """What the engine takes in of the list, a specialty each, the preferred first; empty specialties are left out."""
        return tuple(part for code in self.sets if len((part := self.part(code, self.applications)).lines))

    def part(self, specialty: str, lines: Iterable[Line]) -> Part:
        """The ranked programs of one specialty among `lines`."""
        programs, applicant = self.sets[specialty]
        places = {program_id: place for place, program_id in enumerate(programs.table.ids.tolist())}
        own = tuple(line for line in lines if line.specialty == specialty and line.program_id in places)
        positions = np.array([places[line.program_id] for line in own], np.intp)
        return Part(specialty, programs, applicant, own, positions, self.boost(own) if own else no_boost(0))

    @cached_property
    def outlook(self) -> OutlookRange | None:
        """What the applications bring; None without one, or where no rank list of any of their specialties is published."""
        usable = [part for part in self.parts if part.programs.model.figures.people]
        if not usable:
            return None
        groups = [(part.applicant, part.programs.table.take(part.positions), part.programs.model) for part in usable]
        return list_outlook(groups, [part.boost for part in usable])

    @cached_property
    def schedules(self) -> Mapping[str, FeeSchedule]:
        """The fees of each specialty on the list or of the applicant."""
        return fee_schedules(list(self.sets), self.saved.season)

    @cached_property
    def bill(self) -> Bill:
        """What the applications cost. A program that is closed or gone takes none."""
        counts: dict[str, int] = defaultdict(int)
        for line in self.applications:
            counts[line.specialty] += not (line.is_withdrawn or line.closed_on)
        return bill(counts, self.schedules)

    def signals_placed(self, specialty: str) -> Counter[Signal]:
        """Signals of a specialty on the list, by kind."""
        return Counter(Signal(line.signal) for line in self.applications if line.signal and line.specialty == specialty)
