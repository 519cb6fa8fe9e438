"""A real worker, on the broker of the shape under test: the filesystem, or what BROKER_URL names."""

import subprocess
import sys

from smartpick.launcher import end_group, start
from tests.repo.sources import BASE_DIR
from tests.smartpick.test_launcher import wait_for


def test_worker_answers_a_ping_sent_through_the_broker(tmp_path, monkeypatch):
    monkeypatch.setenv("SMARTPICK_VAR", str(tmp_path))
    monkeypatch.setenv("CELERY_EAGER", "false")
    (tmp_path / "queue").mkdir()
    celery = [sys.executable, "-m", "celery", "-A", "smartpick"]
    worker = start(
        "worker", [*celery, "worker", "--concurrency", "1", "--loglevel", "INFO", "--hostname", "tested@here"], log=tmp_path / "log", folder=BASE_DIR
    )
    try:
        wait_for(lambda: "ready." in worker.log.read_text(), seconds=30)
        ping = subprocess.run(
            [*celery, "inspect", "ping", "--destination", "tested@here", "--timeout", "10"], cwd=BASE_DIR, capture_output=True, text=True, check=False
        )
        assert "pong" in ping.stdout, ping.stderr
    finally:
        end_group(worker.process.pid)
        worker.process.wait()
