"""What a recompute tells about a saved list: each move once, with its cause from facts."""

from datetime import date

import pytest

from applicants.choices import ApplicantType, VisaNeed
from applicants.queries import profile_data
from matching.choices import ChangeKind, Standing
from matching.engine import Tier
from matching.models import ChangeNotice, ListEntry, ProgramList
from matching.services.editing import change_list
from matching.services.entries import kind_of
from programs.models import DataVersion, Program
from programs.queries import data_version
from tests.matching.builders import market
from tests.matching.recomputing import applicant, as_page_says, chances, entry, key, listed, notices, program_id, recompute, results, state
from tests.programs.builders import source

pytestmark = pytest.mark.django_db
PAGES = "says Program pages, 1 Sep 2026"


def started(count=60, numbers=(1, 2), **facts):
    """An applicant with results and a list."""
    market(count, **facts)
    owner = applicant()
    recompute()
    listed(owner, *numbers)
    return owner


def test_programs_that_were_ruled_out_get_new_results_but_no_notice():
    owner = started(visa_j1="yes")
    change_list(by="visitor", profile=owner, match_year=2027, edits={key(1): {"standing": Standing.VETOED}, key(2): {"standing": Standing.SUGGESTED}}, said="")
    state(1, visa_j1="no")
    state(2, visa_j1="no")
    recompute()
    assert [entry(owner, number).tier for number in (1, 2)] == [Tier.EXCLUDED, Tier.EXCLUDED]
    assert [(who, kind) for who, kind, _ in notices(owner)] == [(key(2), "excluded")]


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (Tier.SAFER, Tier.SAFER, None),
        (None, None, None),
        (Tier.REACH, Tier.EXCLUDED, ChangeKind.EXCLUDED),
        (Tier.EXCLUDED, Tier.REACH, ChangeKind.OPENED),
        (Tier.REACH, Tier.MIDDLE, ChangeKind.BETTER),
        (Tier.SAFER, Tier.MIDDLE, ChangeKind.WORSE),
        (Tier.SAFER, None, ChangeKind.GONE),
        (None, Tier.EXCLUDED, ChangeKind.BACK),
        (None, Tier.SAFER, ChangeKind.BACK),
    ],
)
def test_kind_of_two_tiers(before, after, kind):
    assert kind_of(before, after) == kind


def test_exclusion_is_told_with_the_fact_that_decides_it():
    owner = started(visa_j1="yes")
    state(1, visa_j1="no", step2_min="210")
    run = recompute()
    assert (run.notices, notices(owner)) == (1, [(key(1), "excluded", f"J-1 visa: no, {PAGES}")])
    assert entry(owner, 1).tier == Tier.EXCLUDED


def test_exclusion_names_every_requirement_that_came():
    owner = started(visa_j1="yes")
    state(1, visa_j1="no", step2_min="260")
    recompute()
    assert notices(owner) == [(key(1), "excluded", f"J-1 visa: no, {PAGES}; Step 2 CK minimum: 260, {PAGES}")]


def test_exclusion_of_one_kind_of_img_names_the_field_about_that_kind():
    market(60, accepts_us_img="yes", accepts_non_us_img="yes")
    owner = applicant(applicant_type=ApplicantType.US_IMG, visa_need=VisaNeed.NONE)
    recompute()
    listed(owner, 1)
    state(1, accepts_us_img="no", accepts_non_us_img="no")
    recompute()
    assert notices(owner) == [(key(1), "excluded", f"Takes U.S. IMGs: no, {PAGES}")]


def test_opening_is_told_with_what_is_said_now():
    owner = started(visa_j1="no")
    state(1, visa_j1="yes")
    recompute()
    assert notices(owner) == [(key(1), "opened", f"J-1 visa: yes, {PAGES}")]


def test_opening_by_a_dispute_says_so():
    owner = started(visa_j1="no")
    source("Official list", 2)
    state(1, name="Official list", visa_j1="yes")
    recompute()
    assert notices(owner) == [(key(1), "opened", "J-1 visa: sources disagree")]


