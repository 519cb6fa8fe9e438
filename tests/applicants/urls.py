"""The addresses that these tests need, whatever the pages of other apps do."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [
    path("profile/", include("applicants.urls")),
    path("", include(([path("", empty, name="start"), path("list/", empty, name="list-show")], "matching"))),
]
