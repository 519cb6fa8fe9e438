from dataclasses import replace

import pytest
from hypothesis import given

from applicants.choices import Exam, Outcome, UsceKind
from applicants.presenters import SECTIONS, known_by_section
from applicants.profile import UsceSpell
from tests.applicants.builders import FULL, MINIMAL, SPECIALTIES, minimal, profiles, step


def known(data):
    return known_by_section(data, specialty_names=SPECIALTIES)


def test_known_full_profile_is_told_section_by_section():
    assert known(FULL) == {
        "person": "Known so far: Non-U.S. IMG, graduation in 2019, school in India.",
        "visa": "Known so far: J-1.",
        "steps": "Known so far: Step 1 passed with 214 (2 sittings), Step 2 CK passed with 238, Step 3 result awaited, 1 failed attempt in all.",
        "english": "Known so far: OET passed.",
        "ecfmg": "Known so far: in progress, expected on December 31, 2026.",
        "usce": "Known so far: 1.5 months hands-on, 2 months of observership.",
        "letters": "Known so far: 2 letters, 1 from the U.S.",
        "activities": "Known so far: 0 research experiences, 3 publications, 2 volunteer experiences.",
        "places": "Known so far: 2 preferred states, 1 state ruled out, 1 program type ruled out.",
        "budget": "Known so far: $2,500.",
        "specialties": "Known so far: Internal Medicine, Family Medicine.",
    }


def test_known_nothing_is_said_to_be_not_said():
    assert known(None) == dict.fromkeys([*SECTIONS, "specialties"], "Not said yet.")


def test_known_minimal_profile_leaves_the_rest_not_said():
    told = {section for section, line in known(MINIMAL).items() if line != "Not said yet."}

    assert told == {"person", "specialties"}


@pytest.mark.parametrize(
    ("data", "section", "line"),
    [
        (minimal(usce=()), "usce", "Known so far: none."),
        (minimal(letters=()), "letters", "Known so far: none yet."),
        (minimal(sittings_complete=True), "steps", "Known so far: no Step taken."),
        (minimal(failed_attempts=0), "steps", "Known so far: 0 failed attempts in all, other sittings not said."),
        (minimal(sittings=(step(Exam.STEP1, Outcome.FAIL, None, 180),)), "steps", "Known so far: Step 1 failed, other sittings not said."),
        (minimal(usce=(UsceSpell(UsceKind.OBSERVERSHIP, 1),)), "usce", "Known so far: 1 month of observership."),
        (minimal(specialties=("140", "999")), "specialties", "Known so far: Internal Medicine, 999."),
    ],
)
def test_known_unknown_and_none_are_told_apart(data, section, line):
    assert known(data)[section] == line


@given(profiles())
def test_known_any_profile_has_one_line_for_each_section(data):
    assert all(line == "Not said yet." or (line.startswith("Known so far: ") and line.endswith(".")) for line in known(data).values())
    assert (known(data)["usce"] == "Not said yet.") is (data.usce is None)
    assert (known(data)["letters"] == "Not said yet.") is (data.letters is None)
    assert known(replace(data, budget_usd=None))["budget"] == "Not said yet."
