"""An import as an admin does it, page by page."""

import csv
import io
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from programs.choices import SourceRank
from programs.imports import drafts
from programs.imports.drafts import DraftSettings
from programs.models import ImportBatch, ImportDraft
from tests.programs.builders import AS_OF, SEASON, source

HEADER = ("acgme_id", "institution", "city", "state", "visa_j1", "step2_min", "letters_us_min")
FIRST = (
    ("1400500001", "Lakeshore Invented Hospital", "Toledo", "OH", "yes", "220", "2"),
    ("1400500002", "Harbor Invented Hospital", "Akron", "OH", "no", "", "1"),
    ("1400500003", "Cedar Invented Hospital", "Dayton", "OH", "yes", "215", ""),
)
SAID = {"source_name": "Invented sheet", "rank": "4", "licence": "Permission of the invented office, 1 Sep 2026", "url": ""}


def sheet(*rows, header=HEADER):
    """A CSV file."""
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode()


def upload(browser: Client, data: bytes, name: str = "sheet.csv"):
    """The answer to sending a file."""
    return browser.post(reverse("data:upload"), {"file": SimpleUploadedFile(name, data)})


def fields_of(form) -> dict[str, str]:
    """What a browser would send back of a form as it was shown."""
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else str(value) for name, value in values.items()}


def uploaded(browser: Client, data: bytes, name: str = "sheet.csv") -> ImportDraft:
    """A file that was sent."""
    upload(browser, data, name)
    return ImportDraft.objects.latest("pk")


def settle(browser: Client, draft: ImportDraft, *, days_ago: int = 0, **changes: str):
    """The answer to saying what a file says, everything else as guessed."""
    address = reverse("data:draft", args=(draft.pk,))
    as_of = (timezone.localdate() - timedelta(days=days_ago)).isoformat()
    return browser.post(address, {**fields_of(browser.get(address).context["form"]), **SAID, "as_of": as_of, **changes})


def previewed(browser: Client, *rows, header=HEADER, days_ago: int = 0, **changes: str) -> ImportDraft:
    """A file that was sent and looked at."""
    draft = uploaded(browser, sheet(*rows, header=header))
    assert settle(browser, draft, days_ago=days_ago, **changes).status_code == 302
    draft.refresh_from_db()
    return draft


def apply(browser: Client, draft: ImportDraft, **more: str):
    """The answer to the button."""
    return browser.post(reverse("data:apply", args=(draft.pk,)), {"digest": draft.preview_digest, **more})


def imported(browser: Client, *rows, days_ago: int = 9, **more) -> ImportBatch:
    """A file that was sent, looked at and applied."""
    apply(browser, previewed(browser, *rows, days_ago=days_ago, **more), skip_invalid="yes")
    return ImportBatch.objects.latest("pk")


def draft(**more) -> ImportDraft:
    """A file that was looked at, without going through the pages."""
    settings = {"preset": "template", "source_name": "Invented sheet", "season": SEASON, "rank": SourceRank.AGGREGATOR, "as_of": AS_OF, **more}
    one = drafts.upload(by="test", data=sheet(*FIRST), file_name="sheet.csv")
    one = drafts.settle(by="test", draft=one, settings=DraftSettings(**settings, meanings=drafts.chosen(one)))
    return drafts.preview(by="test", draft=one)


def batch(**more) -> ImportBatch:
    """An import that did nothing, straight in the table."""
    values = {"file_name": "sheet.csv", "digest": "0" * 64, "preset": "template", "season": SEASON, "as_of": AS_OF, "applied_by": "test"}
    return ImportBatch.objects.create(source=source(), **{**values, **more})


def told(response) -> list[str]:
    """The messages on the page that an answer leads to, or is."""
    return [str(message) for message in response.context["messages"]]
