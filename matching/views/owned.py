"""The reader's own list: the one place that decides whose list a page is about."""

from django.conf import settings
from django.http import HttpRequest

from applicants.session import current_profile
from matching.models import ProgramList
from matching.presenters.saved import Saving
from matching.queries import saved_list, saved_standings


def own_list(request: HttpRequest) -> ProgramList | None:
    """The list of the profile that the visitor may see and change, of the open season; None where there is none.

    No address names a list, so nobody can ask for another one. 2 queries, or none where the session holds no profile.
    """
    profile = current_profile(request)
    saved = saved_list(profile, settings.MATCH_YEAR) if profile else None
    if profile and saved:
        saved.profile = profile
    return saved


def saving(request: HttpRequest, query: str, saved: ProgramList | None, *, back: str = "") -> Saving:
    """What the buttons of a page go by. `query` carries the reader's answers, `back` is the page of the button ("": this one). 1 query, none without a list."""
    return Saving(saved_standings(saved.profile, saved.season) if saved else {}, query, back or request.get_full_path())
