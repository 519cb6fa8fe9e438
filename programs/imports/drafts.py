"""An import in the browser, step by step: upload, say what the columns mean, look, apply, undo. The only writer of drafts."""

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import OperationalError, transaction
from django.utils import timezone

from programs import bulk
from programs.choices import SourceRank
from programs.imports.columns import HeaderError, plain_name
from programs.imports.meanings import Meaning, bind_meanings, guess, meanings_for
from programs.imports.plan import RowState
from programs.imports.presets import PRESETS, Preset, preset_for
from programs.imports.reader import read_table
from programs.imports.services import earlier_date
from programs.imports.staging import NAME_LENGTH, Details, StalePlanError, Told, left_out, pack, refuse_invalid, stage, unpack_writes, write
from programs.imports.staging import details as unpack_details
from programs.imports.table import Table
from programs.models import ColumnMemory, ImportBatch, ImportDraft, Source
from programs.services import ProgramDataError, undo_batch
from smartpick import audit

DAYS_KEPT = 30  # of a file that was uploaded and neither applied nor put aside
SAMPLE_ROWS = 3
HEADER_LENGTH = 200  # characters in ColumnMemory.header
SAMPLE_LENGTH = 80  # characters of a sample cell
SETTLED_COLUMNS = ("preset", "meanings", "source_name", "season", "rank", "licence", "url", "as_of", "close")
PREVIEW_COLUMNS = ("previewed_at", "preview_version", "preview_digest", "summary", "plan")


class BusyError(ProgramDataError):
    """Somebody else is writing program data."""

    def __init__(self) -> None:
        super().__init__("Somebody else is changing the program data just now. Nothing of yours was written: look at the preview again in a minute.")


@dataclass(frozen=True)
class DraftSettings:
    """What an admin says about an uploaded file. `meanings` is {place of a column: key of a Meaning, "" to leave it out}."""

    preset: str
    source_name: str
    season: int
    meanings: Mapping[int, str] = field(default_factory=dict)
    rank: SourceRank | None = None
    licence: str = ""
    url: str = ""
    as_of: date | None = None
    close: tuple[str, ...] = ()


def upload(*, by: str, data: bytes, file_name: str) -> ImportDraft:
    """Keep a file that can be read, with guesses at everything else. Raises ReadError with the remedy."""
    table = read_table(data)
    try:
        preset = preset_for(None, table.header)
    except HeaderError:  # the admin says what the columns mean
        preset = PRESETS["template"]
    draft = ImportDraft(
        created_by=by,
        file_name=file_name[-NAME_LENGTH:],
        file_digest=hashlib.sha256(data).hexdigest(),
        data=zlib.compress(data),
        header=list(table.header),
        samples=[[cell[:SAMPLE_LENGTH] for cell in row.cells] for row in table.rows[:SAMPLE_ROWS]],
        row_count=len(table.rows),
        notes=list(table.notes),
        preset=preset.name,
        source_name="" if preset.name == "template" else preset.source,
        rank=preset.rank,
        season=settings.MATCH_YEAR,
    )
    draft.meanings = _packed(guess(draft.header, draft_meanings(draft), _remembered(draft.source_name)))
    draft.save()
    return draft


def draft_meanings(draft: ImportDraft) -> tuple[Meaning, ...]:
    """What the columns of this file can mean."""
    return meanings_for(_preset(draft), draft.season, draft.header)


def guesses(draft: ImportDraft, source_name: str) -> dict[int, str]:
    """What the columns seem to mean, where files of this source were read before."""
    return guess(draft.header, draft_meanings(draft), _remembered(source_name))


def _remembered(source_name: str) -> dict[str, str]:
    return dict(ColumnMemory.objects.filter(source_name=source_name).values_list("header", "meaning")) if source_name else {}


def _preset(draft: ImportDraft) -> Preset:
    return PRESETS[draft.preset]


def _packed(meanings: Mapping[int, str]) -> dict[str, str]:
    return {str(place): meaning for place, meaning in meanings.items()}


def chosen(draft: ImportDraft) -> dict[int, str]:
    """The meanings that are settled so far, by place."""
    return {int(place): meaning for place, meaning in draft.meanings.items()}


