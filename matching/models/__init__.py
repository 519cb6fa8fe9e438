"""The tables of `matching`. Only `matching.services` writes to them."""

from matching.models.lists import ListEntry, ProgramList
from matching.models.notices import ChangeNotice
from matching.models.runs import RecomputeChunk, RecomputeRun
from matching.models.snapshots import Anchoring, ProgramOrder, ScoreSnapshot

__all__ = ["Anchoring", "ChangeNotice", "ListEntry", "ProgramList", "ProgramOrder", "RecomputeChunk", "RecomputeRun", "ScoreSnapshot"]
