"""The invented programs go through the same services as real ones, once."""

import pytest

from programs.demo.services import load_demo_programs
from programs.models import DataVersion, Fact, Program
from programs.reference import load_reference
from smartpick.models import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _reference():
    load_reference(by="test")


def test_load_demo_programs_marks_every_row_as_invented():
    load_demo_programs(by="test", programs=40)
    assert Program.objects.filter(is_demo=True).count() == Program.objects.count() == 40
    assert set(Fact.objects.values_list("source__is_demo", flat=True)) == {True}


def test_load_demo_programs_twice_changes_nothing():
    load_demo_programs(by="test", programs=40)
    before = DataVersion.objects.count(), Fact.objects.count(), AuditEvent.objects.count()
    assert load_demo_programs(by="test", programs=40) is None
    assert (DataVersion.objects.count(), Fact.objects.count(), AuditEvent.objects.count()) == before


def test_load_demo_programs_current_values_come_from_facts():
    load_demo_programs(by="test", programs=40)
    program = Program.objects.filter(visa_j1=True).first()
    assert "yes" in set(program.facts.filter(field="visa_j1").values_list("value", flat=True))