@transaction.atomic
def settle(*, by: str, draft: ImportDraft, settings: DraftSettings) -> ImportDraft:
    """Keep what the admin says of the file; the preview is to be made anew. Raises HeaderError or ProgramDataError with the remedy.

    What the columns mean is remembered for the next file of this source.
    """
    _held(draft)
    if settings.preset not in PRESETS:
        raise ProgramDataError(f"There is no layout {settings.preset!r}: choose one of {', '.join(PRESETS)}.")
    if not settings.source_name.strip():
        raise ProgramDataError("Say who states what the file says: name the source.")
    draft.preset, draft.source_name, draft.season = settings.preset, settings.source_name.strip(), settings.season
    draft.rank, draft.licence, draft.url, draft.as_of = settings.rank, settings.licence, settings.url, settings.as_of
    draft.close, draft.meanings = list(settings.close), _packed(settings.meanings)
    bind_meanings(draft.header, settings.meanings, draft_meanings(draft))
    _forget_preview(draft)
    draft.save(update_fields=SETTLED_COLUMNS + PREVIEW_COLUMNS)
    _remember(draft)
    audit.record(by=by, verb="import:settle", target=f"draft:{draft.pk}", file=draft.file_name, source=draft.source_name)
    return draft


def _remember(draft: ImportDraft) -> None:
    # Two headers may have one plain name: the one that is read counts.
    by_name: dict[str, str] = {}
    for place, meaning in chosen(draft).items():
        name = plain_name(draft.header[place])[:HEADER_LENGTH]
        by_name[name] = by_name.get(name) or meaning
    ColumnMemory.objects.bulk_create(
        [ColumnMemory(source_name=draft.source_name, header=name, meaning=meaning) for name, meaning in by_name.items() if name],
        update_conflicts=True,
        unique_fields=("source_name", "header"),
        update_fields=("meaning",),
    )


def _refuse_finished(draft: ImportDraft) -> None:
    if draft.batch_id:
        raise ProgramDataError("This file was applied already: upload it again to import it anew.")
    if draft.discarded_at:
        raise ProgramDataError("This file was put aside: upload it again to import it.")


def _held(draft: ImportDraft) -> ImportDraft:
    """The draft as it is now, kept from others until the end of the transaction. Raises ProgramDataError where somebody has finished with it."""
    now = ImportDraft.objects.select_for_update().only("batch", "discarded_at", *SETTLED_COLUMNS).get(pk=draft.pk)
    _refuse_finished(now)
    return now


def _forget_preview(draft: ImportDraft) -> None:
    draft.previewed_at = draft.preview_version = draft.plan = None
    draft.preview_digest, draft.summary = "", {}


def preview(*, by: str, draft: ImportDraft) -> ImportDraft:
    """Work out what applying the file would do, and keep it. Raises HeaderError or ProgramDataError with the remedy; writes no program data."""
    _refuse_finished(draft)
    table = _table(draft)
    binding = bind_meanings(draft.header, chosen(draft), draft_meanings(draft))
    told = _told(draft)
    staged = stage(table, binding, told, file_digest=draft.file_digest)
    if set(told.close) - set(left_out(told.close, staged.missing)):
        raise ProgramDataError("A program that is to be marked closed stands in the file: look at the list again.")
    packed = pack(staged)
    draft.previewed_at, draft.preview_version = timezone.now(), staged.version
    draft.preview_digest, draft.plan = packed.digest, packed.data
    unread = tuple(f"Column {title!r} is left out." for title in binding.ignored)
    draft.summary = {**packed.summary, "notes": [*draft.notes, *unread, *staged.notes]}
    _keep_preview(draft, by=by)
    return draft


@transaction.atomic
def _keep_preview(draft: ImportDraft, *, by: str) -> None:
    """Raises ProgramDataError where somebody said something else of the file meanwhile: the preview would stand beside settings that are not its own."""
    now = _held(draft)
    if any(getattr(now, name) != getattr(draft, name) for name in SETTLED_COLUMNS):
        raise ProgramDataError("Somebody else changed what is said of this file meanwhile: look at it again.")
    draft.save(update_fields=PREVIEW_COLUMNS)
    audit.record(by=by, verb="import:preview", target=f"draft:{draft.pk}", file=draft.file_name, digest=draft.preview_digest)


def _table(draft: ImportDraft) -> Table:
    return read_table(zlib.decompress(draft.data))


