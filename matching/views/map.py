"""Programs by state, as a map of tiles and a table."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from applicants.queries import profile_data
from matching.presenters.map import MapPage, wants_list
from matching.services.ranking import rank
from matching.services.workspace import Workspace
from matching.views.asked import Asked, ask_again, asked
from matching.views.owned import own_list
from smartpick.http import render_page


@require_safe
def map_show(request: HttpRequest) -> HttpResponse:
    """The ranked programs of one specialty, or the list: which, and in what order the table is, is in the address."""
    who, saved = asked(request), own_list(request)
    if not isinstance(who, Asked):
        return ask_again(request, who)
    workspace = Workspace(saved) if saved else None
    listed = workspace if wants_list(request.GET, has_list=bool(workspace and workspace.applications)) else None
    ranking = None if listed else rank(who.profile, specialty=who.specialty.code, match_year=settings.MATCH_YEAR)
    profile = profile_data(saved.profile) if listed and saved and not who.saved else who.profile
    page = MapPage(request.GET, ranking=ranking, workspace=listed, query=who.query, profile=profile)
    return render_page(request, "matching/map.html", {"who": who, "page": page, "saved": saved})
