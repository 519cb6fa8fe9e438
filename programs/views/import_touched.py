"""Whom an import would touch: a part of its preview, or a page of its own without JavaScript."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from matching.services.impact import Hypothetical, Impact, impact
from matching.services.wording import CRITERIA
from programs.bulk import chunks
from programs.imports import drafts
from programs.imports.preview import Change
from programs.models import ImportDraft, Program
from programs.outcome import outcome
from programs.resolution import PackedStates
from programs.views.import_draft import elsewhere
from programs.views.imports import DRAFT
from smartpick.access import requires
from smartpick.http import render_page
from smartpick.roles import Permission


@requires(Permission.PROGRAMS_IMPORT)
@require_safe
def import_touched(request: HttpRequest, pk: int) -> HttpResponse:
    """How many applicants' lists and tiers would change, and how."""
    draft = get_object_or_404(ImportDraft.objects.defer("data"), pk=pk)
    if answer := elsewhere(request, draft):
        return answer
    if draft.plan is None:
        return redirect(DRAFT, pk)
    changes = drafts.details(draft).changes
    then = outcome(changes, _states(changes))
    found = impact(Hypothetical(then.values, then.states, then.closed))
    context = {"draft": draft, "impact": found, "reasons": _reasons(found)}
    return render_page(request, "programs/data/touched.html", context, partial="touched")


def _states(changes: Sequence[Change]) -> dict[int, PackedStates]:
    """The present states of the fields of these programs."""
    ids = sorted({change.program_id for change in changes})
    return {key: states for some in chunks(ids) for key, states in Program.objects.filter(pk__in=some).values_list("pk", "field_states")}


def _reasons(found: Impact) -> list[tuple[str, int]]:
    """Why programs would be excluded, in words, the most frequent first."""
    return [(CRITERIA[criterion].group, count) for criterion, count in found.reasons.items()]
