"""Whom a change would touch, before it is made: exactly what making it does."""

import pytest

from matching.engine import Criterion
from matching.models import ListEntry
from matching.services.impact import Hypothetical, Impact, impact
from programs.models import DataVersion, Program
from tests.matching.builders import add_programs, market
from tests.matching.recomputing import applicant, listed, program_id, recompute, results, state
from tests.programs.builders import query_count

pytestmark = pytest.mark.django_db
KNOWN_NO = {"visa_j1": ["known", "strict", False]}
NOTHING = Impact(0, 0, 0, 0, 0, 0, 0, 0, 0, {})


def people(count=60, **facts):
    """Two applicants with results, one of whom has a list."""
    market(count, **facts)
    owner, other = applicant(), applicant(publications=0)
    recompute()
    listed(owner, 1, 2)
    return owner, other


def no_visa(*numbers):
    """These programs would say that they sponsor no J-1 visa."""
    ids = [program_id(number) for number in numbers]
    return Hypothetical(values={pk: {"visa_j1": False} for pk in ids}, states=dict.fromkeys(ids, KNOWN_NO))


def test_impact_of_nothing_is_nothing():
    people()
    assert impact(Hypothetical()) == NOTHING


def test_impact_counts_pairs_people_entries_lists_and_reasons():
    people(visa_j1="yes")
    found = impact(no_visa(2, 3))
    assert found == Impact(2, 2, better=0, worse=0, excluded=4, opened=0, gone=0, entries=1, lists=1, reasons={Criterion.VISA: 4})


def test_impact_of_opening_and_of_other_tiers():
    people(visa_j1="yes", share_non_us_img="0.3")
    add_programs([70], visa_j1="no")
    recompute()
    pk = program_id(70)
    then = Hypothetical(
        values={pk: {"visa_j1": True}, program_id(1): {"share_non_us_img": 0.01}},
        states={pk: {"visa_j1": ["known", "strict", False]}},
    )
    found = impact(then)
    assert (found.opened, found.worse, found.entries) == (2, 2, 1)


def test_impact_of_closing_counts_those_to_whom_it_was_open():
    people(visa_j1="yes")
    add_programs([70], visa_j1="no")
    recompute()
    found = impact(Hypothetical(closed=frozenset({program_id(1), program_id(70)})))
    assert (found.gone, found.applicants, found.entries, found.lists) == (2, 2, 1, 1)


def test_impact_of_a_program_on_no_list_or_of_nobody_is_nothing():
    people()
    Program.objects.filter(pk=program_id(5)).update(track_types="R")
    DataVersion.objects.create(cause="tracks", touched={str(program_id(5)): [""]})
    recompute()
    found = impact(no_visa(5))
    assert (found.applicants, found.excluded) == (0, 0)
    assert impact(Hypothetical(values={999_999: {"visa_j1": False}})) == NOTHING


def test_impact_is_what_the_change_does():
    owner, other = people(visa_j1="yes", share_non_us_img="0.3")
    state(9, share_non_us_img="0.02")
    recompute()
    foreseen = impact(no_visa(1, 9))
    before = {one.pk: results(one) for one in (owner, other)}
    state(1, visa_j1="no")
    state(9, visa_j1="no")
    run = recompute()
    moved = [(one.pk, pk) for one in (owner, other) for pk, row in results(one).items() if row[0] != before[one.pk][pk][0]]
    assert (foreseen.excluded, foreseen.applicants, foreseen.entries) == (len(moved), len({pk for pk, _ in moved}), run.notices)


def test_impact_writes_nothing():
    people(visa_j1="yes")
    before = list(ListEntry.objects.values())
    impact(no_visa(1, 2))
    assert list(ListEntry.objects.values()) == before


@pytest.mark.parametrize(("programs", "changed"), [(25, 1), (60, 20)])
def test_impact_takes_the_same_queries_for_any_number(programs, changed):
    people(programs, visa_j1="yes")
    then = no_visa(*range(1, changed + 1))
    assert query_count(lambda: impact(then)) == 7


def test_impact_before_any_run_measures_nobody():
    market(3)
    applicant()
    assert impact(no_visa(1)) == NOTHING


def test_people_of_another_engine_are_not_measured(monkeypatch):
    people(visa_j1="yes")
    monkeypatch.setattr("matching.services.aims.engine_name", lambda: "3-other")
    assert impact(no_visa(1)).measured == 0
