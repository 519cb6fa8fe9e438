"""A list goes home as files and on paper, and one from a spreadsheet comes in: by mouse, by keyboard alone, on a phone, without JavaScript."""

import pytest
from playwright.sync_api import expect

from matching.models import ListEntry
from programs.imports.reader import read_sheets
from tests.journeys.support import assert_axe_clean, assert_fits_width
from tests.matching.builders import market
from tests.matching.recomputing import key, recompute
from tests.programs.imports.files import csv_bytes

pytestmark = pytest.mark.django_db(transaction=True)
ANSWERS = "?specialty=140&type=non_us_img&ck=245&fails=0&visa=j1"
LONG = "my residency list, corrected on the train, final version 3, really final this time.csv"
BOTH = pytest.mark.parametrize(("width", "javascript", "dark"), [(360, True, False), (1280, True, True), (1280, False, False)])


@pytest.fixture(autouse=True)
def _market(transactional_db):
    market(5, visa_j1="yes")
    recompute()


@pytest.fixture
def sheet(tmp_path):
    """A file as people have them: an id that is right, one that a spreadsheet has eaten, a name, a stranger, and a program twice."""
    rows = (
        [key(1), "Invented Hospital 001", "OH", "wrote to the coordinator"],
        ["1.4005E+09", "INVENTED HOSP. 002", "OH", ""],
        ["", "Invented Hospital 003", "", ""],
        ["", "Somewhere quite different", "", "who was that?"],
        [key(1), "", "", ""],
    )
    file = tmp_path / LONG
    file.write_bytes(csv_bytes(["ACGME ID", "Program Name", "State", "My notes"], *rows))
    return file


def look_at(page, *, javascript=True):
    assert_fits_width(page)
    if javascript:
        assert_axe_clean(page)


def begin(page):
    """One program on the list, so that there is a profile and something to take home."""
    page.goto(f"/list/ranked/{ANSWERS}")
    row = page.locator(f"#program-{key(5)}")
    row.get_by_role("button", name="Add").click()
    expect(row.get_by_role("button", name="Remove")).to_be_visible()


def on_list():
    return sorted(int(program_key[-2:]) for program_key in ListEntry.objects.values_list("program__key", flat=True))


@BOTH
def test_spreadsheet_list_comes_in_after_a_look(open_page, sheet, width, javascript, dark):
    page = open_page(width=width, javascript=javascript, dark=dark)
    begin(page)
    page.goto("/list/files/")
    look_at(page, javascript=javascript)
    page.get_by_label("File with your list").set_input_files(sheet)
    page.get_by_role("button", name="Look at the file").click()
    page.get_by_role("heading", name="What this file would do").wait_for()
    expect(page.locator(".import__tally")).to_have_text("1 comes on the list · 2 to confirm by name · 1 not found · 1 twice in the file")
    look_at(page, javascript=javascript)
    assert on_list() == [5]
    with page.expect_download() as download:
        page.get_by_role("button", name="Download these rows with the reasons").click()
    assert "Somewhere quite different" in download.value.path().read_text(encoding="utf-8-sig")
    page.get_by_role("group", name="INVENTED HOSP. 002").get_by_label("leave this row out").check()
    page.get_by_role("button", name="Put these programs on my list").click()
    expect(page.get_by_text("2 programs came on your list. Undo takes all of it back.")).to_be_visible()
    assert on_list() == [1, 3, 5]
    assert ListEntry.objects.get(program__key=key(1)).note == "wrote to the coordinator"


def test_spreadsheet_list_comes_in_by_keyboard_alone(open_page, sheet):
    page = open_page()
    begin(page)
    page.goto("/list/files/")
    page.get_by_label("File with your list").set_input_files(sheet)  # the window in which one chooses is the system's own
    page.get_by_label("File with your list").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="What this file would do").wait_for()
    page.locator("summary", has_text="What the columns mean").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Meaning of ACGME ID")).to_be_focused()
    page.get_by_label("Meaning of My notes").focus()
    page.keyboard.type("leave")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Meaning of My notes")).to_have_value("")
    first = page.get_by_role("group", name="INVENTED HOSP. 002").get_by_role("radio").first
    first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("group", name="INVENTED HOSP. 002").get_by_label("leave this row out")).to_be_checked()
    page.get_by_role("button", name="Put these programs on my list").focus()
    page.keyboard.press("Enter")
    page.get_by_text("2 programs came on your list.").wait_for()
    assert (on_list(), ListEntry.objects.get(program__key=key(1)).note) == ([1, 3, 5], "")


@BOTH
def test_list_goes_home_as_files_and_on_paper(open_page, width, javascript, dark):
    page = open_page(width=width, javascript=javascript, dark=dark)
    begin(page)
    page.goto("/list/files/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download XLSX").click()
    assert [title for title, _ in read_sheets(download.value.path().read_bytes())] == ["Summary", "Internal Medicine"]
    page.locator("summary", has_text="What the columns hold").click()
    page.get_by_text("The two letters of the state.").wait_for()
    page.get_by_role("link", name="Print or save as PDF").click()
    page.get_by_role("heading", name="My program list").wait_for()
    expect(page.get_by_role("button", name="Print or save as PDF")).to_be_visible(visible=javascript)
    look_at(page, javascript=javascript)
    page.emulate_media(media="print")
    expect(page.get_by_role("rowheader", name="Invented Hospital 005")).to_be_visible()
    for gone in (page.get_by_role("navigation"), page.get_by_text("This page is made for paper"), page.get_by_role("link", name="Back")):
        expect(gone).to_have_count(0) if gone.count() == 0 else expect(gone.first).to_be_hidden()


def test_print_button_opens_the_browsers_window(open_page):
    page = open_page()
    begin(page)
    page.goto("/list/print/")
    page.evaluate("window.print = () => { document.title = 'printing' }")
    page.get_by_role("button", name="Print or save as PDF").click()
    assert page.title() == "printing"


def test_wrong_file_leads_to_its_field_and_an_empty_list_has_its_way_on(open_page, tmp_path):
    page = open_page("/list/print/", width=360)
    page.get_by_role("link", name="Answer five questions").wait_for()
    look_at(page)
    begin(page)
    file = tmp_path / "scan.pdf"
    file.write_bytes(b"%PDF-1.7")
    page.goto("/list/files/")
    page.get_by_label("File with your list").set_input_files(file)
    page.get_by_role("button", name="Look at the file").click()
    page.locator(".error-summary a").click()
    assert page.evaluate("document.activeElement.type") == "file"
    look_at(page)
