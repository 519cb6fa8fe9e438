"""`manage.py import_programs FILE`: programs, tracks and facts from a CSV or XLSX file."""

import time
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from programs.choices import SourceRank
from programs.imports.columns import STRICTNESS_SUFFIX, HeaderError
from programs.imports.plan import Problem, Severity
from programs.imports.presets import NRMP, TEMPLATE, Preset, preset_names
from programs.imports.preview import Change, totals
from programs.imports.reader import MAX_BYTES, ReadError
from programs.imports.services import ImportRequest, InvalidRowsError, apply
from programs.imports.staging import Staged
from programs.presenters.diff import grouped, in_order
from programs.presenters.imports import counted
from programs.services import ProgramDataError
from smartpick.exports import csv_bytes

SHOWN = 20  # changes, missing programs, and problems of each severity
FIRST_SEASON = 1952  # the first Match
RANKS = {rank.name.lower(): rank for rank in SourceRank}


def _listed(preset: Preset) -> str:
    return ", ".join(meaning.key for meaning in preset.meanings((), None) if not meaning.key.endswith(STRICTNESS_SUFFIX))


COLUMNS = (
    f"Columns of an NRMP file: {_listed(NRMP)}, quota_YYYY, matched_YYYY. "
    f"Columns of a template: {_listed(TEMPLATE)}; for a requirement also its name with {STRICTNESS_SUFFIX}. "
    "The other layouts go by the names that columns usually have."
)


class Command(BaseCommand):
    help = "Import programs, tracks and facts from a CSV or XLSX file. Nothing is written unless every row can be applied (see --skip-invalid)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.epilog = COLUMNS
        parser.add_argument("file", type=Path)
        parser.add_argument("--preset", help=f"Layout of the file: {preset_names()}. Default: what its header shows.")
        parser.add_argument("--dry-run", action="store_true", help="Do everything, then take it back.")
        parser.add_argument("--skip-invalid", action="store_true", help="Leave out the rows that cannot be applied.")
        parser.add_argument("--source", help="Who states what the file says.")
        parser.add_argument("--rank", choices=RANKS, help="How far the source is trusted.")
        parser.add_argument("--season", type=int, default=settings.MATCH_YEAR, help="Match year that the facts are about. Default: %(default)s.")
        parser.add_argument("--as-of", type=_date, help="Day the facts were true, such as 2026-09-30. Default: today.")
        parser.add_argument("--licence", default="", help="Licence, or who gave permission and when; kept with the import and with a new source.")
        parser.add_argument("--url", default="", help="Web address of a new source.")
        parser.add_argument("--problems", type=Path, help="Write every problem to this CSV file.")

    def handle(self, *_args: str, **options: Any) -> None:
        started = time.perf_counter()
        try:
            imported = apply(_request(options), by="import_programs", skip_invalid=options["skip_invalid"], dry_run=options["dry_run"])
        except InvalidRowsError as error:
            if error.staged:
                self._report(error.staged, (), options)
            raise CommandError(f"{error} Correct them, or leave them out with --skip-invalid.") from error
        except (ReadError, HeaderError, ProgramDataError) as error:
            raise CommandError(f"{options['file']}: {error}") from error
        self._report(imported.staged, imported.notes, options)
        self.stdout.write(f"{_outcome(imported.staged, dry_run=options['dry_run'])} Took {time.perf_counter() - started:.1f} s.")

    def _report(self, staged: Staged, notes: Sequence[str], options: dict[str, Any]) -> None:
        told, plan, preview = staged.told, staged.plan, staged.preview
        self.stdout.write(f"{options['file'].name}: {told.preset.title}, stated by {told.source_name} ({told.rank.label}), as of {told.as_of}.")
        self.stdout.write("Rows: " + ", ".join(f"{count} {state.value}" for state, count in preview.rows.items()))
        self.stdout.write(f"In all: {', '.join(counted(totals(plan, preview))) or 'no change'}")
        for note in notes:
            self.stdout.write(f"Note: {note}")
        self._list("Changes to programs on record", [_in_words(change) for change in in_order(preview.changes)])
        self._list("Programs that the file no longer has, which stay as they are", [f"{gone.key} {gone.name}" for gone in staged.missing])
        self._show("Rows that cannot be applied", plan.problems_of(Severity.INVALID))
        self._show("Warnings: not read or not taken over", plan.problems_of(Severity.WARNING))
        if path := options["problems"]:
            _write_problems(path, plan.problems)
            self.stdout.write(f"All {len(plan.problems)} problems: {path}")

    def _show(self, title: str, problems: Sequence[Problem]) -> None:
        lines = [f"line {problem.line}, {problem.column or 'row'} {problem.value!r}: {problem.message}" for problem in problems]
        self._list(title, lines, remedy="; --problems FILE writes them all")

    def _list(self, title: str, lines: Sequence[str], remedy: str = "") -> None:
        """Print the first of `lines`, and how many more there are; nothing where there are none."""
        if not lines:
            return
        self.stdout.write(f"{title}: {len(lines)}")
        for line in lines[:SHOWN]:
            self.stdout.write(f"  {line}")
        if len(lines) > SHOWN:
            self.stdout.write(f"  and {len(lines) - SHOWN} more{remedy}")


