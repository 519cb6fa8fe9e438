"""Calendars for other programs to read: iCalendar text (RFC 5545). Pure.

Only what SmartPick needs of it, so no library: events with a day, or with a time. A time without a zone is "floating": every
calendar shows it as it stands here, wherever its reader is.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

MOST_OCTETS = 75  # of a line, its end not counted (RFC 5545, 3.1)
CONTENT_TYPE = "text/calendar; charset=utf-8"
PRODUCT = "-//SmartPick//Season//EN"
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


@dataclass(frozen=True)
class Entry:
    """One event. `uid` stays the same for as long as the event is the same. `start` is a day, or a time: with a zone, or floating."""

    uid: str
    start: date | datetime
    summary: str
    description: str = ""


def calendar_bytes(entries: Iterable[Entry], *, name: str, now: datetime) -> bytes:
    """A whole calendar in UTF-8. `now` says when it was made and has a zone; raises ValueError without one."""
    if now.tzinfo is None:
        raise ValueError("When a calendar was made needs a time zone.")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH", f"X-WR-CALNAME:{escaped(name)}"]
    for entry in entries:
        lines += _event(entry, now)
    return b"".join(folded(line) for line in [*lines, "END:VCALENDAR"])


def escaped(text: str) -> str:
    """Text as the value of a property: what has a meaning there is escaped, a line end is written as one letter, other control characters go."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in lines if char == "\n" or unicodedata.category(char) not in {"Cc", "Cs"}).translate(_ESCAPES)


def folded(line: str) -> bytes:
    """One line in UTF-8 with its end; a long one goes on behind a line end and a blank. No character is cut in two."""
    parts, part, room = [], b"", MOST_OCTETS
    for char in line:
        octets = char.encode()
        if len(part) + len(octets) > room:
            parts.append(part)
            part, room = b"", MOST_OCTETS - 1  # the blank counts
        part += octets
    return b"\r\n ".join([*parts, part]) + b"\r\n"


def _event(entry: Entry, now: datetime) -> list[str]:
    lines = ["BEGIN:VEVENT", f"UID:{escaped(entry.uid)}", f"DTSTAMP:{_moment(now)}", *_start(entry.start), f"SUMMARY:{escaped(entry.summary)}"]
    if entry.description:
        lines.append(f"DESCRIPTION:{escaped(entry.description)}")
    return [*lines, "END:VEVENT"]


def _start(start: date | datetime) -> list[str]:
    """A day is a whole one and keeps nobody's calendar busy by its length; a time has no end, because none is known."""
    if isinstance(start, datetime):
        return [f"DTSTART:{_moment(start)}"]
    return [f"DTSTART;VALUE=DATE:{start:%Y%m%d}", f"DTEND;VALUE=DATE:{start + timedelta(days=1):%Y%m%d}", "TRANSP:TRANSPARENT"]


def _moment(when: datetime) -> str:
    """In UTC with its mark; a time without a zone as it stands."""
    return f"{when:%Y%m%dT%H%M%S}" if when.tzinfo is None else f"{when.astimezone(UTC):%Y%m%dT%H%M%SZ}"
