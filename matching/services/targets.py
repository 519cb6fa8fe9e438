"""What part of a list an applicant wants to be reach, middle and safer."""

from collections.abc import Mapping

from applicants.models import Profile
from matching.engine import Tier
from matching.engine.balance import TARGETED, WHOLE
from matching.models import ProgramList
from matching.services.editing import ListError, count_as_use, keep_event, locked_profile, refuse_other_season
from matching.services.locks import writing_results

Target = Mapping[Tier, int]


def target_of(saved: ProgramList) -> Target | None:
    """The applicant's own target, percent by tier; None: the usual one holds. No queries."""
    stated = {tier: getattr(saved, f"target_{tier.word}") for tier in TARGETED}
    return None if None in stated.values() else stated


def set_target(*, by: str, profile: Profile, match_year: int, target: Target | None) -> ProgramList:
    """Keep the target of the applicant's list of this season; None: the usual one from now on.

    One transaction; an audit event where the writer is not the owner. Raises ListError for another season than the current one, and for
    percents that are not 0 to 100 each and 100 together.
    """
    refuse_other_season(match_year)
    if target is not None and (sum(target.values()) != WHOLE or min(target.values()) < 0 or set(target) != set(TARGETED)):
        raise ListError(f"The three percentages have to make {WHOLE} together: change one of them.")
    with writing_results():
        profile = locked_profile(profile)
        saved, _ = ProgramList.objects.get_or_create(profile=profile, season=match_year)
        for tier in TARGETED:
            setattr(saved, f"target_{tier.word}", None if target is None else target[tier])
        saved.save(update_fields=[f"target_{tier.word}" for tier in TARGETED])
        keep_event(by, "list:target", profile)
        count_as_use(profile)
    return saved
