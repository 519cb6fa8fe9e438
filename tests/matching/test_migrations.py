"""What is on lists before the workspace exists stays on them, forth and back."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from applicants.models import Profile
from matching.models import ListEntry, ProgramList
from programs.models import Program
from tests.matching.builders import market
from tests.matching.recomputing import key

BEFORE = [("matching", "0001_initial")]


@pytest.fixture
def migrate(transactional_db):
    """Go to these migrations, or to the newest of all apps; everything is as new again afterwards."""

    def go(targets=None):
        executor = MigrationExecutor(connection)
        executor.migrate(targets or executor.loader.graph.leaf_nodes())
        return executor.loader.project_state(targets).apps

    yield go
    go()


def test_lists_pass_through_the_workspace_migration_and_back(migrate):
    market(3)
    profile = Profile.objects.create(applicant_type="non_us_img", specialties=["140"])
    old = migrate(BEFORE)
    saved = old.get_model("matching", "ProgramList").objects.create(profile_id=profile.pk, season=2027)
    entries = old.get_model("matching", "ListEntry").objects
    for number in (1, 2, 3):
        entries.create(list=saved, program_id=Program.objects.get(key=key(number)).pk, tier=1, chance=0.05, low=0.01, high=0.2, data_version=1)
    before = list(entries.order_by("pk").values())
    migrate()
    rows = list(ListEntry.objects.order_by("pk").values())
    assert [{name: row[name] for name in before[0]} for row in rows] == before
    assert {(row["standing"], row["position"], row["note"], tuple(row["tags"]), row["connection"], row["signal"]) for row in rows} == {
        ("added", 0, "", (), "none", "")
    }
    assert (ProgramList.objects.get().version, ProgramList.objects.get().shares_outcomes) == (0, False)
    migrate(BEFORE)
    assert list(entries.order_by("pk").values()) == before
