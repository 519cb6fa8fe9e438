"""One application: what happened with it, in place on the season's page or as a page of its own."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from matching.choices import Step
from matching.forms.season import StepForm
from matching.models import ProgramList
from matching.presenters.season import EntryPage, said_of
from matching.services.entry_fields import ListError
from matching.services.season import SeasonBook, Told
from matching.services.steps import record_step, remove_steps
from matching.views.owned import own_list
from matching.views.season import remember_last, season_answer, told_of
from smartpick.access import writer
from smartpick.http import go_to, render_page

ENTRY = "matching:season-entry"


def season_entry(request: HttpRequest, key: str) -> HttpResponse:
    """The steps of one application and a form for one more; another's application does not exist."""
    saved, page = _open(request, key)
    if request.method != "POST":
        return _shown(request, page, StepForm(key=key, initial=page.initial(request.GET.get("step", ""))))
    form = StepForm(request.POST, key=key)
    if not form.is_valid():
        return _shown(request, page, form, failed=True)
    told = Told(Step(form.cleaned_data["step"]), form.cleaned_data["on"], form.cleaned_data["at"], form.cleaned_data["note"])
    try:
        done = record_step(
            by=writer(request),
            profile=saved.profile,
            match_year=settings.MATCH_YEAR,
            key=key,
            told=told,
            today=timezone.localdate(),
            seen=form.cleaned_data["seen"] or None,
        )
    except ListError as error:
        form.add_error(None, str(error))
        return _shown(request, _open(request, key)[1], form, failed=True)
    remember_last(request, saved.profile, told, done)
    return season_answer(request, told_of(done, told.step), focus=key)


def season_entry_remove(request: HttpRequest, key: str) -> HttpResponse:
    """Take one step of one application back."""
    step = request.POST.get("step", "")
    if request.method != "POST" or step not in Step.values:
        return go_to(request, reverse(ENTRY, args=[key]))
    saved, _ = _open(request, key)
    seen = request.POST.get("seen") or None
    try:
        names = remove_steps(by=writer(request), profile=saved.profile, match_year=settings.MATCH_YEAR, keys=[key], step=Step(step), seen=seen)
    except ListError as error:
        if request.htmx:  # type: ignore[attr-defined]
            return season_answer(request, str(error), failed=True, focus=key)
        messages.error(request, str(error))
        return redirect(ENTRY, key)
    label = Step(step).label
    return season_answer(request, said_of(names, f"no longer marked as {label}") if names else f"“{label}” was not recorded here.", focus=key)


def _open(request: HttpRequest, key: str) -> tuple[ProgramList, EntryPage]:
    """The reader's list and the application on it. Raises Http404."""
    saved = own_list(request)
    book = SeasonBook(saved) if saved else None
    one = book.by_key.get(key) if book else None
    if saved is None or book is None or one is None:
        raise Http404("This program is not on the reader's list.")
    return saved, EntryPage(book, one, timezone.localdate())


def _shown(request: HttpRequest, page: EntryPage, form: StepForm, *, failed: bool = False) -> HttpResponse:
    """The form, in place of itself where it has errors."""
    in_place = bool(request.htmx)  # type: ignore[attr-defined]
    form.fields["step"].widget.attrs["autofocus"] = in_place  # opened by the keyboard, the keyboard goes on there
    context = {"page": page, "form": form, "in_place": in_place, "closed": in_place and "close" in request.GET}
    response = render_page(request, "matching/season_entry.html", context, partial="panel")
    if failed and in_place:
        response["HX-Retarget"], response["HX-Reswap"] = f"#panel-{page.row.key}", "innerHTML"
    return response
