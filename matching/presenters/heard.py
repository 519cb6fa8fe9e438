"""What the answers so far make of the rest of a season, in words."""

from dataclasses import dataclass

from matching.services.heard import HeardSince, heard_since
from matching.services.season import SeasonBook
from smartpick.wording import about, in_ten, in_ten_range, plural

# How much of the season's invitations the reader takes to be out: no source says it by date.
OUT_CHOICES = (("", "I do not know"), ("25", "about a quarter"), ("50", "about half"), ("75", "about three quarters"), ("95", "nearly all"))
OUT_WORDS = {value: f"{words} of all invitations are out" for value, words in OUT_CHOICES} | {"": "silence says nothing yet"}
SILENCE = (
    "That silence says nothing is right early on and too hopeful later: say below how many of all invitations you think are out. No source states that by date."
)
OUT = "This takes your word for how many of all invitations are out: no source states it by date."
STRENGTH = (
    "An answer says something about your whole application, so it moves the chances everywhere else too; how far follows from how much published "
    "rank lists differ in length. An estimate, no promise."
)


@dataclass(frozen=True)
class HeardPanel:
    """`sentence` is what was heard beside what was expected, `rest` what follows for what is still open, `rests_on` how far to trust it.

    `choices` are (value, words, chosen) of the share that is out.
    """

    sentence: str
    rest: str
    rests_on: str
    choices: tuple[tuple[str, str, bool], ...]


def heard_panel(book: SeasonBook, asked: str = "") -> HeardPanel | None:
    """None where nothing was sent yet, or nothing can be expected of it. `asked` is a value of OUT_CHOICES; anything else is not known."""
    chosen = asked if asked in dict(OUT_CHOICES) else ""
    found = heard_since(book, out=int(chosen) / 100 if chosen else None)
    if found is None:
        return None
    choices = tuple((value, words, value == chosen) for value, words in OUT_CHOICES)
    return HeardPanel(_sentence(found), _rest(found, OUT_WORDS[chosen]), f"{OUT if chosen else SILENCE} {STRENGTH}", choices)


def _sentence(found: HeardSince) -> str:
    first, low, high = (one.first.expected for one in (found.middle, found.low, found.high))
    by_now = "" if found.middle.by_now is None else f", {found.middle.by_now:.1f} of them by now"
    so_far = plural(found.middle.invited, "invitation") if found.middle.invited else "No invitation"
    return f"{so_far} so far, expected {first:.1f} (range {low:.1f} to {high:.1f}) from {plural(found.sent, 'application')} in all{by_now}."


def _rest(found: HeardSince, taken: str) -> str:
    rest = f"Taken that {taken}, {found.middle.rest:.1f} more are to be expected (range {found.low.rest:.1f} to {found.high.rest:.1f})"
    match, low, high = (one.outlook.match for one in (found.middle, found.low, found.high))
    hand = ", invitations in hand counted" if found.middle.invited else ""
    first = about(in_ten(found.middle.first.match))
    return f"{rest}. Chance of a match{hand}: {about(in_ten(match))} (range {in_ten_range(low, high)}); on the first day {first}."
