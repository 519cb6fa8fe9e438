"""Querysets and profiles become the engine's tables. The only package that knows both sides."""

from matching.adapters.applicants import Season, applicant_table, season, years_since_graduation
from matching.adapters.columns import PROGRAM_TYPES
from matching.adapters.programs import ENGINE_COLUMNS, columns_of, program_table
from matching.adapters.sets import (
    ProgramSet,
    anchoring_numbers,
    engine_name,
    forget_programs,
    model_of,
    program_ids,
    program_part,
    program_set,
)

__all__ = [
    "ENGINE_COLUMNS",
    "PROGRAM_TYPES",
    "ProgramSet",
    "Season",
    "anchoring_numbers",
    "applicant_table",
    "columns_of",
    "engine_name",
    "forget_programs",
    "model_of",
    "program_ids",
    "program_part",
    "program_set",
    "program_table",
    "season",
    "years_since_graduation",
]
