"""What `programs.services` is asked to write: plain rows, made by import plans and loaders. Pure."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class NewFact:
    """One statement to append.

    `value` is canonical text as in `programs.fields`; `strictness` one of Strictness for a requirement,
    "" for every other field; `season` the Match year the statement is about.
    """

    program_key: str
    field: str
    value: str
    strictness: str
    source_id: int
    as_of: date
    season: int
    quote: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class NewProgram:
    """What a source says a program is: made where `key` is new, one more statement about it where it exists.

    `key` finds the program; the other parts are what is said, "" and None say nothing. `specialty` is a Specialty code,
    `state` a USPS code. `replaces_key` is the key the same program had before, where a program known from NRMP codes alone
    gets its ACGME id.
    """

    key: str
    specialty: str
    name: str
    city: str = ""
    state: str | None = None
    acgme_id: str | None = None
    nrmp_institution: str | None = None
    is_demo: bool = False
    replaces_key: str = ""
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class NewTrackYear:
    """Positions of a track in the Match of `year`; `matched` is None where it is not known."""

    year: int
    quota: int
    matched: int | None


@dataclass(frozen=True, slots=True)
class NewTrack:
    """What a source says of a track; years that others name and this one does not stay as they are."""

    program_key: str
    nrmp_code: str
    name: str
    track_type: str
    years: tuple[NewTrackYear, ...] = ()


def nrmp_key(institution: str, specialty: str) -> str:
    """The key of a program that is known from NRMP codes alone."""
    return f"nrmp-{institution}-{specialty}"
