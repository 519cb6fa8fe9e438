"""A data admin brings a file, corrects what a column means, looks, applies, and takes it back: with JavaScript and without."""

from pathlib import Path

import pytest

from tests.journeys.support import assert_axe_clean, assert_fits_width
from tests.programs.builders import reference_tables
from tests.programs.importing import FIRST, HEADER, imported, sheet
from tests.smartpick.people import PASSWORD, person, signed_in

pytestmark = pytest.mark.django_db(transaction=True)
# One column has a name that nobody could guess, and one row cannot be told.
ODD_HEADER = ("acgme_id", "institution", "city", "state", "Sponsors us?", "step2_min", "letters_us_min")
CHANGED = (
    ("1400500001", "Lakeshore Invented Hospital", "Toledo", "OH", "no", "230", "2"),
    ("1400500004", "Granite Invented Hospital", "", "", "yes", "", "maybe"),
    ("140050009", "Short Invented Hospital", "", "", "yes", "", ""),
)
LONG_NAME = "what the invented office sent, corrected by somebody, final version 3, really final this time.csv"


def look_at(page, *, javascript=True):
    """What has to hold on every page. axe waits for promises, which are not kept where JavaScript is off."""
    assert_fits_width(page)
    if javascript:
        assert_axe_clean(page)


def sign_in(page):
    person(password=PASSWORD)
    page.get_by_label("E-mail address").fill("data_admin@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Imports", level=1).wait_for()


def send(page, folder: Path):
    file = folder / LONG_NAME
    file.write_bytes(sheet(*CHANGED, header=ODD_HEADER))
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Upload and check").click()
    page.get_by_role("heading", name="What does this file say?").wait_for()


def say(page):
    page.get_by_label("Source", exact=True).fill("Invented sheet")
    page.get_by_label("Rank of the source").select_option("4")
    page.get_by_label("License or permission").fill("Permission of the invented office, 1 Sep 2026")
    page.get_by_label("As of").fill("2026-01-02")
    page.get_by_label("Meaning of Sponsors us?").select_option("visa_j1")
    page.get_by_role("button", name="Show what would change").click()
    page.get_by_role("heading", name="What would change").wait_for()


@pytest.mark.parametrize(("width", "javascript", "dark"), [(360, True, True), (1280, True, False), (1280, False, False)])
def test_import_from_the_file_to_the_program_page_and_back(open_page, tmp_path, width, javascript, dark):
    reference_tables()
    imported(signed_in(email="earlier@example.org"), *FIRST, header=HEADER, days_ago=400, rank="5", source_name="Invented earlier sheet")
    page = open_page("/data/", width=width, javascript=javascript, dark=dark)
    look_at(page, javascript=javascript)
    sign_in(page)
    look_at(page, javascript=javascript)
    send(page, tmp_path)
    look_at(page, javascript=javascript)
    say(page)
    look_at(page, javascript=javascript)
    assert page.locator(".diff__line").first.inner_text().split() != []
    for part in ("New programs", "Problems", "No longer in the file"):
        page.get_by_role("navigation", name="Parts of the preview").get_by_role("link", name=part).click()
        page.locator("[aria-current=page]", has_text=part).wait_for()
        look_at(page, javascript=javascript)

    page.get_by_label("Leave out the 1 row that cannot be applied").check()
    page.get_by_role("button", name="Apply 2 changes to 1 program, add 1 program").click()
    page.get_by_text("The import is applied.").wait_for()
    look_at(page, javascript=javascript)
    address = page.url
    page.goto("/programs/1400500001/")
    assert "230" in page.locator("main").inner_text()

    page.goto(address)
    page.get_by_role("button", name="Undo this import").click()
    page.get_by_text("Undone by data_admin@example.org").wait_for()
    look_at(page, javascript=javascript)
    page.goto("/programs/1400500001/")
    assert "230" not in page.locator("main").inner_text()

    page.goto("/data/")
    look_at(page, javascript=javascript)
    page.get_by_role("button", name="Sign out").click()
    page.get_by_text("You are signed out.").wait_for()


def test_import_button_says_that_work_is_under_way_and_takes_no_second_click(open_page, tmp_path):
    reference_tables()
    page = open_page("/data/")
    sign_in(page)
    send(page, tmp_path)
    page.get_by_label("Source", exact=True).fill("Invented sheet")
    page.evaluate("document.querySelector('.mapping').addEventListener('submit', (event) => event.preventDefault())")
    page.keyboard.press("Enter")  # presses the button that goes on, not the one that guesses again
    button = page.get_by_role("button", name="Comparing with what is on record ...")
    assert button.is_disabled()
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow'))")
    assert page.get_by_role("button", name="Show what would change").is_enabled()


@pytest.mark.parametrize("width", [360, 1280])
def test_import_wrong_answers_lead_to_their_fields(open_page, tmp_path, width):
    reference_tables()
    page = open_page("/data/", width=width)
    sign_in(page)
    page.get_by_role("button", name="Upload and check").click()
    page.locator(".error-summary a").click()
    assert page.evaluate("document.activeElement.type") == "file"
    look_at(page)
    send(page, tmp_path)
    page.get_by_role("button", name="Show what would change").click()
    page.locator(".error-summary a", has_text="Source").click()
    assert page.evaluate("document.activeElement.name") == "source_name"
    look_at(page)
