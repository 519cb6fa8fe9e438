"""The counter of changes to program data, and what each change touched."""

from collections.abc import Iterable, Mapping

from programs.models import DataVersion
from smartpick import audit

# {program id: names of the fields whose current value or state changed, "" for its identity or tracks}.
Touched = Mapping[int, Iterable[str]]


def new_version(*, by: str, verb: str, cause: str, touched: Touched | None, **counts: int) -> DataVersion:
    """Count one change, with its audit event; call it inside the transaction of the change.

    `cause` is shown to people, at most 200 characters are kept. `touched` None: anything may have changed.
    """
    packed = None if touched is None else {str(program_id): sorted(fields) for program_id, fields in touched.items()}
    version = DataVersion.objects.create(cause=cause[:200], touched=packed)
    audit.record(by=by, verb=verb, target=f"data-version:{version.pk}", cause=cause, **counts)
    return version


def touched_since(version: int) -> dict[int, frozenset[str]] | None:
    """What all changes after `version` touched together; None where one of them may have changed anything, or does not say."""
    found: dict[int, frozenset[str]] = {}
    for touched in DataVersion.objects.filter(pk__gt=version).order_by("pk").values_list("touched", flat=True):
        if touched is None:
            return None
        for program_id, fields in touched.items():
            found[int(program_id)] = found.get(int(program_id), frozenset()) | frozenset(fields)
    return found
