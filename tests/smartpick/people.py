"""People with accounts, for tests of pages."""

from django.test import Client

from smartpick.models import User
from smartpick.roles import Role

PASSWORD = "lake-harbor-27-evening"


def person(role: Role = Role.DATA_ADMIN, *, email: str = "", password: str | None = None) -> User:
    """Somebody of that role, made if need be; only with a password can they sign in by themselves."""
    email = email or f"{role.value}@example.org"
    return User.objects.filter(email=email).first() or User.objects.create_user(email, password, role=role)


def signed_in(role: Role = Role.DATA_ADMIN, **more: str) -> Client:
    """A browser in which somebody of that role is signed in."""
    browser = Client()
    browser.force_login(person(role, **more))
    return browser
