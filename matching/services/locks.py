"""Who may write results at the same time."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

# Any number, as long as no other advisory lock of this database uses it.
RESULTS_LOCK = 20_270_702


@contextmanager
def writing_results() -> Iterator[None]:
    """A transaction that writes the results of some profiles. Many at once, but none while a recompute is planned.

    Enter it before anything else is locked: a plan that waits for this transaction keeps new ones from starting.
    """
    with transaction.atomic():
        _lock("pg_advisory_xact_lock_shared")
        yield


def lock_results_for_planning() -> None:
    """Let nobody write results until this transaction ends: whoever decides which are out of date has to see all that were written before."""
    _lock("pg_advisory_xact_lock")


def _lock(function: str) -> None:
    """SQLite has one writer by itself."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [RESULTS_LOCK])
