"""The applicant's rank list: in which order they would like to train, of the programs that may rank them."""

from collections.abc import Sequence
from enum import StrEnum

from applicants.models import Profile
from matching.choices import Step
from matching.models import ProgramList
from matching.services.editing import change_list, locked_profile
from matching.services.entry_fields import ListError
from matching.services.locks import writing_results
from matching.services.season import Application, SeasonBook


class Move(StrEnum):
    """What a button of the rank list does with a program."""

    TOP = "top"
    UP = "up"
    DOWN = "down"
    ADD = "add"
    OFF = "off"


def ranked(applications: Sequence[Application]) -> list[Application]:
    """What has a place, the first first."""
    return sorted((one for one in applications if one.line.rank is not None), key=lambda one: (one.line.rank or 0, one.line.position, one.line.pk))


def rankable(applications: Sequence[Application]) -> list[Application]:
    """What has no place yet and could have one: interviewed, or with an interview to come, and not given up or matched elsewhere."""
    may = {Step.INTERVIEWED, Step.RANKED, Step.MATCHED}
    return [one for one in applications if one.line.rank is None and may & one.told.keys() and Step.WITHDRAWN not in one.told]


def moved(order: Sequence[str], key: str, move: Move) -> tuple[str, ...]:
    """The order after a button was pressed at `key`. Everything else keeps its order; at an end it stays. Pure."""
    rest = [one for one in order if one != key]
    if move is Move.OFF:
        return tuple(rest)
    place = order.index(key) if key in order else len(rest)
    new = {Move.TOP: 0, Move.UP: max(place - 1, 0), Move.DOWN: min(place + 1, len(rest)), Move.ADD: place}[move]
    return (*rest[:new], key, *rest[new:])


def move_rank(*, by: str, profile: Profile, match_year: int, saved: ProgramList, key: str, move: Move, seen: int | None) -> ProgramList:
    """Move one program of the rank list, put it at the end, or take it off; the others close up. `saved` is the applicant's own list.

    Raises ListError where the program is not on the list, or was matched and would go; ListConflict: see matching.services.editing.
    """
    with writing_results():
        saved.profile = locked_profile(profile)  # so that the order stays what it is while it is worked out
        now, one = _on_rank_list(saved, key, move)
        places = {name: place for place, name in enumerate(moved(now, key, move), start=1)}
        edits = {name: {"rank": places.get(name)} for name in {*now, key}}
        return change_list(by=by, profile=profile, match_year=match_year, edits=edits, said=_said(one.line.name, move), seen=seen)


def _on_rank_list(saved: ProgramList, key: str, move: Move) -> tuple[list[str], Application]:
    """The keys of the rank list in their order, and the program that is to move. Raises ListError where it may not."""
    book = SeasonBook(saved)
    one = book.by_key.get(key)
    if one is None:
        raise ListError("This program is not on your list: add it first.")
    if move is Move.OFF and Step.MATCHED in one.told:
        raise ListError(f"{one.line.name} is recorded as your match: remove “matched” first if it was a mistake.")
    if move is not Move.OFF and one.line.rank is None and Step.WITHDRAWN in one.told:
        raise ListError(f"{one.line.name}: you withdrew there. Remove “withdrawn by me” first if it was a mistake.")
    return [entry.line.key for entry in ranked(book.applications)], one


def _said(name: str, move: Move) -> str:
    words = {Move.TOP: "to the top", Move.UP: "one place up", Move.DOWN: "one place down", Move.ADD: "onto the rank list", Move.OFF: "off the rank list"}
    return f"{name} moved {words[move]}"
