"""`manage.py demo_on`: invented programs and people to try SmartPick on."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from applicants.demo import load_demo_people
from programs.demo.services import DEFAULT_PROGRAMS, DEFAULT_SEED, load_demo_programs
from programs.models import Specialty, State
from programs.queries import demonstration_loaded
from programs.reference import ReferenceTableError, load_reference

BY = "manage.py demo_on"


class Command(BaseCommand):
    help = "Load the demonstration data: invented programs and people. Safe to repeat; demo_off removes it all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help=f"The same seed gives the same programs (default: {DEFAULT_SEED}).")
        parser.add_argument("--programs", type=int, default=DEFAULT_PROGRAMS, help=f"How many programs to invent (default: {DEFAULT_PROGRAMS}).")

    def handle(self, *, seed: int, programs: int, **_options: object) -> None:
        try:
            load_reference(by=BY)
            self._load_programs(seed, programs)
            self._load_people()
        except (ReferenceTableError, ValueError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write("Every page says that the data is invented, until you run: python manage.py demo_off")

    def _load_programs(self, seed: int, programs: int) -> None:
        if not demonstration_loaded():
            self.stdout.write(f"Inventing {programs:,} programs from seed {seed}; 4,000 take about 10 seconds.")
        loaded = load_demo_programs(by=BY, seed=seed, programs=programs)
        if loaded is None:
            self.stdout.write("Programs: already loaded, nothing changed. For other ones run demo_off first.")
        else:
            self.stdout.write(f"Programs: {loaded.programs:,}, with {loaded.tracks:,} tracks and {loaded.facts:,} facts.")

    def _load_people(self) -> None:
        specialties, states = (set(model.objects.values_list("pk", flat=True)) for model in (Specialty, State))
        people = load_demo_people(by=BY, specialty_codes=specialties, state_codes=states)
        if people is None:
            self.stdout.write("People: already loaded, nothing changed.")
        else:
            self.stdout.write(f"People: {people.applicants} applicants, {people.staff} staff (an advisor and a data admin).")
