"""Answers that serve a whole page and its fragments from one template."""

from typing import Any

from django.http import HttpRequest, HttpResponse
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
