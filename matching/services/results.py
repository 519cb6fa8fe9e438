"""Results of many applicants at once: what is out of date, what has to be worked out, and writing it down."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple

from django.db.models import Q

from applicants.models import Profile
from applicants.profile import ProfileData
from applicants.queries import CHILDREN, profile_data
from matching.adapters import PROGRAM_TYPES, Season, applicant_table
from matching.engine import ApplicantTable, score
from matching.models import ListEntry, ProgramOrder, ScoreSnapshot
from matching.packing import COLUMNS, Ids, Results, digest, pack, pack_applicants, pack_ids, patched, stack, unpack_applicants, unpack_ids
from matching.services.aims import Aim
from programs import bulk

Pair = tuple[int, str]  # a profile and a specialty
Wanted = dict[int, "Standing"]

WIDEST = 2  # ids from the first to the last, for each that is asked for
SNAPSHOT_KEY = ("profile_id", "specialty")
SNAPSHOT_COLUMNS = ("data_version", "engine", "order_id", "applicant", *COLUMNS)


class Standing(NamedTuple):
    """A profile as results need it: when it was last saved, and the specialties that it applies in or has on a list."""

    updated_at: datetime
    specialties: frozenset[str]


class Stored(NamedTuple):
    """A snapshot without its arrays; `pk` is its row. `rests_on` names the engine, the season and the anchoring: see `Aim.rests_on`."""

    pk: int
    profile_id: int
    specialty: str
    version: int
    rests_on: str
    order_id: int


class Need(Enum):
    """What has to be done to a result."""

    NOTHING = "it is up to date"
    PATCH = "the programs that were touched have to be scored again"
    WHOLE = "all programs have to be scored again"
    FRESH = "the profile has to be read again"


def span(column: str, ids: Collection[int]) -> Q:
    """Rows of these ids, and, where they lie close together, maybe of a few between them: the caller passes those over.

    To name a thousand ids one by one takes longer than to read the rows.
    """
    if ids and max(ids) - min(ids) < WIDEST * len(ids):
        return Q(**{f"{column}__gte": min(ids), f"{column}__lte": max(ids)})
    return Q(**{f"{column}__in": ids})


def wanted(season: int, profile_ids: Collection[int] | None = None, *, lock: bool = False) -> Wanted:
    """Whose results are kept, over which specialties: the profile's own, and those of programs on its list of the season. 2 queries.

    None: all profiles. `lock` keeps these profiles from being saved until the transaction ends.
    """
    profiles, entries = Profile.objects.order_by("pk"), ListEntry.objects.filter(list__season=season)
    if profile_ids is not None:
        profiles, entries = profiles.filter(span("pk", profile_ids)), entries.filter(span("list__profile_id", profile_ids))
    if lock:
        profiles = profiles.select_for_update()
    asked = None if profile_ids is None else set(profile_ids)
    rows = [row for row in profiles.values_list("pk", "updated_at", "specialties") if asked is None or row[0] in asked]
    listed: dict[int, set[str]] = defaultdict(set)
    for profile_id, specialty in entries.values_list("list__profile_id", "program__specialty_id").distinct():
        listed[profile_id].add(specialty)
    return {pk: Standing(updated_at, frozenset(specialties) | listed[pk]) for pk, updated_at, specialties in rows}


def unchanged(who: Wanted, season: int) -> bool:
    """Whether these profiles and the specialties on their lists are as they were read, and from here on stay so until the transaction ends. 2 queries."""
    profiles = Profile.objects.select_for_update().filter(span("pk", who)).order_by("pk")
    now = {pk: updated_at for pk, updated_at in profiles.values_list("pk", "updated_at") if pk in who}
    if now != {profile_id: standing.updated_at for profile_id, standing in who.items()}:
        return False
    entries = ListEntry.objects.filter(span("list__profile_id", who), list__season=season)
    listed = entries.values_list("list__profile_id", "program__specialty_id").distinct()
    return all(profile_id not in who or specialty in who[profile_id].specialties for profile_id, specialty in listed)


def stored(profile_ids: Collection[int] | None = None) -> list[Stored]:
    """The snapshots of these profiles (and maybe of a few others: see `span`), or of all. 1 query."""
    snapshots = ScoreSnapshot.objects.all() if profile_ids is None else ScoreSnapshot.objects.filter(span("profile_id", profile_ids))
    return [Stored(*row) for row in snapshots.values_list("pk", "profile_id", "specialty", "data_version", "engine", "order_id")]


def orders(ids: Iterable[int]) -> dict[int, Ids]:
    """The programs behind each order. 1 query."""
    return {pk: unpack_ids(data) for pk, data in ProgramOrder.objects.filter(pk__in=set(ids)).values_list("pk", "ids")}


def need(found: Stored | None, aim: Aim, touched: Collection[int]) -> Need:
    """What a snapshot lacks; `touched` are the orders of which the change touched a program, or which are not today's."""
    if found is None or not found.rests_on.startswith(aim.engine_and_season):
        return Need.FRESH
    if found.version >= aim.version:
        return Need.NOTHING if found.rests_on == aim.rests_on else Need.WHOLE
    if aim.everything:
        return Need.FRESH
    if found.rests_on != aim.rests_on or found.version < aim.base:
        return Need.WHOLE
    return Need.PATCH if found.order_id in touched else Need.NOTHING


