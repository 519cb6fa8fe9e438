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
    """What happened to a program on a list."""

    EXCLUDED = "excluded", "now excluded"
    OPENED = "opened", "open again"
    BETTER = "better", "better tier"
    WORSE = "worse", "lower tier"
    GONE = "gone", "no longer listed"
    BACK = "back", "listed again"


class Standing(TextChoices):
    """What an entry is to its list. Only ADDED and LOCKED entries are applications; see `ON_LIST`."""

    SUGGESTED = "suggested", "suggested"
    ADDED = "added", "on the list"
    LOCKED = "locked", "locked in"
    VETOED = "vetoed", "ruled out"


# What counts as on the list: it is paid for, and brings interviews.
ON_LIST = frozenset({Standing.ADDED, Standing.LOCKED})


class Connection(TextChoices):
    """A personal tie to a program. What each is worth is judgement: matching/engine/evidence/weights.csv."""

    NONE = "none", "none"
    WEAK = "weak", "weak: know a resident or alumnus there"
    MODERATE = "moderate", "moderate: a mentor speaks for you, or observed there"
    STRONG = "strong", "strong: rotated there, or its faculty know your work"


class Signal(TextChoices):
    """A program signal as application services count them; "" on an entry is none."""

    SINGLE = "single", "signal"
    GOLD = "gold", "gold signal"
    SILVER = "silver", "silver signal"


class Step(TextChoices):
    """What has happened with one application, in the order of a season. None of them: planned."""

    APPLIED = "applied", "applied"
    INVITED = "invited", "invited"
    WAITLISTED = "waitlisted", "waitlisted"
    DECLINED = "declined", "not invited"
    INTERVIEWED = "interviewed", "interviewed"
    WITHDRAWN = "withdrawn", "withdrawn by me"
    RANKED = "ranked", "ranked"
    MATCHED = "matched", "matched"


class Where(TextChoices):
    """What places mean to a proposed list."""

    ANY = "any", "Anywhere"
    PREFER = "prefer", "Rather in the places below"
    ONLY = "only", "Only in the places below"


class StepStanding(TextChoices):
    """How far an applicant is with one Step, as What-if asks for it."""

    SCORED = "scored", "Passed with a score"
    PASSED = "passed", "Passed, score not said"
    NOT_PASSED = "not_passed", "Not passed yet"
    UNKNOWN = "unknown", "Not said"
