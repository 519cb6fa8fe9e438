"""The list: every program of a specialty, ranked for one applicant."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from matching.presenters.list import ListPage, headline
from matching.services.ranking import rank
from matching.views.asked import Asked, ask_again, asked
from smartpick.http import render_page


@require_safe
def list_show(request: HttpRequest) -> HttpResponse:
    """The ranked list. Answers, filters, sorting and page are all in the address."""
    who = asked(request)
    if not isinstance(who, Asked):
        return ask_again(request, who)
    ranking = rank(who.profile, specialty=who.specialty.code, match_year=settings.MATCH_YEAR)
    # The button for the next rows adds rows in place; everything else wants the whole page.
    added = bool(request.htmx) and "page" in request.GET  # type: ignore[attr-defined]
    page = ListPage(ranking, request.GET, query=who.query, added=added)
    partial = "rows" if added else ""
    return render_page(request, "matching/list.html", {"who": who, "page": page, "headline": headline(who.profile)}, partial=partial)
