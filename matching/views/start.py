"""The start page: five questions, answered without an account."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from applicants.forms import StartForm
from applicants.queries import demonstration_profiles
from applicants.session import current_profile
from matching.presenters.example import example_rows
from matching.views.asked import specialty_choices
from matching.views.owned import own_list, saving
from smartpick.http import render_page
from smartpick.wording import ANSWER_KEYS


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """An empty form, or the answers in the address with what is wrong with them."""
    answered = any(key in request.GET for key in ANSWER_KEYS)
    form = StartForm(request.GET if answered else None, specialties=specialty_choices())
    demonstration = demonstration_profiles()
    context = {
        "form": form,
        "saved": current_profile(request),
        "saving": saving(request, "", own_list(request)),
        "demo_profiles": demonstration,
        # The example is of invented programs, so it is shown only while they are loaded.
        "example_rows": example_rows(match_year=settings.MATCH_YEAR) if demonstration else [],
    }
    return render_page(request, "matching/start.html", context)
