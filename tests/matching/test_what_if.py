"""What a moved control does to every program: the same as saving a profile with it would, and told as it is."""

import re
from dataclasses import replace
from urllib.parse import urlencode

import numpy as np
import pytest
from django.utils.html import strip_tags
from hypothesis import HealthCheck, given
from hypothesis import settings as examples

from applicants.choices import ApplicantType, Exam, Outcome, VisaNeed
from applicants.profile import Sitting
from applicants.services import save_profile
from matching.engine import Tier
from matching.models import ListEntry, ProgramList
from matching.presenters.what_if_totals import INTERVIEWS, MATCH, _estimate
from matching.services.ranking import rank
from matching.services.snapshots import refresh_profile
from matching.services.what_if import AFTER, BEFORE, WhatIf
from matching.services.workspace import Workspace
from programs.models import Program, Specialty
from tests.applicants.builders import profiles
from tests.applicants.visiting import visit
from tests.matching.builders import ANSWERS, add_programs, market, profile
from tests.matching.recomputing import applicant, key, listed, recompute, results
from tests.programs.builders import query_count

pytestmark = pytest.mark.django_db
PAGE = "/list/what-if/"
QUERY = f"?{urlencode(ANSWERS)}"
HTMX = {"HX-Request": "true"}
PASSED = (*profile().sittings, Sitting(Exam.STEP3, Outcome.PASS))


def compared(before, after, **more):
    return WhatIf(before, after, specialty="140", match_year=2027, **more)


def words(response):
    return " ".join(strip_tags(re.sub(r"<select.*?</select>", "", response.content.decode(), flags=re.DOTALL)).split())


def answer(client, moved, *, query=QUERY, htmx=True):
    joined = "&" if query else "?"
    return client.get(f"{PAGE}{query}{joined}{moved}", headers=HTMX if htmx else {})


def chances(saved):
    return {pk: chance for pk, (_, chance, *_) in results(saved).items()}


@pytest.fixture
def mixed(db):
    """Programs that ask for different things."""
    market(3, visa_j1="yes")
    add_programs([4, 5], visa_j1="no")
    add_programs([6, 7], step3_needed="yes")
    add_programs([8], step2_min="250")
    add_programs([9], max_years_since_graduation="5")


@pytest.fixture
def owner(client, mixed):
    """Step 3 not passed, graduated in 2023, Step 2 CK 245, J-1."""
    saved = applicant()
    visit(client, saved.pk)
    return saved


# --- the service ---


@examples(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=profiles())
def test_without_a_change_nothing_changes(mixed, data):
    both = compared(data, data).ranked
    assert np.array_equal(both.chance[BEFORE], both.chance[AFTER])
    assert [len(found) for found in (both.opens, both.closes, both.moves)] == [0, 0, 0]
    assert (both.rising, both.falling, both.unsettled) == (0, 0, 0)


@examples(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=profiles(), other=profiles())
def test_numbers_are_those_of_ranking_either_profile(mixed, one, other):
    both = compared(one, other).ranked
    for side, data in ((BEFORE, one), (AFTER, other)):
        alone = rank(data, specialty="140", match_year=2027)
        for name in ("chance", "low", "high", "tier", "excluded", "unknown"):
            assert np.array_equal(getattr(both.scores, name)[side], getattr(alone.scores, name)[0])
        assert list(both.likeliest(side, 100)) == list(alone.order[:100])


def test_numbers_are_those_of_a_saved_profile_and_its_list(mixed):
    owner = applicant()
    listed(owner, 1, 4, 6, 8)
    ListEntry.objects.filter(program__key=key(1)).update(connection="strong")
    changed = replace(profile(), sittings=PASSED, visa_need=VisaNeed.NONE, publications=9)
    saved = ProgramList.objects.get()
    found = compared(profile(), changed, listed=Workspace(saved))
    before, after = found.outlook(BEFORE), found.outlook(AFTER)
    assert before.middle.match == pytest.approx(Workspace(saved).outlook.middle.match)
    counts = found.list_counts(AFTER)
    refresh_profile(save_profile(by="visitor", data=changed, profile=owner))
    now = Workspace(ProgramList.objects.get())
    assert (after.middle.match, after.low.match, after.high.match) == pytest.approx((now.outlook.middle.match, now.outlook.low.match, now.outlook.high.match))
    assert {tier: counts[tier] for tier in Tier if counts[tier]} == dict(now.tier_counts())
    ids, tiers = found.ranked.table.ids.tolist(), found.ranked.tier[AFTER].tolist()
    assert {pk: tier for pk, (tier, *_) in results(owner).items()} == dict(zip(ids, tiers, strict=True))


