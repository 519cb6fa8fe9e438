"""The rank-list helper: its page, its buttons, and that the list was certified."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from applicants.session import current_profile
from matching.choices import Step
from matching.models import ProgramList
from matching.presenters.rank_list import RankPage
from matching.services.entry_fields import ListError
from matching.services.rank_list import Move, move_rank
from matching.services.season import Told
from matching.services.steps import record_steps
from matching.views.owned import own_list
from matching.views.season import told_of
from smartpick.access import writer
from smartpick.http import go_to, render_page

RANK_LIST = "matching:rank-list"
LONGEST_VERSION = 9  # digits


@require_safe
def rank_show(request: HttpRequest) -> HttpResponse:
    """The order, and why it should be the true one."""
    saved = own_list(request)
    return render_page(request, "matching/rank_list.html", {"page": RankPage(saved, timezone.localdate()), "saved": saved, "profile": current_profile(request)})


def rank_move(request: HttpRequest, key: str) -> HttpResponse:
    """Move one program, put it on the rank list, or take it off."""
    saved, move = own_list(request), request.POST.get("move", "")
    if request.method != "POST" or saved is None or move not in set(Move):
        return go_to(request, reverse(RANK_LIST))
    try:
        seen = _version(request)
        move_rank(by=writer(request), profile=saved.profile, match_year=settings.MATCH_YEAR, saved=saved, key=key, move=Move(move), seen=seen)
    except ListError as error:
        return _answer(request, str(error), failed=True)
    return _answer(request, _place(request, key))


def rank_certified(request: HttpRequest) -> HttpResponse:
    """Record "ranked" of everything on the rank list, today."""
    saved = own_list(request)
    if request.method != "POST" or saved is None:
        return go_to(request, reverse(RANK_LIST))
    today = timezone.localdate()
    told = Told(Step.RANKED, today)
    try:
        done = record_steps(by=writer(request), profile=saved.profile, match_year=settings.MATCH_YEAR, keys=request.POST.getlist("key"), told=told, today=today)
    except ListError as error:
        return _answer(request, str(error), failed=True)
    return _answer(request, told_of(done, Step.RANKED))


def _place(request: HttpRequest, key: str) -> str:
    """Where the program stands now, to be read aloud."""
    lines = RankPage(own_list(request), timezone.localdate()).lines
    found = next((line for line in lines if line.row.key == key), None)
    return f"{found.row.name} is number {found.place} of {len(lines)} on your rank list." if found else "It is off your rank list."


def _version(request: HttpRequest) -> int | None:
    text = request.POST.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_VERSION else None


def _answer(request: HttpRequest, told: str, *, failed: bool = False) -> HttpResponse:
    """The rank list as it now is, or without HTMX the page again."""
    if not request.htmx:  # type: ignore[attr-defined]
        (messages.error if failed else messages.success)(request, told)
        return redirect(RANK_LIST)
    saved: ProgramList | None = own_list(request)
    context = {"page": RankPage(saved, timezone.localdate()), "saved": saved, "told": told, "failed": failed}
    return render(request, "matching/rank_list_answer.html", context)
