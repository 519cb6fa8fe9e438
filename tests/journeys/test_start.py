"""The start page, as people open it."""

import pytest

from tests.journeys.support import assert_axe_clean, assert_fits_width

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_start_is_accessible_and_fits(open_page, width, dark):
    page = open_page("/", width=width, dark=dark)
    assert page.get_by_role("heading", level=1).inner_text() == "Which residency programs should you apply to?"
    assert_fits_width(page)
    assert_axe_clean(page)


def test_start_without_javascript_shows_a_form_that_can_be_sent(open_page):
    page = open_page("/", javascript=False)
    assert page.get_by_label("Specialty").is_visible()
    assert page.get_by_role("button", name="Show my programs").is_enabled()


def test_start_first_tab_stop_skips_to_the_content(open_page):
    page = open_page("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
