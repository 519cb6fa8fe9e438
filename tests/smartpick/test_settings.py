"""The settings file, run again under other environments."""

import runpy
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.repo.sources import BASE_DIR, names_read_by_settings

SECRET = "only-for-this-test-" * 4
PRODUCTION = {"SECRET_KEY": SECRET, "ALLOWED_HOSTS": "smartpick.example.org"}


@pytest.fixture
def settings_with(monkeypatch):
    """settings_with(NAME="text") gives the names of smartpick/settings.py with nothing else set."""

    def run(**environment):
        for name in names_read_by_settings():
            monkeypatch.delenv(name, raising=False)
        for name, text in environment.items():
            monkeypatch.setenv(name, text)
        return runpy.run_path(str(BASE_DIR / "smartpick" / "settings.py"))

    return run


def test_settings_empty_environment_is_embedded_on_this_computer_only(settings_with):
    found = settings_with()
    assert found["EMBEDDED"] is True
    assert found["DEBUG"] is False
    assert found["ALLOWED_HOSTS"] == ["127.0.0.1", "localhost", "[::1]"]
    assert found["SECURE_SSL_REDIRECT"] is False
    assert found["CELERY_BROKER_URL"] == "filesystem://"


def test_settings_sqlite_gets_the_options_that_prevent_lost_writes(settings_with):
    database = settings_with()["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.sqlite3"
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert database["OPTIONS"]["timeout"] == 20


def test_settings_everything_embedded_is_kept_below_var(settings_with, tmp_path):
    found = settings_with(SMARTPICK_VAR=str(tmp_path))
    assert found["DATABASES"]["default"]["NAME"] == str(tmp_path / "smartpick.sqlite3")
    assert found["CELERY_BROKER_TRANSPORT_OPTIONS"]["data_folder_in"] == str(tmp_path / "queue")
    assert found["CELERY_BROKER_TRANSPORT_OPTIONS"]["control_folder"] == str(tmp_path / "control")


def test_settings_with_secret_and_host_are_production(settings_with):
    found = settings_with(**PRODUCTION)
    assert found["EMBEDDED"] is False
    assert found["SECRET_KEY"] == SECRET
    assert found["SESSION_COOKIE_SECURE"] is found["CSRF_COOKIE_SECURE"] is found["SECURE_SSL_REDIRECT"] is True
    assert found["SECURE_HSTS_SECONDS"] == 31_536_000


def test_settings_secret_from_file(settings_with, tmp_path):
    path = tmp_path / "key"
    path.write_text(SECRET)
    assert settings_with(SECRET_KEY_FILE=str(path))["SECRET_KEY"] == SECRET


@pytest.mark.parametrize(
    "environment",
    [{"ALLOWED_HOSTS": "smartpick.example.org"}, {"EMBEDDED": "false"}, {"EMBEDDED": "true", "ALLOWED_HOSTS": "smartpick.example.org"}],
)
def test_settings_reachable_from_outside_without_secret_stop_the_start(settings_with, environment):
    with pytest.raises(ImproperlyConfigured, match=r"^SECRET_KEY is not set"):
        settings_with(**environment)


def test_settings_postgresql_gets_no_sqlite_options(settings_with):
    database = settings_with(DATABASE_URL="postgres://me:pw@db:5432/smartpick")["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["HOST"], database["PORT"], database["NAME"], database["USER"]) == ("db", 5432, "smartpick", "me")
    assert "OPTIONS" not in database


def test_settings_redis_broker_gets_no_folders(settings_with):
    found = settings_with(BROKER_URL="redis://broker:6379/0")
    assert found["CELERY_BROKER_URL"] == "redis://broker:6379/0"
    assert sorted(found["CELERY_BROKER_TRANSPORT_OPTIONS"]) == ["unacked_restore_interval", "unacked_restore_throttle", "visibility_timeout"]


def test_settings_redis_gives_back_what_a_killed_worker_had_only_after_the_longest_task(settings_with):
    found = settings_with(BROKER_URL="redis://broker:6379/0")
    assert found["CELERY_BROKER_TRANSPORT_OPTIONS"]["visibility_timeout"] > found["RECOMPUTE_SLICE_SECONDS"] + found["RECOMPUTE_LEASE_SECONDS"]


def test_settings_trust_the_proxy_header_only_behind_a_proxy(settings_with):
    assert "SECURE_PROXY_SSL_HEADER" not in settings_with(**PRODUCTION)
    assert settings_with(**PRODUCTION, BEHIND_PROXY="true")["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")


def test_settings_policy_allows_nothing_inline_and_nothing_foreign(settings_with):
    directives = settings_with()["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]
    assert directives["default-src"] == ["'none'"]
    assert {source for sources in directives.values() for source in sources} == {"'none'", "'self'"}


def test_settings_static_files_need_no_collecting_when_embedded(settings_with):
    assert settings_with()["STATIC_ROOT"] is None
    assert settings_with(**PRODUCTION)["STATIC_ROOT"] == Path(BASE_DIR / "staticfiles")
