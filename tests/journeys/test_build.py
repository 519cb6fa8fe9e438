"""Build it for me, by mouse, by keyboard alone, without JavaScript, and on a phone."""

import re

import pytest
from playwright.sync_api import expect

from matching.choices import Standing
from matching.models import ListEntry
from tests.journeys.support import assert_axe_clean, assert_fits_width
from tests.matching.building import shelf

pytestmark = pytest.mark.django_db(transaction=True)
ANSWERS = "?specialty=140&type=non_us_img&ck=245&fails=0&visa=j1"
BOTH = pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])


@pytest.fixture(autouse=True)
def _shelf(transactional_db):
    shelf()


def on_list(standing=Standing.ADDED):
    return sorted(int(one.program.key[-5:]) for one in ListEntry.objects.select_related("program").filter(standing=standing))


def ask(page, label, value, *, javascript=True):
    page.get_by_label(label).fill(value)
    page.get_by_label(label).press("Tab") if javascript else page.get_by_role("button", name="Build", exact=True).click()


@BOTH
def test_budget_is_set_the_list_looked_at_and_taken_over(open_page, javascript):
    page = open_page(f"/list/build/{ANSWERS}", javascript=javascript)
    ask(page, "Spend at most ($)", "80", javascript=javascript)
    expect(page.get_by_text(re.compile(r"^With \$80: 5 programs for \$74"))).to_be_visible()
    expect(page).to_have_url(re.compile("budget=80"))
    page.reload()  # the address holds all of it
    page.get_by_role("checkbox", name="Invented Hospital 002").uncheck()
    page.get_by_role("button", name="Only what is ticked").click()
    expect(page.get_by_text("Proposal taken over: 4 added.")).to_be_visible()
    assert on_list() == [1, 3, 4, 5]
    page.goto("/list/build/?where=any&number=5")
    page.get_by_role("button", name="Take all of it over").click()
    expect(page.get_by_text("Proposal taken over: 1 added.")).to_be_visible()
    assert on_list() == [1, 2, 3, 4, 5]
    page.goto("/list/build/?where=any&number=5")
    expect(page.get_by_text("Your list is this list already")).to_be_visible()


def test_places_and_limits_are_asked_by_mouse_and_what_makes_no_sense_is_told(open_page):
    page = open_page(f"/list/build/{ANSWERS}&number=3&where=any")
    page.get_by_text("Places", exact=False).first.click()
    page.get_by_label("Only in the places below").check()
    expect(page.get_by_text("Choose at least one region or state below, or Anywhere.").last).to_be_visible()
    page.get_by_label("Midwest", exact=True).check()
    expect(page.get_by_text(re.compile("^With at most 3 programs: 3 programs"))).to_be_visible()
    ask(page, "Programs at most", "301")
    expect(page.get_by_role("alert")).to_contain_text("A list holds at most 300 programs")
    ask(page, "Programs at most", "2")
    page.get_by_role("button", name="Keep what is ticked as suggestions").click()
    expect(page.get_by_text("Proposal kept as suggestions: 2.")).to_be_visible()
    assert (on_list(), on_list(Standing.SUGGESTED)) == ([], [1, 2])


def test_keyboard_alone_builds_and_takes_over(open_page):
    page = open_page(f"/list/build/{ANSWERS}")
    page.get_by_label("Programs at most").focus()
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("^With at most 2 programs: 2 programs"))).to_be_visible()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.value") == "ticked":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_text("Proposal taken over: 2 added.")).to_be_visible()
    assert on_list() == [1, 2]


@pytest.mark.parametrize(("width", "dark"), [(360, False), (1280, True)])
def test_page_is_accessible_and_fits(open_page, width, dark):
    page = open_page(f"/list/build/{ANSWERS}&number=3&where=any", width=width, dark=dark)
    for box in page.locator("details").all():
        box.evaluate("box => { box.open = true }")
    assert_fits_width(page)
    assert_axe_clean(page)
    ask(page, "Programs at most", "301")
    expect(page.get_by_role("alert")).to_be_visible()
    assert_fits_width(page)
    assert_axe_clean(page)
