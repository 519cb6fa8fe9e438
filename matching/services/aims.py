"""What results have to rest on once a recompute, or a saved profile, is through."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matching.adapters import ENGINE_COLUMNS, ProgramSet, engine_name, model_of, program_part, program_set
from matching.engine import Model, ProgramTable
from matching.models import Anchoring
from matching.packing import Ids
from matching.queries import Basis, state_codes
from programs.queries import data_version

# Fields of a program that results depend on; "" is its identity, and its tracks.
READ_FIELDS = frozenset({*ENGINE_COLUMNS, ""})


@dataclass(frozen=True)
class Goal:
    """Results of this version of the program data, season and engine.

    `touched` are the programs that changed after the version `base` in something that results depend on; None: anything may have.
    """

    version: int
    season: int
    engine: str
    base: int
    touched: frozenset[int] | None


def goal_now(season: int) -> Goal:
    """The newest program data, for results that are worked out as a whole. 1 query."""
    version = data_version()
    return Goal(version, season, engine_name(), base=version, touched=None)


def read_by_results(touched: Mapping[int, Iterable[str]] | None) -> frozenset[int] | None:
    """The programs of which something changed that results depend on."""
    return None if touched is None else frozenset(program_id for program_id, names in touched.items() if not READ_FIELDS.isdisjoint(names))


@dataclass(frozen=True)
class Aim:
    """What results over one specialty have to rest on."""

    goal: Goal
    specialty: str
    anchoring: Anchoring | None
    places: tuple[str, ...]

    @property
    def version(self) -> int:
        """Of the program data."""
        return self.goal.version

    @property
    def base(self) -> int:
        """The oldest version of a result that the touched programs alone bring up to date."""
        return self.goal.base

    @property
    def everything(self) -> bool:
        """Whether no older result can be kept."""
        return self.goal.touched is None

    @property
    def engine_and_season(self) -> str:
        """How the text begins that `rests_on` gives."""
        return f"{self.goal.engine}/{self.goal.season}/"

    @property
    def rests_on(self) -> str:
        """The engine with its tables, the season, and the version of the program data that the model is anchored over."""
        return f"{self.engine_and_season}{self.anchoring.data_version if self.anchoring else self.version}"

    def programs(self) -> ProgramSet:
        """The whole specialty. No query where this process has read it before."""
        basis = Basis(self.version, self.anchoring.pk if self.anchoring else None)
        return program_set(self.specialty, self.goal.season, basis)

    @cached_property
    def _part(self) -> tuple[Ids, ProgramTable]:
        if self.goal.touched is None:
            table = self.programs().table
            return table.ids, table
        return program_part(self.specialty, self.goal.season, self.version, self.goal.touched, self.places)

    def part(self) -> tuple[Ids, ProgramTable, Model]:
        """Today's order of the programs, those of them that were touched, and the model."""
        return *self._part, self.model()

    def model(self) -> Model:
        """As stored, else as today's programs anchor it."""
        return model_of(self.anchoring) if self.anchoring else self.programs().model

    def touches(self, order: Ids) -> bool:
        """Whether results in this order of programs are out of date: a program was touched, or has come, gone or moved."""
        ids, table = self._part
        return len(table) > 0 or not np.array_equal(order, ids)

    def moved(self, order: Ids) -> frozenset[int]:
        """Programs that have come to the list, or left it, since results were in this order."""
        ids, _ = self._part
        return frozenset(np.setxor1d(order, ids).tolist())

    def covers(self, order: Ids) -> bool:
        """Whether the touched programs are all that such results lack."""
        ids, table = self._part
        return set(ids.tolist()) <= {*order.tolist(), *table.ids.tolist()}


def aims(goal: Goal, specialties: Collection[str]) -> dict[str, Aim]:
    """What results over these specialties have to rest on. 2 queries, and those that read programs for the first time."""
    kept = {one.specialty: one for one in Anchoring.objects.filter(season=goal.season, engine=goal.engine)}
    places = state_codes()
    return {specialty: Aim(goal, specialty, kept.get(specialty), places) for specialty in sorted(specialties)}
