"""Build it for me: the form and the proposal are all in the address; accepting takes a button."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from applicants.forms import StartForm
from applicants.models import Profile
from applicants.profile import ProfileData
from applicants.queries import profile_data
from applicants.services import save_profile
from applicants.session import current_profile, remember
from applicants.views.reference import load_reference
from matching.choices import Where
from matching.forms.build import CARE, ONE_IN, BuildForm
from matching.presenters.build import BuildPage, usual_stop
from matching.services.accepting import StaleProposalError, accept
from matching.services.build import propose
from matching.services.entry_fields import ListError
from matching.services.pools import Unsaved, Wish
from matching.services.snapshots import refresh_profile, writing_results
from matching.services.workspace import Workspace
from matching.views.asked import Asked, ask_again, asked
from matching.views.owned import own_list
from programs.display import abbreviations_in
from smartpick.access import writer
from smartpick.http import render_page
from smartpick.wording import ANSWER_KEYS

PAGE = "matching/build.html"
BUILD = "matching:build"
FIRST_SAVED = "Your answers are saved as a profile in this browser, so that the list is kept. Under Profile you can tell more, or delete it."


@require_safe
def build_show(request: HttpRequest) -> HttpResponse:
    """The proposal for the wishes in the address, or for the usual ones."""
    who = _who(request)
    if not isinstance(who, Workspace):
        return ask_again(request, who)
    form = _form(request, who)
    context: dict[str, Any] = {"form": form, "page": None, "kept_answers": _answers(request), "by_profile": _goes_by_profile(request)}
    proposal = propose(who, Wish(**form.wish())) if form.is_valid() else None
    context["usual_stop"] = usual_stop(proposal)
    if proposal is not None:
        page = BuildPage(proposal, form.address)
        context |= {"page": page, "shorts": abbreviations_in(*page.texts)}
    return render_page(request, PAGE, context, partial="proposal")


def build_accept(request: HttpRequest) -> HttpResponse:
    """Take the proposal over, whole or what is ticked, or keep it as suggestions; a visitor's answers become a profile first."""
    back = f"{reverse(BUILD)}?{request.GET.urlencode()}"
    who = _who(request) if request.method == "POST" else None
    form = _form(request, who) if isinstance(who, Workspace) else None
    if not isinstance(who, Workspace) or form is None or not form.is_valid():  # a link, a reload, or answers that make no sense
        return redirect(back)
    page, first = BuildPage(propose(who, Wish(**form.wish())), form.address), current_profile(request) is None
    try:
        with writing_results():
            profile = _profile(request, who.profile)
            saved = accept(by=writer(request), profile=profile, match_year=settings.MATCH_YEAR, **_choice(request.POST, page))
    except ListError as error:
        (messages.warning if isinstance(error, StaleProposalError) else messages.error)(request, str(error))
        return redirect(back)
    remember(request, profile)
    messages.success(request, f"{saved.changes.first()}. Undo takes it back." + (f" {FIRST_SAVED}" if first else ""))
    return redirect("matching:list")


def _who(request: HttpRequest) -> Workspace | StartForm | None:
    """The reader's list; where there is none, an empty one for the saved profile or for the answers in the address."""
    saved = own_list(request)
    if saved is not None:
        return Workspace(saved)
    profile = current_profile(request)
    who = asked(request) if profile is None else None
    if profile is not None or isinstance(who, Asked):
        return Unsaved(profile_data(profile) if profile else who.profile, settings.MATCH_YEAR)  # type: ignore[union-attr]
    return who


def _form(request: HttpRequest, workspace: Workspace) -> BuildForm:
    """The wishes in the address; what is missing there comes from the profile, or has a usual value. 2 queries."""
    reference, profile = load_reference(), workspace.profile
    names = dict(reference.specialties)
    defaults = {
        "budget": [] if profile.budget_usd is None else profile.budget_usd,
        "specialties": profile.specialties,
        "where": Where.ANY.value,
        "mine": "on" if profile.preferred_states else [],
        "care": CARE,
        "one_in": ONE_IN,
    }
    return BuildForm(
        BuildForm.answers(request.GET, defaults),
        specialties=[(code, names[code]) for code in workspace.sets if code in names],
        regions=reference.regions,
        preferred=profile.preferred_states,
    )


def _answers(request: HttpRequest) -> list[tuple[str, str]]:
    """The five answers of the address, which the form carries along."""
    if not any(key in request.GET for key in ANSWER_KEYS):
        return []
    return [(key, value) for key in ("specialty", *ANSWER_KEYS) for value in request.GET.getlist(key)]


def _goes_by_profile(request: HttpRequest) -> bool:
    """Whether the address holds answers that do not count, because a profile is saved."""
    return bool(_answers(request)) and current_profile(request) is not None


def _profile(request: HttpRequest, answers: ProfileData) -> Profile:
    """The saved profile, or one made of the answers, with its results."""
    profile = current_profile(request)
    if profile is None:
        profile = save_profile(by=writer(request), data=answers)
        refresh_profile(profile)
    return profile


def _choice(posted: QueryDict, page: BuildPage) -> dict[str, Any]:
    """What was pressed and ticked, under the names of `accept`: "everything" takes all, whatever is ticked."""
    proposal, everything = page.proposal, posted.get("take") == "everything"
    return {
        "proposal": proposal,
        "seen": posted.get("seen", ""),
        "add": {pick.key for pick in proposal.added} if everything else set(posted.getlist("add")),
        "off": {line.key for line, _ in proposal.off} if everything else set(posted.getlist("off")),
        "reasons": page.reasons(),
        "as_suggestions": posted.get("take") == "suggestions",
    }
