import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applicants.choices import ApplicantType, Exam, Outcome, UsceKind
from applicants.json_shapes import FileProblem
from applicants.profile import Letter, ProfileData, Sitting, UsceSpell
from applicants.profile_json import LETTER_KEYS, PROFILE_KEYS, SITTING_KEYS, USCE_KEYS, ProfileError, parse_profile, profile_to_json
from tests.applicants.builders import CODES, FULL, MINIMAL, TODAY, profiles

DOCUMENT = (Path(__file__).parents[2] / "docs" / "profile-json.md").read_text(encoding="utf-8")
LEAST = '"applicant_type": "us_img", "specialties": ["140"]'


def parse(text):
    return parse_profile(text, today=TODAY, **CODES)


def problems(text):
    with pytest.raises(ProfileError) as caught:
        parse(text)
    return caught.value.problems


def only(text):
    (problem,) = problems(text)
    return problem


def with_key(key, value):
    """A profile of three lines with `key` on the second."""
    return f"{{{LEAST},\n{json.dumps(key)}: {value}\n}}"


# --- out and back ---


@given(profiles())
def test_profile_to_json_round_trip_changes_nothing(data):
    assert parse(json.dumps(profile_to_json(data))) == data


def test_profile_to_json_has_plain_values_under_every_key():
    assert profile_to_json(replace(FULL, sittings=FULL.sittings[:1], usce=FULL.usce[:1], letters=())) == {
        "applicant_type": "non_us_img",
        "specialties": ["140", "120"],
        "school_country": "India",
        "graduation_year": 2019,
        "sittings": [{"exam": "step1", "outcome": "fail", "date": "2020-02-03", "score": 188}],
        "sittings_complete": True,
        "failed_attempts": 1,
        "step2_not_passed": False,
        "ecfmg_status": "in_progress",
        "ecfmg_expected": "2026-12-31",
        "usce": [{"kind": "elective", "months": 1.5, "specialty": "140", "ended": "2023-06-30"}],
        "letters": [],
        "research_experiences": 0,
        "publications": 3,
        "volunteer_experiences": 2,
        "visa_need": "j1",
        "preferred_states": ["NY", "NJ"],
        "ruled_out_states": ["TX"],
        "ruled_out_program_types": ["military"],
        "budget_usd": 2500,
        "label": "Example",
    }


def test_profile_to_json_unknown_is_null():
    assert {key for key, value in profile_to_json(MINIMAL).items() if value is None} == {
        "school_country",
        "graduation_year",
        "failed_attempts",
        "ecfmg_status",
        "ecfmg_expected",
        "usce",
        "letters",
        "research_experiences",
        "publications",
        "volunteer_experiences",
        "visa_need",
        "budget_usd",
        "label",
    }


# --- the document ---


def test_document_example_is_read():
    (example,) = re.findall(r"```json\n(.*?)```", DOCUMENT, re.DOTALL)

    assert parse(example) == replace(
        FULL,
        sittings=tuple(sitting for sitting in FULL.sittings if sitting.outcome != Outcome.AWAITED),
        failed_attempts=None,
        ecfmg_expected=None,
        volunteer_experiences=None,
    )


def test_document_least_profile_is_read():
    (least,) = re.findall(r"The least that can be read: `(.*?)`", DOCUMENT)

    assert parse(least) == ProfileData(ApplicantType.US_IMG, ("140",), sittings_complete=False)


@pytest.mark.parametrize(
    ("heading", "keys"),
    [
        ("Keys of the profile", PROFILE_KEYS),
        ("Keys of a sitting", SITTING_KEYS),
        ("Keys of a spell of U.S. clinical experience", USCE_KEYS),
        ("Keys of a letter", LETTER_KEYS),
    ],
)
def test_document_lists_every_key_and_says_which_are_required(heading, keys):
    section = DOCUMENT.split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| ([^|]*) \|", section, re.MULTILINE)

    assert {key: "*required*" in kind for key, kind in rows} == {key: field.required for key, field in keys.items()}


