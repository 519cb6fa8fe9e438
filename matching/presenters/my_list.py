"""My list as a page: rows in sections, what all of it comes to, and what can be undone."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.http import QueryDict

from matching.adapters import years_since_graduation
from matching.choices import ON_LIST, Connection, Standing
from matching.engine import Tier
from matching.engine.evidence import specialty as specialty_figures
from matching.models import ProgramList, ScoreSnapshot
from matching.presenters.my_list_rows import Row, RowContext, escaped, row
from matching.presenters.my_list_totals import Totals
from matching.presenters.my_list_view import (
    KEYS,
    NOT_RANKED,
    OWN_ORDER,
    SORTS,
    ChipLine,
    ListView,
    address,
    arrange,
    chip_lines,
    parse_view,
    query_with,
    select,
    values_of,
)
from matching.presenters.ranked import headline
from matching.presenters.words import Applicant, applicant_in_words
from matching.queries import signaling_specialties
from matching.services.editing import last_change
from matching.services.workspace import Line, Workspace
from programs.models import DataVersion, Program, Specialty
from programs.queries import data_version


@dataclass(frozen=True)
class Section:
    """Entries of one standing, or of the list itself, in the order shown; `of` counts those that a filter hides too."""

    lines: tuple[Line, ...]
    rows: Sequence[Row]
    of: int

    @property
    def count(self) -> str:
        """How many are shown, and of how many."""
        return str(self.of) if len(self.rows) == self.of else f"{len(self.rows)} of {self.of}"


class MyListPage:
    """What `matching/list.html` shows of a list, under the `query` of its address.

    Lazy. Queries on first use: those of Workspace, and for the rows 1 (specialties) and 1 more where something is excluded; for the totals 1,
    `undo` 1, `as_of` 3. None grows with the entries.
    """

    def __init__(self, saved: ProgramList, query: QueryDict) -> None:
        self.saved, self.query = saved, query
        self.workspace = Workspace(saved)

    # --- what is shown ---

    @cached_property
    def _values(self) -> Mapping[str, Mapping[str, Sequence[str]]]:
        now = self.workspace.now
        return {line.key: values_of(line, now[line.key]) for line in self.workspace.lines}

    @cached_property
    def view(self) -> ListView:
        """What the address asks for."""
        return parse_view(self.query, self._values.values())

    @cached_property
    def shown(self) -> list[Line]:
        """The entries that fit the filters, in the order asked for."""
        return arrange(select(self.workspace.lines, self.view, self._values), self.view, self.workspace.now)

    @cached_property
    def on_list(self) -> Section:
        """Added and locked in."""
        return self._section(ON_LIST)

    @cached_property
    def suggested(self) -> Section:
        """What was suggested and waits for an answer."""
        return self._section({Standing.SUGGESTED})

    @cached_property
    def vetoed(self) -> Section:
        """What the applicant ruled out."""
        return self._section({Standing.VETOED})

    def lines_of(self, standings: Collection[Standing]) -> tuple[Line, ...]:
        """Those shown that have one of some standings."""
        return tuple(line for line in self.shown if line.standing in standings)

    def _section(self, standings: Collection[Standing]) -> Section:
        lines = self.lines_of(standings)
        now, shared = self.workspace.now, self._shared
        return Section(lines, escaped([row(line, now[line.key], shared) for line in lines]), sum(line.standing in standings for line in self.workspace.lines))

    @cached_property
    def _shared(self) -> RowContext:
        now = self.workspace.now
        excluded = [line for line in self.workspace.lines if (found := now[line.key]) and found.tier is Tier.EXCLUDED]
        programs = Program.objects.in_bulk([line.program_id for line in excluded]) if excluded else {}
        applicants = {code: self._applicant(code) for code in {line.specialty for line in excluded}}
        specialties = self.names if len(self.specialties) > 1 else {}
        return RowContext(specialties, programs, applicants, self.workspace.signaled, self.view.opened, self.view.ticked)

    def _applicant(self, code: str) -> Applicant:
        """The applicant's side of the sentences about one specialty."""
        profile = self.workspace.profile
        return applicant_in_words(profile, code, years_since_graduation(profile, self.saved.season), specialty_figures(code))

    @cached_property
    def names(self) -> dict[str, str]:
        """Specialties by code."""
        return dict(Specialty.objects.values_list("code", "name"))

    @cached_property
    def specialties(self) -> list[str]:
        """Names of the specialties of its entries."""
        return [self.names[code] for code in sorted({line.specialty for line in self.workspace.lines})]

    @property
    def headline(self) -> str:
        """What it is for and whose it is: all that stands below goes by this."""
        return " · ".join((" and ".join(self.specialties), *headline(self.workspace.profile), f"{self.saved.season} Match"))

    @property
    def size(self) -> int:
        """Entries of any standing."""
        return len(self.workspace.lines)

    @property
    def movable(self) -> bool:
        """Whether the rows stand in the applicant's own order, and can be moved in it."""
        return self.view.sort == OWN_ORDER and len(self.on_list.lines) > 1

    # --- the whole of it ---

    @cached_property
    def totals(self) -> Totals:
        """What stands beside the list."""
        return Totals(self.workspace, self.names, signaling_specialties(self.saved.season), self._safer_left)

    @property
    def _safer_left(self) -> int | None:
        """Safer programs of the applicant's specialties that are no entry; None where nothing is stored about them."""
        entries = sum(line.tier == Tier.SAFER for line in self.workspace.lines)
        return max(0, sum(safer for _, safer in self._snapshots.values()) - entries) if self._snapshots else None

    @cached_property
    def undo(self) -> str:
        """What Undo would take back, in words; "" where there is nothing."""
        change = last_change(self.saved)
        return change.said if change else ""

    # --- links and menus ---

    @property
    def chip_lines(self) -> list[ChipLine]:
        """The filters."""
        names = {
            "specialty": self.names,
            "standing": {value: str(label) for value, label in Standing.choices},
            "tier": {NOT_RANKED: "not ranked"},
            "facts": {"doubtful": "something not known could exclude you"},
        }
        return chip_lines(self.query, self.view, self._values.values(), names)

    @property
    def sort_chips(self) -> list[dict[str, object]]:
        """The orders."""
        return [
            {"label": label, "url": address(self.query, sort=[value] if value != OWN_ORDER else []), "on": value == self.view.sort} for value, label in SORTS
        ]

    @property
    def kept_query(self) -> str:
        """The view, to be carried along by forms."""
        return query_with(self.query)

    @property
    def clear_url(self) -> str:
        """The same order without any filter."""
        return address(self.query, **{key: [] for key in KEYS})

    @property
    def plain_url(self) -> str:
        """The same view with nothing ticked."""
        return address(self.query)

    @property
    def tick_all_url(self) -> str:
        """The same with every program shown ticked."""
        return f"{address(self.query)}{'&' if self.kept_query else '?'}tick=all#on-list-title"

    @property
    def connections(self) -> list[tuple[str, str]]:
        """For the menu of the ticked ones."""
        return [(value, str(label)) for value, label in Connection.choices]

    # --- how old the results are ---

    @cached_property
    def _versions(self) -> tuple[int, int]:
        """(the oldest data that a result on the list rests on, the newest there is)."""
        # What no change reached holds for newer data as it is: then the snapshot alone says so.
        held = {specialty: version for specialty, (version, _) in self._snapshots.items()}
        return min((max(line.data_version, held.get(line.specialty, 0)) for line in self.workspace.lines), default=0), data_version()

    @cached_property
    def _snapshots(self) -> dict[str, tuple[int, int]]:
        """{specialty: (the data that its stored results rest on, how many of its programs are safer)}."""
        rows = ScoreSnapshot.objects.filter(profile=self.saved.profile_id).values_list("specialty", "data_version", "tier")
        return {specialty: (version, bytes(tiers).count(Tier.SAFER)) for specialty, version, tiers in rows}  # a byte each, see packing.TIER

    @cached_property
    def as_of(self) -> datetime | None:
        """When the program data was last changed that all results here take into account; None before the first."""
        return DataVersion.objects.filter(pk=self._versions[0]).values_list("created_at", flat=True).first()

    @property
    def is_behind(self) -> bool:
        """Whether newer program data is there that not every result takes into account yet."""
        return self._versions[0] < self._versions[1]

    @property
    def texts(self) -> list[str]:
        """Phrases of this page that may hold abbreviations."""
        if not self.size:
            return []
        sections = (self.on_list, self.suggested, self.vetoed)
        return [self.headline, *(str(one[key]) for section in sections for one in section.rows for key in ("against", "reason") if one[key])]
