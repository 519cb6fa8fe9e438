"""The profile of whoever sent a request. The session holds its id, and what pages keep of it until it goes."""

from typing import Any

from django.http import HttpRequest

from applicants.models import Profile
from smartpick.access import SESSION_PROFILE, may, session_profile_id
from smartpick.roles import Permission

# Under one name, so that nothing of a profile stays behind in a session.
KEPT = "profile_kept"


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
    """Make `profile` the one of this session; what was kept of another goes."""
    if request.session.get(SESSION_PROFILE) != profile.pk:
        request.session.pop(KEPT, None)
    request.session[SESSION_PROFILE] = profile.pk


def forget(request: HttpRequest) -> None:
    """Take the profile out of this session, and what was kept of it."""
    request.session.pop(SESSION_PROFILE, None)
    request.session.pop(KEPT, None)


def keep(request: HttpRequest, profile: Profile, name: str, value: dict[str, Any] | None) -> None:
    """Keep something of the profile in this session, as JSON, until the profile is another one; None: no longer."""
    others = {key: kept for key, kept in _kept(request, profile).items() if key != name}
    request.session[KEPT] = {"of": profile.pk, "what": others if value is None else others | {name: value}}


def kept(request: HttpRequest, profile: Profile, name: str) -> dict[str, Any] | None:
    """What `keep` kept of this profile; None for nothing."""
    return _kept(request, profile).get(name)


def _kept(request: HttpRequest, profile: Profile) -> dict[str, dict[str, Any]]:
    held = request.session.get(KEPT)
    return held["what"] if isinstance(held, dict) and held.get("of") == profile.pk else {}
