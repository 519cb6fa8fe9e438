"""Read settings from the environment, and say how to mend a value that cannot be used."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = "true", "false"


def envstr(name: str, default: str) -> str:
    """The text of `name`, or `default` where it is unset or empty."""
    return os.environ.get(name) or default


def envbool(name: str, default: bool) -> bool:
    """`true` or `false`; anything else stops the start instead of quietly meaning one of them."""
    text = os.environ.get(name, "").strip().lower()
    if text in {TRUE, FALSE}:
        return text == TRUE
    if not text:
        return default
    raise ImproperlyConfigured(f"{name} is {text!r}: set it to true or false, or leave it unset for {default}.")


def envint(name: str, default: int) -> int:
    """A whole number."""
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    try:
        return int(text)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {text!r}: set it to a whole number, for example {default}.") from None


def envlist(name: str, default: list[str]) -> list[str]:
    """Comma-separated values, blanks dropped."""
    text = os.environ.get(name, "")
    return [part.strip() for part in text.split(",") if part.strip()] or default


def envsecret(name: str) -> str | None:
    """The secret `name`, or the content of the file that `name_FILE` points to, or None."""
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE points to {path}, which cannot be read: {error.strerror}.") from error
    return os.environ.get(name) or None
