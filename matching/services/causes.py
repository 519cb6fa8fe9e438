"""Why a program on a list moved, in words, from facts."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from matching.choices import ChangeKind
from matching.engine import criteria_in
from matching.services.aims import READ_FIELDS
from matching.services.wording import CRITERIA, fields_behind
from programs.choices import FactState
from programs.display import display_text
from programs.fields import BY_NAME
from programs.models import Fact
from programs.resolution import FactRow, resolve

MOST_LETTERS = 300  # of ChangeNotice.cause
MORE = " …"
# A new level moves programs that nobody said anything about, and takes part in where the others end.
LEVEL = "the level of the specialty was set anew over its programs"


@dataclass(frozen=True)
class Moved:
    """One program that moved on one list. Criteria are bits of the engine; `agent` is (kind, visa need) of the applicant.

    `new_level`: the specialty was anchored anew in between.
    """

    kind: ChangeKind
    program_id: int
    excluded_before: int
    excluded_after: int
    agent: tuple[int, int]
    closed_on: date | None
    new_level: bool = False


def causes(moved: Sequence[Moved], *, touched: Mapping[int, frozenset[str]], season: int, otherwise: str) -> list[str]:
    """One sentence each, at most MOST_LETTERS long. 1 query.

    `touched` says which fields of a program changed; `otherwise` is told where no field of the program is behind it.
    """
    behind = [_fields(one, touched.get(one.program_id, frozenset())) for one in moved]
    say = _facts({(one.program_id, name) for one, names in zip(moved, behind, strict=True) for name in names}, season)
    return [_cut(_cause(one, names, say, otherwise)) for one, names in zip(moved, behind, strict=True)]


def _fields(one: Moved, changed: frozenset[str]) -> tuple[str, ...]:
    """The fields that a cause names: of those behind the criteria the changed ones, else all of them."""
    if one.kind in {ChangeKind.GONE, ChangeKind.BACK}:
        return ()
    if one.kind not in {ChangeKind.EXCLUDED, ChangeKind.OPENED}:
        return tuple(name for name in BY_NAME if name in changed & READ_FIELDS)
    names = dict.fromkeys(name for criterion in criteria_in(_decisive(one)) for name in fields_behind(criterion, kind=one.agent[0], visa=one.agent[1]))
    return tuple(name for name in names if name in changed) or tuple(names)


def _decisive(one: Moved) -> int:
    """The criteria that came, or went."""
    if one.kind is ChangeKind.OPENED:
        return one.excluded_before
    return one.excluded_after & ~one.excluded_before or one.excluded_after


def _cause(one: Moved, names: Sequence[str], say: Callable[[int, str], str], otherwise: str) -> str:
    if one.kind is ChangeKind.GONE:
        return f"The program closed on {day(one.closed_on)}" if one.closed_on else f"No longer on lists: {otherwise}"
    if one.kind is ChangeKind.BACK:
        return f"Listed again: {otherwise}"
    if one.kind in {ChangeKind.BETTER, ChangeKind.WORSE} and one.new_level:
        return "; ".join([*(say(one.program_id, name) for name in names), LEVEL if names else f"{LEVEL[0].upper()}{LEVEL[1:]}: {otherwise}"])
    if names:
        return "; ".join(say(one.program_id, name) for name in names)
    rules = [CRITERIA[criterion].group for criterion in criteria_in(_decisive(one))] if one.kind is ChangeKind.EXCLUDED else []
    return "; ".join(rules) or otherwise


def _facts(wanted: Iterable[tuple[int, str]], season: int) -> Callable[[int, str], str]:
    """What says each field of each program, as "J-1 visa: no, says Program pages, 12 Sep 2026"."""
    pairs = set(wanted)
    live = Fact.objects.filter(program_id__in={program_id for program_id, _ in pairs}, field__in={name for _, name in pairs}, withdrawn_at=None)
    columns = ("program_id", "field", "value", "strictness", "source__rank", "as_of", "season", "source_id", "id", "source__name")
    stated: dict[tuple[int, str], list[FactRow]] = defaultdict(list)
    sources: dict[int, str] = {}
    for program_id, *fact, name in live.order_by().values_list(*columns) if pairs else ():
        row = FactRow(*fact)
        stated[program_id, row.field].append(row)
        sources[row.source_id] = name

    def say(program_id: int, name: str) -> str:
        rows = stated.get((program_id, name), [])
        found, label = resolve(rows, season=season), BY_NAME[name].label
        if found.state is not FactState.KNOWN or found.value is None:
            return f"{label}: sources disagree" if found.state is FactState.CONFLICT else f"{label}: no longer stated"
        fact = next(row for row in rows if row.fact_id == found.deciding[0])
        return f"{label}: {display_text(BY_NAME[name], fact.value)}, says {sources[fact.source_id]}, {day(fact.as_of)}"

    return say


def day(when: date) -> str:
    """A date as notices tell it: 12 Sep 2026."""
    return f"{when.day} {when:%b %Y}"


def _cut(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - len(MORE)] + MORE
