"""Small cited tables that the engine computes with, and their loader.

`specialties.csv` holds single published figures, `weights.csv` every weight and prior, `tiers.csv`
the bands, `sources.csv` the citation behind each row, `fit.csv` how the fit weighs its targets.
`backgrounds.csv` says who applies. `parameters.csv` is what the fit found; `manage.py fit_calibration` writes it. Changing a number here
changes the engine.
"""

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path

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
class Background:
    """A part of everybody who applies: what is on their forms beside Step 2 CK, which lies `step2_shift` points off the mean on average."""

    name: str
    share: float
    step2_shift: float
    fails_step1: float
    fails_step2: float
    years_since_graduation: float
    hands_on_months: float
    observership_months: float
    letters_us: float
    letters_us_specialty: float
    needs_visa: float
    confidence: str
    source: str
    why: str


@dataclass(frozen=True)
class SpecialtyFigures:
    """What is published, fitted or assumed about one specialty.

    Published: `applicants` (non-U.S. IMGs with at least one rank), `people` (those of them behind
    ranks and scores), `ranks_mean` and `step2_mean` (theirs), `publications` (their median), shares of
    filled positions. Assumed: `applications` sent. Fitted (calibration/fit.py), about everybody who
    applies: `interviews` of non-U.S. and `interviews_us_img` of U.S. IMGs, the share `none` without any,
    their `variation` between applicants, `step2_mean_all` and `step2_sd_all`, `step2_slope` (log-odds per
    10 points), `step2_gain` (share of the mean interviews per 10 points), `spread` (log-odds) and the match
    curve. `score_matters` is how far the slope reaches the pooled one, 0 to 1: where no effect is published
    no prior may smuggle one in. `pooled` says that the specialty's own rank lists are not published.
    """

    code: str
    name: str
    applicants: int
    people: int
    applications: int
    ranks_mean: float
    step2_mean: float
    publications: float
    share_non_us_img: float
    share_us_img: float
    interviews: float
    interviews_us_img: float
    none: float
    variation: float
    spread: float
    step2_slope: float
    step2_gain: float
    score_matters: float
    step2_mean_all: float
    step2_sd_all: float
    match_level: float
    match_slope: float
    pooled: bool


POOLED = ""  # the code of the pooled specialty
PARAMETERS_FILE = Path(__file__).parent / "parameters.csv"
# Columns of the parameter table that the engine reads under another name, or as they are.
FITTED = {"step2_mean": "step2_mean_all", "step2_sd": "step2_sd_all"} | {
    name: name for name in ("interviews", "interviews_us_img", "none", "variation", "spread", "step2_slope", "step2_gain", "match_level", "match_slope")
}
FitNumbers = Mapping[str, float]


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
    """The published figures as they stand in the table."""
    return tuple(_read("specialties.csv"))


@cache
def parameter_rows() -> Mapping[str, dict[str, str]]:
    """The fitted parameters as they stand in the table, by specialty code; POOLED is the pooled specialty."""
    return {row["code"]: row for row in _read("parameters.csv")}


@cache
def backgrounds() -> tuple[Background, ...]:
    """Who applies, beside their scores; the shares sum to 1."""
    words = {"name", "confidence", "source", "why"}
    return tuple(Background(**{key: value if key in words else float(value) for key, value in row.items()}) for row in _read("backgrounds.csv"))  # type: ignore[arg-type]


@cache
def fit_numbers() -> FitNumbers:
    """Tolerances, priors and starting values of the fit."""
    return {row["name"]: float(row["value"]) for row in _read("fit.csv")}


@cache
def specialty(code: str) -> SpecialtyFigures:
    """Figures of one specialty; the pooled ones, marked as such, where nothing is published."""
    row = next((row for row in specialty_rows() if row["code"] == code), None)
    # Nobody's rank list stands behind a specialty that is not in the table.
    return _one(row) if row else replace(_pooled(), code=code, applicants=0, people=0)


