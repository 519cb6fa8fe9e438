"""What each source last said about each field of one program, kept together so that a refresh need not read all history. Pure.

It is an index over live facts, which can always rebuild it; a test compares the two. In memory it has one slot a source,
[source id, value, strictness, as-of date, season]; stored, what one source said on one day stands together, which is a third as long:
[source id, as-of date, season, {field: value or [value, strictness]}].
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from programs.choices import FactState
from programs.fields import FIELDS
from programs.resolution import UNKNOWN, FactRow, FieldState, resolve

FIELD_NAMES = tuple(field.name for field in FIELDS)
Slot = list[str | int]
Said = dict[str, list[Slot]]
PackedSaid = list[list[Any]]


class Stated(NamedTuple):
    """One statement to be written, its value canonical (programs.fields). `season` is a Match year."""

    program_id: int
    field: str
    value: str
    strictness: str
    source_id: int
    as_of: date
    season: int
    quote: str = ""
    url: str = ""


def slot_of(source_id: int, value: str, strictness: str, as_of: str, season: int) -> Slot:
    """One slot; `as_of` is an ISO date, which sorts as dates do."""
    return [source_id, value, strictness, as_of, season]


def pack_said(said: Said) -> PackedSaid:
    """The index as it is stored: in the order of sources, dates and FIELDS, so that equal indexes are equal bytes."""
    groups: dict[tuple[Any, ...], dict[str, Any]] = {}
    for field in FIELD_NAMES:
        for source_id, value, strictness, as_of, season in said.get(field, ()):
            groups.setdefault((source_id, as_of, season), {})[field] = [value, strictness] if strictness else value
    return [[*key, groups[key]] for key in sorted(groups)]


def unpack_said(packed: PackedSaid, texts: dict[str, str]) -> Said:
    """The reverse of `pack_said`. `texts` keeps each text once over many programs: the same few stand in nearly all of them."""
    said: Said = {}
    for source_id, as_of, season, values in packed:
        day = texts.setdefault(as_of, as_of)
        for field, stored in values.items():
            value, strictness = (stored, "") if type(stored) is str else stored
            slot = [source_id, texts.setdefault(value, value), texts.setdefault(strictness, strictness), day, season]
            said.setdefault(field, []).append(slot)
    return said


def fold(slots: Sequence[Slot] | None, new: Slot) -> list[Slot]:
    """The slots of one field after one more statement, in the order of source ids. An older statement of the same source changes nothing."""
    if not slots:
        return [new]
    kept = {slot[0]: slot for slot in slots}
    before = kept.get(new[0])
    if before is None or str(new[3]) >= str(before[3]):
        kept[new[0]] = new
    return [kept[source_id] for source_id in sorted(kept)]


def state_of(field: str, slots: Sequence[Slot] | None, *, ranks: Mapping[int, int], season: int) -> FieldState:
    """The state of one field. `ranks` is {source id: SourceRank}; `deciding` and `rivals` hold source ids here, not fact ids."""
    if not slots:
        return UNKNOWN
    if len(slots) == 1:  # nearly all of them: nobody to disagree with
        source_id, value, strictness, _, about = slots[0]
        return _alone(value, strictness, about < season, source_id)  # type: ignore[operator]
    return resolve([_row(field, slot, ranks) for slot in slots], season=season)


@lru_cache(maxsize=50_000)
def _alone(value: str, strictness: str, stale: bool, source_id: int) -> FieldState:
    return FieldState(FactState.KNOWN, value, strictness, stale, (source_id,))


def _row(field: str, slot: Slot, ranks: Mapping[int, int]) -> FactRow:
    source_id, value, strictness, as_of, season = slot
    return FactRow(field, str(value), str(strictness), ranks[int(source_id)], date.fromisoformat(str(as_of)), int(season), int(source_id), int(source_id))


def said_by(facts: Iterable[FactRow]) -> Said:
    """The index of one program from its live facts, in any order."""
    said: Said = {}
    for fact in sorted(facts, key=lambda fact: (fact.as_of, fact.fact_id)):
        said[fact.field] = fold(said.get(fact.field), slot_of(fact.source_id, fact.value, fact.strictness, fact.as_of.isoformat(), fact.season))
    return said


@dataclass(frozen=True, slots=True)
class Folded:
    """One program before and after some statements: what each source says, and the states of the fields that they are about."""

    said: Said
    before: Mapping[str, FieldState]
    after: Mapping[str, FieldState]

    @property
    def changed(self) -> set[str]:
        """Fields whose value or state is another one now."""
        return {name for name, state in self.after.items() if differs(self.before[name], state)}


def differs(one: FieldState, other: FieldState) -> bool:
    """Whether two states are told apart by what `Program` keeps of them."""
    return (one.state, one.value, one.strictness, one.stale) != (other.state, other.value, other.strictness, other.stale)


def fold_in(said: Said, statements: Iterable[Stated], *, ranks: Mapping[int, int], season: int) -> Folded:
    """What `statements` about one program come to on top of what is `said`. Pure; `season` is the current Match year.

    `before` and `after` hold the fields that may be another now; those that the one source that speaks of them repeats are left out.
    """
    after = dict(said)
    concerned: set[str] = set()
    for one in statements:
        slots, new = after.get(one.field), slot_of(one.source_id, one.value, one.strictness, iso(one.as_of), one.season)
        after[one.field] = fold(slots, new)
        if not (slots and len(slots) == 1 and _repeats(slots[0], new, season)):
            concerned.add(one.field)
    before = {name: state_of(name, said.get(name), ranks=ranks, season=season) for name in concerned}
    return Folded(after, before, {name: state_of(name, after[name], ranks=ranks, season=season) for name in concerned})


def _repeats(slot: Slot, new: Slot, season: int) -> bool:
    """Whether the same source says the same anew, and neither is stale or both are."""
    return slot[:3] == new[:3] and (slot[4] < season) == (new[4] < season)  # type: ignore[operator]


@lru_cache(maxsize=1_000)
def iso(day: date) -> str:
    """The ISO form of a date; a file has one date for all its cells."""
    return day.isoformat()
