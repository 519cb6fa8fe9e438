"""What no form records: the strength that an applicant carries to every program.

Rank lists of applicants with the same scores differ far more in length than coin flips would, so
applicants differ in something that is not on paper. It is a standard normal z, the same for all
programs of an applicant, and moves every log-odds by spread x z. A stated chance has z averaged
out; here it is taken apart again.
"""

from functools import cache

import numpy as np

from matching.engine.tables import Floats

# 21 equal steps over 4 standard deviations either way. Against thousands of steps match chances are off by
# less than 1e-4, and the chance of a single count of interviews by less than 1e-3 for spreads up to 1.2.
NODES = 21
REACH = 4.0
STEPS = 8  # of Newton's method: the function is nearly straight in log-odds, 5 reach 1e-12


@cache
def strengths() -> tuple[Floats, Floats]:
    """(z, share): values of the strength and the share of applicants at each, mean 0 and variance 1."""
    z = np.linspace(-REACH, REACH, NODES)
    share = np.exp(-(z**2) / 2)
    share /= share.sum()
    z /= np.sqrt(share @ z**2)
    z.flags.writeable = share.flags.writeable = False
    return z, share


def given_strength(chance: Floats, spread: float) -> Floats:
    """The chance at each strength: shape (..., NODES) for chances of any shape, each 0 to 1.

    logit = c + spread x z with the one c for which the average over z is `chance` again; 0 stays 0.
    """
    z, share = strengths()
    possible = (chance > 0) & (chance < 1)
    wanted = np.where(possible, chance, 0.5)
    goal = np.log(wanted) - np.log1p(-wanted)
    c = goal.copy()
    for _ in range(STEPS):
        at_node = _logistic(c[..., None] + spread * z)
        mean = at_node @ share
        slope = (at_node * (1 - at_node)) @ share / (mean * (1 - mean))
        c -= (np.log(mean) - np.log1p(-mean) - goal) / slope
    return np.where(possible[..., None], _logistic(c[..., None] + spread * z), chance[..., None])


def _logistic(x: Floats) -> Floats:
    result: Floats = 1.0 / (1.0 + np.exp(-x))
    return result
