"""Counts of how much is known, and the rows behind each number. Programs that are closed or withdrawn are left out everywhere."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet, TextField
from django.db.models.functions import Cast

from programs.choices import FactState
from programs.fields import FIELDS, Field
from programs.models import Fact, Program, Source
from programs.quality import Amount, Quality, Tallies, Tally, quality_of
from programs.resolution import unpack

# From how many days on a statement is of the next age.
AGE_BORDERS = (92, 365, 730)
AGES = ("up to 3 months", "3 to 12 months", "1 to 2 years", "over 2 years")
OPEN_PROGRAM = Q(program__is_withdrawn=False, program__closed_on=None)
ROWS_AT_ONCE = 500
STALE_AT = 2  # place of "stale" in the three parts of a stored state


def tallies(waiting: Mapping[int, int]) -> Tallies:
    """Every field of every specialty that has programs. `waiting` is {program id: results that wait on it}. 1 query.

    One pass over what the programs say: 12,000 take 0.2 s. To have the database take the states apart and count them takes longer.
    """
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    stated: dict[tuple[str, str, str, bool], list[int]] = defaultdict(lambda: [0, 0])
    rows = Program.objects.filter(is_withdrawn=False, closed_on=None).order_by().values_list("id", "specialty_id", "field_states")
    for program_id, specialty, states in rows.iterator(chunk_size=ROWS_AT_ONCE):  # all at once, and the garbage collector takes longer than the rest
        weight = 1 + waiting.get(program_id, 0)
        totals[specialty][0] += 1
        totals[specialty][1] += weight
        for name, (state, _, stale) in states.items():
            counted = stated[specialty, name, state, stale]
            counted[0] += 1
            counted[1] += weight
    return _tallies(totals, stated)


def _tallies(totals: Mapping[str, list[int]], stated: Mapping[tuple[str, str, str, bool], list[int]]) -> dict[tuple[str, str], Tally]:
    """Tallies from the amounts by stored state; programs that say nothing about a field are what is left of the total."""
    found: dict[tuple[str, str], dict[Quality, Amount]] = defaultdict(dict)
    for (specialty, name, state, stale), counted in stated.items():
        amounts, quality = found[specialty, name], quality_of(unpack([state, "", stale]))
        amounts[quality] = amounts.get(quality, Amount()) + Amount(*counted)
    return {
        (specialty, field.name): _with_unknown(Amount(*total), found.get((specialty, field.name), {}))
        for specialty, total in sorted(totals.items())
        for field in FIELDS
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


def disputed_programs(*, specialty: str = "") -> QuerySet[Program]:
    """Programs about which trusted sources disagree in some field, by name; a specialty of "" stands for all."""
    found = Program.objects.filter(is_withdrawn=False, closed_on=None).select_related("specialty", "state")
    if specialty:
        found = found.filter(specialty_id=specialty)
    # One look at the text of each program instead of one at each of its fields; nothing else in it is called that.
    return found.annotate(told=Cast("field_states", TextField())).filter(told__contains=f'"{FactState.CONFLICT.value}"')


def disputed_fields(program: Program) -> list[Field]:
    """The fields of a program about which trusted sources disagree. No query."""
    return [field for field in FIELDS if unpack(program.field_states.get(field.name)).state is FactState.CONFLICT]


@dataclass(frozen=True, slots=True)
class SourceAges:
    """How many live statements of one source are of each of AGES."""

    source_id: int
    name: str
    rank: int
    ages: tuple[int, ...]


def source_ages(*, specialty: str, field: str, today: date) -> list[SourceAges]:
    """Live statements by source and age, the best rank first; "" stands for all specialties or fields. 2 queries."""
    counts: dict[int, list[int]] = defaultdict(lambda: [0] * len(AGES))
    found = statements(specialty=specialty, field=field).order_by()
    for source_id, as_of, count in found.values_list("source_id", "as_of").annotate(count=Count("id")):
        counts[source_id][age_of(as_of, today)] += count
    sources = Source.objects.filter(pk__in=counts).order_by("rank", "name").values_list("id", "name", "rank")
    return [SourceAges(source_id, name, rank, tuple(counts[source_id])) for source_id, name, rank in sources]


def age_of(as_of: date, today: date) -> int:
    """The place in AGES of what is stated as of a day."""
    return bisect_right(AGE_BORDERS, (today - as_of).days)


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
        # The borders in days, from the start of time to its end.
        newest, oldest = (0, *AGE_BORDERS)[age], (*AGE_BORDERS, None)[age]
        if age:
            found = found.filter(as_of__lte=today - timedelta(days=newest))
        if oldest is not None:
            found = found.filter(as_of__gt=today - timedelta(days=oldest))
    return found.order_by("as_of", "id")
