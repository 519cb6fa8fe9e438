"""Facts about a program become its current values. Pure; the one place that decides who is believed.

The rule, for one field of one program:

1. A withdrawn fact counts for nothing.
2. Of each source only its latest statement counts: newest as-of date, then highest fact id.
3. The *winner* is the statement of the best rank; within a rank the newest as-of date, then the
   source that was added last. A source of a lower rank never overrides one of a higher rank. So the
   order in which files of different sources arrive never matters.
4. A requirement field is in *conflict* when trusted sources disagree about its value. Requirements
   change from season to season, so statements about different seasons do not contradict each other
   by differing. What is compared: the trusted statements about the newest season that any trusted
   source speaks of, together with the winner. That is, two trusted sources that differ about
   the same newest season are in conflict, and so is a winner about an earlier season that a trusted
   source contradicts for a later one (the winner may be out of date, the other may be wrong: a
   person has to look). An older trusted statement that differs from a newer winner is history.
   Equal values with different strictness are no conflict: the winner's strictness holds.
5. In a conflict the value is None: pages show both sides, nothing is computed with either.
6. The result is *stale* when the winner speaks of an earlier season than the current one.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from programs.choices import TRUSTED_RANKS, FactState
from programs.fields import BY_NAME, FIELDS

PackedStates = dict[str, list[str | bool]]


@dataclass(frozen=True, slots=True)
class FactRow:
    """One statement as resolution sees it. `value` is canonical text, `rank` a SourceRank, `season` a Match year."""

    field: str
    value: str
    strictness: str
    rank: int
    as_of: date
    season: int
    source_id: int
    fact_id: int
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class FieldState:
    """What is currently held true about one field.

    `value` is canonical text, None unless known. `deciding` holds the winner's fact id, `rivals` those of the
    trusted statements that contradict it, best first; both are empty where nothing is stated.
    """

    state: FactState
    value: str | None = None
    strictness: str = ""
    stale: bool = False
    deciding: tuple[int, ...] = ()
    rivals: tuple[int, ...] = ()


class StoredState(NamedTuple):
    """The part of a FieldState that `Program.field_states` keeps beside the value."""

    state: FactState
    strictness: str
    stale: bool


UNKNOWN = FieldState(FactState.UNKNOWN)
STORED_UNKNOWN = StoredState(FactState.UNKNOWN, "", stale=False)


def resolve(facts: Iterable[FactRow], *, season: int) -> FieldState:
    """The state of one field of one program, from every fact about it; `season` is the current Match year."""
    statements = _latest_of_each_source(facts)
    if not statements:
        return UNKNOWN
    winner = statements[0]
    rivals = _rivals(statements) if BY_NAME[winner.field].requirement else ()
    return FieldState(
        state=FactState.CONFLICT if rivals else FactState.KNOWN,
        value=None if rivals else winner.value,
        strictness=winner.strictness,
        stale=winner.season < season,
        deciding=(winner.fact_id,),
        rivals=tuple(rival.fact_id for rival in rivals),
    )


def resolve_program(facts: Iterable[FactRow], *, season: int) -> dict[str, FieldState]:
    """The state of every field of one program, from all its facts. Raises KeyError for a field that does not exist."""
    by_field: dict[str, list[FactRow]] = {field.name: [] for field in FIELDS}
    for fact in facts:
        by_field[fact.field].append(fact)
    return {name: resolve(rows, season=season) if rows else UNKNOWN for name, rows in by_field.items()}


def pack_states(states: Mapping[str, FieldState]) -> PackedStates:
    """What `Program.field_states` stores: {field: [state, strictness, stale]}, fields of unknown state left out."""
    return {name: [state.state, state.strictness, state.stale] for name, state in states.items() if state.state is not FactState.UNKNOWN}


def unpack(packed: Sequence[str | bool] | None) -> StoredState:
    """One field of `Program.field_states` for readers; None (left out) is unknown."""
    if packed is None:
        return STORED_UNKNOWN
    state, strictness, stale = packed
    return StoredState(FactState(str(state)), str(strictness), bool(stale))


def _latest_of_each_source(facts: Iterable[FactRow]) -> list[FactRow]:
    """Live statements, one per source, best first."""
    by_source: dict[int, list[FactRow]] = defaultdict(list)
    for fact in facts:
        if not fact.withdrawn:
            by_source[fact.source_id].append(fact)
    latest = [max(rows, key=lambda row: (row.as_of, row.fact_id)) for rows in by_source.values()]
    return sorted(latest, key=lambda row: (-row.rank, row.as_of, row.source_id), reverse=True)


def _rivals(statements: list[FactRow]) -> tuple[FactRow, ...]:
    """Trusted statements about the newest season that differ from the winner, the first of `statements`."""
    winner, trusted = statements[0], [row for row in statements if row.rank in TRUSTED_RANKS]
    newest = max((row.season for row in trusted), default=0)
    return tuple(row for row in trusted if row.season == newest and row.value != winner.value)
