"""From a file to a plan with its preview, packed, and written exactly so."""

import hashlib
from dataclasses import replace
from datetime import date

import pytest
from django.conf import settings as django_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programs.choices import SourceRank
from programs.imports.plan import RowState
from programs.imports.presets import PRESETS
from programs.imports.preview import MissingProgram
from programs.imports.reader import read_table
from programs.imports.staging import (
    InvalidRowsError,
    StalePlanError,
    Told,
    details,
    left_out,
    pack,
    refuse_invalid,
    stage,
    summary,
    unpack_writes,
    write,
    writes,
)
from programs.models import DataVersion, Fact, ImportBatch, Program, ProgramStatement, Source, Track, TrackStatement
from programs.queries import data_version
from programs.services import ProgramDataError, get_or_create_source, new_version, undo_batch, upsert_programs
from smartpick.models import AuditEvent
from tests.programs.builders import new_program, query_count, reference_tables
from tests.programs.imports.stories import DAYS, HEADER, IMPORTS, NRMP_HEADER, SOURCES, bring, current, taken_back

TABLES = (Program, ProgramStatement, Track, TrackStatement, Fact, Source, ImportBatch, DataVersion, AuditEvent)
LAKESHORE = "1400500001,1234140C0,Lakeshore Invented Hospital,Toledo,OH,yes,strict,230,0.4,"
HARBOR = "1400500002,,Harbor Invented Hospital,Akron,OH,no,strict,,,2026-09-15"
LETTERS = ("template", "Program letters", DAYS[1], 2027, (LAKESHORE, HARBOR))

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _season(settings):
    settings.MATCH_YEAR = 2027


def staged(one=LETTERS, *, close=(), **more):
    preset, source, day, season, rows = one
    data = ((HEADER if preset == "template" else NRMP_HEADER) + "\n".join(rows) + "\n").encode()
    table, layout = read_table(data), PRESETS[preset]
    told = Told(layout, source, SOURCES.get(source, SourceRank.OFFICIAL), day, season, close=close, **more)
    return stage(table, layout.bind(table.header, season), told, file_digest=hashlib.sha256(data).hexdigest())


def written(made, **more):
    values = {"by": "ana@example.org", "file_name": "t.csv", "counts": summary(made), "expected_version": made.version}
    return write(writes(made), **{**values, **more})


def contents():
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in TABLES}


# --- packing ---


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(before=st.lists(IMPORTS, max_size=1), one=IMPORTS)
def test_packed_import_is_the_same_unpacked(before, one):
    with taken_back():
        reference_tables()
        for earlier in before:
            bring(earlier)
        made = staged(one)
        packed = pack(made)
        again, what = unpack_writes(packed.data), writes(made)
        assert (again.told, again.file_digest, again.about) == (what.told, what.file_digest, what.about)
        assert [tuple(part) for part in (again.programs, again.tracks)] == [what.programs, what.tracks]
        assert sorted(again.statements) == sorted(what.statements)
        shown = details(packed.data)
        lists = (shown.changes, shown.new_programs, shown.missing, shown.problems)
        assert tuple(map(tuple, lists)) == (made.preview.changes, made.preview.new_programs, made.missing, made.plan.problems)
        assert packed == pack(staged(one))


def test_written_from_the_package_is_written_all_the_same():
    reference_tables()
    made = staged()
    with taken_back():
        written(made)
        straight = current()
    write(unpack_writes(pack(made).data), by="t", file_name="t.csv", counts={}, expected_version=made.version)
    assert current() == straight
    assert Program.objects.values_list("key", "visa_j1", "closed_on").order_by("key").last() == ("1400500002", False, date(2026, 9, 15))


OTHER = {
    "rows": (*LETTERS[:4], (LAKESHORE,)),
    "a value": (*LETTERS[:4], (LAKESHORE.replace("yes", "no"), HARBOR)),
    "a name": (*LETTERS[:4], (LAKESHORE.replace("Lakeshore", "Lakeview"), HARBOR)),
    "the day": (*LETTERS[:2], DAYS[2], *LETTERS[3:]),
    "the season": (*LETTERS[:3], 2026, LETTERS[4]),
    "the source": ("template", "A forum", *LETTERS[2:]),
}


