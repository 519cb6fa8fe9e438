"""What the Method page shows, from the engine's own tables. No queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np

from matching.engine import ENGINE_VERSION, interviews_per_application, ties
from matching.engine.balance import Share, usual_shares
from matching.engine.boosts import Tie
from matching.engine.calibration.compare import Comparison
from matching.engine.evidence import (
    Background,
    Source,
    SpecialtyFigures,
    WeightRow,
    backgrounds,
    fit_numbers,
    sources,
    specialty,
    specialty_rows,
    tier_bands,
    weights,
)
from matching.engine.matches import MatchCurve
from matching.engine.tables import ApplicantKind
from matching.presenters.calibration import CalibrationPage, calibration_page
from matching.presenters.sensitivity import SensitivityTable, sensitivity_table
from smartpick.charts import effect_text
from smartpick.wording import in_ten

# Weight names that start alike belong under one heading.
SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Openness, competition, unfilled positions", ("openness", "pooled_share", "competition", "unfilled", "us_per_non_us_img")),
    ("Step 2 CK", ("step2",)),
    ("Failed attempts", ("fail_", "placed_")),
    ("Years since graduation", ("graduation",)),
    ("U.S. clinical experience and letters", ("usce", "observership", "letters")),
    ("Publications and volunteering", ("research", "mission")),
    ("Visa, place and preferences", ("visa_", "preferred_state", "preference_unmet")),
    ("What is not known, and may exclude", ("unclear_unmet", "plausible", "worth_asking", "unstated_", "unsaid_", "national_ecfmg")),
    ("National level and rules", ("match_rate", "national_attempts", "typical_", "open_at_least", "spread_range", "applications_", "selective", "sampling")),
)

EXAMPLE_SPECIALTY = "140"  # Internal Medicine: more people stand behind it than behind all others


@dataclass(frozen=True)
class WeightLine:
    """One row of the weight table with its source."""

    row: WeightRow
    source: Source


@dataclass(frozen=True)
class WeightSection:
    """Weights under one heading."""

    title: str
    lines: tuple[WeightLine, ...]


@dataclass(frozen=True)
class BackgroundLine:
    """A part of everybody who applies, with its source."""

    row: Background
    source: Source

    @property
    def fails(self) -> float:
        """Failed sittings of all Steps."""
        return self.row.fails_step1 + self.row.fails_step2


@dataclass(frozen=True)
class TieLine:
    """A connection or a signal with its source; what it does to the odds, in words."""

    row: Tie
    source: Source

    @property
    def name(self) -> str:
        """As people say it: "moderate connection", "gold signal"."""
        kind, _, which = self.row.name.partition("_")
        return f"{which.replace('_', ' ')} {kind}" if which != "not_sent" else "no signal, where signals are placed"

    @property
    def effects(self) -> tuple[str, str, str]:
        """The factor on the odds: low end, middle, high end."""
        low, mid, high = (effect_text(value) for value in (self.row.low, self.row.mid, self.row.high))
        return low, mid, high


@dataclass(frozen=True)
class SpecialtyLine:
    """A specialty's published figures and the level that follows from them."""

    figures: SpecialtyFigures
    non_us_level: float
    us_level: float
    match_at_five: float

    @property
    def odds_ratio(self) -> float:
        """Step 2 CK: the odds ratio of an interview per 10 points."""
        return exp(self.figures.step2_slope)


@dataclass(frozen=True)
class MethodPage:
    """Everything the page lists."""

    version: str
    bands: tuple[tuple[str, float], ...]
    sections: tuple[WeightSection, ...]
    backgrounds: tuple[BackgroundLine, ...]
    specialties: tuple[SpecialtyLine, ...]
    sources: tuple[Source, ...]
    calibration: CalibrationPage
    sensitivity: SensitivityTable
    ties: tuple[TieLine, ...]
    balance: tuple[Share, ...]

    @property
    def without_interview(self) -> float:
        """Share of everybody who applies, in their first specialty, that the fit leaves without any interview."""
        ranked = [line.figures.applicants for line in self.specialties]
        applied = [line.figures.applicants / (1 - line.figures.none) for line in self.specialties]
        return 1 - sum(ranked) / sum(applied)

    @property
    def without_rank_list(self) -> float:
        """Published beside it, and seen by no fit: IMGs who registered for the Match and were not active in it."""
        numbers = fit_numbers()
        return 1 - numbers["check_active_imgs"] / numbers["check_registered_imgs"]

    @property
    def match_at_five(self) -> str:
        """The example of the text: five interviews in Internal Medicine."""
        return in_ten(next(line.match_at_five for line in self.specialties if line.figures.code == EXAMPLE_SPECIALTY))


def method_page(compared: Sequence[Comparison]) -> MethodPage:
    """Read the engine's tables. Every weight stands under exactly one heading (asserted by a test)."""
    return MethodPage(
        version=ENGINE_VERSION,
        bands=tier_bands(),
        sections=tuple(WeightSection(title, _lines(prefixes)) for title, prefixes in SECTIONS),
        backgrounds=tuple(BackgroundLine(row, sources()[row.source]) for row in backgrounds()),
        specialties=tuple(_specialty(row["code"]) for row in specialty_rows()),
        sources=tuple(sources().values()),
        calibration=calibration_page(compared),
        sensitivity=sensitivity_table(),
        ties=tuple(TieLine(row, sources()[row.source]) for row in ties().values()),
        balance=usual_shares(),
    )


def _lines(prefixes: tuple[str, ...]) -> tuple[WeightLine, ...]:
    return tuple(WeightLine(row, sources()[row.source]) for row in weights().rows if row.name.startswith(prefixes))


def _specialty(code: str) -> SpecialtyLine:
    figures = specialty(code)
    match = MatchCurve(figures.match_level, figures.match_slope)
    return SpecialtyLine(
        figures,
        interviews_per_application(figures, ApplicantKind.NON_US_IMG),
        interviews_per_application(figures, ApplicantKind.US_IMG),
        float(match.at(np.array(5.0))),
    )
