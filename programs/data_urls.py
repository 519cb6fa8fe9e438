"""The pages of those who look after the data: /data/. Every view asks for a permission with `smartpick.access.requires`."""

from django.urls import path

from programs.views import imports

app_name = "data"
urlpatterns = [
    # Imports
    path("", imports.import_list, name="imports"),
]
