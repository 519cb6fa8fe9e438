"""What an import would do to what is on record, worked out before anything is written. Pure.

A plan says what the file says; `compare` puts it beside the present statements and resolves both, with the same functions that
resolve them when they are written. So the preview shows results, not cells: a value that a better source overrules is no change.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from programs.changes import NewProgram, NewTrack
from programs.choices import FactState
from programs.identity import UNSAVED, Identity, ProgramRow, TrackNow, TrackRow, resolve_identity, resolve_track
from programs.imports.plan import ImportPlan, RowState, Severity, Statement
from programs.resolution import FieldState
from programs.said import Said, Stated, fold_in

NAME, CITY, STATE, ACGME_ID, CLOSED_ON, TRACK = "name", "city", "state", "acgme_id", "closed_on", "track"
# What can change besides the fields of programs.fields.
OTHER_LABELS: Mapping[str, str] = {
    NAME: "Name",
    CITY: "City",
    STATE: "State",
    ACGME_ID: "ACGME id",
    CLOSED_ON: "Closed on",
    TRACK: "Positions of a track",
}
UNSAVED_SOURCE = 2**31 - 1  # stands for a source that is made with the import


class ChangeKind(StrEnum):
    """How a value of a program changes."""

    CONFLICT = "conflict"
    CHANGED = "changed"
    FIRMNESS = "firmness"
    KNOWN = "known"
    SETTLED = "settled"
    UNKNOWN = "unknown"


KIND_LABELS: Mapping[ChangeKind, str] = {
    ChangeKind.CONFLICT: "new conflict",
    ChangeKind.CHANGED: "another value",
    ChangeKind.FIRMNESS: "firmer or less firm",
    ChangeKind.KNOWN: "newly known",
    ChangeKind.SETTLED: "conflict ended",
    ChangeKind.UNKNOWN: "no longer known",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One value of one program that is on record, before and after. `field` is one of programs.fields or OTHER_LABELS.

    Values are canonical text, "" for unknown; of a conflict `after` says both sides.
    """

    program_id: int
    key: str
    program: str
    field: str
    kind: ChangeKind
    before: str
    after: str
    before_strictness: str
    after_strictness: str
    line: int


@dataclass(frozen=True, slots=True)
class NewProgramRow:
    """A program that the import adds, with how many facts about it."""

    key: str
    name: str
    specialty: str
    place: str
    facts: int
    line: int


@dataclass(frozen=True, slots=True)
class MissingProgram:
    """A program that an earlier file of this source names and this one does not."""

    key: str
    name: str
    place: str


@dataclass(frozen=True, slots=True)
class OnRecord:
    """A program as it is, and what is said about it. `rows` are its live statements, `said` the index of its facts."""

    program_id: int
    name: str
    rows: Sequence[ProgramRow]
    said: Said


@dataclass(frozen=True)
class Standing:
    """What is on record about the programs and tracks that a file speaks of.

    `programs` is by key; `tracks` are live statements by NRMP code; `ranks` is {source id: rank} with the importing source among
    them; `source_id` is UNSAVED_SOURCE for a new one. `as_of`, `season` and `about` are those of the import, `match_year` the current one.
    """

    programs: Mapping[str, OnRecord]
    tracks: Mapping[str, Sequence[TrackRow]]
    ranks: Mapping[int, int]
    source_id: int
    as_of: date
    season: int
    about: int
    match_year: int


@dataclass(frozen=True)
class Preview:
    """What the import does. `rows` counts rows by state; `confirmed` counts facts that are said anew and change nothing but their date."""

    rows: Mapping[RowState, int]
    changes: tuple[Change, ...]
    new_programs: tuple[NewProgramRow, ...]
    new_tracks: int
    confirmed: int
    values: Mapping[int, Mapping[str, FieldState]]  # {program id: {field: state}}, changed ones only

    @property
    def kinds(self) -> dict[str, int]:
        """Changes by kind."""
        return dict(Counter(change.kind.value for change in self.changes))

    @property
    def fields(self) -> dict[str, int]:
        """Changes by field."""
        return dict(Counter(change.field for change in self.changes))


def compare(plan: ImportPlan, standing: Standing) -> Preview:
    """Resolve what is said with and without the plan, and tell the differences."""
    changes: list[Change] = []
    values: dict[int, dict[str, FieldState]] = {}
    by_program = _by_program(plan.statements)
    new_programs = []
    for program in plan.programs:
        line = plan.lines.get(program.key, 0)
        known = standing.programs.get(program.replaces_key or program.key)
        if known is None or resolve_identity(known.rows) is None:
            facts = len(by_program.get(program.key, ()))
            place = ", ".join(filter(None, (program.city, program.state)))
            new_programs.append(NewProgramRow(program.key, program.name, program.specialty, place, facts, line))
            continue
        changes += _identity_changes(program, known, standing, line)
        found, states = _fact_changes(program.key, by_program.get(program.key, ()), known, standing, line)
        changes += found
        if states:
            values[known.program_id] = states
    changed_tracks, new_tracks = _track_changes(plan, standing)
    changes += changed_tracks
    fresh = {row.key for row in new_programs}
    said = sum(len(its) for key, its in by_program.items() if key not in fresh)
    changed_facts = sum(len(states) for states in values.values())
    return Preview(
        rows=_rows(plan, {change.line for change in changes}),
        changes=tuple(sorted(changes, key=lambda change: (change.program, change.key, change.line))),
        new_programs=tuple(new_programs),
        new_tracks=new_tracks,
        confirmed=said - changed_facts,
        values=values,
    )


