"""The buttons that put programs on the reader's list and take them off, wherever a program is shown."""

from dataclasses import dataclass, replace

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from applicants.models import Profile
from applicants.profile import ProfileData
from applicants.queries import profile_data
from applicants.services import save_profile
from applicants.session import current_profile, remember
from matching.services.lists import Changed, ListError, add_to_list, remove_from_list
from matching.services.snapshots import refresh_profile, writing_results
from matching.views.asked import Asked, ask_again, asked
from matching.views.owned import own_list, saving
from programs.models import Program
from smartpick.access import writer

SAVED = "matching:list"
PROFILE_SAVED = "Your answers are saved as a profile in this browser, so that the list is kept. Under Profile you can tell more, or delete it."
OTHER_ANSWERS = "Your list goes by your saved profile, not by the answers in this address."


@dataclass(frozen=True)
class Told:
    """What a button did, in words; `note` is what one has to know besides, and is shown beside the button."""

    text: str
    note: str = ""
    failed: bool = False
    removed: bool = False

    @property
    def whole(self) -> str:
        """All of it."""
        return f"{self.text} {self.note}".strip()

    @property
    def beside(self) -> str:
        """What the button cannot say by itself."""
        return self.text if self.failed else self.note


def saved_add(request: HttpRequest, key: str) -> HttpResponse:
    """Put a program on the list. A visitor who has only answered the five questions gets a profile first, made from the answers."""
    if request.method != "POST":  # a link or a reload: adding takes the button
        return redirect(SAVED)
    program, who = get_object_or_404(Program, key=key, is_withdrawn=False), current_profile(request) or asked(request)
    if not isinstance(who, Profile | Asked):
        return ask_again(request, who)
    first = isinstance(who, Asked)
    try:
        with writing_results():
            profile = _first_profile(request, who.profile) if isinstance(who, Asked) else who
            changed = add_to_list(by=writer(request), profile=profile, keys=[key], match_year=settings.MATCH_YEAR)
    except ListError as error:
        return _answer(request, program, Told(str(error), failed=True))
    remember(request, profile)  # again, so that the session lives on with the list
    return _answer(request, program, Told(_added(program, changed), PROFILE_SAVED if first else _by_which_answers(request, profile)))


def saved_remove(request: HttpRequest, key: str) -> HttpResponse:
    """Take a program off the list; one that no source names any more, too."""
    if request.method != "POST":
        return redirect(SAVED)
    program, profile = get_object_or_404(Program, key=key), current_profile(request)
    removed = bool(profile and remove_from_list(by=writer(request), profile=profile, keys=[key], match_year=settings.MATCH_YEAR).keys)
    if profile:
        remember(request, profile)
    text = f"{program.name} is off your list." if removed else f"{program.name} was not on your list."
    return _answer(request, program, Told(text, removed=removed))


def _first_profile(request: HttpRequest, answers: ProfileData) -> Profile:
    """The answers in the address as a profile with its results."""
    profile = save_profile(by=writer(request), data=answers)
    refresh_profile(profile)
    return profile


def _added(program: Program, changed: Changed) -> str:
    return f"{program.name} is on your list." if changed.keys else f"{program.name} was on your list already."


def _by_which_answers(request: HttpRequest, profile: Profile) -> str:
    """What to say where the page showed results for other answers than those that the list goes by."""
    who = asked(request)
    if not isinstance(who, Asked) or who.saved:
        return ""
    same = replace(who.profile, specialties=()) == replace(profile_data(profile), specialties=())
    return "" if same else OTHER_ANSWERS


def _answer(request: HttpRequest, program: Program, told: Told) -> HttpResponse:
    """The button as it now is, or without HTMX the page that it stands on."""
    back = _back(request)
    if not request.htmx:  # type: ignore[attr-defined]
        (messages.error if told.failed else messages.success)(request, told.whole)
        # What has to be read stands at the top of the page; else the reader goes on where they were.
        return HttpResponseRedirect(back if told.note or told.failed else f"{back}#program-{program.key}")
    saved = own_list(request)
    context = {"saving": saving(request, _query(request), saved, back=back), "program": program, "told": told}
    return render(request, "matching/saved_answer.html", context)


def _query(request: HttpRequest) -> str:
    return f"?{request.GET.urlencode()}" if request.GET else ""


def _back(request: HttpRequest) -> str:
    """The page of the button, as its form says; another site is none of ours."""
    back = request.POST.get("back", "")
    return back if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None) else reverse(SAVED)
