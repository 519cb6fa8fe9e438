"""What people who share their outcomes report, in words. No queries."""

from dataclasses import dataclass

from matching.services.outcomes import LEAST_REPORTS, Band, Calibration, ProgramOutcomes
from smartpick.wording import percent


@dataclass(frozen=True)
class OutcomePanel:
    """One program's reports."""

    applied: int
    invited: int
    matched: int
    seasons: str


@dataclass(frozen=True)
class BandLine:
    """One band: what was stated, and what happened."""

    name: str
    people: int
    applications: int
    expected: str
    invited: int
    share: str
    interval: str
    apart: bool


@dataclass(frozen=True)
class OutcomesPage:
    """The section of the Method page. `sharing` people in all, 0 where they are fewer than `least`."""

    lines: tuple[BandLine, ...]
    sharing: int
    least: int

    @property
    def apart(self) -> int:
        """In how many bands the stated chances lie outside what the reports allow."""
        return sum(line.apart for line in self.lines)


def outcome_panel(found: ProgramOutcomes | None) -> OutcomePanel | None:
    """None where too few report."""
    if found is None:
        return None
    seasons = f"{found.last} Match" if found.first == found.last else f"{found.first} to {found.last} Matches"
    return OutcomePanel(found.applied, found.invited, found.matched, seasons)


def outcomes_page(found: Calibration) -> OutcomesPage:
    """Every band with enough people, the rarest first."""
    return OutcomesPage(tuple(_line(band) for band in found.bands), found.sharing, LEAST_REPORTS)


def _line(band: Band) -> BandLine:
    stated = band.expected / band.applications
    return BandLine(
        name=band.name,
        people=band.people,
        applications=band.applications,
        expected=f"{band.expected:.1f}",
        invited=band.invited,
        share=percent(band.invited / band.applications),
        interval=f"{percent(band.low)} to {percent(band.high)}",
        apart=not band.low <= stated <= band.high,
    )
