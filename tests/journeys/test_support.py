"""The helpers notice what they are for: otherwise every journey would pass."""

import pytest

from tests.journeys.support import assert_axe_clean, assert_fits_width

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page_with(open_page):
    """page_with(html) gives the start page, so under the project's Content-Security-Policy, with other content."""

    def build(content):
        page = open_page("/")
        page.evaluate("content => { document.querySelector('main').innerHTML = content }", content)
        return page

    return build


def test_axe_reports_image_without_text(page_with):
    page = page_with("<h1>Title</h1><img src='/static/favicon.svg'>")
    with pytest.raises(AssertionError, match="image-alt"):
        assert_axe_clean(page)


def test_width_reports_content_wider_than_the_window(page_with):
    page = page_with("<h1>Title</h1><p id='wide'>wide</p>")
    page.evaluate("() => { document.getElementById('wide').style.minWidth = '2000px' }")
    with pytest.raises(AssertionError, match="px wide"):
        assert_fits_width(page)


def test_console_errors_collects_refused_inline_script(page_with, console_errors):
    page = page_with("<h1>Title</h1>")
    with page.expect_console_message():
        page.evaluate("() => { const script = document.createElement('script'); script.textContent = '1'; document.body.append(script) }")
    assert ["Content Security Policy" in text for text in console_errors] == [True]
    console_errors.clear()


def test_console_errors_collects_missing_file(page_with, console_errors):
    page = page_with("<h1>Title</h1>")
    with page.expect_console_message():
        page.evaluate("() => fetch('/no-such-page/')")
    assert ["404" in text for text in console_errors] == [True]
    console_errors.clear()
