"""A list as files: a table for spreadsheets, the same by specialty with a summary, and everything as JSON. Reads only."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Min

from applicants.choices import ApplicantType
from matching.choices import Connection, Signal, Standing
from matching.engine import Tier, criteria_in
from matching.list_files.cells import tags_text
from matching.list_files.columns import DAY_NOT_KNOWN, KEYS, LABELS, NO, NOT_KNOWN, STEP_KEY, SUMMARY, SUMMARY_HEADER, SUMMARY_WIDTHS, WIDTHS, YES
from matching.models import ScoreSnapshot, SeasonStep
from matching.services.list_summary import summary_rows
from matching.services.wording import CRITERIA
from matching.services.workspace import Line, Now, Workspace
from programs.choices import FactState, ProgramType
from programs.fields import BY_NAME, KEY_FIELDS
from programs.models import DataVersion, Program, Specialty, Track
from programs.resolution import unpack
from smartpick.exports import csv_bytes
from smartpick.spreadsheets import Cell, Sheet, xlsx_bytes
from smartpick.wording import about, odds_range, one_in

DIGITS = 3  # of a chance: no estimate here is more exact
DISAGREE = "sources disagree"
NOT_RANKED = "not ranked"
STANDING_LABELS = {standing: standing.label for standing in Standing}
# Applications first, then what is suggested, then what was ruled out.
STANDING_ORDER = {Standing.ADDED: 0, Standing.LOCKED: 0, Standing.SUGGESTED: 1, Standing.VETOED: 2}
# Which kind of IMG a program takes concerns one kind only.
OTHER_KIND = {ApplicantType.US_IMG: "accepts_non_us_img", ApplicantType.NON_US_IMG: "accepts_us_img"}
# Facts in a file whose season matters to whoever reads it months later.
DATED = ("visa_j1", "visa_h1b", "deadline", "website")
Values = dict[str, Cell]


class Details(NamedTuple):
    """What a file says of a program besides its entry."""

    pk: int
    acgme_id: str | None
    visa_j1: bool | None
    visa_h1b: bool | None
    website: str | None
    field_states: dict[str, Any]


class StepRow(NamedTuple):
    """One step of the season."""

    entry_id: int
    step: str
    on: date | None
    at: time | None
    note: str


@dataclass(frozen=True)
class Row:
    """One entry as the files have it: values by key of list_files.columns, None where nothing is known."""

    line: Line
    values: Values


class ListFile:
    """One list as files. Lazy; besides what the workspace takes: 6 queries for `rows`, however many entries, and 2 for `as_of`."""

    def __init__(self, work: Workspace) -> None:
        self.work = work

    @cached_property
    def specialty_names(self) -> Mapping[str, str]:
        """{code: name}."""
        return dict(Specialty.objects.values_list("code", "name"))

    @cached_property
    def details(self) -> Mapping[int, Details]:
        """By program."""
        rows = Program.objects.filter(pk__in=self._program_ids).order_by().values_list(*Details._fields)
        return {row[0]: Details._make(row) for row in rows}

    @cached_property
    def codes(self) -> Mapping[int, Sequence[str]]:
        """NRMP codes by program."""
        found: dict[int, list[str]] = defaultdict(list)
        for program_id, code in Track.objects.filter(program_id__in=self._program_ids).order_by("nrmp_code").values_list("program_id", "nrmp_code"):
            found[program_id].append(code)
        return found

    @cached_property
    def steps(self) -> Mapping[int, Sequence[StepRow]]:
        """What happened in the season, by entry."""
        found: dict[int, list[StepRow]] = defaultdict(list)
        for row in SeasonStep.objects.filter(entry__list=self.work.saved).order_by("pk").values_list(*StepRow._fields):
            found[row[0]].append(StepRow._make(row))
        return found

    @property
    def _program_ids(self) -> list[int]:
        return [line.program_id for line in self.work.lines]

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """Every entry: applications in the applicant's own order, then suggestions, then what is ruled out."""
        ordered = sorted(self.work.lines, key=lambda line: STANDING_ORDER[line.standing])
        return tuple(Row(line, self._values(line)) for line in ordered)

    def of(self, specialty: str) -> tuple[Row, ...]:
        """The rows of one specialty."""
        return tuple(row for row in self.rows if row.line.specialty == specialty)

    @cached_property
    def specialties(self) -> tuple[str, ...]:
        """Codes of the specialties on the list, the applicant's own first, in their order."""
        there = dict.fromkeys(line.specialty for line in self.work.lines)
        return tuple(code for code in dict.fromkeys((*self.work.profile.specialties, *there)) if code in there)

    @cached_property
    def as_of(self) -> datetime | None:
        """When the program data was last changed that all results on the list take into account; None before the first."""
        saved = self.work.saved
        oldest = dict(saved.entries.order_by().values_list("program__specialty_id").annotate(Min("data_version")))
        snapshots = dict(ScoreSnapshot.objects.filter(profile=saved.profile_id).values_list("specialty", "data_version"))
        version = min((max(version, snapshots.get(code, 0)) for code, version in oldest.items()), default=0)
        return DataVersion.objects.filter(pk=version).values_list("created_at", flat=True).first()

    # --- one entry ---

    def _values(self, line: Line) -> Values:
        details, now = self.details[line.program_id], self.work.now[line.key]
        return {
            "program": line.name,
            "city": line.city,
            "state": line.state,
            "specialty": self.specialty_names[line.specialty],
            "program_type": ProgramType(line.program_type).label if line.program_type else NOT_KNOWN,
            "acgme_id": details.acgme_id,
            "nrmp_codes": " ".join(self.codes.get(line.program_id, ())),
            "visa_j1": _yes_no(details, "visa_j1"),
            "visa_h1b": _yes_no(details, "visa_h1b"),
            **_chances(now),
            "why": why_none(line, now),
            "unknown": self._unknown(details),
            "deadline": line.deadline,
            "website": details.website,
            "stale": ", ".join(BY_NAME[name].label for name in DATED if unpack(details.field_states.get(name)).stale),
            "standing": STANDING_LABELS[line.standing],
            "signal": Signal(line.signal).label if line.signal else "",
            "connection": Connection(line.connection).value,
            "tags": tags_text(line.tags),
            "note": line.note,
            "reason": line.reason,
            **{STEP_KEY.format(one.step): one.on or DAY_NOT_KNOWN for one in self.steps.get(line.pk, ())},
            "rank": line.rank,
            "invented": YES if line.is_demo else "",
            "key": line.key,
        }

    def _unknown(self, details: Details) -> int:
        """How many of the facts that decide who is screened out are not known, of those that concern this applicant."""
        names = [name for name in KEY_FIELDS if name != OTHER_KIND[self.work.profile.applicant_type]]
        return sum(unpack(details.field_states.get(name)).state != FactState.KNOWN for name in names)


