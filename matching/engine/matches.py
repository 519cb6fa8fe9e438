"""From interviews to a match."""

from dataclasses import dataclass

import numpy as np

from matching.engine.tables import Floats


@dataclass(frozen=True)
class MatchCurve:
    """P(match | k interviews) = 1 / (1 + exp(-level) x k^-slope); 0 at k = 0, and never falls with k.

    Read off the published rank lists of matched and not matched applicants (calibration/fit.py).
    """

    level: float
    slope: float

    def at(self, interviews: Floats) -> Floats:
        """The chance of a match at each count of interviews (any shape)."""
        count = np.maximum(interviews, 1.0)
        chance: Floats = np.where(interviews > 0, 1.0 / (1.0 + np.exp(-self.level) * count**-self.slope), 0.0)
        return chance
