"""Signals, by mouse, by keyboard alone, without JavaScript, and on a phone."""

import re

import pytest
from playwright.sync_api import expect

from matching.models import ListEntry
from tests.journeys.support import assert_axe_clean, assert_fits_width
from tests.matching.building import limit, shelf
from tests.matching.recomputing import key

pytestmark = pytest.mark.django_db(transaction=True)
ANSWERS = "?specialty=140&type=non_us_img&ck=245&fails=0&visa=j1&where=any&number=5"
BOTH = pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])


@pytest.fixture(autouse=True)
def _shelf(transactional_db):
    shelf()
    limit()


def sent():
    return {int(one.program.key[-5:]): one.signal for one in ListEntry.objects.select_related("program") if one.signal}


def with_list(open_page, **more):
    page = open_page(f"/list/build/{ANSWERS}", **more)
    page.get_by_role("button", name="Take all of it over").click()
    page.get_by_text("Proposal taken over: 5 added.").wait_for()
    page.goto("/list/signals/")
    return page


def button(page, number, kind):
    return page.locator(f"#signal-{key(number)}-{kind}")


@BOTH
def test_signals_are_placed_moved_and_counted(open_page, javascript):
    page = with_list(open_page, javascript=javascript)
    expect(page.get_by_text("0 of 1 gold, 0 of 2 silver used")).to_be_visible()
    button(page, 2, "gold").click()
    expect(page.get_by_text("1 of 1 gold, 0 of 2 silver used")).to_be_visible()
    button(page, 3, "gold").click()
    expect(page.get_by_text("The one gold signal is placed already: take one back first")).to_be_visible()
    button(page, 2, "gold").click()
    expect(page.get_by_text("0 of 1 gold, 0 of 2 silver used")).to_be_visible()
    page.get_by_role("button", name="Place all 3 suggested").click()
    expect(page.get_by_text("1 of 1 gold, 2 of 2 silver used")).to_be_visible()
    assert sorted(sent().values()) == ["gold", "silver", "silver"]


def test_keyboard_keeps_its_place_and_what_happened_is_read_aloud(open_page):
    page = with_list(open_page)
    button(page, 2, "gold").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("Invented Hospital 002: gold signal placed.")
    expect(button(page, 2, "gold")).to_be_focused()
    expect(button(page, 2, "gold")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Enter")
    expect(button(page, 2, "gold")).to_have_attribute("aria-pressed", "false")
    assert sent() == {}


@pytest.mark.parametrize(("width", "dark"), [(360, False), (1280, True)])
def test_page_is_accessible_and_fits(open_page, width, dark):
    page = open_page("/list/signals/", width=width, dark=dark)
    expect(page.get_by_role("link", name=re.compile("Answer five questions"))).to_be_visible()
    assert_axe_clean(page)
    page = with_list(open_page, width=width, dark=dark)
    button(page, 2, "gold").click()
    expect(button(page, 2, "gold")).to_have_attribute("aria-pressed", "true")
    assert_fits_width(page)
    assert_axe_clean(page)
