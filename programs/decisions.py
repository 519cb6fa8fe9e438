"""What a data admin settles about one field: a statement looked at again, or which of several holds.

Each service is one transaction with its data version and an audit event that names what was current before and after.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from programs import bulk, links
from programs.choices import FactState
from programs.display import display_text
from programs.fields import BY_NAME
from programs.limits import LONGEST_CHOICE_REASON, LONGEST_QUOTE, NOT_CHOSEN
from programs.models import Fact, Program
from programs.provenance import Provenance, provenance
from programs.services import resolve_programs
from programs.versions import new_version
from smartpick import audit


class DecisionError(ValueError):
    """A decision that no longer fits the facts; the message says what to do. Nothing was written."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """How a conflict ended: the statement that holds, and how many were withdrawn for it."""

    fact: Fact
    withdrawn: int


@transaction.atomic
def confirm_fact(*, by: str, fact: Fact, url: str, quote: str, today: date) -> Fact:
    """State the current value of a field once more, for the season that is open, as seen today at `url`.

    The new fact has the same source, value and strictness. Raises DecisionError where `fact` was withdrawn, is not what
    counts, is disputed, or is dated after `today`, and for an address or quote that cannot be kept.
    """
    bulk.lock_program_data()
    held = live_fact(fact)
    said = field_now(held.program, held.field)
    _refuse_text(url, quote)
    if said.state.state is FactState.CONFLICT:
        raise DecisionError(f"Sources disagree about {said.field.label}: choose the statement that holds first.")
    if said.deciding != held:
        raise DecisionError(f"Another statement about {said.field.label} counts by now: look at it, and confirm that one if it holds.")
    if held.as_of > today:
        raise DecisionError(f"This statement is dated {held.as_of:%Y-%m-%d}, after today: there is nothing to confirm before that day.")
    confirmed = Fact.objects.create(
        program=held.program,
        field=held.field,
        value=held.value,
        strictness=held.strictness,
        source=held.source,
        as_of=today,
        season=settings.MATCH_YEAR,
        quote=quote,
        url=url,
    )
    settle(by=by, verb="fact:confirm", said=f"confirmed as {shown(held)}", program=held.program, before=said, confirmed=held.pk, url=url)
    return confirmed


@transaction.atomic
def choose_fact(*, by: str, fact: Fact, reason: str) -> Chosen:
    """End a conflict: `fact` holds, and the statements that contradict it are withdrawn because of `reason`.

    What a withdrawn statement had replaced comes to light again, so older ones that contradict go with it. Raises
    DecisionError where `fact` was withdrawn or the field is not in conflict with it, and for a reason of no or too many characters.
    """
    bulk.lock_program_data()
    held = live_fact(fact)
    before = field_now(held.program, held.field)
    if not reason.strip() or len(reason) > LONGEST_CHOICE_REASON:
        raise DecisionError(f"Give the reason in 1 to {LONGEST_CHOICE_REASON} characters: it is shown beside what is withdrawn.")
    if not before.rivals:
        raise DecisionError(f"The sources do not disagree about {before.field.label} any more: nothing is left to choose.")
    if held not in (before.deciding, *before.rivals):
        raise DecisionError(f"This statement is not among those in dispute about {before.field.label} any more: choose again.")
    withdrawn = _withdraw_rivals(held, before, f"{NOT_CHOSEN}{reason.strip()}")
    settle(by=by, verb="fact:choose", said=f"settled as {shown(held)}", program=held.program, before=before, chosen=held.pk, withdrawn=withdrawn, reason=reason)
    return Chosen(held, len(withdrawn))


def settle(*, by: str, verb: str, said: str, program: Program, before: Provenance, **detail: Any) -> Provenance:
    """Resolve a program after statements about one field changed, count the change and record it; the field as it is now.

    Call it inside the transaction, with program data locked. `said` ends the sentence that people read as the cause.
    """
    touched = resolve_programs([program.pk], season=settings.MATCH_YEAR)
    after = field_now(program, before.field.name)
    new_version(by=by, verb=verb, cause=f"{before.field.label} of {program.name} {said}", touched=touched, programs=len(touched))
    audit.record(by=by, verb=verb, target=f"program:{program.key}", field=before.field.name, before=_told(before), after=_told(after), **detail)
    return after


def field_now(program: Program, field: str) -> Provenance:
    """One field with the facts that decide it, as they are now; 1 query."""
    return provenance(program.facts.filter(field=field).select_related("source"), season=settings.MATCH_YEAR)[field]


def live_fact(fact: Fact) -> Fact:
    """The fact as it is now, with its program and source. Raises DecisionError where either was withdrawn."""
    held = Fact.objects.select_related("program", "source").get(pk=fact.pk)
    if held.withdrawn_at:
        raise DecisionError(f"This statement was withdrawn meanwhile ({held.withdrawn_why or 'no reason is kept'}): look at what counts now.")
    refuse_withdrawn(held.program)
    return held


def refuse_withdrawn(program: Program) -> None:
    """Raise DecisionError for a program that nobody states any more."""
    if program.is_withdrawn:
        raise DecisionError(f"The program {program.name} was withdrawn meanwhile: nothing about it can be settled.")


def shown(fact: Fact) -> str:
    """The value of a fact in words, with its source."""
    return f"{display_text(BY_NAME[fact.field], fact.value)} ({fact.source.name})"


def _withdraw_rivals(held: Fact, said: Provenance, why: str) -> list[int]:
    """Withdraw what contradicts `held` until nothing does; the ids. Each round withdraws at least one, so it ends."""
    withdrawn: list[int] = []
    while said.rivals and said.deciding:
        rivals = [side.pk for side in (said.deciding, *said.rivals) if side.value != held.value]
        Fact.objects.filter(pk__in=rivals).update(withdrawn_at=timezone.now(), withdrawn_why=why)
        withdrawn += rivals
        said = field_now(held.program, held.field)
    return withdrawn


def _refuse_text(url: str, quote: str) -> None:
    if problem := links.problem(url):
        raise DecisionError(problem)
    if len(quote) > LONGEST_QUOTE:
        raise DecisionError(f"The quote is longer than {LONGEST_QUOTE} characters: keep the sentence that says it.")


def _told(said: Provenance) -> dict[str, Any]:
    """What counted as current, as the audit trail keeps it."""
    state = said.state
    return {"state": state.state.value, "value": state.value, "strictness": state.strictness, "stale": state.stale, "fact": said.deciding and said.deciding.pk}
