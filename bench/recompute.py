"""Measure recomputes on demonstration data: a full one, one after a hundredth of the programs changed, and whom a change would touch."""

import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

PROFILES = 2000
CHANGED = 40  # programs: a hundredth of the demonstration's
TOUCHED = 400  # programs of a hypothetical import
FULL_TARGET, SMALL_SHARE, IMPACT_TARGET = 15_000, 0.1, 2_000  # milliseconds, share of the full run, milliseconds
REPEATS = 5  # of the small runs


def prepare(profiles: int = PROFILES) -> None:
    """Variations of the demonstration's applicants, until there are so many."""
    from applicants.choices import Outcome
    from applicants.models import Profile
    from applicants.queries import demonstration_profiles, profile_data
    from applicants.services import save_profile

    draw = random.Random(2027)  # noqa: S311 - the same applicants every time
    models = [profile_data(one) for one in demonstration_profiles()]
    for _ in range(profiles - Profile.objects.count()):
        one = draw.choice(models)
        year = (one.graduation_year or 2020) - draw.randint(0, 5)
        more = draw.randint(0, 12)  # a score that passed still passes
        scored = tuple(replace(each, score=each.score + more) if each.score and each.outcome == Outcome.PASS else each for each in one.sittings)
        save_profile(by="bench", data=replace(one, graduation_year=year, sittings=scored, label=""), is_demo=True)


def run_through(cause: str) -> float:
    """Start a run and do all of it in this process; milliseconds. Caches of programs start empty, as in a worker that meets new data."""
    from matching.adapters import forget_programs
    from matching.choices import RunState
    from matching.services.chunks import work
    from matching.services.runs import start_run
    from smartpick.celery import keep_out_of_the_way

    forget_programs()
    keep_out_of_the_way()
    began = time.perf_counter()
    run = start_run(by="bench@example.org", cause=cause)
    while run and work(run.pk):
        pass
    took = (time.perf_counter() - began) * 1000
    if run is None or (run.refresh_from_db() or run.state != RunState.DONE):
        raise SystemExit(f"The recompute did not end: {run}")
    return took


def change_programs(count: int, draw: random.Random) -> None:
    """State a new Step 2 CK minimum and a visa answer of so many random programs."""
    from django.utils import timezone

    from programs.changes import NewFact
    from programs.models import Program, Source
    from programs.services import apply_changes

    keys = draw.sample(sorted(Program.objects.values_list("key", flat=True)), count)
    source = Source.objects.filter(is_demo=True).order_by("rank").first()
    today = timezone.localdate() + timedelta(days=draw.randint(1, 300))
    facts = [NewFact(key, "step2_min", str(draw.randint(210, 250)), "strict", source.pk, today, 2027) for key in keys if source]
    facts += [NewFact(key, "visa_j1", draw.choice(("yes", "no")), "strict", source.pk, today, 2027) for key in keys if source]
    apply_changes(by="bench", cause=f"{count} programs changed", facts=facts)


def look_ahead() -> Callable[[], object]:
    """A call that asks whom a change of TOUCHED programs would touch."""
    from matching.services.impact import Hypothetical, impact
    from programs.models import Program

    ids = random.Random(7).sample(sorted(Program.objects.values_list("pk", flat=True)), TOUCHED)  # noqa: S311 - the same programs every time
    states = dict(Program.objects.filter(pk__in=ids).values_list("pk", "field_states"))
    firm = {pk: {**kept, "step2_min": ["known", "strict", False]} for pk, kept in states.items()}
    then = Hypothetical(values={pk: {"step2_min": 245} for pk in ids}, states=firm, closed=frozenset(ids[:20]))
    return lambda: impact(then)


def recompute() -> list[tuple[str, list[float], float]]:
    """(what, milliseconds of each repeat, target) of each measurement; needs the demonstration data and writes to the database."""
    from applicants.models import Profile
    from matching.models import ScoreSnapshot
    from programs.models import Program

    prepare()
    first = run_through("first results")
    people, programs, results = Profile.objects.count(), Program.objects.count(), ScoreSnapshot.objects.count()
    draw, small = random.Random(40), []  # noqa: S311 - the same changes every time
    for _ in range(REPEATS):
        change_programs(CHANGED, draw)
        small.append(run_through("a hundredth of the programs"))
    ask, asked = look_ahead(), []
    for _ in range(REPEATS):
        began = time.perf_counter()
        ask()
        asked.append((time.perf_counter() - began) * 1000)
    return [
        (f"recompute: {people:,} applicants x {programs:,} programs, {results:,} results, one process", [first], FULL_TARGET),
        (f"recompute: the same after {CHANGED} programs changed", small, first * SMALL_SHARE),
        (f"recompute: whom {TOUCHED} changed programs would touch", asked, IMPACT_TARGET),
    ]
