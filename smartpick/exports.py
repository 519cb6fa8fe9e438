"""Tables for people to download: CSV that spreadsheets open with the right letters and never take for formulas. Pure."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, time
from decimal import Decimal
from math import isfinite

# How spreadsheets tell a formula: by its first character, spaces before it not counted. The wide forms count in East Asian ones.
FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
AS_TEXT = "'"
_DISARMED = re.compile(rf"{AS_TEXT}(?={FORMULA.pattern})")


def safe_cell(value: object) -> str:
    """A value as text that no spreadsheet runs: what begins like a formula gets an apostrophe in front.

    None is "", True "yes", False "no"; dates and times are ISO. Numbers stay numbers, -5 too; the text "-5" does not.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float | Decimal) and isfinite(value):
        return str(value)
    text = value.isoformat() if isinstance(value, date | time) else str(value)
    return AS_TEXT + text if FORMULA.match(text) else text


def original_cell(text: str) -> str:
    """The cell without the apostrophe that `safe_cell` put in front, so that a downloaded table can be read again."""
    return text[1:] if _DISARMED.match(text) else text


def csv_bytes(header: Sequence[object], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file of safe cells: UTF-8 with a mark at the front, by which spreadsheets know it, commas, and CRLF."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([safe_cell(value) for value in header])
    writer.writerows([safe_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig", errors="replace")
