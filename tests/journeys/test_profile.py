"""The profile page, as people fill it in."""

import pytest

from tests.applicants.builders import load_reference_rows
from tests.journeys.support import assert_axe_clean, assert_fits_width

pytestmark = pytest.mark.django_db(transaction=True)
# How far from the top of the window the thing lies, in pixels; null where it is out of sight.
TOP = "(one) => { const box = one.getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight ? box.top : null; }"


@pytest.mark.parametrize("width", [360, 1280])
def test_profile_wrong_answers_are_in_sight_and_lead_to_their_fields(open_page, width):
    load_reference_rows()
    page = open_page("/profile/?specialty=120#usce", width=width, height=700)
    page.get_by_label("Year of graduation").fill("12")
    page.get_by_role("button", name="Save and show my list").click()
    page.wait_for_selector(".error-summary")

    assert page.evaluate("location.pathname + location.search + location.hash") == "/profile/?specialty=120"
    assert page.evaluate("document.activeElement.className") == "error-summary"
    assert page.locator(".error-summary").evaluate(TOP) is not None
    assert_fits_width(page)
    assert_axe_clean(page)

    page.locator(".error-summary a").last.click()
    assert page.locator("label[for=id_specialty_1]").evaluate(TOP) is not None
