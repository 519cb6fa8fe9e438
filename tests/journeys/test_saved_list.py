"""From the ranked programs to one's own list, and what becomes of it when the data changes: by mouse, by keyboard, on a phone, without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from applicants.models import Profile
from matching.models import ListEntry, RecomputeRun
from programs.views.refresh import refresh
from tests.journeys.support import assert_axe_clean, assert_fits_width
from tests.matching.builders import add_programs, market
from tests.matching.recomputing import key, recompute, state
from tests.smartpick.people import PASSWORD, person

pytestmark = pytest.mark.django_db(transaction=True)
ANSWERS = "?specialty=140&type=non_us_img&ck=245&fails=0&visa=j1"
BOTH = pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
SIZES = pytest.mark.parametrize(("width", "dark"), [(360, False), (1280, True)])


@pytest.fixture(autouse=True)
def _market(transactional_db):
    market(4, visa_j1="yes")
    add_programs([8], visa_j1="no")
    recompute()


def row(page, number):
    return page.locator(f"#program-{key(number)}")


def press(page, number, word):
    row(page, number).get_by_role("button", name=re.compile(f"^{word}")).click()


def add(page, *numbers):
    page.goto(f"/list/ranked/{ANSWERS}")
    for number in numbers:
        press(page, number, "Add")
        expect(row(page, number).get_by_text("On your list", exact=True)).to_be_visible()


def look_at(page):
    page.wait_for_load_state("networkidle")
    assert_fits_width(page)
    assert_axe_clean(page)


def on_lists():
    return sorted(ListEntry.objects.values_list("program__key", flat=True))


@BOTH
@pytest.mark.parametrize("width", [360, 1280])
def test_add_and_remove_from_the_list(open_page, width, javascript):
    page = open_page(f"/list/ranked/{ANSWERS}", width=width, javascript=javascript)
    press(page, 1, "Add")
    expect(page.get_by_text("Your answers are saved as a profile in this browser").last).to_be_visible()
    expect(row(page, 1).get_by_text("On your list", exact=True)).to_be_visible()
    press(page, 2, "Add")
    expect(row(page, 2).get_by_text("On your list", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="My list (2)")).to_be_visible()
    press(page, 1, "Remove")
    expect(row(page, 1).get_by_role("button", name="Add Invented Hospital 001 to my list")).to_be_visible()
    expect(page.get_by_role("link", name="My list (1)")).to_be_visible()
    page.get_by_role("link", name="My list (1)").click()
    expect(page.get_by_role("heading", level=3).filter(has_text="Invented")).to_have_text(["Invented Hospital 002"])
    assert (on_lists(), Profile.objects.count()) == ([key(2)], 1)


def test_two_quick_clicks_of_a_visitor_make_one_profile(open_page):
    page = open_page(f"/list/ranked/{ANSWERS}")
    page.evaluate("document.querySelectorAll('.saved-toggle button').forEach((button) => button.click())")
    expect(page.locator(".saved-toggle--on")).to_have_count(4)
    assert (Profile.objects.count(), len(on_lists())) == (1, 4)


@pytest.mark.parametrize("width", [360, 1280])
def test_a_double_click_adds_and_does_not_take_away_again(open_page, width):
    page = open_page(f"/list/ranked/{ANSWERS}", width=width)
    row(page, 1).get_by_role("button", name=re.compile("^Add")).dblclick()
    expect(row(page, 1).get_by_text("On your list", exact=True)).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert on_lists() == [key(1)]


def test_keyboard_keeps_its_place_and_what_happened_is_read_aloud(open_page):
    page = open_page(f"/list/ranked/{ANSWERS}")
    row(page, 2).get_by_role("button", name=re.compile("^Add")).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("Invented Hospital 002 is on your list.")
    assert page.locator("#messages").get_attribute("role") == "status"
    expect(row(page, 2).get_by_role("button", name="Remove Invented Hospital 002 from my list")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("Invented Hospital 002 is off your list.")
    expect(row(page, 2).get_by_role("button", name=re.compile("^Add"))).to_be_focused()


@BOTH
def test_program_page_adds_and_removes(open_page, javascript):
    page = open_page(f"/programs/{key(3)}/{ANSWERS}", javascript=javascript)
    page.get_by_role("button", name=re.compile("^Add")).click()
    expect(page.get_by_role("link", name="My list (1)")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Remove")).click()
    expect(page.get_by_role("link", name="My list (0)")).to_be_visible()
    assert on_lists() == []


@BOTH
def test_a_change_of_a_fact_is_told_until_it_is_seen(open_page, javascript):
    page = open_page(javascript=javascript)
    add(page, 1, 2)
    page.goto("/list/")
    expect(page.get_by_role("heading", name=re.compile("What changed"))).to_have_count(0)
    state(1, visa_j1="no")
    refresh("admin@example.org", "Import of october.csv applied")
    assert RecomputeRun.objects.first().state == "done"
    page.reload()
    notice = page.locator(".change")
    expect(notice).to_have_count(1)
    expect(notice).to_contain_text(re.compile(r"Invented Hospital 001: now excluded\s*from .* to excluded\s*J-1 visa: no, says Program pages, 1 Sep 2026"))
    expect(row(page, 1)).to_contain_text("Does not sponsor your visa (J-1 no, H-1B not known)")
    page.goto("/list/ranked/")
    expect(page.locator(".change")).to_have_count(1)
    page.get_by_role("button", name="I have seen this").click()
    expect(page.locator(".change")).to_have_count(0)
    if javascript:
        expect(page.get_by_role("link", name="All changes").first).to_be_focused()
    page.goto("/list/")
    expect(page.locator(".change")).to_have_count(0)
    page.get_by_role("link", name="All changes on this list").click()
    expect(page.locator(".change")).to_have_count(1)


@SIZES
def test_every_page_is_accessible_and_fits(open_page, width, dark):
    page = open_page("/list/", width=width, dark=dark)
    look_at(page)
    page.goto("/list/changes/")
    look_at(page)
    add(page, 1, 2)
    look_at(page)
    page.goto(f"/list/ranked/{ANSWERS}&excluded_by=visa")
    press(page, 8, "Add")
    expect(row(page, 8).get_by_text("On your list", exact=True)).to_be_visible()
    state(1, visa_j1="no")
    recompute()
    for path in ("/list/", "/list/ranked/", "/list/changes/", f"/programs/{key(1)}/"):
        page.goto(path)
        look_at(page)
    page.goto("/list/")
    page.get_by_role("button", name="I have seen this").click()
    expect(page.locator("#changes-button")).to_be_focused()
    look_at(page)


# --- recomputes ---


def sign_in(page):
    person(password=PASSWORD)
    page.get_by_label("E-mail address").fill("data_admin@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Recomputes", level=1).wait_for()


def going_on(**changes):
    values = {"data_version": 9, "engine": "e", "season": 2027, "cause": "Import of october.csv applied", "started_by": "admin@example.org"}
    return RecomputeRun.objects.create(**(values | {"state": "waiting", "profiles": 4000} | changes))


@BOTH
def test_recompute_is_started_by_hand_and_told_in_the_ledger(open_page, javascript):
    page = open_page("/data/recomputes/", javascript=javascript)
    sign_in(page)
    page.get_by_role("button", name="Start a recompute").click()
    expect(page.get_by_role("alert")).to_contain_text("Say in a few words why")
    state(2, visa_j1="no")
    page.get_by_label("Cause of a new recompute").fill("A letter of the program")
    page.get_by_role("button", name="Start a recompute").click()
    expect(page.get_by_text("The recompute is started.")).to_be_visible()
    expect(page.locator("tbody tr").first).to_contain_text(re.compile(r"A letter of the program.*data_admin@example\.org.*done", re.DOTALL))


def test_bar_follows_the_run_and_ends_with_it(open_page):
    page = open_page("/data/recomputes/")
    sign_in(page)
    run = going_on()
    page.reload()
    expect(page.get_by_text("A recompute waits for a worker")).to_be_visible()
    RecomputeRun.objects.filter(pk=run.pk).update(state="running", profiles_done=1000, started_at=run.created_at, beat_at=run.created_at)
    expect(page.get_by_text("1,000 of 4,000 applicants")).to_be_visible()
    assert page.get_by_role("progressbar").get_attribute("value") == "1000"
    RecomputeRun.objects.filter(pk=run.pk).update(state="done", profiles_done=4000, ended_at=run.created_at)
    expect(page.get_by_role("button", name="Start a recompute")).to_be_visible()
    expect(page.locator("#messages")).to_contain_text("The recompute has ended: done, 4,000 applicants")
    expect(page.get_by_role("progressbar")).to_have_count(0)


def test_imports_show_the_bar_until_the_run_ends(open_page):
    page = open_page("/data/recomputes/")
    sign_in(page)
    run = going_on()
    page.goto("/data/")
    expect(page.get_by_text("A recompute waits for a worker")).to_be_visible()
    look_at_once(page)
    RecomputeRun.objects.filter(pk=run.pk).update(state="done", profiles_done=4000, started_at=run.created_at, ended_at=run.created_at)
    expect(page.locator("#recompute-now")).to_contain_text("The recompute has ended: done")


def test_without_javascript_one_looks_again_and_can_cancel(open_page):
    page = open_page("/data/recomputes/", javascript=False)
    sign_in(page)
    run = going_on()
    page.reload()
    RecomputeRun.objects.filter(pk=run.pk).update(state="running", profiles_done=2000, started_at=run.created_at, beat_at=run.created_at)
    page.get_by_role("link", name="Look again").click()
    expect(page.get_by_text("2,000 of 4,000 applicants")).to_be_visible()
    page.get_by_role("button", name="Cancel this recompute").click()
    expect(page.get_by_text("The recompute is cancelled.")).to_be_visible()
    assert RecomputeRun.objects.get(pk=run.pk).state == "cancelled"


def look_at_once(page):
    """As `look_at`, on a page that asks again and again."""
    assert_fits_width(page)
    assert_axe_clean(page)


@SIZES
def test_recomputes_are_accessible_and_fit(open_page, width, dark):
    page = open_page("/data/recomputes/", width=width, dark=dark)
    sign_in(page)
    look_at_once(page)
    failed = going_on(state="failed", error="One part failed 5 times: ValueError: something odd. Mend the cause, then start a recompute by hand.")
    page.reload()
    expect(page.get_by_text("The last recompute failed")).to_be_visible()
    look_at_once(page)
    RecomputeRun.objects.filter(pk=failed.pk).update(state="running", profiles_done=10, started_at="2026-01-01T00:00Z", beat_at="2026-01-01T00:00Z")
    page.reload()
    expect(page.get_by_text("No worker has been heard of")).to_be_visible()
    look_at_once(page)
