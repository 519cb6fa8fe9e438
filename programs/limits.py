"""How much people may write about a field, and how often. Pure."""

from dataclasses import dataclass
from datetime import timedelta

from programs.choices import SourceRank

# Characters, as the models keep them.
LONGEST_URL = LONGEST_QUOTE = 300
LONGEST_NOTE = LONGEST_REASON = 500
# Begins what a withdrawn statement says of itself; the reason takes what is left of `Fact.withdrawn_why`.
NOT_CHOSEN = "Another statement was chosen: "
LONGEST_WITHDRAWN_WHY = 200
LONGEST_CHOICE_REASON = LONGEST_WITHDRAWN_WHY - len(NOT_CHOSEN)

# Whose word an accepted correction can count as.
CORRECTION_RANKS = (SourceRank.PROGRAM, SourceRank.COMMUNITY)


@dataclass(frozen=True)
class Rate:
    """At most `count` suggestions from one sender within `span`, which people know as `told`."""

    count: int
    span: timedelta
    told: str


# A person who knows a program well may correct all its fields over a day or two; a script gets nowhere.
RATES = (Rate(5, timedelta(hours=1), "an hour"), Rate(20, timedelta(days=1), "a day"))
# More than one person can look through in a few evenings.
MOST_OPEN = 200
# Tokens that one browser session remembers, newest last.
MOST_REMEMBERED = 50
