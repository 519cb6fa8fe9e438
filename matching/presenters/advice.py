"""The one sentence that a list is told first. Pure.

Each adviser below looks at the list's own numbers; the first that has something to say is heard, in the order of what an answer
to it is worth. None promises anything, and each names the page where one can act on it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from matching.engine.balance import Portion
from matching.engine.tiers import Tier
from smartpick.wording import about, in_ten, plural

# Below this many entries a share says nothing yet.
SMALL = 10
# A tier is short when it lacks this part of its target.
SHORT = 1 / 3
# So large a part of the safer programs in two states is a concentration: one hospital group, one board's rule, reaches most of them.
CROWDED = 0.7
STATES_NAMED = 2
# So large a part of a list in doubt is worth an evening of e-mails before paying.
DOUBTFUL = 1 / 4
# A list below half of what is usual in the specialty is short; a match chance from here on needs no more.
SHORT_LIST, ENOUGH = 0.5, 0.8
# Applications at the end of a list that together bring less than this much match chance are told.
LITTLE = 0.01


@dataclass(frozen=True)
class Tail:
    """The least likely applications of a list: how many, what they add to the match chance, and their price in dollars (None: not known)."""

    count: int
    adds: float
    usd: int | None


@dataclass(frozen=True)
class ListFacts:
    """What advice goes by. Counts are of applications, programs on the list that are added or locked in.

    `excluded_usd` is what taking the excluded off saves (None: not known). `safer_states` counts safer programs by state, most first;
    `safer_left` are those that are no entry (None: not known). `no_signals` names specialties that take signals where none is placed,
    `usual` is how many applications are sent in the preferred specialty (0: not known), `match` the chance of a match (None: no estimate).
    """

    applications: int
    portions: Sequence[Portion]
    excluded: int = 0
    excluded_usd: int | None = None
    not_ranked: int = 0
    suggested: int = 0
    doubtful: int = 0
    safer_states: Sequence[tuple[str, int]] = ()
    safer_left: int | None = None
    no_signals: Sequence[str] = ()
    usual: int = 0
    match: float | None = None
    tail: Tail | None = field(default=None)

    def of(self, tier: Tier) -> Portion:
        """One tier and its target."""
        return next(portion for portion in self.portions if portion.tier is tier)

    @property
    def open(self) -> int:
        """Applications that something can come of."""
        return sum(portion.count for portion in self.portions)


@dataclass(frozen=True)
class Advice:
    """A sentence, the words of its link, and where that leads: the name of an address, and a query with its question mark."""

    sentence: str
    action: str
    page: str
    query: str = ""


DOUBTFUL_QUERY = "?facts=doubtful"
LIST, RANKED, BUILD, SIGNALS, WHAT_IF = "matching:list", "matching:ranked", "matching:build", "matching:signals", "matching:what-if"


def advice(facts: ListFacts) -> Advice:
    """The most useful sentence about a list."""
    return next(found for adviser in _ADVISERS if (found := adviser(facts)))


def _empty(facts: ListFacts) -> Advice | None:
    if facts.applications:
        return None
    if facts.suggested:
        return Advice(f"Nothing is on your list yet, and {_wait(facts.suggested)}.", "Look at the suggestions", LIST, "#suggested")
    return Advice("Nothing is on your list yet: let one be built for a number or a budget, then change what you like.", "Build it for me", BUILD)


def _wait(count: int) -> str:
    return "1 suggestion waits for your answer" if count == 1 else f"{count} suggestions wait for your answer"


def _excluded(facts: ListFacts) -> Advice | None:
    if not facts.excluded:
        return None
    who = f"{plural(facts.excluded, 'program')} on your list exclude{'s' if facts.excluded == 1 else ''} you"
    saves = f", and save ${facts.excluded_usd:,}" if facts.excluded_usd else ""
    return Advice(f"{who}: see why, then take {_them(facts.excluded)} off{saves}.", f"Show {_them(facts.excluded)}", LIST, "?tier=excluded")


def _them(count: int) -> str:
    return "it" if count == 1 else "them"


def _not_ranked(facts: ListFacts) -> Advice | None:
    if not facts.not_ranked:
        return None
    who = f"{plural(facts.not_ranked, 'program')} on your list cannot be ranked"
    return Advice(f"{who}, so nothing is counted for {_them(facts.not_ranked)}: see why.", f"Show {_them(facts.not_ranked)}", LIST, "?tier=none")


def _only_reaches(facts: ListFacts) -> Advice | None:
    if facts.open < SMALL or facts.of(Tier.REACH).count < facts.open:
        return None
    every = f"All {facts.open} open programs on your list are reaches"
    return Advice(f"{every}: look for likelier ones before you pay, or see what would change the chances.", "Try what would change them", WHAT_IF)


def _no_signals(facts: ListFacts) -> Advice | None:
    if not facts.no_signals or facts.open < SMALL:  # first the list, then its signals
        return None
    names = " and ".join(facts.no_signals)
    verb = "takes" if len(facts.no_signals) == 1 else "take"
    return Advice(f"{names} {verb} signals, and you have placed none there: few things move a chance more.", "Place signals", SIGNALS)


def _few_safer(facts: ListFacts) -> Advice | None:
    safer = facts.of(Tier.SAFER)
    missing = safer.missing(facts.open)
    if facts.open < SMALL or missing < SHORT * (safer.count + missing) or facts.safer_left == 0:
        return None
    have = f"{safer.count or 'None'} of your {facts.open} open programs {'is' if safer.count < 2 else 'are'} safer"
    more = f"about {missing} more would get there"
    if facts.safer_left is not None and facts.safer_left < missing:
        more = "1 more is to be found" if facts.safer_left == 1 else f"{facts.safer_left} more are to be found"
    return Advice(f"{have}, against {safer.target}% in your target: {more}.", "Look at safer programs", RANKED, "?tier=safer")


def _suggested(facts: ListFacts) -> Advice | None:
    wait = _wait(facts.suggested)
    return Advice(f"{wait[0].upper()}{wait[1:]}.", "Look at the suggestions", LIST, "#suggested") if facts.suggested else None


def _crowded(facts: ListFacts) -> Advice | None:
    total, top = facts.of(Tier.SAFER).count, facts.safer_states[:STATES_NAMED]
    inside = sum(count for _, count in top)
    if total < SMALL or len(facts.safer_states) < 1 or inside < CROWDED * total:
        return None
    where = f"two states ({top[0][0]} and {top[1][0]})" if len(top) == STATES_NAMED else f"one state ({top[0][0]})"
    return Advice(f"{inside} of {total} safer programs are in {where}: widen the region.", "Look at safer programs elsewhere", RANKED, "?tier=safer")


def _in_doubt(facts: ListFacts) -> Advice | None:
    if facts.doubtful < DOUBTFUL * facts.open or not facts.doubtful:
        return None
    where = f"At {facts.doubtful} of {facts.open} open programs something not known could still exclude you"
    return Advice(f"{where}: ask {'them' if facts.doubtful > 1 else 'it'} before you pay.", f"Show {_them(facts.doubtful)}", LIST, DOUBTFUL_QUERY)


def _too_few(facts: ListFacts) -> Advice | None:
    if not facts.usual or facts.match is None or facts.match >= ENOUGH or facts.open >= SHORT_LIST * facts.usual:
        return None
    bring = f"{plural(facts.open, 'open program')} bring{'s' if facts.open == 1 else ''} a match chance of {about(in_ten(facts.match))}"
    return Advice(f"{bring}; about {facts.usual} applications are usual.", "See what more would add", BUILD)


def _long_tail(facts: ListFacts) -> Advice | None:
    tail = facts.tail
    if tail is None or tail.adds >= LITTLE:
        return None
    price = f" and cost ${tail.usd:,}" if tail.usd else ""
    return Advice(
        f"Your {tail.count} least likely programs together add less than 1 in 100 to the match chance{price}.", "Show by chance", LIST, "?sort=chance"
    )


def _fine(facts: ListFacts) -> Advice:
    return Advice("Nothing stands out against this list. See how its chance moves if you change the number or the budget.", "Compare with a built list", BUILD)


_ADVISERS: tuple[Callable[[ListFacts], Advice | None], ...] = (
    _empty,
    _excluded,
    _not_ranked,
    _only_reaches,
    _suggested,
    _no_signals,
    _few_safer,
    _too_few,
    _crowded,
    _in_doubt,
    _long_tail,
    _fine,
)
