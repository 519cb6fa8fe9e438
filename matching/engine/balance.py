"""How a list is divided among tiers, held against a target in percent.

The target that holds until an applicant states another is evidence/balance.csv: judgement, no published figure.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from matching.engine import evidence
from matching.engine.tiers import Tier

WHOLE = 100  # percent
# The order in which people speak of them: the boldest first.
TARGETED = (Tier.REACH, Tier.MIDDLE, Tier.SAFER)


@dataclass(frozen=True)
class Share:
    """One row of the table: the part of a list, in percent, that a tier should have."""

    tier: str
    percent: int
    confidence: str
    source: str
    why: str


@cache
def usual_shares() -> tuple[Share, ...]:
    """The table, in the order of TARGETED; percents sum to 100."""
    text = files(evidence).joinpath("balance.csv").read_text(encoding="utf-8")
    rows = {row["tier"]: row for row in csv.DictReader(text.splitlines())}
    return tuple(Share(**{**rows[tier.word], "percent": int(rows[tier.word]["percent"])}) for tier in TARGETED)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Portion:
    """One tier of a list: entries, their part in whole percent, and the target in percent."""

    tier: Tier
    count: int
    percent: int
    target: int

    def missing(self, size: int) -> int:
        """Entries that a list of `size` lacks of the target; 0 where it has them."""
        return max(round(size * self.target / WHOLE) - self.count, 0)


def balance(counts: Mapping[Tier, int], target: Mapping[Tier, int] | None = None) -> tuple[Portion, ...]:
    """Each tier of TARGETED beside its target (None: the usual one), of `counts` of entries. Percents sum to 100, or are all 0 without an entry."""
    wanted = target or {tier: share.percent for tier, share in zip(TARGETED, usual_shares(), strict=True)}
    numbers = [counts.get(tier, 0) for tier in TARGETED]
    return tuple(Portion(tier, count, share, wanted[tier]) for tier, count, share in zip(TARGETED, numbers, _percents(numbers), strict=True))


def _percents(counts: list[int]) -> list[int]:
    """Whole percents that sum to 100: the largest remainders are rounded up."""
    total = sum(counts)
    if not total:
        return [0] * len(counts)
    parts = [divmod(count * WHOLE, total) for count in counts]
    short = WHOLE - sum(whole for whole, _ in parts)
    up = set(sorted(range(len(parts)), key=lambda place: -parts[place][1])[:short])
    return [whole + (place in up) for place, (whole, _) in enumerate(parts)]
