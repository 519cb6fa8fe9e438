"""Which rows of a ranking a reader wants to see: read from the address, applied to arrays."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from django.http import QueryDict

from matching.adapters import PROGRAM_TYPES
from matching.engine import UNSAID_WEIGHTS, Criterion, Tier
from matching.engine.tables import UNKNOWN, YES, Bools, Floats, Index, ProgramTable, Visa
from matching.presenters.words import ASKED_BY_NONE
from matching.services.ranking import Ranking
from matching.services.wording import CRITERIA

# Shares of IMGs among residents, both kinds together. Public tools cut at 40-50 % and at 10 %.
IMG_BANDS: tuple[tuple[str, str, float, float], ...] = (
    ("most", "half or more", 0.5, 1.01),
    ("some", "10 to 50%", 0.1, 0.5),
    ("few", "under 10%", 0.0, 0.1),
)
SPONSORS = (("j1", "J-1"), ("h1b", "H-1B"), ("unknown", "not known"))
SHOWN_TIERS = tuple(tier.word for tier in Tier if tier is not Tier.EXCLUDED)
LONGEST_SEARCH = 80
CRITERION_NAMES = {criterion.name.lower(): criterion for criterion in Criterion}
SORTS = (("chance", "Tier and chance"), ("img", "IMG share"), ("name", "Name"), ("state", "State"))


@dataclass(frozen=True)
class ListFilter:
    """Empty means no wish. Several values of one kind are alternatives, kinds add up."""

    tiers: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    sponsors: frozenset[str] = frozenset()
    img: frozenset[str] = frozenset()
    text: str = ""
    excluded_by: Criterion | None = None
    # What the address asked for that is no choice; pages say so instead of failing.
    ignored: tuple[str, ...] = field(default=())

    @property
    def active(self) -> bool:
        """Whether anything narrows the list."""
        return bool(self.tiers or self.states or self.types or self.sponsors or self.img or self.text or self.excluded_by is not None)


def parse_filter(query: QueryDict, states: Iterable[str]) -> ListFilter:
    """The filter in an address. What it does not know it leaves out and reports; `states` are the known codes."""
    ignored: list[str] = []

    def choices(key: str, known: Iterable[str]) -> frozenset[str]:
        asked = [value for value in query.getlist(key) if value]
        ignored.extend(f"{key}={value[:LONGEST_SEARCH]}" for value in asked if value not in known)
        return frozenset(value for value in asked if value in known)

    choices("sort", dict(SORTS))
    # One reason at a time: the last one named, like any other single value of an address.
    excluded_by = query.get("excluded_by", "") if choices("excluded_by", CRITERION_NAMES) else ""
    return ListFilter(
        tiers=choices("tier", SHOWN_TIERS),
        states=choices("state", states),
        types=choices("ptype", PROGRAM_TYPES),
        sponsors=choices("sponsors", dict(SPONSORS)),
        img=choices("img", [*(band[0] for band in IMG_BANDS), "unknown"]),
        text=query.get("q", "").strip()[:LONGEST_SEARCH],
        excluded_by=CRITERION_NAMES.get(excluded_by),
        ignored=tuple(ignored),
    )


def select(ranking: Ranking, wanted: ListFilter) -> Index:
    """Positions of the programs to show, in the ranking's order. Excluded ones only when asked for by reason."""
    scores, table = ranking.scores, ranking.programs.table
    excluded = scores.tier[0] == Tier.EXCLUDED
    keep = ~excluded if wanted.excluded_by is None else (scores.excluded[0] & wanted.excluded_by.bit) != 0
    if wanted.tiers:
        keep &= np.isin(scores.tier[0], [Tier[word.upper()] for word in wanted.tiers])
    if wanted.states:
        keep &= np.isin(ranking.programs.states, list(wanted.states))
    if wanted.types:
        keep &= np.isin(table.program_type, [PROGRAM_TYPES.index(name) for name in wanted.types])
    if wanted.sponsors:
        keep &= _sponsoring(table, wanted.sponsors, Visa(int(ranking.applicant.visa[0])))
    if wanted.img:
        keep &= _img_share_in(table, wanted.img)
    if wanted.text:
        keep &= _named(ranking, wanted.text)
    shown: Index = ranking.order[keep[ranking.order]]
    return shown


