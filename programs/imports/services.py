"""Import a file of program data: read, plan, write. One code path for a trial and for the real thing."""

import hashlib
from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from programs import bulk
from programs.changes import NewFact, NewProgram, NewTrack, NewTrackYear
from programs.choices import TRUSTED_RANKS, SourceRank
from programs.imports.columns import Binding, HeaderError
from programs.imports.nrmp import file_years
from programs.imports.plan import ImportPlan, Known, References, RowState, Statement
from programs.imports.presets import NRMP, Preset, preset_for
from programs.imports.reader import read_table
from programs.models import Fact, ImportBatch, Program, Source, Specialty, State, Track, TrackYear
from programs.services import ProgramDataError, apply_changes, get_or_create_source
from smartpick import audit

NAME_LENGTH = 200  # characters in ImportBatch.file_name; the end of a longer name is cut


class ReferenceTablesMissingError(ProgramDataError):
    """There are no specialties or states to point to."""


class InvalidRowsError(ProgramDataError):
    """The file has rows that cannot be applied, so nothing of it was."""

    def __init__(self, staged: "Staged") -> None:
        self.staged = staged
        super().__init__(f"Nothing was written, because of rows that cannot be applied: {staged.plan.rows[RowState.INVALID]}.")


class StalePlanError(ProgramDataError):
    """The database has moved since the plan was shown."""


@dataclass(frozen=True)
class ImportRequest:
    """A file and what the person who imports it says about it.

    `preset`, `source` and `rank` None: what the header shows, and the preset's own. `season` is a Match year. `as_of` None:
    the date given when this very file was applied before, else today.
    """

    data: bytes
    file_name: str
    season: int
    preset: str | None = None
    source: str | None = None
    rank: SourceRank | None = None
    as_of: date | None = None
    licence: str = ""
    url: str = ""


@dataclass(frozen=True)
class Staged:
    """A file that was read and planned, with what was settled on the way."""

    plan: ImportPlan
    preset: Preset
    source_name: str
    rank: SourceRank
    as_of: date
    file_digest: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Imported:
    """What an import did; `batch` is None where there was nothing to write."""

    staged: Staged
    batch: ImportBatch | None


def stage(request: ImportRequest) -> Staged:
    """Read the file and plan it against the database; writes nothing.

    Raises ReadError, HeaderError or ProgramDataError, each with the remedy.
    """
    references = _references()
    table = read_table(request.data)
    preset = preset_for(request.preset, table.header)
    binding = preset.bind(table.header)
    digest = hashlib.sha256(request.data).hexdigest()
    source_name = request.source or preset.source
    source = Source.objects.filter(name=source_name).first()
    as_of = request.as_of or _earlier_date(request, preset, source, digest) or timezone.localdate()
    rank = request.rank or (SourceRank(source.rank) if source else preset.rank)
    _check_results(preset, binding, rank, request.season)
    known = Known(_known_programs(), _known_tracks(), _known_statements(source, as_of, request.season))
    ignored = tuple(f"Column {title!r} is not one that this layout has; it was not read." for title in binding.ignored)
    return Staged(
        plan=preset.plan(table, binding, references, known),
        preset=preset,
        source_name=source_name,
        rank=rank,
        as_of=as_of,
        file_digest=digest,
        notes=table.notes + ignored,
    )


@transaction.atomic
def apply(request: ImportRequest, *, by: str, skip_invalid: bool = False, dry_run: bool = False, expected: str | None = None) -> Imported:
    """Import the file: source, batch, programs, tracks, facts, audit events and data version in one transaction.

    Raises InvalidRowsError where rows cannot be applied and `skip_invalid` does not say to leave them out, StalePlanError
    where `expected` is the digest of an earlier plan and the plan is another one now, and whatever `stage` raises; nothing
    is written then. A file that changes nothing leaves no trace. `dry_run` does it all and takes it back.
    """
    bulk.lock_program_data()
    staged = stage(request)
    if expected is not None and staged.plan.digest != expected:
        raise StalePlanError("The program data has changed since this preview: look at the new preview before applying it.")
    if staged.plan.rows[RowState.INVALID] and not skip_invalid:
        raise InvalidRowsError(staged)
    if staged.plan.is_empty:
        return Imported(staged, None)
    batch = _write(request, staged, by=by)
    if dry_run:
        transaction.set_rollback(True)
        return Imported(staged, None)
    return Imported(staged, batch)


