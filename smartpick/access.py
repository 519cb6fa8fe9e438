"""The one place that decides who may see or change what.

A profile with an owner is its owner's. One without belongs to the browser session that holds its
id, and to nobody else. Whatever hangs on a profile (a list, an entry, a result) is checked through
that profile. What may not be seen does not exist: 404, never 403, so that ids tell nothing.
"""

from typing import Protocol

from django.http import HttpRequest

from smartpick.models import User
from smartpick.roles import ROLE_PERMISSIONS, Permission, Role

# The one thing that a session says about the visitor.
SESSION_PROFILE = "profile_id"
# Who wrote, where nobody is signed in: whoever holds the session.
VISITOR = "visitor"


class Owned(Protocol):
    """A profile, as far as access goes. `owner_id` is None for one that hangs on a session."""

    @property
    def pk(self) -> int: ...

    @property
    def owner_id(self) -> int | None: ...


def may(request: HttpRequest, permission: Permission, obj: Owned | None = None) -> bool:
    """Say whether whoever sent `request` has `permission`, for `obj` where it is about one profile.

    Everybody is an applicant to the profile that is theirs, whatever their role.
    """
    if obj is None:
        return permission in ROLE_PERMISSIONS[_role(request)]
    return permission in ROLE_PERMISSIONS[Role.APPLICANT] and _owns(request, obj)


def session_profile_id(request: HttpRequest) -> int | None:
    """Return the profile id that the session holds; None where there is none or what is there cannot be one."""
    held = request.session.get(SESSION_PROFILE)
    return held if type(held) is int else None


def writer(request: HttpRequest) -> str:
    """Name whoever sent `request`, for services and the audit trail."""
    return request.user.email if isinstance(request.user, User) else VISITOR


def _role(request: HttpRequest) -> Role:
    return Role(request.user.role) if isinstance(request.user, User) else Role.APPLICANT


def _owns(request: HttpRequest, obj: Owned) -> bool:
    if obj.owner_id is not None:
        return isinstance(request.user, User) and request.user.pk == obj.owner_id
    held = session_profile_id(request)
    return held is not None and held == obj.pk
