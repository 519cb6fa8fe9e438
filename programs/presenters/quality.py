"""The data quality pages: shares with the list behind each number, what to mend first, sources by age."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse

from programs.choices import SourceRank
from programs.display import abbreviations_in
from programs.fields import BY_NAME, FIELDS, KEY_FIELDS, Group
from programs.quality import Gap, Quality, Tallies, Tally, added, fix_first
from programs.quality_queries import AGES, SourceAges
from smartpick.share_charts import PartKind, ShareBars, share_bars
from smartpick.wording import percent

MOST_GAPS = 12  # as many as an admin can take on at once
# Heights tell the parts apart without color: full, full but hollow, taller, a mere line.
QUALITY_KINDS = tuple(
    PartKind(quality.label, f"plot-{quality}", height)
    for quality, height in ((Quality.KNOWN, 12.0), (Quality.STALE, 10.0), (Quality.CONFLICT, 14.0), (Quality.UNKNOWN, 4.0))
)
AGE_KINDS = tuple(PartKind(label, f"plot-age-{place}", height) for place, (label, height) in enumerate(zip(AGES, (12.0, 9.0, 6.0, 3.0), strict=True)))
QUALITY_NOTE = "Each bar is all open programs. At its right: the share that is known for this season."
AGE_NOTE = "Each bar is all live statements of one source. At its right: the share that is up to 3 months old."


@dataclass(frozen=True)
class Cell:
    """One number with its share in words, and the list behind it; no `url` where there is none."""

    quality: Quality
    count: int
    share: str
    url: str


@dataclass(frozen=True)
class FieldLine:
    """One field, or key facts together, over some programs."""

    label: str
    is_key: bool
    cells: tuple[Cell, ...]
    url: str = ""
    programs: int = 0


@dataclass(frozen=True)
class FieldLines:
    """The fields under one heading."""

    title: str
    lines: tuple[FieldLine, ...]


@dataclass(frozen=True)
class GapLine:
    """One key field of one specialty that is worth mending."""

    specialty: str
    label: str
    cells: tuple[Cell, ...]
    waiting: int


class QualityPage:
    """What is known, for one specialty or ("") all. `names` is {code: name} in menu order."""

    def __init__(self, tallies: Tallies, names: Mapping[str, str], specialty: str) -> None:
        self.tallies, self.specialty = tallies, specialty
        present = {code for code, _ in tallies}
        self.names = {code: name for code, name in names.items() if code in present}

    @cached_property
    def codes(self) -> list[str]:
        """The specialties that the numbers are about."""
        return [self.specialty] if self.specialty in self.names else list(self.names)

    @cached_property
    def by_field(self) -> dict[str, Tally]:
        """Every field over these specialties."""
        return {field.name: added(self.tallies[code, field.name] for code in self.codes) for field in FIELDS}

    @property
    def programs(self) -> int:
        """How many programs that are."""
        return self.by_field[FIELDS[0].name].programs

    @cached_property
    def key_facts(self) -> Tally:
        """All key facts together."""
        return added(self.by_field[name] for name in KEY_FIELDS)

    @property
    def shorts(self) -> list[str]:
        """Abbreviations to explain."""
        return abbreviations_in(*(field.label for field in FIELDS))

    @property
    def shares(self) -> list[tuple[Quality, str]]:
        """What is known of the key facts, in percent."""
        return [(quality, percent(self.key_facts.share(quality))) for quality in Quality]

    @cached_property
    def chart(self) -> ShareBars:
        """The key facts as bars."""
        rows = [(BY_NAME[name].label, [self.by_field[name][quality].programs for quality in Quality]) for name in KEY_FIELDS]
        return share_bars(rows, QUALITY_KINDS, title="Key facts: what is known", note=QUALITY_NOTE, what="Fact")

    @cached_property
    def gaps(self) -> list[GapLine]:
        """What to mend first."""
        about = {key: tally for key, tally in self.tallies.items() if key[0] in self.codes}
        return [self._gap(gap) for gap in fix_first(about)[:MOST_GAPS]]

    def _gap(self, gap: Gap) -> GapLine:
        cells = tuple(cell(gap.tally, quality, gap.specialty, gap.field) for quality in (Quality.UNKNOWN, Quality.CONFLICT, Quality.STALE))
        return GapLine(self.names[gap.specialty], BY_NAME[gap.field].label, cells, gap.waiting)

    @property
    def groups(self) -> list[FieldLines]:
        """Every field, by group."""
        return [FieldLines(group.value, tuple(self._field(field.name) for field in FIELDS if field.group is group)) for group in Group]

    def _field(self, name: str) -> FieldLine:
        tally, about = self.by_field[name], self.specialty if self.specialty in self.names else ""
        return FieldLine(BY_NAME[name].label, name in KEY_FIELDS, tuple(cell(tally, quality, about, name) for quality in Quality))

    @property
    def specialties(self) -> list[FieldLine]:
        """The key facts by specialty; nothing where one is chosen."""
        return [] if self.specialty in self.names else [self._specialty(code, name) for code, name in self.names.items()]

    def _specialty(self, code: str, name: str) -> FieldLine:
        tally = added(self.tallies[code, field] for field in KEY_FIELDS)
        cells = tuple(Cell(quality, tally[quality].programs, percent(tally.share(quality)), "") for quality in Quality)
        return FieldLine(name, False, cells, f"{reverse('data:quality')}?{urlencode({'specialty': code})}", self.tallies[code, FIELDS[0].name].programs)  # noqa: FBT003


def cell(tally: Tally, quality: Quality, specialty: str, field: str) -> Cell:
    """One number of a field, with the list behind it."""
    count = tally[quality].programs
    query = urlencode({"specialty": specialty, "field": field, "state": quality.value})
    return Cell(quality, count, percent(tally.share(quality)), f"{reverse('data:quality-programs')}?{query}" if count else "")


# --- sources by age ---


@dataclass(frozen=True)
class SourceLine:
    """The live statements of one source by age, each number with the list behind it."""

    name: str
    rank: str
    cells: tuple[tuple[str, int, str], ...]  # age, count, address
    total: int


def source_lines(sources: Sequence[SourceAges], specialty: str, field: str) -> list[SourceLine]:
    """Sources, the best rank first."""
    return [SourceLine(one.name, str(SourceRank(one.rank).label), _age_cells(one, specialty, field), sum(one.ages)) for one in sources]


def _age_cells(source: SourceAges, specialty: str, field: str) -> tuple[tuple[str, int, str], ...]:
    ages = enumerate(zip(AGES, source.ages, strict=True))
    return tuple((age, count, _statements(source, place, specialty, field) if count else "") for place, (age, count) in ages)


def _statements(source: SourceAges, age: int, specialty: str, field: str) -> str:
    query = urlencode({"specialty": specialty, "field": field, "source": source.source_id, "age": age})
    return f"{reverse('data:quality-statements')}?{query}"


def age_chart(sources: Sequence[SourceAges]) -> ShareBars:
    """How old the statements of each source are."""
    return share_bars([(one.name, one.ages) for one in sources], AGE_KINDS, title="How old statements are", note=AGE_NOTE, what="Source")
