"""Model against published: the command, the lines and the page come from one comparison."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils.html import strip_tags

from matching.engine.evidence import specialty_rows
from matching.presenters.calibration import calibration_page, calibration_table
from matching.services import calibration
from matching.services.calibration import comparison, comparisons
from tests.matching.builders import add_programs, market
from tests.programs.builders import query_count

pytestmark = pytest.mark.django_db
LARGE = [row["code"] for row in specialty_rows() if int(row["matched"]) + int(row["unmatched"]) >= 100]


def run(**options):
    out = io.StringIO()
    call_command("calibration", stdout=out, **options)
    return out.getvalue()


def test_the_large_specialties_agree_on_every_figure_on_demonstration_data():
    call_command("demo_on", programs=3000)
    compared = {one.published.code: one for one in comparisons(2027)}
    assert len(LARGE) == 11
    assert {code: [figure.name for figure in compared[code].figures if figure.agrees is False] for code in LARGE} == {code: [] for code in LARGE}
    # Six figures a specialty have a limit, so agreeing is about something.
    assert {sum(figure.agrees is not None for figure in compared[code].figures) for code in LARGE} == {6}
    page = calibration_page(tuple(compared.values()))
    assert [table.code for table in page.large] == [code for code in compared if code in LARGE]
    assert page.agreeing == 11
    assert len(page.plot.dots) == 33


def test_comparison_of_a_specialty_without_programs_or_figures_is_none():
    market(3)
    assert comparison("120", 2027) is None
    assert comparison("999", 2027) is None


def test_comparisons_are_worked_out_once_a_data_version():
    market(3)
    comparisons(2027)
    assert query_count(lambda: comparisons(2027)) == 2
    before = comparisons(2027)[0].programs
    add_programs([7])
    assert comparisons(2027)[0].programs == before + 1


def test_comparison_national_figures_stay_when_other_programs_are_loaded():
    market(5)
    bare = comparison("140", 2027)
    add_programs(range(11, 31), visa_j1="yes", share_non_us_img="0.9", step2_min="225")
    add_programs(range(31, 51), visa_j1="yes", share_non_us_img="0.02")
    full = comparison("140", 2027)
    assert full.interviews == pytest.approx(bare.interviews, rel=1e-4)
    for name, one in {figure.name: figure.model for figure in bare.figures[:6]}.items():
        other = next(figure.model for figure in full.figures if figure.name == name)
        assert other == pytest.approx(one, abs=0.3), name


def test_calibration_table_tells_fitted_figures_from_free_ones():
    market(3)
    table = calibration_table(comparison("140", 2027))
    origins = {line.name: line.origin for line in table.lines}
    assert [origins["share matched"], origins["P(match | 3 ranks)"], origins["median of ranks, matched"]] == ["fitted", "guide", "not fitted"]
    share = table.lines[0]
    assert [share.published, share.accept] == ["48.5%", "2.0 points"]
    assert share.error.endswith(" points")
    assert [table.people, table.programs, table.enough] == [5379, 3, True]


def test_command_prints_each_figure_and_the_verdict():
    market(3)
    printed = run()
    assert "Internal Medicine (140): 5,379 people behind the published figures, 3 programs loaded." in printed
    assert "Of everybody who applies (published nowhere): 3.4 interviews on average, " in printed
    line = next(line for line in printed.splitlines() if line.startswith("Step 2 CK odds ratio"))
    published, sampling, model, error, limit, verdict, origin = line.removeprefix("Step 2 CK odds ratio per 10 points").split()
    assert [published, sampling, limit, verdict, origin] == ["1.43", "0.028", "0.08", "agrees", "fitted"]
    assert float(error) == pytest.approx(float(model) - 1.43, abs=0.011)
    assert printed.endswith("1 of 1 specialties with 100 people or more agree on every fitted figure.\n")


def test_command_json_holds_numbers_and_null_for_what_is_not_published():
    market(3)
    add_programs([], visa_j1="yes")
    (one,) = json.loads(run(json=True, specialty="140"))
    figures = {figure["name"]: figure for figure in one["figures"]}
    assert [one["code"], one["people"], one["programs"], one["agrees"]] == ["140", 5379, 3, True]
    assert figures["mean ranks, matched"]["published"] == 6.1
    assert figures["mean ranks, matched"]["error"] == pytest.approx(figures["mean ranks, matched"]["model"] - 6.1)
    assert figures["median of ranks, matched"]["accept"] is None
    assert len(one["share_matched_by_step2_ck"]) == 3


@pytest.mark.parametrize(("code", "message"), [("999", "Nothing is published about specialty 999"), ("120", "No program of specialty 120 is loaded and open")])
def test_command_says_what_is_missing(code, message):
    market(3)
    with pytest.raises(CommandError, match=message):
        run(specialty=code)


def test_method_page_shows_the_comparison_of_the_programs_loaded(client):
    market(3)
    table = calibration_table(comparison("140", 2027))
    page = " ".join(strip_tags(client.get("/method/").content.decode()).split())
    assert "1 of 1 specialties with 100 people or more agree on every fitted figure within its limit." in page
    for line in table.main:
        assert f"{line.published} → {line.model}" in page
    assert "What the model says, and what is published" in page


def test_method_page_without_programs_says_so(client):
    assert "there is nothing to run the comparison on" in client.get("/method/").content.decode()


def test_comparison_of_a_specialty_that_is_closed_to_everybody_is_none(client):
    market(2, accepts_non_us_img="no")
    assert comparison("140", 2027) is None
    assert "there is nothing to run the comparison on" in client.get("/method/").content.decode()
    with pytest.raises(CommandError, match="No program of specialty 140 is loaded and open"):
        run(specialty="140")


def test_comparisons_of_many_first_readers_are_worked_out_once(monkeypatch):
    market(2)
    asked = []
    monkeypatch.setattr(calibration, "compare", lambda one, *_, **__: asked.append(one.code))
    for _ in range(3):
        comparisons(2027)
    assert asked == ["140"]
