"""The only writer of what people decide about a list: every change with both sides, so that it can be undone, and none over what its reader has not seen."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Max, Q
from django.utils import timezone

from applicants.models import Profile
from matching.choices import ON_LIST, Connection, Signal, Standing, Step
from matching.models import ListChange, ListEntry, ProgramList, ScoreSnapshot, SeasonStep
from matching.services.aims import aims, goal_now
from matching.services.entries import ENTRY_COLUMNS, Lookup, entries_of
from matching.services.entry_fields import FIELDS, LABELS, Fields, ListError, checked
from matching.services.locks import writing_results
from matching.services.results import write
from matching.services.snapshots import results_of
from programs import bulk
from programs.models import Program
from smartpick import audit
from smartpick.access import VISITOR

# Nobody applies to more: the published means of applications lie between 77 and 139.
MOST_ENTRIES = 300
MOST_KEPT = 1_500  # with suggestions and what was ruled out: about the largest specialty
STATED = ("stated_chance", "stated_low", "stated_high")
STEP_FIELDS = ("step", "on", "at", "note")
LONGEST_SAID = 300
# Every save makes a recompute of this profile start over, and a busy list would never let it end; profiles are kept for ninety days.
USE_COUNTS_AFTER = timedelta(minutes=10)

Edits = Mapping[str, Mapping[str, object] | None]
Sides = dict[str, Fields | None]


class ListConflict(ListError):  # noqa: N818 - a list's error by its base, a conflict by its name
    """Somebody, or another tab, changed the same thing meanwhile. Nothing was written; the message says what and what to do."""


@dataclass
class _Change:
    """What becomes of each entry that really changes: both sides, by program key."""

    before: Sides
    after: Sides

    def which(self, *, gone: bool = False, new: bool = False) -> list[str]:
        """Keys of entries that go (`gone`), that come (`new`), or else that stay and change."""
        return [key for key in self.after if (self.after[key] is None) == gone and (self.before[key] is None) == new]


def change_list(*, by: str, profile: Profile, match_year: int, edits: Edits, said: str, seen: int | None = None, verb: str = "list:change") -> ProgramList:
    """Change entries of the applicant's list of this season, and keep what was there before.

    `edits` is {program key: {field of FIELDS: value}}, or None to take the entry off; a key without an entry gets one, at the end, added
    unless said. `said` tells in words what was done, for Undo. `seen` is the list's version that the reader had: where a later change
    concerns the same field of the same entry, ListConflict is raised; None: no check. What leaves the list carries no signal any more.

    One transaction, with one ListChange, one version more, and an audit event where the writer is not the owner; where nothing changes,
    nothing is written. Raises ListError for another season than the current one, keys without a program, values that cannot be, and
    a list that grows too long. Queries grow with the specialties of new programs, not with the entries.
    """
    refuse_other_season(match_year)
    with writing_results():
        profile = locked_profile(profile)
        saved, _ = ProgramList.objects.get_or_create(profile=profile, season=match_year)
        wanted = {key: None if fields is None else checked(fields) for key, fields in edits.items()}
        _apply(by, verb, profile, saved, wanted, said, seen)
        return saved


def undo_last(*, by: str, profile: Profile, match_year: int, seen: int | None = None) -> str:
    """Take the newest change back that was not taken back yet; what it was, in words. Undone changes stay on record.

    Raises ListError where there is nothing to undo, ListConflict where `seen` is not the newest version of the list (then the reader
    meant another change), and where entries that the change made are not as it left them: nothing that came later is lost with them.
    """
    refuse_other_season(match_year)
    with writing_results():
        profile = locked_profile(profile)
        saved = ProgramList.objects.filter(profile=profile, season=match_year).first()
        change = last_change(saved) if saved else None
        if saved is None or change is None:
            raise ListError("There is nothing to undo on this list.")
        if seen is not None and seen != saved.version:
            raise ListConflict("The list has changed since this page was opened, so nothing was undone: look at what Undo would take back now.")
        _refuse_changed_since(saved, change)
        _apply(by, "list:undo", profile, saved, change.before, f"Undone: {change.said}", None)
        now = timezone.now()  # an undo is no change that one undoes
        ListChange.objects.filter(Q(pk=change.pk) | Q(list=saved, version=saved.version)).update(undone_at=now)
        return change.said


def steps_came_along(saved: ProgramList) -> None:
    """What the season's steps now say of entries that the newest change made belongs to that change: Undo takes it along. 3 queries."""
    change = saved.changes.get(version=saved.version)
    made = _entries(saved, (key for key, before in change.before.items() if before is None))
    steps = _steps_of(made.values())
    for key, entry in made.items():
        change.after[key]["steps"] = steps[entry.pk]
    change.save(update_fields=("after",))


def last_change(saved: ProgramList) -> ListChange | None:
    """What `undo_last` would undo. 1 query."""
    return saved.changes.filter(undone_at=None).first()


