"""What applications cost: the fee schedule of one service, counted per specialty. Pure."""

from collections.abc import Sequence
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
