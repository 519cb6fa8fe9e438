"""A list that SmartPick wrote as JSON (docs/list-json.md), as the same table that a spreadsheet is. Pure."""

import json
from collections.abc import Mapping
from typing import Any

from matching.list_files.columns import COLUMNS
from matching.list_files.meanings import OWN_LABELS, POSITION, STEPS
from programs.imports.table import ReadError

FORMAT = "smartpick-list"
SCHEMA_VERSION = 1
REMEDY = "choose a file that SmartPick wrote under “JSON of everything”, or bring the list as CSV or XLSX"
# Of an entry, as the file has them; the rest of what it holds is not read.
TEXTS = ("key", "standing", "connection", "signal", "note", "reason")
NUMBERS = ("position", "rank")
OF_PROGRAM = ("name", "city", "state", "specialty", "acgme_id")
_LABELS = {column.key: column.label for column in COLUMNS} | dict(OWN_LABELS)
_ORDER = (*TEXTS, *NUMBERS, "program", "city", "state", "specialty", "acgme_id", "nrmp_codes", "tags", STEPS)
STEP_TEXTS = ("step", "on", "at", "note")
_MARKS = (b"\xef\xbb\xbf", b"{")


def looks_like_json(data: bytes) -> bool:
    """Whether it begins as an object of JSON does: no table that makes sense does."""
    return data.removeprefix(_MARKS[0]).lstrip().startswith(_MARKS[1])


def json_table(data: bytes) -> tuple[tuple[str, ...], tuple[tuple[str, tuple[str, ...]], ...], tuple[str, ...]]:
    """Header, rows with where they stand, and notes. Raises ReadError with the remedy."""
    file = _parsed(data)
    if file.get("format") != FORMAT:
        raise ReadError(f"This JSON file holds no list of SmartPick: {REMEDY}.")
    if file.get("schema_version") != SCHEMA_VERSION:
        raise ReadError(
            f"This file was written by another version of SmartPick (layout {str(file.get('schema_version'))[:10]}): bring the list as CSV or XLSX."
        )
    entries = file.get("entries")
    if not isinstance(entries, list) or not entries:
        raise ReadError(f"This file holds no entries: {REMEDY}.")
    rows = tuple((f"entry {number}", _row(number, entry)) for number, entry in enumerate(entries, start=1))
    return tuple(_LABELS[key] for key in _ORDER), rows, ("Only the entries are read. Your profile and your scenarios stay as they are here.",)


def _parsed(data: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:  # no UTF-8, no JSON, numbers without end, brackets without end
        raise ReadError(f"This file begins as JSON and cannot be read as such: {REMEDY}.") from error
    return found if isinstance(found, dict) else {}


def _row(number: int, entry: object) -> tuple[str, ...]:
    if not isinstance(entry, dict):
        raise ReadError(f"Entry {number} of this file is not an object: {REMEDY}.")
    found = entry.get("program")
    program = found if isinstance(found, dict) else {}
    cells = {key: _text(number, key, entry.get(key)) for key in TEXTS} | {key: _number(number, key, entry.get(key)) for key in NUMBERS}
    of_program = {key: _text(number, key, program.get(key)) for key in OF_PROGRAM}
    codes, tags = (_texts(number, key, source.get(key)) for key, source in (("nrmp_codes", program), ("tags", entry)))
    # A line end after each tag: so a comma inside one parts nothing.
    cells |= {"program": of_program.pop("name"), **of_program, "nrmp_codes": " ".join(codes), "tags": "".join(f"{tag}\n" for tag in tags)}
    cells[STEPS] = json.dumps(_steps(number, entry.get("steps"))) if entry.get("steps") else ""
    return tuple(cells[key] for key in _ORDER)


def _text(number: int, key: str, value: object) -> str:
    if value is not None and not isinstance(value, str):
        raise ReadError(f"Entry {number} of this file: “{key}” has to be a text. {REMEDY[0].upper()}{REMEDY[1:]}.")
    return value or ""


def _number(number: int, key: str, value: object) -> str:
    if value is not None and type(value) is not int:
        raise ReadError(f"Entry {number} of this file: “{key}” has to be a whole number. {REMEDY[0].upper()}{REMEDY[1:]}.")
    return "" if value is None else str(value)


def _texts(number: int, key: str, value: object) -> list[str]:
    if value is not None and not isinstance(value, list):
        raise ReadError(f"Entry {number} of this file: “{key}” has to be a list of texts. {REMEDY[0].upper()}{REMEDY[1:]}.")
    return [_text(number, key, one) for one in value or ()]


def _steps(number: int, value: object) -> list[dict[str, str]]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise ReadError(f"Entry {number} of this file: “steps” has to be a list of objects. {REMEDY[0].upper()}{REMEDY[1:]}.")
    return [{key: _text(number, key, one.get(key)) for key in STEP_TEXTS} for one in value]


__all__ = ["FORMAT", "POSITION", "SCHEMA_VERSION", "STEPS", "json_table", "looks_like_json"]
