"""Small cited tables that the engine computes with, and their loader.

`specialties.csv` holds single published figures, `weights.csv` every weight and prior, `tiers.csv`
the bands, `sources.csv` the citation behind each row. Changing a number here changes the engine.
"""

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
POINTS = 10  # published Step 2 CK odds ratios are quoted per 10 points


@dataclass(frozen=True)
class Source:
    """Where a figure comes from. `kind`: published, rule, assumption or judgement."""

    id: str
    publication: str
    figure: str
    kind: str
    year: int
    url: str


@dataclass(frozen=True)
class WeightRow:
    """One row of the weight table. `x` is empty for a plain number, else the place on a curve."""

    name: str
    x: str
    value: float
    unit: str
    confidence: str
    source: str
    why: str


class Weights:
    """The weight table, by name. `number` for plain values, `curve` for piecewise linear ones."""

    def __init__(self, rows: tuple[WeightRow, ...]) -> None:
        self.rows = rows
        self._numbers: dict[str, float] = {row.name: row.value for row in rows if not row.x}
        self._named: dict[tuple[str, str], float] = {(row.name, row.x): row.value for row in rows if row.x in {"low", "high"}}
        self._curves: dict[str, tuple[Floats, Floats]] = {}
        for name in {row.name for row in rows if row.x not in {"", "low", "high"}}:
            points = [(float(row.x), row.value) for row in rows if row.name == name]
            self._curves[name] = (np.array([x for x, _ in points]), np.array([y for _, y in points]))

    def number(self, name: str) -> float:
        """The plain weight `name`. Raises KeyError when the table has none."""
        return self._numbers[name]

    def ends(self, name: str) -> tuple[float, float]:
        """The (low, high) pair `name`."""
        return self._named[name, "low"], self._named[name, "high"]

    def curve(self, name: str, x: Floats) -> Floats:
        """The curve `name` at `x` (any shape), flat beyond its ends; NaN stays NaN."""
        xs, ys = self._curves[name]
        return np.interp(x, xs, ys)


@dataclass(frozen=True)
class SpecialtyFigures:
    """What is published, or assumed, about one specialty.

    `interviews` is the mean number of ranks of non-U.S. IMGs with at least one (about their
    interviews); `applications` the assumed number sent; `level` interviews per application, pulled
    to the pooled one where few applicants stand behind it; `step2_mean`, `step2_sd` describe the
    applicants' Step 2 CK scores; `step2_slope` is the log-odds per 10 points; shares are of filled
    positions; `applicants` how many people stand behind the figures; `pooled` says that they are
    the pooled ones because too little is published.
    """

    code: str
    name: str
    applicants: int
    interviews: float
    applications: float
    level: float
    step2_mean: float
    step2_sd: float
    step2_slope: float
    publications: float
    share_non_us_img: float
    share_us_img: float
    pooled: bool

    @property
    def score_matters(self) -> float:
        """How far the Step 2 CK effect reaches the pooled one, 0 to 1: where none is published, no prior may smuggle one in."""
        return float(np.clip(self.step2_slope / _figures()[""].step2_slope, 0, 1))


def _read(name: str) -> list[dict[str, str]]:
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def sources() -> Mapping[str, Source]:
    """Every citation, by id."""
    return {row["id"]: Source(**{**row, "year": int(row["year"])}) for row in _read("sources.csv")}  # type: ignore[arg-type]


@cache
def weights() -> Weights:
    """The published weight table."""
    return Weights(tuple(WeightRow(**{**row, "value": float(row["value"])}) for row in _read("weights.csv")))  # type: ignore[arg-type]


@cache
def tier_bands() -> tuple[tuple[str, float], ...]:
    """(tier, least chance), best tier first."""
    return tuple((row["tier"], float(row["at_least"])) for row in _read("tiers.csv"))


@cache
def specialty_rows() -> tuple[dict[str, str], ...]:
    """The published figures as they stand in the table, for the Method page."""
    return tuple(_read("specialties.csv"))


def specialty(code: str) -> SpecialtyFigures:
    """Figures of one specialty; the pooled ones, marked as such, where nothing is published."""
    return _figures().get(code) or _pooled(code)


def _pooled(code: str) -> SpecialtyFigures:
    pooled = _figures()[""]
    return SpecialtyFigures(**{**pooled.__dict__, "code": code})


