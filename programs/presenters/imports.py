"""Imports as lines of a ledger."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from programs.choices import SourceRank
from programs.imports.plan import RowState
from programs.imports.presets import PRESETS
from programs.models import ImportBatch

# What `ImportBatch.counts` holds of effects, in the order and words of the ledger: one, and several.
COUNTED: tuple[tuple[str, str, str], ...] = (
    ("programs new", "new program", "new programs"),
    ("programs changed", "changed program", "changed programs"),
    ("tracks new", "new track", "new tracks"),
    ("values changed", "changed value", "changed values"),
    ("facts confirmed", "fact confirmed", "facts confirmed"),
)


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
        return counted(self.batch.counts.get("totals", {}))


def counted(counts: Mapping[str, Any]) -> list[str]:
    """{"programs new": 2, ...} as ["2 new programs", ...]; nothing that is none."""
    return [f"{counts[key]:,} {one if counts[key] == 1 else several}" for key, one, several in COUNTED if counts.get(key)]
