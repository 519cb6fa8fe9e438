"""How the numbers come about: formula, weights, figures and sources."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from matching.presenters.method import method_page
from matching.presenters.outcomes import outcomes_page
from matching.services.calibration import comparisons
from matching.services.outcomes import calibration
from smartpick.http import render_page


@require_safe
def method_show(request: HttpRequest) -> HttpResponse:
    """The Method page. What is on it comes from the tables that the engine reads, and from the engine run over what is loaded."""
    context = {"page": method_page(comparisons(settings.MATCH_YEAR)), "outcomes": outcomes_page(calibration(timezone.localdate()))}
    return render_page(request, "matching/method.html", context)
