"""One entry of the reader's list: note, tags, connection, as a page of its own or in place."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from applicants.session import remember
from matching.forms.my_list import LONGEST_NOTE, EntryForm
from matching.presenters.entry import EntryPage
from matching.services.editing import ListConflict, ListError, change_list
from matching.services.workspace import Workspace
from matching.views.my_list import answer, seen
from matching.views.owned import own_list
from smartpick.access import writer
from smartpick.http import go_to, query_text, render_page

NOT_THERE = "That program is not on your list any more, so there is nothing to note about it."


def entry_edit(request: HttpRequest, key: str) -> HttpResponse:
    """Show what the reader keeps about one program of their list, and keep what they say."""
    page = _entry(request, key)
    if page is None:
        typed = query_text(request.POST, "note", LONGEST_NOTE)  # taken off elsewhere meanwhile: what was written must not be lost
        messages.info(request, f"{NOT_THERE} You had typed: {typed}" if typed else NOT_THERE)
        return go_to(request, reverse("matching:list"))
    if request.method != "POST":
        return _show(request, page, EntryForm(initial=page.initial, auto_id=f"%s-{key}"))
    form = EntryForm(request.POST, auto_id=f"%s-{key}")
    if not form.is_valid():
        return _show(request, page, form)
    try:
        _keep(request, page, form)
    except ListError as error:
        form.add_error(None, str(error))
        return _show(request, _entry(request, key) or page, form, conflict=isinstance(error, ListConflict))
    remember(request, page.workspace.saved.profile)
    return answer(request, f"Kept what you noted about {page.name}.", at=key)


def _entry(request: HttpRequest, key: str) -> EntryPage | None:
    saved = own_list(request)
    workspace = Workspace(saved) if saved else None
    line = workspace.by_key.get(key) if workspace else None
    return EntryPage(workspace, line) if workspace and line else None


def _keep(request: HttpRequest, page: EntryPage, form: EntryForm) -> None:
    """Write what differs from what the reader's page showed: the rest may have been changed elsewhere meanwhile."""
    edit = form.edit()
    if edit:
        saved = page.workspace.saved
        said = f"note, tags or connection: {page.name}"
        change_list(by=writer(request), profile=saved.profile, match_year=settings.MATCH_YEAR, edits={page.key: edit}, said=said, seen=seen(request))


def _show(request: HttpRequest, page: EntryPage, form: EntryForm, *, conflict: bool = False) -> HttpResponse:
    """The form; after a conflict with what is there now beside what was typed, and ready to be sent again."""
    again = form.is_bound and not conflict
    typed = {name: form[name].value() for name in page.initial}
    context = {
        "entry": page,
        "form": form,
        "choices": page.choices(str(typed["connection"])),
        "seen": seen(request) if again else page.version,
        # What the reader's page started from: only what differs from it is written.
        "initials": [(f"initial-{name}", request.POST.get(f"initial-{name}", "") if again else value) for name, value in page.initial.items()],
        "there_now": page.conflict(typed) if conflict else [],
    }
    response = render_page(request, "matching/entry.html", context, partial="panel")
    if form.is_bound and request.htmx:  # type: ignore[attr-defined]
        response["HX-Retarget"], response["HX-Reswap"] = f"#panel-{page.key}", "outerHTML"
    return response
