"""An XLSX file made safe before a spreadsheet library sees it: measured, unpacked within limits, packed anew. Pure.

The library makes room for every cell up to the last one, filled or not, and for a copy of a shared text in each cell that
shows it; where memory ends, the process does. So what a file says about itself is not believed: the library gets exactly
the bytes that were measured here, and nothing but the parts that hold the table.
"""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from xml.parsers import expat

from programs.imports.table import ReadError

MAX_PARTS = 1_000  # files inside the archive; a workbook with ten sheets has some thirty
MAX_UNPACKED_BYTES = 100_000_000
MAX_RATIO = 300  # unpacked to packed bytes of one part; sheets have 5 to 50
SMALL_PART = 1_000_000  # bytes; a part as small as this may have any ratio
MAX_GRID = 2_000_000  # cells of a sheet, empty ones between and before the filled ones included
MAX_TEXT = 60_000_000  # bytes of text in the cells of a sheet, a shared one counted as often as it is shown
MAX_SHARED = 200_000  # bytes of one shared text with its markup
WORKBOOK = "xl/workbook.xml"
NEEDED = (".xml", ".rels")
PACKINGS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})  # the two that unpack in small steps
ENTRY = b"PK\x01\x02"  # begins every entry of an archive's table of contents
LOCKED = "The spreadsheet is protected by a password: remove the password and save it again."
# What else comes as a ZIP archive, by a part that only it has.
STRANGERS: Mapping[str, str] = {
    "xl/workbook.bin": "This is a binary workbook (.xlsb): save it as .xlsx or CSV.",
    "content.xml": "This is an OpenDocument file: save its table as .xlsx or CSV.",
    "word/document.xml": "This is a Word document: copy its table into a spreadsheet and save that as .xlsx or CSV.",
}
STEP = 1_000_000  # bytes of a sheet looked at together
_TAG = rb"<(?:[^\s<>/:]+:)?"  # with the prefix that its name may have
# Attributes of a tag that stand before the one looked for.
_EARLIER = rb"""(?:\s+[\w:.\-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*?"""
# A row or cell of a sheet, and where it says which one it is: r="7" or r="B7".
_PLACE = re.compile(_TAG + rb"""(?:c|row)(?=[\s/>])(?:""" + _EARLIER + rb"""\s+r\s*=\s*["'](?:([A-Za-z]{0,3})([0-9]{1,9})|([^"']*))["'])?""")
_NO_PLACE = (b"", b"", b"")
_ROW = re.compile(_TAG + rb"row[\s/>]")
_CELL = re.compile(_TAG + rb"c[\s/>]")
_VALUE = re.compile(_TAG + rb"v[\s/>]")
_WHOLE_VALUE = re.compile(_TAG + rb"v(?:\s[^<>]*)?>\s*([0-9]{1,9})\s*</")


def safe_spreadsheet(data: bytes) -> bytes:
    """The parts of an XLSX file that hold its tables, measured and packed anew without compression.

    Raises ReadError with the remedy for what is no XLSX or would take too much memory, and what zipfile raises for damage.
    """
    if data.count(ENTRY) > MAX_PARTS:
        raise ReadError(f"The spreadsheet is an archive of more than {MAX_PARTS:,} parts: save the table alone as .xlsx or CSV.")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = _unpacked(archive, _needed(archive))
    for name, part in parts.items():
        _refuse_markup(name, part)
    texts = _texts(parts)
    for part in parts.values():
        _refuse_grid(part)
        _refuse_copies(part, texts)
    return _packed(parts)