def test_opens_and_closes_are_told_apart(mixed):
    there = compared(profile(), replace(profile(), sittings=PASSED, graduation_year=2015)).ranked
    keys = there.programs.keys
    assert sorted(keys[place] for place in there.opens) == [key(6), key(7)]
    assert [keys[place] for place in there.closes] == [key(9)]


def test_outlook_without_a_list_is_of_the_likeliest_of_either_side(mixed):
    found = compared(profile(), replace(profile(), visa_need=VisaNeed.NONE))
    assert found.sizes == (4, 6)
    assert found.outlook(AFTER).middle.expected > found.outlook(BEFORE).middle.expected


def test_list_without_an_application_counts_as_none(mixed):
    owner = applicant()
    listed(owner, 1)
    ListEntry.objects.update(standing="vetoed")
    assert compared(profile(), profile(), listed=Workspace(ProgramList.objects.get())).listed is None


def test_outlook_is_none_where_nothing_is_open(mixed):
    ruled_out = replace(profile(), graduation_year=2015, ruled_out_states=("TX",), visa_need=VisaNeed.H1B)
    assert compared(ruled_out, ruled_out).outlook(BEFORE) is None


# --- the page ---


def test_page_shows_controls_where_the_answers_put_them_and_changes_nothing(client, mixed):
    response = client.get(f"{PAGE}{QUERY}")
    text = response.content.decode()
    assert 'name="w-step2_score" value="240"' in text
    assert "Nothing is changed yet. Internal Medicine: 6 open. Interviews: about" in words(response)
    assert "Now ■ safer" in words(response)
    assert '<option value="j1" selected>J-1 (your profile)</option>' in text
    assert "no-store" in response["Cache-Control"]


def test_answer_alone_comes_for_htmx_with_states_and_the_short_address(client, mixed):
    response = answer(client, "w-step3=passed&w-drawn=140.non_us_img.no&w-step2=scored&w-step2_score=240&w-visa=j1")
    text = response.content.decode()
    assert text.lstrip().startswith('<section class="what-if__answer" id="answer"')
    assert response["HX-Replace-Url"] == f"{PAGE}{QUERY}&w-step3=passed"
    assert 'id="state-step3" hx-swap-oob="true"' in text
    assert 'id="controls"' not in text


def test_controls_are_drawn_anew_where_they_depend_on_what_was_moved(client, mixed):
    text = answer(client, "w-complete=yes&w-drawn=140.non_us_img.no").content.decode()
    assert 'id="controls" hx-swap-oob="true"' in text
    assert 'name="w-fails_step1"' in text


def test_form_without_javascript_leads_to_the_short_address(client, mixed):
    response = answer(client, "w-drawn=140.non_us_img.no&w-step3=passed&w-year=2023&w-year_unknown=on", htmx=False)
    assert (response.status_code, response["Location"]) == (302, f"{PAGE}{QUERY}&w-step3=passed")


def test_what_opens_and_closes_comes_with_its_reason_and_both_tiers(client, owner):
    text = words(answer(client, "w-step3=passed&w-year=2015", query=""))
    assert "Internal Medicine: 2 open, 1 closes" in text
    assert "Opens 2 Invented Hospital 006 " in text
    assert "✕ excluded →, then ▲ reach about 1 in" in text
    assert "No longer: Step 3 needed (Step 3 must be passed)" in text
    assert "Closes 1 Invented Hospital 009" in text
    assert "Because: Limit on years since graduation (years at most 5, you have 12)" in text


def test_only_the_first_rows_are_shown_and_all_of_them_when_asked(client):
    market(130, step3_needed="yes")
    visit(client, applicant().pk)
    few, all_of, rest, beyond = (answer(client, f"w-step3=passed{more}", query="") for more in ("", "&show=opens", "&show=opens&page=2", "&show=opens&page=9"))
    assert [response.content.decode().count('class="what-if-row"') for response in (few, all_of, rest)] == [6, 100, 30]
    assert "Show all 130" in words(few)
    assert 'href="?w-step3=passed&amp;show=opens#opens"' in few.content.decode()
    assert words(beyond) == words(rest)


