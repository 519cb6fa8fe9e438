"""Scenarios: kept from What if, compared, shared by link, made the profile. All hang on the profile that the reader may change."""

from collections.abc import Callable, Sequence

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from applicants.forms import Reference
from applicants.models import Profile
from applicants.profile import ProfileData
from applicants.queries import profile_data
from applicants.services import InvalidProfileError, save_profile
from applicants.session import current_profile, remember
from applicants.views.reference import load_reference
from matching.forms.what_if import ScenarioForm
from matching.models import Scenario
from matching.presenters.scenarios import MOST_COMPARED, Compared, Comparison, SharedPage, differences
from matching.presenters.what_if_words import Names
from matching.services.scenarios import (
    MOST_SCENARIOS,
    PROFILE_GONE,
    ScenarioError,
    adopt_scenario,
    adopted,
    delete_scenario,
    fingerprint,
    read_scenario,
    rename_scenario,
    save_scenario,
    share_scenario,
    unshare_scenario,
)
from matching.services.snapshots import refresh_profile, writing_results
from matching.services.what_if import WhatIf
from matching.services.workspace import Workspace
from matching.views.asked import Asked
from matching.views.owned import own_list
from matching.views.what_if import Looked, look
from smartpick.access import writer
from smartpick.http import render_page

SCENARIOS, WHAT_IF = "matching:scenarios", "matching:what-if"
PROFILE_SAVED = "Your answers are saved as a profile in this browser, so that the scenario is kept. Under Profile you can tell more, or delete it."
NOT_AS_IT_STANDS = "This cannot be kept as it stands: what to do about it is said beside the controls."


@require_safe
def scenarios(request: HttpRequest) -> HttpResponse:
    """Every scenario, and those that are asked for side by side with the profile."""
    profile, reference = current_profile(request), load_reference()
    kept = list(profile.scenarios.all()) if profile else []
    shown, stale = _readable(_asked_for(request, kept), reference)
    base = profile_data(profile) if profile else None
    names = Names.of(reference)
    comparison = Comparison(base, shown, _compared(request, base, shown), names) if base and shown else None
    context = {
        "profile": profile,
        "kept": kept,
        "links": {one.pk: request.build_absolute_uri(reverse("matching:scenario-shared", args=[one.token])) for one in kept if one.token},
        "shown": {one.scenario.pk for one in shown} | {pk for pk, _ in stale},
        "stale": [message for _, message in stale],
        "comparison": comparison,
        "most": MOST_SCENARIOS,
        "most_compared": MOST_COMPARED,
    }
    return render_page(request, "matching/scenarios.html", context)


def _asked_for(request: HttpRequest, kept: Sequence[Scenario]) -> list[Scenario]:
    """Those in the address that are the reader's own; the newest where none is."""
    wanted = set(request.GET.getlist("with"))
    asked = [one for one in kept if str(one.pk) in wanted]
    if len(asked) > MOST_COMPARED:
        messages.info(request, f"At most {MOST_COMPARED} scenarios stand side by side: these are the first {MOST_COMPARED} that you chose.")
    return asked[:MOST_COMPARED] or list(kept[-MOST_COMPARED:])


def _readable(asked: Sequence[Scenario], reference: Reference) -> tuple[list[Compared], list[tuple[int, str]]]:
    """Scenarios with what they hold, and those that do not hold any more with the reason."""
    found, stale = [], []
    for one in asked:
        try:
            found.append(Compared(one, _read(one, reference)))
        except ScenarioError as error:
            stale.append((one.pk, str(error)))
    return found, stale


def _read(scenario: Scenario, reference: Reference) -> ProfileData:
    return read_scenario(scenario, today=timezone.localdate(), specialty_codes=reference.specialty_codes, state_codes=reference.state_codes)


def _compared(request: HttpRequest, base: ProfileData, shown: Sequence[Compared]) -> list[WhatIf]:
    saved = own_list(request)
    listed = Workspace(saved) if saved else None
    year, own = settings.MATCH_YEAR, base.specialties[0]
    return [WhatIf(base, one.data, specialty=one.data.specialties[0], base_specialty=own, match_year=year, listed=listed) for one in shown]


