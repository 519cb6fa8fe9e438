"""The season of the reader's list: how far each application has come, and the same step for many at once."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from applicants.models import Profile
from applicants.session import current_profile, keep, kept
from matching.choices import Step
from matching.forms.season import BulkForm
from matching.models import ProgramList
from matching.presenters.season import SeasonPage, said_of
from matching.services.entry_fields import ListError
from matching.services.season import Told, seen_of
from matching.services.steps import Recorded, record_steps, remove_steps
from matching.views.owned import own_list
from smartpick.access import writer
from smartpick.http import go_to, render_page
from smartpick.wording import plural

SEASON = "matching:season"
# What the session keeps of the last record, so that one button takes it back.
LAST = "season_last"
MOST_KEYS = 1_500  # more than any list holds


@require_safe
def season_show(request: HttpRequest) -> HttpResponse:
    """How far the season has come."""
    saved = own_list(request)
    return render_page(request, "matching/season.html", season_context(request, saved))


def season_mark(request: HttpRequest) -> HttpResponse:
    """Record one step of everything that is ticked, or of all that was shown."""
    profile = current_profile(request)
    if request.method != "POST" or profile is None:  # a link or a reload: recording takes the button
        return go_to(request, reverse(SEASON))
    form = BulkForm({"step": request.POST.get("all") or request.POST.get("step"), "on": request.POST.get("on")})
    if not form.is_valid():
        return season_answer(request, " ".join(str(text) for texts in form.errors.values() for text in texts), failed=True)
    told = Told(Step(form.cleaned_data["step"]), form.cleaned_data["on"])
    try:
        done = record_steps(by=writer(request), profile=profile, match_year=settings.MATCH_YEAR, keys=_keys(request), told=told, today=timezone.localdate())
    except ListError as error:
        return season_answer(request, str(error), failed=True)
    remember_last(request, profile, told, done)
    return season_answer(request, told_of(done, told.step))


def season_undo(request: HttpRequest) -> HttpResponse:
    """Take back what was recorded last in this browser."""
    profile = current_profile(request)
    last = kept(request, profile, LAST) if profile else None
    if request.method != "POST" or profile is None or last is None:
        return go_to(request, reverse(SEASON))
    keep(request, profile, LAST, None)
    try:
        step, mark = Step(last["step"]), last["mark"]
        names = remove_steps(by=writer(request), profile=profile, match_year=settings.MATCH_YEAR, keys=last["keys"], step=step, mark=mark)
    except ListError as error:
        return season_answer(request, str(error), failed=True)
    return season_answer(request, said_of(names, f"no longer marked as {step.label}") if names else "Nothing was taken back: it was changed or removed since.")


def season_context(request: HttpRequest, saved: ProgramList | None) -> dict[str, Any]:
    """What `matching/season.html` shows. Under a changed list the session's last record may be gone: then its button says so."""
    today = timezone.localdate()
    profile: Profile | None = saved.profile if saved else current_profile(request)
    page, last = SeasonPage(saved, today, request.GET.get("out", "")), kept(request, saved.profile, LAST) if saved else None
    return {"page": page, "profile": profile, "today": today.isoformat(), "last": last}


def season_answer(request: HttpRequest, told: str, *, failed: bool = False, focus: str = "") -> HttpResponse:
    """The season as it now is and what was done, or without HTMX the page again. `focus` is the program whose line takes the focus."""
    if not request.htmx:  # type: ignore[attr-defined]
        (messages.error if failed else messages.success)(request, told)
        return redirect(SEASON)
    context = season_context(request, own_list(request)) | {"told": told, "failed": failed, "focus": focus}
    return render(request, "matching/season_answer.html", context)


def remember_last(request: HttpRequest, profile: Profile, told: Told, done: Recorded) -> None:
    """Keep what Undo takes back: what is new, not what was corrected, and by its mark only as long as it still says the same."""
    last = {"step": told.step.value, "mark": seen_of([told]), "keys": list(done.new), "said": told_of(done, told.step)}
    keep(request, profile, LAST, last if done.new else None)


def told_of(done: Recorded, step: Step) -> str:
    """What was recorded, in words."""
    touched = [done.names[key] for key in (*done.new, *done.changed)]
    if not touched:
        return said_of(list(done.names.values()), f"marked as {step.label} already, and nothing was changed")
    was = f" {plural(len(done.was), 'program')} had that already, and nothing was changed there." if done.was else ""
    return said_of(touched, f"marked as {step.label}") + was


def _keys(request: HttpRequest) -> list[str]:
    """The programs that are ticked; with the button for all, those that the page showed."""
    if "all" in request.POST:
        return [key for key in request.POST.get("shown", "").split(",") if key][:MOST_KEYS]
    return request.POST.getlist("key")[:MOST_KEYS]
