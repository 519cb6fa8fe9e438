"""`make run` on one computer, killed in the middle of a recompute and started again."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from smartpick import launcher
from tests.faults.product import clean_environment, fill_with_market, held_in_the_middle, recompute_undisturbed, wait_until_done
from tests.faults.results import assert_complete, sqlite
from tests.repo.sources import BASE_DIR
from tests.smartpick.test_launcher import free_port, wait_for
from tests.smartpick.test_run import READY, children_of

DATABASE = "smartpick.sqlite3"


def copy_database(source, target):
    """With what SQLite has not yet moved from its log."""
    target.mkdir()
    with closing(sqlite3.connect(source / DATABASE)) as old, closing(sqlite3.connect(target / DATABASE)) as new:
        old.backup(new)


@pytest.fixture
def market(tmp_path):
    """(what there was when a recompute was planned, what an undisturbed process makes of it); the database in `var` is as it was then."""
    var, undisturbed = tmp_path / "var", tmp_path / "undisturbed"
    fill_with_market(clean_environment(SMARTPICK_VAR=str(var)))
    copy_database(var, undisturbed)
    recompute_undisturbed(clean_environment(SMARTPICK_VAR=str(undisturbed)))
    return tuple(sqlite(folder / DATABASE).left() for folder in (var, undisturbed))


@pytest.fixture
def run(tmp_path):
    """run() starts SmartPick and waits until it is ready. What is left of it at the end is killed."""
    environment = clean_environment(SMARTPICK_VAR=str(tmp_path / "var"), PORT=str(free_port()))
    started = []

    def start():
        said = tmp_path / f"said-{len(started)}"
        with said.open("wb") as output:
            command = [sys.executable, "manage.py", "run", "--no-demo"]
            process = subprocess.Popen(command, cwd=BASE_DIR, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
        started.append(process)
        wait_for(lambda: process.poll() is not None or READY in said.read_text(), seconds=60)
        assert process.poll() is None, said.read_text()
        return process

    yield start
    for process in started:
        kill_all(process)


def kill_all(process):
    """SIGKILL to the launcher and all programs that it has started, with theirs; it is stopped first, so that it cannot end them politely."""
    if process.poll() is None:
        process.send_signal(signal.SIGSTOP)
        for child in children_of(process):
            launcher.end_group(child)
        process.kill()
        process.wait()


def test_recompute_goes_on_when_everything_was_killed_and_is_started_again(tmp_path, market, run):
    database = sqlite(tmp_path / "var" / DATABASE)
    before, clean = market
    killed = run()
    with held_in_the_middle(database):
        kill_all(killed)
    again = run()
    wait_until_done(database)
    again.send_signal(signal.SIGINT)
    assert again.wait(timeout=60) == 0
    assert_complete(database.left(), before=before, clean=clean)
