"""Why this chance: opens in place on the list, or as a page of its own without JavaScript."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from matching.presenters.program import ProgramPage
from matching.views.asked import Asked, ask_again, asked
from programs.models import Program
from smartpick.http import render_page


@require_safe
def why_show(request: HttpRequest, key: str) -> HttpResponse:
    """The full sum for one program."""
    who = asked(request)
    if not isinstance(who, Asked):
        return ask_again(request, who)
    program = get_object_or_404(Program.objects.select_related("specialty", "state"), key=key)
    page = ProgramPage(program, who.profile, who.query, match_year=settings.MATCH_YEAR)
    if page.why is None:
        raise Http404("This program is not ranked for these answers.")
    return render_page(request, "matching/why.html", {"program": program, "page": page, "who": who}, partial="why")
