"""What every page needs to know about program data."""

from django.http import HttpRequest

from programs.queries import demonstration_loaded


def demonstration(request: HttpRequest) -> dict[str, bool]:
    """`demo_loaded`: while it is true every page says that the programs are invented."""
    return {"demo_loaded": demonstration_loaded()}