def refuse_other_season(match_year: int) -> None:
    """Raise ListError for a list that is over."""
    if match_year != settings.MATCH_YEAR:
        raise ListError(f"The list of the {match_year} Match cannot be changed any more: the {settings.MATCH_YEAR} season is open.")


def locked_profile(profile: Profile) -> Profile:
    """The profile as it stands, and nobody saves it before this transaction ends: a recompute waits for us, or we see what it did.

    Raises ListError where it was deleted.
    """
    held = Profile.objects.select_for_update(of=("self",)).select_related("owner").filter(pk=profile.pk).first()
    if held is None:
        raise ListError("This profile was deleted: start again with a new one.")
    return held


def keep_event(by: str, verb: str, profile: Profile, **details: Any) -> None:
    """Keep an audit event unless the owner wrote. A profile without an owner is its session's own."""
    owner = profile.owner.email if profile.owner else VISITOR
    if by != owner:
        audit.record(by=by, verb=verb, target=f"profile:{profile.pk}", **details)


def count_as_use(profile: Profile) -> None:
    """Count work on the list as work on the profile, as it is locked: `applicants.services.delete_abandoned_profiles` goes by its date."""
    if timezone.now() - profile.updated_at >= USE_COUNTS_AFTER:
        profile.save(update_fields=("updated_at",))


# --- one change ---


def _apply(by: str, verb: str, profile: Profile, saved: ProgramList, edits: Sides, said: str, seen: int | None) -> None:  # noqa: PLR0917
    """Write `edits`, which hold values as `checked` gives them or a side of an earlier change, and everything that goes with them."""
    entries = _entries(saved, edits)
    change = _sides(entries, edits)
    _refuse_conflict(saved, change, seen)
    programs = _programs([*change.which(new=True)], gone=verb == "list:undo")
    if change.after:
        _remove([entries[key] for key in change.which(gone=True)])
        _update(entries, change)
        _create(profile, saved, programs, change)
        _refuse_too_many(saved)
        saved.version += 1
        saved.save(update_fields=("version",))
        ListChange.objects.create(list=saved, by=by, version=saved.version, said=said[:LONGEST_SAID], before=change.before, after=change.after)
        keep_event(by, verb, profile, programs=len(change.after))
    count_as_use(profile)


def _entries(saved: ProgramList, keys: Iterable[str]) -> dict[str, ListEntry]:
    """What the list has of these programs, by key. 1 query."""
    return {entry.program.key: entry for entry in ListEntry.objects.filter(list=saved, program__key__in=list(keys)).select_related("program")}


def _sides(entries: Mapping[str, ListEntry], edits: Sides) -> _Change:
    """Both sides of what really changes."""
    change = _Change({}, {})
    steps = _steps_of(entry for key, entry in entries.items() if edits[key] is None)
    for key, edit in edits.items():
        entry = entries.get(key)
        if entry is None and edit is not None:
            change.before[key], change.after[key] = None, _without_signal({"standing": Standing.ADDED} | edit)
        elif entry is not None and edit is None:
            change.before[key], change.after[key] = _whole(entry, steps[entry.pk]), None
        elif entry is not None and edit is not None:
            fields = _without_signal({"standing": entry.standing, "signal": entry.signal} | edit)
            new = {name: value for name, value in fields.items() if name in FIELDS and getattr(entry, name) != value}
            if new:
                change.before[key], change.after[key] = {name: getattr(entry, name) for name in new}, new
    return change


def _without_signal(fields: Fields) -> Fields:
    """What is not on the list carries no signal."""
    return fields if fields["standing"] in ON_LIST else fields | {"signal": ""}


def _whole(entry: ListEntry, steps: list[Fields]) -> Fields:
    """Everything of an entry that a person decided or noted, to make it again."""
    return {name: getattr(entry, name) for name in (*FIELDS, *STATED)} | {"steps": steps}


def _steps_of(entries: Iterable[ListEntry]) -> Mapping[int, list[Fields]]:
    """What happened with each entry, by its row, as text that JSON holds. 1 query, none for no entries."""
    found: dict[int, list[Fields]] = defaultdict(list)
    rows = [entry.pk for entry in entries]
    for told in SeasonStep.objects.filter(entry__in=rows).order_by("entry", "step").values("entry_id", *STEP_FIELDS):
        found[told["entry_id"]].append({name: None if told[name] is None else str(told[name]) for name in STEP_FIELDS})
    return found


def _refuse_conflict(saved: ProgramList, change: _Change, seen: int | None) -> None:
    """Raise ListConflict where a change after `seen` concerned a field that this one is about to set."""
    if seen is None or seen >= saved.version:
        return
    for later in saved.changes.filter(version__gt=seen):
        both = [key for key in change.after if key in later.after]
        clash = next((key for key in both if _touched(later.before[key], later.after[key]) & _touched(change.before[key], change.after[key])), None)
        if clash is not None:
            name = Program.objects.filter(key=clash).values_list("name", flat=True).first() or clash
            told = f"{name} was changed elsewhere since this page was opened ({later.said}), so nothing was written over it."
            raise ListConflict(f"{told} Look at what is there now, then do it again if you still want it.")