def scenario_save(request: HttpRequest) -> HttpResponse:
    """Keep what the address asks as a scenario; a visitor's five answers become a profile first, as they do for a list."""
    if request.method != "POST":  # a link or a reload: keeping takes the button
        return redirect(SCENARIOS)
    found = look(request)
    if not isinstance(found, Looked):
        return found
    back, form, first = f"{reverse(WHAT_IF)}{found.controls.address()}", ScenarioForm(request.POST), current_profile(request) is None
    if found.problems or not form.is_valid():
        messages.error(request, NOT_AS_IT_STANDS if found.problems else str(form.errors["name"][0]))
        return redirect(back)
    try:
        with writing_results():
            profile = current_profile(request) or _first_profile(request, found.who)
            kept = save_scenario(by=writer(request), profile=profile, name=form.cleaned_data["name"], data=found.wish.profile)
    except ScenarioError as error:
        messages.error(request, str(error))
        return redirect(back)
    remember(request, profile)
    messages.success(request, f"“{kept.name}” is kept. {PROFILE_SAVED}" if first else f"“{kept.name}” is kept.")
    return redirect(SCENARIOS)


def _first_profile(request: HttpRequest, who: Asked) -> Profile:
    """The answers in the address as a profile with its results. A saved profile that is gone by now was deleted, and stays so."""
    if who.saved:
        raise ScenarioError(PROFILE_GONE)
    profile = save_profile(by=writer(request), data=who.profile)
    refresh_profile(profile)
    return profile


def _own(request: HttpRequest, pk: int) -> Scenario:
    """A scenario of the reader's own profile; to everybody else it does not exist."""
    profile = current_profile(request)
    if profile is None:
        raise Http404("There is no such scenario.")
    return get_object_or_404(Scenario.objects.select_related("profile__owner"), pk=pk, profile=profile)


def _done(request: HttpRequest, do: Callable[[], object], said: str) -> HttpResponse:
    """Back to the scenarios, with what was done, or why it was not."""
    try:
        do()
    except ScenarioError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return redirect(SCENARIOS)


def scenario_rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Give it another name."""
    if request.method != "POST":
        return redirect(SCENARIOS)
    scenario, form = _own(request, pk), ScenarioForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors["name"][0]))
        return redirect(SCENARIOS)
    name = form.cleaned_data["name"]
    return _done(request, lambda: rename_scenario(by=writer(request), scenario=scenario, name=name), f"The scenario is named “{name}” now.")


def scenario_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete it for good, and its link with it."""
    if request.method != "POST":
        return redirect(SCENARIOS)
    scenario = _own(request, pk)
    return _done(request, lambda: delete_scenario(by=writer(request), scenario=scenario), f"“{scenario.name}” is deleted.")


@require_http_methods(["GET", "HEAD", "POST"])
def scenario_share(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what whoever has the link will see; then make the link."""
    scenario = _own(request, pk)
    if request.method != "POST":
        return render_page(request, "matching/scenario_share.html", {"scenario": scenario})
    said = f"Whoever has the link can look at “{scenario.name}” now. It stands below, and you can end it at any time."
    return _done(request, lambda: share_scenario(by=writer(request), scenario=scenario), said)


def scenario_unshare(request: HttpRequest, pk: int) -> HttpResponse:
    """End the link at once."""
    if request.method != "POST":
        return redirect(SCENARIOS)
    scenario = _own(request, pk)
    return _done(
        request, lambda: unshare_scenario(by=writer(request), scenario=scenario), f"The link to “{scenario.name}” is ended: it opens nothing any more."
    )


@require_http_methods(["GET", "HEAD", "POST"])
def scenario_adopt(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what would change in the profile; then change it, with its results and those of the list."""
    scenario, reference = _own(request, pk), load_reference()
    held = profile_data(scenario.profile)
    try:
        answers = _read(scenario, reference)
        if request.method == "POST":
            adopt_scenario(by=writer(request), scenario=scenario, answers=answers, seen=request.POST.get("seen"))
            messages.success(request, f"“{scenario.name}” is your profile now. Your list goes by it.")
            return redirect(SCENARIOS)
    except (ScenarioError, InvalidProfileError) as error:
        messages.error(request, str(error))
        return redirect(SCENARIOS)
    lines = differences(held, adopted(held, answers), Names.of(reference))
    return render_page(request, "matching/scenario_adopt.html", {"scenario": scenario, "lines": lines, "seen": fingerprint(held)})


@require_safe
def scenario_shared(request: HttpRequest, token: str) -> HttpResponse:
    """One scenario, for whoever holds its link: read only, kept by no cache and no search engine."""
    scenario, reference = get_object_or_404(Scenario, token=token), load_reference()
    try:
        data = _read(scenario, reference)
    except ScenarioError:
        page = None  # why is for its owner to read
    else:
        answer = WhatIf(data, data, specialty=data.specialties[0], match_year=settings.MATCH_YEAR)
        page = SharedPage(data, answer, Names.of(reference))
    response = render_page(request, "matching/scenario_shared.html", {"page": page})
    response["X-Robots-Tag"], response["Referrer-Policy"] = "noindex, nofollow", "no-referrer"
    return response
