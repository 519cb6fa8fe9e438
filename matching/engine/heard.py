"""What has been heard since applying says something about what is left.

An invitation speaks for a strong application, a decline against it, and so does silence once most invitations are out. The
strength is one for the whole list, so whatever one program says moves the chances at all others: Bayes over the strengths.

    P(strength | heard) ~ share x product over invited p x product over declined (1 - p) x product over silent (1 - out x p)
    P(invited later | silent, strength) = p (1 - out) / (1 - out x p)

`out` is the share of the season's invitations that is out by now. No source says by date how many are, so it is the reader's
to say; where it is not known silence says nothing, and every silent program is as open as on the first day.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.engine.matches import MatchCurve
from matching.engine.portfolio import Entries, Outlook, outlook, outlook_given
from matching.engine.strength import given_strength, strengths
from matching.engine.tables import NO, YES, Floats, Tri


@dataclass(frozen=True)
class Heard:
    """The entries of one specialty with what each has said.

    `chances` (entries,) as on the first day, 0 to 1; `news` (entries,) is YES where invited, NO where declined, UNKNOWN where silent
    or waitlisted. `spread` and `match` as in `portfolio.Entries`.
    """

    chances: Floats
    news: Tri
    spread: float
    match: MatchCurve


@dataclass(frozen=True)
class Since:
    """What a list brings now. `outlook` counts invitations in hand and those to come; `first` is the outlook on the first day.

    `invited` are in hand, `rest` is how many are still expected, `by_now` how many were to be expected by now (None where `out` is not known).
    `later` holds for each group the chance of an invitation still to come, (entries,): 0 where invited or declined. `strength` is the
    mean strength after all that, in standard deviations: 0 before anything is heard.
    """

    outlook: Outlook
    first: Outlook
    invited: int
    rest: float
    by_now: float | None
    later: tuple[Floats, ...]
    strength: float


def since(groups: Sequence[Heard], *, out: float | None) -> Since:
    """What a list brings after what has been heard; the preferred specialty first. `out`: the share of the season's invitations out by now, 0 to 1.

    Raises ValueError for any other share.
    """
    if out is not None and not 0 <= out <= 1:
        raise ValueError(f"The share of invitations that is out lies between 0 and 1, so it cannot be {out}.")
    by_now = out or 0.0
    given = [given_strength(group.chances, group.spread) for group in groups]
    posterior = _posterior(groups, given, by_now)
    later = [_later(chances, group.news, by_now) for group, chances in zip(groups, given, strict=True)]
    in_hand = [group.news == YES for group in groups]
    now = outlook_given([(chances + has[:, None], group.match) for group, chances, has in zip(groups, later, in_hand, strict=True)], posterior)
    first = outlook([Entries(group.chances, group.spread, group.match) for group in groups])
    z, _ = strengths()
    still = tuple(chances @ posterior for chances in later)
    rest, invited = float(sum(part.sum() for part in still)), int(sum(has.sum() for has in in_hand))
    return Since(now, first, invited, rest, None if out is None else out * first.expected, still, float(posterior @ z))


def _posterior(groups: Sequence[Heard], given: Sequence[Floats], out: float) -> Floats:
    """The share of each strength after what has been heard, (strengths,). Programs that were certain either way tell nothing."""
    _, share = strengths()
    log = np.log(share)
    for group, chances in zip(groups, given, strict=True):
        open_ = (group.chances > 0) & (group.chances < 1)
        p, news = chances[open_], group.news[open_][:, None]
        log = log + np.log(np.where(news == YES, p, np.where(news == NO, 1 - p, 1 - out * p))).sum(axis=0)
    likely = np.exp(log - log.max())
    result: Floats = likely / likely.sum()
    return result


def _later(chances: Floats, news: Tri, out: float) -> Floats:
    """The chance at each strength of an invitation still to come, (entries, strengths)."""
    silent, to_come = 1 - out * chances, (1 - out) * chances
    later = np.divide(to_come, silent, out=np.zeros_like(chances), where=silent > 0)
    result: Floats = np.where(((news == YES) | (news == NO))[:, None], 0.0, later)
    return result
