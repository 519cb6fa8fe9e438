"""Start programs side by side, watch them, and stop them all: the parts of `manage.py run`."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

PR_SET_PDEATHSIG = 1  # linux/prctl.h
# The same from within the new process, which then becomes the wanted program, unless its parent has ended already.
END_WITH_PARENT = f"""
import ctypes, os, sys
ctypes.CDLL(None).prctl({PR_SET_PDEATHSIG}, {signal.SIGTERM:d})
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[2], sys.argv[2:])
"""
LOWEST_PORT, HIGHEST_PORT = 1, 65535
SECONDS_BETWEEN_LOOKS = 0.1
SECONDS_TO_START = 60
SECONDS_TO_STOP = 10
LINES_OF_LOG_SHOWN = 15


class StartError(Exception):
    """SmartPick cannot start or go on; the text says why and what to do."""


@dataclass(frozen=True)
class Child:
    """A program that was started, and the file its output goes to."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path


def parse_port(text: str) -> int:
    """The port number in `text`, or StartError."""
    if text.isascii() and text.isdigit() and LOWEST_PORT <= int(text) <= HIGHEST_PORT:
        return int(text)
    raise StartError(f"PORT is {text!r}: use a whole number from {LOWEST_PORT} to {HIGHEST_PORT}, for example PORT=8001 make run.")


def require_free_port(host: str, port: int) -> None:
    """StartError when something else listens at host:port, with who it is where that can be seen."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise StartError(f"Port {port} is reserved for the administrator. Use a higher one: PORT=8001 make run.") from None
        except OSError:
            who = listener(port)
            remedy = f"Stop it with: kill {who[0]}" if who else f"To see what it is: lsof -i tcp:{port}"
            name = f"process {who[0]} ({who[1]})" if who else "another program"
            raise StartError(f"Port {port} is taken by {name}.\n{remedy}\nOr use another port: PORT={port + 1} make run") from None


def listener(port: int) -> tuple[int, str] | None:
    """Process number and command line of who listens on `port`, as far as Linux tells this user; None elsewhere."""
    sockets = {f"socket:[{inode}]" for inode in listening_inodes(port)}
    for entry in Path("/proc").glob("[0-9]*/fd/*") if sockets else ():
        try:
            if os.readlink(entry) in sockets:
                process = entry.parent.parent
                words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
                return int(process.name), " ".join(words).strip()[:80]
        except OSError:  # it ended meanwhile, or belongs to somebody else
            continue
    return None


def listening_inodes(port: int) -> set[str]:
    """Kernel socket numbers that listen on `port` (proc(5), the tables of net/tcp and net/tcp6)."""
    listening, found = "0A", set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        rows = table.read_text().splitlines()[1:] if table.exists() else []
        for columns in map(str.split, rows):
            if columns[3] == listening and int(columns[1].rpartition(":")[2], 16) == port:
                found.add(columns[9])
    return found


def require_writable(folder: Path) -> None:
    """Make `folder` if it is missing; StartError when nothing can be written there."""
    probe = folder / ".writable"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"?")
        probe.unlink()
    except OSError as error:
        remedy = "Give yourself the right to write there, free some space, or choose another folder: SMARTPICK_VAR=/path make run."
        raise StartError(f"SmartPick keeps its data in {folder}, which cannot be written: {error.strerror}.\n{remedy}") from None


def end_with_parent() -> None:
    """Have Linux send this process SIGTERM when its parent ends, even by `kill -9`. Does nothing elsewhere."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def start(name: str, argv: list[str], *, log: Path, folder: Path) -> Child:
    """Start `argv` in `folder`, in a session of its own, so that Ctrl-C reaches only the launcher."""
    command = [sys.executable, "-I", "-c", END_WITH_PARENT, str(os.getpid()), *argv] if sys.platform == "linux" else argv
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
    return Child(name, process, log)


def wait_until_answering(host: str, port: int, *, children: Iterable[Child], stop: threading.Event) -> None:
    """Return at the first answer of the start page; StartError when it is an error, a child ends, or none comes in time."""
    deadline = time.monotonic() + SECONDS_TO_START
    while not stop.wait(SECONDS_BETWEEN_LOOKS):
        require_alive(children)
        status = start_page_status(host, port)
        if status and status < 500:
            return
        if status or time.monotonic() > deadline:
            web = next(child for child in children if child.name == "web server")
            happened = f"answers with error {status}" if status else f"does not answer after {SECONDS_TO_START} s"
            raise StartError(f"The start page {happened}. The end of {web.log}:\n{end_of(web.log)}")


def start_page_status(host: str, port: int) -> int | None:
    """HTTP status of the start page, None while nobody answers."""
    connection = HTTPConnection(host, port, timeout=SECONDS_TO_START)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()


def watch(children: Iterable[Child], stop: threading.Event) -> None:
    """Return when `stop` is set; StartError when a child ends by itself."""
    while not stop.wait(SECONDS_BETWEEN_LOOKS):
        require_alive(children)


def require_alive(children: Iterable[Child]) -> None:
    """StartError with the end of its log for the first child that has ended."""
    for child in children:
        if (code := child.process.poll()) is not None:
            how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
            raise StartError(f"The {child.name} {how}, so SmartPick stops. The end of {child.log}:\n{end_of(child.log)}")


def end_of(log: Path) -> str:
    """The last lines of a log file."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-LINES_OF_LOG_SHOWN:])


def stop_all(children: Iterable[Child]) -> None:
    """Ask every child to finish, wait a little, then end whatever is left of each, its own children included."""
    children = list(children)
    for child in children:
        child.process.terminate()
    deadline = time.monotonic() + SECONDS_TO_STOP
    for child in children:
        try:
            child.process.wait(timeout=max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.process.kill()
        end_group(child.process.pid)
        child.process.wait()


def end_group(leader: int) -> None:
    """Kill what is left of the process group of `leader`."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return
    except PermissionError:  # macOS says this of a group that holds only zombies
        return
