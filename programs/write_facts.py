"""Building blocks of `programs.services`: facts and the current values they give. Whoever calls them keeps audit event and data version."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.utils import timezone

from programs import bulk
from programs.fields import BY_NAME, Value, parse_value
from programs.history import fact_rows, indexes, source_ranks
from programs.models import Fact, FactIndex, Program
from programs.resolution import FieldState, pack_states
from programs.said import FIELD_NAMES, Said, Stated, fold_in, pack_said, said_by, state_of

FACT_COLUMNS = ("program_id", "field", "value", "strictness", "source_id", "as_of", "season", "quote", "url", "batch_id", "recorded_at", "withdrawn_why")
SOME = 1_000  # programs whose whole history is in memory at once

Fields = dict[int, set[str]]
Packed = dict[str, tuple[Any, ...]]


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
