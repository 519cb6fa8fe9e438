"""What journeys check on every page."""

from axe_playwright_python.sync_playwright import Axe

# The WCAG 2.2 levels A and AA, and axe's own advice.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], "resultTypes": ["violations"]}


def assert_axe_clean(page):
    """Fail with every accessibility rule of axe-core that the page breaks, and where.

    The script is evaluated through the debugger, which the page's Content-Security-Policy does not concern.
    """
    violations = Axe().run(page, options=RULES).response["violations"]
    found = [f"{rule['id']}: {rule['help']}: {node['html'][:200]}" for rule in violations for node in rule["nodes"]]
    assert not found, "\n".join(found)


def assert_fits_width(page):
    """Fail when the page is wider than the window, so that a person would have to scroll sideways."""
    wide, window = page.evaluate("document.documentElement.scrollWidth"), page.viewport_size["width"]
    assert wide <= window, f"{wide} px wide in a window of {window} px"
