import pytest
from django.core.cache import cache
from django.test import RequestFactory

from smartpick.throttle import Limit, client_address

LIMIT = Limit("test", tries=2, seconds=60)


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()
    yield
    cache.clear()


def test_limit_counts_each_by_itself():
    assert [LIMIT.allows("a"), LIMIT.allows("a"), LIMIT.allows("b"), LIMIT.allows("a"), LIMIT.allows("a", "b")] == [True, True, True, False, True]


def test_limit_forget_starts_anew():
    assert [LIMIT.allows("a"), LIMIT.allows("a"), LIMIT.forget("a"), LIMIT.allows("a")] == [True, True, None, True]


def test_limit_ends_with_its_time(monkeypatch):
    now = [1_000.0]
    monkeypatch.setattr("time.time", lambda: now[0])
    assert [LIMIT.allows("a") for _ in range(3)] == [True, True, False]
    now[0] += LIMIT.seconds + 1
    assert LIMIT.allows("a")


@pytest.mark.parametrize("who", ["", "\0", "ü" * 10_000, "a b:c"])
def test_limit_takes_whatever_people_type(who):
    assert [LIMIT.allows(who) for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize(
    ("remote", "forwarded", "behind_proxy", "expected"),
    [
        ("192.0.2.7", None, False, "192.0.2.7"),
        ("192.0.2.7", "198.51.100.1", False, "192.0.2.7"),
        ("192.0.2.7", "198.51.100.1", True, "198.51.100.1"),
        ("192.0.2.7", "203.0.113.5, 198.51.100.1", True, "198.51.100.1"),
        ("192.0.2.7", None, True, "192.0.2.7"),
        ("192.0.2.7", "nonsense", True, ""),
        ("2001:db8:1:2:3:4:5:6", None, False, "2001:db8:1:2::"),
        ("::ffff:192.0.2.7", None, False, "192.0.2.7"),
        ("", None, False, ""),
    ],
)
def test_client_address_believes_only_the_proxy(settings, remote, forwarded, behind_proxy, expected):
    settings.BEHIND_PROXY = behind_proxy
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert client_address(RequestFactory().get("/", REMOTE_ADDR=remote, headers=headers)) == expected