def arrange(ranking: Ranking, positions: Index, sort: str) -> Index:
    """`positions` in another order: a key of SORTS. Stable, so ties stay in the ranking's order."""
    if sort == "img":
        share = np.nan_to_num(img_share(ranking.programs.table), nan=-1.0)
        return positions[np.argsort(-share[positions], kind="stable")]
    if sort == "name":
        return np.sort(positions)  # the programs are read in name order
    if sort == "state":
        return positions[np.argsort(np.array(ranking.programs.states)[positions], kind="stable")]
    return positions


def img_share(table: ProgramTable) -> Floats:
    """IMGs of both kinds among residents: the two shares added, else the pooled one, else NaN."""
    split = table.share_non_us_img + table.share_us_img
    return np.where(np.isnan(split), table.share_img, split)


def _img_share_in(table: ProgramTable, bands: frozenset[str]) -> Bools:
    share = img_share(table)
    keep: Bools = np.isnan(share) if "unknown" in bands else np.zeros(len(table), np.bool_)
    for name, _, low, high in IMG_BANDS:
        if name in bands:
            keep |= (share >= low) & (share < high)
    return keep


def _sponsoring(table: ProgramTable, sponsors: frozenset[str], need: Visa) -> Bools:
    """Unknown means: not known for a visa that this applicant could use."""
    j1_open, h1b_open = table.visa_j1 == UNKNOWN, table.visa_h1b == UNKNOWN
    open_for = {Visa.J1: j1_open, Visa.H1B: h1b_open}
    known = {"j1": table.visa_j1 == YES, "h1b": table.visa_h1b == YES, "unknown": open_for.get(need, j1_open | h1b_open)}
    keep: Bools = np.any([known[name] for name in sponsors], axis=0)
    return keep


def _named(ranking: Ranking, text: str) -> Bools:
    """Every word of `text` occurs in the name or the city."""
    words = text.casefold().split()
    places = (f"{name} {city}".casefold() for name, city in zip(ranking.programs.names, ranking.programs.cities, strict=True))
    return np.fromiter((all(word in place for word in words) for place in places), np.bool_, len(ranking.programs.names))


def states_on(ranking: Ranking) -> dict[str, int]:
    """{USPS code: open programs} of the ranking, by code."""
    shown = ranking.scores.tier[0] != Tier.EXCLUDED
    counts = Counter(state for state, keep in zip(ranking.programs.states, shown, strict=True) if keep and state)
    return dict(sorted(counts.items()))


def exclusion_counts(ranking: Ranking) -> dict[Criterion, int]:
    """{criterion: programs it excludes}, most first; a program may count under several."""
    masks = ranking.scores.excluded[0]
    counts = {criterion: int(np.count_nonzero(masks & criterion.bit)) for criterion in Criterion}
    return {criterion: counts[criterion] for criterion in sorted(Criterion, key=lambda one: -counts[one]) if counts[criterion]}


def unanswered(ranking: Ranking) -> dict[str, int]:
    """{what the profile does not say: open programs that ask for it}, by how much it may cost, most first."""
    masks = ranking.scores.unsaid[0][ranking.scores.tier[0] != Tier.EXCLUDED]
    bits: Counter[str] = Counter()
    cost: dict[str, float] = defaultdict(float)
    for criterion, weight in UNSAID_WEIGHTS.items():
        if criterion in ASKED_BY_NONE:
            continue
        answer = CRITERIA[criterion].answer
        bits[answer] |= criterion.bit
        cost[answer] += np.count_nonzero(masks & criterion.bit) * ranking.programs.model.weights.number(weight)
    counts = {answer: int(np.count_nonzero(masks & np.uint32(mask))) for answer, mask in bits.items()}
    return {answer: counts[answer] for answer in sorted(cost, key=lambda answer: -cost[answer]) if counts[answer]}


def tier_counts(ranking: Ranking) -> dict[Tier, int]:
    """{tier: programs}, every tier present."""
    counts = np.bincount(ranking.scores.tier[0], minlength=len(Tier))
    return {tier: int(counts[tier]) for tier in Tier}
