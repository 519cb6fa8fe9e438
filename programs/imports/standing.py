"""What is on record, read for one import: what its planner has to know, and what its preview compares with."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Count, Q

from programs.bulk import chunks
from programs.changes import NewProgram, NewTrack, NewTrackYear
from programs.choices import SourceRank
from programs.history import indexes, pack_years, program_rows, source_ranks, track_rows
from programs.imports.plan import ImportPlan, Known, References
from programs.imports.preview import UNSAVED_SOURCE, MissingProgram, OnRecord, Standing
from programs.models import Program, ProgramStatement, Source, Specialty, State, Track, TrackStatement, TrackYear
from programs.write_programs import ProgramDataError

PROGRAM_COLUMNS = ("key", "specialty_id", "name", "city", "state_id", "acgme_id", "nrmp_institution", "is_demo")


class ReferenceTablesMissingError(ProgramDataError):
    """There are no specialties or states to point to."""


@dataclass(frozen=True)
class Speaker:
    """Who states what a file says, and when. `source` None: not on record yet. `season` is a Match year."""

    source: Source | None
    rank: SourceRank
    as_of: date
    season: int


def references() -> References:
    """The reference tables. Raises ReferenceTablesMissingError."""
    found = References(
        specialties=dict(Specialty.objects.values_list("code", "name")),
        states=dict(State.objects.values_list("usps", "name")),
    )
    if not found.specialties or not found.states:
        raise ReferenceTablesMissingError("There are no specialties or states on record; run: python manage.py load_reference")
    return found


def known() -> Known:
    """Programs and tracks that are not withdrawn."""
    programs = {row[0]: NewProgram(*row) for row in Program.objects.filter(is_withdrawn=False).order_by().values_list(*PROGRAM_COLUMNS)}
    years: dict[str, list[NewTrackYear]] = defaultdict(list)
    for code, year, quota, matched in TrackYear.objects.order_by("year").values_list("track__nrmp_code", "year", "quota", "matched"):
        years[code].append(NewTrackYear(year, quota, matched))
    tracks = Track.objects.order_by().values_list("program__key", "nrmp_code", "name", "track_type")
    return Known(programs, {code: NewTrack(key, code, name, letter, tuple(years[code])) for key, code, name, letter in tracks})


def standing(plan: ImportPlan, speaker: Speaker) -> Standing:
    """What is on record about everything that the plan speaks of."""
    keys = {row.replaces_key or row.key for row in plan.programs} | {row.program_key for row in plan.tracks}
    named = {key: (pk, name) for some in chunks(sorted(keys)) for pk, key, name in Program.objects.filter(key__in=some).values_list("id", "key", "name")}
    ids = [pk for pk, _ in named.values()]
    told, said = program_rows(ids), indexes(ids)
    source_id = speaker.source.pk if speaker.source else UNSAVED_SOURCE
    return Standing(
        programs={key: OnRecord(pk, name, told.get(pk, ()), said.get(pk, {})) for key, (pk, name) in named.items()},
        tracks=track_rows(row.nrmp_code for row in plan.tracks),
        ranks=source_ranks() | {source_id: speaker.rank},
        source_id=source_id,
        as_of=speaker.as_of,
        season=speaker.season,
        about=plan.about or speaker.season,
        match_year=settings.MATCH_YEAR,
    )


def is_repeated(plan: ImportPlan, now: Standing) -> bool:
    """Whether the source has said all of this already, with the same date and season: then there is nothing to write."""
    if now.source_id == UNSAVED_SOURCE:
        return False
    as_of = now.as_of.isoformat()
    said = {
        (key, field, str(slot[1]), str(slot[2]))
        for key, program in now.programs.items()
        for field, slots in program.said.items()
        for slot in slots
        if slot[0] == now.source_id and slot[3] == as_of and slot[4] == now.season
    }
    return said.issuperset(plan.statements) and _programs_said(plan, now) and _tracks_said(plan, now)


def _programs_said(plan: ImportPlan, now: Standing) -> bool:
    live = ProgramStatement.objects.filter(source_id=now.source_id, as_of=now.as_of, about=now.about, withdrawn_at=None).order_by("id")
    columns = ("program__key", "name", "city", "state", "acgme_id", "nrmp_institution", "closed_on")
    last = {key: row for key, *row in live.values_list(*columns)}  # of several the later one holds
    return all(
        last.get(row.key) == [row.name, row.city, row.state or "", row.acgme_id or "", row.nrmp_institution or "", row.closed_on] for row in plan.programs
    )


def _tracks_said(plan: ImportPlan, now: Standing) -> bool:
    live = TrackStatement.objects.filter(source_id=now.source_id, as_of=now.as_of, about=now.about, withdrawn_at=None).order_by("id")
    last = {code: row for code, *row in live.values_list("nrmp_code", "program__key", "name", "years")}
    return all(
        last.get(row.nrmp_code) == [row.program_key, row.name, pack_years({year.year: (year.quota, year.matched) for year in row.years})] for row in plan.tracks
    )


def missing(plan: ImportPlan, now: Standing) -> list[MissingProgram]:
    """Programs that this source has named before, in a specialty of the file, and that the file does not name. 1 query."""
    if now.source_id == UNSAVED_SOURCE:
        return []
    specialties = {row.specialty for row in plan.programs}
    named = {row.key for row in plan.programs} | {row.replaces_key for row in plan.programs}
    open_ = Program.objects.filter(specialty_id__in=specialties, closed_on=None, is_withdrawn=False)
    by_source = ProgramStatement.objects.filter(source_id=now.source_id, withdrawn_at=None).values("program_id")
    rows = open_.filter(id__in=by_source).order_by("name", "key").values_list("key", "name", "city", "state_id")
    return [MissingProgram(key, name, ", ".join(filter(None, (city, state)))) for key, name, city, state in rows if key not in named]


def stepping_back(plan: ImportPlan) -> list[str]:
    """Names of the specialties whose invented programs leave the lists, because the plan brings their first real ones. 1 query."""
    programs = Program.objects.filter(specialty_id__in={row.specialty for row in plan.programs}, is_withdrawn=False)
    counts = programs.order_by("specialty__name").values("specialty__name").annotate(real=Count("pk", filter=Q(is_demo=False)))
    return [row["specialty__name"] for row in counts if not row["real"]]


def closing(keys: Iterable[str], *, on: date) -> list[NewProgram]:
    """What an import says of programs that its admin marks as closed. Raises ProgramDataError for a key that is not on record."""
    wanted = sorted(set(keys))
    rows = {row[0]: NewProgram(*row) for row in Program.objects.filter(key__in=wanted).values_list(*PROGRAM_COLUMNS)}
    if lost := [key for key in wanted if key not in rows]:
        raise ProgramDataError(f"Program {lost[0]} is not on record any more: look at the new preview.")
    return [
        NewProgram(key, row.specialty, "", acgme_id=row.acgme_id, nrmp_institution=row.nrmp_institution, is_demo=row.is_demo, closed_on=on)
        for key, row in rows.items()
    ]
