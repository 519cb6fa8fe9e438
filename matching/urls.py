"""The list, what explains it, and what one keeps of it."""

from django.urls import path

from matching.views.changes import changes_seen, changes_show
from matching.views.method import method_show
from matching.views.ranked import ranked_show
from matching.views.saved import list_show, saved_add, saved_remove
from matching.views.start import start
from matching.views.why import why_show

app_name = "matching"
urlpatterns = [
    path("", start, name="start"),
    path("list/ranked/", ranked_show, name="ranked"),
    path("list/why/<slug:key>/", why_show, name="why"),
    # What one keeps of it
    path("list/", list_show, name="list"),
    path("list/add/<slug:key>/", saved_add, name="saved-add"),
    path("list/remove/<slug:key>/", saved_remove, name="saved-remove"),
    path("list/changes/", changes_show, name="changes"),
    path("list/changes/seen/", changes_seen, name="changes-seen"),
    path("method/", method_show, name="method"),
]
