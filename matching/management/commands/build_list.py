"""`manage.py build_list PROFILE.json`: the list for one profile, without a browser."""

import json
import sys
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from applicants.profile import ProfileData
from applicants.profile_json import ProfileError, parse_profile
from matching.presenters.document import as_csv, document, ids
from matching.queries import state_codes
from matching.services.ranking import rank
from programs.models import Program, Specialty


def whole(text: str) -> int:
    """A number of programs, at least 1."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is no number of programs: write 1 or more.")
    return int(text)


class Command(BaseCommand):
    help = "Rank the programs for one profile (docs/profile-json.md) and write the list (docs/build-list.md). Writes nothing to the database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("profile", metavar="PROFILE.json", help="The profile; - reads standard input.")
        parser.add_argument("--format", choices=("json", "csv"), default="json")
        parser.add_argument("--limit", type=whole, help="At most this many programs (default: all, excluded ones last).")
        parser.add_argument("--specialty", help="Rank this ACGME code instead of the profile's first specialty.")

    def handle(self, *, profile: str, format: str, limit: int | None, specialty: str | None, **options: Any) -> None:  # noqa: A002
        codes = frozenset(Specialty.objects.values_list("code", flat=True))
        if not codes:
            raise CommandError("The reference tables are empty: run python manage.py load_reference first.")
        if specialty is not None and specialty not in codes:
            raise CommandError(f"--specialty {specialty} is no specialty here: use a three-digit ACGME code, for example 140.")
        data = self._read(profile, codes)
        ranking = rank(data, specialty=specialty or data.specialties[0], match_year=settings.MATCH_YEAR)
        if not len(ranking.programs.table):
            raise CommandError(f"No program of specialty {ranking.specialty} is in the data: run import_programs or demo_on first.")
        listed = document(ranking, Program.objects.in_bulk(ids(ranking, limit)), limit)
        self.stdout.write(as_csv(listed) if format == "csv" else f"{json.dumps(listed, indent=1)}\n", ending="")

    def _read(self, name: str, codes: frozenset[str]) -> ProfileData:
        try:
            text = self._text(name)
            return parse_profile(text, today=timezone.localdate(), specialty_codes=codes, state_codes=frozenset(state_codes()))
        except OSError as error:
            raise CommandError(f"{name} cannot be read: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise CommandError(f"{name} is not UTF-8 text: save it as UTF-8.") from None
        except ProfileError as error:
            raise CommandError(f"{name} is not a usable profile:\n" + "\n".join(f"  {problem}" for problem in error.problems)) from None

    def _text(self, name: str) -> str:
        if name == "-":
            return sys.stdin.read()
        return Path(name).read_text(encoding="utf-8-sig")
