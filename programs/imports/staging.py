"""A file that was read becomes a plan with its preview, packed and unpacked, and is written exactly so."""

import hashlib
import json
import zlib
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, TypeVar

from django.conf import settings
from django.db import transaction

from programs import bulk
from programs.changes import NewProgram, NewTrack, NewTrackYear
from programs.choices import TRUSTED_RANKS, SourceRank
from programs.imports.columns import Binding, HeaderError
from programs.imports.listed import Listed
from programs.imports.nrmp import file_years
from programs.imports.plan import ImportPlan, Problem, RowState, Severity, Statement
from programs.imports.presets import NRMP, PRESETS, Preset
from programs.imports.preview import Change, ChangeKind, MissingProgram, NewProgramRow, Preview, compare, totals
from programs.imports.standing import Speaker, closing, is_repeated, known, missing, references, standing, stepping_back
from programs.imports.table import Table
from programs.models import ImportBatch, Source
from programs.queries import data_version
from programs.services import ProgramDataError, apply_changes, get_or_create_source
from smartpick import audit

T = TypeVar("T")
NAME_LENGTH = 200  # characters in ImportBatch.file_name; the end of a longer name is cut
LENGTH_BYTES = 8  # in front of the first part of a packed import
# Looked up a hundred thousand times, where calling the enumeration takes longer.
KINDS = {kind.value: kind for kind in ChangeKind}
SEVERITIES = {severity.value: severity for severity in Severity}
LEVEL = 1  # of compression: the file is read back within minutes, so speed counts


class InvalidRowsError(ProgramDataError):
    """The file has rows that cannot be applied, so nothing of it was."""

    def __init__(self, staged: "Staged | None", invalid: int) -> None:
        self.staged = staged
        super().__init__(f"Nothing was written, because of rows that cannot be applied: {invalid}.")


class StalePlanError(ProgramDataError):
    """The database has moved since the plan was shown."""

    def __init__(self) -> None:
        super().__init__("The program data has changed since this preview: look at the new preview before applying it.")


@dataclass(frozen=True)
class Told:
    """What was settled about a file: its layout, and who states it. `season` is a Match year; `close` holds keys to mark closed."""

    preset: Preset
    source_name: str
    rank: SourceRank
    as_of: date
    season: int
    licence: str = ""
    url: str = ""
    close: tuple[str, ...] = ()

    @property
    def words(self) -> dict[str, Any]:
        """The same as plain values, for packing."""
        return {**asdict(self), "preset": self.preset.name, "rank": int(self.rank), "as_of": self.as_of.isoformat(), "close": sorted(self.close)}


