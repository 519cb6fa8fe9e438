"""One program: the answer for the reader first, then what it states and who says so."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from matching.presenters.outcomes import outcome_panel
from matching.presenters.program import ProgramPage
from matching.services.outcomes import program_outcomes
from matching.views.asked import Asked, asked
from matching.views.owned import own_list, saving
from programs.models import Program
from programs.views.corrections import remembered
from smartpick.access import may
from smartpick.http import render_page
from smartpick.roles import Permission


@require_safe
def program_detail(request: HttpRequest, key: str) -> HttpResponse:
    """The program page; without answers in the address or a saved profile it shows the program alone."""
    programs = Program.objects.filter(is_withdrawn=False).select_related("specialty", "state").prefetch_related("tracks__years")
    program, who = get_object_or_404(programs, key=key), asked(request)
    query = who.query if isinstance(who, Asked) else ""
    page = ProgramPage(
        program,
        who.profile if isinstance(who, Asked) else None,
        query,
        match_year=settings.MATCH_YEAR,
        decides=may(request, Permission.FACTS_DECIDE),
        tokens=remembered(request),
    )
    buttons = saving(request, query, own_list(request)) if isinstance(who, Asked) else None
    context = {"program": program, "page": page, "who": who, "saving": buttons, "outcomes": outcome_panel(program_outcomes(program.pk))}
    return render_page(request, "programs/detail.html", context)
