"""Counts of how much is known, and the rows behind each number. Programs that are closed or withdrawn are left out everywhere.

The SQL here is made of a table name and of a query that Django compiled; values never go into it.
"""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from programs.choices import FactState
from programs.fields import FIELDS
from programs.models import Fact, Program
from programs.quality import Amount, Quality, Tallies, Tally, quality_of
from programs.resolution import unpack

# Each field of `Program.field_states` as a row: the function that makes them, and the value as text.
UNNEST = {"postgresql": ("jsonb_each(p.field_states)", "CAST(j.value AS text)"), "sqlite": ("json_each(p.field_states)", "j.value")}
# From how many days on a statement is of the next age.
AGE_BORDERS = (92, 365, 730)
AGES = ("up to 3 months", "3 to 12 months", "1 to 2 years", "over 2 years")
OPEN_PROGRAM = Q(program__is_withdrawn=False, program__closed_on=None)
STALE_AT = 2  # place of "stale" in the three parts of a stored state


def tallies(waiting: "QuerySet[Any, Any]") -> Tallies:
    """Every field of every specialty that has programs. `waiting` gives rows of program id and results that wait on it. 2 queries.

    The database counts: reading 12,000 programs to count them here takes twice as long.
    """
    sql, params = waiting.query.sql_with_params()
    rows, value = UNNEST[connection.vendor]
    head = f"WITH w (program_id, number) AS ({sql}) SELECT p.specialty_id"
    amount = "COUNT(*), SUM(1 + COALESCE(w.number, 0))"
    programs = f"FROM {Program._meta.db_table} p LEFT JOIN w ON w.program_id = p.id"  # noqa: SLF001 - public in Django's documentation
    live = "WHERE NOT p.is_withdrawn AND p.closed_on IS NULL"
    with connection.cursor() as cursor:
        cursor.execute(f"{head}, {amount} {programs} {live} GROUP BY 1", params)
        totals = {code: Amount(int(count), int(number)) for code, count, number in cursor.fetchall()}
        cursor.execute(f"{head}, j.key, {value}, {amount} {programs}, {rows} j {live} GROUP BY 1, 2, 3", params)
        return _tallies(totals, cursor.fetchall())


def _tallies(totals: dict[str, Amount], stated: list[tuple[str, str, str, int, int]]) -> dict[tuple[str, str], Tally]:
    """Tallies from the amounts by stored state; programs that say nothing about a field are what is left of the total."""
    found: dict[tuple[str, str], dict[Quality, Amount]] = defaultdict(dict)
    for specialty, name, packed, programs, waiting in stated:
        amounts, quality = found[specialty, name], quality_of(unpack(json.loads(packed)))
        amounts[quality] = amounts.get(quality, Amount()) + Amount(int(programs), int(waiting))
    return {
        (specialty, field.name): _with_unknown(total, found.get((specialty, field.name), {})) for specialty, total in sorted(totals.items()) for field in FIELDS
    }


def _with_unknown(total: Amount, amounts: dict[Quality, Amount]) -> Tally:
    silent = Amount(total.programs - sum(amount.programs for amount in amounts.values()), total.waiting - sum(amount.waiting for amount in amounts.values()))
    return Tally({**amounts, Quality.UNKNOWN: silent + amounts.get(Quality.UNKNOWN, Amount())} if silent.programs else amounts)


def programs_of_quality(*, specialty: str, field: str, quality: Quality) -> QuerySet[Program]:
    """The programs behind one number of `tallies`, by name; a specialty of "" stands for all."""
    found = Program.objects.filter(is_withdrawn=False, closed_on=None).select_related("specialty", "state")
    if specialty:
        found = found.filter(specialty_id=specialty)
    if quality is Quality.UNKNOWN:
        return found.exclude(field_states__has_key=field)
    if quality is Quality.CONFLICT:
        return found.filter(**{f"field_states__{field}__0": FactState.CONFLICT.value})
    return found.filter(**{f"field_states__{field}__0": FactState.KNOWN.value, f"field_states__{field}__{STALE_AT}": quality is Quality.STALE})


@dataclass(frozen=True, slots=True)
class SourceAges:
    """How many live statements of one source are of each of AGES."""

    source_id: int
    name: str
    rank: int
    ages: tuple[int, ...]


def source_ages(*, specialty: str, field: str, today: date) -> list[SourceAges]:
    """Live statements by source and age, the best rank first; "" stands for all specialties or fields. 1 query."""
    counts: dict[tuple[int, int, str], list[int]] = defaultdict(lambda: [0] * len(AGES))
    grouped = statements(specialty=specialty, field=field).order_by().annotate(age=_age(today))
    for rank, name, source_id, age, count in grouped.values_list("source__rank", "source__name", "source_id", "age").annotate(count=Count("id")):
        counts[rank, source_id, name][age] = count
    return [SourceAges(source_id, name, rank, tuple(ages)) for (rank, source_id, name), ages in sorted(counts.items(), key=lambda one: (one[0][0], one[0][2]))]


def statements(*, specialty: str = "", field: str = "", source: int | None = None, age: int | None = None, today: date | None = None) -> QuerySet[Fact]:
    """Live statements about open programs, the oldest first; `age` is a place in AGES and needs `today`."""
    found = Fact.objects.filter(OPEN_PROGRAM, withdrawn_at=None)
    if specialty:
        found = found.filter(program__specialty_id=specialty)
    if field:
        found = found.filter(field=field)
    if source is not None:
        found = found.filter(source_id=source)
    if age is not None and today is not None:
        found = found.annotate(age=_age(today)).filter(age=age)
    return found.order_by("as_of", "id")


def _age(today: date) -> Case:
    """The place in AGES of a statement."""
    borders = enumerate(AGE_BORDERS)
    return Case(
        *(When(as_of__gt=today - timedelta(days=days), then=Value(place)) for place, days in borders),
        default=Value(len(AGE_BORDERS)),
        output_field=IntegerField(),
    )
