"""Why a program is in a proposed list, or goes from it, in few words. Pure apart from the rows it is given."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from matching.choices import Connection, Signal, Standing, Where
from matching.engine import Explanation, criteria_in
from matching.presenters.rows import WORTH_SAYING
from matching.presenters.words import ABOUT_YOU
from matching.services.build import Pick, Proposal
from matching.services.pools import EXCLUDED, LEAST, NOT_RANKED, OUTSIDE, UNSURE, Wish
from matching.services.wording import CRITERIA
from matching.services.workspace import Line
from smartpick.wording import one_in

MOST_REASONS = 3
IN_FAVOR: Mapping[str, str] = MappingProxyType(
    {
        "openness": "high IMG share",
        "competition": "interviews many of those who apply",
        "unfilled": "left positions unfilled",
        "step2": "your score is above its middle",
        "research": "your publications",
        "mission": "your volunteering fits its mission",
        "place": "a state you prefer",
    }
)
NOTHING_APART = "likelier than what is left out"
READ_MATCHES = "Read “1 match in 100” like this: of 100 applicants like you with such a list, one more matches."
CONNECTIONS: Mapping[str, str] = MappingProxyType(
    {Connection.WEAK: "a weak connection of yours", Connection.MODERATE: "your connection there", Connection.STRONG: "your strong connection there"}
)


def matches_in(gain: float) -> str:
    """A gain of match chance as people count: 0.005 is "1 match in 200"."""
    words = one_in(gain)
    return words.replace("1 in ", "1 match in ") if "1 in " in words else words.replace(" in ", " matches in ")


def reasons_in(pick: Pick, wish: Wish) -> tuple[str, ...]:
    """Why a program is in the proposal: why it stays, what the applicant knows of it, then what raises its chance most."""
    found = [*_held(pick, wish), *_known_to_you(pick, wish), *_raised_by(pick.why)]
    return tuple(found[:MOST_REASONS]) or (NOTHING_APART,)


def _held(pick: Pick, wish: Wish) -> Iterable[str]:
    if pick.stays and pick.line:
        yield why_it_stays(pick.line, wish)


def why_it_stays(line: Line, wish: Wish, *, weighed: bool = True) -> str:
    """Why an entry is held; `weighed`: whether lists of its specialty can be judged."""
    if line.standing == Standing.LOCKED:
        return "locked in by you"
    if wish.specialties and line.specialty not in wish.specialties:
        return "its specialty is left as it is"
    if not weighed:
        return "its specialty cannot be judged"
    return "stays as you asked" if wish.keep else "already under way"


def _known_to_you(pick: Pick, wish: Wish) -> Iterable[str]:
    if pick.line and pick.line.connection in CONNECTIONS:
        yield CONNECTIONS[pick.line.connection]
    if pick.line and pick.line.signal:
        yield f"your {Signal(pick.line.signal).label}"
    if wish.where == Where.PREFER and pick.state in wish.states:
        yield "in a place you chose"


def _raised_by(why: Explanation) -> Iterable[str]:
    """What is about this program and raises the chance there, the strongest first."""
    ours = [part for part in why.contributions if part.mid >= WORTH_SAYING and part.name in IN_FAVOR and part.name not in ABOUT_YOU]
    return (IN_FAVOR[part.name] for part in sorted(ours, key=lambda part: -part.mid))


def reason_in(pick: Pick, wish: Wish) -> str:
    """The reasons in one line, as an entry keeps it: "adds 1 match in 200: high IMG share, a state you prefer"."""
    adds = f"adds {matches_in(pick.adds)}: " if pick.adds is not None else ""
    return f"{adds}{', '.join(reasons_in(pick, wish))}"


def reason_out(line: Line, reason: str, proposal: Proposal) -> str:
    """Why an application of the present list is not in the proposal."""
    if reason == LEAST:
        return _least(line, proposal)
    if reason == EXCLUDED:
        groups = [CRITERIA[criterion].group for criterion in criteria_in(proposal.excluded_by(line))]
        return f"excluded: {'; '.join(groups)}"
    return {NOT_RANKED: _not_ranked(line), OUTSIDE: "outside the places you chose", UNSURE: "something not known there could still exclude you"}[reason]


def _not_ranked(line: Line) -> str:
    if line.is_withdrawn:
        return "no source names it any more"
    return "closed" if line.closed_on else "not ranked: one-year or reserved positions only, or invented beside real ones"


def _least(line: Line, proposal: Proposal) -> str:
    """What it would add, beside the fee that it would take on top."""
    wish = proposal.wish
    if wish.where == Where.PREFER and line.state not in wish.states:
        return "others add more, and it is outside the places you chose"
    gain, usd = proposal.missed.get(line.key, 0.0), proposal.next_fee(line.specialty)
    fee = "" if usd is None else f" for ${usd:,}"
    return f"adds least for its fee: {matches_in(gain)}{fee}"
