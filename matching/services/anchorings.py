"""The stored national level of each specialty: kept while little changes, made anew otherwise."""

from collections.abc import Collection, Mapping

from matching.adapters import anchoring_numbers, program_set
from matching.models import Anchoring
from matching.queries import Basis
from matching.services.aims import Goal
from programs import bulk

# Anchoring anew moves every chance of a specialty a little, and so rewrites every result over it. A twentieth of the programs moves the
# level by far less than what is not known of it (the Method page says how well the model agrees with the record), so that can wait.
REANCHOR_SHARE = 0.05


def keep_anchorings(goal: Goal, *, needed: Collection[str], touched: Mapping[str, int]) -> None:
    """Bring the stored anchorings to `goal`: one for each specialty in `needed`, none that is out of date for another.

    `touched` counts, by specialty, the programs that changed since the last run; it does not matter where anything may have changed. Queries
    grow with the specialties, and so does time: some 50 ms for each that has to be anchored anew.
    """
    stored = {one.specialty: one for one in Anchoring.objects.filter(season=goal.season)}
    kept = {specialty for specialty, one in stored.items() if _holds(one, goal, touched.get(specialty, 0))}
    bulk.update(
        Anchoring, columns=("id", "touched"), rows=[(stored[code].pk, stored[code].touched + touched[code]) for code in sorted(kept) if touched.get(code)]
    )
    Anchoring.objects.filter(season=goal.season, specialty__in=stored.keys() - kept).delete()
    Anchoring.objects.bulk_create(_anew(goal, specialty) for specialty in sorted(set(needed) - kept))


def _holds(one: Anchoring, goal: Goal, touched: int) -> bool:
    return one.engine == goal.engine and goal.touched is not None and one.touched + touched <= REANCHOR_SHARE * one.programs


def _anew(goal: Goal, specialty: str) -> Anchoring:
    """As the programs are now, by the same way in which a page anchors where nothing is stored."""
    programs = program_set(specialty, goal.season, Basis(goal.version))
    return Anchoring(
        specialty=specialty,
        season=goal.season,
        engine=goal.engine,
        data_version=goal.version,
        programs=len(programs.table),
        numbers=anchoring_numbers(programs.model),
    )
