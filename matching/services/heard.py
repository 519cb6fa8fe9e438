"""What the answers so far make of the rest of a list: invitations still to come, and the match, with their ranges."""

from dataclasses import dataclass, replace

import numpy as np

from matching.choices import Step
from matching.engine import list_outlook, shifted
from matching.engine.heard import Heard, Since, since
from matching.engine.tables import NO, UNKNOWN, YES, Floats
from matching.engine.whole_list import assess
from matching.services.season import Application, SeasonBook

MOST_SHIFT, BISECTIONS = 12.0, 40  # in log-odds; 40 halvings leave 1e-11


@dataclass(frozen=True)
class HeardSince:
    """What is known now of `sent` applications that are ranked and not withdrawn; `low` and `high` rest on the ends of the first day's range."""

    sent: int
    middle: Since
    low: Since
    high: Since


def heard_since(book: SeasonBook, *outs: float | None) -> tuple[HeardSince, ...]:
    """What has been heard set against what was expected, once for each of `outs`.

    Each is a share (0 to 1) of the season's invitations that may be out by now, None: silence says nothing. Empty where nothing was sent, or
    no rank list of any of the specialties is published. Queries: `Workspace.parts`.
    """
    sent = {one.line.key: one for one in book.applications if one.was_sent and Step.WITHDRAWN not in one.told}
    lines = [one.line for one in sent.values()]
    parts = [part for code in book.work.sets if len((part := book.work.part(code, lines)).lines)] if lines else []
    usable = [part for part in parts if part.programs.model.figures.people]
    if not usable:
        return ()
    tables = [(part.applicant, part.programs.table.take(part.positions), part.programs.model) for part in usable]
    entries = [assess(*table, part.boost)[0] for table, part in zip(tables, usable, strict=True)]
    news = [np.array([_news(sent[line.key]) for line in part.lines], np.int8) for part in usable]
    groups = [Heard(one.chances, said, one.spread, one.match) for one, said in zip(entries, news, strict=True)]
    first = list_outlook(tables, [part.boost for part in usable])
    low, high = (_moved(groups, end.expected) for end in (first.low, first.high))
    count = sum(len(part.lines) for part in usable)
    return tuple(HeardSince(count, since(groups, out=out), since(low, out=out), since(high, out=out)) for out in outs)


def _news(one: Application) -> int:
    """What the program said. A waitlist is no answer yet."""
    return int(YES if one.is_invited else NO if Step.DECLINED in one.told else UNKNOWN)


def _moved(groups: list[Heard], expected: float) -> list[Heard]:
    """The groups with one amount added to all log-odds, so that the chances sum to `expected`."""
    chances: Floats = np.concatenate([group.chances for group in groups])
    low, high = -MOST_SHIFT, MOST_SHIFT
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if float(shifted(chances, np.full(len(chances), middle)).sum()) < expected else (low, middle)
    return [replace(group, chances=shifted(group.chances, np.full(len(group.chances), (low + high) / 2))) for group in groups]
