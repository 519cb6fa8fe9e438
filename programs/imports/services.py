"""Import a file of program data at once, as the command does: read, plan, write. The browser goes through `drafts`."""

import hashlib
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from programs import bulk
from programs.choices import SourceRank
from programs.imports.presets import Preset, preset_for
from programs.imports.reader import read_table
from programs.imports.staging import InvalidRowsError, Staged, StalePlanError, Told, refuse_invalid, stage, summary, write, writes
from programs.imports.standing import ReferenceTablesMissingError
from programs.models import ImportBatch, Source

__all__ = ["ImportRequest", "Imported", "InvalidRowsError", "ReferenceTablesMissingError", "StalePlanError", "apply", "earlier_date", "look"]


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
class Imported:
    """What an import did; `batch` is None where there was nothing to write, and after a trial. `notes` tell how the file was read."""

    staged: Staged
    notes: tuple[str, ...]
    batch: ImportBatch | None


def look(request: ImportRequest) -> Imported:
    """Read the file and work out what it would change; writes nothing. Raises ReadError, HeaderError or ProgramDataError, each with the remedy."""
    table = read_table(request.data)
    preset = preset_for(request.preset, table.header)
    binding = preset.bind(table.header, request.season)
    digest = hashlib.sha256(request.data).hexdigest()
    told = _told(request, preset, digest)
    ignored = tuple(f"Column {title!r} is not one that this layout has; it was not read." for title in binding.ignored)
    staged = stage(table, binding, told, file_digest=digest)
    return Imported(staged, table.notes + ignored + staged.notes, None)


def _told(request: ImportRequest, preset: Preset, digest: str) -> Told:
    name = request.source or preset.source
    source = Source.objects.filter(name=name).first()
    return Told(
        preset=preset,
        source_name=name,
        rank=request.rank or (SourceRank(source.rank) if source else preset.rank),
        as_of=request.as_of or earlier_date(source, request.season, digest, preset.name) or timezone.localdate(),
        season=request.season,
        licence=request.licence,
        url=request.url,
    )


def earlier_date(source: Source | None, season: int, digest: str, preset: str) -> date | None:
    """The as-of date that this very file had, if it is the last one of its source: repeating it tells nothing new."""
    last = ImportBatch.objects.filter(source=source, season=season, undone_at=None).order_by("-id").first() if source else None
    return last.as_of if last and (last.digest, last.preset) == (digest, preset) else None


@transaction.atomic
def apply(request: ImportRequest, *, by: str, skip_invalid: bool = False, dry_run: bool = False) -> Imported:
    """Import the file: source, batch, programs, tracks, facts, audit events and data version in one transaction.

    Raises InvalidRowsError where rows cannot be applied and `skip_invalid` does not say to leave them out, and whatever `look`
    raises; nothing is written then. A file that says nothing new leaves no trace. `dry_run` does it all and takes it back.
    """
    bulk.lock_program_data()
    looked = look(request)
    staged = looked.staged
    refuse_invalid(staged.invalid, skip=skip_invalid, staged=staged)
    if staged.is_empty:
        return looked
    batch = write(writes(staged), by=by, file_name=request.file_name, counts=summary(staged), expected_version=staged.version)
    if dry_run:
        transaction.set_rollback(True)
        return looked
    return Imported(staged, looked.notes, batch)
