"""Tiers: bands on the chance, as published in `tiers.csv`."""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from matching.engine.evidence import tier_bands
from matching.engine.tables import Bools, Floats


class Tier(IntEnum):
    """Codes in the order in which lists show them: the likeliest first, excluded last."""

    SAFER = 0
    MIDDLE = 1
    REACH = 2
    EXCLUDED = 3

    @property
    def word(self) -> str:
        """As pages and files name it."""
        return self.name.lower()


def tiers(chance: Floats, excluded: Bools) -> NDArray[np.int8]:
    """The tier of each chance (any shape): the best band whose lower bound it reaches."""
    code = np.full(chance.shape, Tier.REACH, np.int8)
    for word, least in reversed(tier_bands()):
        code[chance >= least] = Tier[word.upper()]
    code[excluded] = Tier.EXCLUDED
    return code
