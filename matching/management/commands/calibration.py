"""`manage.py calibration`: the engine's national figures beside the published ones."""

import json
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from matching.engine.calibration.compare import Comparison
from matching.engine.evidence import specialty_rows
from matching.presenters.calibration import CalibrationPage, CalibrationTable, FigureLine, calibration_page
from matching.services.calibration import comparison, comparisons

HEADER = ("figure", "published", "+-", "model", "error", "at most", "", "")
WIDTHS = (38, 15, 13, 10, 14, 13, 10, 12)


class Command(BaseCommand):
    help = "Run the reference mix of applicants through the engine, over the programs that are loaded, and print its figures beside the published ones."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--specialty", metavar="CODE", help="One ACGME code, such as 140, instead of all.")
        parser.add_argument("--json", action="store_true", help="Numbers as JSON instead of a table.")

    def handle(self, *, specialty: str | None, json: bool, **options: Any) -> None:
        compared = comparisons(settings.MATCH_YEAR) if specialty is None else self._one(specialty)
        if not compared:
            raise CommandError("No program of a specialty with published figures is loaded and open: run import_programs or demo_on first.")
        self.stdout.write(as_json(compared) if json else as_text(calibration_page(compared)), ending="")

    def _one(self, code: str) -> tuple[Comparison, ...]:
        if code not in {row["code"] for row in specialty_rows()}:
            raise CommandError(f"Nothing is published about specialty {code}: use one of {', '.join(row['code'] for row in specialty_rows())}.")
        found = comparison(code, settings.MATCH_YEAR)
        if found is None:
            raise CommandError(f"No program of specialty {code} is loaded and open to the mix of applicants: run import_programs or demo_on first.")
        return (found,)


def as_json(compared: tuple[Comparison, ...]) -> str:
    """One object a specialty: what is compared, unrounded; what is not published is null."""
    listed = [
        {
            "code": one.published.code,
            "specialty": one.published.name,
            "people": int(one.published.people),
            "programs": one.programs,
            "interviews_of_everybody": one.interviews,
            "share_without_interview": one.none,
            "agrees": one.agrees,
            "figures": [{**_known(asdict(figure)), "error": _number(figure.error), "agrees": figure.agrees} for figure in one.figures],
            "share_matched_by_step2_ck": [asdict(band) for band in one.bands],
        }
        for one in compared
    ]
    return f"{json.dumps(listed, indent=1, allow_nan=False)}\n"


def _known(figure: dict[str, Any]) -> dict[str, Any]:
    return {key: _number(value) if isinstance(value, float) else value for key, value in figure.items()}


def _number(value: float) -> float | None:
    return value if value == value else None  # noqa: PLR0124 - NaN is the only number that is not itself


def as_text(page: CalibrationPage) -> str:
    """A table for each specialty, and how many of the large ones agree."""
    blocks = ["\n".join([_title(table), _row(HEADER), *(_row(_cells(line)) for line in (*table.main, *table.checks))]) for table in page.tables]
    if page.large:
        blocks.append(f"{page.agreeing} of {len(page.large)} specialties with 100 people or more agree on every fitted figure.")
    return "\n\n".join(blocks) + "\n"


def _title(table: CalibrationTable) -> str:
    return (
        f"{table.name} ({table.code}): {table.people:,} people behind the published figures, {table.programs:,} programs loaded.\n"
        f"Of everybody who applies (published nowhere): {table.interviews} interviews on average, {table.none} without any."
    )


def _cells(line: FigureLine) -> tuple[str, ...]:
    return (line.name, line.published, line.sampling, line.model, line.error, line.accept, line.verdict, line.origin)


def _row(cells: tuple[str, ...]) -> str:
    first, *rest = (f"{cell:<{width}}" if place == 0 else f"{cell:>{width}}" for place, (cell, width) in enumerate(zip(cells, WIDTHS, strict=True)))
    return "".join([first, *rest]).rstrip()
