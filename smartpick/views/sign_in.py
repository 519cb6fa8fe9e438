"""Signing in and out. Applicants need neither; a profile that hangs on the session stays with it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url

from smartpick import audit
from smartpick.access import SESSION_PROFILE, may, session_profile_id
from smartpick.forms import SignInForm
from smartpick.http import render_page
from smartpick.models import User
from smartpick.roles import Permission
from smartpick.throttle import Limit, client_address

MINUTES = 15
# Successful tries count for an address too, or an account of one's own would buy more guesses at others'.
OF_ONE_ADDRESS = Limit("sign-in:address", tries=30, seconds=MINUTES * 60)
OF_ONE_ACCOUNT = Limit("sign-in:account", tries=6, seconds=MINUTES * 60)
TOO_MANY_REQUESTS = 429


class SignIn(LoginView):
    template_name = "account/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Look at the password only where there were not too many tries already."""
        address, email = client_address(request), request.POST.get("username", "").strip().lower()
        allowed = [OF_ONE_ADDRESS.allows(address), OF_ONE_ACCOUNT.allows(address, email)]
        if not all(allowed):
            response = render_page(request, "account/too_many.html", {"minutes": MINUTES}, status=TOO_MANY_REQUESTS)
            response["Retry-After"] = str(MINUTES * 60)
            return response
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Sign in; the session gets a new key and keeps what it holds."""
        user = form.get_user()
        OF_ONE_ACCOUNT.forget(client_address(self.request), user.get_username())
        audit.record(by=user.get_username(), verb="user:sign-in", target=f"user:{user.pk}")
        return super().form_valid(form)

    def get_default_redirect_url(self) -> str:
        """Data admins start at their own pages."""
        return resolve_url("data:imports" if may(self.request, Permission.PROGRAMS_IMPORT) else "matching:start")


def sign_out(request: HttpRequest) -> HttpResponseBase:
    """End the session of an account; the visitor's own profile stays with the browser."""
    if request.method == "POST" and isinstance(request.user, User):  # a link or a reload changes nothing
        held = session_profile_id(request)
        logout(request)
        if held is not None:
            request.session[SESSION_PROFILE] = held
        messages.success(request, "You are signed out.")
    return redirect("matching:start")
