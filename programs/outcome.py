"""The programs that an import would change, as they would be. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from programs.choices import FactState
from programs.fields import BY_NAME, parse_value
from programs.imports.preview import CLOSED_ON, STATE, Change, ChangeKind
from programs.resolution import PackedStates


@dataclass(frozen=True)
class Outcome:
    """Changed current values by column, `field_states` as they would be, and programs that would be closed. By program id."""

    values: Mapping[int, Mapping[str, Any]]
    states: Mapping[int, PackedStates]
    closed: frozenset[int]


def outcome(changes: Iterable[Change], states: Mapping[int, PackedStates]) -> Outcome:
    """What the changes come to; `states` are the present `field_states` of the programs that they are about.

    A value that becomes known speaks of the season of the import, so it is not stale. Names, cities and positions are left out: no result rests on them.
    """
    values: dict[int, dict[str, Any]] = defaultdict(dict)
    after: dict[int, PackedStates] = {}
    closed = set()
    for change in changes:
        if change.field == CLOSED_ON and change.after:
            closed.add(change.program_id)
        elif change.field == STATE:
            values[change.program_id]["state_id"] = change.after or None
        elif change.field in BY_NAME:
            values[change.program_id][change.field] = _value(change)
            packed = after.setdefault(change.program_id, dict(states.get(change.program_id, {})))
            packed.pop(change.field, None)
            packed |= _state(change)
    return Outcome(values, after, frozenset(closed))


def _value(change: Change) -> object:
    """The current value, None for unknown and for a conflict."""
    disputed = change.kind is ChangeKind.CONFLICT
    return None if disputed or not change.after else parse_value(BY_NAME[change.field], change.after)


def _state(change: Change) -> PackedStates:
    state = FactState.CONFLICT if change.kind is ChangeKind.CONFLICT else FactState.KNOWN
    return {change.field: [state.value, change.after_strictness, False]} if change.after else {}
