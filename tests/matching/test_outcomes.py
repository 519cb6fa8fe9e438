"""Shared outcomes: who counts, from how many people on, and what is set against the stated chances. All lists are invented."""

from datetime import date
from math import comb

import pytest
from django.utils.html import strip_tags
from hypothesis import given
from hypothesis import strategies as st

from applicants.models import Profile
from matching.choices import Step
from matching.models import ListEntry, ProgramList, SeasonStep
from matching.presenters.outcomes import outcome_panel, outcomes_page
from matching.services.entry_fields import ListError
from matching.services.outcomes import BAND_EDGES, BAND_NAMES, LEAST_REPORTS, band_of, calibration, program_outcomes, share_outcomes, wilson
from programs.models import Program
from smartpick.models import AuditEvent
from tests.applicants.visiting import said, visit, with_owner
from tests.matching.builders import market
from tests.matching.recomputing import applicant, key, listed
from tests.matching.seasons import TODAY, stop_the_clock
from tests.programs.builders import query_count

SHARING = "/list/season/sharing/"
database = pytest.mark.django_db
AFTER = date(2027, 3, 4)  # rank lists of `market`'s calendar close the day before


@pytest.fixture
def one_program():
    market(2)
    return Program.objects.get(key=key(1))


def reports(count, *steps, chance=0.08, program=None, season=2027, shares=True):
    """`count` people who applied to a program, with the chance that was stated, and what else happened to each."""
    program = program or Program.objects.get(key=key(1))
    made = []
    for profile in Profile.objects.bulk_create(Profile(applicant_type="non_us_img") for _ in range(count)):
        saved = ProgramList.objects.create(profile=profile, season=season, shares_outcomes=shares)
        entry = ListEntry.objects.create(list=saved, program=program, stated_chance=chance, stated_low=0.01, stated_high=0.3)
        SeasonStep.objects.bulk_create(SeasonStep(entry=entry, step=step) for step in (Step.APPLIED, *steps))
        made.append(entry)
    return made


def counted(program):
    found = program_outcomes(program.pk)
    return found and (found.applied, found.invited, found.matched)


# --- one program ---


@database
def test_nothing_is_told_of_nine_and_counts_of_ten(one_program):
    reports(6)
    reports(3, Step.INVITED)
    assert counted(one_program) is None
    reports(1, Step.INTERVIEWED, Step.RANKED, Step.MATCHED)
    assert counted(one_program) == (10, 4, 1)


@database
def test_who_ends_sharing_counts_no_more(one_program):
    made = reports(10, Step.INVITED)
    assert counted(one_program) == (10, 10, 0)
    share_outcomes(by="visitor", profile=made[0].list.profile, match_year=2027, shares=False)
    assert counted(one_program) is None
    share_outcomes(by="visitor", profile=made[0].list.profile, match_year=2027, shares=True)
    assert counted(one_program) == (10, 10, 0)
    made[1].list.profile.delete()
    assert counted(one_program) is None


@database
def test_only_people_who_share_and_applied_count(one_program):
    reports(10)
    reports(5, Step.INVITED, shares=False)
    ListEntry.objects.create(list=reports(1, program=Program.objects.get(key=key(2)))[0].list, program=one_program)  # on the list, not sent
    assert counted(one_program) == (10, 0, 0)


@database
def test_invented_applicants_and_programs_never_count(one_program):
    made = reports(10)
    Profile.objects.filter(pk=made[0].list.profile_id).update(is_demo=True)
    assert counted(one_program) is None
    Profile.objects.update(is_demo=False)
    Program.objects.filter(pk=one_program.pk).update(is_demo=True)
    assert (counted(one_program), calibration(AFTER).bands) == (None, ())


@database
def test_one_person_with_two_seasons_is_one_report(one_program):
    made = reports(9)
    again = ProgramList.objects.create(profile=made[0].list.profile, season=2026, shares_outcomes=True)
    SeasonStep.objects.create(entry=ListEntry.objects.create(list=again, program=one_program), step=Step.APPLIED)
    assert counted(one_program) is None
    reports(1)
    found = program_outcomes(one_program.pk)
    assert (found.applied, found.first, found.last) == (10, 2026, 2027)
    assert outcome_panel(found).seasons == "2026 to 2027 Matches"


