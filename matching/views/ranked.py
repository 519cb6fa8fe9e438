"""The list: every program of a specialty, ranked for one applicant."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from matching.presenters.changes import ChangesPanel
from matching.presenters.outlook import plan_sentence
from matching.presenters.ranked import RankedPage, headline
from matching.services.outlook import plan
from matching.services.ranking import Ranking, rank
from matching.views.asked import Asked, ask_again, asked
from matching.views.owned import own_list, saving
from smartpick.http import render_page

PLANNED = 2  # specialties that the sentence about a plan takes in: each costs a ranking


@require_safe
def ranked_show(request: HttpRequest) -> HttpResponse:
    """The ranked list. Answers, filters, sorting and page are all in the address."""
    who = asked(request)
    if not isinstance(who, Asked):
        return ask_again(request, who)
    ranking = rank(who.profile, specialty=who.specialty.code, match_year=settings.MATCH_YEAR)
    # The button for the next rows adds rows in place; everything else wants the whole page.
    added = bool(request.htmx) and "page" in request.GET  # type: ignore[attr-defined]
    page = RankedPage(ranking, request.GET, query=who.query, added=added, plan="" if added else _plan(who, ranking))
    partial = "rows" if added else ""
    saved = own_list(request)
    kept = {"saving": saving(request, who.query, saved), "changes": ChangesPanel(saved)}
    return render_page(request, "matching/ranked.html", {"who": who, "page": page, "headline": headline(who.profile), **kept}, partial=partial)


def _plan(who: Asked, ranking: Ranking) -> str:
    """What the first specialties of a profile could bring together; "" where it has one."""
    if len(who.specialties) < PLANNED:
        return ""
    own = who.specialties[:PLANNED]
    rankings = [ranking if one.code == ranking.specialty else rank(who.profile, specialty=one.code, match_year=settings.MATCH_YEAR) for one in own]
    return plan_sentence(plan(rankings), {one.code: one.name for one in own})
