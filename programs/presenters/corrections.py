"""Suggested corrections: as their suggester follows them, and as the queue shows them beside what counts now."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q

from programs.choices import CorrectionState, FactState, Strictness
from programs.display import abbreviations_in, display_text
from programs.fields import BY_NAME
from programs.links import host
from programs.models import Correction, Fact, Program
from programs.provenance import Provenance, provenance
from smartpick.wording import NOT_KNOWN

# What a suggester reads. Not in the template, so that a state without words is an error.
TOLD = {
    CorrectionState.OPEN: "waiting for a data admin",
    CorrectionState.ACCEPTED: "accepted",
    CorrectionState.DECLINED: "declined",
}


@dataclass(frozen=True)
class SuggestionLine:
    """One suggestion with what came of it."""

    correction: Correction
    label: str
    value: str
    strictness: str
    told: str
    host: str

    @property
    def reason(self) -> str:
        """Why it was declined."""
        return self.correction.reason

    @property
    def decided_at(self) -> datetime | None:
        """When it was answered."""
        return self.correction.decided_at

    @property
    def shorts(self) -> list[str]:
        """Abbreviations to explain."""
        return abbreviations_in(self.label)

    @property
    def accepted(self) -> bool:
        """Whether it became a statement."""
        return self.correction.state == CorrectionState.ACCEPTED

    @property
    def is_open(self) -> bool:
        """Whether it still waits."""
        return self.correction.state == CorrectionState.OPEN


def suggestion_line(correction: Correction) -> SuggestionLine:
    """One suggestion in words."""
    field = BY_NAME[correction.field]
    return SuggestionLine(
        correction=correction,
        label=field.label,
        value=display_text(field, correction.value),
        strictness=Strictness(correction.strictness).label if correction.strictness else "",
        told=TOLD[CorrectionState(correction.state)],
        host=host(correction.url),
    )


def suggestion_lines(program: Program, tokens: Sequence[str]) -> list[SuggestionLine]:
    """The suggestions about one program that these tokens name, oldest first; 1 query, none without tokens."""
    return [suggestion_line(one) for one in program.corrections.filter(token__in=tokens)] if tokens else []


@dataclass(frozen=True)
class NowLine:
    """What counts now about one field."""

    said: Provenance

    @property
    def value(self) -> str:
        """In words."""
        state = self.said.state
        if state.state is FactState.CONFLICT:
            return f"sources disagree: {self.said.dispute}"
        return display_text(self.said.field, state.value) if state.value is not None else NOT_KNOWN

    @property
    def strictness(self) -> str:
        """How firmly it is stated."""
        state = self.said.state
        return str(Strictness(state.strictness).label) if state.value is not None and state.strictness else ""

    @property
    def fact(self) -> Fact | None:
        """The statement that decides it; None where nothing is stated or nothing decides."""
        return None if self.said.rivals else self.said.deciding

    @property
    def stale(self) -> str:
        """The season it was stated for, where that is over."""
        return f"stated for the {self.fact.season} season" if self.said.state.stale and self.fact else ""


@dataclass(frozen=True)
class QueueLine:
    """One suggestion beside what counts now."""

    suggestion: SuggestionLine
    program: Program
    now: NowLine


def queue_lines(corrections: Iterable[Correction]) -> list[QueueLine]:
    """Suggestions with what counts now about their fields. Needs `program` selected; 1 query for all."""
    kept = list(corrections)
    facts = _facts_about(kept)
    said = {about: provenance(facts[about], season=settings.MATCH_YEAR)[about[1]] for about in {(one.program_id, one.field) for one in kept}}
    return [QueueLine(suggestion_line(one), one.program, NowLine(said[one.program_id, one.field])) for one in kept]


def _facts_about(corrections: Iterable[Correction]) -> dict[tuple[int, str], list[Fact]]:
    wanted = {(one.program_id, one.field) for one in corrections}
    found: dict[tuple[int, str], list[Fact]] = defaultdict(list)
    if wanted:
        about = Q(*(Q(program_id=program_id, field=field) for program_id, field in wanted), _connector=Q.OR)
        for fact in Fact.objects.filter(about, withdrawn_at=None).select_related("source"):
            found[fact.program_id, fact.field].append(fact)
    return found
