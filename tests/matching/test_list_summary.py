"""What a list comes to, in the words of a file."""

from datetime import UTC, datetime

import pytest

from matching.choices import Standing
from matching.models import ProgramList
from matching.services.editing import change_list
from matching.services.list_summary import ESTIMATES, dollars, fee_note, interviews, match_chance, summary_rows, tier_rows, total_fee
from matching.services.workspace import Workspace
from programs.fees import Bill, BillItem
from programs.models import ApplicationFee, ApplicationService
from tests.matching.builders import add_programs, market
from tests.matching.recomputing import applicant, key, listed
from tests.matching.seasons import TODAY
from tests.programs.builders import SOURCED

pytestmark = pytest.mark.django_db
NAMES = {"140": "Internal Medicine"}
AS_OF = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def work():
    market(3, visa_j1="yes")
    add_programs([8], visa_j1="no")
    ApplicationService.objects.create(specialty_id="140", season=2027, service="Invented service", **SOURCED)
    ApplicationFee.objects.create(service="Invented service", season=2026, from_program=1, fee_usd=11, **SOURCED)
    owner = applicant()
    listed(owner, 1, 2, 8)
    change_list(by="visitor", profile=owner, match_year=2027, edits={key(3): {"standing": Standing.SUGGESTED}}, said="suggested")
    return Workspace(ProgramList.objects.get())


def test_summary_says_what_the_list_comes_to_and_what_it_rests_on(work):
    told = {label: value for label, value, _ in summary_rows(work, NAMES, as_of=AS_OF, today=TODAY)}
    assert (told["Season"], told["Written on"], told["Program data as of"]) == ("2027 Match", TODAY, AS_OF.date())
    assert (told["Applications"], told["Suggested"], told["Of these excluded"]) == (3, 1, 1)
    assert (told["Fees in Internal Medicine"], told["Fees in all"]) == ("$33", "$33, at prices of 2026")
    assert (told["Expected interviews"], told["Chance of a match"]) == (interviews(work), match_chance(work))
    assert summary_rows(work, NAMES, as_of=AS_OF, today=TODAY)[0][2].startswith(ESTIMATES)


def test_tiers_count_applications_only(work):
    assert sum(count for _, count in tier_rows(work)) == 3
    assert ("excluded", 1) in tier_rows(work)


def test_list_without_an_outlook_says_that_nothing_is_known():
    market(1)
    owner = applicant()
    change_list(by="visitor", profile=owner, match_year=2027, edits={key(1): {"standing": Standing.VETOED}}, said="ruled out")
    work = Workspace(ProgramList.objects.get())
    assert (interviews(work), match_chance(work), total_fee(work.bill)) == ("not known", "not known", "$0")


def test_prices_that_are_not_known_are_said_to_be():
    item = BillItem("140", 2, "", None, ())
    assert (dollars(None), total_fee(Bill((item,)))) == ("not known", "not known")
    assert fee_note(item) == "2 applications through a service that is not known. Prices start anew in each specialty."
