"""What the buttons of My list mean: each becomes edits of entries, and words that say what was done. Nothing is written here."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from matching.choices import ON_LIST, Connection, Standing
from matching.services.entry_fields import LAST_PLACE, ListError
from matching.services.workspace import Line

# Entries stand apart, so that one that moves seldom moves others: two tabs that order different things do not clash.
WIDEST_GAP = 64
MOVES = ("top", "up", "down", "place")
TICK_FIRST = "Tick the programs first, then press the button again."
GONE = "That program is not on your list any more: look at the list as it is now."

Edits = dict[str, dict[str, object] | None]


@dataclass(frozen=True)
class Planned:
    """What a button will write: edits as `editing.change_list` takes them, and what was done, in words."""

    edits: Edits
    said: str


@dataclass(frozen=True)
class _Deed:
    """A button that gives entries of some standings another one; `standing` None takes them off."""

    among: frozenset[Standing]
    standing: Standing | None
    said: str


OFF_LIST = frozenset({Standing.SUGGESTED, Standing.VETOED})
_DEEDS = {
    "lock": _Deed(frozenset({Standing.ADDED, Standing.SUGGESTED}), Standing.LOCKED, "locked in"),
    "unlock": _Deed(frozenset({Standing.LOCKED}), Standing.ADDED, "unlocked"),
    "veto": _Deed(frozenset({*ON_LIST, Standing.SUGGESTED}), Standing.VETOED, "ruled out"),
    "back": _Deed(frozenset({Standing.VETOED}), Standing.ADDED, "taken back onto the list"),
    "accept": _Deed(frozenset({Standing.SUGGESTED}), Standing.ADDED, "accepted"),
    "decline": _Deed(frozenset({Standing.SUGGESTED}), None, "declined"),
    "remove": _Deed(frozenset(Standing), None, "taken off"),
}


def planned(lines: Sequence[Line], verb: str, keys: Sequence[str], *, value: str = "", shown: Sequence[str] = ()) -> Planned:
    """What one button does to the entries `keys` of a list with `lines`, in the applicant's own order.

    `verb`: lock, unlock, veto, back, accept, decline, remove; tag and connect with a `value`; top, up, down, and place (before the
    entry `value`, "" is the end). `shown` are the keys that the reader sees, in order: up and down go past one of them. Entries that a button
    does not concern are passed over. Raises ListError for an unknown button, no entry, one that is gone, and a value that cannot be.
    """
    by_key = {line.key: line for line in lines}
    known = [by_key[key] for key in dict.fromkeys(keys) if key in by_key]
    if not keys:
        raise ListError(TICK_FIRST)
    if not known:
        raise ListError(GONE)
    if verb in MOVES:
        return _moved(lines, known[0], verb, value, shown)
    if verb == "tag":
        return _tagged(known, value)
    if verb == "connect":
        return _connected(known, value)
    if verb not in _DEEDS:
        raise ListError("This page has no such button: load it again.")
    deed = _DEEDS[verb]
    some = [line for line in known if line.standing in deed.among]
    return Planned({line.key: None if deed.standing is None else {"standing": deed.standing} for line in some}, _said(deed.said, some))


def _said(done: str, lines: Sequence[Line]) -> str:
    """What was done and to whom, such as "locked in: Invented Hospital 001 and 3 more"; what was done to nothing says so."""
    if not lines:
        return f"{done}: none, they were so already"
    more = f" and {len(lines) - 1} more" if len(lines) > 1 else ""
    return f"{done}: {lines[0].name}{more}"


def _tagged(lines: Sequence[Line], tag: str) -> Planned:
    tag = " ".join(tag.split())
    if not tag:
        raise ListError("Type a tag first, such as “near family”.")
    some = [line for line in lines if tag not in line.tags]
    return Planned({line.key: {"tags": [*line.tags, tag]} for line in some}, _said(f"tagged “{tag}”", some))


def _connected(lines: Sequence[Line], connection: str) -> Planned:
    if connection not in Connection.values:
        raise ListError("Choose a connection first.")
    some = [line for line in lines if line.connection != connection]
    return Planned({line.key: {"connection": connection} for line in some}, _said(f"connection {connection}", some))


# --- order ---


def _moved(lines: Sequence[Line], moving: Line, verb: str, before: str, shown: Sequence[str]) -> Planned:
    positions = {line.key: line.position for line in lines}
    order = reordered([*positions], moving.key, verb, before=before, shown=shown)
    places = spaced(order, positions, moving.key) if order != [*positions] else {}
    edits: Edits = {key: {"position": place} for key, place in places.items()}
    done = {"top": "moved to the top", "up": "moved up", "down": "moved down", "place": "moved"}[verb]
    return Planned(edits, f"{done}: {moving.name}")


def reordered(order: Sequence[str], key: str, verb: str, *, before: str = "", shown: Sequence[str] = ()) -> list[str]:
    """`order` with `key` elsewhere: at the top, one up or down among `shown` (all where `key` is not among them), or before the key `before` ("": at the end).

    What cannot move further stays. `top` is before the first of those shown.
    """
    seen = [one for one in (shown if key in shown else order) if one in set(order)]
    place = seen.index(key)
    others = [one for one in order if one != key]
    if verb == "top":
        at = others.index(seen[0]) if seen[0] != key else order.index(key)
    elif verb == "up":
        at = others.index(seen[place - 1]) if place else order.index(key)
    elif verb == "down":
        at = others.index(seen[place + 1]) + 1 if place + 1 < len(seen) else order.index(key)
    else:
        at = others.index(before) if before in others else order.index(key) if before == key else len(others)
    return [*others[:at], key, *others[at:]]


def spaced(order: Sequence[str], positions: dict[str, int], moved: str) -> dict[str, int]:
    """{key: new position} so that positions rise along `order`: of the moved entry alone where there is room between its neighbors, else of all that differ."""
    place = order.index(moved)
    rest = [positions[key] for key in order if key != moved]
    if all(one < other for one, other in pairwise(rest)):
        low = positions[order[place - 1]] if place else -1
        high = positions[order[place + 1]] if place + 1 < len(order) else low + 2 * WIDEST_GAP
        middle = (low + high) // 2
        if low < middle < high and middle <= LAST_PLACE:
            return {moved: middle} if middle != positions[moved] and not low < positions[moved] < high else {}
    # Room for as many again at the end.
    gap = max(min(WIDEST_GAP, LAST_PLACE // (2 * len(order))), 1)
    fresh = {key: (number + 1) * gap for number, key in enumerate(order)}
    return {key: position for key, position in fresh.items() if position != positions[key]}
