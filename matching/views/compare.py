"""Up to six programs side by side; which ones is in the address."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from applicants.forms import StartForm
from matching.presenters.compare import ComparePage
from matching.views.asked import ask_again, asked
from matching.views.owned import own_list
from smartpick.http import render_page


@require_safe
def compare_show(request: HttpRequest) -> HttpResponse:
    """The programs that the address names; without answers or a saved profile, what they state alone."""
    who = asked(request)
    if isinstance(who, StartForm):
        return ask_again(request, who)
    page = ComparePage(
        request.GET,
        who.profile if who else None,
        who.query if who else "",
        match_year=settings.MATCH_YEAR,
        saved=own_list(request),
        own=bool(who and who.saved),
    )
    return render_page(request, "matching/compare.html", {"who": who, "page": page})
