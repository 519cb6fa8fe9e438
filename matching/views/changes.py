"""What changed on the reader's list, and that its owner has seen it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from matching.models import ChangeNotice, ProgramList
from matching.presenters.changes import ChangesPage, ChangesPanel
from matching.services.lists import mark_looked
from matching.views.owned import own_list
from smartpick.http import render_page

CHANGES = "matching:changes"
SEEN = "Noted: you have seen what changed. It is kept under All changes."
MORE_CAME = "More has changed since this page was opened, so nothing is marked as seen yet: look at the newest change first."


@require_safe
def changes_show(request: HttpRequest) -> HttpResponse:
    """Every change on the list so far, the newest first."""
    saved = own_list(request)
    return render_page(request, "matching/changes.html", {"page": ChangesPage(saved, request.GET.get("page")), "changes": ChangesPanel(saved)})


def changes_seen(request: HttpRequest) -> HttpResponse:
    """Keep that the owner has seen the changes, where those on the page were all there are."""
    if request.method != "POST":  # a link or a reload changes nothing
        return redirect(CHANGES)
    saved = own_list(request)
    told = _mark(request, saved)
    if not request.htmx:  # type: ignore[attr-defined]
        (messages.success if told == SEEN else messages.warning)(request, told)
        return redirect("matching:list")
    return render(request, "matching/changes_answer.html", {"changes": ChangesPanel(own_list(request)), "told": told})


def _mark(request: HttpRequest, saved: ProgramList | None) -> str:
    shown = request.POST.get("newest", "")
    # Another's notice is none of this list, and does not exist.
    notice = get_object_or_404(ChangeNotice, list=saved, pk=shown if shown.isascii() and shown.isdigit() and len(shown) < LONGEST_ID else 0)
    if ChangesPanel(notice.list).newest not in {notice.pk, None}:
        return MORE_CAME
    mark_looked(notice.list)
    return SEEN


LONGEST_ID = 19  # digits that fit into the column
