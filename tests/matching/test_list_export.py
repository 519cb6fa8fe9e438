"""The list as CSV and XLSX: one row an entry, typed, and nothing that a spreadsheet would run."""

import csv
import io
from datetime import date

import pytest

from matching.choices import Connection, Signal, Standing
from matching.list_files.columns import COLUMNS, LABELS, WIDTHS
from matching.list_files.meanings import guessed
from matching.list_files.reading import read_list
from matching.models import ListEntry, ProgramList
from matching.services.editing import change_list
from matching.services.list_export import ListFile, list_csv, list_xlsx
from matching.services.list_import import import_list, preview
from matching.services.workspace import Workspace
from programs.models import Program, SignalLimit, Track
from programs.services import apply_changes
from smartpick.wording import odds_range, one_in
from tests.matching.builders import add_programs, market
from tests.matching.recomputing import applicant, entry, key, listed, recompute, state
from tests.matching.seasons import TODAY, happened, opening
from tests.programs.builders import SOURCED, new_fact, new_program, query_count, source
from tests.smartpick.test_spreadsheets import FORMULAS, cells, xml

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    market(4, visa_j1="yes")
    opening()
    SignalLimit.objects.create(specialty_id="140", season=2027, gold=1, silver=2, **SOURCED)
    return applicant()


def change(owner, number, **fields):
    return change_list(by="visitor", profile=owner, match_year=2027, edits={key(number): fields}, said="changed")


def exported():
    return ListFile(Workspace(ProgramList.objects.get()))


def rows():
    """Every row of the CSV file, {label: cell}."""
    return list(csv.DictReader(io.StringIO(list_csv(exported()).decode("utf-8-sig"))))


def sheet(number=2):
    """{label: [(type, value) of each row]} of a sheet of the XLSX file."""
    found = cells(list_xlsx(exported(), today=TODAY), number)
    letters = [name[:-1] for name in found if name[-1] == "1" and name[:-1].isalpha()]
    last = max(int("".join(filter(str.isdigit, name))) for name in found)
    return {found[f"{letter}1"][1]: [found.get(f"{letter}{line}") for line in range(2, last + 1)] for letter in letters}


def test_csv_has_one_row_an_entry_with_all_that_is_known_of_it(owner):
    state(1, website="https://one.example.org", program_type="community", deadline="2026-12-01")
    Track.objects.create(program=Program.objects.get(key=key(1)), nrmp_code="1001140C0", name="Categorical", track_type="C")
    recompute()
    fields = {"note": "call\nthem", "tags": ["a", "b"], "signal": Signal.GOLD, "connection": Connection.STRONG, "rank": 2}
    change(owner, 1, **fields)
    happened(owner, 1, "applied", date(2026, 10, 1))
    happened(owner, 1, "invited", None)
    row, now = rows()[0], exported().work.now[key(1)]
    assert row == {
        "Program": "Invented Hospital 001",
        "City": "Toledo",
        "State": "OH",
        "Specialty": "Internal Medicine",
        "Program type": "Community",
        "ACGME id": key(1),
        "NRMP codes": "1001140C0",
        "J-1 visa": "yes",
        "H-1B visa": "not known",
        "Tier": now.tier.word,
        "Chance": str(round(now.chance, 3)),
        "Low": str(round(now.low, 3)),
        "High": str(round(now.high, 3)),
        "Chance in words": f"about {one_in(now.chance)} ({odds_range(now.low, now.high)})",
        "Why excluded or not ranked": "",
        "Key facts unknown": "9",
        "Deadline": "2026-12-01",
        "Website": "https://one.example.org",
        "From an earlier season": "",
        "Standing": "on the list",
        "Signal": "gold signal",
        "Connection": "strong",
        "Tags": "a; b",
        "Note": "call\nthem",
        "Why it is here": "",
        "Applied": "2026-10-01",
        "Invited": "yes",
        **dict.fromkeys(("Waitlisted", "Not invited", "Interview", "Withdrawn", "Ranked", "Matched"), ""),
        "Rank list": "2",
        "Invented": "",
        "SmartPick key": key(1),
    }
    assert tuple(row) == LABELS


def test_applications_come_first_in_their_own_order(owner):
    listed(owner, 3, 1)
    change(owner, 2, standing=Standing.VETOED)
    change(owner, 4, standing=Standing.SUGGESTED)
    assert [row["SmartPick key"] for row in rows()] == [key(3), key(1), key(4), key(2)]
    assert [row["Standing"] for row in rows()] == ["on the list", "on the list", "suggested", "ruled out"]


def test_entry_without_a_chance_says_why_and_no_zero(owner):
    add_programs([8], visa_j1="no")
    listed(owner, 8, 1, 2, 3)
    Program.objects.filter(key=key(2)).update(closed_on="2026-11-01")
    Program.objects.filter(key=key(3)).update(is_withdrawn=True)
    ListEntry.objects.filter(program__key__in=[key(2), key(3)]).update(tier=None, chance=None, low=None, high=None)
    found = {row["SmartPick key"]: (row["Tier"], row["Chance"], row["Why excluded or not ranked"]) for row in rows()}
    assert found[key(8)] == ("excluded", "", "Does not sponsor your visa")
    assert found[key(2)] == ("not ranked", "", "closed on 2026-11-01")
    assert found[key(3)] == ("not ranked", "", "no source names this program any more")