def needs(who: Wanted, found: Iterable[Stored], aims: Mapping[str, Aim], programs: Mapping[int, Ids]) -> dict[Pair, Need]:
    """What has to be done to every result that is wanted; `programs` holds those behind each order."""
    by_pair = {(one.profile_id, one.specialty): one for one in found if one.profile_id in who}
    specialty_of = {one.order_id: one.specialty for one in by_pair.values() if one.specialty in aims}
    touched = {order for order, specialty in specialty_of.items() if aims[specialty].touches(programs[order])}
    # Thousands of results share a few combinations of what `need` looks at.
    known: dict[tuple[str, int, str, int] | None, Need] = {}
    todo = {}
    for profile_id, standing in who.items():
        for specialty in standing.specialties:
            found_one = by_pair.get((profile_id, specialty))
            kind = found_one and (specialty, found_one.version, found_one.rests_on, found_one.order_id)
            if kind not in known:
                known[kind] = need(found_one, aims[specialty], touched)
            todo[profile_id, specialty] = known[kind]
    return todo


@dataclass(frozen=True)
class Batch:
    """New results of some profiles over one specialty."""

    specialty: str
    profile_ids: tuple[int, ...]
    applicants: ApplicantTable
    results: Results
    version: int
    rests_on: str


def worked_out(todo: Mapping[Pair, Need], found: Iterable[Stored], aims: Mapping[str, Aim], programs: Mapping[int, Ids], when: Season) -> list[Batch]:
    """Results for everything that needs any. Queries do not grow with the profiles: 2 for what is stored, 4 for profiles that have to be read."""
    fresh, whole, patch = (_of(todo, kind) for kind in (Need.FRESH, Need.WHOLE, Need.PATCH))
    kept = _kept({**whole, **patch}) if whole or patch else {}
    data = _profiles({profile_id for profile_id, _ in fresh})
    batches = [_fresh(aims[specialty], ids, data, when) for specialty, ids in _by_specialty(fresh) if ids]
    batches += [_whole(aims[specialty], ids, kept) for specialty, ids in _by_specialty(whole)]
    order_of = {(one.profile_id, one.specialty): one.order_id for one in found}
    groups: dict[tuple[str, int], list[int]] = defaultdict(list)
    for profile_id, specialty in patch:
        groups[specialty, order_of[profile_id, specialty]].append(profile_id)
    return batches + [_patched(aims[specialty], ids, kept, programs[order]) for (specialty, order), ids in groups.items()]


def _of(todo: Mapping[Pair, Need], kind: Need) -> dict[Pair, Need]:
    return {pair: need for pair, need in todo.items() if need is kind}


def _by_specialty(pairs: Iterable[Pair]) -> Iterable[tuple[str, list[int]]]:
    found: dict[str, list[int]] = defaultdict(list)
    for profile_id, specialty in pairs:
        found[specialty].append(profile_id)
    return found.items()


def _profiles(ids: Collection[int]) -> dict[int, ProfileData]:
    rows = Profile.objects.filter(pk__in=ids).prefetch_related(*CHILDREN) if ids else ()
    return {row.pk: profile_data(row) for row in rows}


def _kept(pairs: Collection[Pair]) -> dict[Pair, tuple[bytes, ...]]:
    """{pair: the applicant's row and the arrays, as bytes}."""
    profiles, specialties = {profile_id for profile_id, _ in pairs}, {specialty for _, specialty in pairs}
    rows = ScoreSnapshot.objects.filter(span("profile_id", profiles), specialty__in=specialties)
    return {(pk, specialty): tuple(data) for pk, specialty, *data in rows.values_list("profile_id", "specialty", "applicant", *COLUMNS)}


def scored(aim: Aim, profile_ids: Sequence[int], applicants: ApplicantTable) -> Batch:
    """Every program of the specialty, for these applicants."""
    programs = aim.programs()
    results = pack(programs.table.ids, score(applicants, programs.table, programs.model))
    return Batch(aim.specialty, tuple(profile_ids), applicants, results, aim.version, aim.rests_on)


