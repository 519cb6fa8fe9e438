"""An import in the browser, step by step: every name in these files is invented."""

from datetime import date

import pytest

from programs.choices import SourceRank
from programs.imports import drafts
from programs.imports.drafts import DraftSettings
from programs.models import DataVersion, Fact, FactIndex, ImportBatch, ImportDraft, Program, ProgramStatement, Source, Track, TrackStatement
from smartpick.models import AuditEvent
from tests.programs.imports.files import csv_bytes

TABLES = (Program, ProgramStatement, Track, TrackStatement, Fact, FactIndex, Source, ImportBatch, DataVersion, AuditEvent, ImportDraft)
HEADER = ("acgme_id", "institution", "city", "state", "visa_j1", "visa_j1_strictness", "step2_min")
LAKESHORE = ("1400500001", "Lakeshore Invented Hospital", "Toledo", "OH", "yes", "strict", "220")
HARBOR = ("1400500002", "Harbor Invented Hospital", "Akron", "OH", "no", "strict", "")
NAMELESS = ("1400500003", "", "", "", "yes", "strict", "")
SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)


def uploaded(*rows, header=HEADER, data=None, by="ana@example.org"):
    return drafts.upload(by=by, data=csv_bytes(header, *rows) if data is None else data, file_name="letters.csv")


def settled(draft, **more):
    values = {"preset": draft.preset, "source_name": "Program letters", "season": 2027, "rank": SourceRank.PROGRAM, "as_of": SEPTEMBER}
    values |= {"meanings": drafts.chosen(draft), **more}
    return drafts.settle(by="ana@example.org", draft=draft, settings=DraftSettings(**values))


def previewed(*rows, header=HEADER, **more):
    return drafts.preview(by="ana@example.org", draft=settled(uploaded(*rows, header=header), **more))


def applied(draft, *, skip_invalid=False, digest=None):
    digest = draft.preview_digest if digest is None else digest
    return drafts.apply_draft(by="ana@example.org", draft=draft, digest=digest, skip_invalid=skip_invalid)


def imported(*rows, **more):
    return applied(previewed(*rows, **more))


def contents():
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in TABLES}


def refused(error, call, message=None):
    """`call` is refused with that message, and nothing is another one afterwards."""
    before = contents()
    with pytest.raises(error, match=message):
        call()
    assert contents() == before
