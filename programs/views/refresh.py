"""Program data changed: have every stored result brought up to date."""

from functools import partial

from django.db import transaction

from matching.choices import UNFINISHED
from matching.services.runs import start_run
from matching.tasks import enqueue


def refresh(by: str, cause: str) -> None:
    """Start a recompute of what the change touches. Call it after the service that changed program data."""
    run = start_run(by=by, cause=cause)
    if run and run.state in UNFINISHED:  # one that has nobody to reach has ended already
        transaction.on_commit(partial(enqueue, run.pk))
