"""What applications cost, against the services' own worked examples."""

import pytest
from django.core.management import call_command

from programs.fees import FeeSchedule, FeeStep, with_earlier
from programs.models import ApplicationFee
from programs.queries import fee_schedule
from tests.programs.builders import query_count

pytestmark = pytest.mark.django_db
INTERNAL_MEDICINE, EMERGENCY_MEDICINE = "140", "110"


@pytest.fixture
def _reference():
    call_command("load_reference", verbosity=0)


# (season, programs in each specialty, total as the services state it)
@pytest.mark.parametrize(
    ("season", "counts", "total"),
    [
        (2024, (30,), 519),
        (2024, (20, 10), 388),
        (2024, (23, 7), 457),
        (2024, (12, 10, 8), 335),
        (2026, (30,), 330),
        (2026, (43, 7), 797),
        (2026, (32, 32), 780),
    ],
)
@pytest.mark.usefixtures("_reference")
def test_cost_is_that_of_the_services_worked_examples(season, counts, total):
    steps = [step for step in _eras_steps() if step.season == season]
    schedule = FeeSchedule("ERAS", season, tuple(steps))
    assert sum(schedule.cost(count) for count in counts) == total


def _eras_steps():
    rows = ApplicationFee.objects.filter(service="ERAS").order_by("season", "from_program")
    return [FeeStep(row.from_program, row.to_program, row.fee_usd, row.flat, row.season) for row in rows]


@pytest.mark.usefixtures("_reference")
def test_fee_schedule_fills_this_seasons_gap_with_the_last_ones_price_and_says_so():
    schedule = fee_schedule(INTERNAL_MEDICINE, 2027)
    assert [schedule.service, schedule.cost(30), schedule.cost(100)] == ["ERAS", 330, 330 + 70 * 30]
    assert schedule.note.endswith("Not all prices of 2027 are published; those of 2026 stand in for them.")


@pytest.mark.usefixtures("_reference")
def test_fee_schedule_of_emergency_medicine_is_its_own_service_with_a_flat_first_step():
    schedule = fee_schedule(EMERGENCY_MEDICINE, 2027)
    assert [schedule.service, schedule.cost(5), schedule.cost(18), schedule.cost(46)] == ["ResidencyCAS", 99, 99, 683]
    assert query_count(lambda: fee_schedule(EMERGENCY_MEDICINE, 2027)) == 2


def test_fee_schedule_where_nothing_is_known_has_no_price_and_no_note():
    schedule = fee_schedule(INTERNAL_MEDICINE, 2027)
    assert [schedule.cost(10), schedule.cost(0), schedule.note] == [None, 0, ""]


def test_with_earlier_leaves_a_price_unknown_that_was_never_published():
    first, never = FeeStep(1, 30, 11, flat=False, season=2027), FeeStep(31, None, None, flat=False, season=2027)
    schedule = with_earlier("ERAS", 2027, [[first, never], [FeeStep(1, 30, 9, flat=False, season=2026)]])
    assert [schedule.cost(30), schedule.cost(31)] == [330, None]
    assert "stand in" not in schedule.note
