"""Whom an import would touch: a part of its preview, or a page of its own without JavaScript."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from programs.models import ImportDraft
from smartpick.access import requires
from smartpick.http import render_page
from smartpick.roles import Permission


@requires(Permission.PROGRAMS_IMPORT)
@require_safe
def import_touched(request: HttpRequest, pk: int) -> HttpResponse:
    """How many lists and tiers would change."""
    draft = get_object_or_404(ImportDraft.objects.defer("data", "plan"), pk=pk)
    return render_page(request, "programs/data/touched.html", {"draft": draft}, partial="touched")
