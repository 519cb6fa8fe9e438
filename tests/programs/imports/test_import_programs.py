"""`manage.py import_programs`: what it prints, refuses and exits with."""

import csv
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from programs.choices import SourceRank
from programs.models import Fact, ImportBatch, Program, Source, Track
from tests.programs import builders
from tests.programs.imports.files import NRMP_HEADER, csv_bytes

pytestmark = pytest.mark.django_db
ROW = ("OHIO", "Lakeshore Invented Hosp-OH", "Toledo", "Internal Medicine", "1234140C0", "8", "6", "6", "6")
BAD = ("OHIO", "Lakeshore Invented Hosp-OH", "Toledo", "Internal Medicine", "1234", "8", "6", "6", "6")
DOUBTFUL = ("OHIO", "Lakeshore Invented Hosp-OH", "Toledo", "Preliminary", "1234140P0", "8", "9", "6", "6")


@pytest.fixture(autouse=True)
def _tables(settings):
    settings.MATCH_YEAR = 2027
    builders.reference_tables()


@pytest.fixture
def run(tmp_path, capsys):
    """Write rows to a file, import it, and give back the printed lines without the time taken."""

    def import_rows(*rows, options=(), header=NRMP_HEADER, data=None):
        path = tmp_path / "results.csv"
        path.write_bytes(csv_bytes(header, *rows) if data is None else data)
        call_command("import_programs", str(path), *options)
        return [line.partition(" Took ")[0] for line in capsys.readouterr().out.splitlines()]

    return import_rows


def test_import_prints_what_it_did(run):
    assert run(ROW, DOUBTFUL, options=["--as-of", "2026-09-01"]) == [
        "results.csv: NRMP program results, stated by NRMP Program Results (official publication), as of 2026-09-01.",
        "Rows: 2 new, 0 changed, 0 same, 0 invalid",
        "In all: 1 new program, 2 new tracks",
        "Warnings: not read or not taken over: 1",
        "  line 3, matched_2026 '9': more people matched than the 8 positions of quota_2026: correct one of the two; the year is left out",
        "Written.",
    ]
    assert Track.objects.count() == 2


def test_import_repeated_says_that_nothing_changed(run):
    run(ROW)
    lines = run(ROW)
    assert lines[1:3] == ["Rows: 0 new, 0 changed, 1 same, 0 invalid", "In all: no change"]
    assert lines[-1] == "Nothing to write: everything in the file is on record already."
    assert ImportBatch.objects.count() == 1


def test_import_shows_what_changes_and_what_the_file_no_longer_has(run):
    harbor = ("NEW YORK", "Harbor Invented Hosp-NY", "Albany", "Internal Medicine", "2345140C0", "2", "2", "2", "2")
    run(ROW, harbor, options=["--as-of", "2026-09-01"])
    assert run((*ROW[:1], "Lakeview Invented Hosp-OH", *ROW[2:6], "8", *ROW[7:]), options=["--as-of", "2026-10-01"])[1:] == [
        "Rows: 0 new, 1 changed, 0 same, 0 invalid",
        "In all: 1 changed program, 2 changed values",
        "Changes to programs on record: 2",
        "  line 2, nrmp-1234-140 Lakeshore Invented Hosp-OH: Name: Lakeshore Invented Hosp-OH -> Lakeview Invented Hosp-OH (another value)",
        (
            "  line 2, nrmp-1234-140 Lakeshore Invented Hosp-OH: Positions of a track: 1234140C0 Internal Medicine; 2025: 6 of 6, 2026: 6 of 8 -> "
            "1234140C0 Internal Medicine; 2025: 6 of 6, 2026: 8 of 8 (another value)"
        ),
        "Programs that the file no longer has, which stay as they are: 1",
        "  nrmp-2345-140 Harbor Invented Hosp-NY",
        "Written.",
    ]
    assert Program.objects.values_list("closed_on", flat=True).get(key="nrmp-2345-140") is None


