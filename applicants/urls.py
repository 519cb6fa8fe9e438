"""The applicant's own pages."""

from django.urls import path

from applicants.views import profile

app_name = "applicants"
urlpatterns = [
    path("", profile.profile_edit, name="profile-edit"),
    path("delete/", profile.profile_delete, name="profile-delete"),
    path("try/<int:pk>/", profile.profile_try, name="profile-try"),
]
