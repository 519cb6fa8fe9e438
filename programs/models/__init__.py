"""The tables of `programs`. Only services write to them: `programs.services`, `programs.corrections`, `programs.imports`."""

from programs.models.correction import Correction
from programs.models.draft import ColumnMemory, ImportDraft
from programs.models.fact import DataVersion, Fact, FactIndex, ImportBatch, Source
from programs.models.program import Program, Track, TrackYear
from programs.models.reference import (
    ApplicationFee,
    ApplicationService,
    CalendarEvent,
    LicensingLimit,
    SignalLimit,
    Specialty,
    State,
)
from programs.models.statement import ProgramStatement, TrackStatement

__all__ = [
    "ApplicationFee",
    "ApplicationService",
    "CalendarEvent",
    "ColumnMemory",
    "Correction",
    "DataVersion",
    "Fact",
    "FactIndex",
    "ImportBatch",
    "ImportDraft",
    "LicensingLimit",
    "Program",
    "ProgramStatement",
    "SignalLimit",
    "Source",
    "Specialty",
    "State",
    "Track",
    "TrackStatement",
    "TrackYear",
]
