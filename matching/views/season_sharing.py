"""Sharing outcomes: what it means, and the switch."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from applicants.session import current_profile
from matching.services.entry_fields import ListError
from matching.services.outcomes import LEAST_REPORTS, share_outcomes, shared_seasons
from matching.views.owned import own_list
from smartpick.access import writer
from smartpick.http import render_page

SHARING = "matching:sharing"
ON = "Thank you. Your applications, invitations and match now count, without your name, in what others see."
OFF = "Sharing has ended. Nothing of your lists counts any more, of past seasons neither, and nothing of them was copied."


def sharing(request: HttpRequest) -> HttpResponse:
    """What is counted and what is not; pressing the button turns it on or off."""
    profile = current_profile(request)
    if request.method != "POST":
        saved, seasons = own_list(request), shared_seasons(profile) if profile else ()
        shares = saved is not None and saved.shares_outcomes
        context = {"saved": saved, "profile": profile, "seasons": seasons, "shares": shares, "least": LEAST_REPORTS}
        return render_page(request, "matching/sharing.html", context)
    if profile is None:
        return redirect(SHARING)
    shares = request.POST.get("shares") == "on"
    try:
        share_outcomes(by=writer(request), profile=profile, match_year=settings.MATCH_YEAR, shares=shares)
        messages.success(request, ON if shares else OFF)
    except ListError as error:
        messages.error(request, str(error))
    return redirect(SHARING)
