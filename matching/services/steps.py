"""The only writer of what happened with applications: a list's season steps."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from applicants.models import Profile
from matching.choices import Step
from matching.engine import Tier
from matching.models import ListEntry, ProgramList, SeasonStep
from matching.queries import saved_list
from matching.services.editing import ListConflict, count_as_use, keep_event, locked_profile, refuse_other_season
from matching.services.entry_fields import ListError
from matching.services.locks import writing_results
from matching.services.season import ANSWERS, Application, SeasonBook, Told, problem, seen_of
from programs import bulk

# What was shown when the application was sent, on its entry.
STATED = ("stated_chance", "stated_low", "stated_high")
STEP_COLUMNS = ("id", "on", "at", "note")


@dataclass(frozen=True)
class Recorded:
    """Keys of programs whose step is `new`, was `changed`, or stays as it `was`; and all their names by key."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    was: tuple[str, ...]
    names: Mapping[str, str]


@dataclass(frozen=True)
class _Open:
    """A list of this season that nobody else writes now."""

    profile: Profile
    saved: ProgramList
    book: SeasonBook

    def application(self, key: str) -> Application:
        """What is on the list under this key. Raises ListError."""
        one = self.book.by_key.get(key)
        if one is None:
            raise ListError("This program is not on your list: add it first, then record what happened.")
        return one

    def refused(self, one: Application, told: Told, today: date) -> str:
        """Why the step cannot be recorded; "" where it can."""
        if told.step == Step.MATCHED and (match := self.book.match) and match.line.key != one.line.key:
            return f"Nobody matches twice, and {match.line.name} is recorded as your match. Remove that first if it was a mistake."
        return problem(told, one.told, today=today, days=self.book.days, ranked=one.line.rank is not None)


def record_step(*, by: str, profile: Profile, match_year: int, key: str, told: Told, today: date, seen: str | None = None) -> Recorded:
    """Record one step of one application, or correct it; with `applied` goes the chance shown at that moment.

    `seen` is `Application.seen` as the reader had it (None: no check): where its steps have changed since, ListConflict is raised. One
    transaction, the list's version rises, an audit event where the writer is not the owner. Raises ListError with what is wrong and
    what to do where the step cannot be; then nothing is written.
    """
    with _opened(profile, match_year) as list_:
        one = list_.application(key)
        _refuse_stale(one, seen)
        if found := list_.refused(one, told, today):
            raise ListError(f"{one.line.name}: {found}")
        return _write(by, list_, [one], told, replaces=True)


def record_steps(*, by: str, profile: Profile, match_year: int, keys: Sequence[str], told: Told, today: date) -> Recorded:
    """Record the same step of many applications at once. What has the step already stays as it is, so nothing is written over.

    All or nothing: raises ListError for the first application where the step cannot be, and where there is no key. Otherwise as
    `record_step`; the number of queries does not depend on how many there are.
    """
    if not keys:
        raise ListError("No program is ticked: tick those that it is about, then press the button again.")
    with _opened(profile, match_year) as list_:
        some = [list_.application(key) for key in dict.fromkeys(keys)]
        for one in some:
            if told.step not in one.told and (found := list_.refused(one, told, today)):
                raise ListError(f"{one.line.name}: {found} Nothing was recorded for the others either.")
        if told.step == Step.MATCHED and len(some) > 1:
            raise ListError("Nobody matches twice: record your match at the one program.")
        return _write(by, list_, some, told, replaces=False)


def remove_steps(
    *, by: str, profile: Profile, match_year: int, keys: Sequence[str], step: Step, seen: str | None = None, mark: str | None = None
) -> tuple[str, ...]:
    """Take a step of some applications back; names of the programs that had it. Without `applied` there is no stated chance either.

    `seen`: see `record_step`, where it is about one application. `mark`: `season.seen_of` the step as it was recorded (None: any); where it
    was corrected since, it stays. Raises ListError where the match rests on the step.
    """
    with _opened(profile, match_year) as list_:
        some = [one for key in dict.fromkeys(keys) if (one := list_.book.by_key.get(key)) and (step in one.told or seen)]
        for one in some:
            _refuse_stale(one, seen)
            if step == Step.RANKED and Step.MATCHED in one.told and one.line.rank is None:
                raise ListError(f"{one.line.name} is recorded as your match, and nobody matches where they did not rank: remove “matched” first.")
        had = [one for one in some if step in one.told and mark in {None, seen_of([one.told[step]])}]
        SeasonStep.objects.filter(pk__in=[one.told[step].pk for one in had]).delete()
        if step == Step.APPLIED:
            ListEntry.objects.filter(pk__in=[one.line.pk for one in had]).update(**dict.fromkeys(STATED))
        _rise(by, "season:remove", list_, len(had))
        return tuple(one.line.name for one in had)


@contextmanager
def _opened(profile: Profile, match_year: int) -> Iterator[_Open]:
    """The list of this season in a transaction of its own. Raises ListError for another season, and where there is no list."""
    refuse_other_season(match_year)
    with writing_results():
        held = locked_profile(profile)
        saved = saved_list(held, match_year)
        if saved is None:
            raise ListError("There is no list yet: put programs on it first, then record what happened.")
        saved.profile = held
        yield _Open(held, saved, SeasonBook(saved))


def _refuse_stale(one: Application, seen: str | None) -> None:
    if seen is not None and seen != one.seen:
        told = f"What is recorded of {one.line.name} has changed since this page was opened, so nothing was written over it."
        raise ListConflict(f"{told} Look at what is there now, then do it again if you still want it.")


def _write(by: str, list_: _Open, some: Sequence[Application], told: Told, *, replaces: bool) -> Recorded:
    """Write the step of each, where `replaces` also over one that says something else."""
    new = [one for one in some if told.step not in one.told]
    other = [one for one in some if told.step in one.told and _said(one.told[told.step]) != _said(told)] if replaces else []
    SeasonStep.objects.bulk_create(SeasonStep(entry_id=one.line.pk, step=told.step, on=told.on, at=told.at, note=told.note) for one in new)
    bulk.update(SeasonStep, columns=STEP_COLUMNS, rows=[(one.told[told.step].pk, told.on, told.at, told.note) for one in other])
    if told.step == Step.APPLIED:
        _keep_stated(list_, new)
    _rise(by, "season:record", list_, len(new) + len(other))
    touched = {one.line.key for one in (*new, *other)}
    was = tuple(one.line.key for one in some if one.line.key not in touched)
    return Recorded(tuple(one.line.key for one in new), tuple(one.line.key for one in other), was, {one.line.key: one.line.name for one in some})


def _said(told: Told) -> tuple[object, ...]:
    return told.on, told.at, told.note


def _keep_stated(list_: _Open, sent: Sequence[Application]) -> None:
    """Keep the chance shown now beside each application, connection and signal counted in.

    Not where an answer is known already: a chance that is kept after it says nothing about how good the chance was. Nor where none is
    shown, because the program is excluded or not ranked.
    """
    shown = ((one, list_.book.work.now[one.line.key]) for one in sent if ANSWERS.isdisjoint(one.told))
    rows = [(one.line.pk, now.chance, now.low, now.high) for one, now in shown if now is not None and now.tier != Tier.EXCLUDED]
    bulk.update(ListEntry, columns=("id", *STATED), rows=rows)


def _rise(by: str, verb: str, list_: _Open, count: int) -> None:
    """What goes with every change: the list's version, use of the profile, the audit trail."""
    if count:
        list_.saved.version += 1
        list_.saved.save(update_fields=("version",))
        keep_event(by, verb, list_.profile, programs=count)
    count_as_use(list_.profile)