def test_sources_that_disagree_are_neither_yes_nor_no(owner):
    state(1, name="Letters", visa_j1="no")
    listed(owner, 1)
    assert rows()[0]["J-1 visa"] == "sources disagree"


def test_facts_of_an_earlier_season_are_named(owner):
    apply_changes(by="test", cause="test", facts=[new_fact(source("Old pages", 2), "deadline", "2025-10-31", program_key=key(1), season=2026)])
    listed(owner, 1)
    assert (rows()[0]["Deadline"], rows()[0]["From an earlier season"]) == ("2025-10-31", "Deadline")


def test_invented_programs_are_marked(owner):
    Program.objects.update(is_demo=True)
    listed(owner, 1)
    assert rows()[0]["Invented"] == "yes"
    assert ("text", "Invented programs") in cells(list_xlsx(exported(), today=TODAY)).values()


def test_no_cell_of_a_file_is_a_formula(owner):
    listed(owner, 1)
    for text in FORMULAS:
        Program.objects.filter(key=key(1)).update(name=text, city=text, website=text)
        ListEntry.objects.update(note=text, tags=[text], reason=text)
        row, stored = rows()[0], sheet()
        for label in ("Program", "City", "Website", "Note", "Tags", "Why it is here"):
            assert row[label].startswith("'"), (label, text)
            assert (stored[label][0][0], stored[label][0][1][0]) == ("text", "'"), (label, text)


def test_xlsx_has_a_summary_and_a_sheet_a_specialty_with_typed_cells(owner):
    apply_changes(by="test", cause="test", programs=[new_program("1200500001", specialty="120", name="Invented Family Hospital")])
    state(1, deadline="2026-12-01")
    recompute()
    listed(owner, 1, 2)
    change_list(by="visitor", profile=owner, match_year=2027, edits={"1200500001": {}}, said="added")
    data = list_xlsx(exported(), today=TODAY)
    assert [name in xml(data, "xl/workbook.xml") for name in ('name="Summary"', 'name="Internal Medicine"', 'name="Family Medicine"')] == [True] * 3
    own, other = sheet(2), sheet(3)
    assert (tuple(own), len(own["Program"]), len(other["Program"])) == (LABELS, 2, 1)
    assert own["ACGME id"][0] == ("text", key(1))  # a number would lose a zero in front
    assert own["Chance"][0] == (None, str(round(exported().work.now[key(1)].chance, 3)))
    assert own["Deadline"] == [(None, "46357"), None]  # days since 1900, as spreadsheets count
    assert own["Key facts unknown"][0][0] is None


def test_files_cost_the_same_for_any_number_of_entries(owner):
    add_programs(range(101, 131), visa_j1="yes")
    listed(owner, 1)
    Workspace(ProgramList.objects.get()).outlook  # noqa: B018 - programs are read for the first time
    counts = [query_count(lambda: list_csv(exported()))]
    listed(owner, *range(101, 131))
    counts.append(query_count(lambda: list_csv(exported())))
    # the list; entries; profile 4; programs, codes, specialties, steps
    assert counts == [10, 10]
    assert query_count(lambda: list_xlsx(exported(), today=TODAY)) == 18


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_own_file_brings_the_same_entries_back(owner, kind):
    change(owner, 2, note="=1+1", tags=["a", "b"], signal=Signal.GOLD, connection=Connection.WEAK)
    change(owner, 1, standing=Standing.LOCKED, rank=1)
    change(owner, 3, standing=Standing.VETOED, note="too\nfar")
    happened(owner, 2, "applied", date(2026, 10, 1))
    before = told(owner)
    data = list_csv(exported()) if kind == "csv" else list_xlsx(exported(), today=TODAY)
    ProgramList.objects.all().delete()
    table = read_list(data)
    about = {"profile": owner, "match_year": 2027, "table": table, "meanings": guessed(table.header), "today": TODAY}
    found, _ = preview(**about)
    assert (len(found.added), found.questions, found.missing, found.warned) == (3, [], [], [])
    import_list(**about, by="visitor", picks={}, digest=found.digest, replace=False, file_name="back")
    assert told(owner) == before


def told(owner):
    """{number: what its owner said of it}, whatever the order."""
    found = {}
    for number in (1, 2, 3):
        one = entry(owner, number)
        steps = list(one.steps.values_list("step", "on"))
        found[number] = (one.standing, one.note, one.tags, one.signal, one.connection, one.rank, steps)
    return found


def test_columns_have_names_widths_and_words_of_their_own():
    assert len(set(LABELS)) == len(LABELS) == len(WIDTHS)
    assert all(column.help.endswith(".") for column in COLUMNS)