# --- unknown and none ---


def test_parse_unknown_none_and_some_stay_apart():
    read = {text: parse(with_key("usce", text)).usce for text in ("null", "[]", '[{"kind": "observership", "months": 2}]')}

    assert read == {"null": None, "[]": (), '[{"kind": "observership", "months": 2}]': (UsceSpell(UsceKind.OBSERVERSHIP, 2.0),)}


@pytest.mark.parametrize(
    ("more", "sittings", "complete"),
    [
        ("", (), False),
        (', "sittings": null', (), False),
        (', "sittings": []', (), True),
        (', "sittings": [{"exam": "step1", "outcome": "pass"}]', (Sitting(Exam.STEP1, Outcome.PASS),), True),
        (', "sittings": [{"exam": "step1", "outcome": "pass"}], "sittings_complete": false', (Sitting(Exam.STEP1, Outcome.PASS),), False),
        (', "sittings_complete": true', (), True),
    ],
)
def test_parse_sittings_given_are_complete_unless_said_otherwise(more, sittings, complete):
    data = parse(f"{{{LEAST}{more}}}")

    assert (data.sittings, data.sittings_complete) == (sittings, complete)


def test_parse_empty_text_and_space_is_unknown():
    data = parse(f'{{{LEAST}, "school_country": "  ", "letters": [{{"from_us": true, "specialty": ""}}]}}')

    assert (data.school_country, data.letters) == ("", (Letter(from_us=True),))


def test_parse_byte_order_mark_is_ignored():
    assert parse(f"\ufeff{{{LEAST}}}").applicant_type == ApplicantType.US_IMG


# --- problems: line, path, words ---

SYNTAX = {
    "nothing": ("", 1, 1, "This is not JSON"),
    "no end": ('{\n  "label": "x"', 2, 15, "A comma or } is missing"),
    "comma missing": ('{"label": "x"\n "publications": 3}', 2, 2, "A comma or } is missing"),
    "comma too many": ('{"label": "x",\n}', 2, 1, "Remove the comma before }"),
    "comma too many in a list": ("[1,]", 1, 4, "Remove the comma before ]"),
    "key without quotes": ("{label: 1}", 1, 2, "key in double quotes"),
    "key that is a number": ("{1: 1}", 1, 2, "key in double quotes"),
    "colon missing": ('{"label" "x"}', 1, 10, "A : is missing"),
    "single quotes": ("{\"label\": 'x'}", 1, 11, "Text goes in double quotes"),
    "text without end": ('{"label": "x}', 1, 11, "unterminated string"),
    "line break in a text": ('{"label": "a\nb"}', 1, 13, "invalid control character"),
    "bad escape": ('{"label": "\\x"}', 1, 12, "This is not JSON"),
    "half an escape": ('{"label": "\\u12"}', 1, 13, "This is not JSON"),
    "word": ('{\n"publications": maybe}', 2, 17, "true, false or null"),
    "NaN": ('{"publications": NaN}', 1, 18, "NaN is not a value. Write null"),
    "Infinity": ('{"publications": -Infinity}', 1, 18, "-Infinity is not a value. Write null"),
    "number of 5000 digits": ('{"publications": ' + "9" * 5000 + "}", 1, 18, "number is too long"),
    "number that overflows": ('{"publications": 1e999}', 1, 18, "number is too large"),
    "key twice": ('{"label": "x",\n "label": "y"}', 2, 2, "given twice"),
    "more after the end": ("{}\n{}", 2, 1, "more text after the end"),
    "nested without end": ("[" * 100_000, 1, 13, "nested too deep"),
    "endless": (" " * 200_001, 1, 1, "longer than 200000 characters"),
}


@pytest.mark.parametrize(("text", "line", "column", "words"), SYNTAX.values(), ids=SYNTAX.keys())
def test_parse_bad_syntax_names_line_and_column(text, line, column, words):
    problem = only(text)

    assert (problem.line, problem.column, problem.path) == (line, column, "")
    assert words in problem.message


