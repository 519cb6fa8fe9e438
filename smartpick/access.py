"""The one place that decides who may see or change what.

A profile with an owner is its owner's. One without belongs to the browser session that holds its
id, and to nobody else. Whatever hangs on a profile (a list, an entry, a result) is checked through
that profile. What may not be seen does not exist: 404, never 403, so that ids tell nothing.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.cache import patch_cache_control
from django.utils.http import urlencode

from smartpick.http import go_to
from smartpick.models import User
from smartpick.roles import ROLE_PERMISSIONS, Permission, Role

Rest = ParamSpec("Rest")
View = Callable[Concatenate[HttpRequest, Rest], HttpResponse]

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


def requires(permission: Permission) -> Callable[[View[Rest]], View[Rest]]:
    """Make a view answer only those who have `permission`.

    A visitor is asked to sign in first; to anybody else without it the page does not exist (404). What it answers is kept by no cache.
    """

    def decorate(view: View[Rest]) -> View[Rest]:
        @wraps(view)
        def checked(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
            if not may(request, permission):
                if isinstance(request.user, User):
                    raise Http404
                return _ask_to_sign_in(request)
            response = view(request, *args, **kwargs)
            patch_cache_control(response, private=True, no_store=True)
            return response

        return checked

    return decorate


def session_profile_id(request: HttpRequest) -> int | None:
    """Return the profile id that the session holds; None where there is none or what is there cannot be one."""
    held = request.session.get(SESSION_PROFILE)
    return held if type(held) is int else None


def writer(request: HttpRequest) -> str:
    """Name whoever sent `request`, for services and the audit trail."""
    return request.user.email if isinstance(request.user, User) else VISITOR


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to the sign-in page, which leads back: to the page of a fragment that was asked for, and to none that only takes a form."""
    htmx = getattr(request, "htmx", None)
    back = htmx.current_url_abs_path if htmx else request.get_full_path() if request.method in {"GET", "HEAD"} else ""
    query = f"?{urlencode({REDIRECT_FIELD_NAME: back})}" if back else ""
    return go_to(request, resolve_url(settings.LOGIN_URL) + query)


def _role(request: HttpRequest) -> Role:
    return Role(request.user.role) if isinstance(request.user, User) else Role.APPLICANT


def _owns(request: HttpRequest, obj: Owned) -> bool:
    if obj.owner_id is not None:
        return isinstance(request.user, User) and request.user.pk == obj.owner_id
    held = session_profile_id(request)
    return held is not None and held == obj.pk
