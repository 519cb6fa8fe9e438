"""Programs: /programs/."""

from django.urls import path

from programs.views.browse import program_list
from programs.views.detail import program_detail

app_name = "programs"
urlpatterns = [
    path("", program_list, name="list"),
    path("<slug:key>/", program_detail, name="detail"),
]
