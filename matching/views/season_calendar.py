"""The calendar of the season: as a page, as a download, and as a feed that opens to whoever holds its address."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from applicants.session import current_profile
from matching.models import ProgramList
from matching.presenters.season_calendar import calendar_page
from matching.services.calendar import dated, end_feed, entries, feed_list, season_dates_of, start_feed
from matching.services.entry_fields import ListError
from matching.services.season import SeasonBook
from matching.views.owned import own_list
from programs.display import abbreviations_in
from smartpick.access import writer
from smartpick.http import render_page
from smartpick.ical import CONTENT_TYPE, calendar_bytes

CALENDAR = "matching:calendar"
FILE_NAME = "smartpick-season.ics"
STARTED = "The feed is made. Copy its address into your calendar; whoever has the address can read it."
ENDED = "The feed has ended: its address leads nowhere any more. What a calendar has copied may stay there until it looks again."


@require_safe
def calendar_show(request: HttpRequest) -> HttpResponse:
    """Interviews, deadlines and dates of the Match. Without a list the dates of the Match alone."""
    saved, today = own_list(request), timezone.localdate()
    every = dated(SeasonBook(saved), today) if saved else season_dates_of(settings.MATCH_YEAR)
    feed = request.build_absolute_uri(reverse("matching:calendar-feed", args=[saved.feed_token])) if saved and saved.feed_token else ""
    shorts = abbreviations_in(*(text for one in every for text in (one.title, one.place)))
    return render_page(request, "matching/calendar.html", {"page": calendar_page(every, today), "saved": saved, "feed": feed, "shorts": shorts})


@require_safe
def calendar_download(request: HttpRequest) -> HttpResponse:
    """The same as a file for any calendar."""
    saved = own_list(request)
    if saved is None:
        return redirect(CALENDAR)
    response = _file(saved)
    response["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
    return response


@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar to whoever holds its address; one that was ended, or never was, does not exist."""
    saved = feed_list(token)
    if saved is None:
        raise Http404("There is no such calendar.")
    return _file(saved)


def calendar_switch(request: HttpRequest) -> HttpResponse:
    """Make the feed, or end it."""
    profile = current_profile(request)
    if request.method != "POST" or profile is None:
        return redirect(CALENDAR)
    change, told = (end_feed, ENDED) if "end" in request.POST else (start_feed, STARTED)
    try:
        change(by=writer(request), profile=profile, match_year=settings.MATCH_YEAR)
        messages.success(request, told)
    except ListError as error:
        messages.error(request, str(error))
    return redirect(f"{reverse(CALENDAR)}#feed-title")


def _file(saved: ProgramList) -> HttpResponse:
    every = dated(SeasonBook(saved), timezone.localdate())
    text = calendar_bytes(entries(every), name=f"Residency season {saved.season}", now=timezone.now())
    response = HttpResponse(text, content_type=CONTENT_TYPE, headers={"X-Robots-Tag": "noindex"})
    patch_cache_control(response, private=True, no_store=True)
    return response
