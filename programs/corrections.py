"""What readers say is wrong: suggested, then accepted or declined by a data admin. The only writer of `Correction`.

Each service is one transaction with its audit event. The address that a suggestion comes from is kept as a keyed hash only.
"""

from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from programs import bulk, links
from programs.choices import CorrectionState, FactState, SourceRank, Strictness
from programs.decisions import field_now, settle
from programs.display import display_text
from programs.fields import BY_NAME, BadValueError, Field, format_value, parse_value
from programs.limits import CORRECTION_RANKS, LONGEST_NOTE, LONGEST_REASON, MOST_OPEN, RATES
from programs.models import Correction, Fact, Program, Source
from programs.provenance import Provenance
from programs.services import get_or_create_source
from smartpick import audit

SENDER_SALT = "programs.corrections.sender"
COMMUNITY_SOURCE = "Reports by readers"
LONGEST_SOURCE = 120  # characters in Source.name


class CorrectionError(ValueError):
    """A suggestion that is not taken, or an answer that comes too late; the message says what to do. Nothing was written."""


class TooManyError(CorrectionError):
    """One sender, or everybody together, suggests more than can be looked at."""


def sender_hash(address: str) -> str:
    """What stands for a client's address: the same for the same address, and nothing that leads back to it without our key."""
    return salted_hmac(SENDER_SALT, address, algorithm="sha256").hexdigest()


@transaction.atomic
def suggest(*, by: str, program: Program, field: str, value: str, strictness: str, url: str, note: str, sender: str) -> Correction:
    """Keep a suggested value of one field until a data admin has looked; it changes nothing yet.

    `value` is text that `programs.fields.parse_value` reads, `strictness` one of Strictness for a requirement and "" otherwise,
    `sender` a `sender_hash`. Raises CorrectionError for what cannot be kept, for what counts already (unless that is stale), and
    for what is waiting already; TooManyError beyond the rates of `programs.limits`.
    """
    # The row's lock lets one suggestion about a program in at a time, or two equal ones could pass the check together.
    program = Program.objects.select_for_update(of=("self",)).get(pk=program.pk)
    about = BY_NAME[field]
    _refuse_odd(program, about, strictness, url, note)
    canonical = _canonical(about, value)
    _refuse_flood(sender)
    _refuse_known(field_now(program, field), canonical, strictness)
    if program.corrections.filter(field=field, value=canonical, state=CorrectionState.OPEN).exists():
        raise CorrectionError("Somebody suggested the same value already. It is waiting for a data admin, so you need not send it again.")
    kept = Correction.objects.create(program=program, field=field, value=canonical, strictness=strictness, url=url, note=note, sender=sender)
    audit.record(by=by, verb="correction:suggest", target=f"correction:{kept.pk}", program=program.key, field=field, value=canonical)
    return kept


@transaction.atomic
def accept(*, by: str, correction: Correction, rank: int, today: date) -> Provenance:
    """Make a suggestion a fact of today about the open season; the field as it is then.

    `rank` says whose word it is: SourceRank.PROGRAM (the source is named after the page's host) or COMMUNITY. The fact is one
    statement among others, so it may be outranked, or put the field in conflict: the answer says. Raises CorrectionError where
    the suggestion was answered already or its program withdrawn.
    """
    bulk.lock_program_data()
    held = _open(correction)
    if held.program.is_withdrawn:
        raise CorrectionError("The program was withdrawn meanwhile: decline the suggestion, nothing about it can be corrected.")
    if rank not in CORRECTION_RANKS:
        raise CorrectionError("A correction counts as the program's own page or as a community report: choose one of the two.")
    before = field_now(held.program, held.field)
    held.fact = Fact.objects.create(
        program=held.program,
        field=held.field,
        value=held.value,
        strictness=held.strictness,
        source=_source_of(held, SourceRank(rank), by=by),
        as_of=today,
        season=settings.MATCH_YEAR,
        url=held.url,
    )
    _answer(held, CorrectionState.ACCEPTED, by=by)
    said = f"corrected to {display_text(before.field, held.value)} on a reader's word"
    return settle(by=by, verb="correction:accept", said=said, program=held.program, before=before, correction=held.pk, added=held.fact.pk)


