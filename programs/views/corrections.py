"""What readers say is wrong: the form on a program's page, the page its suggester keeps, and the queue of the data admins."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from programs.choices import CorrectionState
from programs.corrections import CorrectionError, TooManyError, accept, decline, sender_hash, suggest
from programs.decisions import field_now
from programs.display import abbreviations_in, display_text
from programs.fields import BY_NAME
from programs.forms.corrections import AcceptForm, CorrectionForm, DeclineForm
from programs.limits import MOST_REMEMBERED
from programs.models import Correction, Program
from programs.presenters.corrections import NowLine, queue_lines, suggestion_line
from programs.provenance import Provenance
from programs.services import ProgramDataError
from programs.views.refresh import refresh
from smartpick.access import requires, writer
from smartpick.http import query_text, render_page
from smartpick.roles import Permission
from smartpick.throttle import client_address

Answer = TypeVar("Answer")
SESSION_TOKENS = "corrections"
PAGE_SIZE = 25
LONGEST_STATE = 8
TOO_MANY = 429


def remembered(request: HttpRequest) -> list[str]:
    """Tokens of the suggestions that this browser session sent, oldest first."""
    held = request.session.get(SESSION_TOKENS)
    return [token for token in held if _is_token(token)] if isinstance(held, list) else []


def _is_token(token: object) -> bool:
    try:
        return isinstance(token, str) and bool(UUID(token))
    except ValueError:
        return False


@require_http_methods(["GET", "HEAD", "POST"])
def correction_new(request: HttpRequest, key: str, field: str) -> HttpResponse:
    """Ask what a field should say and where that can be read; keep it for the data admins."""
    program = get_object_or_404(Program, key=key, is_withdrawn=False)
    if field not in BY_NAME:
        raise Http404("There is no such field.")
    form = CorrectionForm(request.POST if request.method == "POST" else None, field=BY_NAME[field])
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            return _kept(request, suggest(by=writer(request), program=program, field=field, sender=sender_hash(client_address(request)), **form.answers()))
        except CorrectionError as error:
            form.add_error(None, str(error))
            status = TOO_MANY if isinstance(error, TooManyError) else status
    context = {
        "program": program,
        "field": BY_NAME[field],
        "now": NowLine(field_now(program, field)),
        "form": form,
        "shorts": abbreviations_in(BY_NAME[field].label),
    }
    return render_page(request, "programs/correction_new.html", context, status=status)


def _kept(request: HttpRequest, correction: Correction) -> HttpResponse:
    request.session[SESSION_TOKENS] = [*remembered(request), str(correction.token)][-MOST_REMEMBERED:]
    messages.success(request, "Thank you. A data admin will look at the page you named.")
    return redirect("corrections:show", token=correction.token)


@require_safe
def correction_show(request: HttpRequest, token: UUID) -> HttpResponse:
    """What came of one suggestion, for whoever holds its link."""
    correction = get_object_or_404(Correction.objects.select_related("program"), token=token)
    address = request.build_absolute_uri(request.path)
    return render_page(request, "programs/correction_show.html", {"line": suggestion_line(correction), "program": correction.program, "address": address})


# --- the queue ---


@requires(Permission.FACTS_DECIDE)
@require_safe
def correction_list(request: HttpRequest) -> HttpResponse:
    """Suggestions in one state, the oldest first; those that wait unless another state is asked for."""
    asked = query_text(request.GET, "state", LONGEST_STATE)
    state = CorrectionState(asked) if asked in set(CorrectionState) else CorrectionState.OPEN
    counts = dict(Correction.objects.order_by().values_list("state").annotate(count=Count("id")))
    found = Correction.objects.filter(state=state).select_related("program__specialty")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    tabs = [{"label": f"{one.label.capitalize()} ({counts.get(one, 0):,})", "url": f"?state={one}", "on": one is state} for one in CorrectionState]
    lines = queue_lines(page)
    shorts = abbreviations_in(*(line.suggestion.label for line in lines))
    context = {"page": page, "lines": lines, "tabs": tabs, "shorts": shorts, "waiting": state is CorrectionState.OPEN}
    return render_page(request, "programs/correction_list.html", context)


@requires(Permission.FACTS_DECIDE)
@require_safe
def correction_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """One suggestion beside what counts now, with both answers."""
    return _decide_page(request, _suggested(pk), AcceptForm(), DeclineForm())


@requires(Permission.FACTS_DECIDE)
def correction_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the suggestion a fact."""
    if request.method != "POST":  # a link or a reload: the buttons are on its page
        return redirect("data:correction", pk=pk)
    correction, form = _suggested(pk), AcceptForm(request.POST)
    said = _tried(form, lambda: accept(by=writer(request), correction=correction, today=timezone.localdate(), **form.cleaned_data))
    if said is None:
        return _decide_page(request, correction, form, DeclineForm())
    refresh(writer(request), f"{said.field.label} of {correction.program.name} corrected on a reader's word")
    level, told = outcome(correction, said)
    messages.add_message(request, level, told)
    return redirect("data:corrections")


@requires(Permission.FACTS_DECIDE)
def correction_decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the suggestion with a reason."""
    if request.method != "POST":
        return redirect("data:correction", pk=pk)
    correction, form = _suggested(pk), DeclineForm(request.POST)
    if _tried(form, lambda: decline(by=writer(request), correction=correction, **form.cleaned_data)) is None:
        return _decide_page(request, correction, AcceptForm(), form)
    messages.success(request, "Declined. Whoever suggested it can read the reason.")
    return redirect("data:corrections")


def outcome(correction: Correction, said: Provenance) -> tuple[int, str]:
    """What an accepted suggestion came to, in words: it is one statement among others."""
    about = f"{said.field.label} of {correction.program.name}"
    if said.rivals:
        return messages.WARNING, f"Accepted. Trusted sources disagree about {about} now: open the program and choose the statement that holds."
    if said.state.value != correction.value:
        return messages.WARNING, f"Accepted and kept with its source. {about} stays as it was: a source of better rank says otherwise."
    return messages.SUCCESS, f"Accepted. {about} is {display_text(said.field, correction.value)} now."


def _suggested(pk: int) -> Correction:
    return get_object_or_404(Correction.objects.select_related("program__specialty"), pk=pk)


def _tried(form: Form, answer: Callable[[], Answer]) -> Answer | None:
    """What answering gave; None where the form or the suggestion does not allow it, which is told above the form."""
    try:
        return answer() if form.is_valid() else None
    except (CorrectionError, ProgramDataError) as error:
        form.add_error(None, str(error))
        return None


def _decide_page(request: HttpRequest, correction: Correction, accepting: Form, declining: Form) -> HttpResponse:
    correction.refresh_from_db(fields=("state", "reason", "decided_by", "decided_at"))
    context = {"line": queue_lines([correction])[0], "program": correction.program, "accepting": accepting, "declining": declining}
    return render_page(request, "programs/correction_decide.html", context)
