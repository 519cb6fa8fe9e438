"""What applications cost, against the services' own worked examples."""

import pytest
from django.core.management import call_command

from programs.fees import Bill, FeeSchedule, FeeStep, bill, with_earlier
from programs.models import ApplicationFee
from programs.queries import fee_schedule, fee_schedules
from tests.programs.builders import query_count

pytestmark = pytest.mark.django_db
INTERNAL_MEDICINE, EMERGENCY_MEDICINE = "140", "110"


@pytest.fixture
def _reference():
    call_command("load_reference", verbosity=0)


AAMC = "https://students-residents.aamc.org/applying-residencies-eras"
AAMC_2024 = f"{AAMC}/fees-eras-residency-applications"
AAMC_2026 = f"{AAMC}/publication-chapters/fees-2025-eras-season"
SAEM_2026 = "https://www.saem.org/about-saem/academies-interest-groups-affiliates2/rams/rams-resources/aeros-residencycas-infographics"


# (service, season, programs in each specialty, total as the service states it, where)
@pytest.mark.parametrize(
    ("service", "season", "counts", "total", "address"),
    [
        ("ERAS", 2024, (30,), 519, AAMC_2024),
        ("ERAS", 2024, (20, 10), 388, AAMC_2024),
        ("ERAS", 2024, (23, 7), 457, AAMC_2024),
        ("ERAS", 2024, (12, 10, 8), 335, AAMC_2024),
        *(("ERAS", season, (30,), 330, AAMC_2026) for season in (2025, 2026)),
        *(("ERAS", season, (43, 7), 797, AAMC_2026) for season in (2025, 2026)),
        *(("ERAS", season, (32, 32), 780, AAMC_2026) for season in (2025, 2026)),
        ("ResidencyCAS", 2026, (46,), 683, SAEM_2026),
    ],
)
@pytest.mark.usefixtures("_reference")
def test_cost_and_bill_are_those_of_the_services_worked_examples(service, season, counts, total, address):
    assert ApplicationFee.objects.filter(service=service, season=season).exists(), address
    schedule = _schedule(service, season)
    specialties = {f"specialty {number}": count for number, count in enumerate(counts)}
    found = bill(specialties, dict.fromkeys(specialties, schedule))
    assert sum(schedule.cost(count) for count in counts) == found.usd == total
    assert [[item.programs for item in found.items], found.stands_in] == [list(counts), ()]


def _schedule(service, season):
    rows = ApplicationFee.objects.filter(service=service, season=season).order_by("from_program")
    return FeeSchedule(service, season, tuple(FeeStep(row.from_program, row.to_program, row.fee_usd, row.flat, row.season) for row in rows))


@pytest.mark.parametrize(("programs", "usd", "stands_in"), [(0, 0, ()), (1, 11, ()), (30, 330, ()), (31, 360, (2026,)), (100, 2430, (2026,))])
@pytest.mark.usefixtures("_reference")
def test_eras_2027_above_30_programs_is_last_seasons_price_and_marked(programs, usd, stands_in):
    schedule = fee_schedule(INTERNAL_MEDICINE, 2027)
    assert [schedule.cost(programs), schedule.stands_in(programs)] == [usd, stands_in]
    found = bill({INTERNAL_MEDICINE: programs}, {INTERNAL_MEDICINE: schedule})
    assert [found.usd, found.stands_in, len(found.items)] == [usd, stands_in, bool(programs)]


@pytest.mark.usefixtures("_reference")
def test_bill_adds_specialties_each_with_its_own_service_and_mark():
    schedules = fee_schedules([INTERNAL_MEDICINE, EMERGENCY_MEDICINE], 2027)
    found = bill({INTERNAL_MEDICINE: 40, EMERGENCY_MEDICINE: 20}, schedules)
    # 30 x 11 + 10 x 30 and 99 + 2 x 18; Emergency Medicine has no price of 2027 at all.
    assert [(item.specialty, item.programs, item.service, item.usd, item.stands_in) for item in found.items] == [
        (INTERNAL_MEDICINE, 40, "ERAS", 630, (2026,)),
        (EMERGENCY_MEDICINE, 20, "ResidencyCAS", 135, (2026,)),
    ]
    assert [found.usd, found.stands_in] == [765, (2026,)]


def test_bill_with_a_price_that_was_never_published_has_no_total():
    known, never = FeeStep(1, 30, 11, flat=False, season=2027), FeeStep(31, None, None, flat=False, season=2027)
    schedules = {"140": FeeSchedule("ERAS", 2027, (known, never)), "110": FeeSchedule("", 2027, ())}
    assert [item.usd for item in bill({"140": 31, "110": 2}, schedules).items] == [None, None]
    assert bill({"140": 31}, schedules).usd is None
    assert bill({"140": 30}, schedules).usd == 330
    assert bill({}, schedules) == Bill(())
    assert bill({"110": 0}, schedules).usd == 0


def test_bill_of_a_specialty_without_a_schedule_is_an_error():
    with pytest.raises(KeyError):
        bill({"140": 1}, {})


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
