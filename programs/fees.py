"""What applications cost: the fee schedule of one service, counted per specialty. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class FeeStep:
    """One step of a schedule, from the `first` to the `last` program (None: no end): `usd` for each, or once for all where `flat`.

    `usd` is None where no price is published; `season` is the one that the price is of.
    """

    first: int
    last: int | None
    usd: int | None
    flat: bool
    season: int


@dataclass(frozen=True)
class FeeSchedule:
    """The steps of a service in one season, in order; empty where nothing is known."""

    service: str
    season: int
    steps: tuple[FeeStep, ...]

    def cost(self, programs: int) -> int | None:
        """Dollars for so many programs of one specialty; None where a price that it takes is not known."""
        if programs and not self.steps:
            return None
        total = 0
        for step in self.steps:
            count = min(programs, step.last or programs) - step.first + 1
            if count <= 0:
                break
            if step.usd is None:
                return None
            total += step.usd if step.flat else step.usd * count
        return total

    def stands_in(self, programs: int) -> tuple[int, ...]:
        """Earlier seasons whose prices the cost of so many programs rests on; empty where all are the season's own."""
        used = {step.season for step in self.steps if step.usd is not None and step.first <= programs}
        return tuple(sorted(used - {self.season}))

    @property
    def note(self) -> str:
        """Whose fees these are, and where they are an earlier season's; "" where nothing is known."""
        if not self.steps:
            return ""
        seasons = sorted({step.season for step in self.steps if step.usd is not None})
        older = [season for season in seasons if season != self.season]
        start = f"Fees: {self.service}, for this specialty alone, without transcript, token and Match fees."
        return f"{start} Not all prices of {self.season} are published; those of {older[-1]} stand in for them." if older else start


def with_earlier(service: str, season: int, by_season: Sequence[Sequence[FeeStep]]) -> FeeSchedule:
    """The newest of `by_season` (newest first) with its gaps filled from the next older one that has the same step."""
    if not by_season:
        return FeeSchedule(service, season, ())
    steps = []
    for step in by_season[0]:
        same = (other for older in by_season for other in older if other.first == step.first and other.usd is not None)
        steps.append(next(same, step))
    return FeeSchedule(service, season, tuple(steps))


@dataclass(frozen=True)
class BillItem:
    """What the applications in one specialty cost; `usd` is None where a price is not known, `stands_in` names earlier seasons whose prices it rests on."""

    specialty: str
    programs: int
    service: str
    usd: int | None
    stands_in: tuple[int, ...]


@dataclass(frozen=True)
class Bill:
    """What a list costs. Tiers start anew in each specialty, so specialties add up."""

    items: tuple[BillItem, ...]

    @property
    def usd(self) -> int | None:
        """Dollars in all; None where one item is not known."""
        known = [item.usd for item in self.items if item.usd is not None]
        return sum(known) if len(known) == len(self.items) else None

    @property
    def stands_in(self) -> tuple[int, ...]:
        """Earlier seasons whose prices stand in for unpublished ones."""
        return tuple(sorted({season for item in self.items for season in item.stands_in}))


def bill(counts: Mapping[str, int], schedules: Mapping[str, FeeSchedule]) -> Bill:
    """The bill of {specialty: programs}; `schedules` by specialty. Raises KeyError for a specialty without one."""
    return Bill(
        tuple(
            BillItem(code, programs, schedules[code].service, schedules[code].cost(programs), schedules[code].stands_in(programs))
            for code, programs in counts.items()
            if programs
        )
    )
