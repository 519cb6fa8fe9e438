"""The Add and Remove buttons, and what the owner has seen. Everything else that people decide about a list: editing.py."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from applicants.models import Profile
from matching.choices import ON_LIST, Standing
from matching.models import ListEntry, ProgramList
from matching.services.editing import change_list, count_as_use, locked_profile, refuse_other_season
from matching.services.entry_fields import ListError
from matching.services.locks import writing_results
from programs.models import Program

__all__ = ["Changed", "ListError", "add_to_list", "mark_looked", "remove_from_list"]


@dataclass(frozen=True)
class Changed:
    """Keys of programs that were put on a list, or taken off, and how many are on it now."""

    keys: tuple[str, ...]
    size: int


def add_to_list(*, by: str, profile: Profile, keys: Sequence[str], match_year: int) -> Changed:
    """Put programs on the applicant's list of this season, each with its result; those that are on it stay as they are.

    What was suggested or ruled out is on the list from then on. Raises ListError as `editing.change_list` does.
    """
    wanted = list(dict.fromkeys(keys))
    with writing_results():
        refuse_other_season(match_year)
        on_list = _on_list(locked_profile(profile), match_year)
        new = [key for key in wanted if key not in on_list]
        edits = {key: {"standing": Standing.ADDED} for key in new}
        change_list(by=by, profile=profile, match_year=match_year, edits=edits, said=_said("added", new), verb="list:add")
        return Changed(tuple(new), len(on_list) + len(new))


def remove_from_list(*, by: str, profile: Profile, keys: Sequence[str], match_year: int) -> Changed:
    """Take programs off the list; those that are not on it are passed over. Notices about them stay.

    Raises ListError as `editing.change_list` does.
    """
    wanted = list(dict.fromkeys(keys))
    with writing_results():
        refuse_other_season(match_year)
        profile = locked_profile(profile)
        on_list = _on_list(profile, match_year)
        gone = [key for key in wanted if key in on_list]
        if gone:
            change_list(by=by, profile=profile, match_year=match_year, edits=dict.fromkeys(gone), said=_said("taken off", gone), verb="list:remove")
        count_as_use(profile)
        return Changed(tuple(gone), len(on_list) - len(gone))


def mark_looked(saved: ProgramList) -> None:
    """The owner has seen what changed on the list until now."""
    ProgramList.objects.filter(pk=saved.pk).update(looked_at=timezone.now())


def _on_list(profile: Profile, match_year: int) -> frozenset[str]:
    entries = ListEntry.objects.filter(list__profile=profile, list__season=match_year, standing__in=ON_LIST)
    return frozenset(entries.values_list("program__key", flat=True))


def _said(what: str, keys: Sequence[str]) -> str:
    """What was done to one program or to several, in words."""
    if len(keys) != 1:
        return f"{len(keys)} programs {what}"
    name = Program.objects.filter(key=keys[0]).values_list("name", flat=True).first() or keys[0]
    return f"{name} {what}"
