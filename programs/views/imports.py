"""The ledger of imports, each import with what it did, and its undoing."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from programs.models import ImportBatch
from programs.presenters.imports import BatchLine
from smartpick.access import requires
from smartpick.http import render_page
from smartpick.roles import Permission

PAGE_SIZE = 50


@requires(Permission.PROGRAMS_IMPORT)
@require_safe
def import_list(request: HttpRequest) -> HttpResponse:
    """Every import, newest first."""
    page = Paginator(ImportBatch.objects.select_related("source"), PAGE_SIZE).get_page(request.GET.get("page"))
    return render_page(request, "programs/data/imports.html", {"page": page, "lines": [BatchLine(batch) for batch in page]})