def _mean_of(row: Mapping[str, str], name: str) -> tuple[float, float]:
    """(people, mean over matched and not matched) of one variable; 0 people where it is missing."""
    parts = [(float(row[f"sample_{who}"]), float(row[f"{name}_mean_{who}"])) for who in ("matched", "unmatched") if row[f"{name}_mean_{who}"]]
    total = sum(n for n, _ in parts)
    return total, sum(n * value for n, value in parts) / total if total else math.nan


def _fitted(code: str) -> dict[str, float]:
    row = parameter_rows().get(code) or parameter_rows()[POOLED]
    fitted = {name: float(row[column]) for column, name in FITTED.items()}
    return fitted | {"score_matters": float(np.clip(fitted["step2_slope"] / float(parameter_rows()[POOLED]["step2_slope"]), 0, 1))}


def unfitted() -> SpecialtyFigures:
    """The pooled specialty as the published tables alone have it, everything fitted left at 0: for the fit itself."""
    nothing = dict.fromkeys((*FITTED.values(), "score_matters"), 0.0)
    return _published_means(nothing | {"step2_mean_all": 0.0}, applications=0)


@cache
def _pooled() -> SpecialtyFigures:
    """Means over everybody in the table, and the fit of the pooled specialty."""
    return _published_means(_fitted(POOLED), applications=int(parameter_rows()[POOLED]["applications"]))


def _published_means(fitted: Mapping[str, float], *, applications: int) -> SpecialtyFigures:
    rows = specialty_rows()

    def mean(values: list[tuple[float, float]]) -> float:
        known = [(n, value) for n, value in values if n and not math.isnan(value)]
        return sum(n * value for n, value in known) / sum(n for n, _ in known)

    ranks = [_mean_of(row, "ranks") for row in rows]
    share = sum(int(row["matched"]) for row in rows) / sum(int(row["positions"]) for row in rows)
    return SpecialtyFigures(
        code=POOLED,
        name="all specialties pooled",
        applicants=sum(int(row["matched"]) + int(row["unmatched"]) for row in rows),
        people=int(sum(n for n, _ in ranks)),
        applications=applications,
        ranks_mean=mean(ranks),
        step2_mean=mean([_mean_of(row, "step2") for row in rows]),
        publications=mean([(n, float(row["publications_median_unmatched"] or "nan")) for (n, _), row in zip(ranks, rows, strict=True)]),
        share_non_us_img=share,
        share_us_img=share * weights().number("us_per_non_us_img"),
        pooled=True,
        **fitted,
    )


def _us_per_non_us(row: Mapping[str, str]) -> float:
    """U.S. IMGs for each non-U.S. IMG among filled positions: the specialty's own where published."""
    if not row["us_filled"]:
        return weights().number("us_per_non_us_img")
    return int(row["us_filled"]) / int(row["non_us_filled"])


def _one(row: Mapping[str, str]) -> SpecialtyFigures:
    """One specialty; what its table leaves out comes from the pooled figures."""
    people, ranks_mean = _mean_of(row, "ranks")
    share = int(row["non_us_filled"] or row["matched"]) / int(row["positions"])

    def known(value: float, instead: float) -> float:
        return instead if math.isnan(value) else value

    return SpecialtyFigures(
        code=row["code"],
        name=row["specialty"],
        applicants=int(row["matched"]) + int(row["unmatched"]),
        people=int(people),
        applications=int(row["applications"]),
        ranks_mean=known(ranks_mean, _pooled().ranks_mean),
        step2_mean=known(_mean_of(row, "step2")[1], _pooled().step2_mean),
        publications=known(float(row["publications_median_unmatched"] or "nan"), _pooled().publications),
        share_non_us_img=share,
        share_us_img=share * _us_per_non_us(row),
        pooled=not (row["ranks_mean_matched"] and row["ranks_mean_unmatched"]),
        **_fitted(row["code"]),
    )
