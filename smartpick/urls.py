"""Every address of SmartPick. Each app's file is its table of contents."""

from django.urls import include, path

urlpatterns = [
    path("", include("matching.urls")),
    path("profile/", include("applicants.urls")),
    path("programs/", include("programs.urls")),
]
