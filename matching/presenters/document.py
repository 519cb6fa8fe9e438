"""A ranking as a document for people without a browser and for other programs: docs/build-list.md."""

import csv
import io
from typing import Any

import numpy as np

from matching.engine import ENGINE_VERSION, Explanation, Tier
from matching.engine.tables import Index
from matching.presenters.outlook import MIDDLE
from matching.services.outlook import SizedOutlook, outlooks
from matching.services.ranking import Ranking, explanations
from programs.models import Program
from smartpick.exports import safe_cell

DIGITS = 6  # of every chance and log-odds written out
CSV_COLUMNS = (
    *("rank", "key", "acgme_id", "nrmp_institution", "name", "city", "state"),
    *("tier", "chance", "low", "high", "excluded_by", "unknown", "not_in_profile"),
)


def document(ranking: Ranking, programs: dict[int, Program], limit: int | None) -> dict[str, Any]:
    """The first `limit` programs (all for None), best first, excluded last. `programs` by id."""
    positions = ranking.order[:limit]
    sums = explanations(ranking, positions)
    counts = np.bincount(ranking.scores.tier[0], minlength=len(Tier))
    return {
        "engine_version": ENGINE_VERSION,
        "data_version": ranking.programs.version,
        "match_year": ranking.season.match_year,
        "specialty": ranking.specialty,
        "outlooks": [_outlook(one) for one in outlooks(ranking)],
        "counts": {tier.word: int(counts[tier]) for tier in Tier},
        "programs": [_entry(ranking, programs, place, int(position), why) for place, (position, why) in enumerate(zip(positions, sums, strict=True), 1)],
    }


def ids(ranking: Ranking, limit: int | None) -> list[int]:
    """Ids of the programs that `document` needs."""
    positions: Index = ranking.order[:limit]
    return [int(one) for one in ranking.programs.table.ids[positions]]


def _outlook(one: SizedOutlook) -> dict[str, Any]:
    found = one.outlook
    least, most = found.between(MIDDLE)
    ends = {"low": found.low, "chance": found.middle, "high": found.high}
    return {
        "applications": one.size,
        "interviews": {name: _round(end.expected) for name, end in ends.items()},
        "interviews_8_in_10": [least, most],
        "no_interview": _round(found.interviews[0]),
        "match": {name: _round(end.match) for name, end in ends.items()},
    }


def _entry(ranking: Ranking, programs: dict[int, Program], place: int, position: int, why: Explanation) -> dict[str, Any]:
    program, scores = programs[int(ranking.programs.table.ids[position])], ranking.scores
    return {
        "rank": place,
        "key": program.key,
        "acgme_id": program.acgme_id,
        "nrmp_institution": program.nrmp_institution,
        "name": program.name,
        "city": program.city,
        "state": program.state_id,
        "tier": Tier(int(scores.tier[0, position])).word,
        "chance": _round(scores.chance[0, position]),
        "low": _round(scores.low[0, position]),
        "high": _round(scores.high[0, position]),
        "excluded_by": [criterion.name.lower() for criterion in why.excluded_by],
        "preferences_unmet": [criterion.name.lower() for criterion in why.preferences_unmet],
        "unknown": [criterion.name.lower() for criterion in why.unknown if criterion not in why.unsaid],
        "not_in_profile": [criterion.name.lower() for criterion in why.unsaid],
        "intercept": _round(why.intercept),
        "contributions": [{"term": part.name, "mid": _round(part.mid), "low": _round(part.low), "high": _round(part.high)} for part in why.contributions],
    }


def _round(value: float | np.floating[Any]) -> float:
    return round(float(value), DIGITS) + 0.0  # never "-0.0"


def as_csv(listed: dict[str, Any]) -> str:
    """The programs of `document` as CSV, without the contributions; no cell can act as a formula."""
    out = io.StringIO()
    writer = csv.DictWriter(out, CSV_COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for entry in listed["programs"]:
        writer.writerow({key: _cell(value) for key, value in entry.items()})
    return out.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, list):
        return " ".join(map(str, value))
    return safe_cell(value)
