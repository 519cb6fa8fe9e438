"""Scenarios: kept, compared, shared by link, made the profile; each of whose profile it is, and nobody else's."""

import re
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from django.test import Client, RequestFactory
from pytest_django.asserts import assertContains

from applicants.choices import VisaNeed
from applicants.models import Profile
from applicants.profile_json import profile_to_json
from applicants.queries import profile_data
from matching.models import ListEntry, Scenario
from matching.services.scenarios import (
    MOST_SCENARIOS,
    ScenarioError,
    adopt_scenario,
    delete_scenario,
    read_scenario,
    rename_scenario,
    save_scenario,
    share_scenario,
    unshare_scenario,
)
from matching.views.asked import Asked
from matching.views.scenarios import _first_profile
from programs.models import Specialty
from smartpick.models import AuditEvent
from tests.applicants.builders import CODES, FULL, TODAY
from tests.applicants.visiting import said, visit, with_owner
from tests.matching.builders import ANSWERS, add_programs, market, profile
from tests.matching.recomputing import applicant, listed, results
from tests.programs.builders import query_count

pytestmark = pytest.mark.django_db
SCENARIOS, SAVE = "/list/scenarios/", "/list/scenarios/save/"
QUERY = f"?{urlencode(ANSWERS)}"


def words(response):
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


def kept(owner, name="without a visa", **changes):
    return save_scenario(by="visitor", profile=owner, name=name, data=profile(**({"visa_need": VisaNeed.NONE} | changes)))


def names():
    return sorted(Scenario.objects.values_list("name", flat=True))


@pytest.fixture
def owner(client):
    market(2, visa_j1="yes")
    add_programs([3, 4], visa_j1="no")
    saved = applicant()
    visit(client, saved.pk)
    return saved


# --- the services ---


def test_scenario_is_kept_as_a_whole_profile_without_its_label(owner):
    saved = save_scenario(by="visitor", profile=owner, name="  as   full ", data=FULL)
    assert saved.name == "as full"
    assert read_scenario(saved, today=TODAY, **CODES) == replace(FULL, label="")


def test_name_is_taken_once_per_profile(owner):
    kept(owner)
    kept(applicant())
    with pytest.raises(ScenarioError, match="named “without a visa” already"):
        kept(owner)
    assert names() == ["without a visa", "without a visa"]
    kept(owner, "re\N{LATIN SMALL LETTER E WITH ACUTE}sum")
    with pytest.raises(ScenarioError, match="already"):
        kept(owner, "ree\N{COMBINING ACUTE ACCENT}sum")  # looks the same


@pytest.mark.parametrize(("name", "words"), [("  ", "Give the scenario a name"), ("x" * 81, "at most 80"), ("a\u0007b", "at most 80")])
def test_name_that_is_none_is_refused(owner, name, words):
    with pytest.raises(ScenarioError, match=words):
        kept(owner, name)
    assert names() == []


def test_no_more_than_the_most_are_kept(owner):
    for number in range(MOST_SCENARIOS):
        kept(owner, f"number {number}")
    with pytest.raises(ScenarioError, match="20 scenarios are kept"):
        kept(owner, "one more")
    assert Scenario.objects.count() == MOST_SCENARIOS


def test_scenario_takes_another_name_or_keeps_its_own(owner):
    one, other = kept(owner), kept(owner, "other")
    rename_scenario(by="visitor", scenario=one, name="new")
    rename_scenario(by="visitor", scenario=other, name="other")
    with pytest.raises(ScenarioError, match="already"):
        rename_scenario(by="visitor", scenario=other, name="new")
    assert names() == ["new", "other"]


def test_link_is_kept_until_it_is_ended_and_never_comes_back(owner):
    one = kept(owner)
    token = share_scenario(by="visitor", scenario=one)
    assert len(token) == 43
    assert share_scenario(by="visitor", scenario=one) == token
    unshare_scenario(by="visitor", scenario=one)
    assert Scenario.objects.get().token is None
    assert share_scenario(by="visitor", scenario=one) != token