@database
def test_program_outcomes_cost_one_query(one_program):
    reports(12, Step.INVITED)
    assert query_count(lambda: program_outcomes(one_program.pk)) == 1


@database
def test_program_page_tells_counts_from_ten_on_and_who_they_are(client, one_program):
    reports(9, Step.INVITED)
    assert "What applicants here report" not in client.get(f"/programs/{key(1)}/").content.decode()
    reports(1)
    text = " ".join(strip_tags(client.get(f"/programs/{key(1)}/").content.decode()).split())
    assert "Of 10 people who applied and share what came of it (2027 Match), 9 report an invitation so far and 0 a match here." in text
    assert "not a sample of all applicants" in text


# --- stated chances against what happened ---


@database
def test_a_band_is_told_from_ten_people_on(one_program):
    reports(9)
    assert (calibration(AFTER).bands, calibration(AFTER).sharing) == ((), 0)
    reports(1, Step.INVITED)
    (band,) = calibration(AFTER).bands
    assert (band.name, band.people, band.applications, band.invited) == ("1 in 20 to 1 in 10", 10, 10, 1)
    assert band.expected == pytest.approx(0.8)
    assert (band.low, band.high) == wilson(1, 10)
    assert calibration(AFTER).sharing == 10


@database
def test_ten_applications_of_nine_people_are_not_enough(one_program):
    made = reports(9)
    second = ListEntry.objects.create(list=made[0].list, program=Program.objects.get(key=key(2)), stated_chance=0.08)
    SeasonStep.objects.create(entry=second, step=Step.APPLIED)
    assert calibration(AFTER).bands == ()


@database
def test_a_season_counts_once_its_rank_lists_have_closed(one_program):
    reports(10)
    assert [calibration(today).bands for today in (TODAY, date(2027, 3, 3))] == [(), ()]
    assert len(calibration(AFTER).bands) == 1
    ProgramList.objects.update(season=2028)  # a season without a calendar is not over
    assert calibration(AFTER).bands == ()


@database
def test_what_was_withdrawn_unanswered_or_has_no_stated_chance_does_not_count(one_program):
    reports(10)
    reports(2, Step.WITHDRAWN)
    reports(1, Step.WITHDRAWN, Step.INVITED)
    reports(1, chance=None)
    assert [(band.people, band.invited) for band in calibration(AFTER).bands] == [(11, 1)]


@database
def test_bands_are_told_apart_in_the_database_as_in_words(one_program):
    chances = (0.01, 0.03, 0.06, 0.15, 0.3, 0.5, 0.0, 1.0)
    for chance in chances:
        reports(10, chance=chance)
    found = {band.name: band.applications for band in calibration(AFTER).bands}
    assert found == {name: 10 * sum(BAND_NAMES[band_of(chance)] == name for chance in chances) for name in BAND_NAMES}


@database
def test_calibration_costs_the_same_for_any_number(one_program):
    reports(10)
    one = query_count(lambda: calibration(AFTER))
    reports(20, Step.INVITED, chance=0.4)
    assert (query_count(lambda: calibration(AFTER)), one) == (3, 3)


@database
def test_method_page_says_that_nothing_is_known_yet(client, monkeypatch, one_program):
    stop_the_clock(monkeypatch)
    reports(10)
    text = " ".join(strip_tags(client.get("/method/").content.decode()).split())
    assert "That cannot be said yet." in text
    assert "10 people share so far." in text


@database
def test_method_page_sets_invitations_beside_stated_chances(client, monkeypatch, one_program):
    stop_the_clock(monkeypatch, AFTER)
    reports(5)
    reports(5, Step.INVITED)
    text = client.get("/method/").content.decode()
    assert "In 1 of 1 band the stated chances lie outside the interval." in text
    row = strip_tags(text[text.index('<th scope="row">1 in 20 to 1 in 10</th>') :].split("</tr>")[0].replace("</td>", " ").replace("</th>", " ")).split()
    assert " ".join(row) == "1 in 20 to 1 in 10 10 10 0.8 5 50% 24% to 76% differs"


def test_page_of_no_reports_has_no_lines():
    page = outcomes_page(calibration_of_nobody())
    assert (page.lines, page.apart, page.least) == ((), 0, LEAST_REPORTS)