@pytest.mark.parametrize("one", OTHER.values(), ids=OTHER.keys())
def test_digest_is_another_one_with(one):
    reference_tables()
    assert pack(staged(one)).digest != pack(staged()).digest


def test_digest_is_another_one_with_licence_data_version_season_or_file():
    reference_tables()
    digests = [pack(staged()).digest, pack(staged(licence="by letter")).digest, pack(replace(staged(), file_digest="0" * 64)).digest]
    django_settings.MATCH_YEAR = 2028
    digests.append(pack(staged()).digest)
    new_version(by="t", verb="programs:write", cause="meanwhile", touched={})
    digests.append(pack(staged()).digest)
    assert len(set(digests)) == 5


def test_summary_is_what_the_preview_shows_at_once():
    reference_tables()
    bring(LETTERS)
    said = (LAKESHORE.replace("230", "220").replace("yes,strict", "N/A,"), "1400500009,,Cedar Invented Hospital,,,maybe,,,,", "1400,,,,,,,,,")
    shown = summary(staged(("template", "A second office", DAYS[2], 2027, said)))
    assert shown == {
        "rows": {"new": 1, "changed": 1, "same": 0, "invalid": 1},
        "totals": {
            "programs new": 1, "programs changed": 1, "tracks new": 0, "values changed": 1, "facts confirmed": 1, "facts stated": 2, "warnings": 1,
        },
        "changes": 1, "programs": 1, "fields": {"step2_min": 1}, "kinds": {"conflict": 1},
        "warnings": 1, "missing": 0, "conflicts": 1, "confirmed": 1, "empty": False, "notes": [],
    }  # fmt: skip


def test_staged_notes_say_whose_invented_programs_leave_the_lists():
    reference_tables()
    upsert_programs(by="t", programs=[new_program("1400500090", is_demo=True), new_program("1200500090", specialty="120", is_demo=True)], cause="t")
    note = "Real and invented programs never stand on one list: with their first real programs, the invented ones leave the lists of Internal Medicine."
    assert (staged().notes, summary(staged())["notes"]) == ((note,), [note])
    written(staged())
    assert staged((*LETTERS[:2], DAYS[2], *LETTERS[3:])).notes == ()


# --- writing ---


def test_write_records_source_batch_version_and_audit():
    reference_tables()
    made = staged(licence="by letter", url="https://example.org")
    batch = written(made)
    source = Source.objects.get()
    assert (source.name, source.rank, source.licence, source.url) == ("Program letters", SourceRank.PROGRAM, "by letter", "https://example.org")
    assert (batch.source, batch.preset, batch.season, batch.as_of, batch.licence, batch.applied_by) == (
        source, "template", 2027, DAYS[1], "by letter", "ana@example.org",
    )  # fmt: skip
    assert (batch.digest, batch.counts) == (made.file_digest, summary(made))
    version = DataVersion.objects.get()
    assert (version.cause, sorted(version.touched)) == ("Import of t.csv", sorted(str(pk) for pk in Program.objects.values_list("pk", flat=True)))
    assert list(AuditEvent.objects.order_by("id").values_list("verb", flat=True)) == ["source:create", "programs:write", "import:apply"]


def test_write_cuts_a_file_name_that_is_too_long():
    reference_tables()
    assert written(staged(), file_name="x" * 300).file_name == "x" * 200


@pytest.mark.parametrize("moved", ["newer", "older"])
def test_write_of_another_data_version_writes_nothing(moved):
    reference_tables()
    made = staged()
    if moved == "newer":
        new_version(by="somebody", verb="programs:write", cause="meanwhile", touched={})
    before = contents()
    with pytest.raises(StalePlanError, match=r"^The program data has changed since this preview: look at the new preview before applying it\.$"):
        written(made, expected_version=made.version - (moved == "older"))
    assert contents() == before


def test_write_twice_is_refused_because_the_first_moved_the_data():
    reference_tables()
    made = staged()
    written(made)
    before = contents()
    with pytest.raises(StalePlanError):
        written(made)
    assert contents() == before


REFUSED = {
    "another rank": ({"rank": SourceRank.VERIFIED}, r"^The source 'Program letters' exists as verified by staff: use that rank"),
    "demonstration data": ({"rank": SourceRank.PROGRAM, "is_demo": True}, r"exists as the program's own page or letter, demonstration data: "),
}


