"""Files that people send, dropped as soon as they are larger than an import may be."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from programs.imports.reader import MAX_BYTES

# Where the request says that a file was dropped.
_DROPPED = "dropped_upload"


class LimitUpload(FileUploadHandler):
    """First in line: passes on what a request sends, and drops the file with which it sends more than MAX_BYTES.

    The rest of the request is read without being kept, so that the browser gets its answer and not a broken connection.
    """

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass the piece on, or drop its file."""
        self.received += len(raw_data)
        if self.received > MAX_BYTES:
            setattr(self.request, _DROPPED, True)
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> "UploadedFile[Any] | None":
        """Leave the file to the next in line."""
        return None


def was_dropped(request: HttpRequest) -> bool:
    """Whether a file of this request was too large. Ask after `request.FILES`."""
    return bool(request.FILES is not None and getattr(request, _DROPPED, False))
