"""Make the virtual environment and install into it. Runs before anything is installed, so: standard library only.

`make` runs this file as a script, with the first Python that is new enough:
`python3.11 -I smartpick/bootstrap.py requirements.txt`. A second run with the same
requirement files returns at once.
"""

import hashlib
import subprocess
import sys
import time
from collections import deque
from pathlib import Path
from typing import IO

BASE_DIR = Path(__file__).resolve().parent.parent
VENV = BASE_DIR / ".venv"
PYTHON = VENV / "bin" / "python"
PIP_LOG = VENV / "pip.log"
# Each name also satisfies the ones before it: the development set includes the runtime set.
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt")
# Seconds and megabytes on two cores with a fast connection (November 2026); only used to say what to expect.
EXPECTED = {"requirements.txt": (25, 280), "requirements-dev.txt": (40, 580)}
SECONDS_BETWEEN_LINES = 5
OFFLINE = """The packages could not be downloaded: this computer does not reach the package index.
Check the network (behind a proxy, set HTTPS_PROXY) and run the same command again; what is already here is kept."""
DISK_FULL = "The disk is full. Free about 600 MB and run the same command again."
READ_ONLY = f"{VENV} cannot be written. Give yourself the right to write there, or copy SmartPick to a folder of yours."
NO_VERSION = """A package has no version for this Python. SmartPick is tried with Python 3.11, 3.12 and 3.13; to choose one:
    make clean && PYTHON=python3.13 make run"""
# What pip says, in lower case, and what a person can do about it. The first that fits is shown; pip also
# says "no matching distribution" when it is offline, so that comes last.
REMEDIES = (
    (("failed to establish", "name resolution", "timed out", "unreachable", "connection refused", "proxyerror", "sslerror"), OFFLINE),
    (("no space left",), DISK_FULL),
    (("permission denied", "read-only file system"), READ_ONLY),
    (("no matching distribution", "could not find a version"), NO_VERSION),
)


class RemedyError(Exception):
    """Something a person can mend; the text says what happened and what to do."""


def say(line: str) -> None:
    """One line, seen at once even when the output goes to a file."""
    print(line, flush=True)


def fingerprint(requirements: str) -> str:
    """What is to be installed: changes when a requirement file does."""
    digest = hashlib.sha256()
    for name in (*REQUIREMENTS[: REQUIREMENTS.index(requirements) + 1], "constraints.txt"):
        digest.update((BASE_DIR / name).read_bytes())
    return digest.hexdigest()


def stamp(requirements: str) -> Path:
    """The file that remembers the fingerprint of the last complete installation."""
    return VENV / f"installed-{requirements}"


def is_installed(requirements: str) -> bool:
    """True when the environment works and holds this set, or one that includes it."""
    larger = REQUIREMENTS[REQUIREMENTS.index(requirements) :]
    stamps = [name for name in larger if stamp(name).is_file() and stamp(name).read_text() == fingerprint(name)]
    return bool(stamps) and environment_works()


def environment_works() -> bool:
    """False for an environment that is missing, half made, or whose Python was removed or upgraded (pip is then not found)."""
    return PYTHON.exists() and subprocess.run([PYTHON, "-c", "import pip"], capture_output=True, check=False).returncode == 0


def make_environment() -> None:
    """Create `.venv`, or build it again when it does not work."""
    if environment_works():
        return
    say(f"Making the virtual environment .venv with Python {sys.version.split()[0]}")
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], capture_output=True, text=True, check=False)
    if made.returncode:
        raise RemedyError(remedy_for(made.stdout + made.stderr))


def install(requirements: str) -> None:
    """Run pip, with a line every few seconds, and raise a remedy when it fails."""
    seconds, megabytes = EXPECTED[requirements]
    say(f"Installing {requirements}: about {seconds} s with a fast connection, {megabytes} MB on disk, only this once")
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off", "--retries", "2", "--timeout", "20"]
    command += ["-c", "constraints.txt", "-r", requirements]
    started = time.monotonic()
    with subprocess.Popen(command, cwd=BASE_DIR, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip, PIP_LOG.open("w") as log:
        tail = follow(pip, log, expected=seconds)
    if pip.returncode:
        raise RemedyError(remedy_for("".join(tail)))
    stamp(requirements).write_text(fingerprint(requirements))
    say(f"Installed in {time.monotonic() - started:.0f} s")


def follow(pip: subprocess.Popen[str], log: IO[str], *, expected: int) -> deque[str]:
    """Copy pip's lines to the log, tell now and then how far it is, and return the last lines."""
    tail: deque[str] = deque(maxlen=40)
    started = told = time.monotonic()
    for line in pip.stdout or ():
        log.write(line)
        tail.append(line)
        now = time.monotonic()
        if line.startswith("Installing collected packages"):
            say(f"  {now - started:.0f} s: everything is here; unpacking takes about {expected // 2} s more")
        elif now - told >= SECONDS_BETWEEN_LINES:
            told = now
            say(f"  {now - started:.0f} s of about {expected} s: {line.strip()[:90]}")
    return tail


def remedy_for(output: str) -> str:
    """The remedy that fits what pip or venv said, else the end of what it said."""
    lowered = output.lower()
    for signs, remedy in REMEDIES:
        if any(sign in lowered for sign in signs):
            return remedy
    end = "\n".join(output.splitlines()[-8:])
    return f"Installing failed, and this is the end of what pip said (all of it: {PIP_LOG}):\n{end}"


def main(requirements: str) -> int:
    """Install `requirements` unless it is there. 0 when it is, 1 with a remedy on the error stream."""
    if is_installed(requirements):
        return 0
    try:
        make_environment()
        install(requirements)
    except (RemedyError, OSError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Run the same command again to go on.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
