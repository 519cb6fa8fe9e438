"""From the tables of a list's entries to its outlook: chances, what is in doubt about them, and the match."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from matching.engine.anchoring import Model
from matching.engine.chances import level_range, terms
from matching.engine.criteria import screen
from matching.engine.portfolio import Doubt, Entries, OutlookRange, outlook_range
from matching.engine.scoring import Scores, score
from matching.engine.tables import ApplicantTable, Bools, Floats, ProgramTable
from matching.engine.typical import settled

Group = tuple[ApplicantTable, ProgramTable, Model]


def list_outlook(groups: Sequence[Group]) -> OutlookRange:
    """The outlook of one applicant's list.

    One group a specialty, preferred first: the applicant (a table of one) as it stands towards the
    specialty, the programs on the list, and the specialty's model. Raises ValueError without a group.
    """
    if not groups:
        raise ValueError("A list without a specialty has no outlook.")
    entries, doubts = zip(*(_assess(*group) for group in groups), strict=True)
    return outlook_range(entries, doubts, level_range=_widest([level_range(model.figures, model.weights) for _, _, model in groups]))


def outlooks_by_size(group: Group, sizes: Sequence[int]) -> list[OutlookRange]:
    """The outlook of the first program, or programs, of one specialty, for each number of them in `sizes`."""
    entries, doubt = _assess(*group)
    model = group[2]
    ends = level_range(model.figures, model.weights)
    return [outlook_range([replace(entries, chances=entries.chances[:size])], [doubt.first(size)], level_range=ends) for size in sizes]


def _assess(applicant: ApplicantTable, programs: ProgramTable, model: Model) -> tuple[Entries, Doubt]:
    scores = score(applicant, programs, model)
    entries = Entries(scores.chance[0], float(model.spreads[applicant.kind[0]]), model.match)
    return entries, _doubt(scores, applicant, programs, model)


def _doubt(scores: Scores, applicant: ApplicantTable, programs: ProgramTable, model: Model) -> Doubt:
    """What is in doubt about each entry: its own part once the profile is settled at typical answers, and the shared part."""
    typical = settled(applicant, model.figures, model.weights)
    alone = score(typical, programs, model)
    (down, up), (typical_down, typical_up) = _squares(applicant, programs, model), _squares(typical, programs, model)
    chance = scores.chance[0]
    # The level is one doubt for the whole list and counted there.
    level_down, level_up = np.log(level_range(model.figures, model.weights))
    # Where the profile's silence may close programs, it closes all of them at once.
    closes = _silence_closes(applicant, programs, model)
    return Doubt(
        own_down=np.where(closes, 0.0, alone.chance[0] - _shifted(alone.low[0], -level_down)),
        own_up=_shifted(alone.high[0], -level_up) - alone.chance[0],
        shared_down=np.where(closes, chance, chance - _shifted(chance, -np.sqrt(np.maximum(down - typical_down, 0.0)))),
        shared_up=_shifted(chance, np.sqrt(np.maximum(up - typical_up, 0.0))) - chance,
    )


def _silence_closes(applicant: ApplicantTable, programs: ProgramTable, model: Model) -> Bools:
    """Programs that what the profile does not say may plausibly close, by itself."""
    safe = np.ones(len(programs))
    for ruling in screen(applicant, programs, model.figures, model.weights).rulings:
        safe *= 1 - np.where(ruling.unsaid, ruling.risk, 0.0)[0]
    result: Bools = 1 - safe >= model.weights.number("plausible")
    return result


def _widest(ranges: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The lowest low and the highest high end."""
    return min(low for low, _ in ranges), max(high for _, high in ranges)


def _squares(applicant: ApplicantTable, programs: ProgramTable, model: Model) -> tuple[Floats, Floats]:
    """Sums of squares of the terms' (low, high) ends, in log-odds, (programs,): missing answers do not all turn out well, or badly, at once."""
    screening = screen(applicant, programs, model.figures, model.weights)
    down, up = np.zeros((1, len(programs))), np.zeros((1, len(programs)))
    for term in terms(applicant, programs, screening, model.figures, model.weights):
        down += (term.mid - term.low) ** 2
        up += (term.high - term.mid) ** 2
    return down[0], up[0]


def _shifted(chance: Floats, by: Floats | float) -> Floats:
    """Chances with `by` added to their log-odds; 0 stays 0."""
    odds = chance / (1 - chance) * np.exp(by)
    result: Floats = odds / (1 + odds)
    return result
