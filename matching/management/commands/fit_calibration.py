"""`manage.py fit_calibration`: fit the engine's parameters to the published tables and write them down."""

import csv
import io
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from matching.engine.calibration.fit import Parameters, fit_all
from matching.engine.calibration.published import Published
from matching.engine.evidence import PARAMETERS_FILE
from smartpick.files import replace_text

# Published tables, match rates, number of applications; the mix of applicants and the weights that place it.
INPUTS = "nrmp-charting-2026; nrmp-2025-rates; assumption-applications; residency-explorer-2026; judgement"


class Command(BaseCommand):
    help = "Fit the parameters of every specialty to the published tables and write matching/engine/evidence/parameters.csv. Takes some seconds."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="Write nothing; fail if the table is not what the fit finds.")

    def handle(self, *, check: bool, **options: Any) -> None:
        path, fitted = PARAMETERS_FILE, table(fit_all())
        if fitted == path.read_text(encoding="utf-8"):
            self.stdout.write("The parameter table is what the fit finds.")
            return
        if check:
            raise CommandError("The parameter table is not what the fit finds: run python manage.py fit_calibration and commit the result.")
        try:
            replace_text(path, fitted)
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}. Nothing is changed.") from None
        self.stdout.write(f"Written: {path.name}. Restart what is running, and run python manage.py calibration.")


def table(fitted: list[tuple[Published, Parameters]]) -> str:
    """The parameter table as CSV, one line a specialty, the pooled one first."""
    text = io.StringIO()
    rows = [
        {"code": one.code, "specialty": one.name, "people": int(one.people), "applications": one.applications, **asdict(found), "inputs": INPUTS}
        for one, found in fitted
    ]
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
