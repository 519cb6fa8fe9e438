"""Recomputes: the ledger, a live bar, starting and cancelling."""

from functools import partial

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseStopPolling, retarget

from matching.choices import UNFINISHED
from matching.forms import RecomputeForm
from matching.presenters.recomputes import RecomputesPage, bar, run_ended, runs
from matching.services.runs import RunError, cancel_run, start_run
from matching.tasks import enqueue
from smartpick.access import requires, writer
from smartpick.http import render_page
from smartpick.roles import Permission

LEDGER = "recomputes:list"
PAGE = "matching/recomputes.html"
STOP_POLLING = HttpResponseStopPolling.status_code
LONGEST_ID = 19  # digits that fit into the column
UP_TO_DATE = "Every result is up to date already: there was nothing to compute."
GOES_ON = "A recompute is going on already, for the same data: it was asked to go on."
STARTED = "The recompute is started."
CANCELLED = "The recompute is cancelled. What it has done stays; the next one goes on from there."


@requires(Permission.RECOMPUTE_RUN)
@require_safe
def recompute_list(request: HttpRequest) -> HttpResponse:
    """The ledger, with what is going on; for HTMX the bar alone, and once the run has ended everything anew."""
    page, watched = RecomputesPage(request.GET.get("page")), run_ended(_watched(request))
    over = bool(request.htmx and watched and not page.bar)  # type: ignore[attr-defined]
    context = {"page": page, "form": RecomputeForm(), "ended": watched if over else None}
    if not over:
        return render_page(request, PAGE, context, partial="bar")
    return retarget(render_page(request, PAGE, context, partial="all", status=STOP_POLLING), "#recomputes")


@requires(Permission.RECOMPUTE_RUN)
@require_safe
def recompute_widget(request: HttpRequest) -> HttpResponse:
    """The bar for other pages, as long as something is going on; by itself it is no page."""
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(LEDGER)
    going, ended = bar(), run_ended(_watched(request))
    status = STOP_POLLING if ended and not going else 200
    context = {"bar": going, "ended": None if going else ended, "poll": reverse("recomputes:widget")}
    return render_page(request, "matching/_recompute_widget.html", context, status=status)


@requires(Permission.RECOMPUTE_RUN)
def recompute_start(request: HttpRequest) -> HttpResponse:
    """Bring every result up to date by hand, for a reason that is told."""
    if request.method != "POST":  # a link or a reload: starting takes the button
        return redirect(LEDGER)
    form = RecomputeForm(request.POST)
    if not form.is_valid():
        return render_page(request, PAGE, {"page": RecomputesPage(), "form": form})
    before, run = bar(), start_run(by=writer(request), cause=form.cleaned_data["cause"])
    if run is None:
        messages.info(request, UP_TO_DATE)
        return redirect(LEDGER)
    messages.success(request, GOES_ON if before and before.run == run else STARTED)
    if run.state in UNFINISHED:  # one that has nobody to reach has ended already
        transaction.on_commit(partial(enqueue, run.pk))
    return redirect(LEDGER)


@requires(Permission.RECOMPUTE_RUN)
def recompute_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a recompute before its next part."""
    if request.method != "POST":
        return redirect(LEDGER)
    try:
        cancel_run(by=writer(request), run=get_object_or_404(runs(), pk=pk))
    except RunError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, CANCELLED)
    return redirect(LEDGER)


def _watched(request: HttpRequest) -> int | None:
    """The recompute whose bar asks again."""
    text = request.GET.get("run", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < LONGEST_ID else None
