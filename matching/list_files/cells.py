"""Cells of a spreadsheet list as people fill them. Pure.

What cannot be read raises CellError with what was left out; nothing is guessed. A blank cell says nothing.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import TypeVar

from matching.choices import Connection, Signal, Standing, Step
from matching.list_files.columns import DAY_NOT_KNOWN

Word = TypeVar("Word")

ACGME_DIGITS = 10
_EATEN = re.compile(r"[0-9](?:[.,][0-9]+)?E\+?[0-9]{1,3}", re.ASCII | re.IGNORECASE)
_DECORATION = re.compile(r"acgme|program|accreditation|number|code|id|no\.|[\s#:'\u2019\u00a0-]+", re.IGNORECASE)
_DIGITS = re.compile(r"[0-9]+", re.ASCII)
_NRMP = re.compile(r"[0-9]{7}(?:[CMPAR][0-9]?)?", re.ASCII)
_CITY_STATE = re.compile(r"(.*?)[\s,/]+([A-Za-z]{2})\.?", re.ASCII)
BLANKS = frozenset({"", "n/a", "na", "-", "--", "\u2013", "\u2014", "?", "none", "null", "unknown", "tbd"})
YES_WORDS = frozenset({DAY_NOT_KNOWN, "y", "true", "1", "x", "\u2713", "\u2714", "done"})
NO_WORDS = frozenset({"no", "n", "false", "0", "none"})
DATE_FORMATS = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%Y/%m/%d")
TAG_MARKS = ("\n", ";", ",")  # what parts tags: the first of these that a cell holds
LONGEST_SHOWN = 40  # characters of a cell in a message
MOST_DIGITS = 9  # of a place; the longest that could be meant has four
LAST_RANK = 9_999

STANDING_WORDS: Mapping[str, Standing] = {
    "added": Standing.ADDED,
    "on the list": Standing.ADDED,
    "locked": Standing.LOCKED,
    "locked in": Standing.LOCKED,
    "suggested": Standing.SUGGESTED,
    "vetoed": Standing.VETOED,
    "ruled out": Standing.VETOED,
}
SIGNAL_WORDS: Mapping[str, Signal] = {
    "gold": Signal.GOLD,
    "gold signal": Signal.GOLD,
    "silver": Signal.SILVER,
    "silver signal": Signal.SILVER,
    "single": Signal.SINGLE,
    "signal": Signal.SINGLE,
}
# Only words that mean one thing: "declined" may be either side's, "interview" may be an invitation or the day itself.
STATUS_WORDS: Mapping[str, Step] = {
    "applied": Step.APPLIED,
    "application sent": Step.APPLIED,
    "submitted": Step.APPLIED,
    "invited": Step.INVITED,
    "interview invite": Step.INVITED,
    "interview invitation": Step.INVITED,
    "interview offer": Step.INVITED,
    "ii": Step.INVITED,
    "interviewed": Step.INTERVIEWED,
    "interview done": Step.INTERVIEWED,
    "waitlisted": Step.WAITLISTED,
    "waitlist": Step.WAITLISTED,
    "wait list": Step.WAITLISTED,
    "wait-listed": Step.WAITLISTED,
    "rejected": Step.DECLINED,
    "rejection": Step.DECLINED,
    "not invited": Step.DECLINED,
    "no interview": Step.DECLINED,
    "withdrawn": Step.WITHDRAWN,
    "withdrew": Step.WITHDRAWN,
    "withdrawn by me": Step.WITHDRAWN,
    "ranked": Step.RANKED,
    "matched": Step.MATCHED,
}
PLANNED_WORDS = frozenset({"planned", "to apply", "not applied", "not applied yet", "not yet applied", "considering", "saved"})


class CellError(ValueError):
    """A cell that cannot be read; the message says what is wrong with it and what happens."""


def blank(cell: str) -> str:
    """The cell, or "" where it says in one of the usual ways that nothing is stated."""
    text = cell.strip()
    return "" if text.casefold() in BLANKS else text


def shown(cell: str) -> str:
    """A cell as messages quote it."""
    return f"“{cell[:LONGEST_SHOWN]}…”" if len(cell) > LONGEST_SHOWN else f"“{cell}”"


def read_acgme_id(cell: str) -> str:
    """Ten digits, or nine where one may be lost in front; spaces, hyphens and words around them are dropped. Raises CellError."""
    if _EATEN.fullmatch(cell.strip()):
        raise CellError(f"a spreadsheet turned the ACGME id into {shown(cell)}, and its digits are lost: format the column as text and enter it anew")
    text = re.sub(r"\.0+$", "", _DECORATION.sub("", cell))
    if not _DIGITS.fullmatch(text) or len(text) not in {ACGME_DIGITS - 1, ACGME_DIGITS}:
        raise CellError(f"{shown(cell)} is no ACGME id: it has {ACGME_DIGITS} digits")
    return text


def read_nrmp_codes(cell: str) -> tuple[str, ...]:
    """Codes of 7 to 9 characters: four digits of the institution, three of the specialty, then letter and digit of the track. Raises CellError."""
    if _EATEN.fullmatch(cell.strip()):
        raise CellError(f"a spreadsheet turned the NRMP code into {shown(cell)}, and its digits are lost: format the column as text and enter it anew")
    codes = [re.sub(r"\.0+$", "", code).upper() for code in re.split(r"[\s,;/|]+", cell) if code]
    if strange := [code for code in codes if not _NRMP.fullmatch(code)]:
        raise CellError(f"{shown(strange[0])} is no NRMP code: it has 7 digits, then mostly a letter and a digit")
    return tuple(dict.fromkeys(codes))


def split_place(cell: str) -> tuple[str, str]:
    """City and state of "Toledo, OH"; a cell without a state's letters at its end is a city alone."""
    found = _CITY_STATE.fullmatch(cell.strip())
    return (found[1].strip(), found[2].upper()) if found else (cell.strip(), "")


