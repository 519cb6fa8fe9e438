"""A scenario made the profile: nothing is replaced that was not shown, and nothing that is deleted comes back."""

import re

import pytest

from applicants.choices import VisaNeed
from applicants.models import Profile
from applicants.profile import Letter
from applicants.queries import profile_data
from applicants.services import save_profile
from matching.models import ListEntry
from tests.applicants.visiting import said, visit
from tests.matching.builders import add_programs, market, profile
from tests.matching.recomputing import applicant, key, listed
from tests.matching.test_scenarios import SCENARIOS, kept, names, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client):
    market(2, visa_j1="yes")
    add_programs([3, 4], visa_j1="no")
    saved = applicant()
    visit(client, saved.pk)
    return saved


def test_making_it_the_profile_asks_first_and_then_moves_profile_results_and_list(client, owner):
    Profile.objects.update(label="mine")
    listed(owner, 3)
    one = kept(owner)
    asked = words(client.get(f"{SCENARIOS}{one.pk}/adopt/"))
    assert "Visa J-1 No visa needed (differs)" in asked
    assert Profile.objects.get().visa_need == VisaNeed.J1
    response = client.post(f"{SCENARIOS}{one.pk}/adopt/")
    assert said(response)[-1] == "“without a visa” is your profile now. Your list goes by it."
    held = profile_data(Profile.objects.get())
    assert held == profile(visa_need=VisaNeed.NONE, label="mine")
    assert ListEntry.objects.get(program__key=key(3)).excluded_by == 0
    assert names() == ["without a visa"]


def test_making_it_the_profile_says_everything_it_replaces_and_leaves_what_no_scenario_is_about(client, owner):
    one = kept(owner, visa_need=VisaNeed.J1)
    changed = profile(specialties=("140", "120"), letters=(Letter(from_us=True),), budget_usd=5000, school_country="Invented Country")
    save_profile(by="visitor", data=changed, profile=owner)
    asked = words(client.get(f"{SCENARIOS}{one.pk}/adopt/"))
    assert "All specialties, in order Internal Medicine, Family Medicine Internal Medicine (differs)" in asked
    assert "Letters, each U.S. U.S., Internal Medicine; U.S., Internal Medicine; elsewhere (differs)" in asked
    client.post(f"{SCENARIOS}{one.pk}/adopt/")
    assert profile_data(Profile.objects.get()) == profile(budget_usd=5000, school_country="Invented Country")


def test_nobody_replaces_a_profile_that_they_have_not_seen(client, owner):
    one = kept(owner)
    page = f"{SCENARIOS}{one.pk}/adopt/"
    seen = re.search('name="seen" value="([^"]+)"', client.get(page).content.decode()).group(1)
    changed = profile(publications=12)
    save_profile(by="visitor", data=changed, profile=owner)
    assert "so nothing was replaced" in said(client.post(page, {"seen": seen}))[-1]
    assert profile_data(Profile.objects.get()) == changed
    seen = re.search('name="seen" value="([^"]+)"', client.get(page).content.decode()).group(1)
    client.post(page, {"seen": seen})
    assert profile_data(Profile.objects.get()) == profile(visa_need=VisaNeed.NONE)


def test_scenario_that_is_the_profile_says_so(client, owner):
    one = kept(owner, visa_need=VisaNeed.J1)
    assert "there is nothing to change" in words(client.get(f"{SCENARIOS}{one.pk}/adopt/"))
