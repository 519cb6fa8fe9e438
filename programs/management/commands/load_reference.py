"""`manage.py load_reference`: specialties, states, fees, signals, dates and licensing limits from fixtures/reference."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from programs.reference import FOLDER, ReferenceTableError, load_reference


class Command(BaseCommand):
    help = "Load the reference tables. Safe to repeat: rows that already say the same are left alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--folder", type=Path, default=FOLDER, help="Folder with the CSV files (default: fixtures/reference).")

    def handle(self, *, folder: Path, **_options: object) -> None:
        try:
            tables = load_reference(by="manage.py load_reference", folder=folder)
        except ReferenceTableError as error:
            raise CommandError(f"{error} Nothing was changed.") from None
        for table in tables:
            self.stdout.write(f"{table.name}: {table.rows} rows, {table.new} new, {table.changed} changed")
