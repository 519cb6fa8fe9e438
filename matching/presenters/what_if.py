"""The answer of What-if: what it comes to, and what opens, closes and changes tier. Only so many rows as are shown are made."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from django.http import QueryDict
from django.urls import reverse

from matching.adapters import years_since_graduation
from matching.adapters.what_if import Wish
from matching.engine import Tier, criteria_in
from matching.engine.tables import Index
from matching.presenters.rows import exclusion_sentences
from matching.presenters.what_if_totals import WhatIfTotals, chances_move, most_reasons
from matching.presenters.what_if_words import why_nothing
from matching.presenters.words import Applicant, applicant_in_words
from matching.services.what_if import AFTER, BEFORE, Both, WhatIf
from programs.models import Program
from smartpick.wording import about_one_in

FIRST_SHOWN = 6
PAGE_SIZE = 100


@dataclass(frozen=True)
class Moved:
    """One program that opens, closes or changes tier. Tiers are words; a chance is "" where it is excluded."""

    key: str
    url: str
    name: str
    place: str
    before: str
    after: str
    chance_before: str
    chance_after: str
    reasons: tuple[str, ...]
    listed: bool


@dataclass(frozen=True)
class Section:
    """Programs that one kind of thing happens to. `count` are all, `rows` those shown; `all_url` shows more, `previous_url` and `next_url` page."""

    name: str
    title: str
    count: int
    rows: tuple[Moved, ...]
    note: str = ""
    all_url: str = ""
    previous_url: str = ""
    next_url: str = ""


class At(NamedTuple):
    """One program: of which set, and at which place of its arrays."""

    both: Both
    place: int


class WhatIfPage:
    """What `matching/what_if.html` shows of an answer. Queries besides those of `answer`: 1, where a shown program is excluded on either side."""

    def __init__(self, wish: Wish, answer: WhatIf, names: Mapping[str, str], *, here: str, address: QueryDict, query: str) -> None:
        """`names` of specialties by code; `here` is the query string of the wish, `query` carries the reader's answers to other pages."""
        self.wish, self.answer, self.names, self.here, self.query = wish, answer, names, here, query
        self.all_of = address.get("show", "")
        self.number = max(int(page), 1) if (page := address.get("page", "")).isascii() and page.isdigit() and len(page) < len("00000") else 1

    @property
    def specialty(self) -> str:
        """The specialty that is looked at."""
        return self.names[self.answer.specialty]

    @property
    def other_specialty(self) -> bool:
        """Whether the specialty is what changes."""
        return self.answer.specialty != self.answer.base_specialty

    @property
    def compared(self) -> bool:
        """Whether anything but the specialty was moved, so that programs can be compared one by one."""
        return bool(self.wish.names) and self.wish.names != ("specialty",)

    # --- in a sentence ---

    @cached_property
    def totals(self) -> WhatIfTotals:
        """The list where there is one, the specialty, and what applying brings."""
        return WhatIfTotals(self.answer, self.names)

    @property
    def no_outlook(self) -> bool:
        """Whether something is open and yet nothing is said of interviews: no rank list of the specialty is published."""
        return not self.totals.outlook and bool(self.answer.ranked.open(AFTER))

    @property
    def not_ranked(self) -> int:
        """Applications on the list that have no result."""
        return self.answer.not_ranked

    @property
    def said(self) -> str:
        """What the change does, for whoever hears it; before anything is moved, how things are."""
        if not self.wish.names:
            return f"Nothing is changed yet. {self.totals.as_they_are}"
        return f"Nothing would change in {self.specialty}." if self.nothing and not self.other_specialty else self.totals.said

    @cached_property
    def nothing(self) -> bool:
        """Whether programs are compared and none of the specialty, nor of the list, has another result."""
        sets = (self.answer.ranked, *(both for _, both in self.answer.parts))
        return self.compared and all(not (len(one.opens) or len(one.closes) or one.rising or one.falling or one.unsettled) for one in sets)

    @property
    def why_nothing(self) -> list[str]:
        """Why, as far as that can be said."""
        both = self.answer.ranked
        if not len(both.positions):
            return ["No program of this specialty is in the data yet."]
        if not both.open(BEFORE):
            return [f"Every program here is excluded for a reason that this does not touch. Most often: {most_reasons(both, AFTER)}."]
        return list(dict.fromkeys(why_nothing(self.wish, both)))

    @property
    def excluded_by(self) -> str:
        """What excludes most programs as things are; "" where nothing does."""
        return most_reasons(self.answer.own, BEFORE)

    @property
    def drift(self) -> str:
        """How chances move beside what opens, closes and changes tier, in words; "" where none does."""
        words = chances_move([self.answer.ranked])
        return f"Of the programs that are open before and after, {words}." if words else ""

    # --- program by program ---

    @cached_property
    def sections(self) -> list[Section]:
        """What happens on the list, and what in the specialty."""
        both = self.answer.ranked
        ways = f"{both.up} up, {len(both.moves) - both.up} down" if len(both.moves) else ""
        kinds: list[tuple[str, str, list[At], str]] = [
            ("opens", "Opens", self._at(both, both.opens), ""),
            ("closes", "Closes", self._at(both, both.closes), ""),
            ("moves", "Changes tier", self._at(both, both.moves), ways),
        ]
        if self.answer.listed:
            kinds.insert(0, ("listed", "On your list", self._on_list, ""))
        shown = {name: self._shown(name, found) for name, _, found, _ in kinds}
        programs = self._programs(chain.from_iterable(shown.values()))
        return [self._section(name, title, found, shown[name], note, programs) for name, title, found, note in kinds]

    @cached_property
    def _listed(self) -> frozenset[str]:
        return frozenset(line.key for line in self.answer.listed.applications) if self.answer.listed else frozenset()

    def _at(self, both: Both, places: Index) -> list[At]:
        return [At(both, int(place)) for place in places]

    @property
    def _on_list(self) -> list[At]:
        return [At(both, int(place)) for _, both in self.answer.parts for place in (*both.opens, *both.closes, *both.moves)]

    def _shown(self, name: str, found: list[At]) -> list[At]:
        first = (self._page(len(found)) - 1) * PAGE_SIZE
        return found[first : first + PAGE_SIZE] if name == self.all_of else found[:FIRST_SHOWN]

    def _page(self, count: int) -> int:
        return min(self.number, max(-(-count // PAGE_SIZE), 1))

    def _section(self, name: str, title: str, found: Sequence[At], shown: Sequence[At], note: str, programs: Mapping[int, Program]) -> Section:  # noqa: PLR0917
        rows = tuple(self._row(at, programs) for at in shown)
        if name != self.all_of:
            return Section(name, title, len(found), rows, note, all_url=self._url(name) if len(found) > len(rows) else "")
        page, pages = self._page(len(found)), -(-len(found) // PAGE_SIZE)
        previous_url, next_url = self._url(name, page - 1) if page > 1 else "", self._url(name, page + 1) if page < pages else ""
        return Section(name, title, len(found), rows, note, previous_url=previous_url, next_url=next_url)

    def _url(self, name: str, page: int = 1) -> str:
        joined = "&" if self.here != "?" else ""
        return f"{self.here}{joined}show={name}{f'&page={page}' if page > 1 else ''}#{name}"

    def _key(self, at: At) -> str:
        return at.both.programs.keys[int(at.both.positions[at.place])]

    def _programs(self, shown: Iterable[At]) -> Mapping[int, Program]:
        """The rows of the programs that are excluded on either side, for their reasons."""
        wanted = {int(at.both.table.ids[at.place]) for at in shown if Tier.EXCLUDED in set(at.both.tier[:, at.place].tolist())}
        return Program.objects.in_bulk(wanted) if wanted else {}

    def _row(self, at: At, programs: Mapping[int, Program]) -> Moved:
        both, place = at
        position, key = int(both.positions[place]), self._key(at)
        tiers = [Tier(int(both.tier[side, place])) for side in (BEFORE, AFTER)]
        chances = ["" if tier is Tier.EXCLUDED else about_one_in(float(both.chance[side, place])) for side, tier in enumerate(tiers)]
        where = (both.programs.cities[position], both.programs.states[position])
        return Moved(
            key=key,
            url=f"{reverse('programs:detail', args=[key])}{self.query}",
            name=both.programs.names[position],
            place=", ".join(part for part in where if part),
            before=tiers[BEFORE].word,
            after=tiers[AFTER].word,
            chance_before=chances[BEFORE],
            chance_after=chances[AFTER],
            reasons=self._reasons(at, tiers, programs),
            listed=key in self._listed,
        )

    def _reasons(self, at: At, tiers: Sequence[Tier], programs: Mapping[int, Program]) -> tuple[str, ...]:
        """What excludes it, on the side on which it is excluded."""
        both, place = at
        program = programs.get(int(both.table.ids[place]))
        if program is None:
            return ()
        side = AFTER if tiers[AFTER] is Tier.EXCLUDED else BEFORE
        found = exclusion_sentences(criteria_in(int(both.scores.excluded[side, place])), program, self._applicant(both, side))
        return tuple(found)

    def _applicant(self, both: Both, side: int) -> Applicant:
        profile, specialty = self.answer.profiles[side], both.table.specialty
        return applicant_in_words(profile, specialty, years_since_graduation(profile, self.answer.match_year), both.programs.model.figures)
