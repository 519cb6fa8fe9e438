"""What an uploaded file would change, part by part, and applying exactly that."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from programs.imports import drafts
from programs.imports.columns import HeaderError
from programs.models import ImportDraft, Specialty
from programs.presenters import diff
from programs.presenters import preview as parts
from programs.presenters.preview import Asked, PreviewPage
from programs.queries import data_version
from programs.services import ProgramDataError
from programs.views.import_draft import PREVIEW, elsewhere
from programs.views.imports import DRAFT
from smartpick.access import requires, writer
from smartpick.http import query_text, render_page
from smartpick.roles import Permission

PAGE_SIZE = 50
LONGEST_SEARCH, LONGEST_NAME = 80, 30


@requires(Permission.PROGRAMS_IMPORT)
def preview_show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the preview as it was worked out; work it out anew where that is posted."""
    draft = get_object_or_404(ImportDraft.objects.defer("data"), pk=pk)
    if answer := elsewhere(request, draft):
        return answer
    if request.method == "POST":
        return _look_again(request, draft)
    if draft.plan is None:
        return redirect(DRAFT, pk)
    page = _page(request, draft)
    rows = Paginator(page.shown, PAGE_SIZE).get_page(request.GET.get("page"))
    return render_page(request, "programs/data/preview.html", {"draft": draft, "page": page, "rows": rows, **_lists(page, rows)})


def _page(request: HttpRequest, draft: ImportDraft) -> PreviewPage:
    details = drafts.details(draft)
    words = {name: query_text(request.GET, name, LONGEST_NAME) for name in ("show", "field", "kind", "severity")}
    asked = Asked(words["show"], diff.DiffFilter(words["field"], words["kind"], query_text(request.GET, "q", LONGEST_SEARCH)), words["severity"])
    return PreviewPage(draft, details.changes, details.new_programs, details.missing, details.problems, asked, data_version())


def _lists(page: PreviewPage, rows: Page[Any]) -> dict[str, object]:
    """What the part that is shown needs besides its rows."""
    if page.show == parts.CHANGES:
        counts = page.draft.summary
        return {"groups": diff.grouped(rows), "fields": diff.field_choices(counts["fields"]), "kinds": diff.kind_choices(counts["kinds"])}
    if page.show == parts.PROBLEMS:
        return {"lines": [parts.ProblemLine(problem) for problem in rows]}
    if page.show == parts.NEW:
        names = dict(Specialty.objects.values_list("code", "name"))
        return {"added": [(row, names.get(row.specialty, row.specialty)) for row in rows]}
    return {}


def _look_again(request: HttpRequest, draft: ImportDraft) -> HttpResponse:
    try:
        drafts.preview(by=writer(request), draft=draft)
    except (HeaderError, ProgramDataError) as error:
        messages.error(request, str(error))
        return redirect(DRAFT, draft.pk)
    return redirect(PREVIEW, draft.pk)
