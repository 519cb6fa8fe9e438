"""Which entries of a list a reader wants to see, and in which order: read from the address, applied to lines."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.http import QueryDict
from django.urls import reverse

from matching.choices import Standing
from matching.engine import Tier
from matching.services.workspace import Line, Now

OWN_ORDER = "own"
SORTS = ((OWN_ORDER, "My order"), ("chance", "Chance"), ("name", "Name"), ("state", "State"))
NOT_RANKED = "none"
TIERS = (*(tier.word for tier in Tier), NOT_RANKED)
DOUBTFUL = "doubtful"
KEYS = ("tier", "state", "specialty", "tag", "standing", "facts")
LONGEST = 40  # of what is said back about an address


@dataclass(frozen=True)
class ListView:
    """Empty means no wish. Several values of one kind are alternatives, kinds add up. `ignored`: what the address asked for that is no choice."""

    sort: str = OWN_ORDER
    wanted: Mapping[str, frozenset[str]] = field(default_factory=dict)
    ticked: bool = False
    opened: str = ""
    ignored: tuple[str, ...] = ()

    @property
    def active(self) -> bool:
        """Whether anything narrows the list."""
        return any(self.wanted.values())


class Chip(NamedTuple):
    """One value of a filter: its words, with how many entries have it, and the address that switches it."""

    label: str
    url: str
    on: bool


class ChipLine(NamedTuple):
    """The values of one filter."""

    label: str
    chips: tuple[Chip, ...]


def values_of(line: Line, now: Now | None) -> dict[str, Sequence[str]]:
    """What one entry is found by, by filter."""
    return {
        "tier": (now.tier.word if now else NOT_RANKED,),
        "state": (line.state or "",),
        "specialty": (line.specialty,),
        "tag": line.tags,
        "standing": (line.standing.value,),
        "facts": (DOUBTFUL,) if is_doubtful(now) else (),
    }


def is_doubtful(now: Now | None) -> bool:
    """Whether something not known could still exclude the applicant: the range begins at none, though nothing excludes."""
    return now is not None and now.tier is not Tier.EXCLUDED and now.low == 0


def parse_view(query: QueryDict, found: Iterable[Mapping[str, Sequence[str]]]) -> ListView:
    """The view in an address; `found` are the `values_of` all entries: what none of them has is no choice, but for tiers and standings."""
    known: dict[str, set[str]] = {"tier": set(TIERS), "standing": set(Standing.values), "facts": {DOUBTFUL}, "state": set(), "specialty": set(), "tag": set()}
    for values in found:
        for key in ("state", "specialty", "tag"):
            known[key].update(values[key])
    asked = [(key, value) for key in KEYS for value in query.getlist(key) if value]
    sort = query.get("sort", "")
    bad_sort = [("sort", sort)] if sort and sort not in dict(SORTS) else []
    return ListView(
        sort=OWN_ORDER if bad_sort or not sort else sort,
        wanted={key: frozenset(value for one, value in asked if one == key and value in known[key]) for key in KEYS},
        ticked=query.get("tick") == "all",
        opened=query.get("open", ""),
        ignored=tuple(f"{key}={value[:LONGEST]}" for key, value in [*bad_sort, *asked] if (key, value) in bad_sort or value not in known[key]),
    )


def select(lines: Iterable[Line], view: ListView, values: Mapping[str, Mapping[str, Sequence[str]]]) -> list[Line]:
    """The entries that fit; `values` are those of `values_of`, by key."""
    wishes = [(key, wish) for key, wish in view.wanted.items() if wish]
    return [line for line in lines if all(wish.intersection(values[line.key][key]) for key, wish in wishes)]


def arrange(lines: Iterable[Line], view: ListView, now: Mapping[str, Now | None]) -> list[Line]:
    """The entries in the order of the view; by chance, what is excluded and then what is not ranked comes last."""

    def chance(line: Line) -> tuple[int, float, str]:
        one = now[line.key]
        return (len(Tier) if one is None else int(one.tier is Tier.EXCLUDED), -(one.chance if one else 0.0), line.name)

    by: dict[str, Callable[[Line], tuple[object, ...]]] = {
        "chance": chance,
        "name": lambda line: (line.name, line.key),
        "state": lambda line: (line.state is None, line.state or "", line.name, line.key),
    }
    return sorted(lines, key=by[view.sort]) if view.sort in by else list(lines)


def address(query: QueryDict, **changes: list[str]) -> str:
    """The address of the list with the `query` of another one and `changes` (an empty list removes)."""
    return f"{reverse('matching:list')}{query_with(query, **changes)}"


def query_with(query: QueryDict, **changes: list[str]) -> str:
    """A query with `changes`, with its question mark; "" where nothing is left."""
    kept = query.copy()
    for key in ("open", "tick"):
        kept.pop(key, None)
    for key, values in changes.items():
        kept.setlist(key, values)
    text = kept.urlencode()
    return f"?{text}" if text else ""


def chip_lines(query: QueryDict, view: ListView, values: Iterable[Mapping[str, Sequence[str]]], names: Mapping[str, Mapping[str, str]]) -> list[ChipLine]:
    """Every filter that tells entries apart, or is on, with its values and their counts. `names` are words for values, by filter."""
    counts: dict[str, Counter[str]] = {key: Counter() for key in KEYS}
    for one in values:
        for key in KEYS:
            counts[key].update(one[key])
    lines = []
    for key, label in LABELS.items():
        listed = [value for value in _in_order(key, counts[key]) if value] or []
        on = view.wanted.get(key, frozenset())
        if len(listed) > 1 or on or (key in {"facts", "tag"} and listed):
            chips = tuple(_chip(query, key, value, f"{names.get(key, {}).get(value, value)} {counts[key][value]}", value in on) for value in listed)
            lines.append(ChipLine(label, chips))
    return lines


LABELS = {"tier": "Tier", "standing": "Standing", "specialty": "Specialty", "state": "State", "tag": "Tag", "facts": "In doubt"}


def _in_order(key: str, counts: Counter[str]) -> list[str]:
    fixed = {"tier": TIERS, "standing": tuple(Standing.values)}.get(key)
    return [value for value in fixed if counts[value]] if fixed else sorted(counts)


def _chip(query: QueryDict, key: str, value: str, label: str, on: bool) -> Chip:
    held = query.getlist(key)
    return Chip(label, address(query, **{key: [one for one in held if one != value] if on else [*held, value]}), on)
