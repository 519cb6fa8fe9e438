"""What a file that an applicant brings would do to their list, as the preview shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from matching.choices import Standing
from matching.list_files.carried import COLUMN, PICK
from matching.list_files.finding import OnRecord
from matching.list_files.meanings import CHOICES
from matching.list_files.reading import ListTable
from matching.services.editing import MOST_ENTRIES
from matching.services.entry_fields import LABELS
from matching.services.list_plan import Match, Plan, Question, changes
from matching.services.workspace import Line
from smartpick.exports import csv_bytes
from smartpick.wording import plural

SAMPLES = 3
SAMPLE_LENGTH = 60
LEFT_OUT_HEADER = ("where", "name", "why")
STANDINGS = {standing.value: standing.label for standing in Standing}


@dataclass(frozen=True)
class ColumnLine:
    """A column of the file: its header, its first cells, the name of its menu and what is chosen in it."""

    title: str
    samples: tuple[str, ...]
    field: str
    chosen: str


@dataclass(frozen=True)
class MatchLine:
    """A row with its program. `called` is what the file calls it, where that differs; `brings` what comes along, `warnings` what cannot."""

    where: str
    name: str
    place: str
    called: str
    brings: str
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class QuestionLine:
    """A row that only a person can match: `choices` are (key, words). `brings` and `warnings` are those of the chosen one."""

    where: str
    called: str
    place: str
    why: str
    field: str
    chosen: str
    brings: str
    warnings: tuple[str, ...]
    choices: tuple[tuple[str, str], ...]


class ImportPage:
    """`matching/list_import.html`. `plan` None: no column says yet which program a row is about."""

    meanings = CHOICES
    most = MOST_ENTRIES

    def __init__(self, table: ListTable, chosen: Mapping[int, str], plan: Plan | None, specialties: Mapping[str, str]) -> None:
        self.table, self.chosen, self.plan, self._specialties = table, chosen, plan, specialties
        self._lines_there: Mapping[str, Line] = plan.lines if plan else {}

    @property
    def size(self) -> str:
        """How much the file holds, in words."""
        return f"{plural(len(self.table.rows), 'row')}, {plural(len(self.table.header), 'column')}"

    @cached_property
    def columns(self) -> list[ColumnLine]:
        """The columns, from left to right."""
        return [self._column(place, title) for place, title in enumerate(self.table.header)]

    def _column(self, place: int, title: str) -> ColumnLine:
        cells = (cells[place][:SAMPLE_LENGTH] for _, cells in self.table.rows if place < len(cells) and cells[place].strip())
        samples = tuple(cell for _, cell in zip(range(SAMPLES), cells, strict=False))
        return ColumnLine(title or f"(column {place + 1}, without a name)", samples, COLUMN.format(place), self.chosen.get(place, ""))

    @property
    def read(self) -> int:
        """How many columns are read."""
        return sum(bool(meaning) for meaning in self.chosen.values())

    # --- the plan ---

    @cached_property
    def questions(self) -> list[QuestionLine]:
        """Rows to be matched by hand."""
        if self.plan is None:
            return []
        matched = {one.row.number: one for one in (*self.plan.added, *self.plan.there) if one.confirmed}
        return [self._question(one, matched.get(one.row.number)) for one in self.plan.questions]

    def _question(self, one: Question, match: Match | None) -> QuestionLine:
        said = (one.row.cells.get(key, "").strip() for key in ("city", "state", "place", "specialty"))
        return QuestionLine(
            where=one.row.where,
            called=one.row.name,
            place=", ".join(filter(None, said)),
            why=one.why,
            field=PICK.format(one.row.number),
            chosen=one.chosen,
            brings=brings(match) if match else "",
            warnings=tuple(map(_sentence, match.said.problems)) if match else (),
            choices=tuple((candidate.key, self._words(candidate)) for candidate in one.candidates),
        )

    def _words(self, program: OnRecord) -> str:
        line = self._lines_there.get(program.key)
        there = f"on your list already, {STANDINGS[line.standing]}" if line and not line.on_list else "on your list already" if line else ""
        parts = (program.name, self._place(program), program.acgme_id, "closed" if program.closed else "", there)
        return " · ".join(part for part in parts if part)

    def _place(self, program: OnRecord) -> str:
        place = ", ".join(filter(None, (program.city, program.state)))
        return " · ".join(filter(None, (place, self._specialties.get(program.specialty, program.specialty))))

    @cached_property
    def added(self) -> list[MatchLine]:
        """Rows whose program comes on the list without a question."""
        return self._lines([one for one in self.plan.added if not one.confirmed] if self.plan else ())

    @cached_property
    def there(self) -> list[MatchLine]:
        """Rows whose program is on the list; what differs is said."""
        return self._lines([one for one in self.plan.there if not one.confirmed] if self.plan else ())

    @cached_property
    def over(self) -> list[MatchLine]:
        """Rows for which the list has no room."""
        return self._lines(self.plan.over if self.plan else ())

    def _lines(self, some: Sequence[Match]) -> list[MatchLine]:
        return [
            MatchLine(
                where=one.row.where,
                name=one.program.name,
                place=self._place(one.program),
                called="" if one.row.name.casefold() in {one.program.name.casefold(), one.program.key, one.program.acgme_id} else one.row.name,
                brings=brings(one),
                warnings=(*(("It is closed, and takes no applications.",) if one.program.closed else ()), *map(_sentence, one.said.problems)),
            )
            for one in some
        ]

    @property
    def missing(self) -> list[tuple[str, str, str]]:
        """(where, what the file calls it, why it is left out)."""
        return [(row.where, row.name, _sentence(why)) for row, why in self.plan.missing] if self.plan else []

    @property
    def repeated(self) -> list[tuple[str, str, str]]:
        """The same for rows about a program of an earlier row."""
        return [(row.where, row.name, f"The same program as {first.where}, which counts.") for row, first in self.plan.repeated] if self.plan else []

    @property
    def differing(self) -> int:
        """How many entries the file says something else of."""
        return len(self.plan.differing) if self.plan else 0

    @property
    def does_something(self) -> bool:
        """Whether there is anything to confirm."""
        return bool(self.plan and (self.plan.added or self.plan.questions or self.differing))

    @property
    def tally(self) -> list[tuple[int, str]]:
        """(how many, what becomes of them), without those that there are none of."""
        counts = (
            (len(self.added), "come on the list" if len(self.added) != 1 else "comes on the list"),
            (len(self.questions), "to confirm by name"),
            (len(self.there), "on it already"),
            (len(self.missing), "not found"),
            (len(self.repeated), "twice in the file"),
            (len(self.over), "without room"),
        )
        return [(count, words) for count, words in counts if count]

    def left_out_csv(self) -> bytes:
        """Every row that does nothing, with the reason, to be mended and brought again."""
        over = [(line.where, line.name, f"The list is full: it holds at most {MOST_ENTRIES} programs.") for line in self.over]
        return csv_bytes(LEFT_OUT_HEADER, [*self.missing, *self.repeated, *over])


def brings(one: Match) -> str:
    """What a row says besides the program: of a new entry everything, of one that is there what differs."""
    fields = changes(one) if one.line is not None and one.line.standing != Standing.SUGGESTED else one.said.fields
    words = [_value(name, value) for name, value in fields.items() if name != "position" and value not in ("", "added")]
    return "; ".join([*words, *(f"{told.step.label}{f' {told.on.isoformat()}' if told.on else ''}" for told in one.said.steps)])


def _value(name: str, value: object) -> str:
    if name == "note":
        text = str(value)
        return f"note “{text[:SAMPLE_LENGTH]}{'…' if len(text) > SAMPLE_LENGTH else ''}”"
    shown = ", ".join(value) if isinstance(value, list) else STANDINGS.get(str(value), str(value)) if name == "standing" else str(value)
    return f"{LABELS[name]}: {shown}"


def _sentence(text: str) -> str:
    """A remark as a sentence of its own."""
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '!', '?')) else '.'}"