def _in_words(change: Change) -> str:
    (program,) = grouped([change])
    (line,) = program.lines
    return f"line {line.line}, {program.key} {program.name}: {line.label}: {line.before} -> {line.after} ({line.kind})"


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"write the date as 2026-09-30, not {text!r}") from None


def _request(options: dict[str, Any]) -> ImportRequest:
    latest = settings.MATCH_YEAR + 1
    if not FIRST_SEASON <= options["season"] <= latest:
        raise CommandError(f"--season {options['season']}: write a Match year from {FIRST_SEASON} to {latest}.")
    if options["as_of"] and options["as_of"] > timezone.localdate():
        raise CommandError(f"--as-of {options['as_of']} has not come yet: write the day the facts were true.")
    path = options["file"]
    if options["problems"]:
        _require_writable(options["problems"], read=path)  # before anything is imported
    return ImportRequest(
        data=_read(path),
        file_name=path.name,
        season=options["season"],
        preset=options["preset"],
        source=options["source"],
        rank=RANKS.get(options["rank"]),
        as_of=options["as_of"],
        licence=options["licence"],
        url=options["url"],
    )


def _read(path: Path) -> bytes:
    """The bytes of the file, at most one more than may be imported."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{path} cannot be read ({error.strerror}): check the name and the permissions.") from error


def _outcome(staged: Staged, *, dry_run: bool) -> str:
    if staged.is_empty:
        return "Nothing to write: everything in the file is on record already." if staged.repeated else "Nothing to write: no row could be read."
    return "Trial run: nothing was written." if dry_run else "Written."


def _require_writable(path: Path, *, read: Path) -> None:
    """Find out whether problems can be written to `path`, which keeps what it holds. Raises CommandError, also where it is the file to read."""
    is_new = not path.exists()
    if not is_new and read.exists() and path.samefile(read):
        raise CommandError(f"--problems {path} is the file to import, and would replace it: choose another file for --problems.")
    try:
        path.open("a").close()
    except OSError as error:
        raise _not_written(path, error) from error
    if is_new:
        path.resolve().unlink()  # not the link that led there


def _not_written(path: Path, error: OSError) -> CommandError:
    return CommandError(f"{path} cannot be written ({error.strerror}): choose another file for --problems.")


def _write_problems(path: Path, problems: Sequence[Problem]) -> None:
    header = ("line", "column", "value", "severity", "message")
    rows = ((problem.line, problem.column, problem.value, problem.severity.value, problem.message) for problem in problems)
    try:
        path.write_bytes(csv_bytes(header, rows))
    except OSError as error:
        raise _not_written(path, error) from error
