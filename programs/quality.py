"""How much of what programs state is known, and what to mend first. Pure; `programs.quality_queries` counts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from programs.choices import FactState
from programs.fields import KEY_FIELDS
from programs.resolution import StoredState


class Quality(StrEnum):
    """What can be said of one field of one program. Every field of every program is exactly one of these."""

    KNOWN = "known"
    STALE = "stale"
    CONFLICT = "conflict"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """In words."""
        return LABELS[self]


LABELS = {
    Quality.KNOWN: "known",
    Quality.STALE: "stated for an earlier season",
    Quality.CONFLICT: "sources disagree",
    Quality.UNKNOWN: "not known",
}
# Neither met nor not met can be said: every result that asks for the field stays open.
LEAVES_OPEN = (Quality.UNKNOWN, Quality.CONFLICT)


def quality_of(state: StoredState) -> Quality:
    """Tell a stored state by what it means for whoever looks after the data; in a conflict age does not matter."""
    if state.state is FactState.CONFLICT:
        return Quality.CONFLICT
    if state.state is FactState.UNKNOWN:
        return Quality.UNKNOWN
    return Quality.STALE if state.stale else Quality.KNOWN


@dataclass(frozen=True, slots=True)
class Amount:
    """Some programs, and how many results wait on them: the saved list entries of these programs, and one for each program itself."""

    programs: int = 0
    waiting: int = 0

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.programs + other.programs, self.waiting + other.waiting)


@dataclass(frozen=True, slots=True)
class Tally:
    """One field over some programs, told apart by quality."""

    amounts: Mapping[Quality, Amount] = field(default_factory=dict)

    def __getitem__(self, quality: Quality) -> Amount:
        return self.amounts.get(quality, Amount())

    @property
    def programs(self) -> int:
        """All programs, whatever is known of them."""
        return sum(amount.programs for amount in self.amounts.values())

    def share(self, quality: Quality) -> float:
        """Programs of this quality as a share (0 to 1) of all; 0 where there is no program."""
        return self[quality].programs / self.programs if self.programs else 0.0


# {(specialty code, field name): tally}
Tallies = Mapping[tuple[str, str], Tally]


def added(tallies: Iterable[Tally]) -> Tally:
    """Several tallies as one."""
    total: dict[Quality, Amount] = defaultdict(Amount)
    for tally in tallies:
        for quality, amount in tally.amounts.items():
            total[quality] += amount
    return Tally(dict(total))


@dataclass(frozen=True, slots=True)
class Gap:
    """One key field of one specialty. `waiting` counts the results that it leaves open, `outdated` those that rest on an earlier season."""

    specialty: str
    field: str
    tally: Tally
    waiting: int
    outdated: int


def fix_first(tallies: Tallies, fields: Sequence[str] = KEY_FIELDS) -> list[Gap]:
    """Key fields of specialties, ranked by how many results it would help to mend them; those with nothing to mend are left out.

    A field that is unknown or disputed at a program leaves open whether anybody meets it there, so its weight is the number of
    results that wait on it: over all such programs, the saved list entries of the program plus one, for those who may add it
    tomorrow. Fields of one weight are ordered by the results that rest on an earlier season, counted the same way.

    It is not: a count of tiers that would really change (that needs each applicant's own answers, and most who wait may meet
    the requirement either way), nor a measure of how hard a field is to find out. All key fields weigh the same.
    """
    gaps = [
        Gap(specialty, name, tally, sum(tally[quality].waiting for quality in LEAVES_OPEN), tally[Quality.STALE].waiting)
        for (specialty, name), tally in tallies.items()
        if name in fields
    ]
    return sorted((gap for gap in gaps if gap.waiting or gap.outdated), key=lambda gap: (-gap.waiting, -gap.outdated, gap.specialty, gap.field))
