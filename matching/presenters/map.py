"""Programs by state: a map of tiles and the same numbers as a table, for the ranked programs or for the list."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.http import QueryDict
from django.urls import reverse

from applicants.profile import ProfileData
from matching.engine import Tier
from matching.queries import state_names
from matching.services.ranking import Ranking
from matching.services.workspace import Workspace
from smartpick.tile_map import Tile, TilePart, tile_map
from smartpick.wording import ANSWER_KEYS, plural

OF, SORT = "of", "sort"
ALL, LIST = "all", "list"
# The tiers of a tile's bar, from the tallest part to the lowest.
OPEN_TIERS = (Tier.SAFER, Tier.MIDDLE, Tier.REACH)
PREFERRED, RULED_OUT = "preferred", "ruled out"
NO_STATE = "State not known"
NAMED = 3  # states that the sentence above the map names

Counts = Mapping[str, Counter[Tier | None]]


@dataclass(frozen=True)
class StateRow:
    """One state. `counts` in the order of OPEN_TIERS, `closed` are excluded or not ranked, `wish` is what the applicant said of it ("" nothing)."""

    code: str
    name: str
    counts: tuple[int, ...]
    closed: int
    wish: str
    url: str

    @property
    def open(self) -> int:
        """Programs that nothing excludes."""
        return sum(self.counts)


@dataclass(frozen=True)
class StateTile:
    """One state on the map; `tiers` are (mark's tier, count), `words` the whole of it."""

    tile: Tile
    row: StateRow
    words: str

    @property
    def tiers(self) -> list[tuple[str, int]]:
        """The counts by the tier's word, without those that are none."""
        return [(tier.word, count) for tier, count in zip(OPEN_TIERS, self.row.counts, strict=True) if count]

    @property
    def bar(self) -> list[tuple[str, TilePart]]:
        """The parts of the bar with their tiers."""
        return [(tier.word, part) for tier, part in zip(OPEN_TIERS, self.tile.parts, strict=True) if part]


@dataclass(frozen=True)
class Heading:
    """A column of the table; `url` sorts by it, `sorted` says how it is: ascending, descending or ""."""

    label: str
    url: str
    sorted: str
    number: bool


COLUMNS: tuple[tuple[str, str, Callable[[StateRow], int]], ...] = (
    ("open", "Not excluded", lambda row: row.open),
    *((tier.word, tier.word.capitalize(), lambda row, place=place: row.counts[place]) for place, tier in enumerate(OPEN_TIERS)),
    ("closed", "Excluded", lambda row: row.closed),
)
SORT_KEYS = {key: count for key, _, count in COLUMNS}


class MapPage:
    """What `matching/map.html` reads.

    `ranking` is that of one specialty (None: nobody is asking), `workspace` the reader's list (None: there is none); `listed` says that the map is of the
    list. Queries: states 1, and those of the list where it is shown.
    """

    def __init__(self, address: QueryDict, *, ranking: Ranking | None, workspace: Workspace | None, query: str, profile: ProfileData | None) -> None:
        self.address, self.query, self.profile = address, query, profile
        self.ranking, self.workspace = ranking, workspace
        self.sort = address.get(SORT, "") if address.get(SORT) in SORT_KEYS else ""

    @property
    def listed(self) -> bool:
        """Whether it shows the list, not the ranked programs."""
        return self.workspace is not None

    @cached_property
    def counts(self) -> Counts:
        """{USPS code, "" where the state is not known: programs by tier}; None counts those that are not ranked."""
        found: dict[str, Counter[Tier | None]] = {}
        for state, tier in self._placed:
            found.setdefault(state, Counter())[tier] += 1
        return found

    @property
    def _placed(self) -> list[tuple[str, Tier | None]]:
        if self.workspace:
            now = self.workspace.now
            return [(line.state or "", entry.tier if (entry := now[line.key]) else None) for line in self.workspace.applications]
        if self.ranking:
            return [(state, Tier(tier)) for state, tier in zip(self.ranking.programs.states, self.ranking.scores.tier[0].tolist(), strict=True)]
        return []

    @cached_property
    def by_code(self) -> Mapping[str, StateRow]:
        """Every state, by code; "" holds the programs without one."""
        names = state_names() | {"": NO_STATE}
        return {code: self._row(code, name) for code, name in names.items()}

    def _row(self, code: str, name: str) -> StateRow:
        tiers = self.counts.get(code, Counter())
        counts = tuple(tiers[tier] for tier in OPEN_TIERS)
        closed = tiers.total() - sum(counts)
        # The ranked list shows what is open; the list shows everything that is on it.
        shown = sum(counts) or (self.listed and closed)
        return StateRow(code, name, counts, closed, self._wish(code), self._filtered(code) if shown and code else "")

    def _wish(self, code: str) -> str:
        if self.profile is None:
            return ""
        return PREFERRED if code in self.profile.preferred_states else RULED_OUT if code in self.profile.ruled_out_states else ""

    def _filtered(self, code: str) -> str:
        """Where the programs of one state are listed."""
        if self.listed:
            return f"{reverse('matching:list')}?state={code}"
        return f"{reverse('matching:ranked')}{self.query or '?'}&state={code}"

    @cached_property
    def tiles(self) -> list[StateTile]:
        """The map, in reading order; a state that the reference table lacks is left out."""
        rows = self.by_code
        drawn = tile_map({code: row.counts for code, row in rows.items() if code})
        return [StateTile(tile, rows[tile.code], _told(rows[tile.code])) for tile in drawn if tile.code in rows]

    @cached_property
    def rows(self) -> list[StateRow]:
        """States with any program, or a wish of the applicant's, in the order asked for; equal ones by name."""
        shown = [row for row in self.by_code.values() if row.open or row.closed or row.wish]
        by_name = sorted(shown, key=lambda row: (not row.code, row.name))
        return sorted(by_name, key=lambda row: -SORT_KEYS[self.sort](row)) if self.sort else by_name

    @property
    def headings(self) -> list[Heading]:
        """The head of the table; a link each, but for the order that it is in."""
        closed = "Excluded or not ranked" if self.listed else "Excluded"
        labels = [("", "State"), *((key, closed if key == "closed" else label) for key, label, _ in COLUMNS)]
        return [
            Heading(label, "" if key == self.sort else self._address(**{SORT: key}), _direction(key) if key == self.sort else "", number=bool(key))
            for key, label in labels
        ]

    @property
    def open(self) -> int:
        """Programs that nothing excludes."""
        return sum(row.open for row in self.by_code.values())

    @property
    def closed(self) -> int:
        """Programs that are excluded or not ranked."""
        return sum(row.closed for row in self.by_code.values())

    @property
    def sentence(self) -> str:
        """What the map shows: how many states, and where most are."""
        rows = sorted((row for row in self.by_code.values() if row.open and row.code), key=lambda row: (-row.open, row.name))
        if not rows:
            return "No program of it is open, so every tile is empty." if self.closed else ""
        whose = "of your list" if self.listed else "of the specialty"
        verb = "is" if self.open == 1 else "are"
        most = ", ".join(f"{row.name} {row.open}" for row in rows[:NAMED])
        return f"{plural(self.open, 'program')} {whose} {verb} not excluded, in {plural(len(rows), 'state')}. The most: {most}."

    @property
    def all_url(self) -> str:
        """This page for the ranked programs."""
        return self._address(**{OF: ALL})

    @property
    def list_url(self) -> str:
        """This page for the list."""
        return self._address(**{OF: LIST})

    def _address(self, **changes: str) -> str:
        address = self.address.copy()
        for key, value in changes.items():
            address.setlist(key, [value] if value else [])
        return f"?{address.urlencode()}"


def wants_list(address: QueryDict, *, has_list: bool) -> bool:
    """Whether the map is to be of the list: as asked; else where there is one and the address brings no other answers."""
    asked = address.get(OF)
    return has_list and (asked == LIST or (asked != ALL and not any(key in address for key in ANSWER_KEYS)))


def _direction(key: str) -> str:
    return "descending" if key else "ascending"


def _told(row: StateRow) -> str:
    """A tile in words: "Ohio, preferred: 23 programs, 3 safer, 12 middle, 8 reach"."""
    tiers = [f"{count} {tier.word}" for tier, count in zip(OPEN_TIERS, row.counts, strict=True) if count]
    closed = [f"{row.closed} excluded or not ranked"] if row.closed else []
    wish = f", {row.wish}" if row.wish else ""
    if not tiers:
        return f"{row.name}{wish}: no open program{', ' if closed else ''}{', '.join(closed)}"
    return f"{row.name}{wish}: {plural(row.open, 'program')}, {', '.join([*tiers, *closed])}"
