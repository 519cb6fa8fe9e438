"""Who said what: a visitor suggests, an admin answers, a conflict is settled, and the pages that show how much is known."""

import re

import pytest
from playwright.sync_api import expect

from programs.models import Fact
from tests.journeys.support import assert_axe_clean, assert_fits_width
from tests.programs.builders import program
from tests.programs.stating import LIST, SITE, state, suggested
from tests.smartpick.people import signed_in

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "1400500001"
PAGE = f"/programs/{KEY}/"
LONG = "Saint Invented of the Lake and of the River and of the Hill Community and University Teaching Hospital Consortium"


def sign_in(page, live_server):
    """Make the browser that of a data admin."""
    page.wait_for_load_state("networkidle")  # or what the first page still fetches is counted as refused
    cookie = signed_in().cookies["sessionid"]
    page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])


def history_of(page, label):
    return page.locator(".history", has_text=f"about {label}")


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
@pytest.mark.parametrize("width", [360, 1280])
def test_visitor_suggests_admin_accepts_visitor_sees_it(open_page, live_server, width, javascript):
    lake = program()
    state(lake, "yes", by=SITE)
    page = open_page(PAGE, width=width, javascript=javascript)
    history_of(page, "J-1 visa").locator("summary").click()
    history_of(page, "J-1 visa").get_by_role("link", name="Suggest a correction").click()
    page.get_by_label("Value").select_option("no")
    page.get_by_label("Strictly").check()
    page.get_by_role("button", name="Send the suggestion").click()
    expect(page.get_by_role("alert")).to_contain_text("Give the address of a page that says so")
    page.get_by_label("Page that says so").fill("https://program.example.org/visas")
    page.get_by_role("button", name="Send the suggestion").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your suggestion")
    kept = page.url
    expect(page.get_by_text("Waiting for a data admin.")).to_be_visible()

    admin = open_page("/", width=width, javascript=javascript)
    sign_in(admin, live_server)
    admin.goto("/data/corrections/")
    admin.get_by_role("link", name=re.compile("Accept or decline")).click()
    admin.get_by_label("The program's own page or letter").check()
    admin.get_by_role("button", name="Accept the suggestion").click()
    expect(admin.get_by_text("Nothing waits for an answer")).to_be_visible()

    page.goto(kept)
    expect(page.get_by_text(re.compile("^Accepted on"))).to_be_visible()
    page.goto(PAGE)
    expect(page.locator("#field-visa_j1")).to_contain_text("no")
    expect(page.locator(".suggestions")).to_contain_text("accepted")


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
@pytest.mark.parametrize("width", [360, 1280])
def test_admin_settles_a_conflict_and_the_history_keeps_it(open_page, live_server, width, javascript):
    lake = program()
    state(lake, "yes")
    state(lake, "no", by=LIST)
    page = open_page("/", width=width, javascript=javascript)
    sign_in(page, live_server)
    page.goto(PAGE)
    sides = page.locator(".side")
    first, second = (sides.nth(place).bounding_box() for place in range(2))
    assert (first["y"] == second["y"], first["x"] == second["x"]) == (width == 1280, width == 360)
    page.get_by_role("link", name="Choose “no”").click()
    page.get_by_label("Reason").fill("The list is newer.")
    page.get_by_role("button", name="Choose “no” and withdraw the other").click()
    expect(page.locator("#field-visa_j1")).not_to_contain_text("sources disagree")
    history_of(page, "J-1 visa").locator("summary").click()
    expect(history_of(page, "J-1 visa")).to_contain_text("withdrawn: Another statement was chosen: The list is newer.")


def test_admin_confirms_a_stale_fact_by_keyboard(open_page, live_server):
    old = state(program(), "yes", season=2026)
    page = open_page("/")
    sign_in(page, live_server)
    page.goto(PAGE)
    expect(page.locator("#field-visa_j1")).to_contain_text("stated for the 2026 season")
    history_of(page, "J-1 visa").locator("summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_label("Page where you saw it").focus()
    page.keyboard.type("https://program.example.org/visas")
    page.keyboard.press("Enter")
    expect(page.locator("#field-visa_j1")).not_to_contain_text("stated for")
    assert Fact.objects.exclude(pk=old.pk).get().season == 2027


# Each width and each scheme once: what axe finds depends on the one (layout, order) or on the other (contrast).
@pytest.mark.parametrize(("width", "dark"), [(360, False), (1280, True)], ids=["phone-light", "wide-dark"])
def test_every_page_of_facts_is_accessible_and_fits(open_page, live_server, width, dark):
    lake = program(name=LONG, closed_on="2026-06-01")
    other = program("1400500002", name=LONG)
    yes, positions = state(lake, "yes", quote="x" * 300, url=f"https://{'long-' * 12}example.org/{'y' * 150}"), state(lake, "5", "positions", season=2026)
    state(lake, "no", by=LIST)
    state(other, "yes")
    waiting = suggested(lake, note="z" * 500, url=f"https://example.org/{'y' * 250}")
    declined = suggested(lake, "6", "positions", state="declined", reason="w" * 500, decided_at="2026-09-09T00:00Z", decided_by="ann@example.org")
    page = open_page("/", width=width, dark=dark)
    sign_in(page, live_server)
    for path in (
        PAGE,
        f"{PAGE}correct/share_non_us_img/",
        f"{PAGE}facts/{yes.pk}/choose/",
        f"{PAGE}facts/{positions.pk}/confirm/",
        f"/corrections/{waiting.token}/",
        f"/corrections/{declined.token}/",
        "/data/corrections/",
        "/data/corrections/?state=declined",
        "/data/corrections/?state=accepted",
        f"/data/corrections/{waiting.pk}/",
        f"/data/corrections/{declined.pk}/",
        "/data/quality/",
        "/data/quality/?specialty=140",
        "/data/quality/sources/",
        "/data/quality/conflicts/",
        "/data/quality/conflicts/?specialty=120",
        "/data/quality/sources/?field=deadline",
        "/data/quality/programs/?field=visa_j1&state=known",
        f"/data/quality/statements/?source={yes.source_id}&age=0",
    ):
        page.goto(path)
        for details in page.locator("details").all():
            details.evaluate("element => { element.open = true }")
        assert_fits_width(page)
        assert_axe_clean(page)
