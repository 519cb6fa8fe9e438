"""`manage.py demo_off`: take the demonstration data away again."""

from django.core.management.base import BaseCommand

from applicants.demo import remove_demo_people
from programs.services import remove_demo_programs

BY = "manage.py demo_off"


class Command(BaseCommand):
    help = "Remove the demonstration data, and nothing else. Safe to repeat."

    def handle(self, **_options: object) -> None:
        people = remove_demo_people(by=BY)
        data = remove_demo_programs(by=BY)
        self.stdout.write(f"Removed {data.programs:,} programs, {data.tracks:,} tracks, {data.facts:,} facts and {data.sources} sources,")
        self.stdout.write(f"{people.applicants} applicants and {people.staff} staff. Real programs and visitors' profiles stay as they were.")