def test_import_shows_twenty_changes_and_says_how_many_more(run):
    header = ("acgme_id", "name", "visa_j1", "step2_min")
    for name, day in (("Lakeshore Invented Hospital", "2026-09-01"), ("Lakeview Invented Hospital", "2026-10-01")):
        rows = [(f"14005000{number}", name, "yes", "220") for number in range(10, 35)]
        lines = run(*rows, header=header, options=["--source", "Letters", "--as-of", day])
    assert lines[2:4] == ["In all: 25 changed programs, 25 changed values, 50 facts confirmed", "Changes to programs on record: 25"]
    assert (sum(line.startswith("  line ") for line in lines), lines[-2:]) == (20, ["  and 5 more", "Written."])


def test_import_of_invalid_rows_alone_writes_nothing(run):
    assert run(BAD, options=["--skip-invalid"])[-1] == "Nothing to write: no row could be read."
    assert (Program.objects.count(), ImportBatch.objects.count()) == (0, 0)


def test_import_writes_problems_that_no_spreadsheet_runs(run, tmp_path):
    path = tmp_path / "problems.csv"
    run((*ROW[:4], "=HYPERLINK(1)", *ROW[5:]), ROW, options=["--skip-invalid", "--problems", str(path)])
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert [line[2] for line in csv.reader(file)] == ["value", "'=HYPERLINK(1)"]


def test_import_dry_run_says_so_and_writes_nothing(run):
    lines = run(ROW, options=["--dry-run"])
    assert (lines[1], lines[-1]) == ("Rows: 1 new, 0 changed, 0 same, 0 invalid", "Trial run: nothing was written.")
    assert (Program.objects.count(), Source.objects.count()) == (0, 0)


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_import_with_invalid_rows_reports_them_and_fails(run, capsys, options):
    with pytest.raises(CommandError) as raised:
        run(ROW, BAD, options=options)
    assert str(raised.value) == "Nothing was written, because of rows that cannot be applied: 1. Correct them, or leave them out with --skip-invalid."
    assert raised.value.returncode == 1
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "Rows that cannot be applied: 1",
        "  line 3, nrmp_code '1234': is not an NRMP code: write 7 digits, one of the letters C, M, P, A, R, and 1 digit, such as 1000140C0",
    ]
    assert Program.objects.count() == 0


def test_import_skipping_invalid_rows_writes_the_others(run):
    lines = run(ROW, BAD, options=["--skip-invalid"])
    assert (lines[1], lines[-1]) == ("Rows: 1 new, 0 changed, 0 same, 1 invalid", "Written.")
    assert list(Track.objects.values_list("nrmp_code", flat=True)) == ["1234140C0"]


def test_import_shows_twenty_problems_and_writes_all_to_a_file(run, tmp_path):
    doubtful = [(*DOUBTFUL[:4], f"{institution}140P0", *DOUBTFUL[5:]) for institution in range(2000, 2025)]
    path = tmp_path / "problems.csv"
    lines = run(*doubtful, options=["--problems", str(path)])
    assert sum(line.startswith("  line ") for line in lines) == 20
    assert lines[-3:-1] == ["  and 5 more; --problems FILE writes them all", f"All 25 problems: {path}"]
    with path.open(encoding="utf-8-sig", newline="") as file:
        written = list(csv.reader(file))
    message = "more people matched than the 8 positions of quota_2026: correct one of the two; the year is left out"
    assert (len(written), written[0]) == (26, ["line", "column", "value", "severity", "message"])
    assert written[-1] == ["26", "matched_2026", "9", "warning", message]


def test_import_takes_source_rank_season_and_date(run):
    options = [
        "--source",
        "Letters",
        "--rank",
        "program",
        "--season",
        "2026",
        "--as-of",
        "2026-02-01",
        "--licence",
        "by letter",
        "--url",
        "https://example.org",
    ]
    run(("1400500001", "Lakeshore", "yes"), header=("acgme_id", "name", "visa_j1"), options=options)
    assert Source.objects.values_list("name", "rank", "licence", "url").get() == ("Letters", SourceRank.PROGRAM, "by letter", "https://example.org")
    assert Fact.objects.values_list("value", "season", "as_of").get() == ("yes", 2026, date(2026, 2, 1))


def test_import_without_a_source_trusts_nobody(run):
    lines = run(("1400500001", "Lakeshore", "yes"), header=("acgme_id", "name", "visa_j1"), options=["--as-of", "2026-09-01"])
    assert lines[0] == "results.csv: SmartPick templates, stated by Data file without a named source (community report), as of 2026-09-01."


