"""Files in which rows have no name, ids cross, and imports are undone in between: nothing breaks, and the preview tells what happens."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings

from programs.history import fact_rows, indexes
from programs.imports.services import apply, look
from programs.models import ImportBatch, Program, TrackStatement
from programs.said import said_by
from programs.services import ProgramDataError, resolve_all_programs, undo_batch
from programs.write_programs import resolve_identities, resolve_tracks
from tests.programs.builders import reference_tables
from tests.programs.imports.stories import UNTIDY_STORIES, current, differences, promised, request, taken_back, values

pytestmark = pytest.mark.django_db


def brought(one):
    """Import the file as it was previewed; its batch."""
    before = values()
    looked = look(request(one)).staged
    batch = apply(request(one), by="test", skip_invalid=True).batch
    assert differences(before, values()) == ({} if batch is None else promised(looked.preview))
    return batch


def undone(batch):
    """Undo it, if it was applied and is not undone; where two programs would have one key, it stays."""
    if batch is None or ImportBatch.objects.get(pk=batch.pk).undone_at:
        return
    try:
        with transaction.atomic():
            undo_batch(by="test", batch=batch)
    except ProgramDataError as error:
        if not str(error).startswith("Two programs would both be"):
            raise


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(story=UNTIDY_STORIES)
def test_untidy_files_do_what_their_previews_say_and_leave_nothing_unresolved(story):
    with taken_back():
        reference_tables()
        batches = []
        for step in story:
            if not isinstance(step, int):
                batches.append(brought(step))
            elif step < len(batches):
                undone(batches[step])
        left, ids = current(), list(Program.objects.values_list("id", flat=True))
        assert {pk: said for pk, said in indexes(ids).items() if said} == {pk: said_by(rows) for pk, rows in fact_rows(ids).items()}
        assert resolve_identities(ids) == resolve_tracks(TrackStatement.objects.values_list("nrmp_code", flat=True)) == set()
        resolve_all_programs(by="test", season=2027)
        assert current() == left
