"""What columns mean, by their header."""

import pytest

from matching.list_files.columns import COLUMNS, KEYS, LABELS
from matching.list_files.meanings import CHOICES, guessed, identifies


@pytest.mark.parametrize(
    ("title", "meaning"),
    [
        ("Program Name", "program"),
        ("ACGME ID", "acgme_id"),
        ("Accreditation ID", "acgme_id"),
        ("ACGME # (10 digits)", "acgme_id"),
        ("NRMP Program Code", "nrmp_codes"),
        ("NRMP / ERAS no.", "nrmp_codes"),
        ("City/State", "place"),
        ("Speciality", "specialty"),
        ("My notes", "note"),
        ("Signaled?", "signal"),
        ("Applied Dates", "step_applied"),
        ("Interview date", "step_interviewed"),
        ("Status", "status"),
        ("Sponsoring institution", "institution"),
        ("Residents per class", ""),
        ("", ""),
    ],
)
def test_column_is_guessed_from_its_header(title, meaning):
    assert guessed([title]) == {0: meaning}


def test_second_column_of_one_meaning_is_left_out():
    assert guessed(["Program", "Program name", "ACGME id", "ACGME code"]) == {0: "program", 1: "", 2: "acgme_id", 3: ""}


def test_own_columns_are_all_guessed_right():
    read = {column.key for column in COLUMNS if column.read}
    assert guessed(LABELS) == {place: key if key in read else "" for place, key in enumerate(KEYS)}


@pytest.mark.parametrize(("meanings", "enough"), [({0: "acgme_id"}, True), ({0: "institution"}, True), ({0: "city", 1: "note"}, False), ({}, False)])
def test_file_needs_a_column_that_names_programs(meanings, enough):
    assert identifies(meanings) is enough


def test_every_meaning_has_words_of_its_own():
    assert len({label for _, label in CHOICES}) == len(CHOICES)
