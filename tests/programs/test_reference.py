"""The reference tables as shipped, and how they are loaded."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from programs.models import ApplicationFee, CalendarEvent, DataVersion, LicensingLimit, SignalLimit, Specialty, State
from programs.reference import FOLDER, TABLES, Loaded, ReferenceTableError, load_reference, parse_folder, parse_table
from smartpick.models import AuditEvent

BY = "test"
CODES = {"specialty": frozenset({"140"}), "state": frozenset({"NY"})}
BY_NAME = {table.name: table for table in TABLES}
SOURCE = "source,source_url,source_kind,as_of"
SOURCED = "Somebody,,primary,2026-11-22"
HEADERS = {
    "states": "usps,name,division,region",
    "licensing_limits": "state,max_attempts_each_step,max_attempts_step3,time_limit_years,note",
    "signal_limits": "specialty,season,gold,silver,single",
    "application_fees": "service,season,from_program,to_program,fee_usd,flat",
}
KEYS = (
    "season-opens",
    "applications-open",
    "registration-opens",
    "programs-review",
    "registration-closes",
    "ranking-opens",
    "ranking-closes",
    "match-week",
    "soap-ends",
    "match-day",
    "season-ends",
    "training-starts",
)


@pytest.fixture(scope="module")
def shipped():
    return {table.name: rows for table, rows in parse_folder(FOLDER)}


@pytest.fixture
def folder(tmp_path):
    for file in FOLDER.glob("*.csv"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path


def edit(folder, name, old, new):
    file = folder / f"{name}.csv"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


# --- the tables as shipped ---


@pytest.mark.parametrize("name", BY_NAME)
def test_every_row_says_who_stated_it_and_as_of_when(shipped, name):
    assert shipped[name]
    for row in shipped[name]:
        assert row["source"]
        assert date(2018, 1, 1) <= row["as_of"] <= timezone.localdate()


def test_folder_holds_no_table_that_is_not_loaded():
    assert sorted(file.stem for file in FOLDER.iterdir()) == sorted(BY_NAME)


def test_specialties_menu_starts_with_the_most_applied_to(shipped):
    menu = sorted((row["menu_order"], row["name"]) for row in shipped["specialties"] if row["menu_order"] != 999)
    assert [order for order, _ in menu] == list(range(1, 21))
    assert [name for _, name in menu[:4]] == ["Internal Medicine", "Family Medicine", "Pediatrics", "Neurology"]


def test_states_are_the_fifty_the_district_and_five_territories(shipped):
    regions = [row["region"] for row in shipped["states"]]
    assert (len(regions), regions.count("Territory"), "DC" in {row["usps"] for row in shipped["states"]}) == (56, 5, True)


@pytest.mark.parametrize("season", [2026, 2027])
def test_calendar_has_every_key_in_the_order_of_the_season(shipped, season):
    events = sorted((row["date"], row["key"]) for row in shipped["calendar"] if row["season"] == season)
    assert tuple(key for _, key in events) == KEYS


def test_calendar_arithmetic_is_not_passed_off_as_announced(shipped):
    inferred = {row["key"] for row in shipped["calendar"] if row["season"] == 2027 and row["source_kind"] == "inferred"}
    assert inferred == set(KEYS) - {"season-opens", "applications-open", "programs-review", "training-starts"}
    assert {row["source_kind"] for row in shipped["calendar"] if row["season"] == 2026} == {"primary", "secondary"}


def test_fee_above_thirty_programs_in_2027_stays_unknown(shipped):
    prices = {(row["season"], row["from_program"]): row["fee_usd"] for row in shipped["application_fees"] if row["service"] == "ERAS"}
    assert prices[2026, 31] == 30
    assert prices[2027, 31] is None


def test_fee_steps_follow_each_other_without_gap_and_have_no_upper_end(shipped):
    schedules = {}
    for row in shipped["application_fees"]:
        schedules.setdefault((row["service"], row["season"]), []).append((row["from_program"], row["to_program"]))
    for steps in schedules.values():
        starts, ends = zip(*sorted(steps), strict=True)
        assert starts[0] == 1
        assert ends == (*(start - 1 for start in starts[1:]), None)


def test_signals_of_specialties_without_a_clear_source_stay_unknown(shipped):
    known = {(row["specialty_id"], row["season"]) for row in shipped["signal_limits"]}
    assert ("220", 2026) in known
    assert not known & {("220", 2027), ("416", 2027)}


def test_licensing_limits_send_people_to_the_board(shipped):
    notes = [row["note"] for row in shipped["licensing_limits"]]
    assert len(notes) == 53
    assert all(note.endswith("Check with the board.") for note in notes)


def test_licensing_limit_of_disagreeing_sources_is_empty(shipped):
    massachusetts = next(row for row in shipped["licensing_limits"] if row["state_id"] == "MA")
    assert (massachusetts["max_attempts_step3"], massachusetts["time_limit_years"]) == (None, None)


# --- parsing ---


@pytest.mark.parametrize(
    ("name", "rows", "message"),
    [
        ("states", "NY,New York,Middle Atlantic,Northeast,Somebody,,primary,soon", "line 2, column as_of: .*'soon'"),
        ("states", f"NYC,New York,Middle Atlantic,Northeast,{SOURCED}", "line 2, column usps: .*at most 2"),
        ("states", f"NY,,Middle Atlantic,Northeast,{SOURCED}", "line 2, column name: .*blank"),
        ("states", "NY,New York,Middle Atlantic,Northeast,Somebody,,hearsay,2026-01-01", "line 2, column source_kind: .*'hearsay'"),
        ("states", "NY,New York,Middle Atlantic,Northeast,Somebody,a book,primary,2026-01-01", "line 2, column source_url: .*'a book'"),
        ("states", "NY,New York,Middle Atlantic,Northeast,Smith, Jones,,primary,2026-01-01", "line 2: 9 cells instead of 8"),
        ("licensing_limits", f"ZZ,,,,,{SOURCED}", "line 2, column state: 'ZZ' is not in the table"),
        ("licensing_limits", f"NY,3+,,,,{SOURCED}", "line 2, column max_attempts_each_step: .*'3\\+'"),
        ("signal_limits", f"140,2027,3,,,{SOURCED}", "line 2: Write gold and silver, or single alone"),
        ("signal_limits", f"140,2027,3,12,15,{SOURCED}", "line 2: Write gold and silver, or single alone"),
        ("signal_limits", f"140,2027,,,5,{SOURCED}\n140,2027,,,7,{SOURCED}", "line 3: This row is there twice"),
        ("application_fees", f"ERAS,2027,31,30,,no,{SOURCED}", "line 2: to_program is smaller than from_program"),
        ("application_fees", f"ERAS,2027,1,,11,per program,{SOURCED}", "line 2, column flat: Write yes or no, not 'per program'"),
    ],
)
def test_parse_table_broken_row_is_named(name, rows, message):
    with pytest.raises(ReferenceTableError, match=rf"^{name}\.csv, {message}"):
        parse_table(BY_NAME[name], f"{HEADERS[name]},{SOURCE}\n{rows}\n", CODES)


@pytest.mark.parametrize("header", ["", f"usps,name,region,{SOURCE}", f"usps,usps,name,division,region,{SOURCE}", f"{HEADERS['states']},{SOURCE},more"])
def test_parse_table_other_columns_are_refused(header):
    with pytest.raises(ReferenceTableError, match=r"^states\.csv, line 1: .*: source, source_url, source_kind, as_of, usps, name, division, region\.$"):
        parse_table(BY_NAME["states"], f"{header}\n", CODES)


def test_parse_table_reads_columns_in_any_order_and_empty_as_unknown():
    text = f"{SOURCE},flat,fee_usd,to_program,from_program,season,service\n{SOURCED},no,,,31,2027,ERAS\n"
    assert parse_table(BY_NAME["application_fees"], text, CODES) == [
        {
            "service": "ERAS",
            "season": 2027,
            "from_program": 31,
            "to_program": None,
            "fee_usd": None,
            "flat": False,
            "source": "Somebody",
            "source_url": "",
            "source_kind": "primary",
            "as_of": date(2026, 11, 22),
        }
    ]


def test_parse_folder_missing_file_is_named(folder):
    (folder / "calendar.csv").unlink()
    with pytest.raises(ReferenceTableError, match=r"^calendar\.csv, line 1: The file cannot be read"):
        parse_folder(folder)


def test_parse_folder_other_encoding_is_named(folder):
    (folder / "states.csv").write_bytes(b"usps,name\nPR,Mayag\xfcez\n")
    with pytest.raises(ReferenceTableError, match=r"^states\.csv, line 1: The file cannot be read as UTF-8"):
        parse_folder(folder)


# --- loading ---


@pytest.mark.django_db
def test_load_reference_fills_every_table(shipped):
    loaded = load_reference(by=BY)
    assert loaded == [Loaded(name, len(rows), len(rows), 0) for name, rows in shipped.items()]
    assert Specialty.objects.first().code == "140"
    assert [event.key for event in CalendarEvent.objects.filter(season=2027)] == list(KEYS)
    assert LicensingLimit.objects.get(state="TX").max_attempts_each_step == 3
    assert DataVersion.objects.count() == 1


@pytest.mark.django_db
def test_load_reference_twice_changes_nothing_the_second_time(shipped, django_assert_num_queries):
    load_reference(by=BY)
    with django_assert_num_queries(len(TABLES) + 2):  # one read a table, and the transaction around
        again = load_reference(by=BY)
    assert again == [Loaded(name, len(rows), 0, 0) for name, rows in shipped.items()]
    assert (DataVersion.objects.count(), AuditEvent.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_load_reference_changed_row_is_brought_up_to_date_and_counted(folder):
    load_reference(by=BY)
    ApplicationFee.objects.filter(service="ERAS", season=2026, from_program=31).update(fee_usd=29)
    edit(folder, "states", "New York,", "State of New York,")
    loaded = {table.name: (table.new, table.changed) for table in load_reference(by=BY, folder=folder) if table.new or table.changed}
    assert loaded == {"states": (0, 1), "application_fees": (0, 1)}
    assert State.objects.get(usps="NY").name == "State of New York"
    assert ApplicationFee.objects.get(service="ERAS", season=2026, from_program=31).fee_usd == 30
    assert DataVersion.objects.count() == 2
    assert AuditEvent.objects.latest("id").detail == {"states": 1, "application_fees": 1}


@pytest.mark.django_db
def test_load_reference_row_missing_from_the_file_stays(folder):
    load_reference(by=BY)
    signals = SignalLimit.objects.count()
    file = folder / "signal_limits.csv"
    file.write_text("".join(file.read_text(encoding="utf-8").splitlines(keepends=True)[:5]), encoding="utf-8")
    load_reference(by=BY, folder=folder)
    assert SignalLimit.objects.count() == signals


@pytest.mark.django_db
def test_load_reference_broken_file_writes_nothing(folder):
    edit(folder, "calendar", "2027-03-19", "2027-13-19")
    with pytest.raises(ReferenceTableError, match=r"^calendar\.csv, line 23, column date: .*'2027-13-19'"):
        load_reference(by=BY, folder=folder)
    assert (Specialty.objects.count(), DataVersion.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_command_prints_a_line_for_each_table(capsys):
    call_command("load_reference")
    call_command("load_reference")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "specialties: 60 rows, 60 new, 0 changed"
    assert lines[7:] == [line.replace(f"{line.split()[1]} new", "0 new") for line in lines[:7]]


@pytest.mark.django_db
def test_command_broken_file_says_where_and_that_nothing_changed(folder):
    edit(folder, "application_fees", "ERAS,2024,1,10,99", "ERAS,2024,1,10,cheap")
    with pytest.raises(CommandError, match=r"^application_fees\.csv, line 2, column fee_usd: .*'cheap'\. Nothing was changed\.$"):
        call_command("load_reference", folder=folder)
