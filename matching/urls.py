"""The list and what explains it."""

from django.urls import path

from matching.views.listing import list_show
from matching.views.method import method_show
from matching.views.start import start
from matching.views.why import why_show

app_name = "matching"
urlpatterns = [
    path("", start, name="start"),
    path("list/", list_show, name="list"),
    path("list/why/<slug:key>/", why_show, name="why"),
    path("method/", method_show, name="method"),
]
