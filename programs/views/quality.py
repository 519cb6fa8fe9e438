"""Data quality: what is known of the programs, from whom and since when, with the list behind each number."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from matching.models import ListEntry
from programs.display import abbreviations_in, display
from programs.fields import BY_NAME, FIELDS, Field
from programs.models import Program, Source, Specialty
from programs.presenters.history import statement_rows
from programs.presenters.quality import QualityPage, age_chart, source_lines
from programs.quality import Quality
from programs.quality_queries import AGES, disputed_fields, disputed_programs, programs_of_quality, source_ages, statements, tallies
from programs.resolution import unpack
from smartpick.access import requires
from smartpick.http import query_text, render_page
from smartpick.roles import Permission

PAGE_SIZE = 50
LONGEST_CODE, LONGEST_FIELD, LONGEST_NUMBER = 3, 30, 18


@requires(Permission.FACTS_DECIDE)
@require_safe
def quality_show(request: HttpRequest) -> HttpResponse:
    """What is known of one specialty, or of all."""
    waiting = dict(ListEntry.objects.order_by().values_list("program_id").annotate(number=Count("id")))
    names = dict(Specialty.objects.values_list("code", "name"))
    page = QualityPage(tallies(waiting), names, query_text(request.GET, "specialty", LONGEST_CODE))
    return render_page(request, "programs/quality.html", {"page": page, "qualities": list(Quality)})


@requires(Permission.FACTS_DECIDE)
@require_safe
def quality_sources(request: HttpRequest) -> HttpResponse:
    """Who says it and how old that is, for one specialty and field, or for all."""
    asked = _asked(request)
    found = source_ages(specialty=asked.code, field=asked.name, today=timezone.localdate())
    context = {
        "asked": asked,
        "lines": source_lines(found, asked.code, asked.name),
        "chart": age_chart(found),
        "ages": AGES,
        "specialties": Specialty.objects.filter(programs__isnull=False).distinct(),
        "fields": FIELDS,
    }
    return render_page(request, "programs/quality_sources.html", context)


@requires(Permission.FACTS_DECIDE)
@require_safe
def quality_programs(request: HttpRequest) -> HttpResponse:
    """The programs behind one number."""
    if not request.GET:
        return redirect("data:quality")
    asked, state = _asked(request), query_text(request.GET, "state", LONGEST_FIELD)
    if asked.field is None or state not in set(Quality):
        raise Http404("The address names no field or no state.")
    quality = Quality(state)
    page = Paginator(programs_of_quality(specialty=asked.code, field=asked.name, quality=quality), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [(program, *_told(program, asked.field)) for program in page]
    return render_page(request, "programs/quality_programs.html", {"asked": asked, "quality": quality, "page": page, "rows": rows})


@requires(Permission.FACTS_DECIDE)
@require_safe
def quality_conflicts(request: HttpRequest) -> HttpResponse:
    """Every program about which trusted sources disagree, with the facts that wait for somebody to settle them."""
    asked = _asked(request)
    page = Paginator(disputed_programs(specialty=asked.code), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [(program, disputed_fields(program)) for program in page]
    shorts = abbreviations_in(*(field.label for _, fields in rows for field in fields))
    return render_page(request, "programs/quality_conflicts.html", {"asked": asked, "page": page, "rows": rows, "shorts": shorts})


@requires(Permission.FACTS_DECIDE)
@require_safe
def quality_statements(request: HttpRequest) -> HttpResponse:
    """The statements behind one number."""
    if not request.GET:
        return redirect("data:quality-sources")
    asked, source_id, age = _asked(request), _number(request, "source"), _number(request, "age")
    source = get_object_or_404(Source, pk=source_id)
    if age is None or age >= len(AGES):
        raise Http404("The address names no age.")
    found = statements(specialty=asked.code, field=asked.name, source=source.pk, age=age, today=timezone.localdate())
    page = Paginator(found.select_related("program__specialty", "program__state"), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"asked": asked, "source": source, "age": AGES[age], "page": page, "rows": statement_rows(page)}
    return render_page(request, "programs/quality_statements.html", context)


@dataclass(frozen=True)
class Asked:
    """What the numbers are about; None stands for all."""

    specialty: Specialty | None
    field: Field | None

    @property
    def code(self) -> str:
        return self.specialty.code if self.specialty else ""

    @property
    def name(self) -> str:
        return self.field.name if self.field else ""

    @property
    def shorts(self) -> list[str]:
        """Abbreviations to explain."""
        return abbreviations_in(self.field.label) if self.field else []


def _asked(request: HttpRequest) -> Asked:
    code, name = query_text(request.GET, "specialty", LONGEST_CODE), query_text(request.GET, "field", LONGEST_FIELD)
    return Asked(Specialty.objects.filter(code=code).first() if code else None, BY_NAME.get(name))


def _number(request: HttpRequest, name: str) -> int | None:
    text = query_text(request.GET, name, LONGEST_NUMBER)
    return int(text) if text.isdecimal() and text.isascii() else None


def _told(program: Program, field: Field) -> tuple[str, Any]:
    """The current value in words and how it stands."""
    return display(field, getattr(program, field.name)), unpack(program.field_states.get(field.name))
