"""A list that an applicant brings as a file: upload, look, correct, confirm. Until then nothing is written, and the file travels in the form."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.cache import patch_cache_control

from applicants.models import Profile
from applicants.session import current_profile, remember
from matching.forms.list_import import ListImportForm, ListUploadForm, columns_posted, picks_posted
from matching.list_files.carried import LOST, pack, unpack
from matching.list_files.meanings import guessed, identifies
from matching.list_files.reading import MOST_BYTES, TOO_LARGE, ListTable, read_list
from matching.presenters.list_import import ImportPage
from matching.services.entry_fields import ListError
from matching.services.list_import import Imported, StaleImportError, import_list, preview
from matching.views.files import FILES, files_page
from programs.imports.table import ReadError
from programs.models import Specialty
from programs.uploads import was_dropped
from smartpick.access import writer
from smartpick.http import render_page
from smartpick.throttle import Limit, client_address
from smartpick.wording import plural

# Reading a file and comparing it takes about a second of a worker; a person corrects a column and looks again a few times.
TRIES = Limit("list-import", tries=40, seconds=600)
TOO_OFTEN = "Files were brought very often from here in the last minutes. Nothing was written: wait ten minutes, then try again."
NO_PROFILE = "A list hangs on your answers: answer the five questions and add one program, then bring your file under Import and export."
NOT_NAMED = "No column says which program a row is about: choose ACGME id, NRMP codes or Program for one of the columns below, then read it again."
TOO_MANY_REQUESTS = 429
LEFT_OUT_FILE = 'attachment; filename="smartpick-rows-left-out.csv"'


def list_import(request: HttpRequest) -> HttpResponse:
    """Look at a file, look again with other columns, or confirm."""
    if request.method != "POST":  # a link or a reload: the form is on the page about files
        return redirect(FILES)
    profile = current_profile(request)
    if profile is None:
        messages.info(request, NO_PROFILE)
        return redirect("matching:start")
    if not TRIES.allows(client_address(request), str(profile.pk)):
        messages.error(request, TOO_OFTEN)
        return files_page(request, ListUploadForm(), status=TOO_MANY_REQUESTS)
    return _look_again(request, profile) if "table" in request.POST else _upload(request, profile)


def _upload(request: HttpRequest, profile: Profile) -> HttpResponse:
    """Read the file that was sent, and show what it would do."""
    form = ListUploadForm(files=request.FILES)
    if was_dropped(request):
        form.errors["file"] = form.error_class([TOO_LARGE])
    elif form.is_valid():
        file = form.cleaned_data["file"]
        try:
            if file.size > MOST_BYTES:
                raise ReadError(TOO_LARGE)
            table = read_list(file.read())
            return _preview(request, profile, table, guessed(table.header), pack(table, file.name))
        except ReadError as error:
            form.add_error("file", str(error))
    return files_page(request, form)


def _look_again(request: HttpRequest, profile: Profile) -> HttpResponse:
    """Go on with a file that was looked at: confirm, download what is left out, or read it anew with other columns."""
    form = ListImportForm(request.POST)
    try:
        table, file_name = unpack(request.POST["table"])
    except ReadError:
        messages.error(request, LOST)
        return redirect(FILES)
    columns, step = columns_posted(request.POST, len(table.header)), request.POST.get("step")
    picks = picks_posted(request.POST, len(table.rows))
    if not form.is_valid():  # hidden fields that somebody changed
        return _preview(request, profile, table, columns, request.POST["table"])
    if step == "left-out":
        return _left_out(profile, table, columns, picks)
    if step == "confirm" and identifies(columns):
        return _confirm(request, profile, table, columns, picks, form, file_name)
    return _preview(request, profile, table, columns, request.POST["table"], picks=picks, form=form)


def _confirm(  # noqa: PLR0917
    request: HttpRequest, profile: Profile, table: ListTable, columns: dict[int, str], picks: Mapping[int, str], form: ListImportForm, file_name: str
) -> HttpResponse:
    """Do what was looked at; where that has changed, look again."""
    said = form.cleaned_data
    try:
        done = import_list(
            **_about(profile, table, columns),
            by=writer(request),
            picks=picks,
            digest=said["digest"],
            replace=form.replaces,
            file_name=file_name,
            seen=said["seen"],
        )
    except (StaleImportError, ListError) as error:
        messages.error(request, str(error))
        return _preview(request, profile, table, columns, said["table"], picks=picks, form=form)
    remember(request, profile)  # again, so that the session lives on with the list
    messages.success(request, done_in_words(done))
    return redirect("matching:list")


def done_in_words(done: Imported) -> str:
    """What the import has done, in words."""
    if not done.added and not done.changed:
        return "Nothing had to be changed: everything that could be read in the file is on your list as it stands."
    parts = (
        f"{plural(done.added, 'program')} came on your list" if done.added else "",
        f"{plural(done.changed, 'program')} took what the file says" if done.changed else "",
    )
    steps = f" With {plural(done.steps, 'step')} of the season." if done.steps else ""
    return f"{' and '.join(filter(None, parts))}.{steps} Undo takes all of it back."


def _left_out(profile: Profile, table: ListTable, columns: dict[int, str], picks: Mapping[int, str]) -> HttpResponse:
    """The rows that would do nothing, as a file."""
    plan, _ = preview(**_about(profile, table, columns), picks=picks)
    data = ImportPage(table, columns, plan, {}).left_out_csv()
    response = HttpResponse(data, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": LEFT_OUT_FILE})
    patch_cache_control(response, private=True, no_store=True)
    return response


def _preview(
    request: HttpRequest,
    profile: Profile,
    table: ListTable,
    columns: dict[int, str],
    carried: str,
    *,
    picks: Mapping[int, str] | None = None,
    form: ListImportForm | None = None,
) -> HttpResponse:
    """What the file would do, with a form that carries it on."""
    named = identifies(columns)
    plan, saved = preview(**_about(profile, table, columns), picks=_kept(picks)) if named else (None, None)
    page = ImportPage(table, columns, plan, dict(Specialty.objects.values_list("code", "name")))
    there = form["there"].value() if form else None
    said = {"table": carried, "digest": plan.digest if plan else "", "seen": saved.version if saved else 0, "there": there or "keep"}
    context = {"page": page, "form": ListImportForm(initial=said), "file_name": unpack(carried)[1], "problem": "" if named else NOT_NAMED}
    return render_page(request, "matching/list_import.html", context)


def _kept(picks: Mapping[int, str] | None) -> Mapping[int, str] | None:
    """Picks of a page that had menus; one without any made none, and what is proposed counts."""
    return picks or None


def _about(profile: Profile, table: ListTable, columns: dict[int, str]) -> dict[str, Any]:
    return {"profile": profile, "match_year": settings.MATCH_YEAR, "table": table, "meanings": columns, "today": timezone.localdate()}
