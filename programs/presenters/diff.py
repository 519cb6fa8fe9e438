"""The changes of an import, filtered and laid out as a diff: program by program, field by field, old beside new. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from programs.choices import Strictness
from programs.display import display_text
from programs.fields import BY_NAME, BadValueError
from programs.imports.preview import KIND_LABELS, OTHER_LABELS, Change, ChangeKind

NOT_KNOWN = "not known"
# Between the sides of a conflict.
VERSUS = " / "
# Names and places first, then fields as the program page has them.
ORDER = {name: place for place, name in enumerate((*OTHER_LABELS, *BY_NAME))}


@dataclass(frozen=True)
class DiffFilter:
    """What to show of the changes; "" for everything. `text` is looked for in the program and the values."""

    field: str = ""
    kind: str = ""
    text: str = ""

    @property
    def is_on(self) -> bool:
        """Whether it leaves anything out."""
        return bool(self.field or self.kind or self.text)

    def fits(self, change: Change) -> bool:
        """Whether the change is to be shown."""
        if self.field not in {"", change.field} or self.kind not in {"", change.kind}:
            return False
        where = f"{change.program} {change.key} {change.before} {change.after}".casefold()
        return all(word in where for word in self.text.casefold().split())


@dataclass(frozen=True)
class ChangeLine:
    """One value, before and after, in words."""

    label: str
    kind: str
    before: str
    after: str
    line: int
    is_conflict: bool


@dataclass(frozen=True)
class ProgramChanges:
    """The changes of one program that stand on this page."""

    key: str
    name: str
    lines: tuple[ChangeLine, ...]


def in_order(changes: Iterable[Change]) -> list[Change]:
    """Programs by name, the fields of each as its page has them."""
    return sorted(changes, key=lambda change: (change.program, change.key, *_place(change)))


def grouped(changes: Iterable[Change]) -> list[ProgramChanges]:
    """Neighbors of one program under its name, the fields of each as the program page has them."""
    groups = groupby(changes, lambda change: (change.key, change.program))
    return [ProgramChanges(key, name, tuple(_line(change) for change in sorted(some, key=_place))) for (key, name), some in groups]


def _place(change: Change) -> tuple[int, int]:
    return ORDER.get(change.field, len(ORDER)), change.line


def field_label(name: str) -> str:
    """What people call a field, or the name and place of a program."""
    return BY_NAME[name].label if name in BY_NAME else OTHER_LABELS.get(name, name)


def field_choices(counts: Mapping[str, int]) -> list[tuple[str, str]]:
    """Fields that change, as (name, label with how often), in the order of the program page; `counts` is {field: changes}."""
    return [(name, f"{field_label(name)} ({counts[name]:,})") for name in ORDER if name in counts]


def kind_choices(counts: Mapping[str, int]) -> list[tuple[str, str]]:
    """Kinds of change that occur, as (kind, label with how often), what wants most care first; `counts` is {kind: changes}."""
    return [(kind.value, f"{label} ({counts[kind]:,})") for kind, label in KIND_LABELS.items() if kind in counts]


def _line(change: Change) -> ChangeLine:
    firm_changed = bool(change.before and change.after) and change.before_strictness != change.after_strictness
    return ChangeLine(
        label=field_label(change.field),
        kind=KIND_LABELS[change.kind],
        before=_told(change.field, change.before, change.before_strictness, always=firm_changed),
        after=_told(change.field, change.after, change.after_strictness, always=firm_changed),
        line=change.line,
        is_conflict=change.kind is ChangeKind.CONFLICT,
    )


def _told(field: str, text: str, strictness: str, *, always: bool) -> str:
    """A value in words with its firmness, which is told where the source says it and where it is what changes; both sides of a conflict."""
    if not text:
        return NOT_KNOWN
    if VERSUS in text:
        return VERSUS.join(_value(field, side) for side in text.split(VERSUS))
    value = _value(field, text)
    return f"{value}, {Strictness(strictness).label}" if strictness and (always or strictness != Strictness.UNCLEAR) else value


def _value(field: str, text: str) -> str:
    """Canonical text in words; what the field cannot hold any more as it stands."""
    try:
        return display_text(BY_NAME[field], text) if field in BY_NAME else text
    except BadValueError:
        return text
