"""`manage.py add_person`: an account for somebody who looks after the data, or who advises."""

import getpass
import sys
from argparse import ArgumentParser

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from smartpick import audit
from smartpick.models import User
from smartpick.roles import Role

BY = "manage.py add_person"


class Command(BaseCommand):
    help = "Add somebody who can sign in. Asks for the password twice, or reads it with --password-stdin."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="The address they sign in with.")
        parser.add_argument("--role", required=True, choices=[role.value for role in Role], help="What they may do.")
        parser.add_argument("--name", default="", help="Their name, as pages show it.")
        parser.add_argument("--password-stdin", action="store_true", help="Read the password from the first line of the input: ... --password-stdin < file")

    def handle(self, *, email: str, role: str, name: str, password_stdin: bool, **_options: object) -> None:
        user = User(email=User.objects.normalize_email(email).lower(), name=name, role=role)
        try:
            user.clean_fields(exclude=["password"])
            user.validate_unique()
            password = _from_input() if password_stdin else _asked()
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(f"Nobody was added. {' '.join(error.messages)}") from error
        with transaction.atomic():
            user.set_password(password)
            user.save()
            audit.record(by=BY, verb="user:create", target=f"user:{user.pk}", role=role)
        self.stdout.write(f"{user.email} can sign in now, as {Role(role).value.replace('_', ' ')}.")


def _asked() -> str:
    password = getpass.getpass("Password: ")
    if getpass.getpass("The same once more: ") != password:
        raise CommandError("Nobody was added: the two passwords differ. Run the command again.")
    return password


def _from_input() -> str:
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise CommandError("Nobody was added: the input holds no password on its first line.")
    return password
