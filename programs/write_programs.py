"""Building blocks of `programs.services`: what programs and tracks are. Whoever calls them keeps audit event and data version."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from typing import Any

from programs import bulk
from programs.changes import NewProgram, NewTrack, nrmp_key
from programs.history import pack_years, program_rows, track_rows
from programs.identity import Identity, TrackNow, resolve_identity, resolve_track
from programs.models import Program, ProgramStatement, Track, TrackStatement, TrackYear
from programs.queries import offers, program_ids_by_key
from programs.track_summary import track_types, unfilled

STATEMENT_COLUMNS = ("program_id", "source_id", "batch_id", "as_of", "about")
PROGRAM_COLUMNS = ("key", "specialty_id", "name", "city", "state_id", "acgme_id", "nrmp_institution", "is_demo", "track_types", "field_states", "is_withdrawn")
IDENTITY_COLUMNS = ("id", "key", "name", "city", "state_id", "acgme_id", "nrmp_institution", "closed_on", "is_withdrawn")
SUMMARY_COLUMNS = ("id", "track_types", "unfilled_share", "unfilled_quota", "unfilled_year")
GONE = "gone-"  # begins the key of a withdrawn program whose own key another one took
IDENTITY = ""  # stands for "what the program is" among the names of changed fields


class ProgramDataError(ValueError):
    """Program data that cannot be stored as asked; the message says what to do. Nothing was written."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What all statements of one change have in common. `about` is the Match year that names and tracks are about.

    That a program closed is about `season`, the current one of whoever says so, whatever year their file is about.
    """

    source_id: int | None
    batch_id: int | None
    as_of: date
    about: int
    season: int


def write_programs(programs: Sequence[NewProgram], stamp: Stamp) -> set[int]:
    """Add one statement about each program, making those that are new; ids of the programs that are another one now."""
    ids = program_ids_by_key({key for row in programs for key in (row.key, row.replaces_key) if key})
    _refuse_taken([row.key for row in programs if row.replaces_key and row.key in ids])
    fresh = [row for row in programs if row.key not in ids and row.replaces_key not in ids]
    if stray := next((row for row in fresh if row.replaces_key), None):
        raise missing_program(stray.replaces_key)
    bulk.upsert(Program, columns=PROGRAM_COLUMNS, rows=[_new_row(row) for row in fresh])
    made = program_ids_by_key(row.key for row in fresh)
    ids |= made
    found = [(ids.get(row.replaces_key) or ids[row.key], row) for row in programs]
    bulk.upsert(
        ProgramStatement,
        columns=(*STATEMENT_COLUMNS, "name", "city", "state", "acgme_id", "nrmp_institution", "closed_on"),
        rows=[
            (
                *_stamped(pk, stamp, about=stamp.season if row.closed_on else stamp.about),
                row.name,
                row.city,
                row.state or "",
                row.acgme_id or "",
                row.nrmp_institution or "",
                row.closed_on,
            )
            for pk, row in found
        ],
    )
    return resolve_identities(pk for pk, _ in found) | set(made.values())


def _refuse_taken(keys: Sequence[str]) -> None:
    """A program takes no other's key, unless that one is withdrawn: see `_free_keys`."""
    for some in bulk.chunks(keys):
        if taken := Program.objects.filter(key__in=some, is_withdrawn=False).values_list("key", flat=True).first():
            raise ProgramDataError(f"Program {taken} exists already: another program cannot take its key.")


def missing_program(key: str) -> ProgramDataError:
    """The error for a key that finds no program."""
    return ProgramDataError(f"No program {key!r}: add it first (upsert_programs), or correct the key.")


def _new_row(row: NewProgram) -> tuple[Any, ...]:
    return (row.key, row.specialty, row.name, row.city, row.state, row.acgme_id, row.nrmp_institution, row.is_demo, "", {}, False)


def _stamped(program_id: int, stamp: Stamp, *, about: int) -> tuple[Any, ...]:
    return (program_id, stamp.source_id, stamp.batch_id, stamp.as_of, about)


def resolve_identities(program_ids: Iterable[int]) -> set[int]:
    """Work out again what programs are from their live statements; ids of those that changed. Raises ProgramDataError for two of one key."""
    changed: list[tuple[Any, ...]] = []
    for some in bulk.chunks(sorted(set(program_ids))):
        told = program_rows(some)
        before = Program.objects.filter(id__in=some).order_by().values_list(*IDENTITY_COLUMNS, "specialty_id")
        for *row, specialty in before:
            after = _identity_row(tuple(row), resolve_identity(told.get(row[0], ())), specialty)
            if after != tuple(row):
                changed.append(after)
    _free_keys({row[1]: row[0] for row in changed})
    bulk.update(Program, columns=IDENTITY_COLUMNS, rows=changed)
    return {row[0] for row in changed}


