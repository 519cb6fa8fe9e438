"""Recomputes: the ledger of them, and how far the one is that is going on."""

from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from matching.choices import UNFINISHED, RunState
from matching.models import RecomputeRun
from matching.services.runs import Progress, progress
from smartpick.wording import plural

PAGE_SIZE = 50
MINUTE, HOUR = 60, 3600


def runs() -> QuerySet[RecomputeRun]:
    """Every recompute, the newest first, without what it touches: that can be long, and no page shows it."""
    return RecomputeRun.objects.defer("touched")


@dataclass(frozen=True)
class RunLine:
    """One recompute in the ledger."""

    run: RecomputeRun

    @property
    def state(self) -> str:
        """How it went, in words."""
        return str(RunState(self.run.state).label)

    @property
    def failed(self) -> bool:
        """Whether it ended with an error."""
        return self.run.state == RunState.FAILED

    @property
    def reached(self) -> str:
        """Applicants: all that it was for, and how many it came to where it ended before."""
        run = self.run
        return f"{run.profiles:,}" if run.profiles_done == run.profiles else f"{run.profiles_done:,} of {run.profiles:,}"

    @property
    def took(self) -> str:
        """From its first part to its end; "" while it goes on, and for one that never began."""
        run = self.run
        return duration((run.ended_at - run.started_at).total_seconds()) if run.started_at and run.ended_at else ""


@dataclass(frozen=True)
class Bar:
    """How far a recompute is: for `matching/_recompute_bar.html`."""

    run: RecomputeRun
    progress: Progress

    @property
    def told(self) -> str:
        """The bar in words: "1,250 of 4,000 applicants, 410 a second, about 7 s left, 12 notices"."""
        found = self.progress
        parts = [f"{found.done:,} of {found.total:,} applicants"]
        if found.rate:
            parts.append(f"{found.rate:,.0f} a second" if found.rate >= 1 else "less than one a second")
        if found.seconds_left is not None:
            parts.append(f"about {duration(found.seconds_left)} left")
        return ", ".join([*parts, plural(found.notices, "notice")])

    @property
    def waits(self) -> bool:
        """Whether no worker has begun yet."""
        return self.progress.state == RunState.WAITING

    @property
    def patience(self) -> str:
        """For how long no worker may be heard of before the page says so."""
        return duration(settings.RECOMPUTE_LEASE_SECONDS)


def bar() -> Bar | None:
    """The recompute that is going on; None where none is. 1 query."""
    run = runs().filter(state__in=UNFINISHED).first()
    return Bar(run, progress(run)) if run else None


def run_ended(pk: int | None) -> RunLine | None:
    """A recompute that somebody watched, once it has ended. 1 query."""
    run = runs().filter(pk=pk).exclude(state__in=UNFINISHED).first() if pk else None
    return RunLine(run) if run else None


class RecomputesPage:
    """The ledger and what is going on: `matching/recomputes.html`. Lazy; `bar` 1 query, `page` 2, `last` 1."""

    def __init__(self, number: str | None = None) -> None:
        self.number = number

    @cached_property
    def bar(self) -> Bar | None:
        """What is going on."""
        return bar()

    @cached_property
    def page(self) -> Page[RecomputeRun]:
        """One page of recomputes."""
        return Paginator(runs(), PAGE_SIZE).get_page(self.number)

    @property
    def lines(self) -> list[RunLine]:
        """The same in words."""
        return [RunLine(run) for run in self.page]

    @cached_property
    def failure(self) -> RunLine | None:
        """The newest recompute, where it failed: results may be out of date until another one ends."""
        newest = runs().first()
        return RunLine(newest) if newest and newest.state == RunState.FAILED else None


def duration(seconds: float) -> str:
    """So many seconds as a person says it: "12 s", "3 min 20 s", "1 h 5 min"; a part of a second is "less than 1 s"."""
    if seconds < 1:
        return "less than 1 s"
    whole = round(seconds)
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return _two(whole // MINUTE, "min", whole % MINUTE, "s")
    return _two(whole // HOUR, "h", whole % HOUR // MINUTE, "min")


def _two(many: int, unit: str, rest: int, smaller: str) -> str:
    return f"{many:,} {unit} {rest} {smaller}" if rest else f"{many:,} {unit}"
