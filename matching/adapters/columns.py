"""What programs and applicants share on their way into arrays. Pure."""

from collections.abc import Iterable

import numpy as np

from matching.engine.tables import NO, UNKNOWN, YES, Floats, Stage, Tri
from programs.choices import EcfmgBy, ProgramType

PROGRAM_TYPES = tuple(ProgramType.values)
STAGES = {EcfmgBy.APPLICATION: Stage.APPLICATION, EcfmgBy.INTERVIEW: Stage.INTERVIEW, EcfmgBy.RANKING: Stage.RANKING, EcfmgBy.START: Stage.START}


def tri(values: Iterable[object]) -> Tri:
    """Yes, no and None as the engine's codes."""
    return np.array([UNKNOWN if value is None else (YES if value else NO) for value in values], np.int8)


def numbers(values: Iterable[object]) -> Floats:
    """Numbers with NaN for None."""
    return np.array([np.nan if value is None else value for value in values], np.float64)
