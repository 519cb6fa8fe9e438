"""Every address of SmartPick. Each app's file is its table of contents."""

from django.urls import include, path

from smartpick.views.sign_in import SignIn, sign_out

account_urls = [
    path("sign-in/", SignIn.as_view(), name="sign-in"),
    path("sign-out/", sign_out, name="sign-out"),
]
urlpatterns = [
    path("", include("matching.urls")),
    path("profile/", include("applicants.urls")),
    path("programs/", include("programs.urls")),
    path("corrections/", include("programs.correction_urls")),
    path("data/", include("programs.data_urls")),
    path("data/recomputes/", include("matching.data_urls")),
    path("account/", include((account_urls, "account"))),
]
