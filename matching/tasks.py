"""What the worker does. Ids in; the work is in the services.

No state is in the broker (docs/adr/0001): a message that is lost, or comes twice, does no harm. `keep_up_to_date` finds what has stopped.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from celery import shared_task
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from kombu.exceptions import OperationalError as BrokerError

from matching.services.chunks import work
from matching.services.runs import AUTOMATIC, is_behind, is_stalled, newest_cause, start_run, unfinished_run

log = logging.getLogger(__name__)


def enqueue(run_id: int) -> None:
    """Have the workers begin with a run; call it when the transaction that started it is committed.

    Where the broker is away, `keep_up_to_date` does it later.
    """
    try:
        for _ in range(settings.RECOMPUTE_TASKS):
            work_on_run.apply_async((run_id,))
    except (BrokerError, OSError):  # OSError: the folder of the filesystem broker cannot be used
        log.warning("The broker is away: recompute %s begins when it is back.", run_id)


@shared_task  # type: ignore[untyped-decorator]  # Celery says nothing of types
def work_on_run(run_id: int) -> None:
    """Do parts of a run until none is left, for RECOMPUTE_SLICE_SECONDS at most; then queue up again, behind whoever waits."""
    until = time.monotonic() + settings.RECOMPUTE_SLICE_SECONDS
    with leaving_it_to_the_lease(f"work on recompute {run_id}"):
        while work(run_id):
            if time.monotonic() > until:
                work_on_run.apply_async((run_id,))
                return


@shared_task  # type: ignore[untyped-decorator]
def keep_up_to_date() -> None:
    """Start a run where results are out of date, and go on with one that no worker is at. Runs every BEAT_SECONDS."""
    with leaving_it_to_the_lease("keep results up to date"):
        started = start_run(by=AUTOMATIC, cause=newest_cause()) if is_behind() else None
        run = started or unfinished_run()
        if run and (run == started or is_stalled(run)):
            enqueue(run.pk)


@contextmanager
def leaving_it_to_the_lease(what: str) -> Iterator[None]:
    """Where the database goes away, its connection is of no more use, and somebody takes over when the lease has run out."""
    try:
        yield
    except (OperationalError, InterfaceError):
        log.exception("Could not %s: the database did not answer. Somebody goes on when it is back.", what)
        connection.close()