def test_better_and_worse_tiers_are_told_with_the_fields_that_changed():
    owner = started(share_non_us_img="0.3", visa_j1="yes")
    assert entry(owner, 1).tier == Tier.MIDDLE
    state(1, share_non_us_img="0.01")
    recompute()
    told = ChangeNotice.objects.get()
    assert (told.tier_before, told.tier_after, told.program_name, told.data_version) == (Tier.MIDDLE, Tier.REACH, "Invented Hospital 001", data_version())
    assert told.chance_before > told.chance_after
    state(1, share_non_us_img="0.3")
    recompute()
    assert notices(owner) == [
        (key(1), "worse", f"Non-U.S. IMGs among residents: 1%, {PAGES}"),
        (key(1), "better", f"Non-U.S. IMGs among residents: 30%, {PAGES}"),
    ]


def test_closed_program_is_gone_and_comes_back():
    owner = started(visa_j1="yes")
    Program.objects.filter(key=key(1)).update(closed_on=date(2026, 9, 12))
    DataVersion.objects.create(cause="Import of closed.csv", touched={str(program_id(1)): [""]})
    recompute()
    gone = entry(owner, 1)
    assert (gone.tier, gone.chance, gone.low, gone.high, gone.excluded_by) == (None, None, None, None, 0)
    Program.objects.filter(key=key(1)).update(closed_on=None)
    DataVersion.objects.create(cause="Import of closed.csv undone", touched={str(program_id(1)): [""]})
    recompute("Import of closed.csv undone")
    assert notices(owner) == [
        (key(1), "gone", "The program closed on 12 Sep 2026"),
        (key(1), "back", "Listed again: Import of closed.csv undone"),
    ]
    assert entry(owner, 1).tier is not None


def test_program_that_leaves_lists_for_another_reason_is_told_with_the_cause_of_the_run():
    owner = started(visa_j1="yes")
    Program.objects.filter(key=key(1)).update(track_types="R")
    DataVersion.objects.create(cause="tracks", touched={str(program_id(1)): [""]})
    recompute("Import of tracks.csv")
    assert notices(owner) == [(key(1), "gone", "No longer on lists: Import of tracks.csv")]


def test_entries_hold_what_the_snapshot_holds():
    owner = started(visa_j1="yes", share_non_us_img="0.3")
    state(2, share_non_us_img="0.7")
    recompute()
    kept = chances(results(owner))
    for number in (1, 2):
        one = entry(owner, number)
        assert (one.chance, one.data_version) == (kept[program_id(number)], data_version())
        assert one.low <= one.chance <= one.high


def test_move_that_is_undone_before_anybody_came_to_it_is_not_told():
    owner = started(visa_j1="yes")
    state(1, visa_j1="no")
    state(1, visa_j1="yes")
    recompute()
    assert notices(owner) == []


def test_move_and_its_return_in_two_runs_are_told_both():
    owner = started(visa_j1="yes")
    state(1, visa_j1="no")
    recompute()
    state(1, visa_j1="yes")
    recompute()
    assert [kind for _, kind, _ in notices(owner)] == ["excluded", "opened"]


def test_run_again_over_the_same_data_tells_nothing_more():
    owner = started(visa_j1="yes")
    state(1, visa_j1="no")
    recompute()
    applicant()
    recompute()
    assert len(notices(owner)) == 1


def test_lists_of_earlier_seasons_stay_as_they_were():
    owner = started(visa_j1="yes")
    ProgramList.objects.update(season=2026)
    before = list(ListEntry.objects.values())
    state(1, visa_j1="no")
    recompute()
    assert (notices(owner), list(ListEntry.objects.values())) == ([], before)


def test_move_by_another_anchoring_is_told_as_such_with_the_cause_of_the_run():
    market(10, share_non_us_img="0.3", visa_j1="yes")
    owner = applicant()
    recompute()
    listed(owner, 1)
    before = entry(owner, 1).tier
    for number in range(2, 11):
        state(number, share_non_us_img="0.95")
    recompute("Import of shares.csv")
    assert entry(owner, 1).tier == as_page_says_now(owner)[program_id(1)][0] != before
    assert notices(owner) == [(key(1), "worse", "The level of the specialty was set anew over its programs: Import of shares.csv")]


def as_page_says_now(owner):
    """As the page ranks for a saved applicant."""
    return as_page_says(profile_data(owner))
