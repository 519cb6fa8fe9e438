"""The parameter table is written by one command, and only by it."""

import io

import pytest
from django.core.management import CommandError, call_command

from matching.engine.calibration.fit import fit
from matching.engine.calibration.published import published
from matching.engine.evidence import specialty_rows
from matching.management.commands import fit_calibration


@pytest.fixture
def path(monkeypatch, tmp_path):
    """A table of its own, and one specialty instead of all, which is as good here."""
    one = published(specialty_rows()[0])
    monkeypatch.setattr(fit_calibration, "PARAMETERS_FILE", tmp_path / "parameters.csv")
    monkeypatch.setattr(fit_calibration, "fit_all", lambda: [(one, fit(one))])
    (tmp_path / "parameters.csv").write_text("", encoding="utf-8")
    return tmp_path / "parameters.csv"


def run(**options):
    out = io.StringIO()
    call_command("fit_calibration", stdout=out, **options)
    return out.getvalue()


def test_fit_calibration_writes_what_the_fit_found_and_is_content_with_it(path):
    assert run().startswith("Written: parameters.csv.")
    head, line = path.read_text(encoding="utf-8").splitlines()
    assert head.startswith("code,specialty,people,applications,interviews,")
    assert line.startswith("140,Internal Medicine,5379,100,")
    assert line.endswith(",nrmp-charting-2026; nrmp-2025-rates; assumption-applications; residency-explorer-2026; judgement")
    assert run(check=True) == "The parameter table is what the fit finds.\n"


def test_fit_calibration_check_fails_and_leaves_the_table(path):
    path.write_text("by hand\n", encoding="utf-8")
    with pytest.raises(CommandError, match=r"run python manage\.py fit_calibration and commit"):
        run(check=True)
    assert path.read_text(encoding="utf-8") == "by hand\n"


def test_fit_calibration_that_cannot_write_says_so_and_leaves_the_table(path, monkeypatch):
    def refused(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(fit_calibration, "replace_text", refused)
    with pytest.raises(CommandError, match=r"parameters\.csv cannot be written: Permission denied\. Nothing is changed\."):
        run()
    assert path.read_text(encoding="utf-8") == ""
