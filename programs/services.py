"""The only writer of program data. Every function is one transaction with its audit event and data version."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from programs import bulk, write_facts
from programs.changes import NewFact, NewProgram, NewTrack, NewTrackYear
from programs.choices import SourceRank, Strictness, TrackType
from programs.fields import BY_NAME, BadValueError, format_value, parse_value
from programs.history import codes_stated
from programs.models import DataVersion, Fact, ImportBatch, Program, ProgramStatement, Source, Specialty, State, Track, TrackStatement, TrackYear
from programs.queries import program_ids_by_key
from programs.said import Stated
from programs.versions import new_version
from programs.write_programs import (
    IDENTITY,
    ProgramDataError,
    Stamp,
    missing_program,
    resolve_identities,
    resolve_tracks,
    write_programs,
    write_tracks,
)
from smartpick import audit

__all__ = [
    "NewFact",
    "NewProgram",
    "NewTrack",
    "NewTrackYear",
    "ProgramDataError",
    "Removed",
    "Statement",
    "apply_changes",
    "get_or_create_source",
    "record_facts",
    "remove_demo_programs",
    "resolve_all_programs",
    "resolve_programs",
    "undo_batch",
    "upsert_programs",
    "upsert_tracks",
]

# (program key, field, canonical value, strictness): a fact of an import, which has source, date and season of its own.
Statement = tuple[str, str, str, str]
FACTS_AT_ONCE = 50_000  # so that a large file never takes much memory
MAX_TEXT = 300  # characters in Fact.quote and Fact.url; SQLite does not check
UNDONE = "import undone"


@dataclass(frozen=True, slots=True)
class Removed:
    """How many rows of each kind went with the demonstration data."""

    programs: int
    tracks: int
    facts: int
    sources: int


@transaction.atomic
def get_or_create_source(*, name: str, rank: int, url: str = "", licence: str = "", is_demo: bool = False, by: str = "system") -> Source:
    """The source called `name`, made if it is new.

    Raises ProgramDataError where it exists with another rank or is not demonstration data as asked: a rank decides who
    is believed, so it is not changed in passing.
    """
    source = Source.objects.filter(name=name).first()
    if source is None:
        source = Source(name=name, rank=rank, url=url, licence=licence, is_demo=is_demo)
        _save_clean(source)
        audit.record(by=by, verb="source:create", target=f"source:{source.pk}", name=name, rank=int(rank))
    elif (source.rank, source.is_demo) != (rank, is_demo):
        raise ProgramDataError(
            f"The source {name!r} exists as {SourceRank(source.rank).label}{', demonstration data' if source.is_demo else ''}: "
            "use that rank, or give this source another name."
        )
    return source


def _save_clean(source: Source) -> None:
    try:
        source.full_clean()
    except ValidationError as error:
        complaints = "; ".join(f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items())
        raise ProgramDataError(f"The source {source.name[:40]!r} cannot be kept as given. {complaints}") from error
    source.save()


def record_facts(*, by: str, facts: Sequence[NewFact], batch: ImportBatch | None, cause: str) -> DataVersion | None:
    """Append `facts` and resolve the programs they are about. See `apply_changes`."""
    return apply_changes(by=by, cause=cause, facts=facts, batch=batch)


def upsert_programs(*, by: str, programs: Sequence[NewProgram], cause: str) -> DataVersion | None:
    """Make or update the identity of programs, found by their key. See `apply_changes`."""
    return apply_changes(by=by, cause=cause, programs=programs)


def upsert_tracks(*, by: str, tracks: Sequence[NewTrack], source: Source, batch: ImportBatch | None, cause: str) -> DataVersion | None:
    """Make or update tracks with their years, as stated by `source`. See `apply_changes`."""
    return apply_changes(by=by, cause=cause, tracks=tracks, source=source, batch=batch)


@transaction.atomic
def apply_changes(
    *,
    by: str,
    cause: str,
    programs: Sequence[NewProgram] = (),
    tracks: Sequence[NewTrack] = (),
    facts: Sequence[NewFact] = (),
    statements: Sequence[Statement] = (),
    source: Source | None = None,
    batch: ImportBatch | None = None,
    about: int | None = None,
) -> DataVersion | None:
    """Write programs, then their tracks (years as stated by `source`), then facts, and bring current values up to date.

    One transaction, one audit event, one data version (returned; None where there is nothing to write). `cause` is
    shown to people, at most 200 characters. `statements` are facts of `batch`, checked by whoever read the file. `about` is
    the Match year that the file's names and tracks are about; None: the season of the batch, else the current one. Raises
    ProgramDataError, and writes nothing, for a value that a field cannot hold, a program, specialty or state that does not
    exist, a track that belongs to another program, more people matched than positions, and demonstration data mixed with real data.
    """
    if not (programs or tracks or facts or statements):
        return None
    bulk.lock_program_data()
    stamp = _stamp(source, batch, about)
    touched: dict[int, set[str]] = {}
    _check_programs(programs)
    _touch(touched, changed := write_programs(programs, stamp))
    keys = {row.program_key for row in tracks} | {row.program_key for row in facts} | {row[0] for row in statements}
    ids = _programs_of(keys)
    _check_tracks(tracks, ids, source)
    _touch(touched, write_tracks(tracks, ids, stamp))
    # A program that comes back brings its tracks.
    _touch(touched, resolve_tracks(codes_stated(changed) - {row.nrmp_code for row in tracks}))
    for some in chain(bulk.chunks(_stated(facts, ids), FACTS_AT_ONCE), _of_batch(statements, ids, batch)):
        _refuse_demo_sources(some)
        for program_id, fields in write_facts.append(some, batch_id=batch.pk if batch else None, season=settings.MATCH_YEAR).items():
            touched.setdefault(program_id, set()).update(fields)
    counts = {"programs": len(programs), "tracks": len(tracks), "facts": len(facts) + len(statements)}
    return new_version(by=by, verb="programs:write", cause=cause, touched=touched, **counts)


def _stamp(source: Source | None, batch: ImportBatch | None, about: int | None) -> Stamp:
    season = batch.season if batch else settings.MATCH_YEAR
    as_of = batch.as_of if batch else timezone.localdate()
    return Stamp(source.pk if source else None, batch.pk if batch else None, as_of, about or season, season)


def _touch(touched: dict[int, set[str]], program_ids: Iterable[int]) -> None:
    for program_id in program_ids:
        touched.setdefault(program_id, set()).add(IDENTITY)


@bulk.without_collector()
@transaction.atomic
def undo_batch(*, by: str, batch: ImportBatch) -> DataVersion:
    """Withdraw everything that an import stated, and resolve again: the data is as if it had never been applied.

    One transaction, one audit event, one data version. Nothing is deleted. Raises ProgramDataError where it was undone already,
    or where two programs would be left that nothing tells apart.
    """
    bulk.lock_program_data()
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.undone_at:
        raise ProgramDataError(f"This import was undone already, by {batch.undone_by}.")
    batch.undone_at, batch.undone_by = timezone.now(), by
    batch.save(update_fields=("undone_at", "undone_by"))
    named: set[int] = _withdraw(ProgramStatement, batch, "program_id")
    codes: set[str] = _withdraw(TrackStatement, batch, "nrmp_code")
    facts = Fact.objects.filter(batch=batch, withdrawn_at=None)
    stated = list(facts.order_by().values_list("program_id", flat=True).distinct())
    withdrawn = facts.update(withdrawn_at=batch.undone_at, withdrawn_why=UNDONE)
    touched: dict[int, set[str]] = {}
    _touch(touched, changed := resolve_identities(named))
    _touch(touched, resolve_tracks(codes | codes_stated(changed)))
    for program_id, fields in write_facts.resolve(stated, season=settings.MATCH_YEAR).items():
        touched.setdefault(program_id, set()).update(fields)
    counts = {"programs": len(named), "tracks": len(codes), "facts": withdrawn}
    return new_version(by=by, verb="import:undo", cause=f"Import of {batch.file_name} undone", touched=touched, **counts)


def _withdraw(model: type[ProgramStatement] | type[TrackStatement], batch: ImportBatch, column: str) -> set[Any]:
    """Withdraw the statements of a batch; what they were about."""
    live = model._default_manager.filter(batch=batch, withdrawn_at=None)  # noqa: SLF001 - public in Django's documentation
    concerned = set(live.values_list(column, flat=True))
    live.update(withdrawn_at=batch.undone_at)
    return concerned


@transaction.atomic
def resolve_programs(program_ids: Iterable[int], *, season: int) -> dict[int, set[str]]:
    """Write the current values and field states that the live facts of these programs give in `season` (a Match year).

    A building block: whoever calls it records the audit event and the data version. {program id: fields that changed}.
    """
    return write_facts.resolve(program_ids, season=season)


@bulk.without_collector()
@transaction.atomic
def resolve_all_programs(*, by: str, season: int) -> int:
    """Resolve every program for `season` (a Match year), as one data version; how many there are.

    For a new season, which turns what was stated about earlier ones stale, and for new rules of resolution.
    """
    bulk.lock_program_data()
    ids = list(Program.objects.order_by().values_list("id", flat=True))
    write_facts.resolve(ids, season=season)
    if ids:
        cause = f"Facts resolved for the {season} Match"
        new_version(by=by, verb="programs:resolve", cause=cause, touched=None, programs=len(ids), season=season)
    return len(ids)


@transaction.atomic
def remove_demo_programs(*, by: str) -> Removed:
    """Delete every demonstration program, source and batch with all that hangs on them; real data stays as it is."""
    bulk.lock_program_data()
    demo = Q(program__is_demo=True) | Q(source__is_demo=True)
    facts, _ = Fact.objects.filter(demo).delete()
    TrackYear.objects.filter(Q(track__program__is_demo=True) | Q(source__is_demo=True)).delete()
    _, gone = Program.objects.filter(is_demo=True).delete()
    ImportBatch.objects.filter(source__is_demo=True).delete()
    sources, _ = Source.objects.filter(is_demo=True).delete()
    removed = Removed(gone.get("programs.Program", 0), gone.get("programs.Track", 0), facts, sources)
    if any(asdict(removed).values()):
        new_version(by=by, verb="programs:remove-demo", cause="Demonstration data removed", touched=None, **asdict(removed))
    return removed


# --- checks ---


def _check_programs(programs: Sequence[NewProgram]) -> None:
    if not programs:
        return
    _refuse_unknown("specialty", {row.specialty for row in programs}, Specialty)
    _refuse_unknown("state", {row.state for row in programs if row.state}, State)
    _refuse_change_of_kind(programs)


def _refuse_unknown(what: str, codes: set[str], model: type[Specialty] | type[State]) -> None:
    """Say which code is missing, at once: SQLite would only say at the end of the transaction that some key failed."""
    known = set(model.objects.filter(pk__in=codes).values_list("pk", flat=True))
    if missing := sorted(codes - known):
        raise ProgramDataError(f"No {what} {missing[0]!r}: correct the code, or load the reference tables (python manage.py load_reference).")


def _refuse_change_of_kind(programs: Sequence[NewProgram]) -> None:
    """A real program never turns into a demonstration one, nor the reverse."""
    demo = {row.key: row.is_demo for row in programs}
    for some in bulk.chunks(list(demo)):
        for key, is_demo in Program.objects.filter(key__in=some).values_list("key", "is_demo"):
            if is_demo != demo[key]:
                raise ProgramDataError(
                    f"Program {key} is {'demonstration' if is_demo else 'real'} data: remove the demonstration data first "
                    "(python manage.py demo_off), or use another key."
                )


def _programs_of(keys: set[str]) -> dict[str, int]:
    """Program ids by key. Raises ProgramDataError for a key that does not exist."""
    found = program_ids_by_key(keys)
    if missing := sorted(keys - found.keys()):
        raise missing_program(missing[0])
    return found


def _check_tracks(tracks: Sequence[NewTrack], programs: Mapping[str, int], source: Source | None) -> None:
    for track in tracks:
        _check_track(track)
        if track.years and source is None:
            raise ProgramDataError("Track years need the source that states them.")
    if source and source.is_demo:
        _refuse_real(programs[row.program_key] for row in tracks)
    _refuse_moved_tracks(tracks, programs)


def _check_track(track: NewTrack) -> None:
    if track.track_type not in set(TrackType):
        raise ProgramDataError(f"Track {track.nrmp_code}: the type is one of {', '.join(TrackType)}, not {track.track_type!r}.")
    for year in track.years:
        if year.quota < 0 or (year.matched is not None and not 0 <= year.matched <= year.quota):
            raise ProgramDataError(f"Track {track.nrmp_code} in {year.year}: {year.matched} matched of {year.quota} positions cannot be.")


def _refuse_moved_tracks(tracks: Sequence[NewTrack], programs: Mapping[str, int]) -> None:
    owner = {row.nrmp_code: programs[row.program_key] for row in tracks}
    for some in bulk.chunks(list(owner)):
        for code, program_id, key in Track.objects.filter(nrmp_code__in=some).values_list("nrmp_code", "program_id", "program__key"):
            if program_id != owner[code]:
                raise ProgramDataError(f"Track {code} belongs to program {key} already: correct the code or the program.")


# --- facts ---


def _stated(facts: Sequence[NewFact], programs: Mapping[str, int]) -> list[Stated]:
    return [
        Stated(
            programs[fact.program_key],
            fact.field,
            _canonical(fact),
            fact.strictness,
            fact.source_id,
            fact.as_of,
            fact.season,
            fact.quote,
            fact.url,
        )
        for fact in facts
    ]


def _of_batch(statements: Sequence[Statement], programs: Mapping[str, int], batch: ImportBatch | None) -> Iterator[list[Stated]]:
    """The facts of a file, FACTS_AT_ONCE at a time."""
    if not statements:
        return
    if batch is None:
        raise ProgramDataError("Statements of a file need the import that they come with.")
    for some in bulk.chunks(statements, FACTS_AT_ONCE):
        source_id, as_of, season = batch.source_id, batch.as_of, batch.season
        yield [Stated(programs[key], field, value, strictness, source_id, as_of, season) for key, field, value, strictness in some]


def _refuse_demo_sources(facts: Sequence[Stated]) -> None:
    demo_sources = set(Source.objects.filter(is_demo=True).values_list("id", flat=True))
    if demo_sources:
        _refuse_real({fact.program_id for fact in facts if fact.source_id in demo_sources})


def _canonical(fact: NewFact) -> str:
    """The value in its one canonical spelling, so that equal values are equal texts. Raises ProgramDataError."""
    if len(fact.quote) > MAX_TEXT or len(fact.url) > MAX_TEXT:
        raise ProgramDataError(f"Program {fact.program_key}, {fact.field}: quote and URL hold at most {MAX_TEXT} characters.")
    if fact.url and not fact.url.startswith(("https://", "http://")):
        raise ProgramDataError(f"Program {fact.program_key}, {fact.field}: a URL begins with https://, not {fact.url[:20]!r}.")
    field = BY_NAME.get(fact.field)
    if field is None:
        raise ProgramDataError(f"Program {fact.program_key}: there is no field {fact.field!r}; see programs/fields.py for their names.")
    if field.requirement != (fact.strictness in set(Strictness)) or (not field.requirement and fact.strictness):
        needed = f"one of {', '.join(Strictness)}" if field.requirement else "empty, it is no requirement"
        raise ProgramDataError(f"Program {fact.program_key}, {field.name}: strictness is {needed}, not {fact.strictness!r}.")
    try:
        return _spelling(fact.field, fact.value)
    except BadValueError as error:
        raise ProgramDataError(f"Program {fact.program_key}: {error}") from error


@lru_cache(maxsize=50_000)
def _spelling(field: str, value: str) -> str:
    return format_value(BY_NAME[field], parse_value(BY_NAME[field], value))


def _refuse_real(program_ids: Iterable[int]) -> None:
    """Demonstration sources state nothing about real programs: removing them would leave made-up values behind."""
    for some in bulk.chunks(list(program_ids)):
        if key := Program.objects.filter(id__in=some, is_demo=False).values_list("key", flat=True).first():
            raise ProgramDataError(f"Program {key} is real: state facts about it from a real source.")
