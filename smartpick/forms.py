"""What people type to sign in."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    """E-mail address and password. Bind it with the request, as Django's sign-in view does."""

    username = forms.EmailField(
        label="E-mail address",
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
        error_messages={"required": "Enter your e-mail address.", "invalid": "Enter an e-mail address, such as name@example.org."},
    )
    password = forms.CharField(
        label="Password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Enter your password."},
    )
    error_messages: dict[str, Any] = {
        "invalid_login": "This e-mail address and this password do not belong together. Check both; capital letters count in a password.",
        "inactive": "This account is closed.",
    }

    def clean_username(self) -> str:
        """Take the address as accounts keep it: in small letters."""
        return str(self.cleaned_data["username"]).lower()
