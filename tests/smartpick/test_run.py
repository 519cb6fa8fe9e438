"""`manage.py run` as a person uses it: started, used, stopped, broken."""

import os
import re
import signal
import subprocess
import sys
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

from smartpick import audit
from smartpick.management.commands import run
from tests.programs.builders import program
from tests.repo.sources import BASE_DIR, names_read_by_settings
from tests.smartpick.test_launcher import HOST, free_port, is_running, wait_for

READY = "SmartPick is ready: "


@pytest.fixture
def running(tmp_path):
    """A started SmartPick with its own folder, database and port; what is left of it at the end is killed."""
    environment = {name: value for name, value in os.environ.items() if name not in names_read_by_settings()}
    environment |= {"SMARTPICK_VAR": str(tmp_path / "var"), "PORT": str(free_port())}
    said = tmp_path / "said"
    with said.open("w") as output:
        command = [sys.executable, "manage.py", "run", "--no-demo"]
        process = subprocess.Popen(command, cwd=BASE_DIR, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
    process.said, process.port = said, int(environment["PORT"])
    wait_for(lambda: process.poll() is not None or READY in said.read_text(), seconds=60)
    yield process
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def status_of_start_page(port):
    with closing(HTTPConnection(HOST, port, timeout=20)) as connection:
        connection.request("GET", "/")
        return connection.getresponse().status


def children_of(process):
    """Process numbers of the web server and the worker, in the order in which they were started."""
    if sys.platform != "linux":
        return [int(pid) for pid in subprocess.check_output(["pgrep", "-P", str(process.pid)], text=True).split()]
    parents = {int(stat.parent.name): stat.read_text().rpartition(")")[2].split()[1] for stat in Path("/proc").glob("[0-9]*/stat")}
    return sorted(pid for pid, parent in parents.items() if parent == str(process.pid))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "kill"])
def test_run_serves_and_a_signal_stops_it_without_a_trace(running, number):
    assert f"{READY}http://{HOST}:{running.port}\n" in running.said.read_text()
    assert status_of_start_page(running.port) == 200
    children = children_of(running)
    assert len(children) == 2
    running.send_signal(number)
    assert running.wait(timeout=30) == 0, running.said.read_text()
    assert re.fullmatch(r"Stopping \(.+\) \.\.\. \d+\.\d s", running.said.read_text().splitlines()[-1])
    assert [is_running(pid) for pid in children] == [False, False]


def test_run_stops_and_says_so_when_the_worker_dies(running):
    children = _, worker = children_of(running)
    os.kill(worker, signal.SIGKILL)
    assert running.wait(timeout=30) == 1
    assert "CommandError: The worker was killed by SIGKILL, so SmartPick stops." in running.said.read_text()
    assert "Traceback" not in running.said.read_text()
    wait_for(lambda: not any(map(is_running, children)))


@pytest.mark.django_db
def test_wants_demonstration_of_an_empty_database_only_once():
    assert run.wants_demonstration() is True
    audit.record(by="manage.py run", verb=run.DEMO_LOADED, target="database")
    assert run.wants_demonstration() is False


@pytest.mark.django_db
def test_wants_demonstration_not_beside_other_programs():
    program()
    assert run.wants_demonstration() is False