@dataclass(frozen=True)
class Staged:
    """A file that was read, planned and compared. `version` is the data version that it was compared with.

    `stepping_back` names the specialties whose invented programs leave the lists.
    """

    told: Told
    plan: ImportPlan
    preview: Preview
    missing: tuple[MissingProgram, ...]
    repeated: bool
    file_digest: str
    version: int
    stepping_back: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know besides the changes."""
        if not self.stepping_back:
            return ()
        names = ", ".join(self.stepping_back)
        return (f"Real and invented programs never stand on one list: with their first real programs, the invented ones leave the lists of {names}.",)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return self.repeated or self.plan.says_nothing

    @property
    def invalid(self) -> int:
        """Rows that cannot be applied."""
        return self.preview.rows[RowState.INVALID]


@bulk.without_collector()
def stage(table: Table, binding: Binding, told: Told, *, file_digest: str) -> Staged:
    """Plan the rows against the database and work out what they would change; writes nothing. Raises HeaderError and ProgramDataError."""
    _check_results(told.preset, binding, told.rank, told.season)
    version = data_version()  # read first: whatever is written meanwhile makes the plan stale
    plan = told.preset.plan(table, binding, references(), known())
    speaker = Speaker(Source.objects.filter(name=told.source_name).first(), told.rank, told.as_of, told.season)
    now = standing(plan, speaker)
    gone = tuple(missing(plan, now))
    repeated = is_repeated(plan, now) and not told.close
    if told.close:
        plan = replace(plan, programs=(*plan.programs, *closing(told.close, on=told.as_of)))
        now = standing(plan, speaker)
    return Staged(told, plan, compare(plan, now), gone, repeated, file_digest, version, tuple(stepping_back(plan)))


def _check_results(preset: Preset, binding: Binding, rank: SourceRank, season: int) -> None:
    """Results of the Match count against those on record, so they come from whoever may know them, and from no Match to come."""
    late = [year for year in file_years(binding) if year > season]
    if late:
        raise HeaderError(
            f"The file has results of the {late[-1]} Match, which is after the season {season}: correct the year in the header, or give --season."
        )
    if preset is NRMP and rank not in TRUSTED_RANKS:
        raise HeaderError("Results of the Match would replace those on record: import them as official publication, program or verified, not as hearsay.")


# --- packing ---


@dataclass(frozen=True)
class Details:
    """The parts of a preview that its pages list."""

    changes: Sequence[Change]
    new_programs: Sequence[NewProgramRow]
    missing: Sequence[MissingProgram]
    problems: Sequence[Problem]


@dataclass(frozen=True)
class Packed:
    """A staged import as bytes, with the digest that binds what is applied to what was shown."""

    data: bytes
    digest: str
    summary: dict[str, Any]


def pack(staged: Staged) -> Packed:
    """Everything that pages list and `write` needs."""
    preview = staged.preview
    shown = [
        [_row(change) for change in preview.changes],
        [_row(row) for row in preview.new_programs],
        [_row(row) for row in staged.missing],
        [_row(problem) for problem in staged.plan.problems],
    ]
    first, second = _squeeze(shown), _squeeze(_writes(staged))
    data = len(first).to_bytes(LENGTH_BYTES, "big") + first + second
    digest = hashlib.sha256(second + json.dumps([staged.version, settings.MATCH_YEAR, staged.file_digest]).encode()).hexdigest()
    return Packed(data, digest, summary(staged))


def summary(staged: Staged) -> dict[str, Any]:
    """What the preview shows at once."""
    preview, counts = staged.preview, totals(staged.plan, staged.preview)
    return {
        "rows": {state.value: count for state, count in preview.rows.items()},
        "totals": counts,
        "changes": len(preview.changes),
        "programs": counts["programs changed"],
        "fields": preview.fields,
        "kinds": preview.kinds,
        "warnings": counts["warnings"],
        "missing": len(staged.missing),
        "conflicts": preview.kinds.get(ChangeKind.CONFLICT.value, 0),
        "confirmed": preview.confirmed,
        "empty": staged.is_empty,
        "notes": list(staged.notes),
    }


def details(data: bytes) -> Details:
    """The parts that pages list."""
    changes, new_programs, gone, problems = _parts(data, first=True)
    return Details(
        changes=Listed(changes, lambda row: Change(*(*row[:4], KINDS[row[4]], *row[5:]))),
        new_programs=Listed(new_programs, lambda row: NewProgramRow(*row)),
        missing=Listed(gone, lambda row: MissingProgram(*row)),
        problems=Listed(problems, lambda row: Problem(*(*row[:4], SEVERITIES[row[4]]))),
    )


def _parts(data: bytes, *, first: bool) -> Any:  # noqa: ANN401 - whatever was packed
    length = int.from_bytes(data[:LENGTH_BYTES], "big")
    part = data[LENGTH_BYTES : LENGTH_BYTES + length] if first else data[LENGTH_BYTES + length :]
    return json.loads(zlib.decompress(part))


def _squeeze(what: object) -> bytes:
    return zlib.compress(json.dumps(what, separators=(",", ":")).encode(), LEVEL)


def _row(item: Any) -> list[Any]:  # noqa: ANN401 - any of the slotted rows
    return [getattr(item, name) for name in item.__slots__]


def _item(make: Callable[..., T], row: Sequence[Any], /, **read: Callable[[Any], Any]) -> T:
    """The reverse of `_row`; `read` says how the parts that JSON has no form for become what they were."""
    names: Sequence[str] = make.__slots__  # type: ignore[attr-defined]
    return make(**{name: read[name](value) if name in read else value for name, value in zip(names, row, strict=True)})


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _years(rows: Sequence[Sequence[int]]) -> tuple[NewTrackYear, ...]:
    return tuple(NewTrackYear(*row) for row in rows)


def _writes(staged: Staged) -> dict[str, Any]:
    places: dict[str, int] = defaultdict(lambda: len(places))  # a table of texts: files repeat them
    by_key: dict[str, list[int]] = defaultdict(list)
    for key, field, value, strictness in staged.plan.statements:
        by_key[key] += (places[field], places[value], places[strictness])
    return {
        "told": staged.told.words,
        "file": staged.file_digest,
        "about": staged.plan.about,
        "programs": [[*_row(row)[:-1], row.closed_on.isoformat() if row.closed_on else None] for row in staged.plan.programs],
        "tracks": [[*_row(row)[:-1], [[year.year, year.quota, year.matched] for year in row.years]] for row in staged.plan.tracks],
        "statements": by_key,
        "texts": list(places),
    }


# --- writing ---


@dataclass(frozen=True)
class Writes:
    """What an import writes."""

    told: Told
    file_digest: str
    about: int | None
    programs: Sequence[NewProgram]
    tracks: Sequence[NewTrack]
    statements: Sequence[Statement]


def writes(staged: Staged) -> Writes:
    """What a staged import writes."""
    plan = staged.plan
    return Writes(staged.told, staged.file_digest, plan.about, plan.programs, plan.tracks, plan.statements)


def unpack_writes(data: bytes) -> Writes:
    """The same, from a packed one."""
    packed = _parts(data, first=False)
    return Writes(
        told=_told(packed["told"]),
        file_digest=packed["file"],
        about=packed["about"],
        programs=[_item(NewProgram, row, closed_on=_date) for row in packed["programs"]],
        tracks=[_item(NewTrack, row, years=_years) for row in packed["tracks"]],
        statements=_statements(packed["statements"], packed["texts"]),
    )


def _told(words: Mapping[str, Any]) -> Told:
    rank, as_of = SourceRank(words["rank"]), date.fromisoformat(words["as_of"])
    return Told(**{**words, "preset": PRESETS[words["preset"]], "rank": rank, "as_of": as_of, "close": tuple(words["close"])})


def _statements(by_key: Mapping[str, Sequence[int]], texts: Sequence[str]) -> list[Statement]:
    found: list[Statement] = []
    for key, flat in by_key.items():
        its = map(texts.__getitem__, flat)
        found += [(key, field, value, strictness) for field, value, strictness in zip(its, its, its, strict=True)]
    return found


@bulk.without_collector()
@transaction.atomic
def write(what: Writes, *, by: str, file_name: str, counts: Mapping[str, Any], expected_version: int) -> ImportBatch:
    """Write an import: source, batch, statements, facts, current values, audit events and data version in one transaction.

    Raises StalePlanError where the data is not that of `expected_version` any more, and ProgramDataError; nothing is written then.
    """
    bulk.lock_program_data()
    if data_version() != expected_version:
        raise StalePlanError
    told = what.told
    source = get_or_create_source(name=told.source_name, rank=told.rank, url=told.url, licence=told.licence, by=by)
    batch = ImportBatch.objects.create(
        source=source,
        file_name=file_name[:NAME_LENGTH],
        digest=what.file_digest,
        preset=told.preset.name,
        season=told.season,
        as_of=told.as_of,
        licence=told.licence,
        applied_by=by,
        counts=dict(counts),
    )
    apply_changes(
        by=by,
        cause=f"Import of {batch.file_name}",
        programs=what.programs,
        tracks=what.tracks,
        statements=what.statements,
        source=source,
        batch=batch,
        about=what.about,
    )
    audit.record(by=by, verb="import:apply", target=f"import:{batch.pk}", file=batch.file_name, preset=batch.preset, counts=batch.counts)
    return batch


def refuse_invalid(invalid: int, *, skip: bool, staged: Staged | None = None) -> None:
    """Raise InvalidRowsError unless there are none, or they are to be left out."""
    if invalid and not skip:
        raise InvalidRowsError(staged, invalid)


def left_out(keys: Collection[str], gone: Sequence[MissingProgram]) -> tuple[str, ...]:
    """Those of `keys` that may be marked closed: programs the file no longer has."""
    allowed = {program.key for program in gone}
    return tuple(sorted(key for key in keys if key in allowed))
