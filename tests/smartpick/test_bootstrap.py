"""What happens before anything is installed: finding Python, the virtual environment, pip and its troubles."""

import shutil
import subprocess
import sys

import pytest

from smartpick import bootstrap
from tests.repo.sources import BASE_DIR

OFFLINE_PIP = """WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError: Failed to establish a new connection'
ERROR: Could not find a version that satisfies the requirement Django==5.2.19 (from versions: none)
ERROR: No matching distribution found for Django==5.2.19"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with requirement files of its own, whose environment is the Python that runs the tests."""
    for name in (*bootstrap.REQUIREMENTS, "constraints.txt"):
        (tmp_path / name).write_text(f"# {name}\n")
    (tmp_path / ".venv").mkdir()
    monkeypatch.setattr(bootstrap, "BASE_DIR", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "PIP_LOG", tmp_path / ".venv" / "pip.log")
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / "python")
    (tmp_path / "python").symlink_to(shutil.which("true"))
    return tmp_path


def remember(requirements):
    bootstrap.stamp(requirements).write_text(bootstrap.fingerprint(requirements))


def test_is_installed_after_an_installation(project):
    assert bootstrap.is_installed("requirements.txt") is False
    remember("requirements.txt")
    assert bootstrap.is_installed("requirements.txt") is True
    assert bootstrap.is_installed("requirements-dev.txt") is False


def test_is_installed_development_set_includes_the_runtime_set(project):
    remember("requirements-dev.txt")
    assert bootstrap.is_installed("requirements.txt") is True


@pytest.mark.parametrize("changed", ["requirements.txt", "requirements-dev.txt", "constraints.txt"])
def test_is_installed_no_longer_when_a_file_changes(project, changed):
    remember("requirements-dev.txt")
    (project / changed).write_text("something new==1\n")
    assert bootstrap.is_installed("requirements-dev.txt") is False


def test_is_installed_runtime_set_ignores_the_development_file(project):
    remember("requirements.txt")
    (project / "requirements-dev.txt").write_text("something new==1\n")
    assert bootstrap.is_installed("requirements.txt") is True


@pytest.mark.parametrize("python", ["missing", "broken"])
def test_is_installed_not_when_the_environment_does_not_work(project, python):
    remember("requirements.txt")
    (project / "python").unlink()
    if python == "broken":
        (project / "python").symlink_to(shutil.which("false"))
    assert bootstrap.is_installed("requirements.txt") is False


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        (OFFLINE_PIP, bootstrap.OFFLINE),
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", bootstrap.DISK_FULL),
        ("Error: [Errno 13] Permission denied: '/srv/smartpick/.venv'", bootstrap.READ_ONLY),
        ("ERROR: No matching distribution found for numpy==2.4.6", bootstrap.NO_VERSION),
    ],
)
def test_remedy_for_known_trouble(said, remedy):
    assert bootstrap.remedy_for(said) == remedy


def test_remedy_for_unknown_trouble_shows_the_end_and_the_log():
    said = "\n".join(f"line {number}" for number in range(1, 21))
    remedy = bootstrap.remedy_for(said)
    assert str(bootstrap.PIP_LOG) in remedy
    assert remedy.splitlines()[-8:] == [f"line {number}" for number in range(13, 21)]


def test_follow_copies_to_the_log_and_says_when_unpacking_starts(project, capsys):
    lines = ["Collecting a", "Installing collected packages: a, b", "Successfully installed a b"]
    with (
        subprocess.Popen([sys.executable, "-c", f"print('\\n'.join({lines}))"], stdout=subprocess.PIPE, text=True) as pip,
        bootstrap.PIP_LOG.open("w") as log,
    ):
        tail = bootstrap.follow(pip, log, expected=30)
    assert [line.strip() for line in tail] == lines
    assert bootstrap.PIP_LOG.read_text().splitlines() == lines
    assert capsys.readouterr().out == "  0 s: everything is here; unpacking takes about 15 s more\n"


def test_main_failing_pip_gives_the_remedy_and_remembers_nothing(project, capsys):
    (project / "python").unlink()
    script = 'case "$*" in *install*) echo "No space left on device"; exit 1;; esac'
    (project / "python").write_text(f"#!/bin/sh\n{script}\n")
    (project / "python").chmod(0o755)
    assert bootstrap.main("requirements.txt") == 1
    assert capsys.readouterr().err == f"\n{bootstrap.DISK_FULL}\n"
    assert bootstrap.is_installed("requirements.txt") is False


def test_main_installs_once(project, capsys):
    assert bootstrap.main("requirements.txt") == 0
    assert "Installing requirements.txt" in capsys.readouterr().out
    assert bootstrap.main("requirements.txt") == 0
    assert capsys.readouterr().out == ""


def make_install(tmp_path, python):
    """`make install` where the only Python is this shell script."""
    if python:
        (tmp_path / "python3").write_text(f"#!/bin/sh\n{python}\n")
        (tmp_path / "python3").chmod(0o755)
    return subprocess.run([shutil.which("make"), "install"], cwd=BASE_DIR, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("python", "found"),
    [
        ("", "Found: none"),
        ('case "$*" in *platform*) echo 3.9.2;; *) exit 1;; esac', "Found: python3 is 3.9.2;"),
        ('case "$*" in *platform*) echo 3.11.2;; *ensurepip*) exit 1;; esac', "Found: python3 is 3.11.2, but without venv;"),
    ],
    ids=["no Python", "old Python", "no venv"],
)
def test_make_without_a_usable_python_says_what_to_install(tmp_path, python, found):
    made = make_install(tmp_path, python)
    assert made.returncode != 0
    assert made.stderr.splitlines()[0] == f"SmartPick needs Python 3.11 or newer, with venv. {found}"
    assert "apt-get install python3 python3-venv" in made.stderr


def test_make_hands_over_to_the_first_usable_python(tmp_path):
    made = make_install(tmp_path, 'case "$*" in *platform*) echo 3.12.0;; *bootstrap*) echo "$@";; esac')
    assert (made.returncode, made.stdout) == (0, "-I smartpick/bootstrap.py requirements.txt\n")
