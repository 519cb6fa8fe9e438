"""What a change comes to: counts and totals on both sides, and all of it in a sentence. Pure apart from what an answer reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeGuard

from matching.engine import Criterion, OutlookRange, Tier
from matching.presenters.outlook import MIDDLE, counts_in_words
from matching.services.what_if import AFTER, BEFORE, Both, WhatIf
from matching.services.wording import CRITERIA
from smartpick.wording import about, about_count, in_ten, in_ten_range, plural

SHOWN_TIERS = (Tier.SAFER, Tier.MIDDLE, Tier.REACH)
NONE_OPEN = "nothing open"
INTERVIEWS, MATCH = "Interviews on average", "Chance of a match"
SHORT: Mapping[str, str] = {INTERVIEWS: "Interviews", MATCH: "Match"}  # in the line that stays in sight
REASONS_SHOWN = 3
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class Total:
    """One line of the table of totals; `tier` is "" where it is none. `change` says which way it went, in words; estimates have their ranges."""

    label: str
    tier: str
    before: str
    after: str
    change: str
    before_range: str = ""
    after_range: str = ""

    @property
    def said(self) -> str:
        """Where it is, and where it would be: which way at least, where both are the same in words."""
        then = "" if not self.change else f", then {self.after if self.after != self.before else self.change}"
        return f"{SHORT[self.label]}: {self.before}{then}."


@dataclass(frozen=True)
class Totals:
    """The lines about one set of programs."""

    title: str
    lines: tuple[Total, ...]


class WhatIfTotals:
    """Every total of an answer. `names` of specialties by code."""

    def __init__(self, answer: WhatIf, names: Mapping[str, str]) -> None:
        self.answer, self.specialty, self.own_specialty = answer, names[answer.specialty], names[answer.base_specialty]

    @cached_property
    def tables(self) -> list[Totals]:
        """The list where there is one, the specialty, and what applying brings."""
        before, after = self.answer.own, self.answer.ranked
        title = f"{self.specialty}: every program" if self.specialty == self.own_specialty else f"{self.own_specialty}, then {self.specialty}"
        ranked = (*_tiers(before.counts(BEFORE), after.counts(AFTER)), _count("Not excluded, in all", before.open(BEFORE), after.open(AFTER)))
        if not self.answer.listed:
            return [Totals(title, (*ranked, *self.outlook))]
        size = len(self.answer.listed.applications)
        counts = [self.answer.list_counts(side) for side in (BEFORE, AFTER)]
        return [Totals(f"Your list: {plural(size, 'application')}", (*_tiers(*counts), *self.outlook)), Totals(title, ranked)]

    @cached_property
    def outlook(self) -> tuple[Total, ...]:
        """Interviews and the match; nothing where neither side has any."""
        sides = [self.answer.outlook(side) for side in (BEFORE, AFTER)]
        if sides == [None, None]:
            return ()
        expected, match = [[getattr(one.middle, name) if one else 0.0 for one in sides] for name in ("expected", "match")]
        return (
            _estimate(INTERVIEWS, [interviews_in_words(one) for one in sides], expected, ("more", "fewer")),
            _estimate(MATCH, [match_in_words(one) for one in sides], match, ("better", "lower")),
        )

    @property
    def outlook_of(self) -> str:
        """What interviews and the match are estimated for; "" where they are not."""
        if not self.outlook:
            return ""
        before, after = self.answer.sizes
        if self.answer.listed:
            return "applying to your whole list"
        if before == after:
            return f"applying to {_likeliest(before)}"
        return f"applying to {_likeliest(before)}, then to {_likeliest(after)}"

    @property
    def as_they_are(self) -> str:
        """The numbers before anything is moved."""
        listed, programs = self.answer.listed, f"{self.own_specialty}: {self.answer.own.open(BEFORE):,} open."
        whose = f"Your list: {plural(len(listed.applications), 'application')}." if listed else programs
        return " ".join([whose, *(line.said for line in self.outlook)])

    @property
    def said(self) -> str:
        """What the change does, for whoever hears it: to the list where there is one, and to the specialty."""
        outlook = [line.said for line in self.outlook if line.change]
        ranked = f"{self.specialty}: {what_happens([self.answer.ranked])}."
        if self.specialty != self.own_specialty:
            ranked = f"{self.own_specialty}: {self.answer.own.open(BEFORE):,} open. {self.specialty}: {self.answer.ranked.open(AFTER):,} open."
        if not self.answer.listed:
            return " ".join([ranked, *outlook])
        return " ".join([f"Your list: {what_happens([both for _, both in self.answer.parts])}.", *outlook, ranked])


def _likeliest(count: int) -> str:
    return f"the {plural(count, 'likeliest program')}" if count else "none, as nothing is open"


def what_happens(sets: Sequence[Both]) -> str:
    """Programs that open, close, rise or fall; where no tier changes, how chances move."""
    opens, closes = (sum(len(found) for found in some) for some in ([both.opens for both in sets], [both.closes for both in sets]))
    rise = sum(both.up for both in sets)
    fall = sum(len(both.moves) for both in sets) - rise
    counts = [(opens, "opens", "open"), (closes, "closes", "close"), (rise, "rises in tier", "rise in tier"), (fall, "falls in tier", "fall in tier")]
    words = [f"{count:,} {one if count == 1 else many}" for count, one, many in counts if count]
    return ", ".join(words) or "; ".join(part for part in ("no tier changes", chances_move(sets)) if part)


def chances_move(sets: Sequence[Both]) -> str:
    """At how many programs that stay open the chance moves, and which way; "" where at none."""
    rising, falling, unsettled = (sum(getattr(both, name) for both in sets) for name in ("rising", "falling", "unsettled"))
    ways = [f"{way} at {count:,}" for way, count in (("rises", rising), ("falls", falling)) if count]
    moves = [f"the chance {' and '.join(ways)}"] if ways else []
    return ", ".join([*moves, *([f"{unsettled:,} keep their chance with another range"] if unsettled else [])])


def most_reasons(both: Both, side: int) -> str:
    """What excludes most programs on one side, in words; "" where nothing does."""
    counts = [(int((both.scores.excluded[side] & criterion.bit).astype(bool).sum()), criterion) for criterion in Criterion]
    most = sorted((pair for pair in counts if pair[0]), key=lambda pair: -pair[0])[:REASONS_SHOWN]
    return "; ".join(f"{CRITERIA[criterion].group} ({count:,})" for count, criterion in most)


def _tiers(before: Mapping[Tier, int], after: Mapping[Tier, int]) -> list[Total]:
    return [_count("", before[tier], after[tier], tier=tier.word) for tier in (*SHOWN_TIERS, Tier.EXCLUDED)]


def _count(label: str, before: int, after: int, *, tier: str = "") -> Total:
    difference = after - before
    change = f"{difference:+,}".replace("-", MINUS) if difference else ""
    return Total(label, tier, f"{before:,}", f"{after:,}", change)


def _estimate(label: str, words: Sequence[tuple[str, str]], values: Sequence[float], ways: tuple[str, str]) -> Total:
    """Which way it went is told only where the words or their ranges differ: they say as much as is known. `words`: (estimate, its range) on either side."""
    (before, before_range), (after, after_range) = words
    way = ways[0] if values[AFTER] > values[BEFORE] else ways[1]
    if before != after:
        change = way
    elif before_range == after_range:
        change = ""
    else:
        change = "another range" if values[AFTER] == values[BEFORE] else f"slightly {way}"
    return Total(label, "", before, after, change, before_range, after_range)


def interviews_in_words(one: OutlookRange | None) -> tuple[str, str]:
    """The average and the middle cases: "about 5", "2 to 9"."""
    return (about_count(one.middle.expected), counts_in_words(*one.between(MIDDLE))) if _any_open(one) else (NONE_OPEN, "")


def match_in_words(one: OutlookRange | None) -> tuple[str, str]:
    """The chance of a match and its range: "about 6 in 10", "4 to 7 in 10"."""
    return (about(in_ten(one.middle.match)), in_ten_range(one.low.match, one.high.match)) if _any_open(one) else (NONE_OPEN, "")


def _any_open(one: OutlookRange | None) -> TypeGuard[OutlookRange]:
    """A list whose every program is excluded brings no interview: a small chance would be one that is not there."""
    return one is not None and one.middle.expected > 0
