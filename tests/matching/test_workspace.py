"""A list as its pages see it: lines, chances with connection and signal, outlook and bill."""

import pytest

from matching.choices import Standing
from matching.engine import Tier, list_outlook, ties
from matching.engine.boosts import shifted
from matching.models import ListEntry, ProgramList
from matching.services.editing import change_list
from matching.services.workspace import Workspace
from programs.models import ApplicationFee, ApplicationService, Program
from programs.services import apply_changes
from tests.matching.builders import add_programs, market
from tests.matching.recomputing import applicant, key, listed
from tests.programs.builders import SOURCED, new_fact, new_program, query_count, source

pytestmark = pytest.mark.django_db
FAMILY = "1200500001"


@pytest.fixture
def owner():
    market(3, visa_j1="yes")
    return applicant()


def edit(owner, **by_number):
    edits = {key(int(name[1:])): fields for name, fields in by_number.items()}
    change_list(by="visitor", profile=owner, match_year=2027, edits=edits, said="changed")


def workspace(owner):
    return Workspace(ProgramList.objects.get(profile=owner))


def family(owner):
    """A program of another specialty, on the list."""
    apply_changes(
        by="test",
        cause="test",
        programs=[new_program(FAMILY, specialty="120", name="Invented Clinic")],
        facts=[new_fact(source(), "visa_j1", "yes", program_key=FAMILY)],
    )
    change_list(by="visitor", profile=owner, match_year=2027, edits={FAMILY: {}}, said="added")


def test_lines_are_the_entries_in_their_owners_order(owner):
    listed(owner, 1, 2, 3)
    edit(owner, n1={"position": 900, "note": "x", "tags": ["y"], "standing": "vetoed"})
    found = workspace(owner)
    assert [(line.key, line.standing) for line in found.lines] == [(key(2), Standing.ADDED), (key(3), Standing.ADDED), (key(1), Standing.VETOED)]
    line, program = found.by_key[key(1)], Program.objects.get(key=key(1))
    assert (line.name, line.city, line.state, line.specialty, line.program_id) == (program.name, "Toledo", "OH", "140", program.pk)
    assert (line.note, line.tags, line.connection, line.signal) == ("x", ["y"], "none", "")


def test_applications_are_what_is_added_or_locked(owner):
    listed(owner, 1, 2, 3)
    edit(owner, n1={"standing": "locked"}, n2={"standing": "suggested"})
    found = workspace(owner)
    assert [line.key for line in found.applications] == [key(1), key(3)]
    assert [line.key for line in found.of(Standing.SUGGESTED)] == [key(2)]


def test_chances_without_connection_and_signal_are_those_of_the_entries(owner):
    listed(owner, 1, 2)
    found, kept = workspace(owner), ListEntry.objects.get(program__key=key(1))
    now = found.now[key(1)]
    assert (now.tier, now.moved) == (Tier(kept.tier), False)
    assert (now.chance, now.low, now.high) == pytest.approx((kept.chance, kept.low, kept.high))


def test_connection_adds_its_log_odds(owner):
    listed(owner, 1)
    edit(owner, n1={"connection": "moderate"})
    line, now, tie = workspace(owner).lines[0], workspace(owner).now[key(1)], ties()["connection_moderate"]
    assert (now.chance, now.high) == pytest.approx((shifted(line.chance, tie.mid), shifted(line.high, tie.high)))
    assert now.moved


def test_signal_counts_there_and_against_programs_without_one(owner):
    listed(owner, 1, 2, 3)
    Program.objects.filter(key=key(3)).update(signals_used=False)
    edit(owner, n1={"signal": "gold"})
    found = workspace(owner)
    by = [found.now[key(number)].chance / found.by_key[key(number)].chance for number in (1, 2, 3)]
    assert (by[0] > 1, by[1] < 1, by[2]) == (True, True, pytest.approx(1))
    assert found.signals_placed("140") == {"gold": 1}
    assert found.signaled == {"140"}


def test_tier_follows_connection(owner):
    listed(owner, 1)
    ListEntry.objects.update(tier=int(Tier.MIDDLE), chance=0.09, low=0.05, high=0.2)
    edit(owner, n1={"connection": "strong"})
    assert workspace(owner).now[key(1)].tier is Tier.SAFER


def test_excluded_stays_excluded_whatever_the_connection(owner):
    add_programs([8], visa_j1="no")
    listed(owner, 8)
    edit(owner, n8={"connection": "strong"})
    now = workspace(owner).now[key(8)]
    assert (now.tier, now.chance) == (Tier.EXCLUDED, 0)


def test_what_is_not_ranked_has_no_chance(owner):
    listed(owner, 1, 2)
    ListEntry.objects.filter(program__key=key(1)).update(tier=None, chance=None, low=None, high=None)
    found = workspace(owner)
    assert found.now[key(1)] is None
    assert found.tier_counts()[None] == 1


def test_outlook_is_that_of_the_applications_alone(owner):
    listed(owner, 1, 2, 3)
    edit(owner, n3={"standing": "suggested"})
    found = workspace(owner)
    part = found.parts[0]
    alone = list_outlook([(part.applicant, part.programs.table.take(part.positions), part.programs.model)])
    assert [line.key for line in part.lines] == [key(1), key(2)]
    assert found.outlook.middle.match == pytest.approx(alone.middle.match)


def test_outlook_rises_with_a_connection_and_its_range_too(owner):
    listed(owner, 1, 2, 3)
    before = workspace(owner).outlook
    edit(owner, n1={"connection": "strong"})
    after = workspace(owner).outlook
    assert after.middle.expected > before.middle.expected
    assert after.high.expected - after.low.expected > before.high.expected - before.low.expected


def test_outlook_of_an_empty_list_is_none(owner):
    listed(owner, 1)
    edit(owner, n1={"standing": "vetoed"})
    found = workspace(owner)
    assert (found.outlook, found.parts, found.bill.usd) == (None, (), 0)


def test_specialties_have_a_part_each_the_preferred_first(owner):
    listed(owner, 1)
    family(owner)
    assert [(part.specialty, len(part.lines)) for part in workspace(owner).parts] == [("140", 1), ("120", 1)]


def test_bill_counts_each_specialty_anew_and_nothing_for_what_is_closed(owner):
    for code in ("140", "120"):
        ApplicationService.objects.create(specialty_id=code, season=2027, service="ERAS", **SOURCED)
    ApplicationFee.objects.create(service="ERAS", season=2027, from_program=1, to_program=1, fee_usd=11, **SOURCED)
    ApplicationFee.objects.create(service="ERAS", season=2026, from_program=2, fee_usd=30, **SOURCED)
    ApplicationFee.objects.create(service="ERAS", season=2027, from_program=2, fee_usd=None, **SOURCED)
    listed(owner, 1, 2, 3)
    family(owner)
    Program.objects.filter(key=key(3)).update(closed_on="2026-11-01")
    found = workspace(owner).bill
    assert [(item.specialty, item.programs, item.usd) for item in found.items] == [("140", 2, 41), ("120", 1, 11)]
    assert (found.usd, found.stands_in) == (52, (2026,))


def everything(found):
    return found.now, found.outlook, found.bill, found.tier_counts()


@pytest.mark.parametrize("count", [1, 30])
def test_queries_do_not_grow_with_the_list(count):
    market(count, visa_j1="yes")
    owner = applicant()
    listed(owner, *range(1, count + 1))
    everything(workspace(owner))  # reads the programs of the specialty, once a process
    saved = ProgramList.objects.select_related("profile").get(profile=owner)
    assert query_count(lambda: everything(Workspace(saved))) == 9
