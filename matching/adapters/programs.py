"""Programs become the engine's table."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.adapters.columns import PROGRAM_TYPES, STAGES, numbers, tri
from matching.engine import ProgramTable
from matching.engine.tables import REQUIREMENTS, Strict, Tri, University
from programs.choices import EcfmgBy, FactState, ProgramType, Strictness
from programs.fields import FIRM_BY_NATURE
from programs.resolution import PackedStates, unpack

STRICT = {Strictness.STRICT: Strict.STRICT, Strictness.PREFERRED: Strict.PREFERRED, Strictness.UNCLEAR: Strict.UNCLEAR}
UNIVERSITY = {
    ProgramType.UNIVERSITY: University.YES,
    ProgramType.AFFILIATED: University.AFFILIATED,
    ProgramType.COMMUNITY: University.NO,
    ProgramType.MILITARY: University.NO,
}
YES_NO_COLUMNS = (
    "visa_j1",
    "visa_h1b",
    "step1_pass_needed",
    "step3_needed",
    "step3_needed_for_h1b",
    "usce_hands_on_only",
    "underserved_mission",
)
NUMBER_COLUMNS = (
    "max_years_since_graduation",
    "step1_min",
    "step2_min",
    "step1_max_attempts",
    "step2_max_attempts",
    "step3_max_attempts",
    "usce_min_months",
    "letters_min",
    "letters_us_min",
    "letters_specialty_min",
    "share_non_us_img",
    "share_us_img",
    "share_img",
    "step2_median",
    "applications_received",
    "interviews_given",
    "unfilled_share",
    "unfilled_quota",
)
# {whether it takes one kind of IMG: that kind's share among residents}
ACCEPTS_COLUMNS = {"accepts_us_img": "share_us_img", "accepts_non_us_img": "share_non_us_img"}
CODE_COLUMNS = ("id", "state_id", "program_type", "ecfmg_needed_by", "unfilled_year", "field_states", "is_demo", *ACCEPTS_COLUMNS)
# Everything that `program_table` reads, and whether the program is invented.
ENGINE_COLUMNS = (*CODE_COLUMNS, *YES_NO_COLUMNS, *NUMBER_COLUMNS)


def columns_of(rows: Iterable[Sequence[Any]], names: Sequence[str] = ENGINE_COLUMNS) -> dict[str, Sequence[Any]]:
    """Rows of the columns `names`, by column."""
    found = list(rows)
    return dict(zip(names, zip(*found, strict=True) if found else [()] * len(names), strict=True))


def program_table(specialty: str, match_year: int, by_name: Mapping[str, Sequence[Any]], places: Sequence[str]) -> ProgramTable:
    """The engine's table of programs given by ENGINE_COLUMNS (more do no harm); `places` are the codes of all states."""
    columns: dict[str, Any] = {name: tri(by_name[name]) for name in YES_NO_COLUMNS}
    columns |= {name: numbers(by_name[name]) for name in NUMBER_COLUMNS}
    columns |= {name: _accepts(name, by_name) for name in ACCEPTS_COLUMNS}
    return ProgramTable(
        specialty=specialty,
        ids=np.array(by_name["id"], np.int64),
        state=_codes(by_name["state_id"], {code: index for index, code in enumerate(places)}, -1).astype(np.int16),
        program_type=_codes(by_name["program_type"], {name: index for index, name in enumerate(PROGRAM_TYPES)}, -1),
        university=_codes(by_name["program_type"], UNIVERSITY, University.UNKNOWN),
        ecfmg_needed_by=np.array([np.nan if by is None else STAGES[EcfmgBy(by)] for by in by_name["ecfmg_needed_by"]], np.float64),
        # The Match that ends a season is the newest that can be known while the next one runs.
        unfilled_age=np.maximum(match_year - 1 - numbers(by_name["unfilled_year"]), 0),
        strictness=_strictness(by_name["field_states"]),
        **columns,
    )


def _accepts(name: str, by_name: Mapping[str, Sequence[Any]]) -> Tri:
    """Whether it takes one kind of IMG. Where nobody states it, residents of that kind say yes; a dispute stays one."""
    has_some = ((share or 0) > 0 and name not in states for share, states in zip(by_name[ACCEPTS_COLUMNS[name]], by_name["field_states"], strict=True))
    return tri(True if stated is None and some else stated for stated, some in zip(by_name[name], has_some, strict=True))


def _codes(values: Iterable[object], codes: Mapping[Any, int], otherwise: int) -> NDArray[np.int8]:
    return np.array([codes.get(value, otherwise) for value in values], np.int8)


def _strictness(packed: Sequence[PackedStates]) -> dict[str, NDArray[np.int8]]:
    return {name: np.array([_strict(name, states.get(name)) for states in packed], np.int8) for name in REQUIREMENTS}


def _strict(name: str, packed: Sequence[str | bool] | None) -> Strict:
    """How firm the current value of a requirement is; unclear where it is unknown or sources disagree."""
    stored = unpack(packed)
    if stored.state != FactState.KNOWN:
        return Strict.UNCLEAR
    if not stored.strictness:
        return Strict.STRICT if name in FIRM_BY_NATURE else Strict.UNCLEAR
    return STRICT[Strictness(stored.strictness)]
