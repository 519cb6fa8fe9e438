"""What the tracks of a program say about it as a whole. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from programs.choices import TrackType

# Single years jump: a program of four positions goes from 0 to a quarter unfilled by one person.
YEARS_FOR_UNFILLED_SHARE = 3


@dataclass(frozen=True, slots=True)
class Offer:
    """A track in one Match. `year`, `quota` and `matched` are None for a track of which no year is known."""

    track_type: str
    year: int | None = None
    quota: int | None = None
    matched: int | None = None


def track_types(offers: Sequence[Offer]) -> str:
    """Sorted type letters of the tracks with positions in the newest year known, such as "CP".

    Where no year has positions on record, the letters of all tracks; "" where there is no track.
    """
    offered = [(offer.year, offer.track_type) for offer in offers if offer.year is not None and offer.quota]
    newest = max((year for year, _ in offered), default=None)
    letters = {letter for year, letter in offered if year == newest} or {offer.track_type for offer in offers}
    return "".join(sorted(letters))


@dataclass(frozen=True, slots=True)
class Unfilled:
    """Positions left unmatched: `share` (0 to 1) of `quota` positions, up to the Match of `year`. All None: not known."""

    share: float | None = None
    quota: int | None = None
    year: int | None = None


def unfilled(offers: Sequence[Offer]) -> Unfilled:
    """Positions left unmatched over the newest three years with known results.

    R tracks are left out: applicants without prior U.S. training cannot fill them.
    """
    known = [
        (offer.year, offer.quota, offer.matched)
        for offer in offers
        if offer.track_type != TrackType.RESERVED and offer.year is not None and offer.quota and offer.matched is not None
    ]
    years = sorted({year for year, _, _ in known})[-YEARS_FOR_UNFILLED_SHARE:]
    counted = [(quota, matched) for year, quota, matched in known if year in years]
    quota = sum(offered for offered, _ in counted)
    return Unfilled(sum(offered - matched for offered, matched in counted) / quota, quota, years[-1]) if quota else Unfilled()
