"""What a list of the likeliest programs could bring, in words and as a chart. No queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matching.engine.evidence import SpecialtyFigures, fit_numbers
from matching.services.outlook import Plan, SizedOutlook
from programs.fees import FeeSchedule
from smartpick.list_charts import InterviewColumns, interview_columns
from smartpick.wording import about, about_count, in_ten, in_ten_range

MIDDLE = 0.8  # the share of cases that "8 times in 10" speaks of
ANY = 0.5  # interviews on average, from which on more is said than that there are most likely none
TYPICAL_SIZE = 100  # what the sentence is about, where there are so many programs


@dataclass(frozen=True)
class OutlookRow:
    """One number of applications: interviews (expected, and 8 times in 10 from `least` to `most`), the match, its range and the fees, in words."""

    size: int
    interviews: str
    least: int
    most: int
    match: str
    match_range: str
    cost: str

    @property
    def count_range(self) -> str:
        """8 times in 10 so many interviews."""
        return counts_in_words(self.least, self.most)


@dataclass(frozen=True)
class OutlookPanel:
    """All sizes, the sentence about one of them, and its chart.

    `people` stand behind the published rank lists; `thin` warns where they are few; `us_img` says that none of them is a U.S. IMG.
    """

    sentence: str
    thin: str
    rows: tuple[OutlookRow, ...]
    typical: OutlookRow
    chart: InterviewColumns
    people: int
    us_img: bool
    price_note: str

    @property
    def priced(self) -> bool:
        """Whether a price is known for every row."""
        return all(row.cost for row in self.rows)


def outlook_panel(outlooks: Sequence[SizedOutlook], figures: SpecialtyFigures, fees: FeeSchedule, *, open_programs: int, us_img: bool) -> OutlookPanel | None:
    """None where there is no outlook."""
    if not outlooks:
        return None
    typical = max((one for one in outlooks if one.size <= TYPICAL_SIZE), key=lambda one: one.size)
    return OutlookPanel(
        sentence=_sentence(typical, figures, open_programs),
        thin=_thin(figures),
        rows=tuple(_row(one, fees) for one in outlooks),
        typical=_row(typical, fees),
        chart=interview_columns(typical.outlook.interviews.tolist(), title=f"Interviews from {_which(typical.size, open_programs)}"),
        people=figures.people,
        us_img=us_img,
        price_note=fees.note,
    )


def _sentence(one: SizedOutlook, figures: SpecialtyFigures, open_programs: int) -> str:
    """The estimate in full: average, middle cases, nobody, match. Below half an interview only the chance of any is told."""
    found = one.outlook
    none = float(found.interviews[0])
    start = f"Estimate for applying to {_which(one.size, open_programs)}:"
    match = f"Chance of a match in {figures.name}: {about(in_ten(found.middle.match))} (range {in_ten_range(found.low.match, found.high.match)})."
    if found.middle.expected < ANY:
        return f"{start} most likely no interview; {about(in_ten(1 - none))} such applicants would get one or more. {match}"
    counts = counts_in_words(*found.between(MIDDLE))
    noun = "interview" if about_count(found.middle.expected) == "about 1" else "interviews"
    average = f"{about_count(found.middle.expected)} {noun} on average"
    return f"{start} {average}. 8 in 10 such applicants would get {counts}, and {about(in_ten(none))} none at all. {match}"


def plan_sentence(one: Plan | None, names: Mapping[str, str]) -> str:
    """What applying in several specialties at once could bring; "" without a plan. `names` of specialties by code."""
    if one is None:
        return ""
    programs = " and ".join(f"{part.size} in {names[part.specialty]}" for part in one.parts)
    middle, low, high = one.outlook.middle, one.outlook.low, one.outlook.high
    first, *later = (f"{about(in_ten(part.match))} in {names[part.specialty]}" for part in one.parts)
    instead = "".join(f", {words} instead" for words in later)
    both = f"{about(in_ten(middle.match))} (range {in_ten_range(low.match, high.match)})"
    return f"Your specialties in one plan, the likeliest {programs}: a match in any of them {both}; {first}{instead}."


def _which(size: int, open_programs: int) -> str:
    """The programs that an outlook is of."""
    if size < open_programs:
        return f"the {size} likeliest programs"
    return "the one open program" if size == 1 else f"all {size} open programs"


def _thin(figures: SpecialtyFigures) -> str:
    if figures.people >= fit_numbers()["pooled_at_least"]:
        return ""
    who = "Only 1 person stands" if figures.people == 1 else f"Only {figures.people} people stand"
    leaning = f"{who} behind the published figures of this specialty, so these numbers lean mostly on all specialties together."
    return f"{leaning} Take the order of programs from this list, not the size of the chances."


def counts_in_words(least: int, most: int) -> str:
    """A range of counts: "2 to 9", "none to 3", "4", "none"."""
    if least == most:
        return str(least) if least else "none"
    return f"{least or 'none'} to {most}"


def _row(one: SizedOutlook, fees: FeeSchedule) -> OutlookRow:
    found = one.outlook
    least, most = found.between(MIDDLE)
    cost = fees.cost(one.size)
    return OutlookRow(
        size=one.size,
        interviews=about_count(found.middle.expected),
        least=least,
        most=most,
        match=about(in_ten(found.middle.match)),
        match_range=in_ten_range(found.low.match, found.high.match),
        cost="" if cost is None else f"${cost:,}",
    )
