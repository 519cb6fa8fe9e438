"""Measure My list with three hundred entries and everything on them: the view alone, and twenty users at once on two sync workers of gunicorn."""

import gzip
import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

ENTRIES = {"140": 220, "120": 80}  # programs by specialty
USERS, WORKERS, ROUNDS = 20, 2, 10
REPEATS = 30
SERVER_TARGET, SIZE_TARGET = 150, 150  # milliseconds in the server, thousand bytes compressed
READY_WITHIN = 60  # seconds
NOTE = "Ask the coordinator about visa sponsorship and the ward schedule"


def prepare(users: int) -> list[str]:
    """Lists of so many users, each with a session of its own; the sessions' keys."""
    from dataclasses import replace

    from django.contrib.sessions.backends.db import SessionStore

    from applicants.queries import demonstration_profiles, profile_data
    from applicants.services import save_profile
    from matching.services.editing import change_list
    from programs.models import Program

    answers = replace(profile_data(demonstration_profiles()[0]), specialties=tuple(ENTRIES), label="")
    keys = [key for code, count in ENTRIES.items() for key in Program.objects.filter(specialty_id=code).order_by("key").values_list("key", flat=True)[:count]]
    sessions = []
    for _ in range(users):
        profile = save_profile(by="bench", data=answers)
        change_list(by="bench", profile=profile, match_year=2027, edits={key: _everything(place) for place, key in enumerate(keys)}, said="bench")
        session = SessionStore()
        session["profile_id"] = profile.pk
        session.save()
        sessions.append(str(session.session_key))
    return sessions


def _everything(place: int) -> dict[str, object]:
    """What an entry can have: note, tags, connection, signal, reason."""
    return {
        "standing": ("added", "added", "added", "locked")[place % 4],
        "note": f"{NOTE} {place}",
        "tags": ["near family", f"trip {place % 7}"],
        "connection": ("none", "weak", "moderate", "strong")[place % 4],
        "signal": "gold" if place < 3 else "silver" if place < 15 else "",
        "reason": "adds most: high IMG share, your state",
    }


def alone(session: str) -> tuple[list[float], float]:
    """(milliseconds of the view, thousand bytes of its page compressed), one request after the other in this process."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session
    size = len(gzip.compress(_page(client.get("/list/").content))) / 1000
    took = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        client.get("/list/")
        took.append((time.perf_counter() - began) * 1000)
    return took, size


def _page(content: bytes) -> bytes:
    """The page, which has to hold every entry."""
    if content.count(b'<li class="entry"') != sum(ENTRIES.values()):
        raise SystemExit("My list does not show every entry: there is nothing to measure.")
    return content


def together(sessions: list[str]) -> tuple[list[float], list[float]]:
    """(milliseconds in the server, milliseconds until the user has the page) of requests of all users at once."""
    with tempfile.TemporaryDirectory(prefix="smartpick-bench.") as folder:
        log = Path(folder) / "access.log"
        with _server(log) as port:
            for _ in range(WORKERS * 4):  # every worker reads the programs once
                _get(port, sessions[0])
            log.write_text("")
            with ThreadPoolExecutor(USERS) as pool:
                waited = [one for user in pool.map(_user(port), sessions) for one in user]
        served = [int(line) / 1000 for line in log.read_text().split()]
    return served, waited


def _user(port: int) -> Callable[[str], list[float]]:
    return lambda session: [_get(port, session) for _ in range(ROUNDS)]


def _get(port: int, session: str) -> float:
    """Milliseconds until the page is there."""
    began = time.perf_counter()
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=READY_WITHIN)) as connection:
        connection.request("GET", "/list/", headers={"Cookie": f"sessionid={session}"})
        response = connection.getresponse()
        if response.status != http.client.OK:
            raise SystemExit(f"/list/ answered {response.status}")
        _page(response.read())
    return (time.perf_counter() - began) * 1000


@contextmanager
def _server(log: Path) -> Iterator[int]:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    options = ["-k", "sync", "-w", str(WORKERS), "-b", f"127.0.0.1:{port}", "--access-logfile", str(log), "--access-logformat", "%(D)s", "--log-level", "error"]
    command = [sys.executable, "-m", "gunicorn", "smartpick.wsgi:application", *options]
    server = subprocess.Popen(command, env=os.environ | {"ALLOWED_HOSTS": "127.0.0.1"})  # noqa: S603 - a fixed list
    try:
        _wait(port)
        yield port
    finally:
        server.terminate()
        server.wait()


def _wait(port: int) -> None:
    """Until the server takes connections."""
    last = time.monotonic() + READY_WITHIN
    while time.monotonic() < last:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("gunicorn did not start.")


def lists() -> list[tuple[str, list[float], float | None]]:
    """(what, values, target) of each measurement; needs the demonstration data and writes to the database."""
    sessions = prepare(USERS)
    took, size = alone(sessions[0])
    served, waited = together(sessions)
    entries = sum(ENTRIES.values())
    return [
        (f"page: my list of {entries} with everything", took, SERVER_TARGET),
        (f"page: the same, in the server, {USERS} users at once, {WORKERS} workers", served, SERVER_TARGET),
        ("page: the same, until the last of them has it (they never pause)", waited, None),
        ("page: the same, thousand bytes compressed", [size], SIZE_TARGET),
    ]
