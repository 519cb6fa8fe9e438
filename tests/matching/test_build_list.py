"""The list without a browser: documented JSON in, documented JSON or CSV out."""

import csv
import io
import json
from math import exp

import pytest
from django.core.management import CommandError, call_command

from programs.models import Program
from tests.matching.builders import add_programs, market

pytestmark = pytest.mark.django_db
PROFILE = {
    "applicant_type": "non_us_img",
    "specialties": ["140"],
    "graduation_year": 2023,
    "sittings": [{"exam": "step1", "outcome": "pass", "date": "2023-05-01"}, {"exam": "step2_ck", "outcome": "pass", "date": "2024-05-01", "score": 245}],
    "visa_need": "j1",
}


@pytest.fixture
def build(tmp_path):
    def run(profile=PROFILE, **options):
        path = tmp_path / "profile.json"
        path.write_text(profile if isinstance(profile, str) else json.dumps(profile), encoding="utf-8")
        out = io.StringIO()
        call_command("build_list", str(path), stdout=out, **options)
        return out.getvalue()

    return run


def test_build_list_json_holds_the_whole_answer(build):
    market(1, visa_j1="yes", step2_min="220")
    add_programs([2], visa_j1="no")
    listed = json.loads(build())
    assert listed["counts"]["excluded"] == 1
    first, last = listed["programs"]
    assert [first["key"], first["acgme_id"], first["excluded_by"]] == ["1400500001", "1400500001", []]
    assert [last["key"], last["tier"], last["chance"], last["excluded_by"]] == ["1400500002", "excluded", 0, ["visa"]]
    assert 0 <= first["low"] < first["chance"] < first["high"]
    assert {"step2_min", "visa"} & set(first["unknown"]) == set()


def test_build_list_contributions_add_up_to_the_chance(build):
    market(1, visa_j1="yes", share_non_us_img="0.5")
    entry = json.loads(build())["programs"][0]
    log_odds = entry["intercept"] + sum(part["mid"] for part in entry["contributions"])
    assert entry["chance"] == pytest.approx(1 / (1 + exp(-log_odds)), abs=1e-5)


def test_build_list_unanswered_questions_stand_apart_from_what_programs_do_not_say(build):
    market(1, letters_us_min="2")
    entry = json.loads(build())["programs"][0]
    assert "letters_us" in entry["not_in_profile"]
    assert "visa" in entry["unknown"]


def test_build_list_csv_has_a_line_a_program(build):
    market(3)
    rows = list(csv.DictReader(io.StringIO(build(format="csv", limit=2))))
    assert [row["rank"] for row in rows] == ["1", "2"]
    assert rows[0]["unknown"].split()[0] == "accepts"


def test_build_list_csv_cells_cannot_act_as_formulas(build):
    market(1)
    Program.objects.update(name="=cmd|' /C calc'!A0", city="@SUM(1)")
    row = next(csv.DictReader(io.StringIO(build(format="csv"))))
    assert [row["name"], row["city"]] == ["'=cmd|' /C calc'!A0", "'@SUM(1)"]


def test_build_list_changes_nothing(build, django_assert_num_queries):
    market(2)
    build()
    # specialties, states; data version, calendar, states; programs
    with django_assert_num_queries(6):
        build()


@pytest.mark.parametrize(
    ("profile", "message"),
    [
        ('{"applicant_type": ', "line 1, column 20"),
        ('{\n "applicant_type": "martian",\n "specialties": ["140"]\n}', "line 2: applicant_type"),
        ('{\n "applicant_type": "us_img",\n "specialties": ["140"],\n "graduation_year": 1700\n}', "line 4: graduation_year"),
        ("[]", "line 1"),
        ("", "line 1"),
    ],
)
def test_build_list_broken_profile_says_line_and_field(build, profile, message):
    market(1)
    with pytest.raises(CommandError, match=message):
        build(profile)


def test_build_list_says_what_is_missing(build, tmp_path):
    with pytest.raises(CommandError, match="reference tables are empty"):
        build()
    market(0)
    with pytest.raises(CommandError, match="No program of specialty 140"):
        build()
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("build_list", str(tmp_path / "none.json"))
    with pytest.raises(CommandError, match="is no specialty here"):
        build(specialty="14O")


def test_build_list_refuses_a_file_that_is_no_text(tmp_path):
    market(1)
    path = tmp_path / "profile.json"
    path.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(CommandError, match="not UTF-8 text"):
        call_command("build_list", str(path))
