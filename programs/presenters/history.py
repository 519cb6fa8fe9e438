"""What was stated about one field, and what a program and its tracks were called, as the program page tells it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.urls import reverse

from programs.choices import FactState
from programs.display import abbreviations_in, display_text
from programs.fields import BY_NAME, Field
from programs.links import host
from programs.models import Fact, Program, ProgramStatement, TrackStatement
from programs.provenance import Provenance, provenance

COUNTS, DISPUTED, AGREES = "this counts", "in dispute", "says the same"
REPLACED, OUTRANKED = "replaced by the same source later", "outranked by what counts"
WITHDRAWN = "withdrawn"
NO_SOURCE = "no source is kept"


@dataclass(frozen=True)
class StatementLine:
    """One statement about a field. `role` says what it counts for now; `why` why it was withdrawn."""

    fact_id: int
    value: str
    strictness: str
    role: str
    why: str
    source: str
    rank: str
    url: str
    host: str
    as_of: date
    season: int
    quote: str
    file: str
    applied_at: datetime | None
    choose_url: str = ""

    @property
    def withdrawn(self) -> bool:
        """Whether it counts for nothing any more."""
        return self.role == WITHDRAWN


@dataclass(frozen=True)
class FieldHistory:
    """Everything stated about one field, newest first; `sides` are the statements in dispute, the best source's first."""

    statements: tuple[StatementLine, ...]
    sides: tuple[StatementLine, ...]
    withdrawn: int
    confirm_url: str = ""

    @property
    def others(self) -> list[StatementLine]:
        """What is not in dispute: with the sides, every statement once."""
        disputed = {side.fact_id for side in self.sides}
        return [line for line in self.statements if line.fact_id not in disputed]


def field_history(one: Provenance, facts: Sequence[Fact], *, decide: Program | None = None) -> FieldHistory:
    """The history of a field from its facts, withdrawn ones included; with `decide` also the addresses where an admin settles it."""
    disputed = (one.deciding, *one.rivals) if one.rivals and one.deciding else ()
    latest = _latest(facts)
    return FieldHistory(
        statements=tuple(_statement(one, fact, latest) for fact in facts),
        sides=tuple(_statement(one, fact, latest, choose_url=_decide(decide, fact, "choose")) for fact in disputed),
        withdrawn=sum(fact.withdrawn_at is not None for fact in facts),
        confirm_url=_decide(decide, one.deciding, "confirm") if one.deciding and one.state.state is FactState.KNOWN else "",
    )


def _decide(program: Program | None, fact: Fact, what: str) -> str:
    return reverse(f"programs:fact-{what}", args=[program.key, fact.pk]) if program else ""


def _latest(facts: Iterable[Fact]) -> set[int]:
    """Ids of the newest live statement of each source."""
    newest: dict[int, Fact] = {}
    for fact in facts:
        before = newest.get(fact.source_id)
        if fact.withdrawn_at is None and (before is None or (fact.as_of, fact.pk) > (before.as_of, before.pk)):
            newest[fact.source_id] = fact
    return {fact.pk for fact in newest.values()}


def _statement(one: Provenance, fact: Fact, latest: set[int], *, choose_url: str = "") -> StatementLine:
    return StatementLine(
        fact_id=fact.pk,
        value=display_text(one.field, fact.value),
        strictness=fact.get_strictness_display() if fact.strictness else "",
        role=_role(one, fact, latest),
        why=fact.withdrawn_why,
        source=fact.source.name,
        rank=fact.source.get_rank_display(),
        url=fact.url,
        host=host(fact.url),
        as_of=fact.as_of,
        season=fact.season,
        quote=fact.quote,
        choose_url=choose_url,
        file=fact.batch.file_name if fact.batch else "",
        applied_at=fact.batch.applied_at if fact.batch else None,
    )


