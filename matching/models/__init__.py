"""The tables of `matching`. Only `matching.services` writes to them."""

from matching.models.lists import ListChange, ListEntry, ProgramList, Scenario, SeasonStep
from matching.models.notices import ChangeNotice
from matching.models.runs import RecomputeChunk, RecomputeRun
from matching.models.snapshots import Anchoring, ProgramOrder, ScoreSnapshot

__all__ = [
    "Anchoring",
    "ChangeNotice",
    "ListChange",
    "ListEntry",
    "ProgramList",
    "ProgramOrder",
    "RecomputeChunk",
    "RecomputeRun",
    "Scenario",
    "ScoreSnapshot",
    "SeasonStep",
]
