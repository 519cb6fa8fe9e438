"""A list in pictures."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from matching.presenters.list_charts import SCORES, WHOLE, ListChartsPage
from matching.services.ranking import rank
from matching.services.workspace import Workspace
from matching.views.asked import Asked, ask_again, asked
from matching.views.owned import own_list
from smartpick.http import render_page


@require_safe
def charts_show(request: HttpRequest) -> HttpResponse:
    """The list beside all programs of one specialty; without a list, the programs alone."""
    who, saved = asked(request), own_list(request)
    if not isinstance(who, Asked):
        return ask_again(request, who)
    ranking = rank(who.profile, specialty=who.specialty.code, match_year=settings.MATCH_YEAR)
    workspace = Workspace(saved) if saved else None
    if workspace and who.saved:
        workspace.profile = who.profile  # read already
    page = ListChartsPage(ranking, who.specialty.name, workspace, whole=request.GET.get(SCORES) == WHOLE)
    return render_page(request, "matching/charts.html", {"who": who, "page": page})
