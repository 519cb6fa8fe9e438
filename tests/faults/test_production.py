"""A recompute on real servers, run as docker-compose.yml has it, in the middle of which one of them is killed."""

import signal

import pytest

from tests.faults.product import held_in_the_middle, kill_group, says

pytestmark = pytest.mark.servers


@pytest.fixture
def worker(services):
    """The one worker; beat beside it sends it to work. Either is started again when it ends."""
    services.start("beat")
    return services.start("worker")


def test_recompute_ends_complete_when_its_worker_is_killed(database, worker, assert_ends_complete):
    with held_in_the_middle(database):
        kill_group(worker)
    assert_ends_complete(asked=("worker", "beat"))


# With a message taken and not begun, Celery 5.7 does not reconnect to a Redis that was killed: the worker ends, and is started again.
@pytest.mark.parametrize("redis", [True, False], ids=["messages-kept", "messages-lost"], indirect=True)
def test_recompute_ends_complete_when_redis_is_killed(database, redis, worker, assert_ends_complete):
    with held_in_the_middle(database):
        redis.stop(signal.SIGKILL)
        says(worker, "Connection to broker lost")
    redis.start()
    assert_ends_complete()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["fast", "immediate"])
def test_recompute_ends_complete_when_postgresql_is_restarted(database, postgres, worker, assert_ends_complete, how):
    with held_in_the_middle(database):
        postgres.stop(how)
        says(worker, "the database did not answer")
        postgres.start()
    assert_ends_complete()
