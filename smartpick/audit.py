"""The one way to write an audit event."""

from typing import Any

from smartpick.models import AuditEvent


def record(*, by: str, verb: str, target: str, **detail: Any) -> AuditEvent:
    """Note that `by` did `verb` to `target`, in the transaction of the change itself."""
    return AuditEvent.objects.create(by=by, verb=verb, target=target, detail=detail)
