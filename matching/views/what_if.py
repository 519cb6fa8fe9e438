"""What if: the profile with some controls moved, all of them in the address, and what that does to every program."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from applicants.forms import Reference
from applicants.validators import validate_profile
from applicants.views.reference import load_reference
from matching.adapters.what_if import Wish, not_asked, wish
from matching.adapters.what_if_address import DRAWN, is_parameter, parameter
from matching.forms.what_if import ScenarioForm, WhatIfForm
from matching.presenters.ranked import headline
from matching.presenters.what_if import WhatIfPage
from matching.presenters.what_if_controls import Controls
from matching.presenters.what_if_notes import by_control, notes
from matching.services.what_if import WhatIf
from matching.services.workspace import Workspace
from matching.views.asked import Asked, ask_again, asked
from matching.views.owned import own_list
from smartpick.http import render_page

PAGE = "matching/what_if.html"
# Which rows are shown, and not what was asked.
SHOWING = ("show", "page")


@dataclass(frozen=True)
class Looked:
    """What an address asks of the profile it is about, and what is wrong with it: nothing where `problems` is empty.

    `sent` says what the controls were drawn for that sent it; "" where it is a link.
    """

    who: Asked
    wish: Wish
    reference: Reference
    problems: Mapping[str, Sequence[str]]
    controls: Controls
    sent: str


@require_safe
def what_if(request: HttpRequest) -> HttpResponse:
    """The controls and the answer; for HTMX the answer alone, with the controls where they have to be drawn anew."""
    found = look(request)
    if not isinstance(found, Looked):
        return found
    here = f"{reverse('matching:what-if')}{found.controls.address()}"
    if found.sent and not request.htmx and not found.problems:  # type: ignore[attr-defined]
        return redirect(here)  # without what was not moved
    response = render_page(request, PAGE, _context(request, found), partial="answer")
    response["HX-Replace-Url"] = here
    return response


def _context(request: HttpRequest, found: Looked) -> dict[str, Any]:
    return {
        "who": found.who,
        "headline": headline(found.who.profile),
        "controls": found.controls,
        "page": None if found.problems else _page(request, found),
        "scenario": ScenarioForm(auto_id="scenario_%s"),
        "drawn_anew": bool(found.sent) and found.sent != found.controls.drawn,
    }


def look(request: HttpRequest) -> Looked | HttpResponse:
    """What the address asks; the way to the start page where it is about nobody. Needs no list."""
    who = asked(request)
    if not isinstance(who, Asked):
        return ask_again(request, who)
    reference, today = load_reference(), timezone.localdate()
    form = WhatIfForm(request.GET, reference=reference)
    form.is_valid()
    asked_for = wish(who.profile, who.specialty.code, frame=form.frame(), said=form.said(), drawn=form.drawn_for())
    problems = _problems(asked_for, form, reference)
    rest = [(name, value) for name, values in request.GET.lists() if not is_parameter(name) and name not in SHOWING for value in values]
    controls = Controls(asked_for, reference, rest=rest, notes=notes(asked_for, today), errors=problems, today=today)
    return Looked(who, asked_for, reference, problems, controls, request.GET.get(parameter(DRAWN), ""))


def _problems(asked_for: Wish, form: WhatIfForm, reference: Reference) -> dict[str, list[str]]:
    """What is wrong with single answers, and with the whole profile that they make. What was wrong before is no fault of the change."""
    before, after = (
        validate_profile(profile, today=timezone.localdate(), specialty_codes=reference.specialty_codes, state_codes=reference.state_codes)
        for profile in (asked_for.base, asked_for.profile)
    )
    found = [problem for problem in after if problem not in before]
    ignored = not_asked(asked_for.frame)
    return by_control(found, asked_for.profile) | {name: said for name, said in form.problems.items() if name not in ignored}


def _page(request: HttpRequest, found: Looked) -> WhatIfPage:
    saved, asked_for = own_list(request), found.wish
    answer = WhatIf(
        asked_for.base,
        asked_for.profile,
        specialty=asked_for.frame.specialty,
        base_specialty=asked_for.own.specialty,
        match_year=settings.MATCH_YEAR,
        listed=Workspace(saved) if saved else None,
    )
    query = f"?{urlencode([('specialty', asked_for.frame.specialty)])}" if found.who.saved else found.who.query
    return WhatIfPage(asked_for, answer, dict(found.reference.specialties), here=found.controls.address(), address=request.GET, query=query)