def test_import_notes_columns_it_did_not_read(run):
    assert "Note: Column 'phone' is not one that this layout has; it was not read." in run((*ROW, "555"), header=(*NRMP_HEADER, "phone"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--preset", "eras"], "results.csv: There is no preset 'eras': use nrmp, template, acgme, freida or requirements."),
        (["--season", "1900"], "--season 1900: write a Match year from 1952 to 2028."),
        (["--season", "2029"], "--season 2029: write a Match year from 1952 to 2028."),
        (["--as-of", "2999-01-01"], "--as-of 2999-01-01 has not come yet: write the day the facts were true."),
        (["--as-of", "yesterday"], "Error: argument --as-of: write the date as 2026-09-30, not 'yesterday'"),
        (["--rank", "best"], "Error: argument --rank: invalid choice: 'best' (choose from 'program', 'official', 'verified', 'aggregator', 'community')"),
        (["--url", "javascript:alert(1)"], "results.csv: The source 'NRMP Program Results' cannot be kept as given. url: Enter a valid URL."),
        (["--problems", "/nowhere/at/all.csv"], "/nowhere/at/all.csv cannot be written (No such file or directory): choose another file for --problems."),
    ],
)
def test_import_refuses_options_and_writes_nothing(run, options, message):
    with pytest.raises(CommandError) as raised:
        run(ROW, options=options)
    assert str(raised.value).endswith(message)
    assert (Program.objects.count(), Source.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "results.csv: The file is empty: choose a file with a header line and rows."),
        (b"%PDF-1.7", "results.csv: This is a PDF: save its table as CSV or XLSX."),
        (
            b"hospital\nA\n",
            "results.csv: The header fits no known layout: name it with --preset nrmp, template, acgme, freida or requirements. It has: hospital.",
        ),
        (
            b"quota_2026\n8\n",
            (
                "results.csv: No column is read as institution (Name of the program or its institution), which every row needs: "
                "choose or rename a column. The file has: quota_2026."
            ),
        ),
    ],
)
def test_import_refuses_a_file_with_the_remedy(run, data, message):
    with pytest.raises(CommandError) as raised:
        run(data=data)
    assert str(raised.value).endswith(message)


def test_import_of_a_file_that_is_not_there(tmp_path):
    with pytest.raises(CommandError) as raised:
        call_command("import_programs", str(tmp_path / "nothing.csv"))
    assert str(raised.value) == f"{tmp_path / 'nothing.csv'} cannot be read (No such file or directory): check the name and the permissions."


def test_import_of_a_folder(tmp_path):
    with pytest.raises(CommandError, match=f"{tmp_path} cannot be read \\(Is a directory\\): check the name and the permissions."):
        call_command("import_programs", str(tmp_path))


def test_import_without_reference_tables_says_what_to_run(run):
    type(builders.state()).objects.all().delete()
    with pytest.raises(CommandError, match=r"There are no specialties or states on record; run: python manage\.py load_reference"):
        run(ROW)


@pytest.mark.parametrize("spelling", ["results.csv", "folder/../results.csv", "link.csv", "hard.csv"])
def test_import_refuses_to_write_problems_over_the_file_it_reads(run, tmp_path, spelling):
    (tmp_path / "folder").mkdir()
    path = tmp_path / "results.csv"
    path.write_bytes(b"")
    (tmp_path / "link.csv").symlink_to(path)
    (tmp_path / "hard.csv").hardlink_to(path)

    with pytest.raises(CommandError, match=r"is the file to import, and would replace it: choose another file for --problems\.$"):
        run(ROW, options=["--problems", str(tmp_path / spelling)])

    assert (path.read_bytes(), Program.objects.count()) == (csv_bytes(NRMP_HEADER, ROW), 0)


@pytest.mark.parametrize("before", [None, "kept from last time"])
def test_import_that_fails_leaves_the_problems_file_as_it_was(run, tmp_path, before):
    path = tmp_path / "problems.csv"
    if before is not None:
        path.write_text(before)

    with pytest.raises(CommandError):
        run(data=b"%PDF-1.7", options=["--problems", str(path)])

    assert (path.read_text() if path.exists() else None) == before
