"""Statements about a program and its tracks become what they are called and where they stand. Pure; the counterpart of `resolution`.

Who is believed about a program's name and place, best first: a statement that names its ACGME id (NRMP files spell the
institution, not the program), the better rank, the later Match year it is about, the newer as-of date, the later statement.
Of each part the first statement that says anything holds. Whether it is closed is no matter of rank: the newest word holds.

About a track the same order holds, without the ACGME id. Its positions in a year come from the best statement that has that
year; a statement that does not say how many matched takes nobody else's number away, as long as the positions agree.

A program that no live statement names, and a track that none is about, are withdrawn.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from programs.choices import SourceRank
from programs.track_summary import Offer

# A statement without a source: made by a command, or older than these tables. Every source outranks it.
NO_RANK = max(SourceRank) + 1
UNSAVED = 2**63 - 1  # the id of a statement that is still to be written: it is later than all others
Years = Mapping[int, tuple[int, int | None]]


class ProgramRow(NamedTuple):
    """One live statement about a program. "" and None say nothing; `about` is a Match year."""

    name: str
    city: str
    state: str
    acgme_id: str
    nrmp_institution: str
    closed_on: date | None
    rank: int
    about: int
    as_of: date
    statement_id: int


class TrackRow(NamedTuple):
    """One live statement about a track. `years` is {Match year: (quota, matched or None)}."""

    nrmp_code: str
    program_id: int
    name: str
    track_type: str
    years: Years
    rank: int
    about: int
    as_of: date
    statement_id: int
    source_id: int | None = None
    batch_id: int | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """What a program is, as far as anybody says."""

    name: str
    city: str
    state: str | None
    acgme_id: str | None
    nrmp_institution: str | None
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class TrackNow:
    """What a track is. `years` is {Match year: (quota, matched or None, the statement it comes from)}."""

    nrmp_code: str
    program_id: int
    name: str
    track_type: str
    years: Mapping[int, tuple[int, int | None, TrackRow]]

    @property
    def numbers(self) -> dict[int, tuple[int, int | None]]:
        """The positions alone."""
        return {year: (quota, matched) for year, (quota, matched, _) in self.years.items()}

    @property
    def offers(self) -> list[Offer]:
        """The same for `track_summary`."""
        return [Offer(self.track_type, year, quota, matched) for year, (quota, matched, _) in self.years.items()] or [Offer(self.track_type)]


def resolve_identity(rows: Iterable[ProgramRow]) -> Identity | None:
    """What the live statements about one program come to; None where none of them names it."""
    best = sorted(rows, key=lambda row: (not row.acgme_id, row.rank, -row.about, -row.as_of.toordinal(), -row.statement_id))
    name = next((row.name for row in best if row.name), "")
    if not name:
        return None
    newest = max(best, key=lambda row: (row.about, row.as_of, -row.rank, row.statement_id))
    return Identity(
        name=name,
        city=next((row.city for row in best if row.city), ""),
        state=next((row.state for row in best if row.state), None),
        acgme_id=next((row.acgme_id for row in best if row.acgme_id), None),
        nrmp_institution=next((row.nrmp_institution for row in best if row.nrmp_institution), None),
        closed_on=newest.closed_on,
    )


def resolve_track(rows: Sequence[TrackRow]) -> TrackNow | None:
    """What the live statements about one NRMP code come to; None where there are none."""
    if not rows:
        return None
    best = sorted(rows, key=lambda row: (row.rank, -row.about, -row.as_of.toordinal(), -row.statement_id))
    newest_first = sorted(rows, key=lambda row: (row.rank, -row.as_of.toordinal(), -row.statement_id))
    years = {year: _year(year, newest_first) for year in sorted({year for row in rows for year in row.years})}
    return TrackNow(
        nrmp_code=best[0].nrmp_code,
        program_id=best[0].program_id,
        name=next((row.name for row in best if row.name), ""),
        track_type=best[0].track_type,
        years=years,
    )


def _year(year: int, rows: Sequence[TrackRow]) -> tuple[int, int | None, TrackRow]:
    """Positions of one year, from the first of `rows` that has it."""
    told = [row for row in rows if year in row.years]
    quota = told[0].years[year][0]
    matched = (row.years[year][1] for row in told if row.years[year][0] == quota)
    return quota, next((number for number in matched if number is not None), None), told[0]
