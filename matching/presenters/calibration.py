"""Model against published, in words: the same lines for the Method page and `manage.py calibration`."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matching.engine.calibration.compare import Comparison, Figure, ScoreBand
from matching.engine.evidence import fit_numbers
from smartpick.list_charts import Reliability, ReliabilityPoint, reliability

POINTS = " points"  # percentage points
MINUS = "\N{MINUS SIGN}"
BAR = 1.96  # standard errors either way hold 95 of 100 samples
NOTE = "Bars: what 95 of 100 samples of that size would show. A hollow dot lies outside its bar."


@dataclass(frozen=True)
class FigureLine:
    """One figure in text; `verdict` is "agrees", "differs" or "" where agreement is not asked."""

    name: str
    published: str
    sampling: str
    model: str
    error: str
    accept: str
    verdict: str
    origin: str


@dataclass(frozen=True)
class CalibrationTable:
    """One specialty; `enough` says that so many people stand behind it that every figure has to agree."""

    code: str
    name: str
    people: int
    programs: int
    interviews: str
    none: str
    lines: tuple[FigureLine, ...]
    agrees: bool
    enough: bool

    @property
    def main(self) -> tuple[FigureLine, ...]:
        """The figures that have to agree."""
        return tuple(line for line in self.lines if line.accept)

    @property
    def checks(self) -> tuple[FigureLine, ...]:
        """The others."""
        return tuple(line for line in self.lines if not line.accept)


@dataclass(frozen=True)
class CalibrationPage:
    """Every specialty and the plot of those with enough people."""

    tables: tuple[CalibrationTable, ...]
    plot: Reliability | None

    @property
    def limits(self) -> dict[str, str]:
        """How far model and published may differ, from the table of the fit; shares in points."""
        accept = fit_numbers()
        return {
            "share_matched": f"{100 * accept['accept_share_matched']:g}",
            **{name: f"{accept[f'accept_{name}']:g}" for name in ("ranks_mean", "ranks_sd", "odds_ratio")},
        }

    @property
    def large(self) -> tuple[CalibrationTable, ...]:
        """Specialties that have to agree."""
        return tuple(table for table in self.tables if table.enough)

    @property
    def small(self) -> tuple[CalibrationTable, ...]:
        """Specialties with too few people for that."""
        return tuple(table for table in self.tables if not table.enough)

    @property
    def outside(self) -> tuple[str, ...]:
        """Dots of the plot that lie outside their bars, in the plot's words."""
        return tuple(dot.label for dot in self.plot.dots if dot.apart) if self.plot else ()

    @property
    def agreeing(self) -> int:
        """How many of the large ones agree on every figure."""
        return sum(table.agrees for table in self.large)


def calibration_page(compared: Sequence[Comparison]) -> CalibrationPage:
    """The tables in the order given, and one plot.

    It has three dots for each large specialty: the lowest quarter of Step 2 CK scores, the middle half, the highest quarter.
    """
    points = [_point(one, band) for one in compared if _enough(one) for band in one.bands]
    plot = reliability(points, note=NOTE) if points else None
    return CalibrationPage(tuple(calibration_table(one) for one in compared), plot)


def calibration_table(one: Comparison) -> CalibrationTable:
    """One comparison in text."""
    return CalibrationTable(
        code=one.published.code,
        name=one.published.name,
        people=int(one.published.people),
        programs=one.programs,
        interviews=f"{one.interviews:.1f}",
        none=f"{one.none:.0%}",
        lines=tuple(_line(figure) for figure in one.figures),
        agrees=one.agrees,
        enough=_enough(one),
    )


def _line(figure: Figure) -> FigureLine:
    share = figure.name.startswith(("share", "P("))
    digits = 2 if "ratio" in figure.name else 1

    def text(value: float, *, sign: str = "", unit: str = "%", more: int = 0) -> str:
        if math.isnan(value):
            return ""
        number = f"{100 * value if share else value:{sign}.{1 if share else digits + more}f}"
        # A difference that rounds to nothing has no sign.
        number = number.lstrip("+-") if not float(number) else number.replace("-", MINUS)
        return f"{number}{unit}" if share else number

    verdict = {True: "agrees", False: "differs", None: ""}[figure.agrees]
    return FigureLine(
        figure.name,
        text(figure.published) or "not published",
        text(figure.sampling, unit=POINTS, more=1),
        text(figure.model),
        text(figure.error, sign="+", unit=POINTS),
        text(figure.accept, unit=POINTS),
        verdict,
        _origin(figure),
    )


def _enough(one: Comparison) -> bool:
    """Whether so many people stand behind the figures that they have to agree; below, the tables are mostly noise."""
    return one.published.people >= fit_numbers()["pooled_at_least"]


def _origin(figure: Figure) -> str:
    """What the fit did with it: aimed at it, took it as given or as a light guide, or never saw it."""
    if not figure.fitted:
        return "not fitted"
    if "Step 2 CK" in figure.name and math.isnan(figure.accept):
        return "input"
    return "guide" if math.isnan(figure.accept) else "fitted"


def _point(one: Comparison, band: ScoreBand) -> ReliabilityPoint:
    return ReliabilityPoint(
        label=f"{one.published.name}, Step 2 CK {band.score:.0f}",
        stated=band.model,
        published=band.published,
        low=max(band.published - BAR * band.sampling, 0.0),
        high=min(band.published + BAR * band.sampling, 1.0),
        people=round(band.people),
    )
