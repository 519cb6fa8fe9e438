"""The saved list, and the buttons that put programs on it and take them off."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.core.paginator import Page, Paginator
from django.db.models import Count, Min
from django.urls import reverse

from applicants.profile import ProfileData
from applicants.queries import profile_data
from matching.adapters import years_since_graduation
from matching.engine import Tier, criteria_in
from matching.engine.evidence import specialty as specialty_figures
from matching.models import ListEntry, ProgramList, ScoreSnapshot
from matching.presenters.rows import BANDS, exclusion_sentences, place
from matching.presenters.words import Applicant, applicant_in_words
from matching.queries import saved_entries
from programs.models import DataVersion, Program
from programs.queries import data_version
from smartpick.charts import RangeDot, range_dot

PAGE_SIZE = 50
NOT_WORKED_OUT = "No result yet"
NOT_OPEN = "Not ranked: it offers only one-year positions, or positions for physicians with U.S. training"
NOT_BESIDE_REAL = "Not ranked: invented programs do not stand beside real ones"


@dataclass(frozen=True)
class Saving:
    """What the buttons of a page need: what is on the reader's list, their answers for links, and where to go back to."""

    keys: frozenset[str]
    size: int
    query: str
    back: str


@dataclass(frozen=True)
class SavedLine:
    """One program on the list. `tier` is a word, "" where the program is not ranked; `reasons` say why it is excluded or not ranked."""

    key: str
    url: str
    name: str
    place: str
    specialty: str
    demo: bool
    tier: str
    chance: float
    low: float
    high: float
    dot: RangeDot | None
    reasons: tuple[str, ...]


class SavedPage:
    """What `matching/list.html` shows of a list; None: nothing was ever put on it.

    Lazy. Queries on first use: `entries` 2, `lines` 4 more where something on the page is excluded, `counts` 1, `as_of` 3.
    """

    def __init__(self, saved: ProgramList | None, number: str | None = None) -> None:
        self.saved, self.number = saved, number

    @cached_property
    def entries(self) -> Page[ListEntry]:
        """The entries of this page, the likeliest first."""
        entries = saved_entries(self.saved) if self.saved else ListEntry.objects.none()
        return Paginator(entries, PAGE_SIZE).get_page(self.number)

    @cached_property
    def lines(self) -> list[SavedLine]:
        """The rows of this page."""
        return [self._line(entry) for entry in self.entries]

    def _line(self, entry: ListEntry) -> SavedLine:
        program, tier = entry.program, None if entry.tier is None else Tier(entry.tier)
        chances = entry.chance or 0.0, entry.low or 0.0, entry.high or 0.0
        return SavedLine(
            key=program.key,
            url="" if program.is_withdrawn else f"{reverse('programs:detail', args=[program.key])}?specialty={program.specialty_id}",
            name=program.name,
            place=place(program),
            specialty=program.specialty.name,
            demo=program.is_demo,
            tier=tier.word if tier is not None else "",
            chance=chances[0],
            low=chances[1],
            high=chances[2],
            dot=None if tier is None or tier is Tier.EXCLUDED else range_dot(*chances, tier=tier.word, bands=BANDS),
            reasons=self._reasons(entry, tier),
        )

    def _reasons(self, entry: ListEntry, tier: Tier | None) -> tuple[str, ...]:
        program = entry.program
        if tier is None:
            return (_why_not_ranked(program, worked_out=entry.data_version > 0),)
        excluded = criteria_in(entry.excluded_by) if tier is Tier.EXCLUDED else ()
        return tuple(exclusion_sentences(excluded, program, self._applicant(program.specialty_id))) if excluded else ()

    @cached_property
    def _profile(self) -> ProfileData:
        if self.saved is None:
            raise ValueError("No list, so nobody's: there are no entries to speak of.")
        return profile_data(self.saved.profile)

    def _applicant(self, code: str) -> Applicant:
        """The applicant's side of the sentences about one specialty."""
        season = self.saved.season if self.saved else 0
        return applicant_in_words(self._profile, code, years_since_graduation(self._profile, season), specialty_figures(code))

    @cached_property
    def _by_tier(self) -> Mapping[int | None, int]:
        found = self.saved.entries.order_by().values_list("tier").annotate(Count("pk")) if self.saved else ()
        return dict(found)

    @property
    def counts(self) -> list[dict[str, object]]:
        """For components/tier_counts.html: all of them, on whatever page."""
        return [{"tier": tier.word, "count": self._by_tier.get(tier, 0), "url": "", "on": False} for tier in Tier]

    @property
    def not_ranked(self) -> str:
        """How many have no tier, in words; "" for none."""
        count = self._by_tier.get(None, 0)
        return f"{count} not ranked" if count else ""

    @property
    def size(self) -> int:
        """Programs on the list."""
        return sum(self._by_tier.values())

    @cached_property
    def _versions(self) -> tuple[int, int]:
        """(the oldest data that a result on the list rests on, the newest there is)."""
        if self.saved is None:
            return 0, 0
        entries = dict(self.saved.entries.order_by().values_list("program__specialty_id").annotate(Min("data_version")))
        snapshots = dict(ScoreSnapshot.objects.filter(profile=self.saved.profile_id).values_list("specialty", "data_version"))
        # What no change reached holds for newer data as it is: then the snapshot alone says so.
        return min((max(version, snapshots.get(code, 0)) for code, version in entries.items()), default=0), data_version()

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
        return [reason for line in self.lines for reason in line.reasons]


def _why_not_ranked(program: Program, *, worked_out: bool) -> str:
    if program.is_withdrawn:
        return "Not ranked: no source says any more that there is this program"
    if program.closed_on:
        return f"Not ranked: closed on {program.closed_on.day} {program.closed_on:%b %Y}"
    if not worked_out:
        return NOT_WORKED_OUT
    return NOT_BESIDE_REAL if program.is_demo else NOT_OPEN