def _needed(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The entries to unpack, none of which says itself that it is too much."""
    names = set(archive.namelist())
    if WORKBOOK not in names:
        raise ReadError(next((remedy for name, remedy in STRANGERS.items() if name in names), "This is a ZIP archive but no XLSX: unpack it first."))
    entries = [entry for entry in archive.infolist() if entry.filename.endswith(NEEDED)]
    if any(entry.flag_bits & 1 for entry in entries):
        raise ReadError(LOCKED)
    size = sum(entry.file_size for entry in entries)
    if size > MAX_UNPACKED_BYTES:
        raise ReadError(f"The spreadsheet unpacks to {size:,} bytes, more than {MAX_UNPACKED_BYTES:,}: split it, or save it as CSV.")
    for entry in entries:
        if entry.compress_type not in PACKINGS or (entry.file_size > SMALL_PART and entry.file_size > MAX_RATIO * entry.compress_size):
            raise ReadError(f"The part {entry.filename} of the spreadsheet is packed as no spreadsheet program packs it: save the table as CSV.")
    return entries


def _unpacked(archive: zipfile.ZipFile, entries: Iterable[zipfile.ZipInfo]) -> dict[str, bytes]:
    """Each part, read no further than its entry says; one that is longer fails its checksum, or is cut for good."""
    parts = {}
    for entry in entries:
        with archive.open(entry) as part:
            parts[entry.filename] = part.read()
    return parts


def _packed(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        while parts:
            name, part = parts.popitem()
            archive.writestr(name, part)
    return buffer.getvalue()


def _refuse_markup(name: str, part: bytes) -> None:
    """Refuse XML that readers could take in different ways, so that what is counted here is what the library finds."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_declaration
    try:
        parser.ParseFile(io.BytesIO(part))
    except expat.ExpatError as error:
        raise ReadError(f"The part {name} of the spreadsheet is damaged ({error}): open it, and save it anew as .xlsx or CSV.") from error
    if b"\0" in part:
        raise ReadError(f"The part {name} of the spreadsheet is not UTF-8: open it, and save it anew as .xlsx or CSV.")


def _refuse_declaration(*_: object) -> None:
    raise ReadError("The spreadsheet declares a document type, which no spreadsheet program does: open it, and save it anew as .xlsx or CSV.")


def _refuse_grid(sheet: bytes) -> None:
    """Refuse a sheet whose rows times columns, from the first cell to the last, are too many."""
    last_row = last_column = nameless = 0
    for found in _found(_PLACE, sheet):
        if any(strange for _, _, strange in found):
            raise ReadError("The spreadsheet has cells that do not say where they stand: open it, and save it anew as .xlsx or CSV.")
        last_column = max(last_column, *map(_column_number, {letters for letters, _, _ in found}))
        last_row = max(last_row, *(int(number or b"0") for number in {number for _, number, _ in found}))
        nameless += found.count(_NO_PLACE)
    if nameless:  # those follow the one before, in the row or in the sheet
        rows = _ROW.split(sheet)
        last_row += len(rows) - 1
        last_column += max(len(_CELL.findall(row)) for row in rows)
    if (grid := last_row * max(last_column, 1)) > MAX_GRID:
        raise ReadError(f"The spreadsheet reaches over {grid:,} cells, more than {MAX_GRID:,}: delete the empty rows and columns around its table.")


def _found(pattern: re.Pattern[bytes], sheet: bytes) -> Iterator[list[Any]]:
    """What the pattern finds in the tags and texts of a sheet, some at a time; what is cut by the next tag is one piece."""
    start = 0
    while start < len(sheet):
        end = sheet.find(b"<", start + STEP)
        end = len(sheet) if end < 0 else end
        if found := pattern.findall(sheet, start, end):
            yield found
        start = end


def _column_number(letters: bytes) -> int:
    """A is 1, Z 26, AA 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


# --- texts that many cells share ---


def _refuse_copies(sheet: bytes, texts: bytes) -> None:
    """Refuse a sheet whose cells, each with its own copy of what it shows, hold too much text."""
    values = sheet.count(b"<v") + sheet.count(b":v")  # at most
    lengths = list(_text_lengths(texts)) if values * len(texts) > MAX_TEXT else []
    longest = max(lengths, default=0)
    if longest > MAX_SHARED:
        raise ReadError(f"A cell of the spreadsheet holds {longest:,} bytes of text: shorten it.")
    if values * longest <= MAX_TEXT:
        return
    shown: Counter[int] = Counter()
    for found in _found(_WHOLE_VALUE, sheet):
        shown.update(map(int, found))
    unread = sum(map(len, _found(_VALUE, sheet))) - shown.total()
    # The library may or may not count texts that are empty.
    size = unread * longest + max(_shown_text(shown, lengths), _shown_text(shown, [length for length in lengths if length]))
    if size > MAX_TEXT:
        raise ReadError(f"The cells of the spreadsheet hold {size:,} bytes of text, more than {MAX_TEXT:,}: shorten the longest ones, or split it.")


def _shown_text(shown: Mapping[int, int], lengths: Sequence[int]) -> int:
    return sum(times * lengths[index] for index, times in shown.items() if index < len(lengths))


def _texts(parts: Mapping[str, bytes]) -> bytes:
    found = [part for part in parts.values() if b"<si" in part or b":si" in part]
    if len(found) > 1:
        raise ReadError("The spreadsheet keeps its texts in several parts, which no spreadsheet program does: open it, and save it anew as .xlsx or CSV.")
    return found[0] if found else b""


def _text_lengths(texts: bytes) -> Iterator[int]:
    """Bytes of each shared text, its characters alone."""
    counter = _TextCounter()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = counter.start
    parser.CharacterDataHandler = counter.text
    parser.ParseFile(io.BytesIO(texts))
    yield from counter.lengths


class _TextCounter:
    def __init__(self) -> None:
        self.lengths: list[int] = []

    def start(self, name: str, _attributes: object) -> None:
        if name.rpartition(":")[2] == "si":
            self.lengths.append(0)

    def text(self, text: str) -> None:
        if self.lengths:
            self.lengths[-1] += len(text.encode())
