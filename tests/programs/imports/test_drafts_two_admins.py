"""Two admins at one file, or two files at once: serialised, with a clear message, and nothing half-written."""

import threading
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection, connections, transaction

from programs import bulk
from programs.imports import drafts
from programs.imports.drafts import BusyError
from programs.imports.staging import StalePlanError
from programs.models import ImportDraft
from programs.services import ProgramDataError, new_version
from tests.programs.builders import reference_tables
from tests.programs.imports.drafting import LAKESHORE, applied, previewed, refused, settled, uploaded

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _tables(settings):
    settings.MATCH_YEAR = 2027
    reference_tables()


def test_preview_beside_settings_of_somebody_else_is_not_kept(monkeypatch):
    draft = settled(uploaded(LAKESHORE))
    stage = drafts.stage

    def meanwhile(*args, **more):
        settled(ImportDraft.objects.get(pk=draft.pk), source_name="Somebody else")
        return stage(*args, **more)

    monkeypatch.setattr(drafts, "stage", meanwhile)
    with pytest.raises(ProgramDataError, match=r"^Somebody else changed what is said of this file meanwhile: look at it again\.$"):
        drafts.preview(by="ana@example.org", draft=draft)
    kept = ImportDraft.objects.get(pk=draft.pk)
    assert (kept.source_name, kept.plan, kept.preview_digest) == ("Somebody else", None, "")


def test_settle_by_somebody_with_an_old_page_does_not_open_an_applied_file_again():
    draft = previewed(LAKESHORE)
    old_page = ImportDraft.objects.get(pk=draft.pk)
    applied(draft)
    refused(ProgramDataError, lambda: settled(old_page), "was applied already")


@pytest.mark.django_db(transaction=True)
def test_apply_while_somebody_else_writes_says_so(monkeypatch):
    """On PostgreSQL another connection holds the writers' lock; a database in memory has one writer, so there the other one is done already."""
    draft = previewed(LAKESHORE)
    if connection.vendor == "postgresql":
        monkeypatch.setattr(bulk, "SECONDS_TO_WAIT", 1)
        with held_by_somebody():
            refused(BusyError, lambda: applied(draft), "Somebody else is changing the program data just now. Nothing of yours was written")
    else:
        new_version(by="somebody", verb="programs:write", cause="meanwhile", touched={})
        refused(StalePlanError, lambda: applied(draft), "look at the new preview")
        drafts.preview(by="ana@example.org", draft=draft)
    batch = applied(draft)
    if connection.vendor == "postgresql":
        with held_by_somebody():
            refused(BusyError, lambda: drafts.undo_import(by="t", batch=batch), "Somebody else")
    assert drafts.undo_import(by="ben@example.org", batch=batch).undone_by == "ben@example.org"


@contextmanager
def held_by_somebody():
    """The lock of whoever writes program data, in a thread with a connection of its own."""
    held, done = threading.Event(), threading.Event()

    def hold():
        try:
            with transaction.atomic():
                bulk.lock_program_data()
                held.set()
                done.wait(timeout=20)
        finally:
            connections.close_all()

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(timeout=10)
    try:
        yield
    finally:
        done.set()
        thread.join()


def test_other_database_errors_stay_what_they_are(monkeypatch):
    def broken(*_, **__):
        raise OperationalError("server closed the connection unexpectedly")

    draft = previewed(LAKESHORE)
    monkeypatch.setattr(drafts, "write", broken)
    refused(OperationalError, lambda: applied(draft), "server closed the connection")


def test_a_locked_database_is_busy(monkeypatch):
    def locked(*_, **__):
        raise OperationalError("database is locked")

    draft = previewed(LAKESHORE)
    monkeypatch.setattr(drafts, "write", locked)
    refused(BusyError, lambda: applied(draft), "look at the preview again in a minute")