def test_writer_who_is_not_the_owner_is_noted(owner):
    mentee = with_owner()
    one = save_scenario(by=mentee.owner.email, profile=mentee, name="own", data=FULL)
    events = AuditEvent.objects.filter(verb__startswith="scenario:")
    assert events.count() == 0
    rename_scenario(by="advisor@example.org", scenario=one, name="theirs")
    delete_scenario(by="advisor@example.org", scenario=one)
    assert list(events.order_by("pk").values_list("by", "verb", "target")) == [
        ("advisor@example.org", "scenario:rename", f"profile:{mentee.pk}"),
        ("advisor@example.org", "scenario:delete", f"profile:{mentee.pk}"),
    ]


def test_scenario_of_a_deleted_profile_is_refused(owner):
    gone = Profile.objects.get(pk=owner.pk)
    Profile.objects.all().delete()
    with pytest.raises(ScenarioError, match="This profile was deleted"):
        kept(gone)


def test_scenario_that_was_deleted_meanwhile_is_refused(owner):
    one = kept(owner)
    Scenario.objects.all().delete()
    doing = (
        lambda: rename_scenario(by="visitor", scenario=one, name="new"),
        lambda: share_scenario(by="visitor", scenario=one),
        lambda: unshare_scenario(by="visitor", scenario=one),
        lambda: delete_scenario(by="visitor", scenario=one),
        lambda: adopt_scenario(by="visitor", scenario=one, answers=profile(publications=9)),
    )
    for do in doing:
        with pytest.raises(ScenarioError, match="“without a visa” was deleted meanwhile"):
            do()
    assert profile_data(Profile.objects.get()) == profile()


def test_deleted_profile_does_not_come_back_as_a_scenario_or_out_of_one(owner):
    one = kept(owner)
    Profile.objects.all().delete()
    with pytest.raises(ScenarioError, match="deleted"):
        adopt_scenario(by="visitor", scenario=one, answers=profile())
    request = RequestFactory().post(SAVE)
    with pytest.raises(ScenarioError, match="deleted"):
        _first_profile(request, Asked(profile(), Specialty.objects.get(code="140"), (), "", saved=True))
    assert Profile.objects.count() == 0


def test_keeping_counts_as_work_on_the_profile(owner):
    before = Profile.objects.get().updated_at
    kept(owner)
    assert Profile.objects.get().updated_at > before


@pytest.mark.parametrize(
    "answers",
    [{}, [], "text", {**profile_to_json(profile()), "no_such_key": 1}, {**profile_to_json(profile()), "specialties": ["999"]}, {"applicant_type": "us_img"}],
)
def test_what_does_not_hold_any_more_is_said(owner, answers):
    one = kept(owner)
    one.answers = answers
    with pytest.raises(ScenarioError, match="does not hold as a profile any more"):
        read_scenario(one, today=TODAY, **CODES)


# --- keeping ---


def test_what_if_is_kept_under_a_name(client, owner):
    response = client.post(f"{SAVE}?w-visa=none&w-publications=7", {"name": "no visa"})
    assert (response.status_code, response["Location"]) == (302, SCENARIOS)
    assert said(response) == ["“no visa” is kept."]
    held = read_scenario(Scenario.objects.get(profile=owner), today=TODAY, specialty_codes={"140"}, state_codes={})
    assert held == replace(profile(), visa_need=VisaNeed.NONE, publications=7)
    assert profile_data(Profile.objects.get()).visa_need == VisaNeed.J1


def test_profile_is_kept_as_it_is_to_come_back_to(client, owner):
    client.post(SAVE, {"name": "before"})
    assert read_scenario(Scenario.objects.get(), today=TODAY, specialty_codes={"140"}, state_codes={}) == profile()


@pytest.mark.parametrize(
    ("moved", "name", "message"),
    [
        ("w-visa=none", "", "Give the scenario a name"),
        ("w-visa=none", "x" * 81, "at most 80"),
        ("w-step2_score=120", "low", "This cannot be kept as it stands"),
    ],
)
def test_what_cannot_be_kept_leads_back_to_the_controls(client, owner, moved, name, message):
    response = client.post(f"{SAVE}?{moved}", {"name": name})
    assert response["Location"].startswith(f"/list/what-if/?{moved}")
    assert message in said(response)[0]
    assert names() == []


