"""How many tiers change in the demonstration data when a weight that is judgement is halved or doubled."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from django.conf import settings
from django.utils import timezone

from applicants.demo import read_demo_applicants
from applicants.profile import ProfileData
from matching.adapters import PROGRAM_TYPES, applicant_table, program_set, season
from matching.engine import ENGINE_VERSION, Scores, Tier, anchor, score
from matching.engine.evidence import Weights, weights
from matching.engine.evidence.sensitivity import FACTORS, GROUPS, Group, Measured, scaled
from matching.engine.tables import ApplicantTable, ProgramTable
from matching.queries import state_codes
from programs.demo.generate import generate
from programs.demo.tables import load_tables
from programs.models import Fact, Program, Source, Specialty

SAME = 1e-9  # chances that differ by less than this part of them are the same: anchoring ends a little beside its goal


class NotDemonstrationError(Exception):
    """What is loaded is not the demonstration data, so the figures could not be measured again by others."""


@dataclass(frozen=True)
class Contest:
    """The programs of one specialty and those who apply there."""

    programs: ProgramTable
    applicants: ApplicantTable


@dataclass(frozen=True)
class Moves:
    """What one changed group of weights does.

    Of `pairs` (an applicant and a program that nothing excludes) the chance of `touched` changes at
    all; `up` come to a better tier and `down` to a worse one.
    """

    group: Group
    factor: float
    pairs: int
    touched: int
    up: int
    down: int


def contests(profiles: Sequence[ProfileData], *, match_year: int) -> list[Contest]:
    """Every specialty that has programs and in which one of `profiles` applies, in the order of codes. Some 5 queries each."""
    when = season(match_year)
    codes = sorted({code for profile in profiles for code in profile.specialties})
    there = {code: [profile for profile in profiles if code in profile.specialties] for code in codes}
    programs = {code: program_set(code, match_year).table for code in codes}
    return [Contest(programs[code], applicant_table(there[code], code, when)) for code in codes if len(programs[code])]


def moves(field: Sequence[Contest], *, table: Weights, groups: Iterable[Group] = GROUPS, factors: Sequence[float] = FACTORS) -> list[Moves]:
    """Change each group by each factor, anchor and score again, and count. 1 query (the list of states)."""
    states = len(state_codes())
    before = [_scores(contest, table, states) for contest in field]
    return [
        _compare(group, factor, before, [_scores(contest, scaled(table, group.names, factor), states) for contest in field])
        for group in groups
        for factor in factors
    ]


def _scores(contest: Contest, table: Weights, states: int) -> Scores:
    model = anchor(contest.programs, states=states, types=len(PROGRAM_TYPES), table=table)
    return score(contest.applicants, contest.programs, model)


def _compare(group: Group, factor: float, before: Sequence[Scores], after: Sequence[Scores]) -> Moves:
    old, new = (np.concatenate([scores.tier.ravel() for scores in each] or [np.zeros(0, np.int8)]) for each in (before, after))
    was, became = (np.concatenate([scores.chance.ravel() for scores in each] or [np.zeros(0)]) for each in (before, after))
    return Moves(
        group,
        factor,
        pairs=int(np.count_nonzero(old != Tier.EXCLUDED)),
        touched=int(np.count_nonzero(np.abs(became - was) > SAME * was)),
        # Codes rise from the likeliest tier to the excluded.
        up=int(np.count_nonzero(new < old)),
        down=int(np.count_nonzero(new > old)),
    )


def measure_demonstration(*, seed: int, groups: Iterable[Group] = GROUPS) -> list[Measured]:
    """Measure `groups` with the present weights on the demonstration data of `seed`; writes nothing.

    Raises NotDemonstrationError where other data is loaded.
    """
    programs = require_demonstration(seed)
    specialties = frozenset(Specialty.objects.values_list("code", flat=True))
    people = read_demo_applicants(today=timezone.localdate(), specialty_codes=specialties, state_codes=state_codes())
    field = contests([person.data for person in people], match_year=settings.MATCH_YEAR)
    return [
        Measured(
            group=found.group.key,
            weights=" ".join(found.group.names),
            factor=found.factor,
            pairs=found.pairs,
            touched=found.touched,
            up=found.up,
            down=found.down,
            version=ENGINE_VERSION,
            seed=seed,
            programs=programs,
            applicants=len(people),
        )
        for found in moves(field, table=weights(), groups=groups)
    ]


def require_demonstration(seed: int) -> int:
    """The number of programs loaded, where they are exactly those invented from `seed`; else NotDemonstrationError."""
    loaded = Program.objects.count()
    if Program.objects.filter(is_demo=False).exists():
        raise NotDemonstrationError("Real programs are loaded. Measure with a database of its own: SMARTPICK_VAR=some/folder, then demo_on.")
    if not loaded:
        raise NotDemonstrationError("No demonstration data is loaded: run python manage.py demo_on first.")
    if not _invented_from(seed, loaded):
        raise NotDemonstrationError(f"The programs loaded are not those that demo_on invents from seed {seed}: name their seed with --seed, or load them anew.")
    return loaded


def _invented_from(seed: int, count: int) -> bool:
    """Whether programs and live facts are the invented ones: by key, name and place, and by number of facts."""
    tables = load_tables()
    source_ids = dict(Source.objects.filter(is_demo=True).values_list("name", "pk"))
    try:
        rows = generate(seed=seed, programs=count, season=settings.MATCH_YEAR, source_ids=source_ids, tables=tables)
    except (KeyError, ValueError):  # a source is gone, or more programs than the demonstration has room for
        return False
    invented = {(program.key, program.name, program.city, program.state) for program in rows.programs}
    loaded = set(Program.objects.values_list("key", "name", "city", "state_id"))
    return loaded == invented and Fact.objects.filter(withdrawn_at=None).count() == len(rows.facts)
