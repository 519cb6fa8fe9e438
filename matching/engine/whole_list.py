"""From the tables of a list's entries to its outlook: chances, what is in doubt about them, and the match."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from matching.engine.anchoring import Model
from matching.engine.boosts import Boost, no_boost, shifted
from matching.engine.chances import Term, level_range
from matching.engine.criteria import Ruling
from matching.engine.portfolio import Doubt, Entries, OutlookRange, outlook_range
from matching.engine.scoring import Judged, Scores, judged, scores_of
from matching.engine.tables import ApplicantTable, Bools, Floats, ProgramTable
from matching.engine.typical import settled

Group = tuple[ApplicantTable, ProgramTable, Model]


def list_outlook(groups: Sequence[Group], boosts: Sequence[Boost] | None = None) -> OutlookRange:
    """The outlook of one applicant's list.

    One group a specialty, preferred first: the applicant (a table of one) as it stands towards the
    specialty, the programs on the list, and the specialty's model. `boosts` holds what connections and signals add, in the
    same order (None: nothing). Raises ValueError without a group.
    """
    if not groups:
        raise ValueError("A list without a specialty has no outlook.")
    added = boosts or [no_boost(len(programs)) for _, programs, _ in groups]
    entries, doubts = zip(*(assess(*group, boost) for group, boost in zip(groups, added, strict=True)), strict=True)
    return outlook_range(entries, doubts, level_range=_widest([level_range(model.figures, model.weights) for _, _, model in groups]))


def outlooks_by_size(group: Group, sizes: Sequence[int]) -> list[OutlookRange]:
    """The outlook of the first program, or programs, of one specialty, for each number of them in `sizes`."""
    entries, doubt = assess(*group, no_boost(len(group[1])))
    model = group[2]
    ends = level_range(model.figures, model.weights)
    return [outlook_range([replace(entries, chances=entries.chances[:size])], [doubt.first(size)], level_range=ends) for size in sizes]


def assess(applicant: ApplicantTable, programs: ProgramTable, model: Model, boost: Boost) -> tuple[Entries, Doubt]:
    """The entries of one specialty on a list, and what is in doubt about them."""
    found = judged(applicant, programs, model)
    scores = scores_of(found, applicant, model)
    entries = Entries(shifted(scores.chance[0], boost.mid), float(model.spreads[applicant.kind[0]]), model.match)
    return entries, _doubt(scores, found, _settled(applicant, programs, model), model, boost)


def _settled(applicant: ApplicantTable, programs: ProgramTable, model: Model) -> tuple[Scores, Judged]:
    """The same programs for the applicant with typical answers in the place of missing ones."""
    typical = settled(applicant, model.figures, model.weights)
    found = judged(typical, programs, model)
    return scores_of(found, typical, model), found


def _doubt(scores: Scores, found: Judged, typical: tuple[Scores, Judged], model: Model, boost: Boost) -> Doubt:
    """What is in doubt about each entry: its own part once the profile is settled at typical answers, and the shared part.

    What a connection or a signal is worth is one doubt for the whole list, so it is shared.
    """
    alone, alone_found = typical
    (down, up), (typical_down, typical_up) = _squares(found.terms), _squares(alone_found.terms)
    chance = shifted(scores.chance[0], boost.mid)
    # The level is one doubt for the whole list and counted there.
    level_down, level_up = np.log(level_range(model.figures, model.weights))
    # Where the profile's silence may close programs, it closes all of them at once.
    closes = _silence_closes(found.screening.rulings, model.weights.number("plausible"))
    settled_chance = shifted(alone.chance[0], boost.mid)
    fall = np.sqrt(np.maximum(down - typical_down, 0.0) + (boost.mid - boost.low) ** 2)
    rise = np.sqrt(np.maximum(up - typical_up, 0.0) + (boost.high - boost.mid) ** 2)
    return Doubt(
        own_down=np.where(closes, 0.0, settled_chance - shifted(alone.low[0], boost.mid - level_down)),
        own_up=shifted(alone.high[0], boost.mid - level_up) - settled_chance,
        shared_down=np.where(closes, chance, chance - shifted(chance, -fall)),
        shared_up=shifted(chance, rise) - chance,
    )


def _silence_closes(rulings: Sequence[Ruling], plausible: float) -> Bools:
    """Programs that what the profile does not say may plausibly close, by itself."""
    safe: Floats = np.ones(1)
    for ruling in rulings:
        safe = safe * (1 - np.where(ruling.unsaid, ruling.risk, 0.0)[0])
    result: Bools = 1 - safe >= plausible
    return result


def _widest(ranges: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The lowest low and the highest high end."""
    return min(low for low, _ in ranges), max(high for _, high in ranges)


def _squares(parts: Sequence[Term]) -> tuple[Floats, Floats]:
    """Sums of squares of the terms' (low, high) ends, in log-odds, (programs,): missing answers do not all turn out well, or badly, at once."""
    down: Floats = np.zeros((1, 1))
    up: Floats = np.zeros((1, 1))
    for term in parts:
        down = down + (term.mid - term.low) ** 2
        up = up + (term.high - term.mid) ** 2
    return down[0], up[0]
