"""What a whole list comes to, in words: the lines that stand beside it and follow every change. No queries of its own."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from django.urls import reverse

from applicants.choices import ApplicantType
from matching.engine import Tier
from matching.engine.balance import Portion, balance, usual_shares
from matching.engine.portfolio import Entries, outlook
from matching.engine.tables import UNKNOWN, Bools, Index, ProgramTable
from matching.presenters.advice import DOUBTFUL_QUERY, LIST, Advice, ListFacts, Tail, advice
from matching.presenters.my_list_view import is_doubtful
from matching.presenters.outlook import MIDDLE, counts_in_words
from matching.presenters.rows import OTHER_KIND
from matching.services.targets import target_of
from matching.services.workspace import Line, Part, Workspace
from programs.fees import BillItem
from programs.fields import KEY_FIELDS
from smartpick.templatetags.ui import TIER_MARKS
from smartpick.wording import about, about_count, in_ten, in_ten_range

NO_ESTIMATE = "what it could bring is not estimated: no rank lists of its specialties are published"
NONE = about_count(0)
# The end of a list whose worth is told: so many of its least likely programs, where there are several times as many.
TAIL, TAIL_OF = 10, 3


@dataclass(frozen=True)
class BalanceLine:
    """One tier of the list beside its target; `start` and `width` draw it in a bar of 100."""

    word: str
    mark: str
    count: int
    percent: int
    target: int
    start: int


@dataclass(frozen=True)
class BillLine:
    """What the applications of one specialty cost."""

    specialty: str
    programs: int
    service: str
    usd: str
    note: str


class Sum(NamedTuple):
    """One number of a whole list, and its range ("" where it has none)."""

    text: str
    range: str = ""

    def __str__(self) -> str:
        return f"{self.text} ({self.range})" if self.range else self.text


class Totals:
    """`matching/_list_totals.html`: the numbers of one list.

    `names` of specialties by code, `signals` the codes of those that take them, `safer_left` as in ListFacts.
    """

    def __init__(self, workspace: Workspace, names: Mapping[str, str], signals: frozenset[str] = frozenset(), safer_left: int | None = None) -> None:
        self.workspace, self.names, self.signals, self.safer_left = workspace, names, signals, safer_left

    @property
    def size(self) -> int:
        """Applications."""
        return len(self.workspace.applications)

    @cached_property
    def parts(self) -> tuple[Sum, ...]:
        """The one line of totals, in parts: interviews and match with their ranges, and the cost."""
        found = self.workspace.outlook
        if found is None:
            return (Sum(NO_ESTIMATE), Sum(self.cost)) if self.size else (Sum(self.cost),)
        least, most = found.between(MIDDLE)
        expected = about_count(found.middle.expected)
        noun = "interview" if expected == "about 1" else "interviews"
        if expected == NONE:
            return Sum("no interviews expected"), Sum(self.cost)
        interviews = Sum(f"{expected} {noun}", counts_in_words(least, most))
        match = Sum(f"match chance {about(in_ten(found.middle.match))}", in_ten_range(found.low.match, found.high.match))
        return interviews, match, Sum(self.cost)

    @property
    def line(self) -> str:
        """All of it in one sentence, to be read aloud."""
        return f"From this list of {self.size}: {' · '.join(map(str, self.parts))}"

    @property
    def cost(self) -> str:
        """Dollars in all; prices that stand in are marked."""
        usd = self.workspace.bill.usd
        if usd is None:
            return "cost not known"
        return f"${usd:,}{'*' if self.workspace.bill.stands_in else ''}"

    @property
    def price_note(self) -> str:
        """Whose prices stand in for unpublished ones; "" where all are the season's own."""
        seasons = self.workspace.bill.stands_in
        if not seasons:
            return ""
        return f"* Not all prices of {self.workspace.saved.season} are published; those of {seasons[-1]} stand in for them."

    @property
    def bill(self) -> list[BillLine]:
        """The cost by specialty: fees start anew in each."""
        return [self._bill_line(item) for item in self.workspace.bill.items]

    def _bill_line(self, item: BillItem) -> BillLine:
        usd = "not known" if item.usd is None else f"${item.usd:,}{'*' if item.stands_in else ''}"
        return BillLine(self.names.get(item.specialty, item.specialty), item.programs, item.service, usd, "")

    # --- balance ---

    @cached_property
    def portions(self) -> tuple[Portion, ...]:
        """Open applications by tier, beside the target."""
        counts = self.workspace.tier_counts()
        return balance({tier: counts[tier] for tier in Tier}, target_of(self.workspace.saved))

    @property
    def balance(self) -> list[BalanceLine]:
        """The portions in words and marks."""
        lines, start = [], 0
        for one in self.portions:
            lines.append(BalanceLine(one.tier.word, TIER_MARKS[one.tier.word], one.count, one.percent, one.target, start))
            start += one.percent
        return lines

    @property
    def open(self) -> int:
        """Applications that are in a tier of their own."""
        return sum(one.count for one in self.portions)

    @property
    def own_target(self) -> bool:
        """Whether the applicant stated a target."""
        return target_of(self.workspace.saved) is not None

    @property
    def target(self) -> dict[str, int]:
        """Percent by tier, for the form."""
        return {one.tier.word: one.target for one in self.portions}

    @property
    def usual(self) -> str:
        """The target that holds unless one is stated."""
        return ", ".join(f"{share.percent}% {share.tier}" for share in usual_shares())

    @property
    def target_edges(self) -> list[int]:
        """Where the target's parts meet, in percent: marks below the bar."""
        first, second, _ = (one.target for one in self.portions)
        return [first, first + second]

    @property
    def left_over(self) -> str:
        """Applications that are in no tier: excluded, or not ranked; "" for none."""
        counts = self.workspace.tier_counts()
        parts = (f"{counts[tier]} {word}" for tier, word in ((Tier.EXCLUDED, "excluded"), (None, "not ranked")) if counts[tier])
        return ", ".join(parts)

    # --- what is not known ---

    @cached_property
    def doubtful(self) -> int:
        """Open applications that something not known could still exclude."""
        return sum(is_doubtful(self.workspace.now[line.key]) for line in self.workspace.applications)

    @cached_property
    def _gaps(self) -> tuple[int, int, int, int]:
        """(programs with a gap, programs, gaps, key facts of one program)."""
        kind = self.workspace.profile.applicant_type
        fields = [name for name in KEY_FIELDS if name != OTHER_KIND[ApplicantType(kind)]]
        per_program = [gaps(part.programs.table.take(part.positions), fields) for part in self.workspace.parts]
        together = np.concatenate(per_program) if per_program else np.zeros(0, np.intp)
        return int(np.count_nonzero(together)), len(together), int(together.sum()), len(fields)

    @property
    def doubt_is_told(self) -> bool:
        """Whether the advice is about those already."""
        return self.advice.query == DOUBTFUL_QUERY

    @property
    def unknown(self) -> str:
        """How many programs leave key facts open, and how many facts that is on average."""
        some, of, missing, facts = self._gaps
        if not of:
            return ""
        if not some:
            return f"All {facts} key facts are known for every program."
        if of == 1:
            return f"{missing} of {facts} key facts unknown."
        average = missing / of
        return (
            f"Key facts unknown at {some} of {of} programs, {average:.0f} of {facts} on average."
            if average >= 1
            else f"Key facts unknown at {some} of {of} programs."
        )

    # --- advice ---

    @cached_property
    def advice(self) -> Advice:
        """The most useful sentence about the list."""
        return advice(self.facts)

    @property
    def advice_url(self) -> str:
        """Where one can act on it; on the list itself, at its rows."""
        found = self.advice
        rows = "#on-list-title" if found.page == LIST and "#" not in found.query else ""
        return f"{reverse(found.page)}{found.query}{rows}"

    @property
    def facts(self) -> ListFacts:
        """What advice goes by."""
        workspace, counts, found = self.workspace, self.workspace.tier_counts(), self.workspace.outlook
        safer = Counter(line.state for line in workspace.applications if line.state and self._is(line, Tier.SAFER))
        first = next(iter(workspace.parts), None)
        return ListFacts(
            applications=self.size,
            portions=self.portions,
            excluded=counts[Tier.EXCLUDED],
            excluded_usd=self._saved_without([line for line in workspace.applications if self._is(line, Tier.EXCLUDED)]),
            not_ranked=counts[None],
            suggested=sum(line.standing == "suggested" for line in workspace.lines),
            doubtful=self.doubtful,
            safer_states=tuple(safer.most_common()),
            safer_left=self.safer_left,
            no_signals=self._no_signals(),
            usual=first.programs.model.figures.applications if first and first.programs.model.figures.people else 0,
            match=found.middle.match if found else None,
            tail=self._tail,
        )

    def _is(self, line: Line, tier: Tier) -> bool:
        now = self.workspace.now[line.key]
        return now is not None and now.tier is tier

    def _no_signals(self) -> tuple[str, ...]:
        placed, counted = self.workspace.signaled, {part.specialty for part in self.workspace.parts}
        return tuple(self.names.get(code, code) for code in sorted((self.signals & counted) - placed))

    def _saved_without(self, gone: list[Line]) -> int | None:
        """Dollars that taking some applications off saves; None where prices are not known."""
        counts = Counter(line.specialty for line in self.workspace.applications if not (line.is_withdrawn or line.closed_on))
        fewer = counts - Counter(line.specialty for line in gone if not (line.is_withdrawn or line.closed_on))
        costs = [(self.workspace.schedules[code].cost(count), self.workspace.schedules[code].cost(fewer[code])) for code, count in counts.items()]
        known = [before - after for before, after in costs if before is not None and after is not None]
        return sum(known) if len(known) == len(costs) else None

    @property
    def _tail(self) -> Tail | None:
        """What the least likely open applications add; None on a short list, or where nothing is estimated."""
        found = self.workspace.outlook
        open_ = [line for line in self.workspace.applications if (now := self.workspace.now[line.key]) and now.tier is not Tier.EXCLUDED]
        if found is None or len(open_) < TAIL * TAIL_OF:
            return None
        by_chance = sorted(open_, key=self._chance)
        last = by_chance[:TAIL]
        return Tail(TAIL, self._match_without(()) - self._match_without(last), self._saved_without(last))

    def _match_without(self, gone: Iterable[Line]) -> float:
        """The match chance without some applications, both sides from the chances that the rows show."""
        keys = {line.key for line in gone}
        return outlook([self._entries(part, keys) for part in self.workspace.parts if part.programs.model.figures.people]).match

    def _chance(self, line: Line) -> float:
        now = self.workspace.now[line.key]
        return now.chance if now else 0.0

    def _entries(self, part: Part, gone: set[str]) -> Entries:
        chances = np.array([self._chance(line) for line in part.lines if line.key not in gone], np.float64)
        return Entries(chances, float(part.programs.model.spreads[part.applicant.kind[0]]), part.programs.model.match)


def gaps(table: ProgramTable, fields: list[str]) -> Index:
    """How many of `fields` are not known, or disputed, of each program, (programs,)."""
    found: Index = np.sum([_unknown(table, name) for name in fields], axis=0, dtype=np.intp)
    return found


def _unknown(table: ProgramTable, name: str) -> Bools:
    column = getattr(table, name)
    result: Bools = np.isnan(column) if column.dtype.kind == "f" else column == UNKNOWN
    return result
