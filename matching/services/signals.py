"""Program signals on a list: how many there are, where they stand, and the only way to place them."""

from collections import Counter
from collections.abc import Mapping

from applicants.models import Profile
from matching.choices import ON_LIST, Signal
from matching.engine import Tier
from matching.models import ListEntry, ProgramList
from matching.queries import signal_limit
from matching.services.editing import change_list, locked_profile, refuse_other_season
from matching.services.entry_fields import ListError
from matching.services.locks import writing_results
from programs.models import SignalLimit

# Which column of the limit each kind of signal counts against; in the order of worth.
KINDS = (Signal.GOLD, Signal.SILVER, Signal.SINGLE)


def limits_of(limit: SignalLimit | None) -> dict[Signal, int]:
    """{kind: how many there are} of a specialty, the weightiest first; empty where no limit is known."""
    found = {kind: getattr(limit, kind.value, None) for kind in KINDS}
    return {kind: count for kind, count in found.items() if count is not None}


def place(*, by: str, profile: Profile, match_year: int, signals: Mapping[str, str], said: str, seen: int | None = None) -> ProgramList:
    """Set the signals of entries, "" to take one back, {program key: signal}; as one change, which Undo takes back.

    Checked and written in one transaction in which nobody else changes the list, so two tabs cannot share the last signal. Raises ListError
    (nothing is written) for another season than the current one, for programs that are not on the list, that are excluded or known not to take
    part in signals, for kinds that the specialty has not, and where there would be more than the limit; ListConflict as `change_list`.
    """
    refuse_other_season(match_year)
    with writing_results():
        profile = locked_profile(profile)
        entries = {one.program.key: one for one in ListEntry.objects.filter(list__profile=profile, list__season=match_year).select_related("program")}
        for key, kind in signals.items():
            _refuse_entry(entries.get(key), kind)
        _refuse_over_limit(entries, signals, match_year)
        edits = {key: {"signal": kind} for key, kind in signals.items()}
        return change_list(by=by, profile=profile, match_year=match_year, edits=edits, said=said, seen=seen, verb="list:signal")


def _refuse_entry(entry: ListEntry | None, kind: str) -> None:
    """Raise ListError where this program cannot carry a signal. Taking one back is always possible."""
    if entry is None or entry.standing not in ON_LIST:
        raise ListError("A signal goes to a program on your list, and this one is not on it: add it first.")
    if not kind:
        return
    name = entry.program.name
    if entry.tier is None or entry.tier == Tier.EXCLUDED:
        why = "is not ranked" if entry.tier is None else "is excluded as things stand"
        raise ListError(f"{name} {why}, so a signal would be lost there. Choose another program.")
    if entry.program.signals_used is False:
        raise ListError(f"{name} says that it takes no part in signals, so one would be lost there. Choose another program.")


def _refuse_over_limit(entries: Mapping[str, ListEntry], signals: Mapping[str, str], match_year: int) -> None:
    """Raise ListError where a specialty has no such signals, or has fewer than would be placed. 1 query a specialty of `signals`."""
    for specialty in sorted({entries[key].program.specialty_id for key, kind in signals.items() if kind}):
        limits = limits_of(signal_limit(specialty, match_year))
        own = {key: entry for key, entry in entries.items() if entry.program.specialty_id == specialty and entry.standing in ON_LIST}
        after = Counter(kind for key, entry in own.items() if (kind := signals.get(key, entry.signal)))
        asked = {kind for key, kind in signals.items() if kind and key in own and own[key].signal != kind}
        for kind in sorted(asked):
            _refuse_more(kind, after[kind], limits)


def _refuse_more(kind: str, count: int, limits: Mapping[Signal, int]) -> None:
    if not limits:
        raise ListError("How many signals this specialty has is not known, so none can be counted here. Look it up with the application service.")
    if kind not in limits:
        there = " and ".join(f"{one.label}s" for one in limits)
        raise ListError(f"This specialty has no such signal: it has {there}.")
    limit, label = limits[Signal(kind)], Signal(kind).label
    if count > limit:
        are = f"The one {label} is" if limit == 1 else f"All {limit} {label}s are"
        raise ListError(f"{are} placed already: take one back first, then place it elsewhere.")