def read_standing(cell: str) -> Standing:
    """What the entry is to the list. Raises CellError."""
    return _word(cell, STANDING_WORDS, "standing")


def read_connection(cell: str) -> Connection:
    """How well one is known there, by the first word. Raises CellError."""
    return _word(re.split(r"[\s:,(]", cell.strip(), maxsplit=1)[0], {word.value: word for word in Connection}, "connection")


def read_signal(cell: str, kinds: tuple[Signal, ...]) -> str:
    """The signal, "" for none. `kinds` are those of the specialty: a plain "yes" is read where there is one kind. Raises CellError."""
    word = cell.strip().casefold()
    if word in NO_WORDS:
        return ""
    if word in YES_WORDS:
        if len(kinds) != 1:
            raise CellError(f"{shown(cell)} does not say which signal it is: the signal is left out")
        return kinds[0].value
    return _word(cell, SIGNAL_WORDS, "signal").value


def read_tags(cell: str) -> list[str]:
    """Tags, parted by semicolons, lines or commas."""
    mark = next((mark for mark in TAG_MARKS if mark in cell), None)
    return [tag.strip() for tag in (cell.split(mark) if mark else [cell]) if tag.strip()]


def tags_text(tags: Sequence[str], mark: str = ";") -> str:
    """Tags as text that `read_tags` takes apart again, with `mark` between them, or a stronger one where a tag holds it. No tag holds a line end."""
    held = [place for place, one in enumerate(TAG_MARKS) if any(one in tag for tag in tags)]
    between = TAG_MARKS[min([TAG_MARKS.index(mark), *(place - 1 for place in held)])]
    text = (between if between == "\n" else f"{between} ").join(tags)
    return text + between if held and len(tags) == 1 else text


def read_rank(cell: str) -> int:
    """A place on the rank list. Raises CellError."""
    text = re.sub(r"\.0+$", "", cell.strip().removeprefix("#"))
    found = whole_number(text)
    if found is None or not 1 <= found <= LAST_RANK:
        raise CellError(f"{shown(cell)} is no place on a rank list: it is left out")
    return found


def whole_number(text: str) -> int | None:
    """The number that a few plain digits make; None for anything else."""
    return int(text) if _DIGITS.fullmatch(text) and len(text) <= MOST_DIGITS else None


def read_happened(cell: str) -> date | bool | None:
    """Whether a step has happened: its day, None where it has on an unknown day, False where it has not. Raises CellError."""
    word = cell.strip().casefold()
    if word in NO_WORDS:
        return False
    return None if word in YES_WORDS else read_date(cell)


def read_date(cell: str) -> date:
    """A day with its year; a time after it is passed over. Raises CellError."""
    text = re.sub(r"[T ]\d{1,2}:\d{2}(:\d{2})?.*$", "", cell.strip(), flags=re.ASCII)
    for shape in DATE_FORMATS:
        try:
            return datetime.strptime(text, shape).date()  # noqa: DTZ007 - a day in a file has no time zone
        except ValueError:
            continue
    raise CellError(f"{shown(cell)} is no date with a year, such as 2026-09-30: it is left out")


def read_time(cell: str) -> time:
    """A time of day as 14:30, without a zone: it is local time at the program. Raises CellError."""
    try:
        found = time.fromisoformat(cell.strip())
    except ValueError:
        found = None
    if found is None or found.tzinfo:
        raise CellError(f"{shown(cell)} is no time of day, such as 14:30: it is left out")
    return found


def read_status(cell: str) -> Step | None:
    """The step that a status names; None where it says that nothing has happened yet. Raises CellError."""
    word = " ".join(cell.casefold().split()).rstrip(".!")
    if word in PLANNED_WORDS:
        return None
    if word not in STATUS_WORDS:
        raise CellError(f"the status {shown(cell)} can mean more than one thing, or nothing here: record it on the Season page")
    return STATUS_WORDS[word]


def _word(cell: str, words: Mapping[str, Word], what: str) -> Word:
    found = words.get(" ".join(cell.casefold().split()))
    if found is None:
        raise CellError(f"{shown(cell)} is no {what} that is known here: it is left out")
    return found
