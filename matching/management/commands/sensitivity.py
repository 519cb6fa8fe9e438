"""`manage.py sensitivity`: how many tiers change when a weight that is judgement is halved or doubled."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from matching.engine.evidence import sensitivity
from matching.engine.evidence.sensitivity import GROUPS, Measured, as_csv
from matching.presenters.sensitivity import Effect, SensitivityTable, sensitivity_table
from matching.services.sensitivity import NotDemonstrationError, measure_demonstration
from programs.demo.services import DEFAULT_SEED
from smartpick.files import replace_text

RENEW = "run python manage.py sensitivity --write and commit the result."


class Command(BaseCommand):
    help = (
        "Halve and double each weight that is judgement, and count the tiers that change in the demonstration data. "
        "Takes about half a minute; writes nothing to the database."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help=f"The seed of the demonstration data loaded (default: {DEFAULT_SEED}).")
        parser.add_argument("--only", choices=[group.key for group in GROUPS], help="Measure this group of weights alone, in some seconds.")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--json", action="store_true", help="Print the figures as JSON.")
        what.add_argument("--write", action="store_true", help="Write them to matching/engine/evidence/sensitivity.csv, which the Method page shows.")
        what.add_argument("--check", action="store_true", help="Write nothing; fail if that table holds other figures.")

    def handle(self, *, seed: int, only: str | None, json: bool, write: bool, check: bool, **options: Any) -> None:
        if only and (write or check):
            raise CommandError("--only measures one group, and the table holds all of them: leave it out, or leave out --write and --check.")
        try:
            lines = measure_demonstration(seed=seed, groups=[group for group in GROUPS if only in {None, group.key}])
        except NotDemonstrationError as error:
            raise CommandError(str(error)) from None
        if check:
            self._check(lines)
        elif write:
            try:
                replace_text(sensitivity.FILE, as_csv(lines))
            except OSError as error:
                raise CommandError(f"{sensitivity.FILE} cannot be written: {error.strerror}. Nothing is changed.") from None
            self.stdout.write(f"Written: {sensitivity.FILE.name}. Restart what is running.")
        else:
            self.stdout.write(as_json(lines) if json else as_text(sensitivity_table(lines)), ending="")

    def _check(self, lines: Sequence[Measured]) -> None:
        if sensitivity.FILE.read_text(encoding="utf-8") != as_csv(lines):
            raise CommandError(f"{sensitivity.FILE.name} holds other figures: {RENEW}")
        self.stdout.write(f"{sensitivity.FILE.name} holds these figures.")


def as_json(lines: Sequence[Measured]) -> str:
    """The lines as the table has them."""
    return f"{json.dumps([asdict(line) for line in lines], indent=1)}\n"


def as_text(table: SensitivityTable) -> str:
    """A line a group, the weightiest first."""
    width = max(len(line.title) for line in table.lines)
    lines = [f"{'tiers that change when it is':<{width}}{'halved':>9}{'up':>6}{'down':>6}{'doubled':>9}{'up':>6}{'down':>6}"]
    lines += [f"{line.title:<{width}}{_counts(line.halved)}{_counts(line.doubled)}" for line in table.lines]
    lines.append(f"Of {table.pairs:,} pairs of {table.applicants} applicants and {table.programs:,} programs (seed {table.seed}), engine {table.version}.")
    return "\n".join(lines) + "\n"


def _counts(effect: Effect) -> str:
    if not effect.touched:
        return f"{'nobody concerned':>21}"
    return f"{effect.changed:>9,}{effect.up:>6,}{effect.down:>6,}"
