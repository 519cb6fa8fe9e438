"""Every dependency has a reason and one version, and what it brings along is pinned too."""

import re
from importlib.metadata import requires, version

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.repo.sources import BASE_DIR

REQUIREMENTS = ("requirements.txt", "requirements-dev.txt")


def lines_of(name):
    return [line.strip() for line in (BASE_DIR / name).read_text().splitlines()]


def pins(name):
    """Package name to pinned version."""
    found = [Requirement(line) for line in lines_of(name) if line and not line.startswith(("#", "-"))]
    return {canonicalize_name(item.name): str(item.specifier).removeprefix("==") for item in found}


def direct():
    return {name: pinned for file in REQUIREMENTS for name, pinned in pins(file).items()}


def test_every_dependency_has_its_reason_on_the_line_above():
    without = [
        line
        for file in REQUIREMENTS
        for above, line in zip(["", *lines_of(file)], lines_of(file), strict=False)
        if line and not line.startswith(("#", "-r")) and not re.fullmatch(r"# [A-Z].{10,}\.", above, re.IGNORECASE)
    ]
    assert without == []


def test_every_dependency_is_pinned_to_one_version():
    loose = [line for file in (*REQUIREMENTS, "constraints.txt") for line in lines_of(file) if line and not re.match(r"#|-r |\S+==[\w.]+$", line)]
    assert loose == []


def test_no_version_is_said_twice():
    names = [name for file in (*REQUIREMENTS, "constraints.txt") for name in pins(file)]
    assert sorted(names) == sorted(set(names))


def test_everything_installed_for_a_dependency_is_pinned_to_its_version():
    pinned = direct() | pins("constraints.txt")
    installed = {name: version(name) for name in closure()}
    assert installed == {name: pinned.get(name) for name in installed}


def test_constraints_hold_nothing_that_no_dependency_brings():
    assert set(pins("constraints.txt")) - {"async-timeout"} <= closure()


def closure():
    """The dependencies and everything they need on this Python."""
    found, waiting = set(), [(name, extra) for name in direct() for extra in ("", "redis") if extra == "" or name == "celery"]
    while waiting:
        name, extra = waiting.pop()
        found.add(name)
        for needed in map(Requirement, requires(name) or ()):
            key = canonicalize_name(needed.name)
            if key not in found and (needed.marker is None or needed.marker.evaluate({"extra": extra})):
                waiting += [(key, inner) for inner in ("", *needed.extras)]
    return found
