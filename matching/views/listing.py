"""The list: every program of a specialty, ranked for one applicant."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from matching.list_page import ListPage, headline
from matching.services.ranking import rank
from matching.views.asked import Asked, ask_again, asked
from smartpick.http import render_page


def list_show(request: HttpRequest) -> HttpResponse:
    """The ranked list. Answers, filters, sorting and page are all in the address."""
    who = asked(request)
    if not isinstance(who, Asked):
        return ask_again(request, who)
    ranking = rank(who.profile, specialty=who.specialty.code, match_year=settings.MATCH_YEAR)
    page = ListPage(ranking, request.GET, query=who.query)
    # The button for the next rows swaps in rows alone; everything else wants the whole page.
    partial = "rows" if page.number > 1 and not request.htmx.boosted else ""  # type: ignore[attr-defined]
    return render_page(request, "matching/list.html", {"who": who, "page": page, "headline": headline(who.profile)}, partial=partial)
