"""Tables that people download."""

from django.http import HttpResponse
from django.utils.text import get_valid_filename


def csv_download(data: bytes, name: str) -> HttpResponse:
    """A CSV file, to be kept under `name`, from which odd characters are taken."""
    file_name = f"{get_valid_filename(name)}.csv"
    return HttpResponse(data, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{file_name}"'})
