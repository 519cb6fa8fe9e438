"""`manage.py undo_import`."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from programs.imports.services import ImportRequest, apply
from programs.models import ImportBatch, Program
from smartpick.models import AuditEvent
from tests.programs.builders import reference_tables

pytestmark = pytest.mark.django_db
FILE = b"acgme_id,name,city,state,visa_j1\n1400500001,Lakeshore Invented Hospital,Toledo,OH,yes\n"


@pytest.fixture
def batch():
    reference_tables()
    request = ImportRequest(data=FILE, file_name="letters.csv", season=2027, source="Program letters", as_of=date(2026, 9, 1))
    return apply(request, by="ana@example.org").batch


def said(*arguments):
    out = StringIO()
    call_command("undo_import", *arguments, stdout=out)
    return out.getvalue()


def test_undo_import_takes_the_import_back(batch):
    assert said(str(batch.pk)) == f"Import {batch.pk} of letters.csv is undone. Lists follow as soon as a worker runs.\n"
    assert Program.objects.filter(is_withdrawn=False).count() == 0
    assert AuditEvent.objects.get(verb="import:undo").by == "manage.py undo_import"


def test_undo_import_without_a_number_lists_imports(batch):
    assert said().endswith("Program letters, season 2027: letters.csv (applied)\n")
    said(str(batch.pk))
    assert said().endswith("letters.csv (undone by manage.py undo_import)\n")


def test_undo_import_of_nothing_says_so():
    assert said() == "Nothing was imported yet.\n"


def test_undo_import_twice_and_of_another_number_are_refused(batch):
    said(str(batch.pk))
    with pytest.raises(CommandError, match=r"undone already, by manage\.py undo_import"):
        said(str(batch.pk))
    with pytest.raises(CommandError, match=f"There is no import {batch.pk + 1}: "):
        said(str(batch.pk + 1))
    assert ImportBatch.objects.count() == 1
