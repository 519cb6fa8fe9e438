"""The words that lists and recomputes are kept in. Pure apart from Django's enum base."""

from django.db.models import TextChoices


class RunState(TextChoices):
    """How far a recompute has come."""

    WAITING = "waiting", "waiting for a worker"
    RUNNING = "running", "running"
    DONE = "done", "done"
    SUPERSEDED = "superseded", "given up for a newer one"
    CANCELLED = "cancelled", "cancelled"
    FAILED = "failed", "failed"


# A run in one of these still has something to do.
UNFINISHED = frozenset({RunState.WAITING, RunState.RUNNING})


class ChunkState(TextChoices):
    """How far one part of a recompute has come. A part being worked on has a lease: when it runs out, anybody may take it."""

    WAITING = "waiting", "waiting"
    LEASED = "leased", "being worked on"
    DONE = "done", "done"


class ChangeKind(TextChoices):
    """What happened to a program on a saved list."""

    EXCLUDED = "excluded", "now excluded"
    OPENED = "opened", "open again"
    BETTER = "better", "better tier"
    WORSE = "worse", "lower tier"
    GONE = "gone", "no longer listed"
    BACK = "back", "listed again"
