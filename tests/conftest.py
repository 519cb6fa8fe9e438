"""What every test gets: repeatable property tests, tasks that run at once, no worker and no server."""

import os

import hypothesis
import pytest

from matching.adapters import forget_programs
from matching.services.calibration import forget_comparisons
from smartpick.celery import app as celery_app

# Playwright keeps an event loop in the main thread; Django would refuse the database there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# The same examples every time: a red test is red again when somebody looks. No deadline: machines differ in speed.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
hypothesis.settings.load_profile("ci")


@pytest.fixture(autouse=True)
def _tasks_run_at_once():
    before = celery_app.conf.task_always_eager, celery_app.conf.task_eager_propagates
    celery_app.conf.task_always_eager = celery_app.conf.task_eager_propagates = True
    yield
    celery_app.conf.task_always_eager, celery_app.conf.task_eager_propagates = before


def pytest_collection_modifyitems(items):
    for item in items:
        if "browser" in item.fixturenames:
            item.add_marker("browser")


@pytest.fixture(autouse=True)
def _forget_programs():
    """Rows and their data versions go with each test; what the process remembers of them has to go too."""
    yield
    forget_programs()
    forget_comparisons()