def _fresh(aim: Aim, profile_ids: Sequence[int], data: Mapping[int, ProfileData], when: Season) -> Batch:
    there = [profile_id for profile_id in profile_ids if profile_id in data]  # the others were deleted a moment ago
    return scored(aim, there, applicant_table([data[profile_id] for profile_id in there], aim.specialty, when, aim.places))


def _whole(aim: Aim, profile_ids: Sequence[int], kept: Mapping[Pair, tuple[bytes, ...]]) -> Batch:
    return scored(aim, profile_ids, _applicants(aim, profile_ids, kept))


def _patched(aim: Aim, profile_ids: Sequence[int], kept: Mapping[Pair, tuple[bytes, ...]], order: Ids) -> Batch:
    if not aim.covers(order):
        return _whole(aim, profile_ids, kept)
    applicants, (ids, table, model) = _applicants(aim, profile_ids, kept), aim.part()
    old = stack(order, [kept[profile_id, aim.specialty][1:] for profile_id in profile_ids])
    results = patched(old, ids, pack(table.ids, score(applicants, table, model)))
    return Batch(aim.specialty, tuple(profile_ids), applicants, results, aim.version, aim.rests_on)


def _applicants(aim: Aim, profile_ids: Sequence[int], kept: Mapping[Pair, tuple[bytes, ...]]) -> ApplicantTable:
    return unpack_applicants([kept[profile_id, aim.specialty][0] for profile_id in profile_ids], states=len(aim.places), types=len(PROGRAM_TYPES))


def new_levels(batches: Iterable[Batch], found: Iterable[Stored]) -> frozenset[str]:
    """The specialties whose results rest on another anchoring now than those in `found` did."""
    before = {(one.profile_id, one.specialty): one.rests_on for one in found}
    return frozenset(
        batch.specialty
        for batch in batches
        if any(before.get((profile_id, batch.specialty), batch.rests_on) != batch.rests_on for profile_id in batch.profile_ids)
    )


def write(batches: Sequence[Batch], found: Iterable[Stored] = ()) -> None:
    """Keep results, but where newer ones are kept already. Needs a transaction in which the profiles are locked. Queries do not grow with them.

    `found` are snapshots that exist: to set a row by its number takes half the time of looking for it.
    """
    newer, order_ids = _newer(batches), _order_ids(batches)
    rows = {pair: data for batch in batches for pair, data in _rows(batch, order_ids).items() if pair not in newer}
    known = {(one.profile_id, one.specialty): one.pk for one in found}
    there = sorted((known[pair], *data) for pair, data in rows.items() if pair in known)
    bulk.update(ScoreSnapshot, columns=("id", *SNAPSHOT_COLUMNS), rows=there)
    new = [(*pair, *data) for pair, data in rows.items() if pair not in known]
    bulk.upsert(ScoreSnapshot, columns=(*SNAPSHOT_KEY, *SNAPSHOT_COLUMNS), rows=new, key=SNAPSHOT_KEY)


def _rows(batch: Batch, order_ids: Mapping[tuple[str, str], int]) -> dict[Pair, tuple[Any, ...]]:
    """SNAPSHOT_COLUMNS of each applicant."""
    shared = (batch.version, batch.rests_on, order_ids[batch.specialty, digest(batch.results.ids)])
    each = zip(batch.profile_ids, pack_applicants(batch.applicants), batch.results.rows(), strict=True)
    return {(profile_id, batch.specialty): (*shared, applicant, *data) for profile_id, applicant, data in each}


def _newer(batches: Sequence[Batch]) -> set[Pair]:
    """Whose kept results are of newer program data than these."""
    profiles = {profile_id for batch in batches for profile_id in batch.profile_ids}
    newest = max((batch.version for batch in batches), default=0)
    return set(ScoreSnapshot.objects.filter(span("profile_id", profiles), data_version__gt=newest).values_list("profile_id", "specialty"))


def _order_ids(batches: Sequence[Batch]) -> dict[tuple[str, str], int]:
    """{(specialty, digest): row of the order}, made where it is new."""
    named = {(batch.specialty, digest(batch.results.ids)): batch.results.ids for batch in batches}
    which = Q(pk=None)
    for specialty, name in named:
        which |= Q(specialty=specialty, digest=name)

    def known() -> dict[tuple[str, str], int]:
        return {(specialty, name): pk for pk, specialty, name in ProgramOrder.objects.filter(which).values_list("pk", "specialty", "digest")}

    if missing := named.keys() - known().keys():
        rows = [(*key, pack_ids(named[key])) for key in sorted(missing)]
        bulk.upsert(ProgramOrder, columns=("specialty", "digest", "ids"), rows=rows, key=("specialty", "digest"), keep=("ids",))
    return known()
