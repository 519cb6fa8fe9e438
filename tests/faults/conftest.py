"""Servers, a market and processes for tests that break them."""

import os
import shutil
from functools import partial
from itertools import count

import pytest

from tests.faults.product import Services, clean_environment, fill_with_market, is_healthy, recompute_undisturbed, wait_until_done
from tests.faults.results import Database, assert_complete
from tests.faults.servers import Postgres, Redis, postgres_programs, private_folder

MISSING = "needs PostgreSQL and Redis (Debian: apt-get install postgresql redis-server; POSTGRES_BIN says where `initdb` is elsewhere)"
PRODUCTION = {"EMBEDDED": "false", "SECRET_KEY": "only-for-tests-of-faults-" * 3, "ALLOWED_HOSTS": "smartpick.example.org"}
NUMBERS = count(1)


@pytest.fixture(scope="module")
def postgres():
    """PostgreSQL, running. On a person's machine without it the tests are left out, and say so; where CI=true that is an error."""
    programs = postgres_programs()
    if programs is None or shutil.which("redis-server") is None:
        return pytest.fail(MISSING) if os.environ.get("CI") == "true" else pytest.skip(MISSING)
    with private_folder() as folder:
        server = Postgres(folder, programs)
        try:
            server.start()
            yield server
        finally:
            server.end()


@pytest.fixture(scope="module")
def market(postgres):
    """(what there was when the recompute was planned, what an undisturbed process makes of it); the database "market" stays as it was then."""
    names = ("market", "undisturbed")
    postgres.create(names[0])
    fill_with_market(clean_environment(DATABASE_URL=postgres.url(names[0])))
    postgres.create(names[1], like=names[0])
    recompute_undisturbed(clean_environment(DATABASE_URL=postgres.url(names[1])))
    return tuple(Database(partial(postgres.connect, name)).left() for name in names)


@pytest.fixture
def redis(request):
    """Redis, running. Its messages are lost with it, unless a test asks for it as docker-compose.yml has it."""
    with private_folder() as folder:
        server = Redis(folder, kept=getattr(request, "param", False))
        try:
            server.start()
            yield server
        finally:
            server.end()


@pytest.fixture
def database(postgres, market, monkeypatch):
    """A database of the test's own, with the planned recompute; what is started from now on uses it."""
    if postgres.child.process.poll() is not None:  # a test that had stopped it failed before it was started again
        postgres.start()
    name = f"tested{next(NUMBERS)}"
    postgres.create(name, like="market")
    monkeypatch.setenv("DATABASE_URL", postgres.url(name))
    return Database(partial(postgres.connect, name))


@pytest.fixture
def services(database, redis, tmp_path, monkeypatch):
    """Starts services of docker-compose.yml on the test's database and Redis."""
    for name, value in clean_environment(**PRODUCTION, SMARTPICK_VAR=str(tmp_path), BROKER_URL=redis.url, DATABASE_URL=os.environ["DATABASE_URL"]).items():
        monkeypatch.setenv(name, value)
    started = Services(tmp_path)
    try:
        yield started
    finally:
        started.end()


@pytest.fixture
def assert_ends_complete(database, services, market):
    """assert_ends_complete() waits for the end of the recompute, and of all that may still be under way, and compares.

    The services in `asked` have to be healthy then, asked as docker-compose.yml asks them.
    """
    before, clean = market

    def compare(asked=()):
        wait_until_done(database, services)
        assert [service for service in asked if not is_healthy(service)] == []
        services.stop()
        assert_complete(database.left(), before=before, clean=clean)

    return compare
