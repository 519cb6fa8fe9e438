"""How figures and abbreviations are put into words. Pure.

A chance is spoken as "about 1 in 12", never "8.3%": the evidence does not hold more than that.
"""

from bisect import bisect_right
from collections.abc import Mapping
from itertools import pairwise
from math import isfinite, sqrt
from types import MappingProxyType

NOT_KNOWN = "not known"
# An address that has one of these (but the specialty) brings its own answers.
ANSWER_KEYS = ("type", "ck", "ck_none", "fails", "visa")

# The only odds ever spoken, rarest first. Whole "1 in N" steps while a reader can tell them apart,
# wider steps after that; 1 in 10 and 1 in 33 are there because the default tiers part at them.
SPOKEN_ODDS: tuple[tuple[int, int], ...] = (
    *((1, n) for n in (1000, 700, 500, 400, 300, 250, 200, 150, 120, 100, 80, 70, 60, 50, 45, 40, 36, 33, 30, 28, 25, 22)),
    *((1, n) for n in range(20, 2, -1)),
    (2, 5),
    (1, 2),
    (3, 5),
    (2, 3),
    (3, 4),
    (4, 5),
    (9, 10),
)
_VALUES = tuple(hits / of for hits, of in SPOKEN_ODDS)
# Where the default tiers part: what is said of a chance must not contradict its tier.
TIER_EDGES = (0.03, 0.1)


def _border(low: float, high: float) -> float:
    """Odds are told apart by ratio, so neighbors part at their geometric mean, or at a tier's edge between them."""
    return next((edge for edge in TIER_EDGES if low < edge <= high), sqrt(low * high))


_BORDERS = tuple(_border(low, high) for low, high in pairwise(_VALUES))
# Outside the table there are no odds to name, only a side: half a step beyond either end.
RAREST = 1 / 1000
MOST = 0.95


def one_in(chance: float) -> str:
    """`chance` (0 to 1) as the nearest spoken odds: 0.083 is "1 in 12". Raises ValueError outside 0 to 1."""
    if not (isfinite(chance) and 0 <= chance <= 1):
        raise ValueError(f"A chance lies between 0 and 1, not {chance!r}.")
    if chance < RAREST:
        return "less than 1 in 1,000"
    if chance > MOST:
        return "more than 9 in 10"
    hits, of = SPOKEN_ODDS[bisect_right(_BORDERS, chance)]
    return f"{hits} in {of:,}"


def about_one_in(chance: float | None) -> str:
    """As `one_in`, with "about" where odds are named; None is "not known"."""
    if chance is None:
        return NOT_KNOWN
    return about(one_in(chance))


def about(words: str) -> str:
    """Odds with "about" before them, where they do not say themselves how far they go."""
    return words if words.startswith(("less", "more")) else f"about {words}"


def odds_range(low: float, high: float) -> str:
    """A range of chances: "1 in 12 to 1 in 5", "up to 1 in 33", or the one wording both ends share."""
    first, last = one_in(low), one_in(high)
    if first == last:
        return first
    return f"up to {last}" if low < RAREST else f"{first} to {last}"


# From here on a chance of a whole list is told in tenths, so that lists can be compared: "6 in 10" beside "7 in 10".
# Below, tenths are too coarse: "1 in 4" and "1 in 6" would both be "2 in 10".
IN_TEN = 0.35
TEN = 10


def in_ten(chance: float) -> str:
    """A chance of a whole list: "6 in 10"; as `one_in` where it is small or nearly sure. Raises ValueError outside 0 to 1."""
    tenths = round(chance * TEN) if isfinite(chance) else 0
    return f"{tenths} in 10" if IN_TEN <= chance <= 1 and tenths < TEN else one_in(chance)


def in_ten_range(low: float, high: float) -> str:
    """A range of such chances: "4 to 7 in 10", "1 in 12 to 3 in 10", or the one wording both ends share."""
    first, last = in_ten(low), in_ten(high)
    if first == last:
        return first
    both_in_tenths = min(low, high) >= IN_TEN and last.endswith(" in 10") and not last.startswith("more")
    if both_in_tenths:
        return f"{first.removesuffix(' in 10')} to {last}"
    return f"up to {last}" if low < RAREST else f"{first} to {last}"


def about_count(expected: float) -> str:
    """An expected count, as exactly as it is known: "about 4", below 1 "about 0.4", nearly none "less than 0.1"."""
    if expected < LEAST_COUNT:
        return f"less than {LEAST_COUNT}" if expected else "none"
    return f"about {expected:.1f}" if expected < 1 and f"{expected:.1f}" != "1.0" else f"about {expected:.0f}"


LEAST_COUNT = 0.1


def percent(share: float | None) -> str:
    """A share (0 to 1) in whole percent. A few is never told as none, nor nearly all as all."""
    if share is None:
        return NOT_KNOWN
    whole = round(share * 100)
    if whole == 0 and share > 0:
        return "less than 1%"
    if whole == 100 and share < 1:
        return "more than 99%"
    return f"{whole}%"


def plural(count: float, one: str) -> str:
    """A count with its noun: "1 letter", "2.5 months"."""
    return f"{count:g} {one}{'' if count == 1 else 's'}"


ABBREVIATIONS: Mapping[str, str] = MappingProxyType(
    {
        "AAMC": "Association of American Medical Colleges",
        "ACGME": "Accreditation Council for Graduate Medical Education",
        "CK": "Clinical Knowledge",
        "DO": "doctor of osteopathic medicine",
        "ECFMG": "Educational Commission for Foreign Medical Graduates",
        "ERAS": "Electronic Residency Application Service",
        "H-1B": "a work visa the program's employer applies for",
        "IMG": "international medical graduate",
        "J-1": "an exchange visitor visa sponsored by ECFMG",
        "LoR": "letter of recommendation",
        "MD": "doctor of medicine",
        "NRMP": "National Resident Matching Program",
        "OET": "Occupational English Test",
        "SOAP": "Supplemental Offer and Acceptance Program",
        "USCE": "U.S. clinical experience",
        "USMLE": "United States Medical Licensing Examination",
        "YOG": "year of graduation",
    }
)
