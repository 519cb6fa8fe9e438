"""A broken table of the engine is named by `manage.py check`, before the first request meets it."""

import pytest

from matching import checks
from matching.engine import evidence


@pytest.fixture
def broken(monkeypatch):
    """Read one table as other rows, with nothing remembered before or after."""
    cached = [value for value in vars(evidence).values() if hasattr(value, "cache_clear")]
    original = evidence._read

    def read_as(name, rows):
        monkeypatch.setattr(evidence, "_read", lambda asked: rows if asked == name else original(asked))
        for one in cached:
            one.cache_clear()

    yield read_as
    monkeypatch.undo()
    for one in cached:
        one.cache_clear()


def errors():
    return [(error.id, error.msg) for error in checks.evidence_tables()]


def test_tables_as_installed_pass():
    assert errors() == []


@pytest.mark.parametrize("name", [name for name in checks.TABLES if name not in {"sensitivity.csv", "backgrounds.csv", "specialties.csv"}])
def test_empty_table_is_named(broken, name):
    broken(name, [])
    assert f"matching/engine/evidence/{name} cannot be used" in "\n".join(message for _, message in errors())


def test_shares_that_do_not_sum_to_one_are_told(broken):
    broken("backgrounds.csv", evidence._read("backgrounds.csv")[1:])
    assert errors() == [("matching.E001", "matching/engine/evidence/backgrounds.csv cannot be used: ValueError: the shares sum to 0.6 instead of 1.")]


def test_missing_row_of_a_specialty_is_told(broken):
    broken("parameters.csv", [row for row in evidence._read("parameters.csv") if row["code"] != "140"])
    assert errors() == [("matching.E001", "matching/engine/evidence/parameters.csv cannot be used: ValueError: no row for 140.")]
