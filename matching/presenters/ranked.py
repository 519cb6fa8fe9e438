"""One page of the list: what to show of a ranking, and the few rows of the database it takes."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from django.http import QueryDict

from applicants.choices import ApplicantType, Exam, Outcome, VisaNeed
from applicants.profile import ProfileData
from matching.engine import Tier
from matching.engine.evidence import SpecialtyFigures
from matching.engine.tables import Index
from matching.presenters.filters import IMG_BANDS, SHOWN_TIERS, SORTS, SPONSORS, arrange, parse_filter, select, states_on, tier_counts, unanswered
from matching.presenters.licensing import attempts_so_far, states_to_check
from matching.presenters.outlook import OutlookPanel, outlook_panel
from matching.presenters.rows import Group, Row, about_you, group_examples, groups, rows
from matching.presenters.words import failed_steps
from matching.queries import licensing_limits, state_names
from matching.services.outlook import outlooks
from matching.services.ranking import Ranking, explanations
from matching.services.wording import CRITERIA
from programs.choices import ProgramType
from programs.models import Program
from programs.queries import fee_schedule
from smartpick.wording import plural

PAGE_SIZE = 50
UNANSWERED_SHOWN = 3


@dataclass(frozen=True)
class Chip:
    """One value of a filter, as a link in words that switches it."""

    label: str
    url: str
    on: bool


@dataclass(frozen=True)
class ChipLine:
    """All values of one filter."""

    label: str
    chips: tuple[Chip, ...]


class RankedPage:
    """What `matching/ranked.html` reads.

    Lazy, so that a fragment of rows fetches nothing else. Queries on first use: `rows` 1, `groups` 1,
    `boards_to_check` 1; on construction 1.
    """

    def __init__(self, ranking: Ranking, address: QueryDict, *, query: str, added: bool = False, plan: str = "") -> None:
        self.ranking, self.address, self.query, self.plan = ranking, address, query, plan
        self.names, self.added = state_names(), added
        self.filter = parse_filter(address, self.names)
        self.sort = address.get("sort", "") if address.get("sort") in dict(SORTS) else SORTS[0][0]
        self.positions: Index = arrange(ranking, select(ranking, self.filter), self.sort)
        self.pages = max(-(-len(self.positions) // PAGE_SIZE), 1)
        self.number = min(max(_whole(address.get("page")), 1), self.pages)
        self.first = (self.number - 1) * PAGE_SIZE + 1
        self.last = min(self.first + PAGE_SIZE - 1, len(self.positions))
        self.size = PAGE_SIZE

    @property
    def total(self) -> int:
        """Rows that the filter leaves."""
        return len(self.positions)

    @property
    def open(self) -> int:
        """Programs that nothing excludes, before any filter."""
        return int(np.count_nonzero(self.ranking.scores.tier[0] != Tier.EXCLUDED))

    @property
    def excluded(self) -> int:
        """Programs that something excludes."""
        return self.tier_counts[Tier.EXCLUDED]

    @property
    def silent(self) -> int:
        """Open programs that something not stated, disputed or not said how firmly may plausibly exclude."""
        return int(np.count_nonzero(self.ranking.scores.silent[0]))

    @property
    def unanswered(self) -> list[tuple[str, int]]:
        """What the profile does not say and programs ask for, most asked first: (what, programs)."""
        return list(unanswered(self.ranking).items())[:UNANSWERED_SHOWN]

    @cached_property
    def tier_counts(self) -> dict[Tier, int]:
        """Programs by tier, before any filter."""
        return tier_counts(self.ranking)

    @cached_property
    def shown(self) -> Index:
        """Positions of the rows on this page."""
        return self.positions[self.first - 1 : self.last]

    def _programs(self, positions: Iterable[int]) -> dict[int, Program]:
        ids = self.ranking.programs.table.ids
        return Program.objects.in_bulk([int(ids[position]) for position in positions])

    @cached_property
    def rows(self) -> list[Row]:
        """The rows of this page."""
        programs, ids = self._programs(self.shown), self.ranking.programs.table.ids
        # A program removed since it was ranked has no row any more.
        shown = np.array([position for position in self.shown if int(ids[position]) in programs], np.intp)
        return rows(self.ranking, shown, programs, explanations(self.ranking, shown), self.query)

    @cached_property
    def groups(self) -> list[Group]:
        """Excluded programs by reason."""
        named = {position for some in group_examples(self.ranking).values() for position in some}
        return groups(self.ranking, self._programs(sorted(named)), self.query) if named else []

    @cached_property
    def about_you(self) -> list[dict[str, str]]:
        """What counts at every program alike."""
        first = explanations(self.ranking, self.ranking.order[:1])
        return about_you(self.ranking, first[0]) if first else []

    @property
    def figures(self) -> SpecialtyFigures:
        """How much is published about the specialty."""
        return self.ranking.programs.model.figures

    @cached_property
    def outlook(self) -> OutlookPanel | None:
        """What applying to the likeliest programs could bring; None where nothing is open, or no rank list is published. 2 queries."""
        us_img = self.ranking.profile.applicant_type == ApplicantType.US_IMG
        fees = fee_schedule(self.ranking.specialty, self.ranking.season.match_year)
        return outlook_panel(outlooks(self.ranking), self.figures, fees, open_programs=self.open, us_img=us_img)

    @property
    def only_reaches(self) -> bool:
        """Whether something is open, and all of it is a reach."""
        return 0 < self.open == self.tier_counts[Tier.REACH]

    @property
    def nothing_published(self) -> bool:
        """Whether no rank list of the specialty is published, so that no whole list can be judged."""
        return bool(self.open) and not self.figures.people

    @cached_property
    def boards_to_check(self) -> list[str]:
        """States whose licensing board may count more attempts than it allows."""
        return states_to_check(licensing_limits(), attempts_so_far(self.ranking.applicant))

    @property
    def left_out(self) -> int:
        """Programs of the specialty that offer one-year or reserved positions only."""
        return self.ranking.programs.left_out

    # --- links ---

    def _address(self, **changes: str | int | list[str] | None) -> str:
        """This address with `changes` (None removes), on its first page again, at the programs."""
        address = self.address.copy()
        address.pop("page", None)
        for key, value in changes.items():
            values = value if isinstance(value, list) else [] if value is None else [str(value)]
            address.setlist(key, values)
        return f"?{address.urlencode()}#programs-title"

    def _toggled(self, key: str, value: str) -> str:
        """The address with one value of a filter switched; every other filter is about open programs, so it leaves the excluded."""
        held = self.address.getlist(key)
        return self._address(excluded_by=None, **{key: [one for one in held if one != value] if value in held else [*held, value]})

    @property
    def next_url(self) -> str:
        """The next page; "" on the last."""
        return self._address(page=self.number + 1) if self.number < self.pages else ""

    @property
    def previous_url(self) -> str:
        """The page before; "" on the first."""
        return self._address(page=self.number - 1) if self.number > 1 else ""

    @property
    def back_url(self) -> str:
        """The page before, where the rows stand alone; rows added in place have it above them."""
        return "" if self.added else self.previous_url

    @property
    def clear_url(self) -> str:
        """The same list without any filter."""
        return self._address(**dict.fromkeys(FILTER_KEYS))

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the search form has to carry along besides its own fields."""
        return [(key, value) for key in self.address if key not in {"q", "sort", "page"} for value in self.address.getlist(key)]

    # --- filters ---

    @property
    def tiers(self) -> list[dict[str, object]]:
        """For components/tier_counts.html."""
        counts = self.tier_counts
        listed = [
            {"tier": word, "count": counts[Tier[word.upper()]], "url": self._toggled("tier", word), "on": word in self.filter.tiers} for word in SHOWN_TIERS
        ]
        return [*listed, {"tier": Tier.EXCLUDED.word, "count": counts[Tier.EXCLUDED], "url": "#excluded" if self.excluded else "", "on": False}]

    @property
    def chip_lines(self) -> list[ChipLine]:
        """Program type, visa and IMG share."""
        return [
            ChipLine("Type", self._chips("ptype", ProgramType.choices, self.filter.types)),
            ChipLine("Sponsors", self._chips("sponsors", SPONSORS, self.filter.sponsors)),
            *(
                [ChipLine("States", self._chips("state", [(code, self.names[code]) for code in sorted(self.filter.states)], self.filter.states))]
                if self.filter.states
                else []
            ),
            ChipLine("IMG share", self._chips("img", [*((band[0], band[1]) for band in IMG_BANDS), ("unknown", "not known")], self.filter.img)),
        ]

    def _chips(self, key: str, choices: Iterable[tuple[str, str]], on: frozenset[str]) -> tuple[Chip, ...]:
        return tuple(Chip(label, self._toggled(key, value), value in on) for value, label in choices)

    @cached_property
    def state_choices(self) -> list[dict[str, object]]:
        """States with open programs that can still be added, for the menu."""
        counts = states_on(self.ranking).items()
        return [{"code": code, "name": self.names[code], "count": count} for code, count in counts if code not in self.filter.states]

    @property
    def reason(self) -> str:
        """The reason whose excluded programs are shown; "" where open ones are."""
        return CRITERIA[self.filter.excluded_by].group if self.filter.excluded_by is not None else ""

    @property
    def doubtful(self) -> str:
        """How many of the safer programs could still turn out closed; "" for none."""
        scores = self.ranking.scores
        count = int(np.count_nonzero((scores.tier[0] == Tier.SAFER) & (scores.low[0] == 0)))
        return f"{count} of the safer ones could still turn out closed to you" if count else ""

    @property
    def sort_choices(self) -> list[dict[str, object]]:
        """Orders of the list, for the menu."""
        return [{"value": value, "label": label, "on": value == self.sort} for value, label in SORTS]


FILTER_KEYS = ("tier", "state", "ptype", "sponsors", "img", "q", "excluded_by")


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else 1


def headline(profile: ProfileData) -> list[str]:
    """The applicant in a few words: kind, score, fails, visa."""
    passed = next((sitting for sitting in profile.of(Exam.STEP2_CK) if sitting.outcome == Outcome.PASS), None)
    return [
        ApplicantType(profile.applicant_type).label,
        f"Step 2 CK {passed.score}" if passed and passed.score else "no Step 2 CK score yet",
        *([plural(fails, "failed attempt")] if (fails := failed_steps(profile)) else []),
        VisaNeed(profile.visa_need).label if profile.visa_need else "visa not said",
    ]
