"""Recomputes: when one starts, whom it reaches, how far it is, and how it ends."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from applicants.models import Profile
from matching.adapters import engine_name, program_ids
from matching.choices import UNFINISHED, RunState
from matching.models import ProgramOrder, RecomputeChunk, RecomputeRun, ScoreSnapshot
from matching.packing import Ids, digest
from matching.services.aims import Aim, Goal, aims, read_by_results
from matching.services.anchorings import keep_anchorings
from matching.services.locks import lock_results_for_planning
from matching.services.results import Need, Stored, needs, orders, stored, wanted
from programs import bulk
from programs.models import DataVersion, Program
from programs.queries import data_version
from programs.versions import touched_since
from smartpick import audit

# A part takes some tenths of a second, far less than a lease. Where little was touched, reading and writing is what counts, and goes better at once.
CHUNK_PROFILES, CHUNK_PROFILES_TOUCHED = 250, 1000
# Who starts the runs that nobody asked for.
AUTOMATIC = "automatic"


class RunError(ValueError):
    """A run that cannot be started or ended as asked; the message says what to do. Nothing was written."""


@dataclass(frozen=True)
class Progress:
    """How far a run is. Counts are profiles, `rate` profiles a second; None where that cannot be said yet."""

    state: RunState
    done: int
    total: int
    notices: int
    rate: float | None
    seconds_left: float | None
    stalled: bool
    error: str

    @property
    def share(self) -> float:
        """0 to 1."""
        return self.done / self.total if self.total else 1.0


def start_run(*, by: str, cause: str) -> RecomputeRun | None:
    """Bring every stored result to the newest program data, with the engine and the season as they are now.

    An unfinished run on the same basis goes on and is returned; one on an older basis is superseded, with what it had left to do. None where
    everything is up to date. A run that has nobody to reach ends at once. `cause` is told in notices, where no fact explains a change. One
    transaction; an audit event where a person starts it. Does not work itself: enqueue `matching.tasks.work_on_run` once it is committed.
    """
    with transaction.atomic():
        bulk.lock_program_data()
        lock_results_for_planning()
        version = data_version()
        unfinished = RecomputeRun.objects.select_for_update().filter(state__in=UNFINISHED).first()
        if unfinished and _basis(unfinished) == (version, engine_name(), settings.MATCH_YEAR):
            return unfinished
        last = _last_done()
        touched = touched_since(last.data_version) if last else None
        goal = Goal(version, settings.MATCH_YEAR, engine_name(), base=last.data_version if last else 0, touched=read_by_results(touched))
        waiting = _plan(goal)
        if not waiting and last and last.data_version == version:
            return None
        if unfinished:
            _end(unfinished, RunState.SUPERSEDED)
        return _create(goal, touched, waiting, by=by, cause=cause)


def _basis(run: RecomputeRun) -> tuple[int, str, int]:
    return run.data_version, run.engine, run.season


def _last_done() -> RecomputeRun | None:
    """The last run that brought everything to where this engine and season stood then."""
    return RecomputeRun.objects.filter(state=RunState.DONE, engine=engine_name(), season=settings.MATCH_YEAR).order_by("-pk").first()


def _plan(goal: Goal) -> list[int]:
    """Profiles with results to be worked out, by number. Marks the other results as of today."""
    who, found = wanted(goal.season), stored()
    programs = orders(one.order_id for one in found)
    needed = {specialty for standing in who.values() for specialty in standing.specialties}
    keep_anchorings(goal, needed=needed, touched=_touched_by_specialty(goal, found, programs))
    aim = aims(goal, needed)
    todo = needs(who, found, aim, programs)
    _mark_untouched(goal, found, todo, aim)
    return sorted({profile_id for (profile_id, _), need in todo.items() if need is not Need.NOTHING})


def _touched_by_specialty(goal: Goal, found: Iterable[Stored], programs: Mapping[int, Ids]) -> dict[str, int]:
    """How many programs of each specialty were touched, counting those that have left it."""
    if not goal.touched:
        return {}
    now = dict(Program.objects.filter(pk__in=goal.touched).values_list("pk", "specialty_id"))
    places = {(specialty, program_id) for program_id, specialty in now.items()}
    for order_id, specialty in {one.order_id: one.specialty for one in found}.items():
        places |= {(specialty, program_id) for program_id in goal.touched.intersection(programs[order_id].tolist())}
    return Counter(specialty for specialty, _ in places)


def _mark_untouched(goal: Goal, found: Iterable[Stored], todo: Mapping[tuple[int, str], Need], aim: Mapping[str, Aim]) -> None:
    """What no change reached holds for the new version as it is: only its number moves."""
    untouched = {
        (one.order_id, aim[one.specialty].rests_on) for one in found if one.version < goal.version and todo.get((one.profile_id, one.specialty)) is Need.NOTHING
    }
    which = Q(pk=None)
    for order_id, rests_on in untouched:
        which |= Q(order_id=order_id, engine=rests_on)
    ScoreSnapshot.objects.filter(which, data_version__gte=goal.base, data_version__lt=goal.version).update(data_version=goal.version)


def _create(goal: Goal, touched: Mapping[int, frozenset[str]] | None, waiting: list[int], *, by: str, cause: str) -> RecomputeRun:
    now = timezone.now()
    run = RecomputeRun.objects.create(
        data_version=goal.version,
        engine=goal.engine,
        season=goal.season,
        cause=cause[:200],
        started_by=by,
        touched=None if touched is None else {str(program_id): sorted(names) for program_id, names in touched.items()},
        profiles=len(waiting),
        state=RunState.WAITING,
        beat_at=now,
    )
    chunks = enumerate(bulk.chunks(waiting, CHUNK_PROFILES if touched is None else CHUNK_PROFILES_TOUCHED))
    RecomputeChunk.objects.bulk_create(RecomputeChunk(run=run, number=number, profile_ids=list(ids)) for number, ids in chunks)
    if by != AUTOMATIC:
        audit.record(by=by, verb="recompute:start", target=f"recompute:{run.pk}", cause=run.cause, profiles=run.profiles)
    if not waiting:
        complete(run)
    return run


@transaction.atomic
def cancel_run(*, by: str, run: RecomputeRun) -> None:
    """Stop a run before its next part; what it has done stays. The next one starts from there. Raises RunError where it has ended."""
    held = RecomputeRun.objects.select_for_update().get(pk=run.pk)
    if held.state not in UNFINISHED:
        raise RunError(f"This recompute has ended already: {RunState(held.state).label}.")
    _end(held, RunState.CANCELLED)
    audit.record(by=by, verb="recompute:cancel", target=f"recompute:{held.pk}", profiles=held.profiles_done)


def complete(run: RecomputeRun) -> None:
    """The last part is done: end the run, and drop what no result follows any more. Call it inside a transaction."""
    _end(run, RunState.DONE)
    RecomputeChunk.objects.exclude(run=run).delete()  # no other run is unfinished
    unused = ProgramOrder.objects.filter(snapshots=None).values_list("pk", "specialty", "digest")
    # Today's order stays: somebody may be saving a first result that follows it.
    gone = [pk for pk, specialty, name in unused if name != digest(program_ids(specialty))]
    ProgramOrder.objects.filter(pk__in=gone).delete()


def fail(run: RecomputeRun, error: str) -> None:
    """End a run that cannot go on, unless it has ended meanwhile; `error` is shown to admins."""
    RecomputeRun.objects.filter(pk=run.pk, state__in=UNFINISHED).update(state=RunState.FAILED, ended_at=timezone.now(), error=error[:300])


def _end(run: RecomputeRun, state: RunState) -> None:
    run.state, run.ended_at = state, timezone.now()
    run.save(update_fields=("state", "ended_at"))


def is_behind() -> bool:
    """Whether a run should be started: none has begun for the newest data, engine and season, or a profile has no results. 3 queries at most.

    A run that failed or was cancelled is not begun again by itself.
    """
    version, newest = data_version(), RecomputeRun.objects.order_by("-pk").first()
    if not version:
        return False
    if newest is None or _basis(newest) != (version, engine_name(), settings.MATCH_YEAR):
        return True
    return newest.state == RunState.DONE and Profile.objects.filter(snapshots=None).exclude(specialties=[]).exists()


def newest_cause() -> str:
    """What happened to the program data last, for a run that nobody asked for. 1 query."""
    return DataVersion.objects.order_by("-pk").values_list("cause", flat=True).first() or "First results"


def unfinished_run() -> RecomputeRun | None:
    """The run that has something left to do. 1 query."""
    return RecomputeRun.objects.filter(state__in=UNFINISHED).first()


def is_stalled(run: RecomputeRun, *, now: datetime | None = None) -> bool:
    """Whether no worker has finished a part of an unfinished run for longer than a lease."""
    heard = run.beat_at or run.created_at
    return run.state in UNFINISHED and (now or timezone.now()) - heard > timedelta(seconds=settings.RECOMPUTE_LEASE_SECONDS)


def progress(run: RecomputeRun) -> Progress:
    """How far a run is, from its row as read. No queries."""
    now = timezone.now()
    took = ((run.ended_at or now) - run.started_at).total_seconds() if run.started_at else 0.0
    rate = run.profiles_done / took if took > 0 and run.profiles_done else None
    left = (run.profiles - run.profiles_done) / rate if rate and run.state in UNFINISHED else None
    return Progress(RunState(run.state), run.profiles_done, run.profiles, run.notices, rate, left, is_stalled(run, now=now), run.error)
