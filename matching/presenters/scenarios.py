"""Scenarios: side by side with the profile, as one that is shared, and what one would change in the profile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from applicants.profile import ProfileData
from matching.adapters.what_if import frame_of, settings_of, wish
from matching.adapters.what_if_address import parameters
from matching.engine import Tier
from matching.models import Scenario
from matching.presenters.what_if_totals import INTERVIEWS, MATCH, SHOWN_TIERS, interviews_in_words, match_in_words
from matching.presenters.what_if_words import LABELS, Answer, Names, answers, details
from matching.services.what_if import AFTER, BEFORE, Both, WhatIf
from smartpick.wording import about_one_in, plural

# A table of more columns is wider than most windows.
MOST_COMPARED = 4
LIKELIEST_SHOWN = 10
NOTHING = "not asked"


@dataclass(frozen=True)
class Cell:
    """What stands in one column; `differs` from the first one."""

    text: str
    differs: bool


@dataclass(frozen=True)
class Line:
    """One line of the comparison: `tier` is "" where it is about none."""

    label: str
    tier: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Column:
    """What heads one column. `url` opens it in What if, "" for the profile as it is."""

    name: str
    url: str


@dataclass(frozen=True)
class Compared:
    """A scenario that is compared, and the profile that it holds."""

    scenario: Scenario
    data: ProfileData


class Comparison:
    """The profile as it is and up to MOST_COMPARED scenarios. `answers` are one a scenario, each against the profile."""

    def __init__(self, base: ProfileData, compared: Sequence[Compared], found: Sequence[WhatIf], names: Names) -> None:
        self.base, self.compared, self.found, self.names = base, compared, found, names

    @property
    def columns(self) -> list[Column]:
        """The profile and the scenarios."""
        return [Column("Your profile", ""), *(Column(one.scenario.name, what_if_query(self.base, one.data)) for one in self.compared)]

    @property
    def _profiles(self) -> list[ProfileData]:
        return [self.base, *(one.data for one in self.compared)]

    @cached_property
    def answers(self) -> list[Line]:
        """What differs between the profiles, control by control."""
        return [line for line in _answer_lines(self._profiles, self.names) if any(cell.differs for cell in line.cells)]

    @cached_property
    def results(self) -> list[Line]:
        """What each brings: tiers of the list or of the specialty, open programs, interviews and the match."""
        first, sides = self.found[0], [(self.found[0], BEFORE), *((one, AFTER) for one in self.found)]
        open_ = _line("Programs not excluded in the first specialty", "", [f"{_both(one, side).open(side):,}" for one, side in sides])
        outlooks = [one.outlook(side) for one, side in sides]
        counts = [one.list_counts(side) if first.listed else _both(one, side).counts(side) for one, side in sides]
        tiers = [_line("", tier.word, [f"{count[tier]:,}" for count in counts]) for tier in (*SHOWN_TIERS, Tier.EXCLUDED)]
        brings = [(INTERVIEWS, interviews_in_words), (MATCH, match_in_words)]
        return [*tiers, open_, *(_line(label, "", [_with_range(say(one)) for one in outlooks]) for label, say in brings if any(outlooks))]

    @property
    def of(self) -> str:
        """What the results are of."""
        first = self.found[0]
        if first.listed:
            return f"your list of {plural(len(first.listed.applications), 'application')}"
        return "every program of the first specialty; interviews and the match from applying to the likeliest, at most 100"


def _with_range(words: tuple[str, str]) -> str:
    estimate, ends = words
    return f"{estimate} ({ends})" if ends else estimate


def _both(one: WhatIf, side: int) -> Both:
    return one.own if side == BEFORE else one.ranked


def _line(label: str, tier: str, texts: Sequence[str]) -> Line:
    return Line(label, tier, tuple(Cell(text, text != texts[0]) for text in texts))


def _answer_lines(profiles: Sequence[ProfileData], names: Names) -> list[Line]:
    said: list[Mapping[str, Answer]] = [{one.name: one for one in answers(data, data.specialties[0], names)} for data in profiles]
    return [_line(LABELS[name], "", [one[name].text if name in one else NOTHING for one in said]) for name in LABELS if any(name in one for one in said)]


def differences(before: ProfileData, after: ProfileData, names: Names) -> list[Line]:
    """What would change in a profile, to the last day and letter: two cells a line."""
    said = [details(data, names) for data in (before, after)]
    lines = [*_answer_lines([before, after], names), *(_line(label, "", [one[label] for one in said]) for label in said[0])]
    return [line for line in lines if line.cells[1].differs]


def what_if_query(base: ProfileData, data: ProfileData) -> str:
    """The query string under which What if shows `data` beside `base`, as far as its controls go."""
    specialty = data.specialties[0]
    frame, held = frame_of(data, specialty), settings_of(data, specialty)
    moved = wish(base, base.specialties[0], frame=frame.__dict__, said=held.__dict__)
    return f"?{urlencode(parameters(moved.frame_moved, moved.moved))}"


@dataclass(frozen=True)
class Likely:
    """One of the likeliest programs."""

    name: str
    place: str
    tier: str
    chance: str


class SharedPage:
    """What whoever holds the link of a scenario sees: its answers and what follows from them. No name, no list, no notes, no budget."""

    def __init__(self, data: ProfileData, answer: WhatIf, names: Names) -> None:
        self.data, self.answer, self.names = data, answer, names

    @property
    def specialties(self) -> str:
        """All specialties, the most wanted first."""
        return ", ".join(self.names.specialties[code] for code in self.data.specialties)

    @property
    def answers(self) -> list[Answer]:
        """Everything that the scenario says."""
        return [one for one in answers(self.data, self.data.specialties[0], self.names) if one.name != "specialty"]

    @property
    def counts(self) -> list[dict[str, object]]:
        """For components/tier_counts.html."""
        return [{"tier": tier.word, "count": count, "url": "", "on": False} for tier, count in self.answer.own.counts(BEFORE).items()]

    @cached_property
    def brings(self) -> str:
        """Interviews and the match from the likeliest programs, in a sentence; "" where nothing can be said."""
        found = self.answer.outlook(BEFORE)
        if found is None:
            return ""
        start = f"Applying to the {plural(self.answer.sizes[BEFORE], 'likeliest program')}"
        return f"{start}: interviews {_with_range(interviews_in_words(found))}, chance of a match {_with_range(match_in_words(found))}."

    @property
    def likeliest(self) -> list[Likely]:
        """The first few programs."""
        both, programs = self.answer.own, self.answer.own.programs
        shown = [int(place) for place in both.likeliest(BEFORE, LIKELIEST_SHOWN) if both.tier[BEFORE][place] != Tier.EXCLUDED]
        return [
            Likely(
                programs.names[place],
                ", ".join(part for part in (programs.cities[place], programs.states[place]) if part),
                Tier(int(both.tier[BEFORE][place])).word,
                about_one_in(float(both.chance[BEFORE][place])),
            )
            for place in shown
        ]
