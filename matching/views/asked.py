"""For whom a page is meant: the answers in the address, or else the profile of the session."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from applicants.forms import StartForm, answers_query
from applicants.profile import ProfileData
from applicants.queries import profile_data
from applicants.session import current_profile
from programs.models import Specialty
from smartpick.http import go_to
from smartpick.wording import ANSWER_KEYS

NOTHING_SAVED = "This address holds no answers, and this browser no profile. A list from a saved profile opens only where it was saved."


@dataclass(frozen=True)
class Asked:
    """One applicant towards one specialty. `query` starts with "?" and carries the answers to other pages."""

    profile: ProfileData
    specialty: Specialty
    specialties: tuple[Specialty, ...]
    query: str
    saved: bool


def specialty_choices() -> list[tuple[str, str]]:
    """(code, name) in menu order, for the start form."""
    return list(Specialty.objects.values_list("code", "name"))


def asked(request: HttpRequest) -> Asked | StartForm | None:
    """Whose page this is; a form with errors where the answers make no sense, None where there are none."""
    if any(key in request.GET for key in ANSWER_KEYS):
        return _answered(request)
    profile = current_profile(request)
    return _saved(request, profile_data(profile)) if profile else None


def _answered(request: HttpRequest) -> Asked | StartForm:
    form = StartForm(request.GET, specialties=specialty_choices())
    if not form.is_valid():
        return form
    data = form.to_profile()
    specialty = Specialty.objects.get(code=data.specialties[0])
    return Asked(data, specialty, (specialty,), f"?{answers_query(data)}", saved=False)


def _saved(request: HttpRequest, data: ProfileData) -> Asked | None:
    """The saved profile; `?specialty=` picks among the applicant's own or names another one."""
    known = Specialty.objects.in_bulk()
    own = tuple(known[code] for code in data.specialties if code in known)
    specialty = known.get(request.GET.get("specialty", "")) or next(iter(own), None)
    return Asked(data, specialty, own, f"?specialty={specialty.code}", saved=True) if specialty else None


def ask_again(request: HttpRequest, answer: StartForm | None) -> HttpResponse:
    """To the start page: with the answers as they came, so that their errors show, or with a word on why it is empty."""
    start = reverse("matching:start")
    if answer is not None:
        return go_to(request, f"{start}?{request.GET.urlencode()}")
    messages.info(request, NOTHING_SAVED)
    return go_to(request, start)
