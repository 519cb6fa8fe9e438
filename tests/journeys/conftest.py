"""A real browser for the journeys: the system's Chromium, driven by Playwright, which downloads none."""

import os
import shutil

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = "no browser found: install Chromium (Debian: apt-get install chromium), or set CHROMIUM=/path/to/it"


def find_chromium():
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def base_url():
    """Each page sets its own: replaces pytest-playwright's, which pytest 9.2 warns about."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    path = find_chromium()
    if path:
        return {**browser_type_launch_args, "executable_path": path}
    # On a person's machine the journeys are left out, and say so; where CI=true a missing browser is an error.
    return pytest.fail(MISSING) if os.environ.get("CI") == "true" else pytest.skip(MISSING)


@pytest.fixture
def console_errors():
    """What the browser complained about in this test: errors, refused resources, broken scripts.

    A test that provokes one clears the list; at the end it must be empty.
    """
    seen = []
    yield seen
    assert seen == []


@pytest.fixture
def open_page(new_context, live_server, console_errors):
    """open_page("/list/ranked/", width=360, dark=True, javascript=False) gives a Playwright page of a browser of its own."""

    def open_path(path="/", *, width=1280, height=900, dark=False, javascript=True):
        context = new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
        )
        context.on("console", lambda message: console_errors.append(message.text) if message.type in {"error", "warning"} else None)
        context.on("weberror", lambda error: console_errors.append(str(error.error)))
        # A poll that is under way while its page goes on is given up by the browser itself: no complaint.
        context.on("requestfailed", lambda request: request.failure == "net::ERR_ABORTED" or console_errors.append(f"{request.url}: {request.failure}"))
        page = context.new_page()
        page.goto(path)
        return page

    return open_path
