"""Imports as lines of a ledger."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from programs.choices import SourceRank
from programs.imports.plan import RowState
from programs.imports.presets import PRESETS
from programs.models import ImportBatch

# What `ImportBatch.counts` may hold, in the order and words of the ledger.
COUNTED: tuple[tuple[str, str], ...] = (
    ("programs new", "new program"),
    ("programs changed", "changed program"),
    ("programs closed", "closed program"),
    ("tracks new", "new track"),
    ("tracks changed", "changed track"),
    ("track years new", "new year of a track"),
    ("track years changed", "changed year of a track"),
    ("facts new", "fact"),
)
PLURALS = {"new year of a track": "new years of tracks", "changed year of a track": "changed years of tracks"}


@dataclass(frozen=True)
class BatchLine:
    """One import: what it was, and what it did."""

    batch: ImportBatch

    @property
    def rank(self) -> str:
        return str(SourceRank(self.batch.source.rank).label)

    @property
    def layout(self) -> str:
        """The title of its preset; its name where the preset is no more."""
        return PRESETS[self.batch.preset].title if self.batch.preset in PRESETS else self.batch.preset

    @property
    def rows(self) -> int | None:
        """How many rows its file had; None where that was not kept."""
        rows = self.batch.counts.get("rows")
        return sum(rows.values()) if rows else None

    @property
    def left_out(self) -> int:
        """How many of them could not be applied."""
        return int(self.batch.counts.get("rows", {}).get(RowState.INVALID, 0))

    @property
    def did(self) -> list[str]:
        """What changed, as counts in words."""
        return counted(self.batch.counts)


def counted(counts: Mapping[str, Any]) -> list[str]:
    """{"programs new": 2, ...} as ["2 new programs", ...]; nothing that is none."""
    return [f"{counts[key]:,} {_words(counts[key], one)}" for key, one in COUNTED if counts.get(key)]


def _words(count: int, one: str) -> str:
    return one if count == 1 else PLURALS.get(one, f"{one}s")
