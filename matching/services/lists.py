"""The only writer of saved lists, but for the results on them: those come from recomputes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from applicants.models import Profile
from matching.models import ListEntry, ProgramList, ScoreSnapshot
from matching.services.aims import aims, goal_now
from matching.services.entries import ENTRY_COLUMNS, Lookup, entries_of
from matching.services.locks import writing_results
from matching.services.results import write
from matching.services.snapshots import results_of
from programs import bulk
from programs.models import Program
from smartpick import audit
from smartpick.access import VISITOR

# Nobody applies to more: the published means of applications lie between 77 and 139.
MOST_ENTRIES = 300


class ListError(ValueError):
    """A list that cannot be changed as asked; the message says what to do. Nothing was written."""


@dataclass(frozen=True)
class Changed:
    """Keys of programs that were put on a list, or taken off, and how many are on it now."""

    keys: tuple[str, ...]
    size: int


def add_to_list(*, by: str, profile: Profile, keys: Sequence[str], match_year: int) -> Changed:
    """Put programs on the applicant's list of this season, each with its result; those that are on it stay as they are.

    One transaction; an audit event where the writer is not the owner. Raises ListError for a key without a program, for another season than the
    current one, and where the list would be longer than MOST_ENTRIES. Queries grow with the specialties of the programs, not with the programs.
    """
    _refuse_other_season(match_year)
    with writing_results():
        profile = _locked(profile)
        programs = _programs(keys)
        saved, _ = ProgramList.objects.get_or_create(profile=profile, season=match_year)
        present = set(saved.entries.values_list("program_id", flat=True))
        new = {key: found for key, found in programs.items() if found.pk not in present}
        if len(present) + len(new) > MOST_ENTRIES:
            raise ListError(f"A list holds at most {MOST_ENTRIES} programs, and this would make it {len(present) + len(new)}: take some off first.")
        ListEntry.objects.bulk_create(ListEntry(list=saved, program=found) for found in new.values())
        _score(profile, saved, new.values())
        _is_in_use(profile)
        _note(by, "list:add", profile, tuple(new))
        return Changed(tuple(new), len(present) + len(new))


def remove_from_list(*, by: str, profile: Profile, keys: Sequence[str], match_year: int) -> Changed:
    """Take programs off the list; those that are not on it are passed over. Notices about them stay.

    One transaction; an audit event where the writer is not the owner. Raises ListError for another season than the current one.
    """
    _refuse_other_season(match_year)
    with writing_results():
        profile = _locked(profile)
        entries = ListEntry.objects.filter(list__profile=profile, list__season=match_year)
        there = {key: pk for pk, key in entries.filter(program__key__in=set(keys)).values_list("pk", "program__key")}
        ListEntry.objects.filter(pk__in=there.values()).delete()
        gone = tuple(key for key in dict.fromkeys(keys) if key in there)
        _is_in_use(profile)
        _note(by, "list:remove", profile, gone)
        return Changed(gone, entries.count())


def mark_looked(saved: ProgramList) -> None:
    """The owner has seen what changed on the list until now."""
    ProgramList.objects.filter(pk=saved.pk).update(looked_at=timezone.now())


def _refuse_other_season(match_year: int) -> None:
    if match_year != settings.MATCH_YEAR:
        raise ListError(f"The list of the {match_year} Match cannot be changed any more: the {settings.MATCH_YEAR} season is open.")


def _locked(profile: Profile) -> Profile:
    """The profile as it stands, and nobody saves it before this transaction ends: a recompute waits for us, or we see what it did."""
    held = Profile.objects.select_for_update(of=("self",)).select_related("owner").filter(pk=profile.pk).first()
    if held is None:
        raise ListError("This profile was deleted: start again with a new one.")
    return held


def _programs(keys: Sequence[str]) -> dict[str, Program]:
    """Programs by key, in the order asked for."""
    wanted = list(dict.fromkeys(keys))
    found = {one.key: one for one in Program.objects.filter(key__in=wanted, is_withdrawn=False).only("key", "specialty_id")}
    if missing := [key for key in wanted if key not in found]:
        raise ListError(f"There is no program {missing[0]!r}: look it up under Programs and add it from there.")
    return {key: found[key] for key in wanted}


def _score(profile: Profile, saved: ProgramList, new: Collection[Program]) -> None:
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


def _is_in_use(profile: Profile) -> None:
    """Count work on the list as work on the profile: `applicants.services.delete_abandoned_profiles` goes by its date."""
    profile.save(update_fields=("updated_at",))


def _note(by: str, verb: str, profile: Profile, keys: tuple[str, ...]) -> None:
    """Keep an audit event unless the owner wrote. A profile without an owner is its session's own."""
    owner = profile.owner.email if profile.owner else VISITOR
    if keys and by != owner:
        audit.record(by=by, verb=verb, target=f"profile:{profile.pk}", programs=len(keys))
