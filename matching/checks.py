"""`manage.py check` asks whether the engine can read its own tables."""

from collections.abc import Callable, Mapping
from math import isclose
from typing import Any

from django.core.checks import CheckMessage, Error

from matching.engine import evidence
from matching.engine.evidence import sensitivity

REMEDY = "Put back the file as it was installed, or undo the last change to it."


def _parameters() -> None:
    codes = [evidence.POOLED, *(row["code"] for row in evidence.specialty_rows())]
    missing = [code or "the pooled specialty" for code in codes if code not in evidence.parameter_rows()]
    if missing:
        raise ValueError(f"no row for {', '.join(missing)}")
    for code in codes:
        evidence.specialty(code)


def _backgrounds() -> None:
    total = sum(one.share for one in evidence.backgrounds())
    if not isclose(total, 1):
        raise ValueError(f"the shares sum to {total:g} instead of 1")


def _weights() -> None:
    unknown = {row.source for row in evidence.weights().rows} - set(evidence.sources())
    if unknown or not evidence.weights().rows:
        raise ValueError(f"no such source: {', '.join(sorted(unknown))}" if unknown else "no weights")


def _not_empty(load: Callable[[], Any]) -> Callable[[], None]:
    def check() -> None:
        if not load():
            raise ValueError("no rows")

    return check


TABLES: Mapping[str, Callable[[], None]] = {
    "sources.csv": _not_empty(evidence.sources),
    "weights.csv": _weights,
    "tiers.csv": _not_empty(evidence.tier_bands),
    "specialties.csv": _not_empty(evidence.specialty_rows),
    "fit.csv": _not_empty(evidence.fit_numbers),
    "backgrounds.csv": _backgrounds,
    "parameters.csv": _parameters,
    "sensitivity.csv": _not_empty(sensitivity.measured),
}


def evidence_tables(**_: Any) -> list[CheckMessage]:
    """One error for each table that cannot be read, with its name."""
    found: list[CheckMessage] = []
    for name, check in TABLES.items():
        try:
            check()
        except (KeyError, IndexError, TypeError, ValueError, ZeroDivisionError, OSError) as error:
            message = f"matching/engine/evidence/{name} cannot be used: {type(error).__name__}: {error}."
            found.append(Error(message, hint=REMEDY, id="matching.E001"))
    return found
