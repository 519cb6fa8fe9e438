"""Cases worked by hand in matching/engine/README.md and golden.csv, recomputed."""

import csv
from pathlib import Path

import numpy as np
import pytest

from matching.engine import Model, Tier, explain, score
from matching.engine.evidence import specialty, weights
from matching.engine.portfolio import Entries, outlook
from matching.engine.tables import YES, Stage, University, Visa
from tests.engine.strategies import NAN, one_applicant, one_program

INTERCEPT = -2.5
MODEL = Model(specialty("140"), weights(), np.array([INTERCEPT, INTERCEPT]), np.zeros(2))

OLD_FAIL = {
    "step2_score": 228,
    "fails_step1_min": 1,
    "fails_step1_max": 1,
    "fails_total": 1,
    "years_since_graduation": 6,
    "hands_on_months": 0,
    "observership_months": 2,
    "letters": 3,
    "letters_us": 2,
    "letters_specialty": 1,
    "letters_us_specialty": 1,
    "publications": 5,
    "visa": Visa.J1,
}
OPEN_UNIVERSITY = {
    "university": University.YES,
    "accepts_non_us_img": YES,
    "visa_j1": YES,
    "share_non_us_img": 0.60,
    "applications_received": 3000,
    "interviews_given": 300,
    "unfilled_share": 0.10,
    "unfilled_quota": 40,
    "unfilled_age": 1,
    "step2_median": 238,
    "step2_min": 220,
    "max_years_since_graduation": 10,
    **{f"step{step}_max_attempts": 2 for step in (1, 2, 3)},
    "ecfmg_needed_by": Stage.APPLICATION,
    "step1_pass_needed": YES,
    "step1_min": NAN,
    "step3_needed": -1,
    "usce_hands_on_only": -1,
    **dict.fromkeys(("usce_min_months", "letters_min", "letters_us_min", "letters_specialty_min"), 0),
}
CASES = {
    "readme": (OLD_FAIL, OPEN_UNIVERSITY),
    "nothing known": ({"visa": Visa.J1, "step2_score": 245}, {}),
    "no sponsor": ({"visa": Visa.J1}, {"visa_j1": -1}),
    "five answers": (
        {
            "step2_score": 235,
            "visa": Visa.J1,
            "step1_passed": 0,
            "step3_passed": 0,
            "ecfmg_latest": NAN,
            **dict.fromkeys(("years_since_graduation", "hands_on_months", "observership_months", "publications", "volunteer_experiences"), NAN),
            **dict.fromkeys(("letters", "letters_us", "letters_specialty", "letters_us_specialty"), NAN),
        },
        {"visa_j1": YES, "accepts_non_us_img": YES, "max_years_since_graduation": 5, "share_img": 0.5},
    ),
}
GOLDEN = list(csv.DictReader((Path(__file__).parent / "golden.csv").read_text().splitlines()))


@pytest.mark.parametrize("case", CASES)
def test_golden_terms_and_chance_are_those_worked_by_hand(case):
    applicant, program = one_applicant(**CASES[case][0]), one_program(**CASES[case][1])
    why = explain(applicant, program, MODEL)[0]
    expected = {row["term"]: row for row in GOLDEN if row["case"] == case}
    result = expected.pop("chance")
    # Where something excludes there is no sum to compare.
    found = {part.name: part.mid for part in why.contributions if abs(part.mid) > 1e-9 and not why.excluded_by}
    assert found == pytest.approx({name: float(row["mid"]) for name, row in expected.items()}, abs=0.0006)
    scores = score(applicant, program, MODEL)
    chances = [float(values[0, 0]) for values in (scores.chance, scores.low, scores.high)]
    assert chances == pytest.approx([float(result[end]) for end in ("mid", "low", "high")], abs=0.0001)
    assert Tier(int(scores.tier[0, 0])).word == result["tier"]


def test_golden_readme_example_is_the_table_in_the_readme():
    readme = (Path(__file__).parents[2] / "matching" / "engine" / "README.md").read_text()
    for row in (row for row in GOLDEN if row["case"] == "readme" and row["term"] != "chance"):
        assert f"{float(row['mid']):+.3f} |" in readme, row["term"]


def numbers(line):
    """The figures of one row of a README table, without its first cell."""
    return [float(cell) for cell in line.split("|")[2:-1] if cell.strip()]


def test_golden_readme_list_example_by_the_three_point_rule():
    readme = (Path(__file__).parents[2] / "matching" / "engine" / "README.md").read_text().splitlines()
    rows = {line.split("|")[1].strip(): numbers(line) for line in readme if line.startswith(("| program 0", "| P(", "| match:"))}
    shares, move = np.array([1, 4, 1]) / 6, 0.7 * np.sqrt(3) * np.array([-1, 0, 1])
    at_node = []
    for chance in (0.04, 0.10, 0.20):
        c, *given_strength, average = rows[f"program {chance:.2f}"]
        assert given_strength == pytest.approx(1 / (1 + np.exp(-(c + move))), abs=0.0002)
        assert average == pytest.approx(chance) == pytest.approx(shares @ np.array(given_strength), abs=0.0002)
        at_node.append(given_strength)
    p, q, r = np.array(at_node)
    counts = [
        (1 - p) * (1 - q) * (1 - r),
        p * (1 - q) * (1 - r) + q * (1 - p) * (1 - r) + r * (1 - p) * (1 - q),
        p * q + p * r + q * r - 3 * p * q * r,
        p * q * r,
    ]
    for name, count in zip(("P(0 interviews)", "P(1)", "P(2)", "P(3)"), counts, strict=True):
        assert rows[name] == pytest.approx([*count, shares @ count], abs=0.0002), name
    curve = MODEL.match.at(np.arange(4.0))
    match = curve @ np.array(counts)
    assert next(value for name, value in rows.items() if name.startswith("match")) == pytest.approx([*match, shares @ match], abs=0.0002)
    exact = outlook([Entries(np.array([0.04, 0.10, 0.20]), 0.7, MODEL.match)])
    assert [exact.expected, exact.match] == pytest.approx([0.34, 0.0456], abs=0.0001)


def test_golden_readme_national_example_is_what_the_tables_hold():
    figures = specialty("140")
    assert [figures.interviews, figures.none, figures.match_level, figures.match_slope] == [3.4451, 0.1917, -1.9312, 1.679]
    assert figures.interviews / (1 - figures.none) == pytest.approx((2649 * 6.1 + 2730 * 2.5) / 5379, abs=0.015)
    assert MODEL.match.at(np.array([1.0, 5.0])) == pytest.approx([0.127, 0.684], abs=0.0005)
