"""The parts of `manage.py run`, with real processes."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from smartpick import launcher
from smartpick.launcher import StartError

HOST = "127.0.0.1"
SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
# Ignores the polite signal, and has a child of its own that does too. Each writes its line at once: print() writes twice where Python does not
# buffer (PYTHONUNBUFFERED), and then the lines of the two can run into one.
STUBBORN = "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); os.fork(); os.write(1, b'%d\\n' % os.getpid()); time.sleep(60)"


@pytest.fixture
def start(tmp_path):
    """start("name", argv) as the launcher does; whatever still runs at the end is killed."""
    started = []

    def run(name, argv):
        started.append(launcher.start(name, argv, log=tmp_path / f"{name}.log", folder=tmp_path))
        return started[-1]

    yield run
    for child in started:
        launcher.end_group(child.process.pid)
        child.process.wait()


@pytest.fixture
def listening():
    """A socket that listens on a free port."""
    with closing(socket.create_server((HOST, 0))) as server:
        yield server.getsockname()[1]


def free_port():
    with closing(socket.create_server((HOST, 0))) as server:
        return server.getsockname()[1]


def wait_for(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def is_running(pid):
    """True unless the process has ended; one that ended and was not collected yet (Linux: state Z) counts as ended."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat")
        return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize(("text", "port"), [("8000", 8000), ("1", 1), ("65535", 65535)])
def test_parse_port_accepts_ports(text, port):
    assert launcher.parse_port(text) == port


@pytest.mark.parametrize("text", ["", "0", "65536", "-1", "80a", "8000.0", "²"])
def test_parse_port_says_what_to_use(text):
    with pytest.raises(StartError) as caught:
        launcher.parse_port(text)
    assert str(caught.value) == f"PORT is {text!r}: use a whole number from 1 to 65535, for example PORT=8001 make run."


def test_require_free_port_accepts_a_free_one():
    assert launcher.require_free_port(HOST, free_port()) is None


def test_require_free_port_taken_offers_the_next_one(listening):
    with pytest.raises(StartError) as caught:
        launcher.require_free_port(HOST, listening)
    first, *_, last = str(caught.value).splitlines()
    assert first.startswith(f"Port {listening} is taken by ")
    assert last == f"Or use another port: PORT={listening + 1} make run"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who listens, in /proc")
def test_listener_names_the_process(listening):
    assert launcher.listener(listening)[0] == os.getpid()


def test_listener_of_a_free_port_is_nobody():
    assert launcher.listener(free_port()) is None


def test_require_writable_makes_the_folder_and_leaves_nothing_in_it(tmp_path):
    folder = tmp_path / "a" / "b"
    launcher.require_writable(folder)
    assert list(folder.iterdir()) == []


def test_require_writable_says_why_not_and_what_to_do(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StartError) as caught:
        launcher.require_writable(tmp_path / "file" / "var")
    assert str(caught.value).startswith(f"SmartPick keeps its data in {tmp_path}/file/var, which cannot be written: Not a directory.")
    assert "SMARTPICK_VAR=" in str(caught.value)


def test_watch_returns_when_asked_to_stop(start):
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    assert launcher.watch([start("worker", SLEEP)], stop) is None


def test_watch_reports_a_child_that_ended_with_the_end_of_its_log(start):
    child = start("worker", [sys.executable, "-c", "import sys; print('first'); sys.exit('the reason')"])
    with pytest.raises(StartError) as caught:
        launcher.watch([start("web server", SLEEP), child], threading.Event())
    head, *log = str(caught.value).splitlines()
    assert head == f"The worker ended with code 1, so SmartPick stops. The end of {child.log}:"
    assert sorted(log) == ["first", "the reason"]


def test_watch_names_the_signal_that_killed_a_child(start):
    child = start("worker", SLEEP)
    child.process.kill()
    with pytest.raises(StartError, match=r"^The worker was killed by SIGKILL, so SmartPick stops\."):
        launcher.watch([child], threading.Event())


def test_stop_all_ends_children_that_listen_at_once(start):
    children = [start("web server", SLEEP), start("worker", SLEEP)]
    started = time.monotonic()
    launcher.stop_all(children)
    assert [child.process.returncode for child in children] == [-signal.SIGTERM, -signal.SIGTERM]
    assert time.monotonic() - started < launcher.SECONDS_TO_STOP


def test_stop_all_ends_a_stubborn_child_and_its_own_child(start, monkeypatch):
    monkeypatch.setattr(launcher, "SECONDS_TO_STOP", 0.3)
    child = start("worker", [sys.executable, "-c", STUBBORN])
    wait_for(lambda: len(child.log.read_text().split()) == 2)
    launcher.stop_all([child])
    wait_for(lambda: not any(is_running(int(pid)) for pid in child.log.read_text().split()))


def test_stop_all_accepts_children_that_are_gone(start):
    child = start("worker", [sys.executable, "-c", ""])
    child.process.wait()
    launcher.stop_all([child])
    assert child.process.returncode == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_start_child_ends_when_the_launcher_is_killed(tmp_path):
    parent = "from pathlib import Path; from smartpick import launcher; import sys, time\n"
    parent += f"child = launcher.start('worker', {SLEEP}, log=Path(sys.argv[1], 'log'), folder=Path(sys.argv[1]))\n"
    parent += "print(child.process.pid, flush=True); time.sleep(60)"
    folder = Path(launcher.__file__).parent.parent
    with subprocess.Popen([sys.executable, "-c", parent, str(tmp_path)], cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        child = int(process.stdout.readline())
        assert is_running(child)
        process.kill()
    wait_for(lambda: not is_running(child))


class Answer(BaseHTTPRequestHandler):
    status = 200

    def do_GET(self):
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *args):
        """Keep quiet."""


@pytest.fixture
def site():
    """site(status) serves one answer for every address; gives the port."""
    servers = []

    def serve(status):
        servers.append(HTTPServer((HOST, 0), type("Status", (Answer,), {"status": status})))
        threading.Thread(target=servers[-1].serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return servers[-1].server_port

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("status", [200, 302, 404])
def test_wait_until_answering_returns_at_the_first_answer(start, site, status):
    child = start("web server", SLEEP)
    assert launcher.wait_until_answering(HOST, site(status), children=[child], stop=threading.Event()) is None


def test_wait_until_answering_server_error_shows_the_log(start, site):
    child = start("web server", SLEEP)
    child.log.write_text("what went wrong")
    with pytest.raises(StartError) as caught:
        launcher.wait_until_answering(HOST, site(500), children=[child], stop=threading.Event())
    assert str(caught.value) == f"The start page answers with error 500. The end of {child.log}:\nwhat went wrong"


def test_wait_until_answering_silence_ends_in_time(start, monkeypatch):
    monkeypatch.setattr(launcher, "SECONDS_TO_START", 0.2)
    child = start("web server", SLEEP)
    with pytest.raises(StartError, match=r"^The start page does not answer after 0\.2 s\."):
        launcher.wait_until_answering(HOST, free_port(), children=[child], stop=threading.Event())
