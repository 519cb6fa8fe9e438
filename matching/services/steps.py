"""The only writer of what happened with applications: a list's season steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from applicants.models import Profile
from matching.choices import Step
from matching.models import ListEntry, ProgramList, SeasonStep
from matching.services.editing import ListConflict, count_as_use, keep_event, locked_profile, refuse_other_season
from matching.services.entry_fields import ListError
from matching.services.locks import writing_results
from matching.services.season import ANSWERS, Application, SeasonBook, Told, problem
from matching.services.workspace import Now
from programs import bulk

# What was shown when the application was sent, on its entry.
STATED = ("stated_chance", "stated_low", "stated_high")


@dataclass(frozen=True)
class Recorded:
    """Keys of programs whose step is `new`, was `changed`, or stays as it `was`; and the names of the first two."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    was: tuple[str, ...]
    names: tuple[str, ...]


def record_step(*, by: str, profile: Profile, match_year: int, key: str, told: Told, today: date, seen: str | None = None) -> Recorded:
    """Record one step of one application, or correct it; with `applied` goes the chance shown at that moment.

    `seen` is `Application.seen` as the reader had it (None: no check): where its steps have changed since, ListConflict is raised. One
    transaction, the list's version rises, an audit event where the writer is not the owner. Raises ListError with what is wrong and
    what to do where the step cannot be, and then nothing is written.
    """
    with _open_book(profile, match_year) as (owner, book):
        one = _application(book, key)
        _refuse_stale(one, seen)
        _refuse_second_match(book, one, told)
        if found := problem(told, one.told, today=today, days=book.days, ranked=one.line.rank is not None):
            raise ListError(f"{one.line.name}: {found}")
        return _write(by, owner, book, [one], told, replaces=True)


def record_steps(*, by: str, profile: Profile, match_year: int, keys: Sequence[str], told: Told, today: date) -> Recorded:
    """Record the same step of many applications at once. What has the step stays as it is, so nothing is written over.

    All or nothing: raises ListError for the first application where the step cannot be, and without any key. As `record_step` otherwise;
    the number of queries does not depend on how many there are.
    """
    if not keys:
        raise ListError("No program is ticked: tick those that it is about, then press the button again.")
    with _open_book(profile, match_year) as (owner, book):
        some = [_application(book, key) for key in dict.fromkeys(keys)]
        if told.step == Step.MATCHED and len(some) > 1:
            raise ListError("Nobody matches twice: record your match where it is.")
        for one in some:
            _refuse_second_match(book, one, told)
            found = "" if told.step in one.told else problem(told, one.told, today=today, days=book.days, ranked=one.line.rank is not None)
            if found:
                raise ListError(f"{one.line.name}: {found} Nothing was recorded for the others either.")
        return _write(by, owner, book, some, told, replaces=False)


def remove_step(*, by: str, profile: Profile, match_year: int, keys: Sequence[str], step: Step, seen: str | None = None) -> tuple[str, ...]:
    """Take a step back, of one application or many; names of the programs that had it. Without `applied` there is no stated chance either.

    `seen`: see `record_step`, of one application only. Raises ListError where the match rests on the step: it has to go first.
    """
    with _open_book(profile, match_year) as (owner, book):
        some = [one for key in dict.fromkeys(keys) if (one := book.by_key.get(key)) and step in one.told]
        for one in some:
            _refuse_stale(one, seen)
            if step == Step.RANKED and Step.MATCHED in one.told and one.line.rank is None:
                raise ListError(f"{one.line.name} is recorded as your match, and nobody matches where they did not rank: remove “matched” first.")
        SeasonStep.objects.filter(pk__in=[one.told[step].pk for one in some]).delete()
        if step == Step.APPLIED:
            ListEntry.objects.filter(pk__in=[one.line.pk for one in some]).update(**dict.fromkeys(STATED))
        _rise(by, "season:remove", owner, book.saved, len(some))
        return tuple(one.line.name for one in some)


class _open_book:  # noqa: N801 - used as a with-statement
    """The list of this season, held until the transaction ends. Raises ListError for another season and without a list."""

    def __init__(self, profile: Profile, match_year: int) -> None:
        refuse_other_season(match_year)
        self.profile, self.match_year, self.held = profile, match_year, writing_results()

    def __enter__(self) -> tuple[Profile, SeasonBook]:
        self.held.__enter__()
        return self.opened()

    def opened(self) -> tuple[Profile, SeasonBook]:
        """The owner and the book."""
        return self.profile, SeasonBook(ProgramList())

    def __exit__(self, *error: object) -> None:
        self.held.__exit__(None, None, None)
