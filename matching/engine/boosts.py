"""What only the applicant knows about a program: a connection there, and the signal sent. Amounts of log-odds with their ends.

Chances of the ranked list leave both out: they stand for a mix of applicants with and without. Where the signals of a
specialty are placed, programs without one therefore fall a little: the published level is that of applicants who signal.
The amounts are rows of evidence/ties.csv.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from matching.engine import evidence
from matching.engine.tables import Bools, Floats, Index


@dataclass(frozen=True)
class Tie:
    """One row of the table: log-odds, `low` <= `mid` <= `high`."""

    name: str
    low: float
    mid: float
    high: float
    unit: str
    confidence: str
    source: str
    why: str


@dataclass(frozen=True)
class Boost:
    """Log-odds that ties and signals add at each entry, arrays (entries,), `low` <= `mid` <= `high`."""

    low: Floats
    mid: Floats
    high: Floats

    def take(self, positions: Index) -> "Boost":
        """The boosts of some entries."""
        return Boost(self.low[positions], self.mid[positions], self.high[positions])

    @property
    def any(self) -> bool:
        """Whether it moves anything."""
        return bool(self.low.any() or self.mid.any() or self.high.any())


@cache
def ties() -> Mapping[str, Tie]:
    """The table, by name."""
    text = files(evidence).joinpath("ties.csv").read_text(encoding="utf-8")
    numbers = ("low", "mid", "high")
    rows = ({key: float(value) if key in numbers else value for key, value in row.items()} for row in csv.DictReader(text.splitlines()))
    return {str(row["name"]): Tie(**row) for row in rows}  # type: ignore[arg-type]


def boosts(connections: Sequence[str], signals: Sequence[str], signaling: Bools) -> Boost:
    """The boost of each entry.

    `connections` are none, weak, moderate or strong; `signals` are gold, silver, single or "" (none); `signaling` (entries,) marks
    programs that take part in signals in a specialty whose signals are placed: only there a signal, or its lack, counts.
    Raises KeyError for other words.
    """
    table = ties()
    rows = [
        (table[f"connection_{connection}"], table[f"signal_{signal or 'not_sent'}"] if counts else None)
        for connection, signal, counts in zip(connections, signals, signaling.tolist(), strict=True)
    ]
    low, mid, high = (
        np.array([getattr(tie, end) + (getattr(signal, end) if signal else 0.0) for tie, signal in rows], np.float64) for end in ("low", "mid", "high")
    )
    return Boost(low, mid, high)


def no_boost(entries: int) -> Boost:
    """Nothing added at so many entries."""
    nothing = np.zeros(entries)
    return Boost(nothing, nothing, nothing)


def shifted(chance: Floats, by: Floats | float) -> Floats:
    """Chances (0 to below 1) with `by` added to their log-odds; 0 stays 0."""
    odds = chance / (1 - chance) * np.exp(by)
    result: Floats = odds / (1 + odds)
    return result
