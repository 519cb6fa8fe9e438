"""Everything as JSON, and the list read back from it."""

import json
import re
from datetime import date, time

import pytest

from applicants.profile_json import profile_to_json
from applicants.queries import profile_data
from matching.choices import Connection, Signal, Standing
from matching.engine import ENGINE_VERSION
from matching.list_files.meanings import guessed
from matching.list_files.reading import read_list
from matching.models import ListEntry, ProgramList, Scenario
from matching.services.editing import change_list
from matching.services.entry_fields import FIELDS
from matching.services.list_everything import everything
from matching.services.list_export import ListFile
from matching.services.list_import import import_list, preview
from matching.services.workspace import Workspace
from programs.models import SignalLimit
from programs.queries import data_version
from tests.matching.builders import add_programs, market
from tests.matching.recomputing import applicant, key, listed, recompute, state
from tests.matching.seasons import TODAY, happened, opening
from tests.programs.builders import SOURCED, query_count
from tests.repo.sources import BASE_DIR

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    market(5, visa_j1="yes")
    opening()
    recompute()
    SignalLimit.objects.create(specialty_id="140", season=2027, gold=1, silver=2, **SOURCED)
    return applicant()


def filled(owner):
    """A list with something of everything on it."""
    listed(owner, 3, 1)
    edits = {
        key(1): {"note": "caf\u00e9 \u201cnotes\u201d\n=1+1", "tags": ["a, b", "c; d"], "signal": Signal.GOLD, "connection": Connection.MODERATE, "rank": 1},
        key(2): {"standing": Standing.SUGGESTED, "reason": "adds most"},
        key(4): {"standing": Standing.VETOED, "note": "too far"},
        key(5): {"standing": Standing.LOCKED, "position": 0},
    }
    change_list(by="visitor", profile=owner, match_year=2027, edits=edits, said="filled")
    happened(owner, 1, "applied", date(2026, 9, 24))
    happened(owner, 1, "interviewed", date(2026, 12, 3), at=time(14, 30), note="bring shoes")
    happened(owner, 3, "waitlisted", None)
    Scenario.objects.create(profile=owner, name="With Step 3", answers={"a": 1}, token="t" * 43)
    return ProgramList.objects.get()


def written():
    saved = ProgramList.objects.select_related("profile").get()
    return json.loads(json.dumps(everything(ListFile(Workspace(saved)), today=TODAY)))


def test_file_says_what_it_is_and_rests_on(owner):
    filled(owner)
    state(2, visa_j1="no")
    recompute()
    file = written()
    assert [file[name] for name in ("format", "schema_version", "written_on", "engine_version", "data_version")] == [
        *("smartpick-list", 1, "2026-11-25", ENGINE_VERSION, data_version()),
    ]
    assert file["profile"] == profile_to_json(profile_data(owner))
    assert (file["list"]["season"], len(file["entries"]), [one["said"] for one in file["changes"]]) == (2027, 5, ["2 programs added", "filled"])
    assert file["changes"][1]["after"][key(4)]["note"] == "too far"
    assert [(one["name"], one["answers"]) for one in file["scenarios"]] == [("With Step 3", {"a": 1})]
    assert [(one["program_key"], one["kind"], one["tier_after"]) for one in file["notices"]] == [(key(2), "excluded", "excluded")]


def test_entry_holds_all_that_is_kept_of_it(owner):
    filled(owner)
    one = next(entry for entry in written()["entries"] if entry["key"] == key(1))
    kept = ListEntry.objects.get(program__key=key(1))
    assert {name: one[name] for name in FIELDS} == {name: getattr(kept, name) for name in FIELDS}
    assert one["program"]["acgme_id"] == key(1)
    assert one["steps"] == [
        {"step": "applied", "on": "2026-09-24", "at": None, "note": ""},
        {"step": "interviewed", "on": "2026-12-03", "at": "14:30:00", "note": "bring shoes"},
    ]
    assert one["stated"]["chance"] == kept.stated_chance
    assert one["result"]["tier"] in {"safer", "middle", "reach"}
    assert one["result"]["low"] <= one["result"]["chance"] <= one["result"]["high"]


def test_file_opens_nothing_to_others(owner):
    filled(owner)
    ProgramList.objects.update(feed_token="f" * 43)
    assert [secret in json.dumps(written()) for secret in ("f" * 43, "t" * 43)] == [False, False]


def test_list_read_back_holds_the_same_entries(owner):
    filled(owner)
    file = written()
    ProgramList.objects.all().delete()
    table = read_list(json.dumps(file).encode())
    about = {"profile": owner, "match_year": 2027, "table": table, "meanings": guessed(table.header), "today": TODAY}
    found, _ = preview(**about)
    assert (len(found.added), found.questions, found.missing, found.warned) == (5, [], [], [])
    import_list(**about, by="visitor", picks={}, digest=found.digest, replace=False, file_name="everything.json")
    again = written()
    names = ("key", "program", *FIELDS, "result")
    assert [{name: entry[name] for name in names} for entry in again["entries"]] == [{name: entry[name] for name in names} for entry in file["entries"]]

    def steps(file):
        return {entry["key"]: sorted(entry["steps"], key=lambda step: step["step"]) for entry in file["entries"]}

    assert steps(again) == steps(file)


def test_everything_costs_the_same_for_any_number_of_entries(owner):
    add_programs(range(101, 131), visa_j1="yes")
    listed(owner, 1, 101)
    counts = [query_count(written)]
    listed(owner, *range(102, 131))
    counts.append(query_count(written))
    assert counts[0] == counts[1]


def test_every_key_of_the_file_is_documented(owner):
    filled(owner)
    state(2, visa_j1="no")
    recompute()
    told = set(re.findall(r"`([a-z_0-9]+)`", (BASE_DIR / "docs" / "list-json.md").read_text(encoding="utf-8")))
    file = written()
    entry = file["entries"][0]
    parts = (file, file["list"], entry, entry["program"], entry["result"], entry["stated"], file["changes"][0], file["notices"][0], file["scenarios"][0])
    steps = [step for one in file["entries"] for step in one["steps"]]
    assert {name for part in (*parts, *steps) for name in part} - told == set()
