"""All programs, to be looked up by name, city, specialty or state."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from programs.models import Specialty, State
from programs.queries import matching_programs
from smartpick.http import render_page

PAGE_SIZE = 50
LONGEST_SEARCH = 80


def program_list(request: HttpRequest) -> HttpResponse:
    """Programs that fit the search; one page of them."""
    text = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    specialty, state = request.GET.get("specialty", "")[:3], request.GET.get("state", "")[:2]
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
