"""Uploads that nobody finishes with make room again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from programs.imports import drafts
from programs.models import ImportDraft
from smartpick.models import AuditEvent
from tests.programs.builders import reference_tables

pytestmark = pytest.mark.django_db
FILE = b"acgme_id,name\n1400500001,Lakeshore Invented Hospital\n"


def test_discard_abandoned_puts_old_uploads_aside_and_no_others():
    reference_tables()
    now = timezone.now()
    old, _, done = (drafts.upload(by="ana@example.org", data=FILE, file_name=f"{name}.csv") for name in ("old", "new", "done"))
    drafts.discard(by="ana@example.org", draft=done)
    ImportDraft.objects.filter(pk__in=(old.pk, done.pk)).update(created_at=now - timedelta(days=drafts.DAYS_KEPT, minutes=1))
    assert [drafts.discard_abandoned(by="clean-up", today=now) for _ in range(2)] == [1, 0]
    rows = ImportDraft.objects.order_by("pk").values_list("file_name", "discarded_at", "data")
    assert [(name, discarded is not None, bool(bytes(data))) for name, discarded, data in rows] == [
        ("old.csv", True, False), ("new.csv", False, True), ("done.csv", True, False),
    ]  # fmt: skip
    assert AuditEvent.objects.get(verb="import:discard-abandoned").detail == {"drafts": 1}
