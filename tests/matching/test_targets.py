"""The balance that an applicant wants: kept, checked, and taken back."""

import pytest

from matching.engine import Tier
from matching.models import ProgramList
from matching.services.lists import ListError
from matching.services.targets import set_target, target_of
from smartpick.models import AuditEvent
from tests.matching.builders import market
from tests.matching.recomputing import applicant, listed

pytestmark = pytest.mark.django_db
OWN = {Tier.REACH: 20, Tier.MIDDLE: 40, Tier.SAFER: 40}


def put(owner, target, by="visitor", match_year=2027):
    return set_target(by=by, profile=owner, match_year=match_year, target=target)


def kept(owner):
    return target_of(ProgramList.objects.get(profile=owner))


def test_target_is_kept_and_taken_back():
    owner = applicant()
    put(owner, OWN)
    assert kept(owner) == OWN
    put(owner, None)
    assert kept(owner) is None


def test_target_leaves_entries_and_version_as_they_are():
    market(2)
    owner = applicant()
    listed(owner, 1, 2)
    before = ProgramList.objects.get(profile=owner)
    put(owner, OWN)
    after = ProgramList.objects.get(profile=owner)
    assert (after.version, after.entries.count()) == (before.version, 2)


@pytest.mark.parametrize("wrong", [{**OWN, Tier.SAFER: 41}, {Tier.REACH: -20, Tier.MIDDLE: 80, Tier.SAFER: 40}, {Tier.REACH: 50, Tier.MIDDLE: 50}])
def test_target_that_makes_no_hundred_is_refused(wrong):
    owner = applicant()
    with pytest.raises(ListError, match="have to make 100 together"):
        put(owner, wrong)
    assert ProgramList.objects.count() == 0


def test_target_of_another_season_is_refused():
    with pytest.raises(ListError, match="cannot be changed any more"):
        put(applicant(), OWN, match_year=2026)


def test_target_by_another_leaves_an_event():
    owner = applicant()
    put(owner, OWN)
    assert AuditEvent.objects.count() == 0
    put(owner, OWN, by="advisor@example.org")
    assert list(AuditEvent.objects.values_list("by", "verb")) == [("advisor@example.org", "list:target")]
