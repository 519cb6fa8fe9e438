"""What requests bring and answers take: text of an address, and one template for a whole page and its fragments."""

import unicodedata
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def render_page(request: HttpRequest, template: str, context: dict[str, Any], *, partial: str = "", status: int = 200) -> HttpResponse:
    """The page, or for an HTMX request the `partial` of the same template.

    Two bodies under one address need `Vary`, or the back button may show a bare fragment;
    a history restore asks for the whole page.
    """
    htmx = getattr(request, "htmx", None)
    fragment = bool(partial and htmx and not htmx.history_restore_request)
    response = render(request, f"{template}#{partial}" if fragment else template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def query_text(parameters: QueryDict, name: str, longest: int) -> str:
    """The text of one parameter of an address, at most `longest` characters; "" where it is left out.

    Control characters and lone surrogates are dropped: an address may hold them, PostgreSQL cannot.
    """
    kept = "".join(char for char in parameters.get(name, "") if unicodedata.category(char) not in {"Cc", "Cs"})
    return kept.strip()[:longest]
