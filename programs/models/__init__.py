"""The tables of `programs`. Only `programs.services` and `programs.imports.services` write to them."""

from programs.models.fact import DataVersion, Fact, ImportBatch, Source
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

__all__ = [
    "ApplicationFee",
    "ApplicationService",
    "CalendarEvent",
    "DataVersion",
    "Fact",
    "ImportBatch",
    "LicensingLimit",
    "Program",
    "SignalLimit",
    "Source",
    "Specialty",
    "State",
    "Track",
    "TrackYear",
]