SHAPES = {
    "a list": ("[]", 1, "", "curly brackets"),
    "a number": ("3", 1, "", "curly brackets"),
    "type missing": ('{\n"specialties": ["140"]}', 1, "applicant_type", 'Add "applicant_type"'),
    "type null": ('{\n"specialties": ["140"],\n"applicant_type": null}', 3, "applicant_type", 'Add "applicant_type"'),
    "unknown key": (with_key("publication", "3"), 2, "", "no key 'publication' here. Remove or correct it. Did you mean \"publications\"?"),
    "unknown key like no other": (with_key("zzz", "3"), 2, "", "no key 'zzz' here. Remove or correct it."),
    "key that cannot be printed": (with_key("\ud800", "3"), 2, "", "no key '\\ud800' here"),
    "word close to another": (with_key("visa_need", '"j-1"'), 2, "visa_need", 'one of "none", "j1", "h1b", "either". Did you mean "j1"?'),
    "word of another type": (with_key("visa_need", "1"), 2, "visa_need", 'one of "none", "j1", "h1b", "either".'),
    "word that is a list": (with_key("visa_need", "[]"), 2, "visa_need", "Write one of"),
    "text for a number": (with_key("publications", '"3"'), 2, "publications", "whole number"),
    "fraction for a whole number": (with_key("publications", "3.0"), 2, "publications", "whole number"),
    "true for a number": (with_key("publications", "true"), 2, "publications", "whole number"),
    "number for a text": (with_key("school_country", "3"), 2, "school_country", "text in double quotes"),
    "number for a specialty": (with_key("preferred_states", '[\n"NY",\n140]'), 4, "preferred_states[1]", "text in double quotes"),
    "null in a list": (with_key("preferred_states", "[null]"), 2, "preferred_states[0]", "text in double quotes"),
    "object for a list": (with_key("sittings", "{}"), 2, "sittings", "square brackets"),
    "text for a list": (with_key("letters", '"none"'), 2, "letters", "square brackets"),
    "text for an object": (with_key("letters", '["one"]'), 2, "letters[0]", "curly brackets"),
    "text for yes or no": (with_key("sittings_complete", '"yes"'), 2, "sittings_complete", "true or false"),
    "number for yes or no": (with_key("letters", '[{"from_us": 1}]'), 2, "letters[0].from_us", "true or false"),
    "text for months": (with_key("usce", '[{"kind": "elective",\n"months": "2"}]'), 3, "usce[0].months", "number without quotes"),
    "months missing": (with_key("usce", '[\n{"kind": "elective"}]'), 3, "usce[0].months", 'Add "months"'),
    "unknown key in a sitting": (
        with_key("sittings", '[{"exam": "step1",\n"outcome": "pass",\n"scores": 230}]'),
        4,
        "sittings[0]",
        "no key 'scores' here. Remove or correct it. Did you mean \"score\"?",
    ),
    "date as people write it": (with_key("ecfmg_expected", '"12/31/2026"'), 2, "ecfmg_expected", "YYYY-MM-DD"),
    "date without dashes": (with_key("ecfmg_expected", '"20261231"'), 2, "ecfmg_expected", "YYYY-MM-DD"),
    "date in other digits": (with_key("ecfmg_expected", '"٢٠٢٦-١٢-٣١"'), 2, "ecfmg_expected", "YYYY-MM-DD"),
    "date as a number": (with_key("ecfmg_expected", "2026"), 2, "ecfmg_expected", "YYYY-MM-DD"),
    "day that does not exist": (with_key("ecfmg_expected", '"2026-02-30"'), 2, "ecfmg_expected", "not in the calendar"),
}


@pytest.mark.parametrize(("text", "line", "path", "words"), SHAPES.values(), ids=SHAPES.keys())
def test_parse_wrong_shape_names_line_and_path(text, line, path, words):
    problem = only(text)

    assert (problem.line, problem.column, problem.path) == (line, None, path)
    assert words in problem.message


