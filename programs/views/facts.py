"""A data admin settles one field of a program: confirms what counts, or chooses among statements that disagree."""

from collections.abc import Callable

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from programs.decisions import DecisionError, choose_fact, confirm_fact
from programs.forms.decisions import ChooseForm, ConfirmForm
from programs.models import Fact
from programs.presenters.history import Decision, decision
from programs.views.refresh import refresh
from smartpick.access import requires, writer
from smartpick.http import render_page
from smartpick.roles import Permission

CHANGED = "This statement is not what it was when you opened the page: look at what counts now."


@requires(Permission.FACTS_DECIDE)
@require_http_methods(["GET", "HEAD", "POST"])
def fact_confirm(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Ask where the current value was seen again; state it once more for the open season."""
    case = _case(key, pk)
    form = ConfirmForm(request.POST if request.method == "POST" else None, initial={"url": case.fact.url})
    if request.method != "POST":
        return _page(request, "programs/fact_confirm.html", case, form) if case.confirmable else _changed(request, case)
    if form.is_valid() and _done(form, lambda: confirm_fact(by=writer(request), fact=case.fact, today=timezone.localdate(), **form.cleaned_data)):
        return _settled(request, case, "is confirmed for this season")
    return _page(request, "programs/fact_confirm.html", case, form)


@requires(Permission.FACTS_DECIDE)
@require_http_methods(["GET", "HEAD", "POST"])
def fact_choose(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Ask why this statement holds; withdraw those that contradict it."""
    case = _case(key, pk)
    form = ChooseForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _page(request, "programs/fact_choose.html", case, form) if case.chosen else _changed(request, case)
    if form.is_valid() and _done(form, lambda: choose_fact(by=writer(request), fact=case.fact, **form.cleaned_data)):
        return _settled(request, case, "is settled")
    return _page(request, "programs/fact_choose.html", case, form)


def _case(key: str, pk: int) -> Decision:
    found = Fact.objects.select_related("program", "source")
    return decision(get_object_or_404(found, pk=pk, program__key=key, program__is_withdrawn=False))


def _done(form: Form, decide: Callable[[], object]) -> bool:
    """Whether the decision was taken; what stands against it is told above the form."""
    try:
        decide()
    except DecisionError as error:
        form.add_error(None, str(error))
    return not form.errors


def _page(request: HttpRequest, template: str, case: Decision, form: Form) -> HttpResponse:
    return render_page(request, template, {"case": case, "program": case.fact.program, "form": form})


def _settled(request: HttpRequest, case: Decision, told: str) -> HttpResponse:
    cause = f"{case.field.label} of {case.fact.program.name} {told}"
    refresh(writer(request), cause)
    messages.success(request, f"{cause}.")
    return _back(case)


def _changed(request: HttpRequest, case: Decision) -> HttpResponse:
    messages.warning(request, CHANGED)
    return _back(case)


def _back(case: Decision) -> HttpResponse:
    return redirect(f"{reverse('programs:detail', args=[case.fact.program.key])}#field-{case.field.name}")
