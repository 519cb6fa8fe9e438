"""Whom a change of program data would touch that is not made yet."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from matching.adapters import ENGINE_COLUMNS, PROGRAM_TYPES, columns_of, program_table
from matching.engine import Criterion, ProgramTable, Scores, Tier, score
from matching.models import ListEntry, ScoreSnapshot
from matching.packing import TIER, Ids, unpack_applicants
from matching.services.aims import Aim, aims, goal_now
from matching.services.results import orders
from programs.models import Program
from programs.resolution import PackedStates

GONE = len(Tier)  # stands for the tier of a program that would leave the list


@dataclass(frozen=True)
class Hypothetical:
    """Programs as they would be: changed current values by column, changed `field_states`, and those that would be closed. By program id."""

    values: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    states: Mapping[int, PackedStates] = field(default_factory=dict)
    closed: frozenset[int] = frozenset()

    @property
    def program_ids(self) -> frozenset[int]:
        """Every program that it is about."""
        return frozenset(self.values) | frozenset(self.states) | self.closed


@dataclass(frozen=True)
class Impact:
    """What would change for applicants. `better` to `gone` count pairs of an applicant and a program.

    `better` and `worse`: another tier; `excluded`, `opened`: by criteria; `gone`: open to the applicant so far, and no longer listed. `applicants`
    have at least one of these, of `measured` whose results are kept. `reasons` counts the newly excluded pairs by criterion, one pair under each
    that excludes it. `entries` and `lists` are those of saved lists with one of the pairs on them.
    """

    applicants: int
    measured: int
    better: int
    worse: int
    excluded: int
    opened: int
    gone: int
    entries: int
    lists: int
    reasons: Mapping[Criterion, int]


@dataclass(frozen=True)
class _Group:
    """Applicants whose results follow one order of programs: tiers now and then, each (applicants, programs)."""

    profile_ids: tuple[int, ...]
    program_ids: Ids
    before: NDArray[np.int8]
    after: NDArray[np.int8]
    excluded: NDArray[np.uint32]  # criteria, then

    @property
    def moved(self) -> NDArray[np.bool_]:
        """Where an applicant would notice: to be excluded from what is no longer listed is no change."""
        result: NDArray[np.bool_] = (self.before != self.after) & ~((self.before == Tier.EXCLUDED) & (self.after == GONE))
        return result


def impact(then: Hypothetical) -> Impact:
    """Score the programs of `then` for everybody whose results are kept, with the present model, and compare.

    Writes nothing. 8 queries, and one more for each specialty in which no model is stored yet. Programs that are on no list now are passed over.
    """
    groups = list(_groups(then))
    counts = Counter[str]()
    for group in groups:
        counts += _counted(group)
    entries, lists = _on_lists(groups)
    return Impact(
        applicants=len({group.profile_ids[row] for group in groups for row in np.flatnonzero(group.moved.any(axis=1))}),
        measured=len({profile_id for group in groups for profile_id in group.profile_ids}),
        entries=entries,
        lists=lists,
        reasons=_reasons(groups),
        **{name: counts[name] for name in ("better", "worse", "excluded", "opened", "gone")},
    )


def _groups(then: Hypothetical) -> Iterable[_Group]:
    rows: dict[str, list[list[Any]]] = defaultdict(list)
    for specialty, *values in Program.objects.filter(pk__in=then.program_ids).order_by("pk").values_list("specialty_id", *ENGINE_COLUMNS):
        rows[specialty].append(_overridden(values, then))
    aim = aims(goal_now(settings.MATCH_YEAR), rows.keys())
    columns = ("specialty", "order_id", "engine", "profile_id", "applicant", "tier")
    kept: dict[tuple[str, int], list[tuple[Any, ...]]] = defaultdict(list)
    for specialty, order_id, engine, *data in ScoreSnapshot.objects.filter(specialty__in=rows.keys()).order_by("pk").values_list(*columns):
        if engine.startswith(aim[specialty].engine_and_season):
            kept[specialty, order_id].append(tuple(data))
    programs = orders(order_id for _, order_id in kept)
    for (specialty, order_id), some in kept.items():
        table = program_table(specialty, settings.MATCH_YEAR, columns_of(rows[specialty]), aim[specialty].places)
        yield _group(aim[specialty], table, programs[order_id], some, then)


def _overridden(row: list[Any], then: Hypothetical) -> list[Any]:
    """The row of one program with what would change put in."""
    now = dict(zip(ENGINE_COLUMNS, row, strict=True))
    values = then.values.get(now["id"], {})
    now |= {"field_states": then.states.get(now["id"], now["field_states"])} | {name: values[name] for name in ENGINE_COLUMNS if name in values}
    return list(now.values())


def _group(aim: Aim, table: ProgramTable, order: Ids, kept: list[tuple[Any, ...]], then: Hypothetical) -> _Group:
    listed, here, there = np.intersect1d(table.ids, order, assume_unique=True, return_indices=True)
    applicants = unpack_applicants([row for _, row, _ in kept], states=len(aim.places), types=len(PROGRAM_TYPES))
    tiers = np.frombuffer(b"".join(data for *_, data in kept), TIER).reshape(len(kept), len(order))
    found: Scores = score(applicants, table.take(here), aim.model())
    after = np.where(_closed(listed, then), np.int8(GONE), found.tier)
    return _Group(tuple(pk for pk, *_ in kept), listed, tiers[:, there], after, found.excluded)


def _closed(listed: Ids, then: Hypothetical) -> NDArray[np.bool_]:
    return np.isin(listed, np.fromiter(then.closed, np.int64, len(then.closed)))


def _counted(group: _Group) -> Counter[str]:
    before, after, moved = group.before, group.after, group.moved
    both_open = moved & (before != Tier.EXCLUDED) & (after < Tier.EXCLUDED)
    masks = {
        "better": both_open & (after < before),
        "worse": both_open & (after > before),
        "excluded": moved & (after == Tier.EXCLUDED),
        "opened": moved & (before == Tier.EXCLUDED),
        "gone": moved & (after == GONE),
    }
    return Counter({name: int(np.count_nonzero(mask)) for name, mask in masks.items()})


def _reasons(groups: Iterable[_Group]) -> dict[Criterion, int]:
    """Newly excluded pairs by criterion, the most frequent first."""
    found: Counter[Criterion] = Counter()
    for group in groups:
        bits = group.excluded[group.moved & (group.after == Tier.EXCLUDED)]
        found.update({criterion: int(np.count_nonzero(bits & np.uint32(criterion.bit))) for criterion in Criterion})
    return {criterion: count for criterion, count in found.most_common() if count}


def _on_lists(groups: Iterable[_Group]) -> tuple[int, int]:
    """How many entries of saved lists, and how many lists, have one of the moved pairs."""
    pairs = set()
    for group in groups:
        rows, places = np.nonzero(group.moved)
        ids = group.program_ids[places].tolist()
        pairs |= {(group.profile_ids[row], program_id) for row, program_id in zip(rows.tolist(), ids, strict=True)}
    concerned = ListEntry.objects.filter(list__season=settings.MATCH_YEAR, program_id__in={program_id for _, program_id in pairs})
    lists = [pk for pk, *pair in concerned.values_list("list_id", "list__profile_id", "program_id") if tuple(pair) in pairs]
    return len(lists), len(set(lists))
