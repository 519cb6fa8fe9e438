"""Building blocks of `programs.services`: facts and the current values they give. Whoever calls them keeps audit event and data version."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.utils import timezone

from programs import bulk
from programs.fields import BY_NAME, Value, parse_value
from programs.history import fact_rows, indexes, source_ranks
from programs.models import Fact, FactIndex, Program
from programs.resolution import FieldState, pack_states
from programs.said import FIELD_NAMES, Said, Slot, Stated, fold, pack_said, said_by, slot_of, state_of

FACT_COLUMNS = ("program_id", "field", "value", "strictness", "source_id", "as_of", "season", "quote", "url", "batch_id", "recorded_at", "withdrawn_why")
SOME = 1_000  # programs whose whole history is in memory at once

Fields = dict[int, set[str]]
Packed = dict[str, tuple[Any, ...]]


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


def append(facts: Sequence[Stated], *, batch_id: int | None, season: int) -> Fields:
    """Write facts and bring the current values up to date with them; {program id: fields that changed}."""
    now = timezone.now()
    # The columns of `Stated` come first and in the same order.
    bulk.upsert(Fact, columns=FACT_COLUMNS, rows=[(*fact, batch_id, now, "") for fact in facts])
    by_program: dict[int, list[Stated]] = defaultdict(list)
    for fact in facts:
        by_program[fact.program_id].append(fact)
    said, ranks = indexes(by_program), source_ranks()
    folded = {program_id: fold_in(said.get(program_id, {}), its, ranks=ranks, season=season) for program_id, its in by_program.items()}
    changed = {program_id: fields for program_id, one in folded.items() if (fields := one.changed)}
    after = {program_id: one.said for program_id, one in folded.items()}
    states = {program_id: folded[program_id].after for program_id in changed}
    _write(after, {program_id: _states_of(after[program_id], ranks, season, its) for program_id, its in states.items()})
    return changed


def _states_of(said: Said, ranks: Mapping[int, int], season: int, known: Mapping[str, FieldState] | None = None) -> dict[str, FieldState]:
    """The states of all fields of one program, in the order of FIELDS; `known` are those worked out already."""
    found = known or {}
    return {name: found.get(name) or state_of(name, said[name], ranks=ranks, season=season) for name in FIELD_NAMES if name in said}


def resolve(program_ids: Iterable[int], *, season: int) -> Fields:
    """Work out current values and index again from all live facts; {program id: fields that changed}."""
    changed: Fields = {}
    ranks = source_ranks()
    for some in bulk.chunks(sorted(set(program_ids)), SOME):
        before, facts = _states(some), fact_rows(some)
        said = {program_id: said_by(facts.get(program_id, ())) for program_id in some}
        states = {program_id: _states_of(one, ranks, season) for program_id, one in said.items()}
        for program_id in some:
            if fields := _differing(before[program_id], _packed(states[program_id])):
                changed[program_id] = fields
        _write(said, states)
    return changed


def _differing(before: Packed, after: Packed) -> set[str]:
    return {name for name in FIELD_NAMES if before.get(name) != after.get(name)}


def _states(program_ids: Sequence[int]) -> dict[int, Packed]:
    """What `Program` holds now, by program id and field: value and state."""
    rows = Program.objects.filter(id__in=program_ids).order_by().values_list("id", "field_states", *FIELD_NAMES)
    return {
        program_id: {name: (value, *states[name]) for name, value in zip(FIELD_NAMES, values, strict=True) if name in states}
        for program_id, states, *values in rows
    }


def _packed(states: Mapping[str, FieldState]) -> Packed:
    return {name: (_value(name, states[name].value), *packed) for name, packed in pack_states(states).items()}


def _write(said: Mapping[int, Said], states: Mapping[int, Mapping[str, FieldState]]) -> None:
    """Write the index of every program in `said`, and the current values of those in `states`."""
    packed = [(program_id, pack_said(its)) for program_id, its in said.items()]
    bulk.upsert(FactIndex, columns=("program_id", "said"), rows=packed, key=("program_id",))
    rows = [_current_values(program_id, its) for program_id, its in states.items()]
    bulk.update(Program, columns=("id", *FIELD_NAMES, "field_states"), rows=rows)


def _current_values(program_id: int, states: Mapping[str, FieldState]) -> list[Any]:
    """A row of current values in the order id, fields, field_states."""
    return [program_id, *(_value(name, states[name].value) if name in states else None for name in FIELD_NAMES), pack_states(states)]


@lru_cache(maxsize=50_000)
def _value(name: str, text: str | None) -> Value:
    return None if text is None else parse_value(BY_NAME[name], text)
