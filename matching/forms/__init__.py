"""What people say in forms, checked. One module a page; the view calls the service."""

from matching.forms.recomputes import RecomputeForm

__all__ = ["RecomputeForm"]
