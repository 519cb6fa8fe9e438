"""Working on one's list: by mouse, by keyboard alone, without JavaScript, in two tabs, on a phone and on paper."""

import re

import pytest
from playwright.sync_api import expect

from matching.models import ListEntry
from programs.models import Program
from tests.journeys.support import assert_axe_clean, assert_fits_width
from tests.matching.builders import add_programs, market
from tests.matching.recomputing import key, recompute

pytestmark = pytest.mark.django_db(transaction=True)
ANSWERS = "?specialty=140&type=non_us_img&ck=245&fails=0&visa=j1"
LONG = "The Invented Consolidated University Health Sciences Center and Associated Teaching Hospitals of Northwestern Ohio"


@pytest.fixture(autouse=True)
def _market(transactional_db):
    market(4, visa_j1="yes")
    add_programs([8], visa_j1="no")
    recompute()


def row(page, number):
    return page.locator(f"#program-{key(number)}")


def press(page, number, word):
    row(page, number).get_by_role("button", name=word, exact=True).click()


def more(page, number):
    menu = row(page, number).locator("details")
    if menu.get_attribute("open") is None:
        menu.locator("summary").click()


def order(page):
    return [int(one.get_attribute("data-key")[-5:]) for one in page.locator("[aria-labelledby=on-list-title] > .entries > .entry").all()]


def my_list(page, *numbers):
    """A list of these programs, put together on the page of programs."""
    page.goto(f"/list/ranked/{ANSWERS}")
    for number in numbers:
        if number == 8:
            page.goto(f"/list/ranked/{ANSWERS}&excluded_by=visa")
        row(page, number).get_by_role("button", name=re.compile("^Add")).click()
        expect(row(page, number).get_by_text("On your list", exact=True)).to_be_visible()
    page.goto("/list/")
    expect(page.locator(".entry")).to_have_count(len(numbers))
    return page


def standings():
    return {int(found[-5:]): standing for found, standing in ListEntry.objects.values_list("program__key", "standing")}


def test_by_mouse_drag_lock_note_several_at_once_and_undo(open_page):
    page = my_list(open_page(), 1, 2, 3)
    row(page, 3).locator(".entry__grip").drag_to(row(page, 1), target_position={"x": 200, "y": 4})
    expect(page.locator("#messages")).to_contain_text("Moved: Invented Hospital 003.")
    assert order(page) == [3, 1, 2]
    press(page, 1, "Lock in")
    expect(row(page, 1).get_by_text("locked in")).to_be_visible()
    row(page, 2).get_by_role("link", name="Note and connection").click()
    note = row(page, 2).get_by_label("Note", exact=True)
    expect(note).to_be_focused()
    note.fill("Nice people in May")
    row(page, 2).get_by_label(re.compile("strong: rotated there")).check()
    press(page, 1, "Unlock")  # a change elsewhere on the list loses no note that is being written
    expect(row(page, 1).get_by_role("button", name="Lock in")).to_be_visible()
    expect(row(page, 2).get_by_label("Note", exact=True)).to_have_value("Nice people in May")
    row(page, 2).get_by_role("button", name="Keep", exact=True).click()
    expect(row(page, 2).get_by_text("strong connection")).to_be_visible()
    expect(row(page, 2).get_by_text("with your connection")).to_be_visible()
    row(page, 2).get_by_role("checkbox").check()
    row(page, 3).get_by_role("checkbox").check()
    page.locator(".bulk").get_by_role("button", name="Rule out").click()
    expect(page.locator(".totals__line")).to_contain_text("From this list of 1:")
    assert standings() == {1: "added", 2: "vetoed", 3: "vetoed"}
    page.get_by_role("button", name="Undo the last change").click()
    expect(page.locator(".totals__line")).to_contain_text("From this list of 3:")
    assert standings() == {1: "added", 2: "added", 3: "added"}


def test_by_keyboard_alone_order_lock_and_note(open_page):
    page = my_list(open_page(), 1, 2, 3)
    summary = row(page, 3).locator("summary")
    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    up = row(page, 3).get_by_role("button", name="Up", exact=True)
    expect(up).to_be_focused()
    for place in (1, 0):
        page.keyboard.press("Enter")
        expect(page.locator(".entries > .entry").nth(place)).to_have_id(f"program-{key(3)}")
        expect(up).to_be_focused()  # the whole list was drawn anew
    assert page.locator("#messages").get_attribute("role") == "status"
    row(page, 1).get_by_role("checkbox").focus()
    page.keyboard.press("Space")
    page.locator(".bulk").get_by_role("button", name="Lock in").focus()
    page.keyboard.press("Enter")
    expect(row(page, 1).get_by_text("locked in")).to_be_visible()
    row(page, 2).get_by_role("link", name="Note and connection").focus()
    page.keyboard.press("Enter")
    expect(row(page, 2).get_by_label("Note", exact=True)).to_be_focused()
    page.keyboard.type("By keys")
    row(page, 2).get_by_role("button", name="Keep", exact=True).focus()
    page.keyboard.press("Enter")
    expect(row(page, 2).get_by_text("By keys")).to_be_visible()
    expect(row(page, 2).get_by_role("link", name="Note and connection")).to_be_focused()


