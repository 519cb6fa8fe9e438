"""`manage.py recompute`: bring stored results up to date by hand."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from matching.choices import RunState
from matching.models import RecomputeRun
from matching.services.chunks import work
from matching.services.runs import Progress, RunError, cancel_run, progress, start_run, unfinished_run
from matching.tasks import enqueue
from smartpick.wording import plural

BY = "manage.py recompute"
SECONDS_BETWEEN_LOOKS = 1.0


class Command(BaseCommand):
    help = "Start a recompute of all stored results that are out of date. The workers do it, or this process with --wait."

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--wait", action="store_true", help="Work on it here, beside the workers, and show how far it is.")
        what.add_argument("--cancel", action="store_true", help="Stop the one that is going on before its next part.")
        what.add_argument("--status", action="store_true", help="Say how far the newest one is, and do nothing.")

    def handle(self, *, wait: bool, cancel: bool, status: bool, **_: Any) -> None:
        if status:
            self.say_status()
        elif cancel:
            self.cancel()
        else:
            self.start(wait=wait)

    def say_status(self) -> None:
        newest = RecomputeRun.objects.order_by("-pk").first()
        self.stdout.write(f"{newest.cause}: {in_words(progress(newest))}" if newest else "There has been no recompute yet.")

    def cancel(self) -> None:
        run = unfinished_run()
        if run is None:
            raise CommandError("No recompute is going on.")
        try:
            cancel_run(by=BY, run=run)
        except RunError as error:
            raise CommandError(str(error)) from None
        self.stdout.write("The recompute stops before its next part. What it has done stays; the next one goes on from there.")

    def start(self, *, wait: bool) -> None:
        run = start_run(by=BY, cause="Started by hand")
        if run is None:
            self.stdout.write("Everything is up to date.")
        elif wait:
            self.work_here(run)
        else:
            enqueue(run.pk)
            self.stdout.write(f"Recompute {run.pk} is started, for {plural(run.profiles, 'profile')}. How far it is: python manage.py recompute --status")

    def work_here(self, run: RecomputeRun) -> None:
        """Do parts until the run has ended; where workers hold the last ones, wait for them."""
        while True:
            more = work(run.pk)
            run.refresh_from_db()
            found = progress(run)
            self.stdout.write(in_words(found))
            if run.ended_at:
                break
            if not more:
                time.sleep(SECONDS_BETWEEN_LOOKS)
        if found.state != RunState.DONE:
            raise CommandError(f"The recompute has not come to its end: {found.state.label}. {found.error}".strip())


def in_words(found: Progress) -> str:
    """One line: "running, 500 of 2,000 profiles, 410 a second, about 4 s left, 12 notices"."""
    parts = [found.state.label, f"{found.done:,} of {found.total:,} profiles"]
    if found.rate:
        parts.append(f"{found.rate:,.0f} a second")
    if found.seconds_left is not None:
        parts.append(f"about {found.seconds_left:.0f} s left")
    parts.append(plural(found.notices, "notice"))
    if found.stalled:
        parts.append("but no worker has been heard of for a while")
    return ", ".join(parts) + (f". {found.error}" if found.error else "")
