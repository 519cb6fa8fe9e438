"""Causes stay short, whatever is behind them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.choices import ChangeKind
from matching.engine import Criterion
from matching.engine.tables import ApplicantKind, Visa
from matching.services.causes import MOST_LETTERS, Moved, causes, day
from matching.services.wording import CRITERIA, fields_behind
from programs.fields import BY_NAME
from programs.models import Program
from programs.services import apply_changes
from tests.programs.builders import new_fact, new_program, program, query_count, reference_tables, source

AGENT = (int(ApplicantKind.NON_US_IMG), int(Visa.J1))


def moved(kind, before=0, after=0, *, program_id=1, closed_on=None, new_level=False):
    return Moved(kind, program_id, before, after, AGENT, closed_on, new_level)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("one", "cause"),
    [
        (moved(ChangeKind.EXCLUDED, after=Criterion.NATIONAL_ATTEMPTS.bit), "National rule: four attempts at a Step without a pass"),
        (moved(ChangeKind.EXCLUDED, after=Criterion.OWN_STATE.bit), "In a state you ruled out"),
        (moved(ChangeKind.EXCLUDED, after=Criterion.VISA.bit), "J-1 visa: no longer stated"),
        (moved(ChangeKind.BETTER), "Import of programs.csv"),
        (moved(ChangeKind.WORSE, new_level=True), "The level of the specialty was set anew over its programs: Import of programs.csv"),
        (moved(ChangeKind.EXCLUDED, after=Criterion.OWN_STATE.bit, new_level=True), "In a state you ruled out"),
        (moved(ChangeKind.GONE), "No longer on lists: Import of programs.csv"),
        (moved(ChangeKind.GONE, closed_on=date(2026, 9, 2)), "The program closed on 2 Sep 2026"),
        (moved(ChangeKind.BACK), "Listed again: Import of programs.csv"),
    ],
)
def test_cause_without_a_fact(one, cause):
    assert causes([one], touched={}, season=2027, otherwise="Import of programs.csv") == [cause]


@pytest.mark.django_db
def test_cause_names_only_fields_that_results_read_and_is_cut_at_its_length():
    reference_tables()
    one = program("1400500001")
    every = {one.pk: frozenset(BY_NAME)}
    (cause,) = causes([moved(ChangeKind.WORSE, program_id=one.pk)], touched=every, season=2027, otherwise="x")
    assert (len(cause), cause[-2:], "Deadline" in cause) == (MOST_LETTERS, " …", False)


@pytest.mark.django_db
def test_cause_names_a_new_level_beside_the_facts_that_changed():
    reference_tables()
    stated = [new_fact(source(), "visa_j1", "no", program_key="1400500001")]
    apply_changes(by="t", cause="t", programs=[new_program("1400500001")], facts=stated)
    one = moved(ChangeKind.BETTER, program_id=Program.objects.get().pk, new_level=True)
    (cause,) = causes([one], touched={one.program_id: frozenset({"visa_j1"})}, season=2027, otherwise="x")
    assert cause == "J-1 visa: no, says Program pages, 1 Sep 2026; the level of the specialty was set anew over its programs"


@pytest.mark.django_db
def test_causes_take_one_query_for_any_number():
    reference_tables()
    keys = [f"140050000{number}" for number in range(1, 6)]
    apply_changes(by="t", cause="t", programs=[new_program(key) for key in keys], facts=[new_fact(source(), "visa_j1", "no", program_key=key) for key in keys])
    many = [moved(ChangeKind.EXCLUDED, after=Criterion.VISA.bit, program_id=number) for number in range(1, 6)]
    assert query_count(lambda: causes(many, touched={}, season=2027, otherwise="x")) == 1


@given(st.sampled_from(list(Criterion)), st.sampled_from(list(ApplicantKind)), st.sampled_from(list(Visa)))
def test_fields_behind_are_some_of_those_that_decide(criterion, kind, visa):
    found = fields_behind(criterion, kind=kind, visa=visa)
    assert set(found) <= set(CRITERIA[criterion].fields) <= set(BY_NAME)


def test_day_is_told_short():
    assert day(date(2026, 9, 12)) == "12 Sep 2026"
