"""Plan an import of SmartPick's own template: one row per program, its identity and any of its fields. Pure.

A row is found by its ACGME id, or by its NRMP codes (institution and specialty) where it has none. A program that was
known from NRMP codes alone gets the ACGME id that a row with one of its codes gives.
"""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from programs.changes import NewProgram, NewTrack, nrmp_key
from programs.choices import Strictness
from programs.fields import FIELDS, FIRM_BY_NATURE, NO, Field
from programs.imports.columns import (
    ACGME_ID,
    CITY,
    CLOSED_ON,
    NAME,
    NRMP_CODES,
    SPECIALTY,
    STATE,
    STRICTNESS_SUFFIX,
    Binding,
    CellError,
    NrmpCode,
    split_nrmp_code,
)
from programs.imports.plan import DEMO_REMEDY, ImportPlan, Known, Reading, References, Statement
from programs.imports.table import Row, Table


class _RefusedError(Exception):
    """A row that cannot be told: the column, and what is wrong with it."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True, slots=True)
class _Identity:
    """What a row says about which program it is."""

    acgme_id: str
    codes: tuple[NrmpCode, ...]
    specialty: str

    @property
    def institution(self) -> str | None:
        return self.codes[0].institution if self.codes else None


def plan_template(table: Table, binding: Binding, references: References, known: Known) -> ImportPlan:
    """What the file says: programs, the tracks that their codes name, and a fact for every cell that states one."""
    planner = _Planner(Reading(binding, len(table.header)), references, known)
    for row in table.rows:
        planner.add(row)
    reading = planner.reading
    return ImportPlan(
        states=reading.states,
        programs=tuple(planner.programs),
        tracks=tuple(planner.tracks),
        statements=tuple(planner.statements),
        problems=reading.sorted_problems(),
        lines=planner.lines,
    )


@dataclass
class _Planner:
    """Takes the rows one by one and collects what to write."""

    reading: Reading
    references: References
    known: Known
    programs: list[NewProgram] = field(default_factory=list)
    tracks: list[NewTrack] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)  # of program keys and NRMP codes that rows have claimed

    @cached_property
    def fields(self) -> list[Field]:
        """The fields that the file has a column for, or a column for how firm they are."""
        return [one for one in FIELDS if {one.name, one.name + STRICTNESS_SUFFIX} & self.reading.binding.places.keys()]

    def add(self, row: Row) -> None:
        """Say what the row changes, or refuse it."""
        if self.reading.is_too_long(row):
            return
        try:
            identity = self._identity(row)
            on_record = self._on_record(identity)
            program = self._program(row, identity, on_record)
            tracks = self._tracks(identity, program, on_record)
            self._claim(row, identity, program)
        except _RefusedError as refused:
            self.reading.refuse(row.line, refused.column, self.reading.raw(row, refused.column), str(refused))
            return
        self.programs.append(program)
        self.tracks.extend(tracks)
        self._state(row, program.key)
        self.reading.mark(row.line, is_new=on_record is None)

    # --- which program ---

    def _identity(self, row: Row) -> _Identity:
        acgme_id = self._strict(row, ACGME_ID.name)
        codes = tuple(split_nrmp_code(code) for code in self._strict(row, NRMP_CODES.name).split())
        if len({code.institution for code in codes}) > 1:
            raise _RefusedError(NRMP_CODES.name, "the codes name two institutions (first four digits): keep those of one")
        said = {acgme_id[:3]} - {""} | {code.specialty for code in codes}
        if not said:
            raise _RefusedError(ACGME_ID.name, "the row has neither an ACGME id nor an NRMP code: write one of them")
        said |= {self.reading.looked_up(row, SPECIALTY.name, self.references.specialty, otherwise="the ids are believed")} - {""}
        if len(said) > 1:
            raise _RefusedError(ACGME_ID.name, f"ACGME id, NRMP codes and specialty disagree ({', '.join(sorted(said))}): correct them")
        if not said <= self.references.specialties.keys():
            message = f"{said.pop()} is no specialty on record: correct the id, or add the specialty to the reference tables"
            raise _RefusedError(ACGME_ID.name if acgme_id else NRMP_CODES.name, message)
        return _Identity(acgme_id, codes, said.pop())

    def _strict(self, row: Row, name: str) -> str:
        try:
            return self.reading.strict_cell(row, name)
        except CellError as error:
            raise _RefusedError(name, str(error)) from error

    def _on_record(self, identity: _Identity) -> NewProgram | None:
        """The program as it is known. A row without an ACGME id has to point to one program alone."""
        at_place = self.known.by_place.get((identity.institution or "", identity.specialty), [])
        if not identity.acgme_id:
            owners = {self.known.tracks[code.code].program_key for code in identity.codes if code.code in self.known.tracks}
            fitting = [program for program in at_place if program.key in owners] or at_place
            if len(fitting) > 1:
                keys = ", ".join(program.key for program in fitting)
                raise _RefusedError(ACGME_ID.name, f"the codes fit several programs ({keys}): write the ACGME id")
            return fitting[0] if fitting else self._not_demo(nrmp_key(identity.codes[0].institution, identity.specialty))
        unclaimed = (program for program in at_place if not program.acgme_id and program.key not in self.lines)
        return self._not_demo(identity.acgme_id) or next(unclaimed, None)

    def _not_demo(self, key: str) -> NewProgram | None:
        program = self.known.programs.get(key)
        if program and program.is_demo:
            raise _RefusedError(ACGME_ID.name, f"program {key} is on record as demonstration data: {DEMO_REMEDY}")
        return program

    def _program(self, row: Row, identity: _Identity, on_record: NewProgram | None) -> NewProgram:
        """What the row says that the program is; a blank cell says nothing."""
        name, city = self.reading.cell(row, NAME.name), self.reading.cell(row, CITY.name)
        if not (name or on_record):
            raise _RefusedError(NAME.name, "a new program needs a name: write the institution's")
        gets_id = bool(on_record and identity.acgme_id and not on_record.acgme_id)
        key = identity.acgme_id or nrmp_key(identity.codes[0].institution, identity.specialty)
        closed = self.reading.cell(row, CLOSED_ON.name)
        return NewProgram(
            key=key if gets_id or not on_record else on_record.key,
            specialty=identity.specialty,
            name=name,
            city=city,
            state=self.reading.looked_up(row, STATE.name, self.references.state) or None,
            acgme_id=identity.acgme_id or None,
            nrmp_institution=identity.institution,
            replaces_key=on_record.key if on_record and gets_id else "",
            closed_on=date.fromisoformat(closed) if closed else None,
        )

    def _claim(self, row: Row, identity: _Identity, program: NewProgram) -> None:
        """Refuse a row about a program or code that an earlier row is about."""
        claims = [program.key, *([program.replaces_key] if program.replaces_key else []), *(code.code for code in identity.codes)]
        for claim in claims:
            if claim in self.lines:
                raise _RefusedError(ACGME_ID.name, f"line {self.lines[claim]} is about {claim} too: keep one row per program")
        self.lines.update(dict.fromkeys(claims, row.line))

    # --- what it says ---

    def _tracks(self, identity: _Identity, program: NewProgram, on_record: NewProgram | None) -> list[NewTrack]:
        """The tracks that the row names; one on record has to belong to this very program."""
        for code in identity.codes:
            track = self.known.tracks.get(code.code)
            if track and (on_record is None or track.program_key != on_record.key):
                other = self.known.programs[track.program_key]
                remedy = DEMO_REMEDY if other.is_demo else "correct the code"
                raise _RefusedError(NRMP_CODES.name, f"{code.code} is on record as a track of program {other.key}: {remedy}")
        return [NewTrack(program.key, code.code, "", code.track_type) for code in identity.codes]

    def _state(self, row: Row, program_key: str) -> None:
        """A statement for every field that the row states."""
        for column in self.fields:
            value = self.reading.cell(row, column.name)
            strictness = self._strictness(row, column, value) if column.requirement else ""
            if value:
                self.statements.append((program_key, column.name, value, strictness))

    def _strictness(self, row: Row, column: Field, value: str) -> str:
        name = column.name + STRICTNESS_SUFFIX
        strictness = self.reading.cell(row, name) if name in self.reading.binding.places else ""
        if strictness and not value and self._stands_alone(name, column) and not self.reading.raw(row, column.name):
            self.reading.warn(row.line, name, strictness, f"{column.name} is blank, so this says nothing: write a value there")
        firm = column.name in FIRM_BY_NATURE and value == NO
        return strictness or (Strictness.STRICT if firm else Strictness.UNCLEAR).value

    def _stands_alone(self, name: str, column: Field) -> bool:
        """Whether firmness and value have a column each; where one cell says both, a blank is no mistake."""
        places = self.reading.binding.places
        return column.name not in places or places[name][0] != places[column.name][0]