def test_visitor_with_answers_only_gets_a_profile_with_the_first_scenario(client):
    market(2, visa_j1="yes")
    response = client.post(f"{SAVE}{QUERY}&w-step3=passed", {"name": "with Step 3"})
    made = Profile.objects.get()
    assert client.session["profile_id"] == made.pk
    assert "Your answers are saved as a profile in this browser" in said(response)[0]
    assert (made.scenarios.get().name, len(results(made))) == ("with Step 3", 2)


def test_profile_is_not_made_where_the_scenario_is_refused(client):
    market(2, visa_j1="yes")
    client.post(f"{SAVE}{QUERY}", {"name": "\u0007"})
    assert Profile.objects.count() == 0


@pytest.mark.parametrize("path", [SAVE, *(f"{SCENARIOS}1/{what}/" for what in ("rename", "delete", "unshare"))])
def test_link_to_a_form_leads_to_the_scenarios(client, owner, path):
    response = client.get(path)
    assert (response.status_code, response["Location"]) == (302, SCENARIOS)


# --- the page ---


def test_scenarios_stand_beside_the_profile_with_what_differs(client, owner):
    listed(owner, 1, 3)
    kept(owner)
    kept(owner, "more published", visa_need=VisaNeed.J1, publications=30)
    text = words(client.get(SCENARIOS))
    assert "Visa J-1 No visa needed (differs) J-1" in text
    assert "Publications 2 2 30 (differs)" in text
    assert "Year of graduation" not in text
    assert "✕ excluded 1 0 (differs) 1" in text
    assert "Programs not excluded in the first specialty 2 4 (differs) 2" in text
    assert "your list of 2 applications" in text


def test_only_those_ticked_are_compared_and_at_most_four(client, owner):
    made = [kept(owner, f"number {number}", publications=number) for number in range(6)]
    few = client.get(f"{SCENARIOS}?with={made[0].pk}&with={made[2].pk}&with=x&with=999999")
    assert [column.name for column in few.context["comparison"].columns] == ["Your profile", "number 0", "number 2"]
    many = client.get(SCENARIOS + "?" + "&".join(f"with={one.pk}" for one in made))
    assert len(many.context["comparison"].columns) == 5
    assert "At most 4 scenarios stand side by side" in words(many)
    assert [column.name for column in client.get(SCENARIOS).context["comparison"].columns][1:] == ["number 2", "number 3", "number 4", "number 5"]


def test_scenario_opens_in_what_if_as_it_is(client, owner):
    kept(owner, publications=9)
    (column,) = client.get(SCENARIOS).context["comparison"].columns[1:]
    assert column.url == "?w-visa=none&w-publications=9"


def test_stale_scenario_is_told_and_breaks_nothing(client, owner):
    one = kept(owner)
    kept(owner, "good")
    Scenario.objects.filter(pk=one.pk).update(answers={"applicant_type": "martian"})
    response = client.get(SCENARIOS)
    assert (response.status_code, "“without a visa” does not hold as a profile any more." in words(response)) == (200, True)
    adopt = client.post(f"{SCENARIOS}{one.pk}/adopt/")
    assert (adopt["Location"], "does not hold" in said(adopt)[-1]) == (SCENARIOS, True)
    token = share_scenario(by="visitor", scenario=one)
    shared = client.get(f"{SCENARIOS}shared/{token}/")
    assert (shared.status_code, "cannot be shown any more" in words(shared)) == (200, True)
    assert "martian" not in words(shared)


@pytest.mark.parametrize(("with_profile", "words_there"), [(False, "Answer five questions"), (True, "Go to What if")])
def test_page_without_scenarios_says_what_to_do(client, with_profile, words_there):
    market(1)
    if with_profile:
        visit(client, applicant().pk)
    assert words_there in words(client.get(SCENARIOS))


def test_queries_do_not_grow_with_list_and_scenarios(client, owner):
    counts = []
    for numbers, name in (([1], "one"), ([2, 3, 4], "two")):
        listed(owner, *numbers)
        kept(owner, name)
        client.get(SCENARIOS)
        counts.append(query_count(lambda: client.get(SCENARIOS)))
    # Each scenario that is compared reads the calendar's specialties once more; none reads the list again.
    assert counts[1] - counts[0] <= 3


