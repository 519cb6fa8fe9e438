"""Which programs a proposed list may, must and must not hold, one specialty each. Reads only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from applicants.profile import ProfileData
from matching.adapters import ProgramSet
from matching.choices import Connection, Standing, Where
from matching.engine import ApplicantTable, Boost, Scores, Tier, boosts, no_boost, score, shifted
from matching.engine.optimise import Candidates
from matching.engine.tables import Bools, Floats, Index
from matching.models import ProgramList, SeasonStep
from matching.services.workspace import Line, Workspace
from programs.models import Program

WHOLE = 100  # percent
# Why a program of the present list is not in the proposal, the first that holds; "least": it may be, but others add more.
NOT_RANKED, EXCLUDED, OUTSIDE, UNSURE, LEAST = "not_ranked", "excluded", "outside", "unsure", "least"


@dataclass(frozen=True)
class Wish:
    """What the list is to be like.

    `specialties` are ACGME codes (empty: all of the applicant's own); `budget` is dollars for application fees, `most` a number of applications
    (None: no such limit); `states` are USPS codes that `where` speaks of, and `care` is how much of an interview elsewhere is given up for them,
    0 to 100. `keep`: all that is on the list now stays. `sure`: without programs that something unknown could exclude. `one_in`: an
    application that adds less than one match in so many applicants is not worth it.
    """

    specialties: frozenset[str] = frozenset()
    budget: int | None = None
    most: int | None = None
    where: Where = Where.ANY
    states: frozenset[str] = frozenset()
    care: int = 50
    keep: bool = False
    sure: bool = False
    one_in: int = 500


class Unsaved(Workspace):
    """The workspace of who has no list yet: nothing is on it."""

    def __init__(self, answers: ProfileData, match_year: int) -> None:
        super().__init__(ProgramList(season=match_year))
        self._answers = answers

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """No entry."""
        return ()

    @cached_property
    def profile(self) -> ProfileData:
        """Who asks."""
        return self._answers


@dataclass(frozen=True)
class Pool:
    """The programs of one specialty; arrays (candidates,) in the order of `positions`, places among `programs`.

    `boost` is what connections and signals add, `locked` marks candidates that stay. `idle` are applications that stay and cost their fee but
    bring nothing that could be counted. `barred` is {key: reason} of entries that may not come, `lines` the entries by position. `asked`: programs
    may be proposed here; else what is on the list stays as it is. `weighed`: rank lists are published, without which no list can be judged.
    """

    programs: ProgramSet
    applicant: ApplicantTable
    scores: Scores
    positions: Index
    boost: Boost
    locked: Bools
    idle: tuple[Line, ...]
    barred: Mapping[str, str]
    lines: Mapping[int, Line]
    asked: bool
    weighed: bool

    @property
    def specialty(self) -> str:
        """ACGME code."""
        return self.programs.table.specialty

    @cached_property
    def chances(self) -> Floats:
        """Chances of an interview, connection and signal counted in."""
        return shifted(self.scores.chance[0][self.positions], self.boost.mid)

    @property
    def locks(self) -> int:
        """Candidates that stay."""
        return int(np.count_nonzero(self.locked))

    @property
    def paid(self) -> int:
        """Idle applications that take a fee: a program that is closed or gone takes none."""
        return sum(not (line.is_withdrawn or line.closed_on) for line in self.idle)

    def listed(self, chosen: Index) -> tuple[Index, Boost]:
        """Every ranked application of a list of these candidates, idle ones too, and what is added to each: positions among `programs`."""
        idle = {line.key for line in self.idle}
        places = [place for place, line in self.lines.items() if line.key in idle]
        nothing, own = no_boost(len(places)), self.boost.take(chosen)
        ends = [np.concatenate((getattr(own, end), getattr(nothing, end))) for end in ("low", "mid", "high")]
        return np.concatenate((self.positions[chosen], np.array(places, np.intp))), Boost(*ends)

    def signals(self, chosen: Index) -> bool:
        """Whether a signal stands on a list of these candidates."""
        own = (self.lines.get(position) for position in self.positions[chosen].tolist())
        return any(line.signal for line in (*self.idle, *own) if line)

    def _as(self, worth: Floats) -> Candidates:
        model = self.programs.model
        return Candidates(self.chances, worth, self.locked, float(model.spreads[self.applicant.kind[0]]), model.match)

    @property
    def in_full(self) -> Candidates:
        """As the optimiser takes them in, every interview counted in full."""
        return self._as(np.ones(len(self.positions)))

    def candidates(self, wish: Wish) -> Candidates:
        """The same with interviews elsewhere counting for what is not given up for the place."""
        if wish.where != Where.PREFER:
            return self.in_full
        there = np.array([self.programs.states[position] in wish.states for position in self.positions.tolist()], np.bool_)
        return self._as(np.where(there, 1.0, 1 - wish.care / WHOLE))


@dataclass(frozen=True)
class _Question:
    """What pools go by. `asked` and `signaled` are specialties, `stays` keys of entries, `silent` programs known to stay out of signals."""

    workspace: Workspace
    wish: Wish
    asked: frozenset[str]
    stays: frozenset[str]
    signaled: frozenset[str]
    silent: frozenset[int]


def pools_of(workspace: Workspace, wish: Wish, signaled: frozenset[str] | None = None) -> tuple[Pool, ...]:
    """A pool for each specialty of the applicant or of the list, the preferred first.

    `signaled` are the specialties in which a signal stays (None: all that have one now): only there signals, and their lack, count. Entries
    that carry one elsewhere may not come. Queries: those of a Workspace, and 2.
    """
    signaled = workspace.signaled if signaled is None else signaled
    asked = wish.specialties or frozenset(workspace.profile.specialties)
    # A signal, or its lack, counts where a program takes part: entries say so themselves, the others are looked up.
    silent = frozenset(Program.objects.filter(specialty_id__in=signaled, signals_used=False).values_list("pk", flat=True))
    question = _Question(workspace, wish, asked, _stays(workspace, wish, asked), signaled, silent)
    return tuple(_pool(question, code) for code in workspace.sets)


def _stays(workspace: Workspace, wish: Wish, asked: frozenset[str]) -> frozenset[str]:
    """Keys of entries that stay whatever they bring: locked in, under way in the season, in a specialty not asked for, or all where the wish says so."""
    under_way = set(SeasonStep.objects.filter(entry__list=workspace.saved.pk).values_list("entry_id", flat=True))
    return frozenset(
        line.key for line in workspace.applications if wish.keep or line.standing == Standing.LOCKED or line.pk in under_way or line.specialty not in asked
    )


def _pool(question: _Question, code: str) -> Pool:
    """The pool of one specialty. No queries where the workspace has read its programs."""
    programs, applicant = question.workspace.sets[code]
    asked, stays = code in question.asked, question.stays
    places = {program_id: place for place, program_id in enumerate(programs.table.ids.tolist())}
    own = [line for line in question.workspace.lines if line.specialty == code]
    lines = {places[line.program_id]: line for line in own if line.program_id in places}
    scores, weighed = score(applicant, programs.table, programs.model), bool(programs.model.figures.people)
    reasons = _reasons(programs, scores, question.wish)
    locked = _marked(len(programs.table), lines, [line.key in stays for line in lines.values()])
    out = [line.standing == Standing.VETOED or bool(line.signal and code not in question.signaled) for line in lines.values()]
    free = ~(_marked(len(programs.table), lines, out) | np.any(list(reasons.values()), axis=0)) & asked
    positions = np.flatnonzero((free | locked & ~reasons[EXCLUDED]) & weighed)
    counted = {programs.keys[position] for position in positions.tolist()}
    return Pool(
        programs=programs,
        applicant=applicant,
        scores=scores,
        positions=positions,
        boost=_boost(question, programs, positions, lines),
        locked=locked[positions],
        idle=tuple(line for line in own if line.on_list and (line.key in stays or not weighed) and line.key not in counted),
        barred={line.key: _barred(places.get(line.program_id), reasons) for line in own},
        lines=lines,
        asked=asked,
        weighed=weighed,
    )


def _reasons(programs: ProgramSet, scores: Scores, wish: Wish) -> Mapping[str, Bools]:
    """Which programs each reason keeps away, (programs,), the weightiest first. A state that is not known is none of those wished for."""
    nobody = np.zeros(len(programs.table), np.bool_)
    elsewhere = np.array([state not in wish.states for state in programs.states], np.bool_)
    return {
        EXCLUDED: scores.tier[0] == Tier.EXCLUDED,
        OUTSIDE: elsewhere if wish.where == Where.ONLY else nobody,
        UNSURE: scores.silent[0] if wish.sure else nobody,
    }


def _marked(programs: int, places: Iterable[int], marks: Sequence[bool]) -> Bools:
    """(programs,) with `marks` at `places`."""
    result = np.zeros(programs, np.bool_)
    result[np.fromiter(places, np.intp)] = marks
    return result


def _barred(place: int | None, reasons: Mapping[str, Bools]) -> str:
    """The first reason why the program at `place` (None: it is not ranked) may not come; "least" where it may."""
    if place is None:
        return NOT_RANKED
    return next((reason for reason, barred in reasons.items() if barred[place]), LEAST)


def _boost(question: _Question, programs: ProgramSet, positions: Index, lines: Mapping[int, Line]) -> Boost:
    """What connections and signals add to each candidate."""
    own = [lines.get(position) for position in positions.tolist()]
    takes_part = ~np.isin(programs.table.ids[positions], list(question.silent)) & (programs.table.specialty in question.signaled)
    return boosts([line.connection if line else Connection.NONE for line in own], [line.signal if line else "" for line in own], takes_part)
