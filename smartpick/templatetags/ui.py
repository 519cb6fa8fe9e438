"""Template tags that every page may use. They are built in: no template has to load them."""

from collections.abc import Iterator
from typing import Any, Protocol

from django import template
from django.forms import BaseForm, BoundField
from django.http import HttpRequest, QueryDict
from django.template import TemplateSyntaxError
from django.template.context import Context
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from smartpick import wording

register = template.Library()

# The mark is part of the tier: it must be told apart without color and when printed.
TIER_MARKS = {"reach": "▲", "middle": "●", "safer": "■", "excluded": "✕"}
# A changed filter leads to other rows, so the old page number would point at nothing.
PAGE_KEY = "page"


class Chart(Protocol):
    """A chart of `smartpick.charts`: it names its own template."""

    template: str


@register.inclusion_tag("components/field.html")
def field(bound_field: BoundField) -> dict[str, Any]:
    """Label, help, control and errors of one form field, tied together for screen readers."""
    if not isinstance(bound_field, BoundField):
        raise TemplateSyntaxError(f"field needs a form field, not {bound_field!r}: is its name spelled as in the form?")
    return {"field": bound_field, "checkbox": bound_field.widget_type == "checkbox"}


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: BaseForm) -> dict[str, Any]:
    """Every error of `forms` in one list that links to the fields; nothing while there is none."""
    return {"problems": [problem for form in forms for problem in _problems(form)]}


def _problems(form: BaseForm) -> Iterator[dict[str, str]]:
    for message in form.non_field_errors():
        yield {"message": str(message), "label": "", "target": ""}
    for name in form.errors:
        if name in form.fields:
            bound = form[name]
            # A group of radio buttons has no one control to label: its first choice takes the focus.
            target = bound.id_for_label or f"{bound.auto_id}_0"
            yield from ({"message": str(message), "label": str(bound.label), "target": target} for message in bound.errors)


@register.inclusion_tag("components/tier_badge.html")
def tier_badge(tier: str) -> dict[str, str]:
    """The tier in color, mark and word. Anything that is not a tier is an error, not an empty badge."""
    if tier not in TIER_MARKS:
        raise TemplateSyntaxError(f"tier_badge got {tier!r}; a tier is one of {', '.join(TIER_MARKS)}.")
    return {"tier": str(tier), "mark": TIER_MARKS[tier]}


@register.simple_tag
def chart(chart: Chart) -> SafeString:
    """A chart of `smartpick.charts`, drawn by the template it names."""
    return render_to_string(chart.template, {"chart": chart})


@register.inclusion_tag("components/nav_link.html", takes_context=True)
def nav_link(context: Context, url_name: str, label: str, *, alone: bool = False) -> dict[str, str]:
    """A link of a navigation that knows whether the reader is on that page or below it; `alone`: on that page only."""
    url, request = reverse(url_name), _request(context)
    path = request.path if request else ""
    current = "page" if path == url else "true" if path.startswith(url) and not alone else ""
    return {"url": f"{url}{_answers(context)}", "label": label, "current": current}


@register.simple_tag(takes_context=True)
def answers(context: Context) -> str:
    """The five answers of the current address as a query string, to carry them to another page; "" where there are none."""
    return _answers(context)


def _answers(context: Context) -> str:
    query = _query(context)
    if not any(key in query for key in wording.ANSWER_KEYS):
        return ""
    kept = QueryDict(mutable=True)
    for key in ("specialty", *wording.ANSWER_KEYS):
        kept.setlist(key, query.getlist(key))
    return f"?{kept.urlencode()}"


@register.filter
def one_in(chance: float | None) -> str:
    """0.083 as "about 1 in 12"; None as "not known"."""
    return wording.about_one_in(chance)


@register.simple_tag
def one_in_range(low: float, high: float) -> str:
    """Two chances as "1 in 12 to 1 in 5"."""
    return wording.odds_range(low, high)


@register.filter
def percent(share: float | None) -> str:
    """0.62 as "62%"; None as "not known"."""
    return wording.percent(share)


@register.simple_tag(takes_context=True)
def abbr(context: Context, short: str) -> str:
    """`short`, spelled out the first time it appears on the page."""
    if short not in wording.ABBREVIATIONS:
        raise TemplateSyntaxError(f"abbr does not know {short!r}: add it to smartpick/wording.py.")
    # The request is the one thing that a page's templates, includes and tags all share.
    request = _request(context)
    explained: set[str] = request.__dict__.setdefault("explained_abbreviations", set()) if request else set()
    if short in explained:
        return short
    explained.add(short)
    return f"{short} ({wording.ABBREVIATIONS[short]})"


@register.simple_tag(takes_context=True)
def query_with(context: Context, **changes: object) -> str:
    """The current query string with `changes`: a value (or list) replaces, None or "" removes, and paging starts over."""
    query = _query(context)
    query.pop(PAGE_KEY, None)
    for key, value in changes.items():
        values = value if isinstance(value, list | tuple) else [value]
        query.setlist(key, [str(one) for one in values if one not in {None, ""}])
    return f"?{query.urlencode()}"


def _query(context: Context) -> QueryDict:
    request = _request(context)
    return request.GET.copy() if request else QueryDict(mutable=True)


def _request(context: Context) -> HttpRequest | None:
    """The request that is answered, also inside `{% include ... only %}`; None for the pages drawn without one."""
    request: HttpRequest | None = getattr(context, "request", None)
    return request
