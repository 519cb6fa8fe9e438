"""Recomputes, for those who look after the data: /data/recomputes/."""

from django.urls import path

from matching.views import recomputes

app_name = "recomputes"
urlpatterns = [
    path("", recomputes.recompute_list, name="list"),
    path("widget/", recomputes.recompute_widget, name="widget"),
    path("start/", recomputes.recompute_start, name="start"),
    path("<int:pk>/cancel/", recomputes.recompute_cancel, name="cancel"),
]
