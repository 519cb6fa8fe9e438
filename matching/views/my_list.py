"""My list: every entry with what all of them come to, and the one form that changes it."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from applicants.session import current_profile, remember
from matching.choices import ON_LIST
from matching.engine import Tier
from matching.forms.my_list import TargetForm
from matching.models import ProgramList
from matching.presenters.changes import ChangesPanel
from matching.presenters.my_list import MyListPage
from matching.services.editing import ListError, change_list, undo_last
from matching.services.list_actions import MOVES, planned
from matching.services.targets import Target, set_target
from matching.views.owned import own_list
from programs.display import abbreviations_in
from smartpick.access import writer
from smartpick.http import go_to, render_page
from smartpick.wording import ANSWER_KEYS

LIST = "matching:list"
NOTHING_YET = "Nothing is on your list yet: press Add beside a program."
NO_LIST = "There is no list in this browser yet: answer five questions, then press Add beside a program."
NOTHING_DONE = "Nothing was changed: what is ticked was so already."
UNDO = "undo"


@require_safe
def list_show(request: HttpRequest) -> HttpResponse:
    """The reader's list. Who has none, and came with answers, is shown the programs for them."""
    saved = own_list(request)
    if saved is None and any(key in request.GET for key in ANSWER_KEYS):
        messages.info(request, NOTHING_YET)
        return redirect(f"{reverse('matching:ranked')}?{request.GET.urlencode()}")
    return _page(request, saved)


def list_edit(request: HttpRequest) -> HttpResponse:
    """One button of the list: of a row, of the ticked rows, or Undo."""
    saved = own_list(request)
    if request.method != "POST" or saved is None:
        return _nothing(request)
    verb, _, rest = request.POST.get("do", "").partition(" ")
    key, _, before = rest.partition(" ")
    keys = [key] if key else request.POST.getlist("tick")
    try:
        said = _undo(request, saved) if verb == UNDO else _do(request, saved, verb, keys, before)
    except ListError as error:
        return answer(request, str(error), failed=True)
    remember(request, saved.profile)
    return answer(request, said, at=key, opened=verb in MOVES)


def list_target(request: HttpRequest) -> HttpResponse:
    """Keep how the list should be balanced, or go back to the usual target."""
    saved = own_list(request)
    if request.method != "POST" or saved is None:
        return _nothing(request)
    usual = "usual" in request.POST
    form = TargetForm(request.POST)
    if not usual and not form.is_valid():
        return _page(request, saved, form)
    target: Target | None = None if usual else {Tier[name.upper()]: percent for name, percent in form.cleaned_data.items()}
    set_target(by=writer(request), profile=saved.profile, match_year=settings.MATCH_YEAR, target=target)
    return answer(request, "The usual target holds again." if usual else "Your target is kept.")


def _page(request: HttpRequest, saved: ProgramList | None, target_form: TargetForm | None = None) -> HttpResponse:
    page, changes = MyListPage(saved, request.GET) if saved else None, ChangesPanel(saved)
    context = _shown(page) | {"changes": changes, "profile": saved.profile if saved else current_profile(request)}
    context["shorts"] = abbreviations_in(*(page.texts if page else ()), *changes.texts)
    if target_form:
        context |= {"target_form": target_form, "refused": True}
    return render_page(request, "matching/list.html", context, partial="workspace" if target_form else "")


def _nothing(request: HttpRequest) -> HttpResponse:
    """A link or a reload changes nothing, and neither does a form of who has no list."""
    if request.method == "POST":
        messages.info(request, NO_LIST)
    return go_to(request, reverse(LIST))


def _undo(request: HttpRequest, saved: ProgramList) -> str:
    undone = undo_last(by=writer(request), profile=saved.profile, match_year=settings.MATCH_YEAR, seen=seen(request))
    return f"Undone: {undone}."


def _do(request: HttpRequest, saved: ProgramList, verb: str, keys: list[str], before: str) -> str:
    """Do what a button says; what was done, as a sentence."""
    page = MyListPage(saved, request.GET)
    value = before if verb in MOVES else request.POST.get({"tag": "tag", "connect": "connection"}.get(verb, ""), "")
    plan = planned(page.workspace.lines, verb, keys, value=value, shown=[line.key for line in page.lines_of(ON_LIST)])
    if not plan.edits:
        return NOTHING_DONE
    change_list(by=writer(request), profile=saved.profile, match_year=settings.MATCH_YEAR, edits=plan.edits, said=plan.said, seen=seen(request))
    return f"{plan.said[0].upper()}{plan.said[1:]}."


def seen(request: HttpRequest) -> int:
    """The version of the list that the reader's page showed; what is no number was no page of ours, and has seen nothing."""
    text = request.POST.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < LONGEST_VERSION else 0


LONGEST_VERSION = 10  # digits


def answer(request: HttpRequest, said: str, *, failed: bool = False, at: str = "", opened: bool = False) -> HttpResponse:
    """The list as it now is with what happened; without HTMX the page, at the program `at`, its buttons still `opened`."""
    kept = request.GET.copy()
    if opened:
        kept["open"] = at
    if not request.htmx:  # type: ignore[attr-defined]
        (messages.error if failed else messages.success)(request, said)
        anchor = f"#program-{at}" if at and not failed else ""
        return HttpResponseRedirect(f"{reverse(LIST)}{f'?{kept.urlencode()}' if kept else ''}{anchor}")
    saved = own_list(request)
    page = MyListPage(saved, kept) if saved else None
    return render(request, "matching/list_answer.html", {"said": said, "failed": failed} | _shown(page))


def _shown(page: MyListPage | None) -> dict[str, object]:
    """What the list needs wherever it is drawn."""
    shorts = abbreviations_in(*page.texts) if page else []
    return {"page": page, "shorts": shorts, "target_form": TargetForm(initial=page.totals.target) if page and page.size else None}
