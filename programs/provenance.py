"""Who said what about one program: facts beside the state that resolution gives them."""

from collections.abc import Iterable
from dataclasses import dataclass

from programs.display import display_text
from programs.fields import FIELDS, Field
from programs.models import Fact, Program
from programs.resolution import FactRow, FieldState, resolve_program


@dataclass(frozen=True)
class Provenance:
    """One field: its state, the fact that decides it, and those that contradict that one."""

    field: Field
    state: FieldState
    deciding: Fact | None
    rivals: tuple[Fact, ...]

    @property
    def dispute(self) -> str:
        """Both sides of a conflict in one line; "" where there is none."""
        if not self.rivals or self.deciding is None:
            return ""
        sides = (self.deciding, *self.rivals)
        return " / ".join(f"{display_text(self.field, fact.value)} ({fact.source.name})" for fact in sides)


def facts_of(program: Program) -> list[Fact]:
    """Every fact of the program with its source and import, withdrawn ones included, newest first. 1 query."""
    return list(program.facts.select_related("source", "batch").order_by("-as_of", "-id"))


def provenance(facts: Iterable[Fact], *, season: int) -> dict[str, Provenance]:
    """{field: who says so} for every field, from all facts of one program."""
    by_id = {fact.pk: fact for fact in facts}
    states = resolve_program([_row(fact) for fact in by_id.values()], season=season)
    return {field.name: _one(field, states[field.name], by_id) for field in FIELDS}


def _one(field: Field, state: FieldState, by_id: dict[int, Fact]) -> Provenance:
    deciding = by_id[state.deciding[0]] if state.deciding else None
    return Provenance(field, state, deciding, tuple(by_id[fact_id] for fact_id in state.rivals))


def _row(fact: Fact) -> FactRow:
    return FactRow(
        field=fact.field,
        value=fact.value,
        strictness=fact.strictness,
        rank=fact.source.rank,
        as_of=fact.as_of,
        season=fact.season,
        source_id=fact.source_id,
        fact_id=fact.pk,
        withdrawn=fact.withdrawn_at is not None,
    )