def _touched(before: Fields | None, after: Fields | None) -> set[str]:
    """The fields that a change concerns; an entry that comes or goes concerns all of them."""
    return set(after) if before is not None and after is not None else set(FIELDS)


def _refuse_changed_since(saved: ProgramList, change: ListChange) -> None:
    """Raise ListConflict where an entry is not any more what `change` made of it, or would take along what was recorded since."""
    entries = _entries(saved, change.after)
    for key, after in change.after.items():
        entry = entries.get(key)
        same = entry is None if after is None else entry is not None and all(getattr(entry, name) == value for name, value in after.items() if name in FIELDS)
        if not same:
            raise ListConflict(f"{change.said}: this cannot be undone any more, because the entry was changed in another way since.")
    made = {key: entries[key] for key, after in change.after.items() if after is not None and change.before[key] is None}
    steps = _steps_of(made.values())
    since = [entry.program.name for key, entry in made.items() if steps[entry.pk] != change.after[key].get("steps", [])]
    if since:
        others = f" and {len(since) - 1} more" if len(since) > 1 else ""
        told = f"{change.said}: this cannot be undone any more, because what happened in the season was recorded since, of {since[0]}{others}."
        raise ListConflict(f"{told} Take programs off the list instead: with Undo they then come back whole.")


# --- writing ---


def _programs(keys: Sequence[str], *, gone: bool) -> dict[str, Program]:
    """Programs by key, in the order asked for; `gone`: also those that no source names any more."""
    known = Program.objects.filter(key__in=keys).only("key", "specialty_id")
    found = {one.key: one for one in (known if gone else known.filter(is_withdrawn=False))}
    if missing := [key for key in keys if key not in found]:
        raise ListError(f"There is no program {missing[0]!r}: look it up under Programs and add it from there.")
    return {key: found[key] for key in keys}


def _remove(entries: Iterable[ListEntry]) -> None:
    ListEntry.objects.filter(pk__in=[entry.pk for entry in entries]).delete()


def _update(entries: Mapping[str, ListEntry], change: _Change) -> None:
    rows = []
    for key in change.which():
        entry, after = entries[key], change.after[key] or {}
        rows.append((entry.pk, *(after.get(name, getattr(entry, name)) for name in FIELDS), entry.version + 1))
    bulk.update(ListEntry, columns=("id", *FIELDS, "version"), rows=rows)


def _create(profile: Profile, saved: ProgramList, programs: Mapping[str, Program], change: _Change) -> None:
    """New entries at the end of the list, with their results, and what was noted of the season where one comes back."""
    last = saved.entries.aggregate(last=Max("position"))["last"] or 0
    made = []
    for place, (key, program) in enumerate(programs.items(), start=last + 1):
        fields = change.after[key] or {}
        made.append(ListEntry(list=saved, program=program, **{"position": place} | {name: fields[name] for name in (*FIELDS, *STATED) if name in fields}))
    created = ListEntry.objects.bulk_create(made)
    steps = [(entry, step) for entry, key in zip(created, programs, strict=True) for step in (change.after[key] or {}).get("steps", ())]
    if any(step["step"] == Step.MATCHED for _, step in steps) and SeasonStep.objects.filter(entry__list=saved, step=Step.MATCHED).exists():
        raise ListConflict("A match was recorded elsewhere since, and nobody matches twice: remove “matched” there first, then undo this.")
    SeasonStep.objects.bulk_create(SeasonStep(entry=entry, **step) for entry, step in steps)
    _score(profile, saved, list(programs.values()))


def _score(profile: Profile, saved: ProgramList, new: Sequence[Program]) -> None:
    """Give new entries their results, and the profile a snapshot over a specialty that it had none of, so that recomputes reach it."""
    if not new:
        return
    aim = aims(goal_now(settings.MATCH_YEAR), {one.specialty_id for one in new})
    batches = results_of(profile, aim)
    known = set(ScoreSnapshot.objects.filter(profile=profile).values_list("specialty", flat=True))
    write([batch for batch in batches if batch.specialty not in known])
    lookup = Lookup(batches)
    fresh = entries_of(saved.season, Q(list=saved, program__in=[one.pk for one in new]))
    bulk.update(ListEntry, columns=ENTRY_COLUMNS, rows=[(one.pk, *lookup.result(one), batches[0].version) for one in fresh])


def _refuse_too_many(saved: ProgramList) -> None:
    standings = list(saved.entries.values_list("standing", flat=True))
    size = sum(standing in ON_LIST for standing in standings)
    if size > MOST_ENTRIES:
        raise ListError(f"A list holds at most {MOST_ENTRIES} programs, and this would make it {size}: take some off first.")
    if len(standings) > MOST_KEPT:
        raise ListError(f"With suggestions and ruled-out programs a list holds at most {MOST_KEPT}: decline or take back some first.")


__all__ = ["FIELDS", "LABELS", "MOST_ENTRIES", "Connection", "ListConflict", "ListError", "Signal", "change_list", "last_change", "undo_last"]
