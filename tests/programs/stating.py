"""Statements straight in the table, resolved as services would; every name is invented."""

from typing import Any

from django.conf import settings

from programs.choices import SourceRank
from programs.fields import BY_NAME
from programs.models import Correction, Fact, Program
from programs.services import resolve_programs
from tests.programs.builders import AS_OF, SEASON, source

URL = "https://program.example.org/requirements"
PAGES, LIST, SITE = ("Program pages", SourceRank.PROGRAM), ("Official list", SourceRank.OFFICIAL), ("Some site", SourceRank.AGGREGATOR)


def state(program: Program, value: str, field: str = "visa_j1", *, by: tuple[str, int] = PAGES, **more: Any) -> Fact:
    """A statement of a source given as (name, rank); requirements are strict unless told otherwise."""
    values: dict[str, Any] = {"strictness": "strict" if BY_NAME[field].requirement else "", "as_of": AS_OF, "season": SEASON}
    fact = Fact.objects.create(program=program, field=field, value=value, source=source(by[0], by[1], is_demo=program.is_demo), **{**values, **more})
    resolve_programs([program.pk], season=settings.MATCH_YEAR)
    return fact


def suggested(program: Program, value: str = "no", field: str = "visa_j1", **more: Any) -> Correction:
    """A suggestion straight in the table."""
    values: dict[str, Any] = {"strictness": "strict" if BY_NAME[field].requirement else "", "url": URL, "sender": "somebody"}
    return Correction.objects.create(program=program, field=field, value=value, **{**values, **more})


def current(program: Program, field: str = "visa_j1") -> tuple[object, object]:
    """Current value and stored state of a field."""
    program.refresh_from_db()
    return getattr(program, field), program.field_states.get(field)
