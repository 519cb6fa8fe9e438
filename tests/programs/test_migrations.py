"""What is on record before statements exist becomes statements that resolve to the very same."""

from datetime import date

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from programs.history import fact_rows, indexes, program_rows, track_rows
from programs.identity import NO_RANK
from programs.models import FactIndex, Program, ProgramStatement, Track, TrackStatement, TrackYear
from programs.said import said_by
from programs.services import resolve_all_programs
from programs.write_programs import resolve_identities, resolve_tracks
from tests.programs.builders import SOURCED

BEFORE = [("programs", "0001_initial")]
SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)
STATES = {"visa_j1": ["known", "strict", False], "step2_min": ["known", "unclear", False]}


def migrate(targets=None):
    """Go to these migrations, or to the newest of all apps; the models as they are there."""
    executor = MigrationExecutor(connection)
    executor.migrate(targets or executor.loader.graph.leaf_nodes())
    return MigrationExecutor(connection).loader.project_state(targets).apps


@pytest.fixture
def old(transactional_db):
    """The models of the first migration, with their tables empty; everything is as new again afterwards."""
    try:
        yield migrate(BEFORE)
    finally:
        migrate()


def fill(old):
    """Two programs, one of them known from NRMP codes; three tracks, one without years; facts of two sources, one withdrawn."""
    names = ("Specialty", "State", "Source", "ImportBatch", "Program", "Track", "TrackYear", "Fact")
    make = {name: old.get_model("programs", name).objects.create for name in names}
    specialty = make["Specialty"](code="140", name="Internal Medicine", **SOURCED)
    ohio = make["State"](usps="OH", name="Ohio", division="East North Central", region="Midwest", **SOURCED)
    letters, office = make["Source"](name="Program letters", rank=1), make["Source"](name="A second office", rank=2)
    told = {"file_name": "t.csv", "digest": "0" * 64, "season": 2027, "applied_by": "t"}
    batch = make["ImportBatch"](source=office, preset="nrmp", as_of=SEPTEMBER, **told)
    place = {"specialty": specialty, "state": ohio, "city": "Toledo"}
    lakeshore = make["Program"](key="1400500001", acgme_id="1400500001", name="Lakeshore Invented Hospital", closed_on=OCTOBER, visa_j1=True, step2_min=220,
                                field_states=STATES, track_types="CP", unfilled_share=2 / 14, unfilled_quota=14, unfilled_year=2026, **place)  # fmt: skip
    harbor = make["Program"](key="nrmp-1234-140", nrmp_institution="1234", name="Harbor Invented Hosp-OH", track_types="R", **place)
    categorical = make["Track"](program=lakeshore, nrmp_code="2345140C0", name="Internal Medicine", track_type="C")
    preliminary = make["Track"](program=lakeshore, nrmp_code="2345140P0", name="Preliminary", track_type="P")
    make["Track"](program=harbor, nrmp_code="1234140R0", name="Reserved", track_type="R")
    for track, year, quota, matched, by, source in ((categorical, 2025, 6, 6, batch, office), (categorical, 2026, 8, 6, None, letters),
                                                    (preliminary, 2026, 4, None, batch, office)):  # fmt: skip
        make["TrackYear"](track=track, year=year, quota=quota, matched=matched, source=source, batch=by)
    about = {"program": lakeshore, "season": 2027}
    make["Fact"](field="visa_j1", value="no", strictness="strict", source=letters, as_of=SEPTEMBER, **about)
    make["Fact"](field="visa_j1", value="yes", strictness="strict", source=letters, as_of=OCTOBER, **about)
    make["Fact"](field="step2_min", value="220", strictness="unclear", source=office, as_of=SEPTEMBER, batch=batch, **about)
    make["Fact"](field="step2_min", value="250", strictness="unclear", source=letters, as_of=OCTOBER, withdrawn_at=timezone.now(), **about)


def on_record():
    return [list(model.objects.order_by("pk").values()) for model in (Program, Track, TrackYear)]


def test_what_is_on_record_becomes_statements_and_back(old, settings):
    settings.MATCH_YEAR = 2027
    fill(old)
    migrate()
    before = on_record()
    _has_statements_of_everything()
    ids = list(Program.objects.values_list("id", flat=True))
    assert resolve_identities(ids) == resolve_tracks(Track.objects.values_list("nrmp_code", flat=True)) == set()
    index = list(FactIndex.objects.order_by("pk").values())
    resolve_all_programs(by="t", season=2027)
    assert (on_record(), list(FactIndex.objects.exclude(said=[]).order_by("pk").values())) == (before, index)

    again = migrate(BEFORE)
    kept = [again.get_model("programs", name).objects.count() for name in ("Program", "Track", "TrackYear", "Fact")]
    assert kept == [2, 3, 3, 4]
    assert again.get_model("programs", "Program").objects.values_list("name", "visa_j1", "field_states").get(key="1400500001") == (
        "Lakeshore Invented Hospital", True, STATES,
    )  # fmt: skip


def _has_statements_of_everything():
    today, (lakeshore, harbor) = timezone.localdate(), Program.objects.order_by("key")
    told = program_rows([lakeshore.pk, harbor.pk])
    assert [row[:-1] for row in told[lakeshore.pk]] == [
        ("Lakeshore Invented Hospital", "Toledo", "OH", "1400500001", "", OCTOBER, NO_RANK, today.year, today),
    ]
    assert [row[:-1] for row in told[harbor.pk]] == [("Harbor Invented Hosp-OH", "Toledo", "OH", "", "1234", None, NO_RANK, today.year, today)]
    tracks = track_rows(["2345140C0", "2345140P0", "1234140R0"])
    assert sorted((row.name, row.rank, row.about, row.as_of, row.years) for row in tracks["2345140C0"]) == [
        ("Internal Medicine", 1, 2026, today, {2026: (8, 6)}),
        ("Internal Medicine", 2, 2025, SEPTEMBER, {2025: (6, 6)}),
    ]
    assert [row.years for row in tracks["2345140P0"]] == [{2026: (4, None)}]
    assert [(row.rank, row.about, row.years) for row in tracks["1234140R0"]] == [(NO_RANK, today.year, {})]
    assert (ProgramStatement.objects.count(), TrackStatement.objects.count()) == (2, 4)
    assert indexes([lakeshore.pk]) == {lakeshore.pk: said_by(fact_rows([lakeshore.pk])[lakeshore.pk])}
    assert (FactIndex.objects.count(), lakeshore.is_withdrawn) == (1, False)


def test_an_empty_database_migrates_to_nothing(old):
    migrate()
    assert [model.objects.count() for model in (Program, ProgramStatement, TrackStatement, FactIndex)] == [0, 0, 0, 0]
