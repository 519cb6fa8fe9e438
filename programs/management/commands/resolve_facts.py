"""`manage.py resolve_facts`: every program's current values from its facts, for the season of MATCH_YEAR."""

import time

from django.conf import settings
from django.core.management.base import BaseCommand

from programs.services import resolve_all_programs


class Command(BaseCommand):
    help = "Work out every program's current values from its facts. Run it when MATCH_YEAR has changed. Safe to repeat."

    def handle(self, **_options: object) -> None:
        started = time.perf_counter()
        programs = resolve_all_programs(by="manage.py resolve_facts", season=settings.MATCH_YEAR)
        self.stdout.write(f"Resolved {programs:,} programs for the {settings.MATCH_YEAR} Match. Took {time.perf_counter() - started:.1f} s.")
