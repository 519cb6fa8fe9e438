import io

import pytest
from django.core.management import CommandError, call_command

from smartpick.models import AuditEvent, User
from smartpick.roles import Role
from tests.smartpick.people import PASSWORD, person

pytestmark = pytest.mark.django_db


def add(*arguments, monkeypatch=None, typed=(), given=None):
    answers = iter(typed)
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(answers))
    if given is not None:
        monkeypatch.setattr("sys.stdin", io.StringIO(given))
    out = io.StringIO()
    call_command("add_person", *arguments, stdout=out)
    return out.getvalue()


def test_add_person_asks_twice_and_leaves_a_trace(monkeypatch):
    said = add("Ada@Example.ORG", "--role", "data_admin", "--name", "Ada", monkeypatch=monkeypatch, typed=(PASSWORD, PASSWORD))
    user = User.objects.get()
    assert said == "ada@example.org can sign in now, as data admin.\n"
    assert (user.email, user.name, user.role, user.check_password(PASSWORD)) == ("ada@example.org", "Ada", Role.DATA_ADMIN, True)
    event = AuditEvent.objects.get()
    assert (event.by, event.verb, event.target, event.detail) == ("manage.py add_person", "user:create", f"user:{user.pk}", {"role": "data_admin"})


def test_add_person_reads_the_first_line_of_the_input(monkeypatch):
    add("a@example.org", "--role", "advisor", "--password-stdin", monkeypatch=monkeypatch, given=f"{PASSWORD}\r\nmore\n")
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.parametrize(
    ("arguments", "typed", "message"),
    [
        (("a@example.org",), (PASSWORD, "another one"), "Nobody was added: the two passwords differ. Run the command again."),
        (("a@example.org",), ("short", "short"), "This password is too short. It must contain at least 12 characters."),
        (("lakeharborperson@example.org",), ("lakeharborperson",) * 2, "The password is too similar to the email."),
        (("no address",), (PASSWORD, PASSWORD), "Nobody was added. Enter a valid email address."),
        (("data_admin@example.org",), (PASSWORD, PASSWORD), "Nobody was added. User with this Email already exists."),
        (("a@example.org", "--name", "a" * 121), (PASSWORD, PASSWORD), "Ensure this value has at most 120 characters"),
    ],
)
def test_add_person_refuses_and_says_why(monkeypatch, arguments, typed, message):
    before = person()
    with pytest.raises(CommandError, match=message):
        add(*arguments, "--role", "data_admin", monkeypatch=monkeypatch, typed=typed)
    assert list(User.objects.all()) == [before]


def test_add_person_empty_input_is_refused(monkeypatch):
    with pytest.raises(CommandError, match="holds no password"):
        add("a@example.org", "--role", "advisor", "--password-stdin", monkeypatch=monkeypatch, given="")