def _mixture(row: dict[str, str], name: str) -> tuple[float, float, float]:
    """(n, mean over matched and not matched, pooled SD) of one variable; n = 0 where it is missing."""
    parts = [(float(row[f"sample_{who}"]), float(row[f"{name}_mean_{who}"])) for who in ("matched", "unmatched") if row[f"{name}_mean_{who}"]]
    total = sum(n for n, _ in parts)
    mean = sum(n * value for n, value in parts) / total if total else math.nan
    deviations = [float(row[column]) for column in (f"{name}_sd_matched", f"{name}_sd_unmatched") if row.get(column)]
    return total, mean, math.sqrt(sum(sd**2 for sd in deviations) / len(deviations)) if deviations else math.nan


def _slope(row: dict[str, str]) -> float:
    """Log-odds of matching per 10 points: two normals of equal spread, (mean1 - mean0) / variance."""
    _, _, sd = _mixture(row, "step2")
    if not row["step2_mean_matched"] or not row["step2_mean_unmatched"]:
        return math.nan
    return POINTS * (float(row["step2_mean_matched"]) - float(row["step2_mean_unmatched"])) / sd**2


@cache
def _figures() -> dict[str, SpecialtyFigures]:
    rows = specialty_rows()
    pooled = _pooled_figures(rows)
    return {"": pooled} | {row["code"]: _one(row, pooled) for row in rows}


def _pooled_figures(rows: tuple[dict[str, str], ...]) -> SpecialtyFigures:
    """Applicant-weighted means over all specialties with figures."""

    def mean(values: list[tuple[float, float]]) -> float:
        known = [(n, value) for n, value in values if n and not math.isnan(value)]
        return sum(n * value for n, value in known) / sum(n for n, _ in known)

    ranks, step2 = [_mixture(row, "ranks") for row in rows], [_mixture(row, "step2") for row in rows]
    filled, positions = sum(int(row["matched"]) for row in rows), sum(int(row["positions"]) for row in rows)
    share = filled / positions
    interviews, applications = (
        mean([(n, value) for n, value, _ in ranks]),
        mean([(n, float(row["applications"])) for (n, _, _), row in zip(ranks, rows, strict=True)]),
    )
    return SpecialtyFigures(
        code="",
        name="all specialties pooled",
        applicants=sum(int(row["matched"]) + int(row["unmatched"]) for row in rows),
        interviews=interviews,
        applications=applications,
        level=interviews / applications,
        step2_mean=mean([(n, value) for n, value, _ in step2]),
        step2_sd=mean([(n, sd) for n, _, sd in step2]),
        step2_slope=mean([(n, _slope(row)) for (n, _, _), row in zip(step2, rows, strict=True)]),
        publications=mean([(n, float(row["publications_median_unmatched"] or "nan")) for (n, _, _), row in zip(ranks, rows, strict=True)]),
        share_non_us_img=share,
        share_us_img=share * weights().number("us_per_non_us_img"),
        pooled=True,
    )


def _us_per_non_us(row: dict[str, str]) -> float:
    """U.S. IMGs for each non-U.S. IMG among filled positions: the specialty's own where published."""
    if not row["us_filled"]:
        return weights().number("us_per_non_us_img")
    return int(row["us_filled"]) / int(row["non_us_filled"])


def _one(row: dict[str, str], pooled: SpecialtyFigures) -> SpecialtyFigures:
    """One specialty; what its table leaves out comes from the pooled figures, small ones shrink."""
    n, interviews, _ = _mixture(row, "ranks")
    _, step2_mean, step2_sd = _mixture(row, "step2")
    slope, half = _slope(row), weights().number("step2_shrinkage")
    trust = n / (n + half) if not math.isnan(slope) else 0.0
    share = int(row["non_us_filled"] or row["matched"]) / int(row["positions"])
    both_ranked = bool(row["ranks_mean_matched"] and row["ranks_mean_unmatched"])
    weight = n / (n + weights().number("level_shrinkage")) if both_ranked else 0.0
    own_level = interviews / float(row["applications"]) if both_ranked else 0.0

    def known(value: float, instead: float) -> float:
        return instead if math.isnan(value) else value

    return SpecialtyFigures(
        code=row["code"],
        name=row["specialty"],
        applicants=int(row["matched"]) + int(row["unmatched"]),
        interviews=known(interviews, pooled.interviews),
        applications=float(row["applications"]),
        level=weight * own_level + (1 - weight) * pooled.level,
        step2_mean=known(step2_mean, pooled.step2_mean),
        step2_sd=known(step2_sd, pooled.step2_sd),
        step2_slope=trust * known(slope, 0.0) + (1 - trust) * pooled.step2_slope,
        publications=known(float(row["publications_median_unmatched"] or "nan"), pooled.publications),
        share_non_us_img=share,
        share_us_img=share * _us_per_non_us(row),
        pooled=not both_ranked,
    )
