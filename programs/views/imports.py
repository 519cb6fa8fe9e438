"""The ledger of imports, the file that starts one, and each import with what it did and its undoing."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from matching.presenters.recomputes import bar
from programs.forms.imports import UploadForm
from programs.imports import drafts
from programs.imports.reader import MAX_BYTES, ReadError
from programs.models import ImportBatch, ImportDraft
from programs.presenters.imports import BatchLine
from programs.services import ProgramDataError
from programs.uploads import was_dropped
from programs.views.refresh import refresh
from smartpick.access import requires, writer
from smartpick.http import render_page
from smartpick.roles import Permission

PAGE_SIZE = 50
LEDGER, DRAFT, IMPORT = "data:imports", "data:draft", "data:import"
MEGABYTE = 1_000_000


@requires(Permission.PROGRAMS_IMPORT)
@require_safe
def import_list(request: HttpRequest) -> HttpResponse:
    """Every import, newest first, below the form for another one."""
    return _ledger(request, UploadForm())


@requires(Permission.PROGRAMS_IMPORT)
def import_upload(request: HttpRequest) -> HttpResponse:
    """Keep the file that was sent, and go on to its columns."""
    if request.method != "POST":  # a link or a reload: the form is above the ledger
        return redirect(LEDGER)
    form = UploadForm(files=request.FILES)
    if was_dropped(request):
        form.errors["file"] = form.error_class([f"The file is larger than {MAX_BYTES // MEGABYTE} MB: split it, or leave columns out."])
    elif form.is_valid():
        file = form.cleaned_data["file"]
        try:
            return redirect(DRAFT, drafts.upload(by=writer(request), data=file.read(), file_name=file.name).pk)
        except (ReadError, ProgramDataError) as error:
            form.add_error("file", str(error))
    return _ledger(request, form)


def _ledger(request: HttpRequest, form: UploadForm) -> HttpResponse:
    page = Paginator(ImportBatch.objects.select_related("source"), PAGE_SIZE).get_page(request.GET.get("page"))
    open_drafts = ImportDraft.objects.filter(batch=None, discarded_at=None).defer("data", "plan", "samples")
    context = {"page": page, "lines": [BatchLine(batch) for batch in page], "drafts": open_drafts, "form": form, "most": MAX_BYTES // MEGABYTE}
    return render_page(request, "programs/data/imports.html", context | {"recompute": bar()})


@requires(Permission.PROGRAMS_IMPORT)
@require_safe
def import_show(request: HttpRequest, pk: int) -> HttpResponse:
    """One import: what it was, what it did, and the way back."""
    batch = get_object_or_404(ImportBatch.objects.select_related("source"), pk=pk)
    facts = batch.facts.count()
    context = {"batch": batch, "line": BatchLine(batch), "facts": facts, "live": batch.facts.filter(withdrawn_at=None).count()}
    return render_page(request, "programs/data/import.html", context | {"recompute": bar()})


@requires(Permission.PROGRAMS_IMPORT)
def import_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an import back."""
    batch = get_object_or_404(ImportBatch, pk=pk)
    if request.method == "POST":  # a link or a reload changes nothing
        try:
            batch = drafts.undo_import(by=writer(request), batch=batch)
        except ProgramDataError as error:
            messages.error(request, str(error))
        else:
            refresh(writer(request), f"Import of {batch.file_name} undone")
            messages.success(request, "The import is undone. The data is as if it had never been applied.")
    return redirect(IMPORT, pk)