def _role(one: Provenance, fact: Fact, latest: set[int]) -> str:
    if fact.withdrawn_at:
        return WITHDRAWN
    if fact.pk not in latest:
        return REPLACED
    if fact in one.rivals or (one.rivals and fact == one.deciding):
        return DISPUTED
    if fact == one.deciding:
        return COUNTS
    return AGREES if one.deciding and fact.value == one.deciding.value else OUTRANKED


@dataclass(frozen=True)
class Decision:
    """One statement that an admin may confirm or choose, with everything stated about its field."""

    fact: Fact
    field: Field
    history: FieldHistory

    @property
    def shorts(self) -> list[str]:
        """Abbreviations to explain."""
        return abbreviations_in(self.field.label)

    @property
    def line(self) -> StatementLine:
        """The statement itself."""
        return next(line for line in self.history.statements if line.fact_id == self.fact.pk)

    @property
    def confirmable(self) -> bool:
        """Whether it is what counts."""
        return self.line.role == COUNTS

    @property
    def chosen(self) -> StatementLine | None:
        """The same as a side of the conflict; None where it is in dispute no more."""
        return next((side for side in self.history.sides if side.fact_id == self.fact.pk), None)

    @property
    def contradicting(self) -> list[StatementLine]:
        """The statements in dispute that say something else."""
        return [side for side in self.history.sides if side.value != self.line.value]


def decision(fact: Fact) -> Decision:
    """A statement with everything stated about its field. Needs `program` selected; 1 query."""
    facts = list(fact.program.facts.filter(field=fact.field).select_related("source", "batch").order_by("-as_of", "-id"))
    said = provenance(facts, season=settings.MATCH_YEAR)[fact.field]
    return Decision(fact, said.field, field_history(said, facts, decide=fact.program))


def statement_rows(facts: Iterable[Fact]) -> list[tuple[Fact, str, str]]:
    """Facts with field and value in words."""
    return [(fact, BY_NAME[fact.field].label, display_text(BY_NAME[fact.field], fact.value)) for fact in facts]


# --- names and tracks ---


@dataclass(frozen=True)
class NamedLine:
    """One statement about what a program or a track is."""

    told: str
    source: str
    rank: str
    as_of: date
    about: int
    file: str
    withdrawn_at: datetime | None


def named_lines(program: Program) -> list[NamedLine]:
    """Who said what the program is, newest first; 1 query."""
    return [_named(one, _identity(one)) for one in program.statements.select_related("source", "batch").order_by("-as_of", "-id")]


def tracks_named(program: Program) -> list[NamedLine]:
    """Who said what about tracks, by code and newest first; 1 query."""
    return [_named(one, _track(one)) for one in program.track_statements.select_related("source", "batch").order_by("nrmp_code", "-as_of", "-id")]


def _named(one: ProgramStatement | TrackStatement, told: str) -> NamedLine:
    return NamedLine(
        told=told,
        source=one.source.name if one.source else NO_SOURCE,
        rank=one.source.get_rank_display() if one.source else "",
        as_of=one.as_of,
        about=one.about,
        file=one.batch.file_name if one.batch else "",
        withdrawn_at=one.withdrawn_at,
    )


def _identity(one: ProgramStatement) -> str:
    named = (
        one.name,
        ", ".join(filter(None, (one.city, one.state))),
        f"ACGME id {one.acgme_id}" if one.acgme_id else "",
        f"NRMP institution {one.nrmp_institution}" if one.nrmp_institution else "",
        f"closed on {one.closed_on:%B} {one.closed_on.day}, {one.closed_on.year}" if one.closed_on else "",
    )
    return "; ".join(filter(None, named)) or "nothing"


def _track(one: TrackStatement) -> str:
    years = ", ".join(f"{year}: {_filled(*counts)}" for year, counts in sorted(one.years.items(), reverse=True))
    return "; ".join(filter(None, (f"{one.nrmp_code} {one.name}".strip(), str(one.get_track_type_display()), years)))


def _filled(quota: int, matched: int | None) -> str:
    return f"{quota} offered" if matched is None else f"{matched} of {quota} filled"
