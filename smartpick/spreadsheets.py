"""Tables for people to download as XLSX: numbers, dates and text each as what they are, a header that stays in view, filters.

No cell can act as a formula: text is written as text, and goes through the same guard as in CSV files, so that saving the
sheet as CSV later makes none either.
"""

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from smartpick.exports import safe_cell

Cell = str | int | float | date | None
LONGEST_TITLE = 31  # characters, as spreadsheets take them
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
# "History" is the one name that Excel keeps for itself.
_TAKEN = "history"
_NOT_IN_XML = re.compile(r"[\ud800-\udfff\ufffe\uffff]")
_FORMATS = {
    "header": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"},
    "text": {"valign": "top", "num_format": "@"},
    "long": {"valign": "top", "num_format": "@", "text_wrap": True},
    "date": {"valign": "top", "num_format": "yyyy-mm-dd", "align": "left"},
    "whole": {"valign": "top", "num_format": "0"},
    "share": {"valign": "top", "num_format": "0.000"},
}
WIDE = 36  # characters; text in a column from this width on is wrapped


@dataclass(frozen=True)
class Sheet:
    """One sheet. `widths` in characters, one a column; `filters`: whether the header can filter the rows."""

    title: str
    header: Sequence[str]
    widths: Sequence[int]
    rows: Iterable[Sequence[Cell]]
    filters: bool = True


def xlsx_bytes(sheets: Sequence[Sheet]) -> bytes:
    """An XLSX file of at least one sheet. Whole numbers, shares, dates and text are typed cells; None and "" are empty ones."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    formats = {name: book.add_format(look) for name, look in _FORMATS.items()}
    for sheet, title in zip(sheets, sheet_titles([sheet.title for sheet in sheets]), strict=True):
        _write(book.add_worksheet(title), sheet, formats)
    book.close()
    return buffer.getvalue()


def sheet_titles(titles: Iterable[str]) -> list[str]:
    """Titles that a spreadsheet takes: short, without odd characters, none twice (whatever the case of its letters)."""
    found: list[str] = []
    for title in titles:
        plain = _NOT_IN_XML.sub("", _NOT_IN_TITLES.sub("-", title)).strip("' ")[:LONGEST_TITLE].strip("' ") or "Sheet"
        taken = {other.casefold() for other in found} | {_TAKEN}
        number = 1
        name = plain
        while name.casefold() in taken:
            number += 1
            name = f"{plain[: LONGEST_TITLE - len(str(number)) - 1]} {number}"
        found.append(name)
    return found


def _write(paper: Worksheet, sheet: Sheet, formats: dict[str, Format]) -> None:
    last = 0
    for place, (label, width) in enumerate(zip(sheet.header, sheet.widths, strict=True)):
        paper.set_column(place, place, width)
        paper.write_string(0, place, _text(label), formats["header"])
    for line, row in enumerate(sheet.rows, start=1):
        last = line
        for place, value in enumerate(row):
            _write_cell(paper, line, place, value, formats, long=sheet.widths[place] >= WIDE)
    paper.freeze_panes(1, 0)
    if sheet.filters:
        paper.autofilter(0, 0, last, len(sheet.header) - 1)
    paper.set_landscape()
    paper.fit_to_pages(1, 0)  # one page wide, as many long as it takes
    paper.repeat_rows(0)


def _write_cell(paper: Worksheet, line: int, place: int, value: Cell, formats: dict[str, Format], *, long: bool) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        paper.write_string(line, place, safe_cell(value), formats["text"])
    elif isinstance(value, int):
        paper.write_number(line, place, value, formats["whole"])
    elif isinstance(value, float):
        paper.write_number(line, place, value, formats["share"])
    elif isinstance(value, date):
        paper.write_datetime(line, place, value if isinstance(value, datetime) else datetime.combine(value, datetime.min.time()), formats["date"])
    else:
        paper.write_string(line, place, _text(value), formats["long" if long else "text"])


def _text(value: str) -> str:
    """Text that no spreadsheet runs, without what no XML may hold."""
    return _NOT_IN_XML.sub("", safe_cell(value))
