"""Programs side by side, on the map and in pictures: by mouse, by keyboard alone, on a phone, without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from programs.models import Program
from tests.journeys.support import assert_axe_clean, assert_fits_width
from tests.matching.builders import add_programs, market
from tests.matching.recomputing import key, state

pytestmark = pytest.mark.django_db(transaction=True)
ANSWERS = "?specialty=140&type=non_us_img&ck=245&fails=0&visa=j1"
BOTH = pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
# Axe looks at the two that differ most.
SIZES = pytest.mark.parametrize(("width", "dark"), [(360, False), (1280, True)])


@pytest.fixture(autouse=True)
def _market(transactional_db):
    market(3, visa_j1="yes", step2_q1="230", step2_median="240", step2_q3="250")
    add_programs([4], visa_j1="no")
    state(2, step2_min="230", name="Official letters", visa_j1="no")
    Program.objects.filter(key=key(3)).update(state="NY", name="Invented Hospital of a Name That Goes on for Longer Than Any Column Is Wide 003")


def compared(*numbers):
    return f"/list/compare/{ANSWERS}&{'&'.join(f'p={key(number)}' for number in numbers)}"


def with_list(page):
    """Put the first three programs on a list."""
    page.goto(f"/list/ranked/{ANSWERS}")
    for number in (1, 2, 3):
        row = page.locator(f"#program-{key(number)}")
        row.get_by_role("button", name=re.compile("^Add")).click()
        expect(row.get_by_role("button", name=re.compile("^Remove"))).to_be_visible()


def columns(page):
    return page.locator(".compare__name").all_inner_texts()


def tab_to(page, locator, most=60):
    """Press Tab until the focus is there."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if locator.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"not reached by {most} tabs: {locator}")


@BOTH
def test_find_compare_reorder_and_keep_what_differs(open_page, javascript):
    page = open_page(f"/list/compare/{ANSWERS}", javascript=javascript)
    expect(page.get_by_text("Nothing to compare yet")).to_be_visible()
    for number in (1, 2):
        page.get_by_role("searchbox").fill(f"00{number}")
        page.get_by_role("button", name="Find").click()
        page.get_by_role("link", name=f"Add Invented Hospital 00{number}").click()
    assert columns(page) == ["Invented Hospital 001", "Invented Hospital 002"]
    expect(page.get_by_role("row", name=re.compile("^J-1 visa"))).to_contain_text("sources disagree")
    page.get_by_role("link", name="Show only what differs").click()
    expect(page.get_by_role("rowheader", name="J-1 visa ≠ differs")).to_be_visible()
    expect(page.get_by_role("rowheader", name="Step 2 CK minimum")).to_have_count(0)
    page.get_by_role("link", name="Move Invented Hospital 002 to the left").click()
    assert columns(page) == ["Invented Hospital 002", "Invented Hospital 001"]
    bookmark = page.url
    page.get_by_role("link", name="Remove Invented Hospital 002").click()
    expect(page.get_by_text("Add another one to see what differs.")).to_be_visible()
    page.goto(bookmark)
    assert columns(page) == ["Invented Hospital 002", "Invented Hospital 001"]
    expect(page.get_by_role("link", name="Show all facts")).to_be_visible()


def test_programs_of_the_list_are_added_by_keyboard_alone(open_page):
    page = open_page()
    with_list(page)
    page.goto("/list/compare/")
    menu = page.get_by_label("From your list")
    tab_to(page, menu)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Remove Invented Hospital 002")).to_be_visible()
    tab_to(page, page.get_by_label("From your list"))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Remove Invented Hospital 001")).to_be_visible()
    assert columns(page) == ["Invented Hospital 002", "Invented Hospital 001"]
    tab_to(page, page.get_by_role("link", name="Move Invented Hospital 001 to the left"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Move Invented Hospital 001 to the right")).to_be_visible()
    assert columns(page) == ["Invented Hospital 001", "Invented Hospital 002"]


def test_wide_table_scrolls_in_its_own_frame_and_keeps_its_labels(open_page):
    page = open_page(compared(1, 2, 3, 4), width=360)
    assert_fits_width(page)
    frame, label = page.get_by_role("region", name="Programs side by side"), page.get_by_role("rowheader", name=re.compile("^J-1 visa"))
    before = label.bounding_box()["x"]
    tab_to(page, frame)
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    for _ in range(40):  # it scrolls smoothly
        if frame.evaluate("element => element.scrollLeft") > 100:
            break
        page.wait_for_timeout(50)
    assert frame.evaluate("element => element.scrollLeft") > 100
    assert label.bounding_box()["x"] == before


@BOTH
def test_map_switches_and_tiles_lead_to_their_programs(open_page, javascript):
    page = open_page(f"/list/map/{ANSWERS}", javascript=javascript)
    expect(page.get_by_role("heading", level=1)).to_have_text("Internal Medicine by state")
    page.get_by_role("listitem").get_by_role("link", name=re.compile("^New York: 1 program")).click()
    expect(page.get_by_role("heading", level=3)).to_have_text([re.compile("003$")])
    with_list(page)
    page.goto("/list/map/")
    expect(page.get_by_role("heading", level=1)).to_have_text("My list by state")
    page.get_by_role("link", name="All ranked programs").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Internal Medicine by state")
    page.get_by_role("link", name="My list", exact=True).last.click()
    page.get_by_role("link", name="Not excluded").click()
    expect(page.get_by_role("columnheader", name="Not excluded")).to_have_attribute("aria-sort", "descending")
    expect(page.locator(".map-table tbody th").first).to_contain_text("Ohio")


def test_map_is_walked_by_keyboard_in_reading_order_with_visible_focus(open_page):
    page = open_page(f"/list/map/{ANSWERS}")
    first, second = page.locator(".tile a").nth(0), page.locator(".tile a").nth(1)
    tab_to(page, first)
    assert first.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"
    page.keyboard.press("Tab")
    assert second.evaluate("element => element === document.activeElement")
    assert "New York" in first.inner_text()
    assert "Ohio" in second.inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=3)).to_have_count(2)


@BOTH
def test_charts_tell_what_they_show_and_hold_their_numbers(open_page, javascript):
    page = open_page(javascript=javascript)
    with_list(page)
    page.goto("/list/charts/")
    expect(page.get_by_text("3 programs of your list:")).to_be_visible()
    expect(page.get_by_text("Your 245 lies above the middle half of residents at 0, within it at 3, below it at 0.")).to_be_visible()
    expect(page.get_by_role("img", name="Programs by chance of an interview")).to_have_count(2)
    page.get_by_text("These numbers as a table").first.click()
    expect(page.get_by_role("table", name="Programs by chance of an interview").first).to_be_visible()
    expect(page.get_by_role("img", name="Match chance by number of applications")).to_be_visible()
    page.locator("#main").get_by_role("link", name="Build it").last.click()
    assert "/list/build/" in page.url


@SIZES
def test_pages_are_accessible_and_fit(open_page, width, dark):
    page = open_page(width=width, dark=dark)
    with_list(page)
    state(1, step2_min="225")
    numbers = "&".join(f"p={key(number)}" for number in (1, 2, 3, 4))
    for path in (f"/list/compare/?{numbers}", "/list/map/", "/list/charts/"):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert_fits_width(page)
        assert_axe_clean(page)
