"""What a list of the likeliest programs would bring, in words and as a chart. No queries."""

from collections.abc import Sequence
from dataclasses import dataclass

from matching.engine.evidence import SpecialtyFigures
from matching.services.outlook import SizedOutlook
from smartpick.list_charts import InterviewColumns, interview_columns
from smartpick.wording import about_count, in_ten, in_ten_range

MIDDLE = 0.8  # the share of cases that "8 times in 10" speaks of
TYPICAL_SIZE = 100  # what the sentence is about, where there are so many programs


@dataclass(frozen=True)
class OutlookRow:
    """One number of applications: interviews (expected, and 8 times in 10 from `least` to `most`), the match and its range, in words."""

    size: int
    interviews: str
    least: int
    most: int
    match: str
    match_range: str

    @property
    def noun(self) -> str:
        """What `interviews` counts."""
        return "interview" if self.interviews == "about 1" else "interviews"

    @property
    def count_range(self) -> str:
        """8 times in 10 so many interviews."""
        return f"{self.least}" if self.least == self.most else f"{self.least} to {self.most}"


@dataclass(frozen=True)
class OutlookPanel:
    """All sizes, the one that the sentence is about, and its chart. `people` stand behind the published rank lists; `none` in words."""

    rows: tuple[OutlookRow, ...]
    typical: OutlookRow
    chart: InterviewColumns
    people: int
    none: str


def outlook_panel(outlooks: Sequence[SizedOutlook], figures: SpecialtyFigures) -> OutlookPanel | None:
    """None where no program is open."""
    if not outlooks:
        return None
    typical = max((one for one in outlooks if one.size <= TYPICAL_SIZE), key=lambda one: one.size)
    none = float(typical.outlook.interviews[0])
    return OutlookPanel(
        rows=tuple(_row(one) for one in outlooks),
        typical=_row(typical),
        chart=interview_columns(typical.outlook.interviews.tolist(), title=f"Interviews from the {typical.size} likeliest programs"),
        people=figures.people,
        none=in_ten(none),
    )


def _row(one: SizedOutlook) -> OutlookRow:
    found = one.outlook
    least, most = found.between(MIDDLE)
    return OutlookRow(
        size=one.size,
        interviews=about_count(found.middle.expected),
        least=least,
        most=most,
        match=in_ten(found.middle.match),
        match_range=in_ten_range(found.low.match, found.high.match),
    )