@pytest.mark.parametrize(("on_record", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_write_for_a_source_that_is_another_one_writes_nothing(on_record, message):
    reference_tables()
    get_or_create_source(name="Program letters", **on_record)
    before = contents()
    with pytest.raises(ProgramDataError, match=message):
        written(staged())
    assert contents() == before


def test_write_of_a_key_that_somebody_took_meanwhile_writes_nothing():
    reference_tables()
    bring(("nrmp", "NRMP Program Results", DAYS[0], 2027, ("OHIO,Invented Hosp-OH,Toledo,,1234140C0,8,6,8,6",)))
    made = staged()  # gives that program the id of the first row
    bring(("template", "A forum", DAYS[0], 2027, ("1400500001,,Somebody Else,,,,,,,",)))
    before = contents()
    with pytest.raises(ProgramDataError, match=r"^Program 1400500001 exists already: another program cannot take its key\.$"):
        written(made, expected_version=data_version())
    assert contents() == before


def test_stage_and_write_queries_do_not_grow_with_the_rows():
    reference_tables()
    bring(LETTERS)
    counts = []
    for start, size in ((100, 1), (200, 60)):
        rows = tuple(f"14005{number:05d},{number:04d}140C0,Invented Hospital {number},Toledo,OH,yes,strict,230,," for number in range(start, start + size))
        one = ("template", "Program letters", DAYS[1], 2027, rows)
        staging = query_count(lambda one=one: staged(one))
        made = staged(one)
        counts.append((staging, query_count(lambda made=made: written(made))))
    assert counts[0] == counts[1]


# --- rows that cannot be applied, and programs that are to be closed ---


@pytest.mark.parametrize(("invalid", "skip"), [(0, False), (0, True), (3, True)])
def test_refuse_invalid_lets_pass(invalid, skip):
    refuse_invalid(invalid, skip=skip)


def test_refuse_invalid_says_how_many():
    with pytest.raises(InvalidRowsError, match=r"^Nothing was written, because of rows that cannot be applied: 3\.$") as raised:
        refuse_invalid(3, skip=False)
    assert raised.value.staged is None


def test_left_out_allows_missing_programs_alone():
    gone = [MissingProgram("1400500002", "A", ""), MissingProgram("1400500001", "B", "")]
    assert left_out(["1400500009", "1400500002", "1400500001"], gone) == ("1400500001", "1400500002")


def test_closing_of_missing_programs_and_its_undo():
    reference_tables()
    bring((*LETTERS[:4], (LAKESHORE, HARBOR.replace("2026-09-15", ""))))
    before = current()
    made = staged((*LETTERS[:2], DAYS[2], 2027, (LAKESHORE,)), close=("1400500002",))
    assert [(change.key, change.field, change.before, change.after) for change in made.preview.changes] == [("1400500002", "closed_on", "", "2026-10-01")]
    assert (made.missing, made.preview.rows[RowState.SAME]) == ((MissingProgram("1400500002", "Harbor Invented Hospital", "Akron, OH"),), 1)
    batch = written(made)
    assert list(Program.objects.order_by("key").values_list("closed_on", "name", "visa_j1")) == [
        (None, "Lakeshore Invented Hospital", True),
        (DAYS[2], "Harbor Invented Hospital", False),
    ]
    undo_batch(by="t", batch=batch)
    assert current() == before


def test_closing_makes_a_repeated_file_say_something_new():
    reference_tables()
    bring((*LETTERS[:4], (LAKESHORE, HARBOR.replace("2026-09-15", ""))))
    repeated = (*LETTERS[:4], (LAKESHORE,))
    assert staged(repeated).is_empty
    made = staged(repeated, close=("1400500002",))
    assert (made.is_empty, written(made).counts["changes"]) == (False, 1)
    assert Program.objects.values_list("closed_on", flat=True).get(key="1400500002") == DAYS[1]


def test_a_program_that_is_listed_again_is_open_again():
    reference_tables()
    bring(LETTERS)
    bring((*LETTERS[:2], DAYS[2], 2027, (HARBOR.replace("2026-09-15", ""),)))
    assert Program.objects.values_list("closed_on", flat=True).get(key="1400500002") is None
