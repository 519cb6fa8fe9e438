"""SmartPick's own processes, started as its users start them, on databases and brokers that tests break."""

import os
import re
import shlex
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from itertools import count

import yaml

from smartpick import launcher
from tests.repo.sources import BASE_DIR, names_read_by_settings

APPLICANTS = 200
MIDDLE = 50  # applicants done when something is broken: far from the start and from the end
AT_ONCE = 2  # RECOMPUTE_TASKS, and as many processes of a worker
SECONDS = 120  # for what takes a few on a machine that does nothing else
SECONDS_BETWEEN_LOOKS = 0.1  # a look costs a connection
WAITING_TO_TELL = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'matching_changenotice'::regclass"
DEFAULT = re.compile(r"\$\{[A-Z_]+:-([^}]*)\}")


def wait_for(condition):
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited more than {SECONDS} s"
        time.sleep(SECONDS_BETWEEN_LOOKS)


def clean_environment(**more):
    """Only these of the product's settings, and all that is no setting; the product is in a hurry."""
    kept = {name: value for name, value in os.environ.items() if name not in names_read_by_settings()}
    return kept | {"DJANGO_SETTINGS_MODULE": "tests.faults.hurried"} | more


def call(*arguments, environment):
    """Run a program of this project to its end. What it says is shown where the test fails."""
    subprocess.run([sys.executable, *arguments], cwd=BASE_DIR, env=environment, check=True)


def fill_with_market(environment):
    call("-m", "tests.faults.market", str(APPLICANTS), environment=environment)


def recompute_undisturbed(environment):
    call("manage.py", "recompute", "--wait", environment=environment)


def service_of(name):
    return yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text(encoding="utf-8"))["services"][name]


def command_of(service):
    """What docker-compose.yml starts for one of its services, with this Python."""
    program, *arguments = service_of(service)["command"]
    return [sys.executable, "-m", program, *(DEFAULT.sub(r"\1", argument) for argument in arguments)]


def is_healthy(service):
    """What docker-compose.yml asks a service, asked here."""
    _, check = service_of(service)["healthcheck"]["test"]
    program, *arguments = shlex.split(check.replace("$$HOSTNAME", socket.gethostname()))
    return subprocess.run([sys.executable, "-m", program, *arguments], cwd=BASE_DIR, capture_output=True, check=False).returncode == 0


class Services:
    """Services of docker-compose.yml as processes of this machine. They read the environment of this process."""

    def __init__(self, folder):
        self.folder, self.starts, self.running = folder, count(1), {}

    def start(self, service):
        log = self.folder / f"{service}-{next(self.starts)}.log"
        self.running[service] = launcher.start(service, command_of(service), log=log, folder=BASE_DIR)
        return self.running[service]

    def look_after(self):
        """Start again what has ended, and take its children with it, as containers with `restart: unless-stopped` do."""
        for service, child in list(self.running.items()):
            if child.process.poll() is not None:
                launcher.end_group(child.process.pid)
                self.start(service)

    def stop(self):
        """Politely: what is being done is finished."""
        for child in self.running.values():
            child.process.terminate()
        for child in self.running.values():
            child.process.wait(timeout=SECONDS)

    def end(self):
        for child in self.running.values():
            launcher.end_group(child.process.pid)
            child.process.wait()


def kill_group(child):
    """SIGKILL to a program and all that it has started."""
    launcher.end_group(child.process.pid)
    child.process.wait()


def says(child, text):
    """Wait until the log of a program holds `text`; the program may have ended since."""
    wait_for(lambda: text in child.log.read_text(errors="replace"))


def wait_until_done(database, services=None):
    wait_for(lambda: (services and services.look_after()) or database.run()[0] == "done")


@contextmanager
def held_in_the_middle(database):
    """Inside, a recompute is in its middle, and the worker in the middle of parts, which it cannot finish."""
    wait_for(lambda: database.run()[2] >= MIDDLE)
    with closing(database.connect()) as holder:
        hold = hold_sqlite if isinstance(holder, sqlite3.Connection) else hold_postgresql
        hold(database, holder)
        yield
        assert (database.run()[0], "leased" in database.parts()) == ("running", True)


def hold_postgresql(database, holder):
    """Nobody can add notices while somebody else locks them. So one process stops half-way through what it writes, and the other waits for it."""
    holder.cursor().execute("BEGIN; LOCK TABLE matching_changenotice IN EXCLUSIVE MODE")
    wait_for(lambda: database.ask(WAITING_TO_TELL) == [(1,)] and database.parts().get("leased") == AT_ONCE)


def hold_sqlite(database, holder):
    """Nobody can write while somebody else does; so a part has to have been taken before."""

    def caught():
        holder.execute("BEGIN IMMEDIATE")
        return "leased" in database.parts() or holder.rollback()

    wait_for(caught)
