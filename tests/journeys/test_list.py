"""From five answers to a ranked, explained list, as people do it: by mouse, by keyboard, on a phone, without JavaScript."""

import re

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from applicants.models import Profile
from tests.journeys.support import assert_axe_clean, assert_fits_width
from tests.matching.builders import add_programs

pytestmark = pytest.mark.django_db(transaction=True)
ANSWERS = "?specialty=140&type=non_us_img&ck=245&fails=0&visa=j1"


@pytest.fixture(autouse=True)
def _demonstration(transactional_db):
    call_command("load_reference", verbosity=0)
    call_command("demo_on", programs=150, verbosity=0)


def answer_five_questions(page):
    page.get_by_label("Specialty").select_option("Internal Medicine")
    page.get_by_label("Non-U.S. IMG", exact=True).check()
    page.get_by_label("Step 2 CK score").fill("245")
    page.get_by_label("Failed attempts, any Step").select_option("None")
    page.get_by_label("Visa").select_option("J-1")
    page.get_by_role("button", name="Show my programs").click()


def first_program(page):
    return page.locator(".result").first


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
@pytest.mark.parametrize("width", [360, 1280])
def test_five_answers_lead_to_an_explained_list(open_page, width, javascript):
    page = open_page("/", width=width, javascript=javascript)
    answer_five_questions(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Internal Medicine")
    assert page.url.endswith("/list/ranked/?specialty=140&type=non_us_img&ck=245&fails=0&visa=j1")
    row = first_program(page)
    expect(row).to_contain_text(re.compile(r"(safer|middle|reach)"))
    expect(row).to_contain_text(re.compile(r"about 1 in \d+"))
    if javascript:
        row.get_by_text("Why", exact=False).first.click()
        expect(row.get_by_text("Your chance here")).to_be_visible()
    else:
        row.locator("summary").click()
        row.get_by_role("link", name="Open the full sum").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Why this chance?")
        expect(page.get_by_text("Your chance here")).to_be_visible()


def test_back_button_returns_to_the_answers_and_the_filtered_list(open_page):
    page = open_page("/")
    answer_five_questions(page)
    page.get_by_role("link", name="J-1", exact=True).click()
    filtered = page.url
    assert filtered.endswith("&sponsors=j1#programs-title")
    first_program(page).get_by_role("heading").get_by_role("link").click()
    expect(page.get_by_role("heading", name="For you")).to_be_visible()
    page.go_back()
    assert page.url == filtered
    expect(first_program(page)).to_be_visible()
    page.go_back()
    page.go_back()
    expect(page.get_by_role("button", name="Show my programs")).to_be_visible()


def test_show_the_next_rows_adds_them_in_place(open_page):
    add_programs(range(1, 61), visa_j1="yes")
    page = open_page(f"/list/ranked/{ANSWERS}")
    expect(page.locator(".result")).to_have_count(50)
    page.get_by_role("link", name="Show the next 50").click()
    expect(page.locator(".result").nth(55)).to_be_visible()
    assert page.url.endswith("visa=j1")


def test_excluded_programs_are_one_click_away_with_their_reason(open_page):
    page = open_page(f"/list/ranked/{ANSWERS}")
    group = page.locator(".disclosure", has_text="Does not sponsor your visa")
    group.locator("summary").click()
    expect(group.get_by_text("J-1 no", exact=False).first).to_be_visible()


def test_keyboard_alone_answers_the_questions_and_opens_why(open_page):
    page = open_page("/")
    page.get_by_label("Specialty").focus()
    page.keyboard.type("Internal M")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("245")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("J")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Show my programs").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Internal Medicine")
    summary = first_program(page).locator("summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(first_program(page).get_by_text("Your chance here")).to_be_visible()


def test_unusable_answers_come_back_with_what_to_do(open_page):
    page = open_page("/", javascript=False)
    page.get_by_label("Step 2 CK score").fill("999")
    page.get_by_role("button", name="Show my programs").click()
    expect(page.get_by_role("alert")).to_contain_text("need another look")
    expect(page.get_by_label("Step 2 CK score")).to_have_value("999")


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
def test_telling_more_saves_the_profile_and_changes_the_list(open_page, javascript):
    page = open_page(f"/list/ranked/{ANSWERS}", javascript=javascript)
    page.get_by_role("link", name="Tell more, narrow the ranges").click()
    page.get_by_label("Year of graduation").fill("2012")
    page.get_by_role("button", name=re.compile("Save")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Internal Medicine")
    expect(page.get_by_text("15 years since graduation")).to_be_visible()
    assert Profile.objects.filter(is_demo=False).count() == 1


def test_trying_a_demonstration_applicant_shows_their_list(open_page):
    page = open_page("/")
    page.get_by_role("button", name="ECFMG certificate not in time").click()
    expect(page.get_by_text("excluded as things stand")).to_be_visible()
    expect(page.get_by_text("National rule: no ECFMG certificate by the rank-list deadline")).to_be_visible()


# Each width and each scheme once: what axe finds depends on the one (layout, order) or on the other (contrast).
@pytest.mark.parametrize(("width", "dark"), [(360, False), (1280, True)], ids=["phone-light", "wide-dark"])
def test_every_page_is_accessible_and_fits(open_page, width, dark):
    page = open_page(f"/list/ranked/{ANSWERS}", width=width, dark=dark)
    program = first_program(page).get_by_role("heading").get_by_role("link").get_attribute("href")
    key = re.search(r"/programs/(\w+)/", program)[1]
    for path in (
        f"/list/ranked/{ANSWERS}",
        f"/list/ranked/{ANSWERS}&excluded_by=visa",
        f"/list/ranked/{ANSWERS}&q=nosuchplace",
        f"/list/ranked/{ANSWERS}".replace("visa=j1", "visa=none").replace("140", "260"),
        program,
        f"/programs/{key}/",
        f"/list/why/{key}/{ANSWERS}",
        "/method/",
        "/programs/?q=hospital",
        "/profile/",
    ):
        page.goto(path)
        for details in page.locator("details").all():
            details.evaluate("element => { element.open = true }")
        page.wait_for_load_state("networkidle")
        assert_fits_width(page)
        assert_axe_clean(page)
