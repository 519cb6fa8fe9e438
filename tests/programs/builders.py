"""Small rows for tests of programs: every name is invented."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from programs.changes import NewFact, NewProgram
from programs.choices import SourceRank
from programs.fields import BY_NAME
from programs.models import Program, ProgramStatement, Source, Specialty, State

AS_OF = date(2026, 9, 1)
SEASON = 2027
SOURCED = {"source": "made up for tests", "source_kind": "project", "as_of": AS_OF}

SPECIALTIES = {"140": "Internal Medicine", "120": "Family Medicine", "040": "Anesthesiology", "440": "Surgery (General)", "700": "Internal Medicine/Pediatrics"}
STATES = {"OH": "Ohio", "MI": "Michigan", "NY": "New York", "DC": "District of Columbia"}


def specialty(code: str = "140", **more: Any) -> Specialty:
    """The specialty of that code, made if need be."""
    return Specialty.objects.get_or_create(code=code, defaults={"name": SPECIALTIES.get(code, f"Specialty {code}"), **SOURCED, **more})[0]


def state(usps: str = "OH", **more: Any) -> State:
    """The state of that USPS code, made if need be."""
    defaults = {"name": STATES.get(usps, f"State {usps}"), "division": "East North Central", "region": "Midwest", **SOURCED, **more}
    return State.objects.get_or_create(usps=usps, defaults=defaults)[0]


def reference_tables() -> None:
    """A few specialties and states, enough for imports."""
    for code in SPECIALTIES:
        specialty(code)
    for usps in STATES:
        state(usps)


def source(name: str = "Program pages", rank: int = SourceRank.PROGRAM, **more: Any) -> Source:
    """A source of that name, made if need be."""
    return Source.objects.get_or_create(name=name, defaults={"rank": rank, **more})[0]


def program(key: str = "1400500001", **more: Any) -> Program:
    """A program straight in the table, with its specialty and state and a statement that names it; values can be given by column."""
    defaults: dict[str, Any] = {
        "name": "Lakeshore Invented Hospital",
        "city": "Toledo",
        "state": state(),
        "specialty": specialty(),
        "acgme_id": None if key.startswith("nrmp-") else key,
    }
    if key.startswith("nrmp-"):
        defaults["nrmp_institution"] = key.split("-")[1]
    made = Program.objects.create(key=key, **{**defaults, **more})
    said = {"name": made.name, "city": made.city, "state": made.state_id or "", "acgme_id": made.acgme_id or "", "closed_on": made.closed_on}
    ProgramStatement.objects.create(program=made, as_of=AS_OF, about=SEASON, nrmp_institution=made.nrmp_institution or "", **said)
    return made


def new_program(key: str = "1400500001", **more: Any) -> NewProgram:
    """What services are given to make a program."""
    values: dict[str, Any] = {"specialty": "140", "name": "Lakeshore Invented Hospital", "city": "Toledo", "state": "OH", "acgme_id": key}
    return NewProgram(key=key, **{**values, **more})


def new_fact(source: Source, field: str = "visa_j1", value: str = "yes", *, program_key: str = "1400500001", **more: Any) -> NewFact:
    """What services are given to record a fact; requirements are strict unless told otherwise."""
    values: dict[str, Any] = {"strictness": "strict" if BY_NAME[field].requirement else "", "as_of": AS_OF, "season": SEASON}
    return NewFact(program_key=program_key, field=field, value=value, source_id=source.pk, **{**values, **more})


def query_count(call: Callable[[], object]) -> int:
    """How many statements `call` sends to the database."""
    with CaptureQueriesContext(connection) as captured:
        call()
    return len(captured)
