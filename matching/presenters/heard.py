"""What the answers so far make of the rest of a season, in words."""

from dataclasses import dataclass

from matching.services.heard import HeardSince, heard_since
from matching.services.season import SeasonBook
from smartpick.wording import about, in_ten, in_ten_range, plural

# How much of the season's invitations the reader takes to be out: no source says it by date.
OUT_CHOICES = (("", "I do not know"), ("25", "about a quarter"), ("50", "about half"), ("75", "about three quarters"), ("95", "nearly all"))
OUT_WORDS = {value: f"{words} of all invitations are out" for value, words in OUT_CHOICES}
NEARLY_ALL = 0.95  # the last of the choices, as a share
SILENCE = (
    "Early on silence says nothing, later it says no. No source states by date how many invitations are out, so both ends are told: "
    "choose below what you think."
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
    found = heard_since(book, *((int(chosen) / 100,) if chosen else (NEARLY_ALL, None)))
    if not found:
        return None
    choices = tuple((value, words, value == chosen) for value, words in OUT_CHOICES)
    rest = _rest(found[0], OUT_WORDS[chosen]) if chosen else _between(*found)
    return HeardPanel(_sentence(found[-1]), rest, f"{OUT if chosen else SILENCE} {STRENGTH}", choices)


def _sentence(found: HeardSince) -> str:
    first, low, high = (one.first.expected for one in (found.middle, found.low, found.high))
    by_now = "" if found.middle.by_now is None else f", {found.middle.by_now:.1f} of them by now"
    so_far = plural(found.middle.invited, "invitation") if found.middle.invited else "No invitation"
    return f"{so_far} so far, expected {first:.1f} (range {low:.1f} to {high:.1f}) from {plural(found.sent, 'application')} in all{by_now}."


def _rest(found: HeardSince, taken: str) -> str:
    rest = f"Taken that {taken}, {found.middle.rest:.1f} more are to be expected (range {found.low.rest:.1f} to {found.high.rest:.1f})"
    match, low, high = (one.outlook.match for one in (found.middle, found.low, found.high))
    return f"{rest}. {_match(found)}: {about(in_ten(match))} (range {in_ten_range(low, high)}); {_first(found)}."


def _between(out: HeardSince, silent: HeardSince) -> str:
    """The two ends where nobody says how many invitations are out: nearly all, or so few that silence says nothing."""
    least, most = out.middle.rest, silent.middle.rest
    rest = f"Still to be expected: {least:.1f} if nearly all invitations of the season are out, up to {most:.1f} if silence says nothing yet"
    low, high = sorted((out.middle.outlook.match, silent.middle.outlook.match))
    return f"{rest}. {_match(out)}: {about(in_ten_range(low, high))}, as that may be; {_first(out)}."


def _match(found: HeardSince) -> str:
    return f"Chance of a match{', invitations in hand counted' if found.middle.invited else ''}"


def _first(found: HeardSince) -> str:
    return f"on the first day {about(in_ten(found.middle.first.match))}"
