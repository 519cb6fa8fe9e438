"""The list as files to take home, and on paper."""

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from applicants.session import current_profile
from matching.forms.list_import import ListUploadForm
from matching.list_files.reading import MEGABYTE, MOST_BYTES, MOST_ROWS
from matching.models import ProgramList
from matching.presenters.files import FilesPage, PaperPage
from matching.services.list_everything import everything
from matching.services.list_export import ListFile, list_csv, list_xlsx
from matching.services.workspace import Workspace
from matching.views.owned import own_list
from smartpick.http import render_page

FILES = "matching:files"
NO_LIST = "There is no list to take home yet: put programs on it first, or bring a list of yours as a file."
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def files_show(request: HttpRequest) -> HttpResponse:
    """What can be taken home, and the form for a file that is brought."""
    return files_page(request, ListUploadForm())


def files_page(request: HttpRequest, form: ListUploadForm, *, status: int = 200) -> HttpResponse:
    """The page with this form on it."""
    context = {"page": FilesPage(own_list(request)), "profile": current_profile(request), "form": form, "most": MOST_BYTES // MEGABYTE, "most_rows": MOST_ROWS}
    return render_page(request, "matching/files.html", context, status=status)


@require_safe
def export_csv(request: HttpRequest) -> HttpResponse:
    """The list as CSV."""
    saved = own_list(request)
    return _download(saved, list_csv(ListFile(Workspace(saved))), "text/csv; charset=utf-8", "csv") if saved else _nothing(request)


@require_safe
def export_xlsx(request: HttpRequest) -> HttpResponse:
    """The list as XLSX."""
    saved = own_list(request)
    return _download(saved, list_xlsx(ListFile(Workspace(saved)), today=timezone.localdate()), XLSX, "xlsx") if saved else _nothing(request)


@require_safe
def export_json(request: HttpRequest) -> HttpResponse:
    """Everything that is kept about the list, as JSON."""
    saved = own_list(request)
    if saved is None:
        return _nothing(request)
    text = json.dumps(everything(ListFile(Workspace(saved)), today=timezone.localdate()), indent=1, ensure_ascii=False)
    return _download(saved, text.encode("utf-8", "replace"), "application/json", "json")


@require_safe
def print_show(request: HttpRequest) -> HttpResponse:
    """The whole list on paper: the browser prints it, or makes a PDF of it."""
    page = PaperPage(own_list(request), timezone.localdate())
    return render_page(request, "matching/print.html", {"page": page, "profile": current_profile(request)})


def _download(saved: ProgramList, data: bytes, kind: str, ending: str) -> HttpResponse:
    """A file that the browser saves. It is one person's own: no cache may keep it."""
    name = f"smartpick-list-{saved.season}.{ending}"
    response = HttpResponse(data, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
    patch_cache_control(response, private=True, no_store=True)
    return response


def _nothing(request: HttpRequest) -> HttpResponse:
    messages.info(request, NO_LIST)
    return redirect(FILES)
