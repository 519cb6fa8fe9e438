"""What each source last said about each field of one program, kept together so that a refresh need not read all history. Pure.

It is an index over live facts, which can always rebuild it; a test compares the two. In memory it has one slot a source,
[source id, value, strictness, as-of date, season]; stored, what one source said on one day stands together, which is a third as long:
[source id, as-of date, season, {field: value or [value, strictness]}].
"""

from collections.abc import Iterable, Mapping, Sequence
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
