"""The helpers notice what they are for: otherwise every journey would pass."""

import pytest

from tests.journeys.support import assert_axe_clean, assert_fits_width

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def strict_page(open_page):
    """A page under the project's own Content-Security-Policy, its content replaced."""

    def build(body):
        page = open_page("/static/favicon.svg")
        page.goto("/method/")
        page.evaluate("body => { document.body.innerHTML = body }", body)
        return page

    return build


def test_axe_reports_image_without_text(strict_page):
    page = strict_page("<main><h1>Title</h1><img src='/static/favicon.svg'></main>")
    with pytest.raises(AssertionError, match="image-alt"):
        assert_axe_clean(page)


def test_width_reports_content_wider_than_the_window(strict_page):
    page = strict_page("<main><h1>" + "W" * 500 + "</h1></main>")
    with pytest.raises(AssertionError):
        assert_fits_width(page)


def test_console_errors_collects_refused_inline_script(strict_page, console_errors):
    page = strict_page("<main><h1>Title</h1></main>")
    page.evaluate("() => { const s = document.createElement('script'); s.textContent = '1'; document.body.append(s) }")
    page.wait_for_timeout(100)
    assert len(console_errors) == 1
    assert "Content Security Policy" in console_errors[0]
    console_errors.clear()
