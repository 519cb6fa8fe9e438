"""Measure imports of a large file: preview and apply, and how much memory they take, beside django-import-export's dry run of the same file.

`python -m bench.imports` does it in a process of its own, on the database that DATABASE_URL names, and prints one JSON line a measurement.
"""

import csv
import io
import json
import os
import random
import resource
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from programs.fields import Field

ROWS, CHANGED = 12_000, 6_000
IDENTITY = ("acgme_id", "institution", "city", "state", "specialty", "nrmp_code")
FIELDS_STATED = 34  # with the six of IDENTITY, 40 columns
TARGET, MEMORY_TARGET = 6_000, 400  # milliseconds, MB
KILOBYTES_IN_MB = 1024
FIRST, SECOND = date(2026, 9, 1), date(2026, 10, 1)


def cell(field: "Field", draw: random.Random) -> str:
    """A plausible cell of one field, sometimes blank."""
    from programs.fields import Kind

    by_kind = {
        Kind.YES_NO: lambda: draw.choice(["yes", "no", ""]),
        Kind.INTEGER: lambda: str(draw.randint(int(field.low or 0), int(min(field.high or 300, 300)))),
        Kind.DECIMAL: lambda: str(draw.randint(0, 6)),
        Kind.SHARE: lambda: f"{draw.random():.2f}",
        Kind.CHOICE: lambda: draw.choice(field.choices)[0],
        Kind.DATE: lambda: f"2026-10-{draw.randint(1, 28):02}",
        Kind.TEXT: lambda: f"https://example.org/{draw.randint(1, 9)}",
    }
    return str(by_kind[field.kind]())


def file_of(rows: int, *, changed: int = 0) -> bytes:
    """A template of invented programs; `changed` of the rows state other values than the same file without changes."""
    from programs.fields import FIELDS

    draw, fields = random.Random(2027), FIELDS[:FIELDS_STATED]  # noqa: S311 - the same file every time
    table = [[f"1405{number:06}", f"Invented Hospital {number}", "Toledo", "OH", "140", "", *(cell(field, draw) for field in fields)] for number in range(rows)]
    for number in draw.sample(range(rows), changed):
        table[number][len(IDENTITY) :] = [cell(field, draw) for field in fields]
    text = io.StringIO(newline="")
    csv.writer(text).writerows([[*IDENTITY, *(field.name for field in fields)], *table])
    return text.getvalue().encode()


def tell(what: str, milliseconds: float, target: float | None = None) -> None:
    """One measurement for the parent process; what is in MB is given as such."""
    print(json.dumps({"what": what, "value": milliseconds, "target": target}), flush=True)


def timed(what: str, call: Callable[[], object], target: float | None = None) -> None:
    """Do it once and tell how long it took: an import changes what the next one meets."""
    began = time.perf_counter()
    call()
    tell(what, (time.perf_counter() - began) * 1000, target)


def memory() -> float:
    """MB that this process took at the most. Linux' own figure where there is one: the other one begins with what the parent process took."""
    status = Path("/proc/self/status")
    peak = next((line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM:")), None) if status.exists() else None
    return int(peak or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / KILOBYTES_IN_MB


def imported(label: str, data: bytes, day: date) -> None:
    """Upload, look, apply: what an admin does in the browser."""
    from django.conf import settings

    from programs.choices import SourceRank
    from programs.imports import drafts

    draft = drafts.upload(by="bench", data=data, file_name=f"{label}.csv")
    told = drafts.DraftSettings(
        preset="template", source_name="Bench", season=settings.MATCH_YEAR, meanings=drafts.chosen(draft), rank=SourceRank.OFFICIAL, as_of=day
    )
    drafts.settle(by="bench", draft=draft, settings=told)
    timed(f"import: preview of {ROWS:,} x 40, {label}", lambda: drafts.preview(by="bench", draft=draft), TARGET)
    digest = draft.preview_digest
    timed(f"import: apply, {label}", lambda: drafts.apply_draft(by="bench", draft=draft, digest=digest, skip_invalid=False), TARGET)


def usual_package(data: bytes) -> None:
    """The same file through django-import-export, as a dry run that reports what would change."""
    from import_export.resources import ModelResource
    from tablib import Dataset

    from programs.fields import FIELDS
    from programs.models import Program

    names = [field.name for field in FIELDS[:FIELDS_STATED]]
    options = {"model": Program, "import_id_fields": ("acgme_id",), "fields": ("acgme_id", *names), "skip_unchanged": True, "report_skipped": False}
    made = type("Sheet", (ModelResource,), {"Meta": type("Meta", (), options)})()
    rows = list(csv.DictReader(io.StringIO(data.decode())))
    dataset = Dataset(*[[row[name] for name in ("acgme_id", *names)] for row in rows], headers=["acgme_id", *names])
    timed("import: django-import-export, dry run of the same file", lambda: made.import_data(dataset, dry_run=True, raise_errors=False))


def main() -> None:
    """Measure on an empty database."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("load_reference", verbosity=0, stdout=io.StringIO())
    imported("all new", file_of(ROWS), FIRST)
    changed = file_of(ROWS, changed=CHANGED)
    imported(f"{CHANGED:,} changed", changed, SECOND)
    tell("import: memory at the most (MB)", memory(), MEMORY_TARGET)
    if "--alone" not in sys.argv:
        usual_package(changed)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartpick.settings")
    main()
