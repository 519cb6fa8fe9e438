"""From applying to the rank list: by mouse, by keyboard alone, on a phone, without JavaScript."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from matching.models import ListEntry, ProgramList, SeasonStep
from programs.models import Program
from tests.journeys.support import assert_axe_clean, assert_fits_width
from tests.matching.builders import market
from tests.matching.recomputing import key, listed
from tests.matching.seasons import TODAY, happened, opening, steps, stop_the_clock

pytestmark = pytest.mark.django_db(transaction=True)
ANSWERS = "?specialty=140&type=non_us_img&ck=245&fails=0&visa=j1"
SEASON = "/list/season/"
BOTH = pytest.mark.parametrize(("javascript", "width"), [(True, 1280), (False, 360)], ids=["javascript", "no-javascript-phone"])
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _market(transactional_db, monkeypatch):
    stop_the_clock(monkeypatch)
    market(4, visa_j1="yes")
    opening()
    Program.objects.filter(key=key(4)).update(deadline=TODAY + DAY, name="Invented Hospital 004 with a Name that is Longer than any Line of a Telephone")


def with_list(open_page, **more):
    """A page of a visitor whose list holds all four programs."""
    page = open_page(f"/list/ranked/{ANSWERS}", **more)
    page.locator(f"#program-{key(1)}").get_by_role("button", name=re.compile("^Add")).click()
    expect(page.get_by_text("Your answers are saved as a profile").last).to_be_visible()
    owner = ProgramList.objects.get().profile
    listed(owner, 2, 3, 4)
    page.goto(SEASON)
    return page, owner


def group(page, title):
    return page.get_by_role("region", name=re.compile(f"^{title}"))


def record(page, number, step, on=""):
    page.get_by_role("link", name=re.compile(f"what happened with Invented Hospital {number:03}")).click()
    page.get_by_label("What happened").select_option(step)
    page.get_by_label("Day", exact=True).last.fill(on)
    page.get_by_role("button", name="Record", exact=True).click()


def settled(page):
    """What was swapped in is alive: no person presses a key within the 20 ms that this takes."""
    expect(page.locator(".htmx-added, .htmx-settling, .htmx-request")).to_have_count(0)


def order(page):
    return [name[:21] for name in page.locator("ol.ranks .rank__program > :first-child").all_inner_texts()]


@BOTH
def test_from_application_to_the_rank_list(open_page, javascript, width):
    page, _ = with_list(open_page, width=width, javascript=javascript)
    expect(group(page, "To apply").locator(".season-row").first).to_contain_text("deadline 26 Nov 2026 tomorrow")
    page.get_by_role("button", name="Mark all 4 as applied").click()
    expect(page.get_by_text("4 programs are marked as applied.").last).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(group(page, "To apply").locator(".season-row")).to_have_count(4)
    for number in (1, 2, 3):
        page.locator(f"input[value='{key(number)}']").check()
    page.get_by_label("Day", exact=True).fill("2026-09-24")
    page.get_by_role("button", name="Mark the ticked as applied").click()
    expect(group(page, "Waiting for an answer").locator(".season-row")).to_have_count(3)
    assert steps(1) == {"applied": date(2026, 9, 24)}
    expect(page.get_by_text("No invitation so far, expected ")).to_be_visible()
    record(page, 1, "matched")
    expect(page.get_by_role("alert")).to_contain_text("Nobody matches where they did not rank")
    page.goto(SEASON)
    record(page, 1, "interviewed", "2026-11-20")
    expect(group(page, "Interviewed: to rank").locator(".season-row")).to_have_count(1)
    record(page, 2, "interviewed", "2026-11-27")
    expect(group(page, "Interviews to come")).to_contain_text("Interview: Fri 27 Nov 2026 in 2 days")
    expect(page.get_by_text("2 invitations so far, expected ")).to_be_visible()
    group(page, "Interviews to come").get_by_role("link", name="Calendar").click()
    expect(page.get_by_text("2 interviews with a day.")).to_be_visible()
    page.get_by_role("navigation", name="Season").get_by_role("link", name="Rank list").click()
    for number in (1, 2):
        page.locator(f"#add-{key(number)}").click()
        expect(page.locator(f"#up-{key(number)}")).to_be_visible()
    page.locator(f"#top-{key(2)}").click()
    expect(page.locator("ol.ranks .rank").first).to_contain_text("Invented Hospital 002")
    assert order(page) == ["Invented Hospital 002", "Invented Hospital 001"]
    page.get_by_role("button", name="I have certified this list today").click()  # before an interview is over?
    expect(page.get_by_text("Nothing was recorded for the others either.")).to_be_visible()
    page.locator(f"#off-{key(2)}").click()
    expect(page.locator(f"#add-{key(2)}")).to_be_visible()
    page.get_by_role("button", name="I have certified this list today").click()
    expect(page.get_by_text("Invented Hospital 001 is marked as ranked.").last).to_be_attached()
    assert (steps(1)["ranked"], ListEntry.objects.get(program__key=key(1)).rank) == (TODAY, 1)
    page.get_by_role("navigation", name="Season").get_by_role("link", name="Sharing").click()
    page.get_by_role("button", name="Share my outcomes").click()
    expect(page.get_by_text("You share.")).to_be_visible()
    assert ProgramList.objects.get().shares_outcomes is True


def test_by_keyboard_alone_the_place_is_kept(open_page):
    page, _ = with_list(open_page)
    link = page.locator(f"#record-{key(2)}")
    link.focus()
    page.keyboard.press("Enter")
    what = page.locator(f"#panel-{key(2)}").get_by_label("What happened")
    expect(what).to_be_focused()
    page.keyboard.type("not")  # picks "not invited"
    page.locator(f"#panel-{key(2)}").get_by_label("Note").press("Enter")
    expect(page.locator("#messages")).to_contain_text("Invented Hospital 002 is marked as not invited.")
    expect(link).to_be_focused()
    assert list(steps(2)) == ["declined"]
    page.keyboard.press("Enter")
    expect(what).to_be_focused()  # the panel is there and has taken the focus
    close = page.get_by_role("link", name="Close")
    close.focus()
    page.keyboard.press("Enter")
    expect(close).to_have_count(0)
    expect(link).to_be_focused()


def test_rank_buttons_keep_the_focus_and_say_the_new_place(open_page):
    page, owner = with_list(open_page)
    for number in (1, 2, 3):
        happened(owner, number, "interviewed", TODAY - DAY)
    page.goto(f"{SEASON}rank-list/")
    for number in (1, 2, 3):
        page.locator(f"#add-{key(number)}").press("Enter")
        expect(page.locator(f"#up-{key(number)}")).to_be_visible()
        settled(page)
    up = page.locator(f"#up-{key(3)}")
    up.focus()
    for place in (2, 1, 1):
        page.keyboard.press("Enter")
        expect(page.locator("#messages")).to_contain_text(f"Invented Hospital 003 is number {place} of 3 on your rank list.")
        expect(up).to_be_focused()
        settled(page)
    assert order(page) == ["Invented Hospital 003", "Invented Hospital 001", "Invented Hospital 002"]


def test_two_tabs_do_not_write_over_each_other(open_page):
    page, owner = with_list(open_page)
    page.locator(f"#record-{key(1)}").click()
    expect(page.get_by_label("What happened")).to_be_visible()
    happened(owner, 1, "invited")  # the other tab
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("has changed since this page was opened, so nothing was written over it")
    assert list(SeasonStep.objects.values_list("step", flat=True)) == ["invited"]


def test_feed_is_made_and_ended(open_page):
    page, _ = with_list(open_page)
    page.goto(f"{SEASON}calendar/")
    page.get_by_role("button", name="Make a private feed").click()
    feed = page.get_by_label("Address of the feed").input_value()
    assert "BEGIN:VCALENDAR" in page.request.get(feed).text()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download for my calendar").click()
    assert download.value.suggested_filename == "smartpick-season.ics"
    page.get_by_role("button", name="End the feed").click()
    expect(page.get_by_label("Address of the feed")).to_have_count(0)
    assert page.request.get(feed).status == 404


@pytest.mark.parametrize(("width", "dark"), [(360, False), (1280, True)])
def test_every_page_is_accessible_and_fits(open_page, width, dark):
    page = open_page(SEASON, width=width, dark=dark)
    assert_axe_clean(page)
    page, owner = with_list(open_page, width=width, dark=dark)
    happened(owner, 1, "invited", note="by mail, " + "without a space" * 10)
    for number in (2, 4):
        happened(owner, number, "interviewed", TODAY + DAY)
    entries = ListEntry.objects.filter(program__key__in=[key(2), key(4)])
    entries.filter(program__key=key(4)).update(rank=1)
    for path in (SEASON, f"{SEASON}calendar/", f"{SEASON}rank-list/", f"{SEASON}sharing/", f"{SEASON}entry/{key(4)}/"):
        page.goto(path)
        if path == SEASON:
            page.locator(f"#record-{key(1)}").click()
            expect(page.get_by_label("What happened")).to_be_visible()
            page.get_by_text("What this rests on").click()
        page.wait_for_load_state("networkidle")
        assert_fits_width(page)
        assert_axe_clean(page)
