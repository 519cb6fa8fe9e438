"""What came of a suggestion, for whoever holds its link: /corrections/."""

from django.urls import path

from programs.views.corrections import correction_show

app_name = "corrections"
urlpatterns = [
    path("<uuid:token>/", correction_show, name="show"),
]