def test_without_javascript_everything_works(open_page):
    page = my_list(open_page(javascript=False), 1, 2, 3)
    more(page, 3)
    press(page, 3, "Up")
    expect(row(page, 3).get_by_role("button", name="Up", exact=True)).to_be_visible()  # its buttons are still open
    press(page, 3, "Up")
    assert order(page) == [3, 1, 2]
    row(page, 2).get_by_role("link", name="Note and connection").click()
    page.get_by_label("Note", exact=True).fill("On a page of its own")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(row(page, 2).get_by_text("On a page of its own")).to_be_visible()
    page.get_by_role("link", name="Tick all shown").click()
    page.locator(".bulk").get_by_text("Tag or connect").click()
    page.get_by_label("Tag", exact=True).fill("near family")
    page.get_by_role("button", name="Add the tag").click()
    expect(page.locator(".entry").get_by_text("near family")).to_have_count(3)
    more(page, 1)
    press(page, 1, "Take off")
    expect(page.locator(".totals__line")).to_contain_text("From this list of 2:")
    page.get_by_role("button", name="Undo the last change").click()
    assert standings() == {1: "added", 2: "added", 3: "added"}
    page.get_by_text("The usual target: change it").click()
    page.get_by_label("Reach, %").fill("30")
    page.get_by_role("button", name="Keep this target").click()
    expect(page.get_by_text("The three percentages make 105 together")).to_be_visible()
    page.get_by_label("Safer, %").fill("20")
    page.get_by_role("button", name="Keep this target").click()
    expect(page.get_by_text("Your target: change it")).to_be_visible()


def test_two_tabs_never_write_over_one_another(open_page):
    page = my_list(open_page(), 1, 2)
    other = page.context.new_page()
    other.goto("/list/")
    row(page, 1).get_by_role("link", name="Note and connection").click()
    row(page, 1).get_by_label("Note", exact=True).fill("Written here for an hour")
    row(other, 1).get_by_role("link", name="Note and connection").click()
    row(other, 1).get_by_label("Note", exact=True).fill("Written in the other tab")
    row(other, 1).get_by_role("button", name="Keep", exact=True).click()
    expect(row(other, 1).get_by_text("Written in the other tab").first).to_be_visible()
    press(other, 2, "Lock in")
    expect(row(other, 2).get_by_text("locked in")).to_be_visible()
    row(page, 1).get_by_role("button", name="Keep", exact=True).click()
    expect(row(page, 1).get_by_text("There now", exact=True)).to_be_visible()
    expect(row(page, 1).get_by_text("Note: Written in the other tab")).to_be_visible()
    expect(row(page, 1).get_by_label("Note", exact=True)).to_have_value("Written here for an hour")
    assert ListEntry.objects.get(program__key=key(1)).note == "Written in the other tab"
    more(page, 2)
    press(page, 2, "Rule out")  # this tab still shows it unlocked
    expect(page.locator("#messages")).to_contain_text("Invented Hospital 002 was changed elsewhere since this page was opened")
    expect(row(page, 2).get_by_text("locked in")).to_be_visible()
    assert standings() == {1: "added", 2: "locked"}


@pytest.mark.parametrize(("width", "dark"), [(360, False), (1280, True)])
def test_list_is_accessible_fits_and_keeps_its_totals_in_view(open_page, width, dark):
    Program.objects.filter(key=key(1)).update(name=LONG, city="An Invented City With a Long Name")
    page = my_list(open_page(width=width, dark=dark, height=500), 1, 2, 3, 8)
    row(page, 8).get_by_role("link", name="Note and connection").click()
    expect(row(page, 8).get_by_label("Note", exact=True)).to_be_focused()
    more(page, 1)
    press(page, 2, "Lock in")
    expect(row(page, 2).get_by_text("locked in")).to_be_visible()
    row(page, 3).get_by_role("checkbox").check()
    expect(page.locator(".bulk").get_by_role("button", name="Rule out")).to_be_in_viewport()
    page.locator(".filters summary").click()
    assert_fits_width(page)
    row(page, 8).scroll_into_view_if_needed()
    expect(page.locator(".totals__line")).to_be_in_viewport()
    assert_axe_clean(page)
    page.goto(f"/list/entry/{key(1)}/")
    assert_fits_width(page)
    assert_axe_clean(page)


def test_paper_has_rows_and_totals_and_no_buttons(open_page):
    page = my_list(open_page(), 1, 2)
    page.emulate_media(media="print")
    expect(page.locator(".totals__line")).to_be_visible()
    expect(row(page, 1).locator(".entry__chance")).to_be_visible()
    for hidden in (".entry__do", ".bulk", ".undo", ".entry__tick", ".workspace-nav"):
        expect(page.locator(hidden).first).to_be_hidden()
