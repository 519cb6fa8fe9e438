"""`manage.py resolve_facts`: what a new season makes of what is on record."""

import pytest
from django.core.management import call_command

from programs.models import DataVersion, Program
from programs.services import record_facts
from smartpick.models import AuditEvent
from tests.programs import builders
from tests.programs.builders import new_fact, query_count

pytestmark = pytest.mark.django_db
FRESH, STALE = {"visa_j1": ["known", "strict", False]}, {"visa_j1": ["known", "strict", True]}


@pytest.fixture(autouse=True)
def _one_fact(settings):
    settings.MATCH_YEAR = 2027
    builders.program()
    record_facts(by="ana@example.org", facts=[new_fact(builders.source(), season=2027)], batch=None, cause="A test")


def resolved():
    call_command("resolve_facts")
    return Program.objects.values_list("visa_j1", "field_states").get(key="1400500001")


def test_resolve_facts_in_a_new_season_turns_earlier_facts_stale(settings):
    before = resolved()
    settings.MATCH_YEAR = 2028
    assert (before, resolved()) == ((True, FRESH), (True, STALE))


def test_resolve_facts_repairs_what_does_not_follow_from_the_facts():
    Program.objects.update(visa_j1=False, field_states={})
    assert resolved() == (True, FRESH)


def test_resolve_facts_repeated_gives_the_same_values(settings):
    settings.MATCH_YEAR = 2028
    resolved()
    before = list(Program.objects.values())
    resolved()
    assert list(Program.objects.values()) == before


def test_resolve_facts_says_how_many_and_leaves_one_data_version(capsys):
    builders.program("1400500002")
    versions = DataVersion.objects.count()

    call_command("resolve_facts")

    event = AuditEvent.objects.get(verb="programs:resolve")
    assert capsys.readouterr().out.startswith("Resolved 2 programs for the 2027 Match. Took 0.")
    assert (DataVersion.objects.count() - versions, DataVersion.objects.latest("id").cause) == (1, "Facts resolved for the 2027 Match")
    assert (event.by, event.detail["programs"], event.detail["season"]) == ("manage.py resolve_facts", 2, 2027)


def test_resolve_facts_without_programs_leaves_no_data_version(capsys):
    Program.objects.all().delete()
    versions = DataVersion.objects.count()

    call_command("resolve_facts")

    assert capsys.readouterr().out.startswith("Resolved 0 programs for the 2027 Match.")
    assert DataVersion.objects.count() == versions


def test_resolve_facts_queries_do_not_grow_with_the_programs():
    few = query_count(lambda: call_command("resolve_facts"))
    for number in range(20):
        builders.program(f"14006{number:05}")
    assert query_count(lambda: call_command("resolve_facts")) == few
