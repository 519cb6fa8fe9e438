"""What every test gets: repeatable property tests, tasks that run at once, no worker and no server."""

import os
import time

import hypothesis
import pytest
from django.conf import settings
from django.db import connection

from matching.adapters import forget_programs
from matching.services.calibration import forget_comparisons
from smartpick.celery import app as celery_app

SECONDS_TO_LEAVE = 60
# Playwright keeps an event loop in the main thread; Django would refuse the database there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# The same examples every time: a red test is red again when somebody looks. No deadline: machines differ in speed.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
hypothesis.settings.load_profile("ci")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """pytest-django's own; at the end wait until nobody works in the database any more, which PostgreSQL cannot drop before.

    Its own cleaner may be, and takes its time on a busy machine. A test that left work behind is named by its last query. Connections that
    only lie there are ended: while the browser's event loop runs in the main thread, Django gives this process a second one beside its first.
    """
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock():
            deadline = time.monotonic() + SECONDS_TO_LEAVE
            while (left := others_in_the_database()) and time.monotonic() < deadline:
                end_idle_connections()
                time.sleep(0.2)
            connection.close()
        assert left == []


def others_in_the_database():
    """What they are and what they did last."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT backend_type, state, query FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
        return cursor.fetchall()


def end_idle_connections():
    """End what holds no transaction and does nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'idle'"
        )


@pytest.fixture(autouse=True)
def _tasks_run_at_once():
    before = celery_app.conf.task_always_eager, celery_app.conf.task_eager_propagates
    celery_app.conf.task_always_eager = celery_app.conf.task_eager_propagates = True
    yield
    celery_app.conf.task_always_eager, celery_app.conf.task_eager_propagates = before


@pytest.fixture(autouse=True, scope="session")
def _passwords_are_hashed_quickly():
    """The real hasher takes a quarter of a second by design; what tests look at does not depend on it."""
    before, settings.PASSWORD_HASHERS = settings.PASSWORD_HASHERS, ["django.contrib.auth.hashers.MD5PasswordHasher"]
    yield
    settings.PASSWORD_HASHERS = before


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
