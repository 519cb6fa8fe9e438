"""Saved lists: programs come and go, each with its result at once, and neither twice."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from applicants.models import Profile
from applicants.services import delete_abandoned_profiles, save_profile
from matching.choices import ON_LIST
from matching.models import ListEntry, ProgramList, ScoreSnapshot
from matching.queries import changes_since_looked, saved_list, saved_standings
from matching.services import editing as service
from matching.services.lists import ListError, add_to_list, mark_looked, remove_from_list
from matching.services.snapshots import refresh_profile
from programs.models import DataVersion, Program
from programs.queries import data_version
from programs.services import apply_changes
from smartpick.models import AuditEvent
from tests.matching.builders import add_programs, market, profile
from tests.matching.recomputing import OTHER_SPECIALTY, applicant, as_page_says, chances, entry, key, listed, notices, program_id, recompute, results, state
from tests.programs.builders import new_program, query_count

pytestmark = pytest.mark.django_db


def owner_of(count=3, **facts):
    market(count, **facts)
    return applicant()


def saved_keys(owner):
    return {key for key, standing in saved_standings(owner, 2027).items() if standing in ON_LIST}


def test_add_gives_each_program_its_result_at_once():
    owner = owner_of(visa_j1="yes")
    add_programs([8], visa_j1="no")
    added = listed(owner, 1, 8)
    assert (added.keys, added.size) == ((key(1), key(8)), 2)
    page = as_page_says(profile())
    assert {number: entry(owner, number).tier for number in (1, 8)} == {number: page[program_id(number)][0] for number in (1, 8)}
    assert entry(owner, 1).chance == chances(results(owner))[program_id(1)]
    assert (entry(owner, 8).chance, entry(owner, 8).excluded_by > 0, entry(owner, 8).data_version) == (0, True, data_version())


def test_add_twice_changes_nothing():
    owner = owner_of()
    listed(owner, 1, 2)
    before = list(ListEntry.objects.values())
    again = listed(owner, 2, 1, 2)
    assert (again.keys, again.size, list(ListEntry.objects.values())) == ((), 2, before)


def test_add_keeps_other_entries_for_the_recompute_that_tells_of_them():
    owner = owner_of(60, visa_j1="yes")
    recompute()
    listed(owner, 1)
    state(1, visa_j1="no")
    listed(owner, 2)
    assert entry(owner, 1).tier != 3
    recompute()
    assert [(who, kind) for who, kind, _ in notices(owner)] == [(key(1), "excluded")]


def test_add_of_another_specialty_has_recomputes_reach_it():
    owner = owner_of()
    apply_changes(by="test", cause="test", programs=[new_program("1200500001", name="Invented Family Medicine", specialty=OTHER_SPECIALTY)])
    add_to_list(by="visitor", profile=owner, keys=["1200500001"], match_year=2027)
    recompute()
    assert set(ScoreSnapshot.objects.values_list("specialty", flat=True)) == {"140", OTHER_SPECIALTY}
    state_other = DataVersion.objects.create(cause="closed", touched={str(Program.objects.get(key="1200500001").pk): [""]})
    Program.objects.filter(key="1200500001").update(track_types="R")
    recompute()
    assert ListEntry.objects.get().data_version == state_other.pk
    assert [kind for _, kind, _ in notices(owner)] == ["gone"]


def test_add_of_a_program_that_is_not_ranked_has_no_result():
    owner = owner_of()
    Program.objects.filter(key=key(1)).update(track_types="R")
    listed(owner, 1)
    assert (entry(owner, 1).tier, entry(owner, 1).data_version) == (None, data_version())


@pytest.mark.parametrize("missing", ["1409999999", "", "no such"])
def test_add_of_no_program_is_refused_and_adds_nothing(missing):
    owner = owner_of()
    with pytest.raises(ListError, match="There is no program"):
        add_to_list(by="visitor", profile=owner, keys=[key(1), missing], match_year=2027)
    assert ProgramList.objects.count() == 0


def test_add_of_a_withdrawn_program_is_refused():
    owner = owner_of()
    Program.objects.filter(key=key(1)).update(is_withdrawn=True)
    with pytest.raises(ListError, match="There is no program"):
        listed(owner, 1)


@pytest.mark.parametrize("change", [add_to_list, remove_from_list])
def test_other_season_is_refused(change):
    owner = owner_of()
    with pytest.raises(ListError, match="2026 Match cannot be changed any more: the 2027 season is open"):
        change(by="visitor", profile=owner, keys=[key(1)], match_year=2026)


def test_more_than_the_most_is_refused_as_a_whole(monkeypatch):
    monkeypatch.setattr(service, "MOST_ENTRIES", 2)
    owner = owner_of()
    listed(owner, 1, 2)
    with pytest.raises(ListError, match="at most 2 programs, and this would make it 3"):
        listed(owner, 3)
    listed(owner, 2)
    assert saved_keys(owner) == {key(1), key(2)}


def test_deleted_profile_is_refused():
    owner = owner_of()
    Profile.objects.all().delete()
    with pytest.raises(ListError, match="deleted"):
        listed(owner, 1)


def test_remove_takes_off_what_is_there_and_passes_over_the_rest():
    owner = owner_of()
    listed(owner, 1, 2)
    gone = remove_from_list(by="visitor", profile=owner, keys=[key(2), key(3), "nothing"], match_year=2027)
    assert (gone.keys, gone.size, saved_keys(owner)) == ((key(2),), 1, {key(1)})
    assert remove_from_list(by="visitor", profile=owner, keys=[key(2)], match_year=2027).keys == ()


def test_lists_of_others_are_not_touched():
    owner, other = owner_of(), applicant()
    listed(owner, 1)
    listed(other, 1)
    remove_from_list(by="visitor", profile=owner, keys=[key(1)], match_year=2027)
    assert [saved_keys(one) for one in (owner, other)] == [set(), {key(1)}]


def test_audit_event_is_kept_where_somebody_else_writes():
    owner = owner_of()
    listed(owner, 1)
    add_to_list(by="advisor@example.org", profile=owner, keys=[key(2)], match_year=2027)
    remove_from_list(by="advisor@example.org", profile=owner, keys=[key(2)], match_year=2027)
    found = AuditEvent.objects.filter(verb__startswith="list:").order_by("pk")
    assert list(found.values_list("by", "verb", "target")) == [("advisor@example.org", f"list:{verb}", f"profile:{owner.pk}") for verb in ("add", "remove")]


def test_saved_list_of_somebody_without_one_is_none():
    owner = owner_of()
    assert (saved_list(owner, 2027), saved_standings(owner, 2027)) == (None, {})


def test_changes_since_looked_are_those_after_the_last_look():
    owner = owner_of(60, visa_j1="yes")
    recompute()
    listed(owner, 1, 2)
    state(1, visa_j1="no")
    recompute()
    seen = saved_list(owner, 2027)
    assert [one.program_key for one in changes_since_looked(seen)] == [key(1)]
    mark_looked(seen)
    seen.refresh_from_db()
    assert list(changes_since_looked(seen)) == []
    state(2, visa_j1="no")
    recompute()
    assert [one.program_key for one in changes_since_looked(seen)] == [key(2)]


@pytest.mark.parametrize("count", [2, 20])  # of a single one the name is looked up as well
def test_add_takes_the_same_queries_for_any_number_of_programs(count):
    owner = owner_of(20)
    listed(applicant(), 20)  # reads the programs
    recompute()
    assert query_count(lambda: listed(owner, *range(1, count + 1))) == 33 + (connection.vendor == "postgresql") * 5  # its locks, and a staging table


def test_profile_that_drops_a_specialty_keeps_results_for_what_is_on_its_list():
    owner = owner_of()
    listed(owner, 1)
    refresh_profile(save_profile(by="visitor", data=profile(specialties=(OTHER_SPECIALTY,)), profile=owner))
    assert set(ScoreSnapshot.objects.values_list("specialty", flat=True)) == {"140", OTHER_SPECIALTY}


def test_work_on_a_list_counts_as_work_on_its_profile():
    """Else the clean-up would take a profile, and the list with it, from somebody who works on the list alone."""
    owner, long_ago = owner_of(), timezone.now() - timedelta(days=200)
    for change in (add_to_list, remove_from_list):
        Profile.objects.update(updated_at=long_ago)
        change(by="visitor", profile=owner, keys=[key(1)], match_year=2027)
        assert delete_abandoned_profiles(by="test", before=timezone.now() - timedelta(days=90)) == 0
