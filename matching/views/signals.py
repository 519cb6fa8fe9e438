"""Signals: where they stand and where they would add most; placing them takes a button."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from applicants.session import current_profile, remember
from matching.choices import Signal
from matching.models import ProgramList
from matching.presenters.signals import SignalsPage
from matching.queries import saved_list
from matching.services.entry_fields import ListError
from matching.services.signals import place
from matching.services.workspace import Workspace
from matching.views.owned import own_list
from programs.models import Program
from smartpick.access import writer
from smartpick.http import render_page
from smartpick.wording import plural

PAGE, SIGNALS = "matching/signals.html", "matching:signals"
CHANGED = "Your list changed since this page was opened, so nothing was placed: look at what is suggested now."


@require_safe
def signals_show(request: HttpRequest) -> HttpResponse:
    """Every specialty with its signals."""
    return _page(request, own_list(request))


def signals_place(request: HttpRequest) -> HttpResponse:
    """Place a signal, take one back, or place all that are suggested in a specialty."""
    saved = own_list(request) if request.method == "POST" else None
    if saved is None:  # a link, a reload, or no list: placing takes the button
        return redirect(SIGNALS)
    told, failed = "", False
    try:
        told = _place(request, saved)
    except ListError as error:
        told, failed = str(error), True
    remember(request, saved.profile)
    if request.htmx:  # type: ignore[attr-defined]
        return _page(request, saved_list(saved.profile, saved.season), told=told, failed=failed)
    (messages.error if failed else messages.success)(request, told)
    return redirect(SIGNALS)


def _page(request: HttpRequest, saved: ProgramList | None, *, told: str = "", failed: bool = False) -> HttpResponse:
    page = SignalsPage(Workspace(saved)) if saved else None
    context = {"page": page, "profile": saved.profile if saved else current_profile(request), "told": told, "failed": failed}
    return render_page(request, PAGE, context, partial="signals")


def _place(request: HttpRequest, saved: ProgramList) -> str:
    """Do what the button says; what was done, in words."""
    seen = _whole(request.POST.get("seen", ""))
    if specialty := request.POST.get("suggested"):
        signals = _suggested(saved, specialty, seen)
        said = f"{plural(len(signals), 'signal')} placed as suggested"
    else:
        key, _, kind = request.POST.get("set", "").partition(":")
        signals = {key: kind}
        name = Program.objects.filter(key=key).values_list("name", flat=True).first() or "It"
        said = f"{name}: {Signal(kind).label} placed" if kind in Signal.values else f"{name}: signal taken back"
    place(by=writer(request), profile=saved.profile, match_year=settings.MATCH_YEAR, signals=signals, said=said, seen=seen)
    return f"{said}."


def _suggested(saved: ProgramList, specialty: str, seen: int | None) -> dict[str, str]:
    """What is suggested now in one specialty. Raises ListError where the reader may have seen something else, or nothing is suggested."""
    if seen != saved.version:
        raise ListError(CHANGED)
    signals = next((sheet.proposal for sheet in SignalsPage(Workspace(saved)).plan.sheets if sheet.specialty == specialty), {})
    if not signals:
        raise ListError("Nothing is suggested there now, so nothing was placed.")
    return signals


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
