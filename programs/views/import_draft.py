"""A file that was uploaded: who speaks in it and what its columns mean, and putting it aside."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect

from programs.choices import SourceRank
from programs.forms.imports import COLUMN, MappingForm
from programs.imports import drafts
from programs.imports.columns import HeaderError, plain_name
from programs.imports.drafts import DraftSettings
from programs.imports.meanings import effect
from programs.imports.presets import PRESETS
from programs.models import ColumnMemory, ImportBatch, ImportDraft, Source
from programs.presenters.mapping import grouped_meanings
from programs.services import ProgramDataError
from programs.views.imports import IMPORT, LEDGER
from smartpick.access import requires, writer
from smartpick.http import render_page
from smartpick.roles import Permission

PREVIEW = "data:preview"
GUESS = "guess"
# What an admin says of a file besides its columns: fields of the form, of the draft and of DraftSettings.
SAID = ("preset", "source_name", "season", "rank", "licence", "url", "as_of")


def elsewhere(request: HttpRequest, draft: ImportDraft) -> HttpResponse | None:
    """Where to go instead, where the file was applied or put aside; None for one that is still open."""
    if draft.batch_id:
        return redirect(IMPORT, draft.batch_id)
    if draft.discarded_at:
        messages.info(request, f"{draft.file_name} was put aside. Upload it again to import it.")
        return redirect(LEDGER)
    return None


@requires(Permission.PROGRAMS_IMPORT)
def draft_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is guessed of a file, guess anew for another layout or source, or take what is said of it and go on to the preview."""
    draft = get_object_or_404(ImportDraft, pk=pk)
    if answer := elsewhere(request, draft):
        return answer
    if request.POST.get("preset") in PRESETS:
        draft.preset = request.POST["preset"]  # other layouts have other columns; kept only with the rest of a valid form
    if request.method != "POST":
        form = _form(draft, initial=_as_kept(draft))
    elif GUESS in request.POST:
        form = _form(draft, initial=_guessed(draft, request.POST))
    else:
        form = _form(draft, data=request.POST)
        if form.is_valid() and _settled(request, draft, form):
            return redirect(PREVIEW, pk)
    before = ImportBatch.objects.filter(digest=draft.file_digest, undone_at=None).first()
    return render_page(
        request, "programs/data/draft.html", {"draft": draft, "form": form, "before": before, "guessed": GUESS in request.POST, "layout": PRESETS[draft.preset]}
    )


def _form(draft: ImportDraft, *, initial: Mapping[str, Any] | None = None, data: QueryDict | None = None) -> MappingForm:
    said = initial if data is None else data
    known = dict(ColumnMemory.objects.filter(source_name=_searchable(said)).values_list("header", "meaning"))
    meanings = drafts.draft_meanings(draft)
    return MappingForm(
        data,
        initial=initial or {},
        draft=draft,
        presets=[(preset.name, preset.title[:1].upper() + preset.title[1:]) for preset in PRESETS.values()],
        meanings=grouped_meanings(meanings),
        effects={meaning.key: effect(meaning) for meaning in meanings if len(meaning.columns) > 1},
        remembered={place: known[plain_name(header)] for place, header in enumerate(draft.header) if plain_name(header) in known},
        ranks={name: SourceRank(rank) for name, rank in Source.objects.filter(is_demo=False).values_list("name", "rank")},
    )


def _as_kept(draft: ImportDraft) -> dict[str, Any]:
    """What was said of the file so far; of a source on record also what was said of its last file."""
    kept = {name: getattr(draft, name) for name in SAID}
    return _of_source(kept) | {COLUMN.format(place): meaning for place, meaning in draft.meanings.items()}


def _guessed(draft: ImportDraft, posted: QueryDict) -> dict[str, Any]:
    """What was posted, with columns as they seem under the layout and the source that are chosen now."""
    said = _of_source({name: posted.get(name, "").strip() for name in SAID})
    return said | {COLUMN.format(place): meaning for place, meaning in drafts.guesses(draft, _searchable(said)).items()}


def _searchable(said: Mapping[str, Any] | None) -> str:
    """The name of the source as it can be looked for, whatever was posted: PostgreSQL takes no NUL."""
    return str(said.get("source_name", "")).replace("\0", "").strip() if said else ""


def _of_source(said: dict[str, Any]) -> dict[str, Any]:
    """`said`, with the rank of a source on record, and its license and link where nothing else is said."""
    source = Source.objects.filter(name=_searchable(said), is_demo=False).first()
    if source is None:
        return said
    last = source.batches.order_by("-id").first()
    return said | {"rank": source.rank, "licence": said["licence"] or (last.licence if last else "") or source.licence, "url": said["url"] or source.url}


def _settled(request: HttpRequest, draft: ImportDraft, form: MappingForm) -> bool:
    """Keep what is said of the file and preview it; False, with the reason in the form, where that cannot be done."""
    said = {name: form.cleaned_data[name] for name in SAID}
    try:
        draft = drafts.settle(by=writer(request), draft=draft, settings=DraftSettings(**said, meanings=form.meanings()))
        drafts.preview(by=writer(request), draft=draft)
    except (HeaderError, ProgramDataError) as error:
        form.add_error(None, str(error))
        return False
    return True


@requires(Permission.PROGRAMS_IMPORT)
def draft_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a file aside."""
    draft = get_object_or_404(ImportDraft, pk=pk)
    if request.method == "POST":  # a link or a reload changes nothing
        try:
            drafts.discard(by=writer(request), draft=draft)
            messages.success(request, f"{draft.file_name} is put aside. Nothing of it was applied.")
        except ProgramDataError as error:
            messages.error(request, str(error))
    return redirect(LEDGER)
