"""Where the forms' choices come from: programs and applicants meet in views only."""

from itertools import groupby
from operator import itemgetter

from applicants.forms import Reference
from programs.choices import ProgramType
from programs.models import Specialty, State


def load_reference() -> Reference:
    """Read specialties and states: two queries."""
    states = State.objects.order_by("region", "name").values_list("region", "usps", "name")
    return Reference(
        specialties=list(Specialty.objects.order_by("menu_order", "name").values_list("code", "name")),
        regions=[(region, [(usps, name) for _, usps, name in rows]) for region, rows in groupby(states, key=itemgetter(0))],
        program_types=ProgramType.choices,
    )
