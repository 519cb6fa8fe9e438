"""The only writer of program data. Every function is one transaction with its audit event and data version."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, astuple, dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from programs import bulk
from programs.changes import NewFact, NewProgram, NewTrack, NewTrackYear
from programs.choices import SourceRank, Strictness, TrackType
from programs.fields import BY_NAME, FIELDS, BadValueError, Value, format_value, parse_value
from programs.models import DataVersion, Fact, ImportBatch, Program, Source, Specialty, State, Track, TrackYear
from programs.queries import fact_rows, offers, program_ids_by_key
from programs.resolution import FieldState, pack_states, resolve_program
from programs.track_summary import track_types, unfilled
from smartpick import audit

__all__ = [
    "NewFact",
    "NewProgram",
    "NewTrack",
    "NewTrackYear",
    "ProgramDataError",
    "Removed",
    "apply_changes",
    "get_or_create_source",
    "record_facts",
    "remove_demo_programs",
    "resolve_all_programs",
    "resolve_programs",
    "upsert_programs",
    "upsert_tracks",
]

FIELD_NAMES = tuple(field.name for field in FIELDS)
PROGRAM_COLUMNS = ("key", "specialty_id", "name", "city", "state_id", "acgme_id", "nrmp_institution", "is_demo")
FACT_COLUMNS = ("program_id", "field", "value", "strictness", "source_id", "as_of", "season", "quote", "url", "batch_id", "recorded_at")

MAX_TEXT = 300  # characters in Fact.quote and Fact.url; SQLite does not check


class ProgramDataError(ValueError):
    """Program data that cannot be stored as asked; the message says what to do. Nothing was written."""


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
    source: Source | None = None,
    batch: ImportBatch | None = None,
) -> DataVersion | None:
    """Write programs, then their tracks (years as stated by `source`), then facts, and bring current values up to date.

    One transaction, one audit event, one data version (returned; None where there is nothing to write). `cause` is
    shown to people, at most 200 characters. Raises ProgramDataError, and writes nothing, for a value that a field
    cannot hold, a program, specialty or state that does not exist, a track that belongs to another program, more
    people matched than positions, and demonstration data mixed with real data.
    """
    if not (programs or tracks or facts):
        return None
    bulk.lock_program_data()
    _write_programs(programs)
    _write_tracks(tracks, source, batch)
    _write_facts(facts, batch)
    counts = {"programs": len(programs), "tracks": len(tracks), "facts": len(facts)}
    return _new_version(by=by, verb="programs:write", cause=cause, **counts)


@transaction.atomic
def resolve_programs(program_ids: Iterable[int], *, season: int) -> None:
    """Write the current values and field states that the live facts of these programs give in `season` (a Match year).

    A building block: whoever calls it records the audit event and the data version.
    """
    for some in bulk.chunks(sorted(set(program_ids))):
        facts = fact_rows(some)
        rows = [_current_values(program_id, resolve_program(facts.get(program_id, ()), season=season)) for program_id in some]
        bulk.update(Program, columns=("id", *FIELD_NAMES, "field_states"), rows=rows)


@transaction.atomic
def resolve_all_programs(*, by: str, season: int) -> int:
    """Resolve every program for `season` (a Match year), as one data version; how many there are.

    For a new season, which turns what was stated about earlier ones stale, and for new rules of resolution.
    """
    bulk.lock_program_data()
    ids = list(Program.objects.order_by().values_list("id", flat=True))
    resolve_programs(ids, season=season)
    if ids:
        _new_version(by=by, verb="programs:resolve", cause=f"Facts resolved for the {season} Match", programs=len(ids), season=season)
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
        _new_version(by=by, verb="programs:remove-demo", cause="Demonstration data removed", **asdict(removed))
    return removed


def _new_version(*, by: str, verb: str, cause: str, **counts: int) -> DataVersion:
    version = DataVersion.objects.create(cause=cause[:200])
    audit.record(by=by, verb=verb, target=f"data-version:{version.pk}", cause=cause, **counts)
    return version


# --- programs ---


def _write_programs(programs: Sequence[NewProgram]) -> None:
    if not programs:
        return
    _refuse_unknown("specialty", {row.specialty for row in programs}, Specialty)
    _refuse_unknown("state", {row.state for row in programs if row.state}, State)
    bulk.update(Program, columns=("id", "key", "acgme_id"), rows=_renamed(programs))
    _refuse_change_of_kind(programs)
    rows: list[bulk.Row] = [
        (row.key, row.specialty, row.name, row.city, row.state, row.acgme_id, row.nrmp_institution, row.is_demo, "", {}) for row in programs
    ]
    bulk.upsert(Program, columns=(*PROGRAM_COLUMNS, "track_types", "field_states"), rows=rows, key=("key",), keep=("track_types", "field_states"))


def _renamed(programs: Sequence[NewProgram]) -> list[tuple[int, str, str | None]]:
    """Rows of id, new key and ACGME id for programs that were known under another key."""
    renamed = [row for row in programs if row.replaces_key]
    ids = _programs_of(row.replaces_key for row in renamed)
    if taken := sorted(program_ids_by_key(row.key for row in renamed)):
        raise ProgramDataError(f"Program {taken[0]} exists already: another program cannot take its key.")
    return [(ids[row.replaces_key], row.key, row.acgme_id) for row in renamed]


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


# --- tracks ---


def _write_tracks(tracks: Sequence[NewTrack], source: Source | None, batch: ImportBatch | None) -> None:
    if not tracks:
        return
    for track in tracks:
        _check_track(track)
    programs = _programs_of(row.program_key for row in tracks)
    if source and source.is_demo:
        _refuse_real(programs.values())
    _refuse_moved_tracks(tracks, programs)
    rows = [(programs[row.program_key], row.nrmp_code, row.name, row.track_type) for row in tracks]
    bulk.upsert(Track, columns=("program_id", "nrmp_code", "name", "track_type"), rows=rows, key=("nrmp_code",))
    _write_years(tracks, source, batch)
    _summarise_tracks(sorted(set(programs.values())))


def _check_track(track: NewTrack) -> None:
    if track.track_type not in set(TrackType):
        raise ProgramDataError(f"Track {track.nrmp_code}: the type is one of {', '.join(TrackType)}, not {track.track_type!r}.")
    for year in track.years:
        if year.quota < 0 or (year.matched is not None and not 0 <= year.matched <= year.quota):
            raise ProgramDataError(f"Track {track.nrmp_code} in {year.year}: {year.matched} matched of {year.quota} positions cannot be.")


def _programs_of(keys: Iterable[str]) -> dict[str, int]:
    """Program ids by key. Raises ProgramDataError for a key that does not exist."""
    wanted = set(keys)
    found = program_ids_by_key(wanted)
    if missing := sorted(wanted - found.keys()):
        raise ProgramDataError(f"No program {missing[0]!r}: add it first (upsert_programs), or correct the key.")
    return found


def _refuse_moved_tracks(tracks: Sequence[NewTrack], programs: dict[str, int]) -> None:
    owner = {row.nrmp_code: programs[row.program_key] for row in tracks}
    for some in bulk.chunks(list(owner)):
        for code, program_id, key in Track.objects.filter(nrmp_code__in=some).values_list("nrmp_code", "program_id", "program__key"):
            if program_id != owner[code]:
                raise ProgramDataError(f"Track {code} belongs to program {key} already: correct the code or the program.")


def _write_years(tracks: Sequence[NewTrack], source: Source | None, batch: ImportBatch | None) -> None:
    dated = {row.nrmp_code: row.years for row in tracks if row.years}
    if not dated:
        return
    if source is None:
        raise ProgramDataError("Track years need the source that states them.")
    ids: dict[str, int] = {}
    for some in bulk.chunks(list(dated)):
        ids.update(Track.objects.filter(nrmp_code__in=some).values_list("nrmp_code", "id"))
    batch_id = batch.pk if batch else None
    rows = [(ids[code], year.year, year.quota, year.matched, source.pk, batch_id) for code, years in dated.items() for year in years]
    bulk.upsert(TrackYear, columns=("track_id", "year", "quota", "matched", "source_id", "batch_id"), rows=rows, key=("track_id", "year"))


def _summarise_tracks(program_ids: Sequence[int]) -> None:
    for some in bulk.chunks(program_ids):
        rows = [(program_id, track_types(its), *astuple(unfilled(its))) for program_id, its in offers(some).items()]
        bulk.update(Program, columns=("id", "track_types", "unfilled_share", "unfilled_quota", "unfilled_year"), rows=rows)


# --- facts ---


def _write_facts(facts: Sequence[NewFact], batch: ImportBatch | None) -> None:
    if not facts:
        return
    programs = _programs_of(fact.program_key for fact in facts)
    demo_sources = set(Source.objects.filter(is_demo=True).values_list("id", flat=True))
    _refuse_real({programs[fact.program_key] for fact in facts if fact.source_id in demo_sources})
    batch_id, now = batch.pk if batch else None, timezone.now()
    rows = [
        (
            programs[fact.program_key],
            fact.field,
            _canonical(fact),
            fact.strictness,
            fact.source_id,
            fact.as_of,
            fact.season,
            fact.quote,
            fact.url,
            batch_id,
            now,
        )
        for fact in facts
    ]
    bulk.upsert(Fact, columns=FACT_COLUMNS, rows=rows)
    resolve_programs(programs.values(), season=settings.MATCH_YEAR)


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
        return format_value(field, parse_value(field, fact.value))
    except BadValueError as error:
        raise ProgramDataError(f"Program {fact.program_key}: {error}") from error


def _refuse_real(program_ids: Iterable[int]) -> None:
    """Demonstration sources state nothing about real programs: removing them would leave made-up values behind."""
    for some in bulk.chunks(list(program_ids)):
        if key := Program.objects.filter(id__in=some, is_demo=False).values_list("key", flat=True).first():
            raise ProgramDataError(f"Program {key} is real: state facts about it from a real source.")


def _current_values(program_id: int, states: dict[str, FieldState]) -> list[Any]:
    """A row of current values in the order id, fields, field_states."""
    return [program_id, *(_value_of(name, states[name]) for name in FIELD_NAMES), pack_states(states)]


def _value_of(name: str, state: FieldState) -> Value:
    return None if state.value is None else parse_value(BY_NAME[name], state.value)