def _write(request: ImportRequest, staged: Staged, *, by: str) -> ImportBatch:
    plan = staged.plan
    source = get_or_create_source(name=staged.source_name, rank=staged.rank, url=request.url, licence=request.licence, by=by)
    batch = ImportBatch.objects.create(
        source=source,
        file_name=request.file_name[:NAME_LENGTH],
        digest=staged.file_digest,
        preset=staged.preset.name,
        season=request.season,
        as_of=staged.as_of,
        applied_by=by,
        counts={"rows": dict(plan.rows), **plan.totals},
    )
    facts = [NewFact(**asdict(statement), source_id=source.pk, as_of=staged.as_of, season=request.season) for statement in plan.statements]
    apply_changes(by=by, cause=f"Import of {batch.file_name}", programs=plan.programs, tracks=plan.tracks, facts=facts, source=source, batch=batch)
    audit.record(by=by, verb="import:apply", target=f"import:{batch.pk}", file=batch.file_name, preset=batch.preset, counts=batch.counts)
    return batch


# --- what the database holds ---


def _check_results(preset: Preset, binding: Binding, rank: SourceRank, season: int) -> None:
    """Results of the Match replace those on record, so they come from whoever may know them, and from no Match to come."""
    late = [year for year in file_years(binding) if year > season]
    if late:
        raise HeaderError(
            f"The file has results of the {late[-1]} Match, which is after the season {season}: correct the year in the header, or give --season."
        )
    if preset is NRMP and rank not in TRUSTED_RANKS:
        raise HeaderError("Results of the Match would replace those on record: import them as official publication, program or verified, not as hearsay.")


def _references() -> References:
    references = References(
        specialties=dict(Specialty.objects.values_list("code", "name")),
        states=dict(State.objects.values_list("usps", "name")),
    )
    if not references.specialties or not references.states:
        raise ReferenceTablesMissingError("There are no specialties or states on record; run: python manage.py load_reference")
    return references


def _earlier_date(request: ImportRequest, preset: Preset, source: Source | None, digest: str) -> date | None:
    """The as-of date that this very file had, if it is the last one of its source: repeating it tells nothing new."""
    last = ImportBatch.objects.filter(source=source, season=request.season).order_by("-id").first() if source else None
    return last.as_of if last and (last.digest, last.preset) == (digest, preset.name) else None


def _known_programs() -> dict[str, NewProgram]:
    columns = ("key", "specialty_id", "name", "city", "state_id", "acgme_id", "nrmp_institution", "is_demo")
    return {row[0]: NewProgram(*row) for row in Program.objects.order_by().values_list(*columns)}


def _known_tracks() -> dict[str, NewTrack]:
    years: dict[str, list[NewTrackYear]] = defaultdict(list)
    for code, year, quota, matched in TrackYear.objects.order_by("year").values_list("track__nrmp_code", "year", "quota", "matched"):
        years[code].append(NewTrackYear(year, quota, matched))
    tracks = Track.objects.order_by().values_list("program__key", "nrmp_code", "name", "track_type")
    return {code: NewTrack(key, code, name, letter, tuple(years[code])) for key, code, name, letter in tracks}


def _known_statements(source: Source | None, as_of: date, season: int) -> frozenset[Statement]:
    """What the source says now, as of that date and season; what it said before and then changed does not count."""
    latest: dict[tuple[str, str], tuple[date, int, Statement]] = {}
    live = Fact.objects.filter(source=source, withdrawn_at=None).order_by("as_of", "id") if source else Fact.objects.none()
    for key, field, value, strictness, stated, about in live.values_list("program__key", "field", "value", "strictness", "as_of", "season"):
        latest[key, field] = (stated, about, Statement(key, field, value, strictness))
    return frozenset(statement for stated, about, statement in latest.values() if (stated, about) == (as_of, season))
