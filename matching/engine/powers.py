"""The match curve as a sum of powers, so that a list's match chance is a sum of products over its entries.

With P(match | k interviews) = sum over j of a_j x_j^k, and entries independent given the strength,

    E[P(match | interviews)] = sum over j of a_j x product over entries of (1 - q (1 - x_j))

where q is an entry's chance given the strength. To add an entry multiplies, to take one off divides: what any
change of a list is worth costs as little as one entry. Good for searching; what is found is counted exactly after.
"""

from functools import lru_cache

import numpy as np

from matching.engine.matches import MatchCurve
from matching.engine.tables import Floats

# Bases 0 and 1, and exp(-t) for t from a third of 1 / most to 6 in even ratios: the curve falls off like a power of k, and
# such sums follow it on every scale. 32 terms are off by less than 1e-9 up to 300 interviews and 1e-7 up to 1,500, for every curve tried.
POWERS = 32
SHORTEST, LONGEST = 6.0, 3.0
CUT = 1e-13  # singular values below this share are left out, or the weights grow past what rounding bears
KEPT = 256  # specialties times a few lengths


def powers(match: MatchCurve, most: int) -> tuple[Floats, Floats]:
    """(bases, weights), each (POWERS,), of the curve from 0 to at least `most` interviews."""
    return _fitted(match, max(16, 1 << (max(most, 1) - 1).bit_length()))


@lru_cache(maxsize=KEPT)
def _fitted(match: MatchCurve, most: int) -> tuple[Floats, Floats]:
    counts = np.arange(most + 1, dtype=np.float64)
    bases: Floats = np.concatenate(([0.0, 1.0], np.exp(-np.geomspace(1 / (LONGEST * most), SHORTEST, POWERS - 2))))
    weights: Floats = np.asarray(np.linalg.lstsq(bases[None, :] ** counts[:, None], match.at(counts), rcond=CUT)[0], np.float64)
    bases.flags.writeable = weights.flags.writeable = False
    return bases, weights
