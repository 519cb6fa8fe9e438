"""Measure the engine and its search for the best list on random tables, pages and recomputes on demonstration data, and imports on SQLite and PostgreSQL.

Each in a database of its own. Prints a table: what, median and slowest of the repeats in milliseconds, and the target where the
project has one. Exits with 1 when a median misses its target. PostgreSQL is left out, and says so, where its programs are not installed.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

ANSWERS = "specialty=140&type=non_us_img&ck=228&fails=1&visa=j1"
REPEATS = 30
PROGRAMS = 6000
SHOWN = 50
ENTRIES = 200


@dataclass(frozen=True)
class Line:
    """One measurement, in milliseconds; `target` None where none is set."""

    what: str
    median: float
    slowest: float
    target: float | None

    def __str__(self) -> str:
        verdict = "" if self.target is None else f"{self.target:>8.0f}  {'ok' if self.median <= self.target else 'MISSED'}"
        return f"{self.what:<62}{self.median:>9.1f}{self.slowest:>9.1f}{verdict}"


def measure(what: str, call: Callable[[], object], *, target: float | None = None) -> Line:
    """Time `call` REPEATS times, after one unmeasured call."""
    call()
    took = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        call()
        took.append((time.perf_counter() - start) * 1000)
    return Line(what, statistics.median(took), max(took), target)


def engine() -> list[Line]:
    """One profile against PROGRAMS random programs, with reasons for a page of them."""
    import numpy as np

    from matching.engine import anchor, explain, list_outlook, score
    from matching.engine.portfolio import Entries, outlook
    from tests.engine.strategies import STATES, TYPES, applicants, programs

    rng = np.random.default_rng(2027)
    table, many = programs(rng, PROGRAMS), applicants(rng, 200)
    model, one = anchor(table, states=STATES, types=TYPES), many.take(np.array([0]))

    on_list = table.take(np.argsort(-score(one, table, model).chance[0])[:ENTRIES])
    entries = Entries(score(one, on_list, model).chance[0], float(model.spreads[1]), model.match)

    def score_and_explain() -> None:
        best = np.argsort(-score(one, table, model).chance[0])[:SHOWN]
        explain(one, table.take(best), model)

    return [
        measure(f"engine: 1 profile x {PROGRAMS:,} programs, reasons for {SHOWN}", score_and_explain, target=20),
        measure(f"engine: scores alone, 1 x {PROGRAMS:,}", lambda: score(one, table, model)),
        measure(f"engine: scores alone, 200 x {PROGRAMS:,}", lambda: score(many, table, model)),
        measure(f"engine: chance of a list of {ENTRIES}", lambda: outlook([entries]), target=5),
        measure(f"engine: the same from tables, with its range, {ENTRIES} programs", lambda: list_outlook([(one, on_list, model)])),
        measure(f"engine: anchor {PROGRAMS:,} programs (once per data version)", lambda: anchor(table, states=STATES, types=TYPES)),
    ]


def pages() -> list[Line]:
    """Server time of each page: the whole request, without the network."""
    from django.test import Client

    from matching.adapters import forget_programs
    from matching.services.calibration import forget_comparisons
    from programs.models import Program

    client, key = Client(), Program.objects.filter(specialty_id="140").order_by("name").values_list("key", flat=True)[0]

    def get(path: str) -> Callable[[], object]:
        def call() -> None:
            response = client.get(path)
            if response.status_code != 200:
                raise SystemExit(f"{path} answered {response.status_code}")

        return call

    def first(call: Callable[[], object]) -> Callable[[], object]:
        def cold() -> None:
            forget_programs()
            forget_comparisons()
            call()

        return cold

    count = Program.objects.filter(specialty_id="140").count()
    return [
        measure(f"page: list of {count} programs", get(f"/list/ranked/?{ANSWERS}"), target=150),
        measure("page: list, next 50 rows", get(f"/list/ranked/?{ANSWERS}&page=2")),
        measure("page: list, filtered and searched", get(f"/list/ranked/?{ANSWERS}&sponsors=j1&q=hospital&sort=img")),
        measure("page: start", get("/")),
        measure("page: one program with its facts", get(f"/programs/{key}/?{ANSWERS}")),
        measure("page: why", get(f"/list/why/{key}/?{ANSWERS}")),
        measure("page: method", get("/method/"), target=150),
        measure("page: method, first after new program data", first(get("/method/")), target=3000),
        measure("page: profile", get("/profile/")),
        measure("page: programs", get("/programs/")),
    ]


def my_lists() -> list[Line]:
    """My list with three hundred entries: alone, and with twenty users at once."""
    from bench.lists import lists

    return [Line(what, statistics.median(took), max(took), target) for what, took, target in lists()]


def recomputes() -> list[Line]:
    """A full recompute, one of a few changed programs, and whom a change would touch."""
    from bench.recompute import recompute

    return [Line(what, statistics.median(took), max(took), target) for what, took, target in recompute()]


def best_lists() -> list[Line]:
    """The best list for a number or a budget, signals, and what has been heard, on random chances."""
    from bench.optimise import questions

    return [Line(what, statistics.median(took), max(took), target) for what, took, target in questions()]


def changes() -> list[Line]:
    """What a moved control of What if takes."""
    from bench.what_if import what_if

    return [Line(what, statistics.median(took), max(took), target) for what, took, target in what_if()]


def imports() -> list[Line]:
    """Imports of a large file, each database in a process of its own so that its memory is its own too."""
    from tests.faults.servers import Postgres, postgres_programs, private_folder

    with tempfile.TemporaryDirectory(prefix="smartpick-bench.") as folder:
        lines = _imports_on("SQLite", {"SMARTPICK_VAR": folder}, [])
    programs = postgres_programs()
    if programs is None:
        print("PostgreSQL is not installed: imports were measured on SQLite alone.")
        return lines
    with ExitStack() as stack:
        server = Postgres(stack.enter_context(private_folder()), programs)
        stack.callback(server.end)
        server.start()
        return lines + _imports_on("PostgreSQL", {"DATABASE_URL": server.url("postgres")}, ["--alone"])


def _imports_on(database: str, environment: dict[str, str], arguments: list[str]) -> list[Line]:
    command = [sys.executable, "-m", "bench.imports", *arguments]
    ran = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=True)  # noqa: S603 - a fixed list
    told = [json.loads(line) for line in ran.stdout.splitlines()]
    return [Line(f"{database}: {one['what']}", one["value"], one["value"], one["target"]) for one in told]


def prepare() -> None:
    """A database with demonstration data, gone afterwards."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("load_reference", verbosity=0)
    call_command("demo_on")


def main() -> None:
    """Run everything and print the table."""
    with tempfile.TemporaryDirectory(prefix="smartpick-bench.") as folder:
        os.environ |= {"SMARTPICK_VAR": folder, "DJANGO_SETTINGS_MODULE": "smartpick.settings", "EMBEDDED": "true", "ALLOWED_HOSTS": "testserver"}
        os.environ["SECRET_KEY"] = "only-for-the-length-of-this-measurement"  # noqa: S105
        prepare()
        lines = [*engine(), *best_lists(), *pages(), *my_lists(), *changes(), *recomputes()]
    lines += imports()
    print(f"\nPython {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores; {REPEATS} repeats")
    print(f"{'':<62}{'median':>9}{'slowest':>9}{'target':>8}   (ms)")
    for line in lines:
        print(line)
    sys.exit(any(line.target is not None and line.median > line.target for line in lines))


if __name__ == "__main__":
    main()
