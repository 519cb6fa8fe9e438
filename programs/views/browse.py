"""All programs, to be looked up by name, city, specialty or state."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from programs.models import Specialty, State
from programs.queries import matching_programs
from smartpick.http import query_text, render_page

PAGE_SIZE = 50
LONGEST_SEARCH, LONGEST_SPECIALTY, LONGEST_STATE = 80, 3, 2


@require_safe
def program_list(request: HttpRequest) -> HttpResponse:
    """Programs that fit the search; one page of them."""
    text = query_text(request.GET, "q", LONGEST_SEARCH)
    specialty, state = query_text(request.GET, "specialty", LONGEST_SPECIALTY), query_text(request.GET, "state", LONGEST_STATE)
    found = matching_programs(text=text, specialty=specialty, state=state)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "text": text,
        "specialty": specialty,
        "state": state,
        "specialties": Specialty.objects.all(),
        "states": State.objects.all(),
        "searched": bool(text or specialty or state),
    }
    return render_page(request, "programs/list.html", context)
