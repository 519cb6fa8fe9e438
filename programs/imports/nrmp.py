"""Plan an import of NRMP program results: one row per track, with positions and people matched by year. Pure.

Rows are told apart by their code alone. The first four digits are the institution, the next three the specialty; both
together are a program. Names and places are spelled in several ways from year to year: the first spelling in the file
holds, the others are reported.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from programs.changes import NewProgram, NewTrack, NewTrackYear, nrmp_key
from programs.imports.columns import CITY, NAME, NRMP_CODE, STATE, TRACK_NAME, Binding, CellError, Column, NrmpCode, parse_positions, split_nrmp_code
from programs.imports.plan import DEMO_REMEDY, ImportPlan, Known, Reading, References
from programs.imports.table import Row, Table

YEAR_COLUMN = re.compile(r"(quota|matched)_((?:19|20)[0-9]{2})", re.ASCII)


def year_columns(names: Iterable[str]) -> tuple[Column, ...]:
    """A column for every quota_YYYY and matched_YYYY among the names of a header."""
    return tuple(Column(name, parse_positions, "Positions offered, or filled, that year") for name in names if YEAR_COLUMN.fullmatch(name))


@dataclass(frozen=True, slots=True)
class _TrackRow:
    """A row whose code could be read. `years` holds the years with positions, `not_offered` those without."""

    line: int
    code: NrmpCode
    institution: str
    city: str
    state: str
    name: str
    years: tuple[NewTrackYear, ...]
    not_offered: frozenset[int]


def plan_nrmp(table: Table, binding: Binding, references: References, known: Known) -> ImportPlan:
    """What the file says: a program per institution and specialty, a track per code, a year per quota.

    No fact is made of it: positions belong to the track and the year.
    """
    reading = Reading(binding, len(table.header))
    rows = _readable_rows(table, reading, references)
    planner = _Planner(reading, known, _Spellings.of(rows, reading))
    for row in rows:
        planner.add(row)
    return ImportPlan(
        states=reading.states,
        programs=tuple(planner.programs.values()),
        tracks=tuple(planner.tracks),
        statements=(),
        problems=reading.sorted_problems(),
        lines=planner.lines,
        about=max(file_years(binding), default=None),
    )


def file_years(binding: Binding) -> tuple[int, ...]:
    """The years that the file has a quota column for, oldest first."""
    found = (YEAR_COLUMN.fullmatch(name) for name in binding.places)
    return tuple(sorted({int(match[2]) for match in found if match and match[1] == "quota"}))


# --- reading ---


def _readable_rows(table: Table, reading: Reading, references: References) -> list[_TrackRow]:
    """Rows with a code of a known specialty that no earlier row has; the others are refused."""
    lines: dict[str, int] = {}
    rows = []
    for row in table.rows:
        code = None if reading.is_too_long(row) else _code(row, reading, references)
        if code is None:
            continue
        if code.code in lines:
            reading.refuse(row.line, NRMP_CODE.name, code.code, f"line {lines[code.code]} has the same code: keep one of the two rows")
            continue
        lines[code.code] = row.line
        rows.append(_track_row(row, code, reading, references))
    return rows


def _code(row: Row, reading: Reading, references: References) -> NrmpCode | None:
    value = reading.raw(row, NRMP_CODE.name)
    try:
        code = split_nrmp_code(value)
    except CellError as error:
        reading.refuse(row.line, NRMP_CODE.name, value, str(error))
        return None
    if code.specialty not in references.specialties:
        message = f"the middle of the code, {code.specialty}, is no specialty on record: correct it, or add the specialty to the reference tables"
        reading.refuse(row.line, NRMP_CODE.name, value, message)
        return None
    return code


def _track_row(row: Row, code: NrmpCode, reading: Reading, references: References) -> _TrackRow:
    years = {year: _year(row, year, reading) for year in file_years(reading.binding)}
    return _TrackRow(
        line=row.line,
        code=code,
        institution=reading.cell(row, NAME.name),
        city=reading.cell(row, CITY.name),
        state=reading.looked_up(row, STATE.name, references.state),
        name=reading.cell(row, TRACK_NAME.name),
        years=tuple(found for found in years.values() if found),
        not_offered=frozenset(year for year in years if not reading.raw(row, f"quota_{year}")),
    )


def _year(row: Row, year: int, reading: Reading) -> NewTrackYear | None:
    """The positions of one year; None where the track was not offered, or where the two cells contradict each other."""
    quota_column, matched_column = f"quota_{year}", f"matched_{year}"
    quota, matched = reading.cell(row, quota_column), reading.cell(row, matched_column)
    if not quota:
        if matched and not reading.raw(row, quota_column):
            message = f"people matched, but {quota_column} has no positions: correct one of the two; the year is left out"
            reading.warn(row.line, matched_column, matched, message)
        return None
    if not matched:
        if matched_column in reading.binding.places and not reading.raw(row, matched_column):
            reading.warn(row.line, matched_column, "", "positions offered, but nobody says how many were filled: write 0 if none; taken as unknown")
        return NewTrackYear(year, int(quota), None)
    if int(matched) > int(quota):
        message = f"more people matched than the {quota} positions of {quota_column}: correct one of the two; the year is left out"
        reading.warn(row.line, matched_column, matched, message)
        return None
    return NewTrackYear(year, int(quota), int(matched))


@dataclass(frozen=True, slots=True)
class _Spellings:
    """Names by institution code, cities and states by place (institution and specialty); "" and missing are unknown."""

    names: Mapping[str, str]
    cities: Mapping[str, str]
    states: Mapping[str, str]

    @classmethod
    def of(cls, rows: Sequence[_TrackRow], reading: Reading) -> "_Spellings":
        return cls(
            names=_first_spellings(((row, row.code.institution, row.institution) for row in rows), NAME.name, reading),
            cities=_first_spellings(((row, _place(row), row.city) for row in rows), CITY.name, reading),
            states=_first_spellings(((row, _place(row), row.state) for row in rows), STATE.name, reading),
        )


def _place(row: _TrackRow) -> str:
    return row.code.institution + row.code.specialty


def _first_spellings(cells: Iterable[tuple[_TrackRow, str, str]], column: str, reading: Reading) -> dict[str, str]:
    """{code: its first text in the file}; every other text for a code is reported, once."""
    first: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    for row, code, text in cells:
        if not text or (code, text) in seen:
            continue
        seen.add((code, text))
        if first.setdefault(code, text) != text:
            reading.warn(row.line, column, text, f"an earlier row says {first[code]!r} for {code}, which is kept")
    return first


# --- planning ---


@dataclass
class _Planner:
    """Takes the rows one by one and collects what they say."""

    reading: Reading
    known: Known
    spellings: _Spellings
    programs: dict[str, NewProgram] = field(default_factory=dict)
    tracks: list[NewTrack] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)

    def add(self, row: _TrackRow) -> None:
        """Take what the row says about its program and its track."""
        on_record = self._program_on_record(row)
        program = self._program(row, on_record) if self.reading.states.get(row.line) is None else None
        if program is None:
            return
        self.programs.setdefault(program.key, program)
        self.tracks.append(NewTrack(program.key, row.code.code, row.name, row.code.track_type, row.years))
        self.lines.setdefault(program.key, row.line)
        self.lines[row.code.code] = row.line
        known_track = self.known.tracks.get(row.code.code)
        self._report_years(row, {year.year: year for year in known_track.years} if known_track else {})
        self.reading.mark(row.line, is_new=known_track is None)

    def _program_on_record(self, row: _TrackRow) -> NewProgram | None:
        """The known program of the row's track, else of its institution and specialty; refuses the row where that is not clear."""
        candidates = self.known.by_place.get((row.code.institution, row.code.specialty), [])
        if track := self.known.tracks.get(row.code.code):
            owner = next((program for program in candidates if program.key == track.program_key), None)
            if owner is None:
                self._refuse(row, f"the code is on record as a track of program {track.program_key}, another program", track.program_key)
            return owner
        with_id = [program for program in candidates if program.acgme_id]
        if len(with_id) > 1:
            keys = " and ".join(program.key for program in with_id)
            self._refuse(row, f"programs {keys} are both at this institution: give the code to one of them with a template import first")
        return next(iter(with_id or candidates), None)

    def _program(self, row: _TrackRow, on_record: NewProgram | None) -> NewProgram | None:
        """What the file says that the program is; refuses the row where it has no name, or where its key is taken."""
        key, place = nrmp_key(row.code.institution, row.code.specialty), _place(row)
        if not on_record and key in self.known.programs:
            self._refuse(row, f"program {key} is on record for another place", key)
            return None
        name = self.spellings.names.get(row.code.institution, "")
        if not (name or on_record):
            self.reading.refuse(row.line, NAME.name, "", f"no row names institution {row.code.institution}: write its name")
            return None
        return NewProgram(
            key=on_record.key if on_record else key,
            specialty=row.code.specialty,
            name=name,
            city=self.spellings.cities.get(place, ""),
            state=self.spellings.states.get(place) or None,
            nrmp_institution=row.code.institution,
        )

    def _refuse(self, row: _TrackRow, message: str, other: str = "") -> None:
        program = self.known.programs.get(other)
        remedy = f": {DEMO_REMEDY}" if program and program.is_demo else ": correct the code" if other else ""
        self.reading.refuse(row.line, NRMP_CODE.name, row.code.code, message + remedy)

    def _report_years(self, row: _TrackRow, on_record: Mapping[int, NewTrackYear]) -> None:
        for year in sorted(row.not_offered & on_record.keys()):
            message = f"no positions here, but {on_record[year].quota} on record from an earlier import, which stay"
            self.reading.warn(row.line, f"quota_{year}", "", message)
        if not row.years and not on_record:
            self.reading.warn(row.line, NRMP_CODE.name, row.code.code, "no positions in any year of the file: the track is kept without years")