@transaction.atomic
def decline(*, by: str, correction: Correction, reason: str) -> Correction:
    """Close a suggestion without taking it over. Raises CorrectionError where it was answered already, and without a reason of 1 to 500 characters."""
    bulk.lock_program_data()
    held = _open(correction)
    reason = reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise CorrectionError(f"Give the reason in 1 to {LONGEST_REASON} characters: whoever suggested it reads it.")
    held.reason = reason
    _answer(held, CorrectionState.DECLINED, by=by)
    audit.record(
        by=by,
        verb="correction:decline",
        target=f"correction:{held.pk}",
        program=held.program.key,
        field=held.field,
        before={"state": CorrectionState.OPEN.value},
        after={"state": CorrectionState.DECLINED.value, "reason": reason},
    )
    return held


def _refuse_odd(program: Program, field: Field, strictness: str, url: str, note: str) -> None:
    if program.is_withdrawn:
        raise CorrectionError("This program is not in the data any more, so nothing about it can be corrected.")
    if problem := links.problem(url):
        raise CorrectionError(problem)
    if len(note) > LONGEST_NOTE:
        raise CorrectionError(f"The note is longer than {LONGEST_NOTE} characters: keep what is needed to check the value.")
    if field.requirement and strictness not in set(Strictness):
        raise CorrectionError(f"{field.label}: say how firmly it is stated.")
    if strictness and not field.requirement:
        raise CorrectionError(f"{field.label} is no requirement: leave out how firm it is.")


def _canonical(field: Field, value: str) -> str:
    try:
        return format_value(field, parse_value(field, value))
    except BadValueError as error:
        raise CorrectionError(str(error)) from error


def _refuse_flood(sender: str) -> None:
    if Correction.objects.filter(state=CorrectionState.OPEN).count() >= MOST_OPEN:
        raise TooManyError(f"{MOST_OPEN} suggestions are waiting already, as many as we can look through. Please send yours in a few days.")
    since = timezone.now() - max(rate.span for rate in RATES)
    sent = list(Correction.objects.filter(sender=sender, created_at__gt=since).values_list("created_at", flat=True))
    for rate in RATES:
        if sum(at > timezone.now() - rate.span for at in sent) >= rate.count:
            raise TooManyError(f"{rate.count} suggestions came from your address within {rate.told}, the most we take. Send this one {_when(rate.span)}.")


def _when(span: timedelta) -> str:
    return "in an hour" if span <= timedelta(hours=1) else "tomorrow"


def _refuse_known(now: Provenance, value: str, strictness: str) -> None:
    """A stale value may be suggested again: that it still holds is news."""
    state = now.state
    if state.state is FactState.KNOWN and not state.stale and (state.value, state.strictness) == (value, strictness):
        raise CorrectionError("This is what the page says already. If you saw it elsewhere too, nothing needs to change. Thank you for checking.")


def _open(correction: Correction) -> Correction:
    """The suggestion as it is now, locked. Raises CorrectionError where somebody has answered it."""
    held = Correction.objects.select_for_update(of=("self",)).select_related("program").get(pk=correction.pk)
    if held.state != CorrectionState.OPEN:
        answered = timezone.localtime(held.decided_at) if held.decided_at else None
        raise CorrectionError(f"{held.decided_by} {held.get_state_display()} this suggestion on {answered:%Y-%m-%d at %H:%M}: nothing was changed now.")
    return held


def _answer(held: Correction, state: CorrectionState, *, by: str) -> None:
    held.state, held.decided_by, held.decided_at = state, by, timezone.now()
    held.save(update_fields=("state", "decided_by", "decided_at", "reason", "fact"))


def _source_of(correction: Correction, rank: SourceRank, *, by: str) -> Source:
    """The source an accepted suggestion is stated by. Facts about invented programs get one that goes with the demonstration."""
    demo = correction.program.is_demo
    name = COMMUNITY_SOURCE if rank is SourceRank.COMMUNITY else f"{links.host(correction.url)}, the program's own page"
    name = f"{name} (demonstration)" if demo else name
    return get_or_create_source(name=name[-LONGEST_SOURCE:], rank=rank, is_demo=demo, by=by)
