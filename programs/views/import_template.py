"""Our own template to download, and what belongs in each of its columns."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from programs.imports.template_file import data_dictionary, data_dictionary_csv, template_csv
from programs.views.downloads import csv_download
from smartpick.access import requires
from smartpick.http import render_page
from smartpick.roles import Permission


@requires(Permission.PROGRAMS_IMPORT)
@require_safe
def template_show(request: HttpRequest) -> HttpResponse:
    """The template as a file."""
    return csv_download(template_csv(), "smartpick template")


@requires(Permission.PROGRAMS_IMPORT)
@require_safe
def dictionary_show(request: HttpRequest) -> HttpResponse:
    """Every column of the template, with what it may hold."""
    return render_page(request, "programs/data/dictionary.html", {"entries": data_dictionary()})


@requires(Permission.PROGRAMS_IMPORT)
@require_safe
def dictionary_download(request: HttpRequest) -> HttpResponse:
    """The same as a file."""
    return csv_download(data_dictionary_csv(), "smartpick data dictionary")
