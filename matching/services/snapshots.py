"""Results of one profile, brought up to date in the request that changed it."""

from collections.abc import Mapping

from django.conf import settings
from django.db.models import Min

from applicants.models import Profile
from applicants.queries import profile_data
from matching.adapters import applicant_table, season
from matching.models import ListEntry, ScoreSnapshot
from matching.services.aims import Aim, aims, goal_now
from matching.services.entries import Told, update_entries
from matching.services.locks import writing_results
from matching.services.results import Batch, Need, scored, stored, wanted, worked_out, write
from programs.models import DataVersion
from programs.versions import touched_since

__all__ = ["refresh_profile", "results_of", "writing_results"]


def refresh_profile(profile: Profile) -> None:
    """Work out a profile's results as it now is, and those of its list; results over specialties that it has left go.

    Call it in the transaction that saves the profile, with `writing_results` around both. Nobody is told of what changes by this: the
    applicant changed it. What new program data had changed before, and no recompute has come to yet, is told.
    """
    with writing_results():
        standing = wanted(settings.MATCH_YEAR, [profile.pk], lock=True).get(profile.pk)
        if standing is None:
            return
        aim = aims(goal_now(settings.MATCH_YEAR), standing.specialties)
        _tell_what_data_changed(profile, aim)
        ScoreSnapshot.objects.filter(profile=profile).exclude(specialty__in=standing.specialties).delete()
        batches = results_of(profile, aim)
        write(batches)
        for batch in batches[:1]:  # all are of one version
            update_entries(batches, season=settings.MATCH_YEAR, version=batch.version, told=None)


def results_of(profile: Profile, aim: Mapping[str, Aim]) -> list[Batch]:
    """What the engine says about a profile as it stands in the database. Reads only; 5 queries, and those that read programs for the first time."""
    when, data = season(settings.MATCH_YEAR), profile_data(Profile.objects.get(pk=profile.pk))
    return [scored(one, [profile.pk], applicant_table([data], specialty, when, one.places)) for specialty, one in aim.items()]


def _tell_what_data_changed(profile: Profile, aim: Mapping[str, Aim]) -> None:
    """Bring entries that are behind to today's programs for the applicant as they were, with notices, before they become somebody else."""
    now = next(iter(aim.values())).version if aim else 0
    behind = ListEntry.objects.filter(list__profile=profile, list__season=settings.MATCH_YEAR, data_version__lt=now)
    oldest = dict(behind.values_list("program__specialty_id").annotate(Min("data_version")))
    found = [one for one in stored([profile.pk]) if one.specialty in oldest and one.rests_on.startswith(aim[one.specialty].engine_and_season)]
    if not found:
        return
    todo = {(profile.pk, one.specialty): Need.WHOLE for one in found}
    batches = worked_out(todo, found, aim, {}, season(settings.MATCH_YEAR))
    cause = DataVersion.objects.values_list("cause", flat=True).get(pk=now)
    told = Told(touched_since(min(oldest.values())) or {}, settings.MATCH_YEAR, cause)
    update_entries(batches, season=settings.MATCH_YEAR, version=now, told=told)
