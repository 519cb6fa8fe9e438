"""Entries of one's list as rows: every word made ready, so that the template of three hundred of them has little to do. No queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from django.urls import reverse
from django.utils.safestring import SafeString

from matching.choices import Connection, Signal, Standing
from matching.engine import Tier, criteria_in
from matching.presenters.rows import exclusion_sentences
from matching.presenters.words import Applicant
from matching.services.workspace import Line, Now
from programs.models import Program
from smartpick.templatetags.ui import TIER_MARKS
from smartpick.wording import about_one_in, odds_range

NOT_WORKED_OUT = "No result yet"
NOT_OPEN = "Not ranked: it offers only one-year positions, or positions for physicians with U.S. training"
NOT_BESIDE_REAL = "Not ranked: invented programs do not stand beside real ones"
NOTE_SHOWN = 90  # characters of a note on its row: about one line
STANDING_WORDS = {Standing.LOCKED: "locked in", Standing.SUGGESTED: "suggested", Standing.VETOED: "ruled out", Standing.ADDED: ""}
# A template finds values of a dict several times faster than attributes, and three hundred rows have thousands of them.
Row = dict[str, object]


@dataclass(frozen=True)
class RowContext:
    """What rows share.

    `specialties`: their names, none where all are of one; `excluded` programs by id, with the `applicants` towards each specialty;
    `signaled` specialties; which row is `opened`, and whether all are `ticked`.
    """

    specialties: Mapping[str, str]
    excluded: Mapping[int, Program]
    applicants: Mapping[str, Applicant]
    signaled: frozenset[str]
    opened: str = ""
    ticked: bool = False
    # Asking for the address of each of three hundred programs takes longer than all else about its row.
    programs_at: str = field(default_factory=lambda: reverse("programs:list"))
    list_at: str = field(default_factory=lambda: reverse("matching:list"))


def row(line: Line, now: Now | None, shared: RowContext) -> Row:
    """One entry for the template: text only. `tier` is "" and `odds` too where it is not ranked; `against` says why it is excluded or not ranked."""
    open_ = now is not None and now.tier is not Tier.EXCLUDED
    tier = now.tier.word if now else ""
    return {
        "key": line.key,
        "name": line.name,
        "url": "" if line.is_withdrawn else f"{shared.programs_at}{line.key}/?specialty={line.specialty}",
        "edit": f"{shared.list_at}entry/{line.key}/",
        "tier": tier,
        "mark": TIER_MARKS.get(tier, ""),
        "odds": about_one_in(now.chance) if now and open_ else "",
        "range": odds_range(now.low, now.high) if now and open_ else "",
        "counted": counted(line, now, shared.signaled),
        "meta": meta(line, shared),
        "standing": STANDING_WORDS[line.standing],
        "locked": line.standing is Standing.LOCKED,
        "note": shortened(line.note),
        "reason": line.reason,
        "against": against(line, now, shared),
        "open": " open" if line.key == shared.opened else "",
        "ticked": " checked" if shared.ticked else "",
    }


def meta(line: Line, shared: RowContext) -> str:
    """Where it is, what its owner has there, and that it is invented, in one line."""
    parts = (place(line), shared.specialties.get(line.specialty, ""), said(line), "invented" if line.is_demo else "")
    return " · ".join(part for part in parts if part)


def place(line: Line) -> str:
    """City and state, as far as known."""
    return ", ".join(part for part in (line.city, line.state or "") if part)


def said(line: Line) -> str:
    """Tags, connection and signal in one line."""
    tie = f"{line.connection} connection" if line.connection != Connection.NONE else ""
    signal = str(Signal(line.signal).label) if line.signal else ""
    return " · ".join(part for part in (*line.tags, tie, signal) if part)


def counted(line: Line, now: Now | None, signaled: frozenset[str]) -> str:
    """What of the applicant's own the chance has in it; "" where nothing moves it."""
    if now is None or not now.moved or now.tier is Tier.EXCLUDED:
        return ""
    own = " and ".join(part for part in ("connection" if line.connection != Connection.NONE else "", "signal" if line.signal else "") if part)
    without = not line.signal and line.specialty in signaled and line.signals_used is not False
    if own:
        return f"with your {own}{', no signal here' if without else ''}"
    return "without a signal here" if without else ""


def shortened(note: str) -> str:
    """A note's first words."""
    first = " ".join(note.split())
    return first if len(first) <= NOTE_SHOWN else f"{first[:NOTE_SHOWN].rsplit(' ', 1)[0]} …"


def against(line: Line, now: Now | None, shared: RowContext) -> str:
    """Why it is excluded, or not ranked; "" for what is open."""
    if now is None:
        return why_not_ranked(line)
    program = shared.excluded.get(line.program_id)
    if now.tier is not Tier.EXCLUDED or program is None:
        return ""
    return "; ".join(exclusion_sentences(criteria_in(line.excluded_by), program, shared.applicants[line.specialty]))


def why_not_ranked(line: Line) -> str:
    """Why an entry has no tier."""
    if line.is_withdrawn:
        return "Not ranked: no source says any more that there is this program"
    if line.closed_on:
        return f"Not ranked: closed on {line.closed_on.day} {line.closed_on:%b %Y}"
    if not line.data_version:
        return NOT_WORKED_OUT
    return NOT_BESIDE_REAL if line.is_demo else NOT_OPEN


def escaped(rows: Sequence[Row]) -> Sequence[Row]:
    """The rows with every text escaped once, instead of wherever the template uses it: a name stands in it several times."""
    # What django.utils.html.escape does, without the machinery for lazy text: a third of the time.
    return [{key: SafeString(escape(value)) if isinstance(value, str) and value else value for key, value in one.items()} for one in rows]
