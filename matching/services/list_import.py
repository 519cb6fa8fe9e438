"""A list that an applicant brings as a file: what it would change, and changing exactly that. Nothing of the file is kept."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Value
from django.db.models.functions import Substr

from applicants.models import Profile
from matching.choices import Signal, Standing, Step
from matching.list_files.cells import CellError, blank, read_nrmp_codes
from matching.list_files.finding import HEAD, Catalog, OnRecord
from matching.list_files.reading import ListTable, cells_by_meaning
from matching.models import ProgramList, SeasonStep
from matching.queries import saved_list
from matching.services.editing import change_list, locked_profile, steps_came_along
from matching.services.entry_fields import Fields
from matching.services.list_fields import RECORDED, SeasonDays
from matching.services.list_plan import Circumstances, Match, Plan, changes, plan
from matching.services.locks import writing_results
from matching.services.season import Told, season_days
from matching.services.signals import limits_of
from matching.services.steps import record_steps
from matching.services.workspace import Workspace
from programs.bulk import chunks
from programs.models import Program, SignalLimit, Specialty, State, Track

PROGRAM_COLUMNS = ("key", "name", "city", "state_id", "specialty_id", "acgme_id", "nrmp_institution", "closed_on", "signals_used")

CHANGED = "What this file would do has changed since you looked, so nothing was written. This is what it would do now: look, then confirm."


class StaleImportError(ValueError):
    """What the file would do is not what was looked at: columns, list or program data changed. Nothing was written."""


@dataclass(frozen=True)
class Imported:
    """How many programs came on the list, how many entries took what the file says, and how many steps of the season were recorded."""

    added: int
    changed: int
    steps: int


def preview(
    *, profile: Profile, match_year: int, table: ListTable, meanings: Mapping[int, str], today: date, picks: Mapping[int, str] | None = None
) -> tuple[Plan, ProgramList | None]:
    """What the file would do, and the list that this holds for (None: there is none yet). `picks`: see list_plan.plan.

    Reads only. About 13 queries, however many rows and programs there are.
    """
    saved = saved_list(profile, match_year)
    lines = Workspace(saved).by_key if saved else {}
    around = Circumstances(
        catalog=_catalog(profile, table, meanings),
        lines=lines,
        limits=_limits(match_year),
        season=SeasonDays(today, season_days(match_year)),
        version=saved.version if saved else 0,
        matched=SeasonStep.objects.filter(entry__list=saved, step=Step.MATCHED).exists() if saved else False,
    )
    return plan(table, meanings, around, picks), saved


def import_list(
    *,
    by: str,
    profile: Profile,
    match_year: int,
    table: ListTable,
    meanings: Mapping[int, str],
    picks: Mapping[int, str],
    digest: str,
    replace: bool,
    file_name: str,
    today: date,
    seen: int | None = None,
) -> Imported:
    """Do what the preview with this `digest` showed, with what was picked; `replace`: entries that are there take what the file says of them.

    One transaction and one change of the list, so that one Undo takes all of it back. Raises StaleImportError where the preview would be
    another one now, ListError (ListConflict) as `editing.change_list` does; nothing is written then. Queries grow with the different
    steps and days that the file tells, not with its rows.
    """
    with writing_results():
        profile = locked_profile(profile)  # what is planned for is what is changed
        found, saved = preview(profile=profile, match_year=match_year, table=table, meanings=meanings, today=today, picks=picks)
        if found.digest != digest:
            raise StaleImportError(CHANGED)
        fresh = saved is None or not saved.entries.exists()
        edits = {one.program.key: _new(one, fresh=fresh) for one in found.added}
        changed = {one.program.key: fields for one in found.there if replace and (fields := changes(one))}
        if edits or changed:
            said = _said(len(edits), len(changed), file_name)
            saved = change_list(by=by, profile=profile, match_year=match_year, edits=edits | changed, said=said, seen=seen, verb="list:import")
        steps = _record(by, profile, match_year, found.added, today)
        if saved and steps:
            steps_came_along(saved)
        return Imported(len(edits), len(changed), steps)


def _new(one: Match, *, fresh: bool) -> Fields:
    """A new entry; places on the list hold only where it is empty, else new ones come last in the order of the file."""
    fields = {"standing": Standing.ADDED} | one.said.fields
    if one.line is not None:  # it was suggested: a note of one's own stays
        fields = {name: value for name, value in fields.items() if not getattr(one.line, name) or name == "standing"}
    return {name: value for name, value in fields.items() if name != "position" or fresh}


def _said(added: int, changed: int, file_name: str) -> str:
    parts = (f"{added} program{'' if added == 1 else 's'} added" if added else "", f"{changed} changed" if changed else "")
    return f"{' and '.join(filter(None, parts))} from {file_name}"


def _record(by: str, profile: Profile, match_year: int, added: Iterable[Match], today: date) -> int:
    """Record the steps of new entries, those that say the same together."""
    keys: dict[Told, list[str]] = defaultdict(list)
    for one in added:
        for told in one.said.steps:
            keys[told].append(one.program.key)
    for told in sorted(keys, key=lambda told: RECORDED.index(told.step)):
        record_steps(by=by, profile=profile, match_year=match_year, keys=keys[told], told=told, today=today)
    return sum(map(len, keys.values()))


# --- what rows can be about ---


def _catalog(profile: Profile, table: ListTable, meanings: Mapping[int, str]) -> Catalog:
    rows = Program.objects.filter(is_withdrawn=False).order_by("pk").values_list(*PROGRAM_COLUMNS)
    programs = (
        OnRecord(key, name, city, state or "", specialty, acgme_id or "", institution or "", closed is not None, used)
        for key, name, city, state, specialty, acgme_id, institution, closed, used in rows
    )
    specialties = dict(Specialty.objects.values_list("name", "code"))
    states = dict(State.objects.values_list("name", "usps"))
    return Catalog(programs, _tracks(table, meanings), specialties, states, own=profile.specialties)


def _tracks(table: ListTable, meanings: Mapping[int, str]) -> list[tuple[str, str]]:
    """(NRMP code, key of its program) of every track of the institutions and specialties that codes in the file begin with."""
    heads: set[str] = set()
    for _, cells in table.rows:
        named = cells_by_meaning(cells, meanings)
        for cell in (named.get("nrmp_codes", ""), named.get("acgme_id", "")):
            try:
                heads.update(code[:HEAD] for code in read_nrmp_codes(blank(cell)))
            except CellError:
                continue
    found: list[tuple[str, str]] = []
    for some in chunks(sorted(heads)):
        tracks = Track.objects.annotate(head=Substr("nrmp_code", Value(1), Value(HEAD))).filter(head__in=some, program__is_withdrawn=False)
        found += tracks.order_by("nrmp_code").values_list("nrmp_code", "program__key")
    return found


def _limits(match_year: int) -> dict[str, dict[Signal, int]]:
    """{specialty: {signal: how many}}, of the season or else the newest before it."""
    rows = SignalLimit.objects.filter(season__lte=match_year).order_by("season")
    return {row.specialty_id: limits_of(row) for row in rows}