def _told(draft: ImportDraft) -> Told:
    source, preset = Source.objects.filter(name=draft.source_name).first(), _preset(draft)
    return Told(
        preset=preset,
        source_name=draft.source_name,
        rank=SourceRank(draft.rank or (source.rank if source else preset.rank)),
        as_of=draft.as_of or earlier_date(source, draft.season, draft.file_digest, preset.name) or timezone.localdate(),
        season=draft.season,
        licence=draft.licence,
        url=draft.url,
        close=tuple(draft.close),
    )


def details(draft: ImportDraft) -> Details:
    """What the preview lists. Raises ProgramDataError where there is none."""
    if draft.plan is None:
        raise ProgramDataError("This file has no preview yet: say what its columns mean first.")
    return unpack_details(bytes(draft.plan))


def bad_rows(draft: ImportDraft) -> list[tuple[list[str], str]]:
    """The rows that cannot be applied, as the file has them, each with what is wrong."""
    wrong: dict[int, list[str]] = {}
    for problem in details(draft).problems:
        if problem.severity.value == RowState.INVALID.value:
            wrong.setdefault(problem.line, []).append(f"{problem.column or 'row'}: {problem.message}")
    return [(list(row.cells), "; ".join(wrong[row.line])) for row in _table(draft).rows if row.line in wrong]


def apply_draft(*, by: str, draft: ImportDraft, digest: str, skip_invalid: bool) -> ImportBatch:
    """Write exactly what was previewed under `digest`.

    Raises StalePlanError where another preview was made or the data has moved since, InvalidRowsError where rows cannot be applied
    and are not to be left out, BusyError where somebody else is writing, and ProgramDataError; nothing is written then.
    """
    try:
        return _apply(by=by, draft=draft, digest=digest, skip_invalid=skip_invalid)
    except OperationalError as error:
        raise _busy(error) from error


def _busy(error: OperationalError) -> Exception:
    """BusyError for a lock that was held for too long; any other error stays what it is."""
    return BusyError() if bulk.is_lock_timeout(error) else error


@transaction.atomic
def _apply(*, by: str, draft: ImportDraft, digest: str, skip_invalid: bool) -> ImportBatch:
    draft = ImportDraft.objects.select_for_update().get(pk=draft.pk)
    _refuse_finished(draft)
    if draft.plan is None or draft.preview_version is None or not digest or digest != draft.preview_digest:
        raise StalePlanError
    refuse_invalid(draft.summary["rows"][RowState.INVALID.value], skip=skip_invalid)
    if draft.summary["empty"]:
        raise ProgramDataError("There is nothing to write: everything in the file is on record already, as of the same date.")
    what = unpack_writes(bytes(draft.plan))
    batch = write(what, by=by, file_name=draft.file_name, counts=draft.summary, expected_version=draft.preview_version)
    # The facts are on record now; file and plan would only take room.
    draft.batch, draft.plan, draft.data = batch, None, b""
    draft.save(update_fields=("batch", "plan", "data"))
    return batch


@transaction.atomic
def discard(*, by: str, draft: ImportDraft) -> None:
    """Put a file aside that is not to be imported. Raises ProgramDataError where somebody has finished with it."""
    _held(draft)
    draft.discarded_at, draft.plan, draft.data = timezone.now(), None, b""
    draft.save(update_fields=("discarded_at", "plan", "data"))
    audit.record(by=by, verb="import:discard", target=f"draft:{draft.pk}", file=draft.file_name)


@transaction.atomic
def discard_abandoned(*, by: str, today: datetime) -> int:
    """Put aside the files that nobody finished with within DAYS_KEPT, so that they take no room; how many there were."""
    old = ImportDraft.objects.filter(batch=None, discarded_at=None, created_at__lt=today - timedelta(days=DAYS_KEPT))
    count = old.update(discarded_at=today, plan=None, data=b"")
    if count:
        audit.record(by=by, verb="import:discard-abandoned", target="drafts", drafts=count)
    return count


def undo_import(*, by: str, batch: ImportBatch) -> ImportBatch:
    """Take everything back that the import stated; the data is as if it had never been applied. Raises BusyError and ProgramDataError."""
    try:
        undo_batch(by=by, batch=batch)
    except OperationalError as error:
        raise _busy(error) from error
    batch.refresh_from_db()
    return batch
