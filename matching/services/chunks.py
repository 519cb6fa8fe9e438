"""The parts of a recompute: taken by one worker at a time, worked out, and finished in one transaction.

A part has a lease. Whoever holds it may finish it; when it has run out, the next worker takes the part, and what the first one
worked out is dropped. So a worker can be killed at any moment, and a part run twice, without a result or a notice too many or too few.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.db.models import F, Q
from django.utils import timezone

from matching.adapters import engine_name, season
from matching.choices import UNFINISHED, ChunkState, RunState
from matching.models import RecomputeChunk, RecomputeRun
from matching.packing import Ids
from matching.services.aims import Aim, Goal, aims, read_by_results
from matching.services.entries import Told, update_entries
from matching.services.locks import writing_results
from matching.services.results import Batch, Need, Stored, Wanted, needs, new_levels, orders, stored, unchanged, wanted, worked_out, write
from matching.services.runs import complete, fail
from programs.queries import data_version

MOST_ATTEMPTS = 5
# A profile that is saved while its part is worked out makes the part start over; nobody saves this often.
MOST_RETRIES = 5


class _ProfilesMovedError(Exception):
    """Somebody saved or deleted a profile of the part meanwhile, or put a program of another specialty on a list: work it out again."""


class _LeaseLostError(Exception):
    """The run is over, the data has moved on, or another worker has the part: drop what was worked out."""


class Lease(NamedTuple):
    """The right to finish one part, until somebody else gets it."""

    chunk_id: int
    token: str
    profile_ids: list[int]


def work(run_id: int) -> bool:
    """Do the next part of a run; whether there may be more to do now.

    Safe to be killed at any point, and to run twice at once. What goes wrong is raised, and the part is given back: after MOST_ATTEMPTS the
    run has failed. Queries do not grow with the profiles of the part.
    """
    run = RecomputeRun.objects.filter(pk=run_id, state__in=UNFINISHED).first()
    if run is None or not _is_current(run):
        return False
    lease = claim(run)
    if lease is None:
        return False
    try:
        return _do(run, lease)
    except (OperationalError, InterfaceError):
        raise  # the database is away, and nothing can be written; the lease runs out by itself
    except Exception as error:
        _give_back(run, lease, error)
        raise


def _is_current(run: RecomputeRun) -> bool:
    """Whether this process would give the results that the run is for: data moves on, and engines are exchanged."""
    return (run.data_version, run.engine, run.season) == (data_version(), engine_name(), settings.MATCH_YEAR)


def claim(run: RecomputeRun) -> Lease | None:
    """Take the next part that nobody works on; None where there is none. A part that has been taken too often ends the run."""
    while True:
        now = timezone.now()
        free = Q(state=ChunkState.WAITING) | Q(state=ChunkState.LEASED, leased_until__lt=now)
        candidates = RecomputeChunk.objects.filter(free, run=run)
        found = candidates.order_by("attempts", "number").values_list("pk", "attempts", "profile_ids").first()
        if found is None:
            return None
        pk, attempts, profile_ids = found
        if attempts >= MOST_ATTEMPTS:
            fail(run, f"One part did not end in {MOST_ATTEMPTS} attempts: workers died over it. Look at their log, then start a recompute by hand.")
            return None
        lease = Lease(pk, uuid.uuid4().hex, profile_ids)
        until = now + timedelta(seconds=settings.RECOMPUTE_LEASE_SECONDS)
        # Two workers may have read the same part: the condition lets one of them have it.
        if candidates.filter(pk=pk).update(state=ChunkState.LEASED, lease=lease.token, leased_until=until, attempts=F("attempts") + 1):
            RecomputeRun.objects.filter(pk=run.pk, state=RunState.WAITING).update(state=RunState.RUNNING, started_at=now, beat_at=now)
            return lease


def _do(run: RecomputeRun, lease: Lease) -> bool:
    for _ in range(MOST_RETRIES):
        try:
            finish(run, lease, work_out(run, lease.profile_ids))
        except _ProfilesMovedError:
            continue
        except _LeaseLostError:
            return False
        return True
    raise RuntimeError(f"Profiles of one part were saved {MOST_RETRIES} times while it was worked out.")


def _give_back(run: RecomputeRun, lease: Lease, error: Exception) -> None:
    held = RecomputeChunk.objects.filter(pk=lease.chunk_id, state=ChunkState.LEASED, lease=lease.token)
    held.update(state=ChunkState.WAITING, lease="", leased_until=None)
    if RecomputeChunk.objects.filter(pk=lease.chunk_id, attempts__gte=MOST_ATTEMPTS).exists():
        fail(run, f"One part failed {MOST_ATTEMPTS} times: {type(error).__name__}: {error}. Mend the cause, then start a recompute by hand.")


@dataclass(frozen=True)
class Work:
    """What was worked out for one part, and for whom: profiles as they stood when they were read."""

    who: Wanted
    found: list[Stored]
    batches: list[Batch]
    touched: Mapping[int, frozenset[str]]
    among: frozenset[int] | None


def work_out(run: RecomputeRun, profile_ids: list[int]) -> Work:
    """Read and score; writes nothing."""
    who, found = wanted(run.season, profile_ids), stored(profile_ids)
    programs = orders(one.order_id for one in found)
    touched = None if run.touched is None else {int(program_id): frozenset(names) for program_id, names in run.touched.items()}
    goal = Goal(run.data_version, run.season, run.engine, base=_base(run), touched=read_by_results(touched))
    aim = aims(goal, {specialty for standing in who.values() for specialty in standing.specialties})
    todo = needs(who, found, aim, programs)
    batches = worked_out(todo, found, aim, programs, season(run.season))
    return Work(who, found, batches, touched or {}, _movable(goal, todo, found, aim, programs))


def _base(run: RecomputeRun) -> int:
    """The version that everything was brought to before this run."""
    done = RecomputeRun.objects.filter(pk__lt=run.pk, state=RunState.DONE, engine=run.engine, season=run.season).order_by("-pk")
    return done.values_list("data_version", flat=True).first() or 0


def _movable(
    goal: Goal, todo: Mapping[tuple[int, str], Need], found: Iterable[Stored], aim: Mapping[str, Aim], programs: Mapping[int, Ids]
) -> frozenset[int] | None:
    """The programs whose entries can have moved; None where any can."""
    if goal.touched is None or not {Need.WHOLE, Need.FRESH}.isdisjoint(todo.values()):
        return None
    followed = {(one.specialty, one.order_id) for one in found if one.specialty in aim}
    return goal.touched.union(*(aim[specialty].moved(programs[order_id]) for specialty, order_id in followed))


def finish(run: RecomputeRun, lease: Lease, done: Work) -> None:
    """Write what was worked out, in one transaction: snapshots, entries, notices, counts, and that the part is done.

    Raises _LeaseLostError and _ProfilesMovedError, and then nothing is written.
    """
    with writing_results():
        held = RecomputeRun.objects.select_for_update().get(pk=run.pk)
        mine = RecomputeChunk.objects.filter(pk=lease.chunk_id, state=ChunkState.LEASED, lease=lease.token)
        if held.state not in UNFINISHED or not _is_current(held) or not mine.update(state=ChunkState.DONE, lease="", leased_until=None):
            raise _LeaseLostError
        if not unchanged(done.who, run.season):
            raise _ProfilesMovedError
        write(done.batches, done.found)
        told = Told(done.touched, run.season, run.cause, new_levels(done.batches, done.found))
        notices = update_entries(done.batches, season=run.season, version=run.data_version, told=told, among=done.among)
        held.profiles_done += len(lease.profile_ids)
        held.notices += notices
        held.beat_at = timezone.now()
        held.save(update_fields=("profiles_done", "notices", "beat_at"))
        if not RecomputeChunk.objects.filter(run=run).exclude(state=ChunkState.DONE).exists():
            complete(held)