@pytest.mark.parametrize(
    ("moved", "why"),
    [
        ("w-research=3", "The list does not go by research experiences; publications count."),
        ("w-preferred=&w-preferred=NY", "There is no program of this specialty in those states."),
        ("w-step1=scored&w-step1_score=240", "No program of this specialty states a Step 1 minimum."),
    ],
)
def test_nothing_would_change_says_why(client, moved, why):
    market(2, visa_j1="yes", step1_pass_needed="no", step1_max_attempts="3")
    text = words(answer(client, moved))
    assert "Nothing would change" in text
    assert why in text


def test_chances_that_move_within_their_tiers_are_told(client, owner):
    text = words(answer(client, "w-step2_score=246", query=""))
    assert "Internal Medicine: no tier changes; the chance rises at" in text
    assert "Of the programs that are open before and after, the chance rises at" in text


@pytest.mark.parametrize(
    ("moved", "said"),
    [
        ("w-step2_score=120", "120 is too low for a pass."),
        ("w-step2_score=9999", "Choose a number from 1 to 300."),
        ("w-year=abc", "Enter a whole number"),
        ("w-year=3000", "Choose a number from 1950 to 2100."),
        ("w-kind=x", "Choose one of the answers in the list."),
        ("w-specialty=999", "Choose one of the answers in the list."),
        ("w-visa=h7", "Choose one of the answers in the list."),
        ("w-expected=soon&w-ecfmg=in_progress", "Enter a date as year-month-day"),
        ("w-preferred=&w-preferred=NY&w-ruled_out=&w-ruled_out=NY", "This state is both preferred and ruled out."),
        ("w-preferred=XX", "Choose from the list only."),
        ("w-fails_step1=5&w-complete=yes", "Choose a number from 0 to 4."),
        ("w-fails=0&w-complete=yes&w-fails_step2=4", "at most 4 attempts"),
        ("w-hands_on=nan", "Enter the months in digits"),
    ],
)
def test_what_cannot_be_is_refused_beside_the_control(client, mixed, moved, said):
    for htmx in (True, False):
        response = answer(client, moved, htmx=htmx)
        assert (response.status_code, said in words(response)) == (200, True)
        assert "This cannot be as it stands" in words(response)
        assert "what-if-totals" not in response.content.decode()


@pytest.mark.parametrize("moved", ["w-drawn=..", "w-drawn=999.us_img.yes", "w-step1=scored", "w-letters_us_in=2", "page=x&show=y", "w-=1", "w-step1_score=230"])
def test_odd_addresses_are_answered(client, mixed, moved):
    response = answer(client, moved)
    assert (response.status_code, "Internal Medicine" in words(response)) == (200, True)


def test_what_lowers_is_told_as_plainly_as_what_raises(client, owner):
    text = words(answer(client, "w-step2_score=230", query=""))
    assert "Internal Medicine: 1 falls in tier. Interviews: about 0.2, then about 0.1. Match: about 1 in 33, then about 1 in 60." in text
    assert "Of the programs that are open before and after, the chance falls at 4." in text
    listed(owner, 1, 2, 9)
    assert "Nothing is changed yet. Your list: 3 applications. Interviews: about" in words(client.get(PAGE))
    text = words(answer(client, "w-year=2015", query=""))
    assert re.search(r"Your list: 1 closes, 2 fall in tier\. Interviews: .* Internal Medicine: 1 closes, 3 fall in tier\.", text)


def total(before, after, before_range="", after_range=""):
    return _estimate(INTERVIEWS, [(before, before_range), (after, after_range)], [1.6, 2.4], ("more", "fewer"))


@pytest.mark.parametrize(
    ("line", "change", "told"),
    [
        (total("about 1", "about 2"), "more", "Interviews: about 1, then about 2."),
        (total("about 2", "about 2", "1 to 4", "1 to 5"), "slightly more", "Interviews: about 2, then slightly more."),
        (total("about 2", "about 2", "1 to 4", "1 to 4"), "", "Interviews: about 2."),
    ],
)
def test_estimate_is_never_told_as_moved_to_where_it_was(line, change, told):
    assert (line.change, line.said) == (change, told)


