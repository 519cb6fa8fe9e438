"""What one does with a preview: mark programs closed, download what is wrong, apply."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from programs.choices import SourceRank
from programs.imports import drafts
from programs.imports.columns import HeaderError
from programs.imports.drafts import DraftSettings
from programs.models import ImportDraft
from programs.presenters.preview import MISSING, SEVERITY_LABELS
from programs.services import ProgramDataError
from programs.views.downloads import csv_download
from programs.views.import_draft import PREVIEW, elsewhere
from programs.views.imports import DRAFT, IMPORT
from programs.views.refresh import refresh
from smartpick.access import requires, writer
from smartpick.exports import csv_bytes
from smartpick.roles import Permission

PROBLEM_HEADER = ("line", "column", "value", "what happens", "what to do")
WRONG = "what is wrong"


@requires(Permission.PROGRAMS_IMPORT)
def preview_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Say which of the programs that the file no longer has are to be marked closed, and preview that."""
    draft = get_object_or_404(ImportDraft, pk=pk)
    if answer := elsewhere(request, draft):
        return answer
    if request.method == "POST":
        offered, ticked = set(request.POST.getlist("offered")), set(request.POST.getlist("close"))
        close = (set(draft.close) - offered) | (ticked & offered)
        try:
            draft = drafts.settle(by=writer(request), draft=draft, settings=_settings(draft, close))
            drafts.preview(by=writer(request), draft=draft)
        except (HeaderError, ProgramDataError) as error:
            messages.error(request, str(error))
            return redirect(DRAFT, pk)
        messages.success(request, f"To be marked closed when you apply: {len(close)}. The preview is made anew.")
    return redirect(f"{reverse(PREVIEW, args=(pk,))}?show={MISSING}")


def _settings(draft: ImportDraft, close: set[str]) -> DraftSettings:
    """What was said of the file so far, with other programs to be closed."""
    return DraftSettings(
        preset=draft.preset,
        source_name=draft.source_name,
        season=draft.season,
        meanings=drafts.chosen(draft),
        rank=SourceRank(draft.rank) if draft.rank else None,
        licence=draft.licence,
        url=draft.url,
        as_of=draft.as_of,
        close=tuple(sorted(close)),
    )


@requires(Permission.PROGRAMS_IMPORT)
def draft_apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Write exactly what was previewed, and have every stored result follow."""
    draft = get_object_or_404(ImportDraft, pk=pk)
    if answer := elsewhere(request, draft):
        return answer
    if request.method != "POST":  # a link or a reload changes nothing
        return redirect(PREVIEW, pk)
    digest, skip = request.POST.get("digest", ""), "skip_invalid" in request.POST
    try:
        batch = drafts.apply_draft(by=writer(request), draft=draft, digest=digest, skip_invalid=skip)
    except ProgramDataError as error:
        messages.error(request, str(error))
        return redirect(PREVIEW, pk)
    refresh(writer(request), f"Import of {batch.file_name}")
    messages.success(request, "The import is applied. It can be undone here at any time.")
    return redirect(IMPORT, batch.pk)


@requires(Permission.PROGRAMS_IMPORT)
@require_safe
def problems_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """Every problem of the file as a table."""
    draft = get_object_or_404(ImportDraft, pk=pk)
    if draft.plan is None:
        return elsewhere(request, draft) or redirect(DRAFT, pk)
    problems = drafts.details(draft).problems
    rows = ((problem.line, problem.column, problem.value, SEVERITY_LABELS[problem.severity], problem.message) for problem in problems)
    return csv_download(csv_bytes(PROBLEM_HEADER, rows), f"problems of {_stem(draft)}")


@requires(Permission.PROGRAMS_IMPORT)
@require_safe
def bad_rows_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows that cannot be applied, as the file has them, with what is wrong: to be mended and uploaded again."""
    draft = get_object_or_404(ImportDraft, pk=pk)
    if draft.plan is None:
        return elsewhere(request, draft) or redirect(DRAFT, pk)
    width = len(draft.header)
    rows = ([*cells, *[""] * (width - len(cells)), wrong] for cells, wrong in drafts.bad_rows(draft))
    return csv_download(csv_bytes([*draft.header, WRONG], rows), f"bad rows of {_stem(draft)}")


def _stem(draft: ImportDraft) -> str:
    """The name of the file without its ending."""
    return draft.file_name.rpartition(".")[0] or draft.file_name
