"""What the head of every page needs to know about whoever reads it."""

from django.http import HttpRequest

from smartpick.access import may
from smartpick.models import User
from smartpick.roles import Permission


def reader(request: HttpRequest) -> dict[str, bool]:
    """`signed_in`, and `sees_data` for those who look after the data."""
    if not hasattr(request, "user"):  # refused before anybody asked who it is, as with a foreign host name
        return {"signed_in": False, "sees_data": False}
    return {"signed_in": isinstance(request.user, User), "sees_data": may(request, Permission.PROGRAMS_IMPORT)}
