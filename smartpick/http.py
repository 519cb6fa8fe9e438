"""What requests bring and answers take: text of an address, and one template for a whole page and its fragments."""

import unicodedata
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, QueryDict
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control, patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect


def render_page(request: HttpRequest, template: str, context: dict[str, Any], *, partial: str = "", status: int = 200) -> HttpResponse:
    """The page, or for an HTMX request the `partial` of the same template.

    Two bodies under one address need `Vary`, or the back button may show a bare fragment;
    a history restore asks for the whole page.
    """
    htmx = getattr(request, "htmx", None)
    fragment = bool(partial and htmx and not htmx.history_restore_request)
    response = render(request, f"{template}#{partial}" if fragment else template, context, status=status)
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    # What a page says depends on the visitor's profile: no shared cache may keep it, and no disk.
    patch_cache_control(response, private=True, no_store=True)
    return response


def go_to(request: HttpRequest, url: str) -> HttpResponse:
    """A redirect of the whole page, also where HTMX asked for a part of it."""
    return HttpResponseClientRedirect(url) if getattr(request, "htmx", None) else redirect(url)


class RefuseOddRequests:
    """Answer 400 to what no browser sends and what would fail later: a NUL in the address or a cookie, a form that is not UTF-8."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if any("\0" in text for text in (request.path_info, *request.COOKIES.values())):
            return HttpResponseBadRequest(
                "This address or cookie holds a NUL character. Clear the cookies of this site, or correct the address.", content_type="text/plain"
            )
        if (request.content_params or {}).get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
            return HttpResponseBadRequest("Send forms as UTF-8.", content_type="text/plain")
        return self.get_response(request)


def query_text(parameters: QueryDict, name: str, longest: int) -> str:
    """The text of one parameter of an address, at most `longest` characters; "" where it is left out.

    Control characters and lone surrogates are dropped: an address may hold them, PostgreSQL cannot.
    """
    kept = "".join(char for char in parameters.get(name, "") if unicodedata.category(char) not in {"Cc", "Cs"})
    return kept.strip()[:longest]