def test_estimate_with_another_range_alone_went_neither_up_nor_down():
    line = _estimate(MATCH, [("about 1 in 10", "1 in 50 to 1 in 6"), ("about 1 in 10", "up to 1 in 4")], [0.1, 0.1], ("better", "lower"))
    assert line.said == "Match: about 1 in 10, then another range."


def test_list_with_nothing_open_has_no_small_chance(client, owner):
    listed(owner, 1, 2)
    text = words(answer(client, "w-visa=none&w-ecfmg=in_progress&w-expected=2027-12-01", query=""))
    assert "Your list: 2 close. Interviews: about 0.1, then nothing open. Match: about 1 in 60, then nothing open." in text


def test_nothing_would_change_where_everything_stays_excluded(client, mixed):
    ruled_out = replace(profile(), sittings=(*profile().sittings, *[Sitting(Exam.STEP3, Outcome.FAIL)] * 4))
    visit(client, applicant(sittings=ruled_out.sittings).pk)
    text = words(answer(client, "w-publications=9", query=""))
    assert (
        "Every program here is excluded for a reason that this does not touch. Most often: National rule: four attempts at a Step without a pass (9); " in text
    )


def test_what_excludes_most_is_said_before_anything_is_moved(client, owner):
    assert "What excludes most: Does not sponsor your visa (2); Step 3 needed (2); Step 2 CK minimum not reached (1)." in words(client.get(PAGE))


def test_a_passed_step_is_said_to_stay_passed(client, mixed):
    text = words(answer(client, "w-step2=not_passed"))
    assert "A passed Step stays passed, and cannot be taken again. This shows what would be if it were so; it is nothing that you can do." in text


def test_saved_profile_is_the_base_and_its_list_is_compared(client, owner):
    listed(owner, 1, 2, 4)
    text = words(answer(client, "w-visa=none", query=""))
    assert "Your list: 3 applications" in text
    assert "On your list 1 Invented Hospital 004" in text
    assert "applying to your whole list" in text
    assert "Back to my profile" in text


def test_answers_in_the_address_are_the_base_before_a_saved_profile(client, owner):
    assert "Back to my answers" in words(answer(client, "w-visa=none"))
    assert "Back to my profile" in words(answer(client, "w-visa=none", query=""))


def test_another_specialty_is_compared_in_counts_and_not_program_by_program(client, mixed):
    other = Specialty.objects.exclude(code="140").order_by("code").first()
    Program.objects.filter(key__in=[key(1), key(2)]).update(specialty=other)
    recompute()
    text = words(answer(client, f"w-specialty={other.code}"))
    assert f"Internal Medicine, then {other.name}" in text
    assert f"Internal Medicine: 4 open. {other.name}: 2 open." in text
    assert "would change" not in text
    assert "programs of two specialties cannot be compared one by one" not in text
    more = words(answer(client, f"w-specialty={other.code}&w-step2_score=250"))
    assert "programs of two specialties cannot be compared one by one" in more


def test_without_answers_or_profile_the_start_page_asks(client, mixed):
    response = client.get(PAGE)
    assert (response.status_code, response["Location"]) == (302, "/")


def test_kind_takes_the_visa_along(client, mixed):
    text = words(answer(client, "w-kind=us_img"))
    assert "A U.S. citizen needs no visa, so this stands at “No visa needed”. Your profile says J-1." in text
    assert "Internal Medicine: 2 open" in text


def test_queries_do_not_grow_with_the_list(client):
    market(30, visa_j1="yes")
    owner = applicant()
    visit(client, owner.pk)
    counts = []
    for numbers in ([1], range(1, 31)):
        listed(owner, *numbers)
        answer(client, "w-visa=none", query="")
        counts.append(query_count(lambda: answer(client, "w-visa=none", query="")))
    assert counts == [22, 22]


def test_nothing_is_saved(client, owner):
    listed(owner, 1)
    before = chances(owner)
    answer(client, "w-visa=none&w-step2_score=270", query="")
    owner.refresh_from_db()
    assert (owner.visa_need, chances(owner), owner.scenarios.count()) == (VisaNeed.J1, before, 0)


def test_us_img_may_need_a_visa_once_no_citizen(client, mixed):
    visit(client, applicant(applicant_type=ApplicantType.US_IMG, visa_need=VisaNeed.NONE).pk)
    text = words(answer(client, "w-kind=non_us_img", query=""))
    assert "as it is for a permanent resident" in text
