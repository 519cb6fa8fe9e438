"""The profile page, and the ways a profile comes and goes."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from applicants.forms import ProfileForms, Reference, StartForm, answered_over
from applicants.models import Profile
from applicants.presenters import known_by_section
from applicants.profile import ProfileData
from applicants.queries import is_unchanged_copy, profile_data
from applicants.services import delete_profile, save_profile
from applicants.session import current_profile, forget, remember
from applicants.views.reference import load_reference
from matching.services.snapshots import refresh_profile, writing_results
from smartpick.access import writer

START, LIST, PROFILE = "matching:start", "matching:ranked", "applicants:profile-edit"


@require_http_methods(["GET", "HEAD", "POST"])
def profile_edit(request: HttpRequest) -> HttpResponse:
    """Show the profile with the five answers of the address put in; save what is posted and go to the list."""
    reference, saved = load_reference(), current_profile(request)
    answers = _answers(request, reference)
    known = _known(saved, answers)
    if request.method == "POST":
        forms = ProfileForms(reference, data=request.POST)
        if forms.is_valid():
            _keep(request, forms.profile(), saved)
            messages.success(request, "Your profile is saved. The list below goes by it.")
            return redirect(LIST)
    else:
        forms = ProfileForms(reference, initial=known)
    sections = known_by_section(known, specialty_names=dict(reference.specialties))
    put_in = bool(saved and answers and request.method != "POST")
    return render(request, "applicants/profile.html", {"forms": forms, "known": sections, "saved": saved, "answers_put_in": put_in})


def _keep(request: HttpRequest, data: ProfileData, saved: Profile | None) -> None:
    """Save, and have the results and the list follow: both or neither."""
    with writing_results():
        profile = save_profile(by=writer(request), data=data, profile=saved)
        refresh_profile(profile)
    remember(request, profile)


def _known(saved: Profile | None, answers: ProfileData | None) -> ProfileData | None:
    if saved is None:
        return answers
    held = profile_data(saved)
    return answered_over(held, answers) if answers else held


def _answers(request: HttpRequest, reference: Reference) -> ProfileData | None:
    """Read the five answers in the address; None where there are none or they do not hold."""
    form = StartForm(request.GET, specialties=reference.specialties)
    return form.to_profile() if form.is_valid() else None


def profile_delete(request: HttpRequest) -> HttpResponse:
    """Delete the visitor's own profile. With nothing to delete, say so: a second click is no error."""
    if request.method != "POST":  # a link or a reload: deleting takes the button
        return redirect(PROFILE)
    profile = current_profile(request)
    if profile:
        delete_profile(by=writer(request), profile=profile)
    forget(request)
    messages.success(request, "Your profile is deleted." if profile else "There was no profile to delete.")
    return redirect(PROFILE)


def profile_try(request: HttpRequest, pk: int) -> HttpResponse:
    """Copy a demonstration applicant into the visitor's own profile; ask first where that would lose their own."""
    if request.method != "POST":  # a link or a reload: the buttons are on the start page
        return redirect(START)
    example = get_object_or_404(Profile, pk=pk, is_demo=True)
    saved = current_profile(request)
    if saved and "replace" not in request.POST and not is_unchanged_copy(saved):
        return render(request, "applicants/replace.html", {"example": example})
    _keep(request, profile_data(example), saved)
    messages.success(request, f"You now look through the eyes of an invented applicant: {example}.")
    return redirect(LIST)