def test_rename_delete_and_unshare_from_the_page(client, owner):
    one, other = kept(owner), kept(owner, "other")
    share_scenario(by="visitor", scenario=other)
    assert said(client.post(f"{SCENARIOS}{one.pk}/rename/", {"name": "new"}))[-1] == "The scenario is named “new” now."
    assert "already" in said(client.post(f"{SCENARIOS}{one.pk}/rename/", {"name": "other"}))[-1]
    assert "Give the scenario a name" in said(client.post(f"{SCENARIOS}{one.pk}/rename/", {"name": ""}))[-1]
    assert "is ended" in said(client.post(f"{SCENARIOS}{other.pk}/unshare/"))[-1]
    assert said(client.post(f"{SCENARIOS}{one.pk}/delete/"))[-1] == "“new” is deleted."
    assert list(Scenario.objects.values_list("name", "token")) == [("other", None)]


@pytest.mark.parametrize("what", ["rename", "delete", "share", "unshare", "adopt"])
def test_scenario_of_somebody_else_does_not_exist(client, owner, what):
    theirs = kept(applicant(), "theirs")
    assert client.post(f"{SCENARIOS}{theirs.pk}/{what}/", {"name": "mine"}).status_code == 404
    assert Client().post(f"{SCENARIOS}{theirs.pk}/{what}/", {"name": "mine"}).status_code == 404
    assert list(Scenario.objects.values_list("name", "token")) == [("theirs", None)]


# --- sharing ---


def test_sharing_says_what_is_seen_before_it_makes_the_link(client, owner):
    one = kept(owner)
    asked = words(client.get(f"{SCENARIOS}{one.pk}/share/"))
    assert "Whoever has the link sees" in asked
    assert "They do not see your name, the name of the scenario, your list, your notes or your budget" in asked
    assert Scenario.objects.get().token is None
    client.post(f"{SCENARIOS}{one.pk}/share/")
    token = Scenario.objects.get().token
    assert f'value="http://testserver/list/scenarios/shared/{token}/"' in client.get(SCENARIOS).content.decode()


def test_shared_page_shows_answers_and_results_and_no_name(client, owner):
    Profile.objects.update(label="Ada Example", budget_usd=4321)
    listed(owner, 1)
    ListEntry.objects.update(note="a note of mine")
    one = save_scenario(by="visitor", profile=owner, name="secret name", data=profile_data(Profile.objects.get()))
    response = Client().get(f"{SCENARIOS}shared/{share_scenario(by='visitor', scenario=one)}/")
    text = words(response)
    assert "Step 2 CK score 245" in text
    assert "Invented Hospital 001" in text
    assert re.search("Ada Example|secret name|4321|4,321|a note of mine", response.content.decode()) is None
    assert (response["X-Robots-Tag"], response["Referrer-Policy"]) == ("noindex, nofollow", "no-referrer")
    assert "no-store" in response["Cache-Control"]
    assert '<meta name="robots" content="noindex, nofollow">' in response.content.decode()


def test_ended_link_and_wrong_tokens_open_nothing(client, owner):
    one = kept(owner)
    token = share_scenario(by="visitor", scenario=one)
    assertContains(Client().get(f"{SCENARIOS}shared/{token}/"), '<meta name="robots" content="noindex, nofollow">')
    client.post(f"{SCENARIOS}{one.pk}/unshare/")
    for wrong in (token, "None", "x", token[:-1]):
        assert Client().get(f"{SCENARIOS}shared/{wrong}/").status_code == 404


def test_link_ends_with_the_scenario_and_the_profile(client, owner):
    token = share_scenario(by="visitor", scenario=kept(owner))
    client.post("/profile/delete/")
    assert Client().get(f"{SCENARIOS}shared/{token}/").status_code == 404


def test_shared_page_takes_no_form(client, owner):
    token = share_scenario(by="visitor", scenario=kept(owner))
    assert Client().post(f"{SCENARIOS}shared/{token}/").status_code == 405
