"""How much hangs on judgement, for the Method page: the committed figures beside the weights they are about. No queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from matching.engine.evidence import WeightRow, weights
from matching.engine.evidence.sensitivity import DOUBLED, GROUPS, HALVED, LEFT_OUT, Group, Measured, measured

REPEATS = ("as above",)  # a reason that only points at the row before it
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class Effect:
    """How many tiers change, of them to a better (`up`) and a worse one (`down`), and their share of all pairs.

    `touched` is False where no invented applicant is in a position to notice.
    """

    changed: int
    up: int
    down: int
    share: float
    touched: bool


@dataclass(frozen=True)
class SensitivityLine:
    """One group of weights: `value` and `unit` in words, `why` it is so, and what halving and doubling do."""

    key: str
    title: str
    value: str
    unit: str
    why: str
    halved: Effect
    doubled: Effect

    @property
    def effects(self) -> tuple[Effect, Effect]:
        """Both, in the order of the columns."""
        return self.halved, self.doubled

    @property
    def most(self) -> int:
        """The larger of the two counts."""
        return max(effect.changed for effect in self.effects)


@dataclass(frozen=True)
class SensitivityTable:
    """All groups, the weightiest first, and what they were measured on. `left_out` has (reason, names)."""

    lines: tuple[SensitivityLine, ...]
    left_out: tuple[tuple[str, str], ...]
    pairs: int
    applicants: int
    programs: int
    seed: int
    version: str


def sensitivity_table(figures: Sequence[Measured] | None = None) -> SensitivityTable:
    """The committed figures, or `figures` just measured, beside the present weights. At least one group has to be measured."""
    figures = measured() if figures is None else figures
    found = {(one.group, one.factor): one for one in figures}
    lines = [_line(group, found) for group in GROUPS if (group.key, HALVED) in found]
    lines.sort(key=lambda line: (-line.most, line.title))
    left_out = tuple((reason, ", ".join(_spoken(name) for name in names)) for reason, names in LEFT_OUT.items())
    one = figures[0]
    return SensitivityTable(tuple(lines), left_out, one.pairs, one.applicants, one.programs, one.seed, one.version)


def _line(group: Group, found: Mapping[tuple[str, float], Measured]) -> SensitivityLine:
    rows = [row for name in group.names for row in weights().rows if row.name == name]
    return SensitivityLine(
        key=group.key,
        title=group.title,
        value=_value(rows),
        unit="; ".join(_distinct(row.unit for row in rows)),
        why="; ".join(why for why in _distinct(row.why for row in rows) if why not in REPEATS),
        halved=_effect(found[group.key, HALVED]),
        doubled=_effect(found[group.key, DOUBLED]),
    )


def _value(rows: Sequence[WeightRow]) -> str:
    """One weight is 0.15, a curve 0 at 2, 0.15 at 4, several weights fail_step3 0.5, fail_more 0.5."""
    several = len(_distinct(row.name for row in rows)) > 1
    return ", ".join(f"{f'{_spoken(row.name)} ' if several else ''}{_number(row.value)}{f' at {row.x}' if row.x else ''}" for row in rows)


def _spoken(name: str) -> str:
    """The name of a weight as words."""
    return name.replace("_", " ")


def _number(value: float) -> str:
    """The value as typeset: with a minus sign, which is no hyphen."""
    return f"{value:g}".replace("-", MINUS)


def _distinct(texts: Iterable[str]) -> list[str]:
    """Each text once, in the order in which it first appears."""
    return list(dict.fromkeys(texts))


def _effect(one: Measured) -> Effect:
    return Effect(one.changed, one.up, one.down, one.changed / one.pairs if one.pairs else 0.0, touched=one.touched > 0)