def _yes_no(details: Details, name: str) -> str:
    value = getattr(details, name)
    if value is None:
        return DISAGREE if unpack(details.field_states.get(name)).state == FactState.CONFLICT else NOT_KNOWN
    return YES if value else NO


def _chances(now: Now | None) -> Values:
    """Tier and chances; an excluded program has none, and says no zero."""
    if now is None:
        return {"tier": NOT_RANKED}
    if now.tier is Tier.EXCLUDED:
        return {"tier": now.tier.word}
    chance, low, high = (round(value, DIGITS) for value in (now.chance, now.low, now.high))
    return {"tier": now.tier.word, "chance": chance, "low": low, "high": high, "in_words": f"{about(one_in(now.chance))} ({odds_range(now.low, now.high)})"}


def why_none(line: Line, now: Now | None) -> str:
    """Why an entry has no chance, in words; "" where it has one."""
    if now is None:
        if line.is_withdrawn:
            return "no source names this program any more"
        return f"closed on {line.closed_on.isoformat()}" if line.closed_on else "no result, or offers only one-year or reserved positions"
    return "; ".join(CRITERIA[criterion].group for criterion in criteria_in(line.excluded_by)) if now.tier is Tier.EXCLUDED else ""


# --- files ---


def list_csv(file: ListFile) -> bytes:
    """One row an entry, for any spreadsheet program."""
    return csv_bytes(LABELS, ([row.values.get(key) for key in KEYS] for row in file.rows))


def list_xlsx(file: ListFile, *, today: date) -> bytes:
    """A sheet for each specialty after a summary of all."""
    summary = Sheet(SUMMARY, SUMMARY_HEADER, SUMMARY_WIDTHS, summary_rows(file.work, file.specialty_names, as_of=file.as_of, today=today), filters=False)
    return xlsx_bytes([summary, *(Sheet(file.specialty_names[code], LABELS, WIDTHS, list(_cells(file.of(code)))) for code in file.specialties)])


def _cells(rows: Sequence[Row]) -> Iterator[list[Cell]]:
    for row in rows:
        yield [row.values.get(key) for key in KEYS]
