"""Invented programs leave the lists of a specialty with its first real ones, and an admin is told before."""

from datetime import date

import pytest

from programs.imports.services import ImportRequest, apply, look
from tests.programs.builders import program, reference_tables

pytestmark = pytest.mark.django_db
FILE = b"acgme_id,name,city,state,visa_j1\n1400500001,Lakeshore Invented Hospital,Toledo,OH,yes\n1200500001,Harbor Invented Hospital,Toledo,OH,yes\n"
NOTE = "Real and invented programs never stand on one list: with their first real programs, the invented ones leave the lists of {}."


def request():
    return ImportRequest(data=FILE, file_name="letters.csv", season=2027, source="Program letters", as_of=date(2026, 9, 1))


@pytest.fixture(autouse=True)
def _tables():
    reference_tables()


def test_look_names_the_specialties_that_have_invented_programs_alone():
    program("1400599999", is_demo=True)
    assert look(request()).notes == (NOTE.format("Internal Medicine"),)


def test_look_says_nothing_where_real_programs_are_there_or_none_at_all():
    program("1400599999", is_demo=True)
    program("1400500007")
    assert look(request()).notes == ()


def test_look_after_the_import_says_nothing_more():
    program("1400599999", is_demo=True)
    apply(request(), by="test")
    assert look(request()).notes == ()