def _rows(plan: ImportPlan, changed_lines: set[int]) -> dict[RowState, int]:
    counts = Counter(RowState.CHANGED if state is RowState.SAME and line in changed_lines else state for line, state in plan.states.items())
    return {state: counts[state] for state in RowState}


def _by_program(statements: Iterable[Statement]) -> dict[str, list[Statement]]:
    found: dict[str, list[Statement]] = defaultdict(list)
    for statement in statements:
        found[statement[0]].append(statement)
    return found


# --- what programs are ---


def program_row(program: NewProgram, standing: Standing) -> ProgramRow:
    """What the plan says about a program, as a statement that is still to be written."""
    return ProgramRow(
        program.name,
        program.city,
        program.state or "",
        program.acgme_id or "",
        program.nrmp_institution or "",
        program.closed_on,
        standing.ranks[standing.source_id],
        standing.season if program.closed_on else standing.about,
        standing.as_of,
        UNSAVED,
    )


def _identity_changes(program: NewProgram, known: OnRecord, standing: Standing, line: int) -> list[Change]:
    before, after = resolve_identity(known.rows), resolve_identity([*known.rows, program_row(program, standing)])
    if before == after:
        return []
    pairs = zip(OTHER_LABELS, _parts(before), _parts(after), strict=False)
    return [Change(known.program_id, program.key, known.name, name, _part_kind(was, now), was, now, "", "", line) for name, was, now in pairs if was != now]


def _parts(identity: Identity | None) -> tuple[str, ...]:
    """The parts of an identity in the order of OTHER_LABELS."""
    if identity is None:
        return ("",) * 5
    closed = identity.closed_on.isoformat() if identity.closed_on else ""
    return (identity.name, identity.city, identity.state or "", identity.acgme_id or "", closed)


def _part_kind(was: str, now: str) -> ChangeKind:
    return ChangeKind.CHANGED if was and now else ChangeKind.KNOWN if now else ChangeKind.UNKNOWN


# --- facts ---


def _fact_changes(key: str, statements: Sequence[Statement], known: OnRecord, standing: Standing, line: int) -> tuple[list[Change], dict[str, FieldState]]:
    stated = [
        Stated(known.program_id, field, value, strictness, standing.source_id, standing.as_of, standing.season) for _, field, value, strictness in statements
    ]
    folded = fold_in(known.said, stated, ranks=standing.ranks, season=standing.match_year)
    changes, states = [], {}
    for field in folded.changed:
        before, after = folded.before[field], folded.after[field]
        kind = _kind(before, after)
        if kind is None:  # only its date or season is another
            continue
        states[field] = after
        sides = " / ".join(dict.fromkeys(str(slot[1]) for slot in folded.said[field])) if after.state is FactState.CONFLICT else after.value or ""
        told = before.value or (" / ".join(dict.fromkeys(str(slot[1]) for slot in known.said.get(field, ()))) if before.state is FactState.CONFLICT else "")
        changes.append(Change(known.program_id, key, known.name, field, kind, told, sides, before.strictness, after.strictness, line))
    return changes, states


def _kind(before: FieldState, after: FieldState) -> ChangeKind | None:
    """None where value, state and firmness stay."""
    if before.state is not after.state:
        if after.state is FactState.CONFLICT:
            return ChangeKind.CONFLICT
        if before.state is FactState.CONFLICT:
            return ChangeKind.SETTLED
        return ChangeKind.KNOWN if after.state is FactState.KNOWN else ChangeKind.UNKNOWN
    if before.value != after.value:
        return ChangeKind.CHANGED
    return ChangeKind.FIRMNESS if before.strictness != after.strictness else None


# --- tracks ---


def track_row(track: NewTrack, program_id: int, standing: Standing) -> TrackRow:
    """What the plan says about a track, as a statement that is still to be written."""
    years = {year.year: (year.quota, year.matched) for year in track.years}
    rank = standing.ranks[standing.source_id]
    return TrackRow(track.nrmp_code, program_id, track.name, track.track_type, years, rank, standing.about, standing.as_of, UNSAVED)


def _track_changes(plan: ImportPlan, standing: Standing) -> tuple[list[Change], int]:
    """Changes of tracks that are on record, and how many are not."""
    changes, fresh = [], 0
    for track in plan.tracks:
        rows, known = standing.tracks.get(track.nrmp_code, ()), standing.programs.get(track.program_key)
        before = resolve_track(rows)
        if before is None:
            fresh += 1
            continue
        program_id = known.program_id if known else before.program_id
        after = resolve_track([*rows, track_row(track, program_id, standing)])
        was, now = track_text(before), track_text(after)
        if was != now:
            line = plan.lines.get(track.nrmp_code, plan.lines.get(track.program_key, 0))
            changes.append(Change(program_id, track.program_key, known.name if known else "", TRACK, ChangeKind.CHANGED, was, now, "", "", line))
    return changes, fresh


def track_text(track: TrackNow | None) -> str:
    """A track in one line: its code, name and positions by year."""
    if track is None:
        return ""
    years = ", ".join(f"{year}: {'?' if matched is None else matched} of {quota}" for year, (quota, matched) in sorted(track.numbers.items()))
    return f"{track.nrmp_code} {track.name}; {years or 'no positions'}"


def totals(plan: ImportPlan, preview: Preview) -> dict[str, int]:
    """The import in numbers, as ledgers and pages show them."""
    changed = {change.program_id for change in preview.changes}
    return {
        "programs new": len(preview.new_programs),
        "programs changed": len(changed),
        "tracks new": preview.new_tracks,
        "values changed": len(preview.changes),
        "facts confirmed": preview.confirmed,
        "facts stated": len(plan.statements),
        "warnings": len(plan.problems_of(Severity.WARNING)),
    }
