"""A file on its way from one page to the next: inside the form, signed, so that nothing of it is kept on the server."""

from django.core import signing

from matching.list_files.reading import MOST_ROWS, ListTable
from programs.imports.table import ReadError

# Fields of the form besides those that it always has: the meaning of a column by its place, the program of a row by its number.
COLUMN, PICK = "column_{}", "pick_{}"
SALT = "matching.list-import"
SECONDS_KEPT = 60 * 60 * 24  # a page that is older may speak of another list
# Django takes no more than 2.5 MB of a form besides files (DATA_UPLOAD_MAX_MEMORY_SIZE); the rest of the form is small.
MOST_CARRIED = 1_500_000  # characters
TOO_MUCH = f"The file holds too much text to be looked through in the browser: keep only the columns of your list, and at most {MOST_ROWS:,} rows."
LOST = "The file that this page was about is not there any more: choose it once more. Nothing was written."
LONGEST_NAME = 120


def pack(table: ListTable, file_name: str) -> str:
    """The table and the name of its file as text that `unpack` takes. Raises ReadError where that is too long for a form."""
    name = "".join(char for char in file_name[-LONGEST_NAME:] if char.isprintable())
    carried = signing.dumps([table.header, table.rows, table.notes, name], salt=SALT, compress=True)
    if len(carried) > MOST_CARRIED:
        raise ReadError(TOO_MUCH)
    return carried


def unpack(carried: str) -> tuple[ListTable, str]:
    """Table and name of the file. Raises ReadError for what `pack` did not make, or not today."""
    try:
        header, rows, notes, file_name = signing.loads(carried, salt=SALT, max_age=SECONDS_KEPT)
    except signing.BadSignature as error:
        raise ReadError(LOST) from error
    return ListTable(tuple(header), tuple((where, tuple(cells)) for where, cells in rows), tuple(notes)), file_name
