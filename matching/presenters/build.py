"""A proposed list beside the present one, in words, rows and a curve. No HTTP."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from django.http import QueryDict
from django.urls import reverse

from matching.choices import Standing, Where
from matching.engine import OutlookRange
from matching.presenters.outlook import MIDDLE, counts_in_words
from matching.presenters.pick_words import READ_MATCHES, matches_in, reason_in, reason_out, reasons_in, why_it_stays
from matching.services.build import Pick, Proposal
from matching.services.editing import MOST_ENTRIES
from matching.services.pools import WHOLE, Pool, Wish
from matching.services.workspace import Line
from programs.fees import Bill
from programs.models import Specialty
from smartpick.charts import Table
from smartpick.curve_chart import CurveChart, CurveMark, CurvePoint, curve_chart
from smartpick.wording import NOT_KNOWN, about, about_count, in_ten, in_ten_range, plural

NOTE = "Line: the match chance of the best list of each size. Below each number of applications: what that list costs."
CHEAPER = "The proposal is the best for its dollars: it is cheaper than the best list of as many, and lies below the line."
READ_ADDS = f"{READ_MATCHES} Each is counted beside all the others, so together they do not add up to the match chance."


@dataclass(frozen=True)
class Totals:
    """One list in numbers, as words; `usual` and `match_range` are "" where nothing is known."""

    applications: int
    fees: str
    interviews: str
    usual: str
    match: str
    match_range: str


@dataclass(frozen=True)
class PickRow:
    """One line of the difference. `tier` is "" and there is no chance where the program is excluded or not ranked."""

    key: str
    url: str
    name: str
    place: str
    specialty: str
    tier: str
    chance: float
    low: float
    high: float
    adds: str
    why: str
    suggested: bool = False


class BuildPage:
    """What `matching/build.html` shows of a proposal. `address` holds the answers, `query` them with "?". Queries: `names` 1, and those of the proposal."""

    def __init__(self, proposal: Proposal, address: QueryDict) -> None:
        self.proposal, self.address, self.wish = proposal, address, proposal.wish

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Specialties by code."""
        return dict(Specialty.objects.filter(code__in=list(self.proposal.workspace.sets)).values_list("code", "name"))

    # --- the answer ---

    @cached_property
    def sentence(self) -> str:
        """The answer: what it takes, and what it could bring."""
        if not (self.proposal.size and self._judged):
            return self._nothing
        found, totals = self.proposal.outlook, self.proposed
        usd = f" for {totals.fees}" if self.proposal.bill.usd is not None else ""
        brings = f", match chance {totals.match} (range {totals.match_range}), {totals.interviews} on average" if found else ""
        return f"{self._asked_in_words()}: {plural(totals.applications, 'program')}{usd}{brings}."

    def _asked_in_words(self) -> str:
        wish, priced = self.wish, self.proposal.priced
        money = f"${wish.budget:,}" if wish.budget is not None and priced else ""
        number = f"at most {plural(wish.most, 'program')}" if wish.most is not None else ""
        if money or number:
            return f"With {' and '.join(part for part in (money, number) if part)}"
        return f"As far as one more application adds at least {self._enough}"

    @property
    def _enough(self) -> str:
        """The least that an application has to add, in words."""
        return f"1 match in {self.wish.one_in:,} applicants like you{self._elsewhere}"

    @property
    def _elsewhere(self) -> str:
        """What an interview outside the places counts for; "" where it counts in full."""
        if self.wish.where != Where.PREFER or not self.wish.care:
            return ""
        left = WHOLE - self.wish.care
        return f", where interviews outside your places count for {f'{left} in {WHOLE}' if left else 'nothing'}"

    @property
    def _judged(self) -> list[Pool]:
        """The specialties in which something may be proposed."""
        return [pool for pool in self.proposal.pools if pool.asked and pool.weighed]

    @property
    def _nothing(self) -> str:
        """Why there is no list, and what to do."""
        if not self._judged:
            return "No list can be built here."
        firsts = [usd for pool in self._judged if len(pool.positions) and (usd := self.proposal.next_fee(pool.specialty))]
        if self.wish.budget is not None and self.proposal.priced and firsts and self.wish.budget < min(firsts):
            return f"${self.wish.budget:,} pays for no application: the first one costs ${min(firsts):,}."
        if self.wish.where != Where.ANY:
            return "No program in the places you chose is open to you: choose more places, or Anywhere."
        if self.wish.sure:
            return "Every program excludes you as things stand, or something that is not known could: allow those where it is not known."
        return "No program may come: each one excludes you as things stand, for reasons told under Find programs, or you ruled it out."

    @cached_property
    def proposed(self) -> Totals:
        """The proposal."""
        return _totals(self.proposal.size, self.proposal.bill, self.proposal.outlook)

    @cached_property
    def present(self) -> Totals | None:
        """The list as it is; None where nothing is on it."""
        workspace = self.proposal.workspace
        return _totals(len(workspace.applications), workspace.bill, workspace.outlook) if workspace.applications else None

    @property
    def both(self) -> list[Totals]:
        """The proposal, then the list as it is."""
        return [self.proposed, *([self.present] if self.present else [])]

    @property
    def notes(self) -> list[str]:
        """What one has to know besides, the weightiest first."""
        return [note for note in (self._over, self._unpriced, self._unweighed, self._full, self._default, self._older_prices) if note]

    @property
    def _over(self) -> str:
        if self.proposal.over is None:
            return ""
        count, usd = self.proposal.over
        wish, one, budget = self.wish, count == 1, self.wish.budget if self.proposal.priced else None
        dear = f"{'costs' if one else 'cost'} ${usd:,}, more than the ${budget:,} you allow" if budget is not None and usd > budget else ""
        many = f"{'is' if one else 'are'} more than the {wish.most} you allow" if wish.most is not None and count > wish.most else ""
        staying = [*(pick.line for pick in self.proposal.kept if pick.stays and pick.line), *self.proposal.idle_lines]
        why = "; ".join(dict.fromkeys(map(self._why_it_stays, staying)))
        what_to_do = "Unlock some on My list, or allow more." if all(line.standing == Standing.LOCKED for line in staying) else "Allow more, or let some go."
        stay = f"The {plural(count, 'program')} that {'stays' if one else 'stay'} ({why})"
        return f"{stay} {' and '.join(part for part in (dear, many) if part)}, so nothing else fits. {what_to_do}"

    @property
    def _unpriced(self) -> str:
        if self.proposal.priced:
            return ""
        schedules = self.proposal.workspace.schedules
        codes = [pool.specialty for pool in self.proposal.pools if schedules[pool.specialty].cost(len(pool.positions) + pool.paid) is None]
        which = " and ".join(self.names.get(code, code) for code in codes)
        return f"What applications in {which} cost is not known, so dollars cannot be counted: ask for a number of programs instead."

    @property
    def _unweighed(self) -> str:
        names = [self.names.get(code, code) for code in self.proposal.unweighed]
        if not names:
            return ""
        which = " and ".join(names)
        return f"No rank lists are published for {which}, so no list can be judged by its match chance there. What you have there stays as it is."

    @property
    def _full(self) -> str:
        if self.proposal.size < MOST_ENTRIES or self.wish.most is not None:
            return ""
        return f"A list holds at most {MOST_ENTRIES} programs, so more than that is not proposed."

    @property
    def _default(self) -> str:
        if self.wish.budget is not None or self.wish.most is not None or not (self.proposal.size and self._judged):
            return ""
        return "You set no budget and no number, so the list goes as far as one more application still adds enough. Set either to see another list."

    @property
    def _older_prices(self) -> str:
        older = self.proposal.bill.stands_in
        if not older:
            return ""
        years = " and ".join(str(year) for year in older)
        return f"Not all prices of {self.proposal.workspace.saved.season} are published: those of {years} stand in for them, so the dollars may change."

    # --- where to stop ---

    @cached_property
    def stop_sentence(self) -> str:
        """From which size on the next application adds too little; "" where there is no curve."""
        curve, stop = self.proposal.curve, self.proposal.stop
        if curve is None:
            return ""
        longest = int(curve.sizes[-1]) + self.proposal.idle
        if not stop:
            return f"Not even the first application adds {self._enough}."
        if stop >= longest:
            return f"Even the last of {plural(longest, 'application')} still adds at least {self._enough}."
        return f"After {plural(stop, 'application')}, each further one adds less than {self._enough}."

    @property
    def stop_url(self) -> str:
        """The same wishes with the number at which it is worth it; "" where the proposal ends there already."""
        if not self.proposal.stop or self.proposal.stop == self.proposal.size:
            return ""
        address = self.address.copy()
        address["number"], address["budget"] = str(self.proposal.stop), ""
        return f"?{address.urlencode()}"

    @cached_property
    def chart(self) -> CurveChart | None:
        """The curve with the proposal, the point to stop, and the present list."""
        curve, idle = self.proposal.curve, self.proposal.idle
        if curve is None or not len(curve.sizes):
            return None
        usd = curve.usd.tolist() if self.proposal.priced else [None] * len(curve.sizes)
        points = [CurvePoint(size + idle, min(match, 1.0), cost) for size, match, cost in zip(curve.sizes.tolist(), curve.match.tolist(), usd, strict=True)]
        best = {point.size: point.cost for point in points}.get(self.proposal.size)
        cheaper = best is not None and best != self.proposal.bill.usd
        chart = curve_chart(points, self._marks(), note=f"{NOTE} {CHEAPER}" if cheaper else NOTE)
        # The range of each size is not worked out: that of both lists stands above.
        rows = (row for own in chart.table.rows for row in ((own[:-1], self._own_row) if cheaper and own[0] == f"{self.proposal.size:,}" else (own[:-1],)))
        return replace(chart, table=Table(chart.table.headers[:-1], tuple(rows)))

    @property
    def _own_row(self) -> tuple[str, ...]:
        """The proposal in the table of the curve."""
        return f"{self.proposal.size:,} as proposed", self.proposed.fees, self.proposed.match

    def _marks(self) -> list[CurveMark]:
        now, found = self.proposal.workspace.outlook, self.proposal.outlook
        marks = [CurveMark(self.proposal.size, f"proposed: {self.proposal.size}", found.middle.match)] if found else []
        if self.proposal.stop and self.proposal.stop != self.proposal.size:
            marks.append(CurveMark(self.proposal.stop, f"little more after {self.proposal.stop}"))
        if now:
            count = len(self.proposal.workspace.applications)
            marks.append(CurveMark(count, f"your list now: {count}", now.middle.match))
        # Words of the left half run to the right, of the right half to the left: in this order no line down runs through them.
        middle = (int(self.proposal.curve.sizes[-1]) + self.proposal.idle) / 2 if self.proposal.curve is not None else 0
        return sorted(marks, key=lambda mark: (mark.size <= middle, mark.size if mark.size <= middle else -mark.size))

    # --- the difference ---

    @cached_property
    def added(self) -> list[PickRow]:
        """What comes."""
        return [self._row(pick) for pick in self.proposal.added]

    @cached_property
    def kept(self) -> list[PickRow]:
        """What stays, and what stays though it brings nothing."""
        return [*(self._row(pick) for pick in self.proposal.kept), *(self._line_row(line, self._why_idle(line)) for line in self.proposal.idle_lines)]

    def _why_idle(self, line: Line) -> str:
        """Why an entry stays that adds nothing to what is counted."""
        return f"{self._why_it_stays(line)}; {'brings no interview as things stand' if self._is_weighed(line) else 'so what it adds is not counted'}"

    def _why_it_stays(self, line: Line) -> str:
        return why_it_stays(line, self.wish, weighed=self._is_weighed(line))

    def _is_weighed(self, line: Line) -> bool:
        return any(pool.weighed for pool in self.proposal.pools if pool.specialty == line.specialty)

    @cached_property
    def off(self) -> list[PickRow]:
        """What goes."""
        return [self._line_row(line, reason_out(line, reason, self.proposal)) for line, reason in self.proposal.off]

    @property
    def difference(self) -> str:
        """The counts of all three, in words."""
        parts = [f"{len(self.added)} to add", f"{len(self.off)} to take off", f"{len(self.kept)} stay"]
        return ", ".join(parts)

    @property
    def read_adds(self) -> str:
        """What the column "Adds" says."""
        return READ_ADDS

    def reasons(self) -> dict[str, str]:
        """{program key: why it comes, as the entry keeps it}."""
        return {pick.key: reason_in(pick, self.wish) for pick in self.proposal.added}

    def _row(self, pick: Pick) -> PickRow:
        return PickRow(
            key=pick.key,
            url=self._url(pick.key, pick.specialty),
            name=pick.name,
            place=", ".join(part for part in (pick.city, pick.state) if part),
            specialty=self._specialty(pick.specialty),
            tier=pick.tier.word,
            chance=pick.chance,
            low=pick.low,
            high=pick.high,
            adds="" if pick.adds is None else matches_in(pick.adds),
            why=", ".join(reasons_in(pick, self.wish)),
            suggested=pick.line is not None and not pick.line.on_list,
        )

    def _line_row(self, line: Line, why: str) -> PickRow:
        now = self.proposal.workspace.now[line.key]
        place, url = ", ".join(part for part in (line.city, line.state or "") if part), "" if line.is_withdrawn else self._url(line.key, line.specialty)
        numbers = (now.tier.word, now.chance, now.low, now.high) if now else ("", 0.0, 0.0, 0.0)
        return PickRow(line.key, url, line.name, place, self._specialty(line.specialty), *numbers, "", why)

    def _url(self, key: str, specialty: str) -> str:
        return f"{reverse('programs:detail', args=[key])}?specialty={specialty}"

    def _specialty(self, code: str) -> str:
        """Its name, where there are several; else it would only repeat itself."""
        return self.names.get(code, code) if len(self.proposal.pools) > 1 else ""

    @property
    def texts(self) -> Iterable[str]:
        """Phrases of this page that may hold abbreviations."""
        return [row.why for row in (*self.added, *self.off, *self.kept)]


def usual_stop(proposal: Proposal | None) -> str:
    """The usual threshold, and where a price is known what a match gained there costs."""
    usual = Wish.one_in
    fees = [fee for pool in proposal.pools if (fee := proposal.next_fee(pool.specialty))] if proposal else []
    why = f": with applications at ${max(fees):,} each, a match gained there costs ${max(fees) * usual:,} in fees" if fees else ""
    return f"The usual value is {usual:,}{why}. The curve marks where that is."


def _totals(applications: int, cost: Bill, outlook: OutlookRange | None) -> Totals:
    fees = NOT_KNOWN if cost.usd is None else f"${cost.usd:,}"
    if outlook is None:
        return Totals(applications, fees, NOT_KNOWN, "", NOT_KNOWN, "")
    expected = about_count(outlook.middle.expected)
    return Totals(
        applications=applications,
        fees=fees,
        interviews=f"{expected} {'interview' if expected == 'about 1' else 'interviews'}",
        usual=counts_in_words(*outlook.between(MIDDLE)),
        match=about(in_ten(outlook.middle.match)),
        match_range=in_ten_range(outlook.low.match, outlook.high.match),
    )