def calibration_of_nobody():
    from matching.services.outcomes import Calibration  # noqa: PLC0415 - the function of that name is imported above

    return Calibration((), 0)


# --- the interval ---


@pytest.mark.parametrize(("hits", "count", "low", "high"), [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (0, 0, 0.0, 1.0)])
def test_wilson_interval_of_known_cases(hits, count, low, high):
    assert wilson(hits, count) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


@given(st.integers(1, 400).flatmap(lambda count: st.tuples(st.integers(0, count), st.just(count))))
def test_wilson_interval_holds_the_share_and_mirrors(case):
    hits, count = case
    low, high = wilson(hits, count)
    assert 0 <= low <= hits / count + 1e-12
    assert hits / count - 1e-12 <= high <= 1
    assert wilson(count - hits, count) == (pytest.approx(1 - high, abs=1e-12), pytest.approx(1 - low, abs=1e-12))


@pytest.mark.parametrize("share", [0.05, 0.1, 0.3, 0.5])
def test_wilson_interval_holds_the_truth_about_95_times_in_100(share):
    count = 40
    held = sum(
        comb(count, hits) * share**hits * (1 - share) ** (count - hits)
        for hits in range(count + 1)
        if wilson(hits, count)[0] <= share <= wilson(hits, count)[1]
    )
    assert 0.92 <= held <= 0.98


@given(st.floats(0, 1))
def test_every_chance_has_one_band(chance):
    place = band_of(chance)
    assert BAND_EDGES[place] <= chance
    assert chance < BAND_EDGES[place + 1] or chance == 1


# --- the switch ---


@database
def test_sharing_is_off_until_it_is_turned_on_and_can_be_ended(client, monkeypatch):
    stop_the_clock(monkeypatch)
    market(1)
    owner = applicant()
    visit(client, owner.pk)
    listed(owner, 1)
    assert (ProgramList.objects.get().shares_outcomes, "You do not share." in client.get(SHARING).content.decode()) == (False, True)
    assert said(client.post(SHARING, {"shares": "on"}))[-1].startswith("Thank you.")
    assert (ProgramList.objects.get().shares_outcomes, "You share." in client.get(SHARING).content.decode()) == (True, True)
    assert said(client.post(SHARING, {"shares": "off"}))[-1].startswith("Sharing has ended.")
    assert ProgramList.objects.get().shares_outcomes is False
    client.post(SHARING)  # a form that says nothing shares nothing
    assert ProgramList.objects.get().shares_outcomes is False


@database
def test_ending_ends_it_for_past_seasons_too(client, monkeypatch):
    stop_the_clock(monkeypatch)
    market(1)
    owner = applicant()
    visit(client, owner.pk)
    ProgramList.objects.create(profile=owner, season=2026, shares_outcomes=True)
    page = client.get(SHARING).content.decode()
    assert ("You share 2026." in page, "Stop sharing, past seasons too" in page, "Share my outcomes" in page) == (True, True, False)
    assert said(client.post(SHARING, {"shares": "off"}))[-1].startswith("Sharing has ended.")
    assert ProgramList.objects.filter(shares_outcomes=True).count() == 0


@database
def test_sharing_a_season_shares_no_other(client):
    market(1)
    owner = applicant()
    listed(owner, 1)
    ProgramList.objects.create(profile=owner, season=2026)
    share_outcomes(by="visitor", profile=owner, match_year=2027, shares=True)
    assert list(ProgramList.objects.filter(shares_outcomes=True).values_list("season", flat=True)) == [2027]


@database
def test_switch_without_a_list_says_what_to_do(client):
    assert client.post(SHARING, {"shares": "on"})["Location"] == SHARING  # nobody
    visit(client, applicant().pk)
    assert said(client.post(SHARING, {"shares": "on"})) == ["There is no list yet: put programs on it first."]
    with pytest.raises(ListError, match="2026 Match"):
        share_outcomes(by="visitor", profile=Profile.objects.get(), match_year=2026, shares=True)


@database
def test_another_turning_it_on_is_on_record():
    market(1)
    owner = with_owner()
    listed(owner, 1)
    share_outcomes(by="advisor@example.org", profile=owner, match_year=2027, shares=True)
    assert AuditEvent.objects.filter(verb="outcomes:share", by="advisor@example.org").count() == 1
