"""Entries of saved lists: their latest result, and what is told about how they moved."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone

from matching.choices import ChangeKind, Standing
from matching.engine import Tier
from matching.models import ChangeNotice, ListEntry, ProgramList
from matching.packing import unpack_chances
from matching.services.causes import Moved, causes
from matching.services.results import Batch, span
from programs import bulk

ENTRY_COLUMNS = ("id", "tier", "chance", "low", "high", "excluded_by", "data_version")
NOTICE_COLUMNS = (
    "list_id",
    "program_key",
    "data_version",
    "program_id",
    "program_name",
    "kind",
    "cause",
    "tier_before",
    "tier_after",
    "chance_before",
    "chance_after",
    "created_at",
)
NOTICE_KEY = NOTICE_COLUMNS[:3]


class Result(NamedTuple):
    """What an entry keeps. Not ranked: no tier, no chances."""

    tier: int | None
    chance: float | None
    low: float | None
    high: float | None
    excluded_by: int


NOT_RANKED = Result(None, None, None, None, 0)


class Entry(NamedTuple):
    """An entry with its program, as the database has it."""

    pk: int
    list_id: int
    profile_id: int
    specialty: str
    program_id: int
    program_key: str
    program_name: str
    closed_on: date | None
    standing: str
    version: int
    before: Result


@dataclass(frozen=True)
class Told:
    """What notices say beside facts: which fields of which programs changed, in which season, and what happened in general.

    `new_levels` holds the specialties that were anchored anew.
    """

    touched: Mapping[int, frozenset[str]]
    season: int
    otherwise: str
    new_levels: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Lookup:
    """Results by profile and program."""

    batches: Sequence[Batch]

    @cached_property
    def _rows(self) -> dict[tuple[int, str], tuple[Batch, int]]:
        return {(profile_id, batch.specialty): (batch, row) for batch in self.batches for row, profile_id in enumerate(batch.profile_ids)}

    @cached_property
    def _places(self) -> dict[int, dict[int, int]]:
        return {id(batch): {program_id: place for place, program_id in enumerate(batch.results.ids.tolist())} for batch in self.batches}

    def knows(self, entry: Entry) -> bool:
        """Whether this applicant was scored in the specialty."""
        return (entry.profile_id, entry.specialty) in self._rows

    def result(self, entry: Entry) -> Result:
        """The latest result of an entry."""
        batch, row = self._rows[entry.profile_id, entry.specialty]
        place = self._places[id(batch)].get(entry.program_id)
        if place is None:
            return NOT_RANKED
        found = batch.results
        chance, low, high = (float(unpack_chances(getattr(found, name)[row, place])) for name in ("chance", "low", "high"))
        return Result(int(found.tier[row, place]), chance, low, high, int(found.excluded[row, place]))

    def agent(self, entry: Entry) -> tuple[int, int]:
        """(kind, visa need) of the applicant."""
        batch, row = self._rows[entry.profile_id, entry.specialty]
        return int(batch.applicants.kind[row]), int(batch.applicants.visa[row])


def entries_of(season: int, which: Q) -> list[Entry]:
    """Entries of lists of one season. 1 query."""
    columns = ("pk", "list_id", "list__profile_id", "program__specialty_id", "program_id", "program__key", "program__name", "program__closed_on", "standing")
    results = ("tier", "chance", "low", "high", "excluded_by")
    rows = ListEntry.objects.filter(which, list__season=season).order_by("pk").values_list(*columns, "data_version", *results)
    return [Entry._make((*row[: len(columns) + 1], Result._make(row[len(columns) + 1 :]))) for row in rows]


def update_entries(batches: Sequence[Batch], *, season: int, version: int, told: Told | None, among: Collection[int] | None = None) -> int:
    """Bring the entries of the profiles in `batches` to `version`; how many notices that made.

    `told` None: no notices. `among`: only these programs can have moved; None: all. Needs a transaction in which the profiles are locked.
    Queries do not grow with entries and profiles.
    """
    lists = _lists(batches, season)
    if not lists:
        return 0
    behind = Q(list_id__in=lists, program__specialty_id__in={batch.specialty for batch in batches})
    if told is not None:
        behind &= Q(data_version__lt=version)
    entries = entries_of(season, behind if among is None else behind & Q(program_id__in=among))
    lookup = Lookup(batches)
    latest = [(entry, lookup.result(entry)) for entry in entries if lookup.knows(entry)]
    changed = [(entry, after) for entry, after in latest if after != entry.before]
    bulk.update(ListEntry, columns=ENTRY_COLUMNS, rows=[(entry.pk, *after, version) for entry, after in changed])
    ListEntry.objects.filter(behind).update(data_version=version)
    return _tell(changed, lookup, version, told) if told else 0


def _lists(batches: Sequence[Batch], season: int) -> list[int]:
    """The lists of those who were scored."""
    profiles = {one for batch in batches for one in batch.profile_ids}
    rows = ProgramList.objects.filter(span("profile_id", profiles), season=season).order_by("pk")
    return [pk for pk, profile_id in rows.values_list("pk", "profile_id") if profile_id in profiles]


def _tell(changed: Iterable[tuple[Entry, Result]], lookup: Lookup, version: int, told: Told) -> int:
    # What the applicant has ruled out may move as it likes.
    told_of = [(entry, after) for entry, after in changed if entry.version and entry.standing != Standing.VETOED]
    moved = [(entry, after, kind) for entry, after in told_of if (kind := kind_of(entry.before.tier, after.tier))]
    why = causes(
        [_moved(entry, after, kind, lookup, told) for entry, after, kind in moved],
        touched=told.touched,
        season=told.season,
        otherwise=told.otherwise,
    )
    now = timezone.now()
    rows = [
        (
            entry.list_id,
            entry.program_key,
            version,
            entry.program_id,
            entry.program_name,
            kind,
            cause,
            entry.before.tier,
            after.tier,
            entry.before.chance,
            after.chance,
            now,
        )
        for (entry, after, kind), cause in zip(moved, why, strict=True)
    ]
    bulk.upsert(ChangeNotice, columns=NOTICE_COLUMNS, rows=rows, key=NOTICE_KEY, keep=NOTICE_COLUMNS)
    return len(rows)


def _moved(entry: Entry, after: Result, kind: ChangeKind, lookup: Lookup, told: Told) -> Moved:
    new_level = entry.specialty in told.new_levels
    return Moved(kind, entry.program_id, entry.before.excluded_by, after.excluded_by, lookup.agent(entry), entry.closed_on, new_level)


def kind_of(before: int | None, after: int | None) -> ChangeKind | None:
    """What happened between two tiers (None: not ranked); None where nothing did."""
    if before == after:
        return None
    if before is None or after is None:
        return ChangeKind.GONE if after is None else ChangeKind.BACK
    if Tier.EXCLUDED in {before, after}:
        return ChangeKind.EXCLUDED if after == Tier.EXCLUDED else ChangeKind.OPENED
    return ChangeKind.BETTER if after < before else ChangeKind.WORSE
