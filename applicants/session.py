"""The profile of whoever sent a request. The session holds its id and nothing else."""

from django.http import HttpRequest

from applicants.models import Profile
from smartpick.access import SESSION_PROFILE, may, session_profile_id
from smartpick.roles import Permission


def current_profile(request: HttpRequest) -> Profile | None:
    """Find the profile that the visitor may see and change: one query, or none where the session holds no id.

    None for an id that is gone, somebody else's, a demonstration applicant's, or no id at all.
    """
    held = session_profile_id(request)
    if held is None:
        return None
    profile = Profile.objects.filter(pk=held, is_demo=False).first()
    return profile if profile and may(request, Permission.PROFILE_EDIT, profile) else None


def remember(request: HttpRequest, profile: Profile) -> None:
    """Make `profile` the one of this session."""
    request.session[SESSION_PROFILE] = profile.pk


def forget(request: HttpRequest) -> None:
    """Take the profile out of this session."""
    request.session.pop(SESSION_PROFILE, None)