def test_parse_wrong_values_carry_the_line_of_the_value():
    text = """{
  "applicant_type": "us_img",
  "specialties": [
    "140",
    "999"
  ],
  "sittings": [
    {"exam": "step2_ck", "outcome": "fail"},
    {
      "exam": "step2_ck",
      "outcome": "pass",
      "score": 301
    },
    {"exam": "step3", "outcome": "pass"}
  ],
  "visa_need": "j1",
  "ruled_out_states": ["NY"], "preferred_states": ["NY"]
}"""

    assert [(problem.line, problem.path) for problem in problems(text)] == [
        (5, "specialties[1]"),
        (12, "sittings[1].score"),
        (14, "sittings[2]"),
        (16, "visa_need"),
        (17, "ruled_out_states[0]"),
    ]


def test_parse_wrong_value_of_a_key_left_out_carries_the_line_around_it():
    text = '{"applicant_type": "us_img",\n"specialties": []}'

    assert only(text) == FileProblem(2, "specialties", "Choose at least one specialty.")


def test_parse_several_wrong_shapes_names_all_in_the_order_of_the_file():
    text = f'{{{LEAST},\n"publications": "3",\n"what": 1,\n"letters": [{{"from_us": 2,\n"x": 3}}]}}'

    assert [(problem.line, problem.path) for problem in problems(text)] == [(2, "publications"), (3, ""), (4, "letters[0].from_us"), (5, "letters[0]")]


def test_profile_error_says_everything_in_words():
    with pytest.raises(ProfileError) as caught:
        parse(f'{{{LEAST},\n"budget_usd": -1,\n"graduation_year": 1900}}')

    assert str(caught.value) == (
        "line 2: budget_usd: Enter a whole number from 0 to 100000, or leave it out if you do not know.\n"
        "line 3: graduation_year: Enter a year from 1950 to 2028."
    )
    assert str(only("{")) == "line 1, column 2: A key in double quotes is missing here."


# --- whatever is thrown at it ---

_json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.sampled_from(["step1", "pass", "us_img", "140", "NY", "2026-01-01"])),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.sampled_from([*PROFILE_KEYS, *SITTING_KEYS, *USCE_KEYS]), inner, max_size=6)),
    max_leaves=20,
)


def accepted(text):
    """Read, or refused with problems that can be printed: never anything else."""
    found = []
    try:
        parse(text)
    except ProfileError as error:
        found = error.problems or [FileProblem(0, "", "")]
    for problem in found:
        assert 1 <= problem.line <= text.count("\n") + 1
        assert problem.message != ""
        str(problem).encode("utf-8")
    return not found


@given(st.text())
def test_parse_any_text_is_refused_in_words(text):
    assert not accepted(text)


@given(_json_values)
def test_parse_any_json_is_read_or_refused_in_words(value):
    accepted(json.dumps(value, indent=1))


@given(st.data())
def test_parse_valid_profile_with_one_value_replaced_is_read_or_refused_in_words(data):
    plain = profile_to_json(FULL)
    plain[data.draw(st.sampled_from(sorted(plain)))] = data.draw(_json_values)
    text = json.dumps(plain, indent=1)

    if accepted(text):
        assert parse(json.dumps(profile_to_json(parse(text)))) == parse(text)


@given(st.integers(0, 2000), st.integers(0, 20), st.text(max_size=3))
def test_parse_valid_profile_with_characters_replaced_is_read_or_refused_in_words(start, length, patch):
    text = json.dumps(profile_to_json(FULL), indent=1)

    accepted(text[:start] + patch + text[start + length :])


def test_parse_earliest_day_of_a_spell_is_read_and_the_year_one_refused():
    assert only(with_key("usce", '[{"kind": "elective", "months": 1, "ended": "0001-01-01"}]')).path == "usce[0].ended"
    assert parse(with_key("usce", '[{"kind": "elective", "months": 1, "ended": "1950-01-01"}]')).usce == (
        UsceSpell(UsceKind.ELECTIVE, 1.0, ended=date(1950, 1, 1)),
    )
