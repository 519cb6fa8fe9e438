"""`manage.py undo_import NUMBER`: take an import back."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from programs.imports.drafts import undo_import
from programs.models import ImportBatch
from programs.services import ProgramDataError

SHOWN = 20  # imports in the list


class Command(BaseCommand):
    help = "Take an import back: the program data is then as if it had never been applied. Without a number: list the newest imports."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", type=int, nargs="?", help="Number of the import, as the list shows it.")

    def handle(self, *, number: int | None, **_options: object) -> None:
        if number is None:
            self._list()
            return
        batch = ImportBatch.objects.filter(pk=number).first()
        if batch is None:
            raise CommandError(f"There is no import {number}: run the command without a number to see which there are.")
        try:
            undo_import(by="manage.py undo_import", batch=batch)
        except ProgramDataError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Import {number} of {batch.file_name} is undone. Lists follow as soon as a worker runs.")

    def _list(self) -> None:
        batches = ImportBatch.objects.select_related("source")[:SHOWN]
        for batch in batches:
            state = f"undone by {batch.undone_by}" if batch.undone_at else "applied"
            self.stdout.write(f"{batch.pk:>6}  {batch.applied_at:%Y-%m-%d %H:%M}  {batch.source.name}, season {batch.season}: {batch.file_name} ({state})")
        if not batches:
            self.stdout.write("Nothing was imported yet.")
