"""What if, and scenarios: by mouse, by keyboard alone, on a phone, without JavaScript."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from applicants.models import Profile
from matching.models import Scenario
from tests.journeys.support import assert_axe_clean, assert_fits_width
from tests.matching.builders import add_programs, market
from tests.matching.recomputing import recompute

pytestmark = pytest.mark.django_db(transaction=True)
ANSWERS = "?specialty=140&type=non_us_img&ck=240&fails=0&visa=j1"
PAGE = f"/list/what-if/{ANSWERS}"
MOST_TABS = 90  # a page has fewer places to go to
BOTH = pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])


@pytest.fixture(autouse=True)
def _market(transactional_db):
    market(4, visa_j1="yes")
    add_programs([5, 6], visa_j1="no")
    add_programs([7], step2_min="250")
    recompute()


def said(page):
    return page.locator("#said")


def show(page, javascript):
    """With JavaScript every move is answered by itself."""
    if not javascript:
        page.get_by_role("button", name="Show").click()


@BOTH
@pytest.mark.parametrize("width", [360, 1280])
def test_a_moved_menu_shows_what_opens_and_goes_back(open_page, width, javascript):
    page = open_page(PAGE, width=width, javascript=javascript)
    page.get_by_label("Visa", exact=True).select_option("No visa needed")
    show(page, javascript)
    expect(said(page)).to_contain_text("Internal Medicine: 2 open.")
    opens = page.locator("#opens")
    expect(opens.get_by_role("link", name="Invented Hospital 005")).to_be_visible()
    expect(opens).to_contain_text("No longer: Does not sponsor your visa")
    expect(page.locator("#state-visa")).to_contain_text("Your profile: J-1.")
    assert page.url.endswith(f"{PAGE}&w-visa=none")
    page.locator("#state-visa").get_by_role("link", name="Back to it").click()
    expect(said(page)).to_contain_text("Nothing is changed yet.")
    expect(page.get_by_label("Visa", exact=True)).to_have_value("j1")
    assert page.url.partition("#")[0].endswith(PAGE)
    assert Profile.objects.count() == 0


def test_arrow_keys_move_the_slider_and_keep_the_focus(open_page):
    page = open_page(PAGE)
    slider = page.get_by_label("Step 2 CK score", exact=True)
    slider.focus()
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#v-step2_score")).to_have_text("252")
    expect(said(page)).to_contain_text("1 opens")
    expect(slider).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Home")
    expect(page.locator("#state-step2_score")).to_contain_text("Your profile: 240.")
    page.locator("#state-step2_score").get_by_role("link").focus()
    page.keyboard.press("Enter")
    expect(slider).to_be_focused()
    expect(slider).to_have_value("240")
    expect(said(page)).to_contain_text("Nothing is changed yet.")


def test_a_slider_that_moves_says_something_and_its_box_takes_it_back(open_page):
    page = open_page(PAGE)
    box, slider = page.locator("#b-year"), page.get_by_label("Year of graduation", exact=True)
    expect(box).to_be_checked()
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(box).not_to_be_checked()
    expect(page.locator("#state-year")).to_contain_text("Your profile: not said.")
    box.focus()
    page.keyboard.press("Space")
    expect(page.locator("#v-year")).to_have_text("not said")
    expect(said(page)).to_contain_text("Nothing is changed yet.")


def test_what_other_controls_depend_on_draws_them_anew(open_page):
    page = open_page(PAGE)
    page.get_by_label("You are").focus()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("Visa", exact=True)).to_have_value("none")
    expect(page.get_by_label("You are")).to_be_focused()
    page.get_by_label("You are").select_option("non_us_img")
    expect(page.get_by_label("Visa", exact=True)).to_have_value("j1")
    page.get_by_label("Every sitting is listed").select_option("Yes")
    expect(page.get_by_label("Failed attempts at Step 2 CK")).to_be_visible()
    expect(page.get_by_label("Failed attempts, all Steps together")).to_have_count(0)


@BOTH
def test_what_rules_forbid_is_refused_beside_the_control(open_page, javascript):
    page = open_page(PAGE, javascript=javascript)
    page.get_by_label("Every sitting is listed").select_option("Yes")
    show(page, javascript)
    page.get_by_label("Failed attempts at Step 2 CK").fill("4")
    show(page, javascript)
    expect(said(page)).to_contain_text("This cannot be as it stands.")
    state = page.locator("#state-fails_step2")
    expect(state).to_contain_text("at most 4 attempts")
    expect(page.get_by_label("Failed attempts at Step 2 CK")).to_have_attribute("aria-invalid", "true")


@BOTH
@pytest.mark.parametrize("width", [360, 1280])
def test_a_scenario_is_kept_compared_shared_ended_and_made_the_profile(open_page, width, javascript):
    page = open_page(f"{PAGE}&w-visa=none", width=width, javascript=javascript)
    page.get_by_label("Keep this as a scenario named").fill("no visa")
    page.get_by_role("button", name="Save scenario").click()
    expect(page.get_by_text("“no visa” is kept.")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("^Visa"))).to_contain_text("No visa needed")
    page.get_by_role("link", name="Share by link (no visa)").click()
    expect(page.get_by_text("They do not see your name")).to_be_visible()
    page.get_by_role("button", name="Make the link").click()
    link = page.get_by_label("Whoever has this link sees it").input_value()
    other = open_page(link, javascript=javascript)
    expect(other.get_by_role("heading", level=1)).to_have_text("A shared scenario")
    expect(other.get_by_text("no visa", exact=True)).to_have_count(0)
    page.get_by_role("button", name="End the link to no visa").click()
    expect(page.get_by_text("The link to “no visa” is ended")).to_be_visible()
    assert page.request.get(link).status == 404
    page.get_by_role("link", name="Make this my profile (no visa)").click()
    page.get_by_role("button", name="Make this my profile").click()
    expect(page.get_by_text("“no visa” is your profile now.")).to_be_visible()
    assert Profile.objects.get().visa_need == "none"
    page.get_by_text("Rename or delete").click()
    page.get_by_role("button", name="Delete for good (no visa)").click()
    expect(page.get_by_text("“no visa” is deleted.")).to_be_visible()
    assert Scenario.objects.count() == 0


def tab_to(page, target):
    """Press Tab until the target has the focus, as whoever has a keyboard alone does."""
    expect(target).to_be_visible()
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"{MOST_TABS} tabs do not lead there")


def press(page, target):
    tab_to(page, target)
    page.keyboard.press("Enter")


def test_keyboard_alone_tries_moves_keeps_shares_ends_and_adopts_on_a_phone(open_page):
    page = open_page(PAGE, width=360)
    expect(said(page)).to_contain_text("Nothing is changed yet. Internal Medicine: 4 open.")
    press(page, page.get_by_role("link", name="ECFMG certificate in hand"))
    expect(page.locator("#state-ecfmg")).to_contain_text("Your profile: not said.")
    slider = page.get_by_label("Step 2 CK score", exact=True)
    tab_to(page, slider)
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    expect(said(page)).to_contain_text("1 opens")
    expect(said(page)).to_be_in_viewport(ratio=1)
    thumb, line = slider.bounding_box(), said(page).bounding_box()
    assert thumb["y"] + thumb["height"] <= line["y"]
    tab_to(page, page.get_by_label("Keep this as a scenario named"))
    page.keyboard.type("by keyboard")
    page.keyboard.press("Enter")
    expect(page.get_by_text("“by keyboard” is kept.")).to_be_visible()
    press(page, page.get_by_role("link", name="Share by link (by keyboard)"))
    press(page, page.get_by_role("button", name="Make the link"))
    expect(page.get_by_label("Whoever has this link sees it")).to_be_visible()
    press(page, page.get_by_role("button", name="End the link to by keyboard"))
    press(page, page.get_by_role("link", name="Make this my profile (by keyboard)"))
    press(page, page.get_by_role("button", name="Make this my profile"))
    expect(page.get_by_text("“by keyboard” is your profile now.")).to_be_visible()
    assert Profile.objects.get().ecfmg_status == "certified"


@pytest.mark.parametrize(("width", "dark"), [(360, False), (1280, True)])
def test_pages_are_accessible_and_fit(open_page, width, dark):
    page = open_page(f"{PAGE}&w-visa=none", width=width, dark=dark)
    page.get_by_label("Keep this as a scenario named").fill("a scenario with a name that is rather long, for whoever likes it so")
    page.get_by_role("button", name="Save scenario").click()
    expect(page.get_by_text("is kept.")).to_be_visible()
    pk = Scenario.objects.get().pk
    look_at(page)
    page.goto(reverse("matching:scenario-adopt", args=[pk]))
    look_at(page)
    page.goto(reverse("matching:scenario-share", args=[pk]))
    look_at(page)
    page.get_by_role("button", name="Make the link").click()
    page.goto(page.get_by_label("Whoever has this link sees it").input_value())
    look_at(page)
    for moved in ("", "&w-visa=none&w-year=2010&w-step2_score=260", "&w-step2_score=120"):
        page.goto(f"{PAGE}{moved}")
        look_at(page)


def look_at(page):
    page.wait_for_load_state("networkidle")
    for details in page.locator("details").all():
        details.evaluate("element => { element.open = true }")
    assert_fits_width(page)
    assert_axe_clean(page)