def _identity_row(before: tuple[Any, ...], now: Identity | None, specialty: str) -> tuple[Any, ...]:
    if now is None:
        return (*before[:-1], True)
    key = now.acgme_id or (nrmp_key(now.nrmp_institution, specialty) if now.nrmp_institution else before[1])
    return (before[0], key, now.name, now.city, now.state, now.acgme_id, now.nrmp_institution, now.closed_on, False)


def _free_keys(wanted: Mapping[str, int]) -> None:
    """Withdrawn programs give up a key that another one needs; a live one does not."""
    rows = []
    for some in bulk.chunks(sorted(wanted)):
        for pk, key, withdrawn in Program.objects.filter(key__in=some).order_by().values_list("id", "key", "is_withdrawn"):
            if pk == wanted[key]:
                continue
            if not withdrawn:
                raise ProgramDataError(f"Two programs would both be {key}: undo the later import that tells them apart first.")
            rows.append((pk, f"{GONE}{pk}", None))
    bulk.update(Program, columns=("id", "key", "acgme_id"), rows=rows)


# --- tracks ---


def write_tracks(tracks: Sequence[NewTrack], programs: Mapping[str, int], stamp: Stamp) -> set[int]:
    """Add one statement about each track; ids of the programs whose summary of tracks changed. `programs` is {key: id}."""
    bulk.upsert(
        TrackStatement,
        columns=(*STATEMENT_COLUMNS, "nrmp_code", "name", "track_type", "years"),
        rows=[
            (
                *_stamped(programs[row.program_key], stamp, about=stamp.about),
                row.nrmp_code,
                row.name,
                row.track_type,
                pack_years({year.year: (year.quota, year.matched) for year in row.years}),
            )
            for row in tracks
        ],
    )
    return resolve_tracks(row.nrmp_code for row in tracks)


def resolve_tracks(codes: Iterable[str]) -> set[int]:
    """Make the rows of tracks and years again from live statements; ids of the programs whose summary of tracks changed."""
    codes, concerned = sorted(set(codes)), set()
    for some in bulk.chunks(codes):
        now = {code: found for code, rows in track_rows(some).items() if (found := resolve_track(rows))}
        concerned |= set(Track.objects.filter(nrmp_code__in=some).values_list("program_id", flat=True))
        concerned |= {track.program_id for track in now.values()}
        Track.objects.filter(nrmp_code__in=set(some) - now.keys()).delete()
        rows = [(track.program_id, track.nrmp_code, track.name, track.track_type) for track in now.values()]
        bulk.upsert(Track, columns=("program_id", "nrmp_code", "name", "track_type"), rows=rows, key=("nrmp_code",))
        _write_years(now)
    return _summarise_tracks(sorted(concerned))


def _write_years(now: Mapping[str, TrackNow]) -> None:
    ids = dict(Track.objects.filter(nrmp_code__in=list(now)).values_list("nrmp_code", "id"))
    on_record = TrackYear.objects.filter(track_id__in=list(ids.values())).order_by()
    before = {(row[0], row[1]): row for row in on_record.values_list("track_id", "year", "quota", "matched", "source_id", "batch_id", "id")}
    after = {
        (ids[code], year): (ids[code], year, quota, matched, by.source_id, by.batch_id)
        for code, track in now.items()
        for year, (quota, matched, by) in track.years.items()
    }
    TrackYear.objects.filter(id__in=[row[-1] for place, row in before.items() if place not in after]).delete()
    rows = [row for place, row in after.items() if place not in before or before[place][:-1] != row]
    bulk.upsert(TrackYear, columns=("track_id", "year", "quota", "matched", "source_id", "batch_id"), rows=rows, key=("track_id", "year"))


def _summarise_tracks(program_ids: Sequence[int]) -> set[int]:
    changed: set[int] = set()
    for some in bulk.chunks(program_ids):
        before = {row[0]: row for row in Program.objects.filter(id__in=some).order_by().values_list(*SUMMARY_COLUMNS)}
        its = offers(some)
        after = {program_id: (program_id, track_types(its[program_id]), *astuple(unfilled(its[program_id]))) for program_id in some}
        rows = [row for program_id, row in after.items() if before[program_id] != row]
        bulk.update(Program, columns=SUMMARY_COLUMNS, rows=rows)
        changed |= {row[0] for row in rows}
    return changed
