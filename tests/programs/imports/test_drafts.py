"""An import in the browser, step by step, and what may come between the steps."""

import zlib

import pytest
from django.utils import timezone

from programs.choices import SourceRank
from programs.imports import drafts
from programs.imports import services as imports
from programs.imports.columns import HeaderError
from programs.imports.reader import ReadError
from programs.imports.staging import InvalidRowsError, StalePlanError
from programs.models import ColumnMemory, DataVersion, ImportDraft, Program, Source
from programs.services import ProgramDataError, new_version, undo_batch, upsert_programs
from smartpick.models import AuditEvent
from tests.programs.builders import new_program, query_count, reference_tables
from tests.programs.imports.drafting import (
    HARBOR,
    HEADER,
    LAKESHORE,
    NAMELESS,
    OCTOBER,
    SEPTEMBER,
    applied,
    imported,
    previewed,
    refused,
    settled,
    uploaded,
)
from tests.programs.imports.files import NRMP_HEADER, csv_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _tables(settings):
    settings.MATCH_YEAR = 2027
    reference_tables()


# --- upload ---


def test_upload_keeps_the_file_with_guesses():
    draft = uploaded(LAKESHORE, HARBOR)
    draft.refresh_from_db()
    assert (draft.header, draft.row_count, draft.samples) == (list(HEADER), 2, [list(LAKESHORE), list(HARBOR[:-1])])
    assert zlib.decompress(draft.data) == csv_bytes(HEADER, LAKESHORE, HARBOR)
    assert drafts.chosen(draft) == dict(enumerate(HEADER))
    assert (draft.preset, draft.source_name, draft.rank, draft.season, draft.created_by) == ("template", "", SourceRank.COMMUNITY, 2027, "ana@example.org")
    assert (draft.plan, draft.preview_digest, draft.summary, Program.objects.count()) == (None, "", {}, 0)


def test_upload_of_results_knows_who_states_them():
    draft = uploaded(("OHIO", "A", "Toledo", "IM", "1234140C0", "8", "7", "6", "6"), header=NRMP_HEADER)
    assert (draft.preset, draft.source_name, draft.rank) == ("nrmp", "NRMP Program Results", SourceRank.OFFICIAL)
    assert drafts.chosen(draft)[5] == "quota_2026"


def test_upload_of_unknown_columns_leaves_them_to_the_admin():
    draft = uploaded(("x", "y"), header=("hospital code", "town"))
    assert (draft.preset, set(drafts.chosen(draft).values())) == ("template", {""})


def test_upload_shortens_samples_and_file_names():
    draft = drafts.upload(by="t", data=csv_bytes(("acgme_id", "institution"), *[("1400500001", "x" * 100)] * 5), file_name="a" * 250 + ".csv")
    assert ([len(row[1]) for row in draft.samples], len(draft.file_name), draft.file_name[-4:]) == ([80, 80, 80], 200, ".csv")


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"acgme_id\n", b"a,a\n1,2\n"])
def test_upload_of_a_file_that_cannot_be_read_keeps_nothing(data):
    refused(ReadError, lambda: uploaded(data=data))


# --- what the columns mean ---


def test_settle_keeps_what_is_said_and_remembers_the_columns():
    draft = settled(uploaded(LAKESHORE, header=("Program No.", *HEADER[1:])), meanings={0: "acgme_id", 1: "institution", 4: ""}, licence="by letter")
    draft.refresh_from_db()
    assert (draft.source_name, draft.licence, draft.as_of, draft.meanings) == (
        "Program letters", "by letter", SEPTEMBER, {"0": "acgme_id", "1": "institution", "4": ""},
    )  # fmt: skip
    assert set(ColumnMemory.objects.values_list("source_name", "header", "meaning")) == {
        ("Program letters", "program_no", "acgme_id"), ("Program letters", "institution", "institution"), ("Program letters", "visa_j1", ""),
    }  # fmt: skip
    assert drafts.guesses(uploaded(LAKESHORE, header=("PROGRAM NO", *HEADER[1:])), "Program letters")[0] == "acgme_id"


def test_settle_remembers_the_column_that_is_read_of_two_with_one_plain_name():
    header = ("acgme_id", "institution", "Step 2", "Step-2")
    settled(uploaded(("1400500001", "Lakeshore", "220", "x"), header=header), meanings={0: "acgme_id", 1: "institution", 2: "step2_min", 3: ""})
    assert ColumnMemory.objects.values_list("meaning", flat=True).get(header="step_2") == "step2_min"


def test_settle_again_forgets_the_preview():
    draft = settled(previewed(LAKESHORE))
    draft.refresh_from_db()
    assert (draft.plan, draft.preview_digest, draft.preview_version, draft.previewed_at, draft.summary) == (None, "", None, None, {})
    with pytest.raises(ProgramDataError, match=r"^This file has no preview yet: say what its columns mean first\.$"):
        drafts.details(draft)


REFUSED = {
    "no such layout": ({"preset": "eras"}, ProgramDataError, "There is no layout 'eras': choose one of nrmp, template"),
    "no source": ({"source_name": "  "}, ProgramDataError, "name the source"),
    "no id": ({"meanings": {1: "institution"}}, HeaderError, "acgme_id"),
    "one meaning twice": ({"meanings": {0: "acgme_id", 1: "institution", 2: "institution"}}, HeaderError, "'institution' and 'city' both say name"),
    "no such meaning": ({"meanings": {0: "acgme_id", 1: "nonsense"}}, HeaderError, "There is no meaning 'nonsense' for column 2"),
    "no such column": ({"meanings": {0: "acgme_id", 99: "city"}}, HeaderError, "for column 100"),
}


@pytest.mark.parametrize(("said", "error", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_settle_refuses(said, error, message):
    draft = uploaded(LAKESHORE)
    refused(error, lambda: settled(draft, **said), message)


# --- preview ---


def test_preview_keeps_what_applying_would_do_and_writes_no_program_data():
    draft = previewed(LAKESHORE, NAMELESS, header=(*HEADER[:6], "score wish"))
    draft.refresh_from_db()
    assert (draft.preview_version, len(draft.preview_digest), draft.summary["rows"]) == (0, 64, {"new": 1, "changed": 0, "same": 0, "invalid": 1})
    assert draft.summary["notes"] == ["Column 'score wish' is left out."]
    shown = drafts.details(draft)
    assert [(row.key, row.facts) for row in shown.new_programs] == [("1400500001", 1)]
    assert [problem.message for problem in shown.problems] == ["a new program needs a name: write the institution's"]
    assert (Program.objects.count(), Source.objects.count(), DataVersion.objects.count()) == (0, 0, 0)
    assert AuditEvent.objects.filter(verb="import:preview").values_list("detail__digest", flat=True).get() == draft.preview_digest


def test_preview_made_again_is_the_same_until_the_data_moves():
    draft = previewed(LAKESHORE)
    first = draft.preview_digest
    assert drafts.preview(by="t", draft=draft).preview_digest == first
    new_version(by="t", verb="programs:write", cause="meanwhile", touched={})
    assert drafts.preview(by="t", draft=draft).preview_digest != first


def test_preview_without_a_date_takes_that_of_the_very_file_else_today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda: SEPTEMBER)
    assert imported(LAKESHORE, as_of=None).as_of == SEPTEMBER
    monkeypatch.setattr(timezone, "localdate", lambda: OCTOBER)
    assert previewed(LAKESHORE, as_of=None).summary["empty"] is True
    assert imported(HARBOR, as_of=None).as_of == OCTOBER


def test_preview_takes_the_rank_of_a_source_on_record():
    imported(LAKESHORE)
    draft = previewed(HARBOR, rank=None)
    assert applied(draft).source.rank == SourceRank.PROGRAM


def test_preview_refuses_to_close_what_stands_in_the_file():
    imported(LAKESHORE)
    draft = settled(uploaded(LAKESHORE), close=("1400500001",))
    refused(ProgramDataError, lambda: drafts.preview(by="t", draft=draft), "stands in the file: look at the list again")


def test_bad_rows_are_those_that_cannot_be_applied_with_every_reason():
    draft = previewed(LAKESHORE, ("1.40E+09", "=cmd", "", "", "yes", "strict", "220"), NAMELESS)
    eaten = "a spreadsheet turned this id into 1.40E+09 and its digits are lost: format the column as text and export again"
    assert drafts.bad_rows(draft) == [
        (["1.40E+09", "=cmd", "", "", "yes", "strict", "220"], f"acgme_id: {eaten}"),
        (["1400500003", "", "", "", "yes", "strict"], "institution: a new program needs a name: write the institution's"),
    ]


# --- apply ---


def test_apply_writes_what_was_previewed_and_lets_the_file_go():
    draft = previewed(LAKESHORE, HARBOR)
    summary = dict(draft.summary)
    batch = applied(draft)
    draft.refresh_from_db()
    assert (draft.batch, draft.plan, bytes(draft.data)) == (batch, None, b"")
    assert (batch.counts, batch.digest, batch.as_of, batch.applied_by) == (summary, draft.file_digest, SEPTEMBER, "ana@example.org")
    assert list(Program.objects.order_by("key").values_list("key", "visa_j1", "step2_min")) == [("1400500001", True, 220), ("1400500002", False, None)]


@pytest.mark.parametrize("digest", ["", "0" * 64], ids=["none", "another"])
def test_apply_of_another_digest_writes_nothing(digest):
    draft = previewed(LAKESHORE)
    refused(StalePlanError, lambda: applied(draft, digest=digest), "look at the new preview")


def test_apply_of_the_digest_before_the_last_preview_writes_nothing():
    draft = previewed(LAKESHORE)
    seen = draft.preview_digest
    drafts.preview(by="ben@example.org", draft=settled(draft, as_of=OCTOBER))
    refused(StalePlanError, lambda: applied(draft, digest=seen), "look at the new preview")


def test_apply_without_a_preview_writes_nothing():
    draft = settled(uploaded(LAKESHORE))
    refused(StalePlanError, lambda: applied(draft))


def test_apply_after_the_data_moved_writes_nothing_until_somebody_looked_again():
    mine, theirs = previewed(LAKESHORE), previewed(HARBOR, source_name="A second office", rank=SourceRank.OFFICIAL)
    applied(theirs)
    refused(StalePlanError, lambda: applied(mine), "The program data has changed since this preview")
    applied(drafts.preview(by="ana@example.org", draft=mine))
    assert Program.objects.count() == 2


def test_apply_twice_writes_once():
    draft = previewed(LAKESHORE)
    applied(draft)
    message = r"^This file was applied already: upload it again to import it anew\.$"
    for call in (lambda: applied(draft), lambda: drafts.preview(by="t", draft=draft), lambda: settled(draft), lambda: drafts.discard(by="t", draft=draft)):
        refused(ProgramDataError, call, message)


def test_apply_of_a_draft_that_was_put_aside_writes_nothing():
    draft = previewed(LAKESHORE)
    drafts.discard(by="ben@example.org", draft=ImportDraft.objects.get(pk=draft.pk))
    message = r"^This file was put aside: upload it again to import it\.$"
    for call in (lambda: applied(draft), lambda: drafts.preview(by="t", draft=draft), lambda: settled(draft), lambda: drafts.discard(by="t", draft=draft)):
        refused(ProgramDataError, call, message)
    assert AuditEvent.objects.get(verb="import:discard").by == "ben@example.org"


def test_apply_with_invalid_rows_needs_the_consent():
    draft = previewed(LAKESHORE, NAMELESS)
    refused(InvalidRowsError, lambda: applied(draft), r"^Nothing was written, because of rows that cannot be applied: 1\.$")
    assert applied(draft, skip_invalid=True).counts["rows"]["invalid"] == 1
    assert list(Program.objects.values_list("key", flat=True)) == ["1400500001"]


def test_apply_of_a_file_that_says_nothing_new_leaves_no_trace():
    imported(LAKESHORE)
    draft = previewed(LAKESHORE)
    refused(ProgramDataError, lambda: applied(draft), "There is nothing to write")


def test_apply_that_fails_half_way_leaves_nothing(monkeypatch):
    def broken(**_):
        raise RuntimeError("the disk is full")

    draft = previewed(LAKESHORE)
    monkeypatch.setattr("programs.imports.staging.audit.record", broken)
    refused(RuntimeError, lambda: applied(draft))


def test_apply_queries_do_not_grow_with_the_rows():
    imported(LAKESHORE)
    counts = []
    for start, size in ((100, 1), (200, 50)):
        draft = settled(uploaded(*((f"14005{number:05d}", *LAKESHORE[1:]) for number in range(start, start + size))))
        looking = query_count(lambda draft=draft: drafts.preview(by="t", draft=draft))
        counts.append((looking, query_count(lambda draft=draft: applied(draft))))
    assert counts[0] == counts[1]


# --- undo, and programs that are closed or invented ---


def test_undo_import_leaves_the_data_as_if_it_had_never_been():
    imported(LAKESHORE)
    before = list(Program.objects.order_by("pk").values())
    batch = imported(("1400500001", "Lakeview Invented Hospital", "Akron", "NY", "no", "strict", "250"), HARBOR, as_of=OCTOBER)
    drafts.undo_import(by="ben@example.org", batch=batch)
    assert list(Program.objects.filter(is_withdrawn=False).order_by("pk").values()) == before
    refused(ProgramDataError, lambda: drafts.undo_import(by="t", batch=batch), r"^This import was undone already, by ben@example\.org\.$")


def test_missing_programs_are_closed_when_asked_and_open_again_after_an_undo():
    imported(LAKESHORE, HARBOR)
    draft = previewed(LAKESHORE, as_of=OCTOBER)
    assert [program.key for program in drafts.details(draft).missing] == ["1400500002"]
    drafts.preview(by="t", draft=settled(draft, as_of=OCTOBER, close=("1400500002",)))
    assert [(change.key, change.field, change.after) for change in drafts.details(draft).changes] == [("1400500002", "closed_on", "2026-10-01")]
    batch = applied(draft)
    assert Program.objects.values_list("closed_on", flat=True).get(key="1400500002") == OCTOBER
    undo_batch(by="t", batch=batch)
    assert Program.objects.values_list("closed_on", flat=True).get(key="1400500002") is None


def test_missing_programs_are_never_closed_by_themselves():
    imported(LAKESHORE, HARBOR)
    imported(LAKESHORE, as_of=OCTOBER)
    assert set(Program.objects.values_list("closed_on", flat=True)) == {None}


def test_real_rows_about_demonstration_programs_are_refused():
    upsert_programs(by="t", programs=[new_program("1400500001", is_demo=True)], cause="t")
    draft = previewed(LAKESHORE, HARBOR)
    assert [problem.message for problem in drafts.details(draft).problems] == [
        "program 1400500001 is on record as demonstration data: remove the demonstration data first (python manage.py demo_off)"
    ]
    applied(draft, skip_invalid=True)
    assert list(Program.objects.order_by("key").values_list("key", "is_demo", "visa_j1")) == [("1400500001", True, None), ("1400500002", False, False)]


def test_demonstration_source_states_nothing_about_real_programs():
    Source.objects.create(name="Program letters", rank=SourceRank.PROGRAM, is_demo=True)
    draft = previewed(LAKESHORE)
    refused(ProgramDataError, lambda: applied(draft), "demonstration data: use that rank, or give this source another name")


# --- files as people have them ---


def test_formulas_in_names_stay_text():
    imported(("1400500001", "=HYPERLINK(A1)", "+Toledo", "OH", "yes", "strict", "220"))
    assert Program.objects.values_list("name", "city").get() == ("=HYPERLINK(A1)", "+Toledo")


def test_duplicate_ids_keep_the_first_row():
    draft = previewed(LAKESHORE, ("1400500001", "Another Invented Hospital", "", "", "no", "strict", ""))
    assert [(problem.line, problem.message) for problem in drafts.details(draft).problems] == [(3, "line 2 is about 1400500001 too: keep one row per program")]
    applied(draft, skip_invalid=True)
    assert Program.objects.values_list("name", "visa_j1").get() == ("Lakeshore Invented Hospital", True)


def test_mixed_newlines_are_rows():
    lines = [",".join(row) for row in (HEADER, LAKESHORE, HARBOR, ("1400500003", *LAKESHORE[1:]))]
    data = f"{lines[0]}\r\n{lines[1]}\n{lines[2]}\r{lines[3]}".encode()
    draft = drafts.preview(by="t", draft=settled(uploaded(data=data)))
    assert (draft.row_count, draft.summary["rows"]) == (3, {"new": 3, "changed": 0, "same": 0, "invalid": 0})


def test_missing_program_of_old_results_is_closed_although_a_letter_names_it_for_this_season():
    """Results are about a Match that is over; that a program closed is said today."""
    header = "state,institution,city,program,nrmp_code,quota_2026,matched_2026\n"
    rows = [f"OHIO,Invented Hospital {code[:4]},Toledo,Internal Medicine,{code},8,6\n" for code in ("1234140C0", "2345140C0")]
    imports.apply(imports.ImportRequest(data=(header + "".join(rows)).encode(), file_name="all.csv", season=2027, as_of=SEPTEMBER), by="t")
    letter = b"nrmp_code,name\n2345140C0,Harbor Invented Hospital\n"
    imports.apply(imports.ImportRequest(data=letter, file_name="letter.csv", season=2027, source="Program letters", as_of=SEPTEMBER), by="t")
    draft = drafts.upload(by="t", data=(header + rows[0]).encode(), file_name="fewer.csv")
    told = {"preset": "nrmp", "source_name": "NRMP Program Results", "season": 2027, "as_of": OCTOBER, "meanings": drafts.chosen(draft)}
    drafts.settle(by="t", draft=draft, settings=drafts.DraftSettings(**told, close=("nrmp-2345-140",)))
    drafts.preview(by="t", draft=draft)
    assert [(change.key, change.after) for change in drafts.details(draft).changes] == [("nrmp-2345-140", "2026-10-01")]
    applied(draft)
    assert dict(Program.objects.values_list("key", "closed_on")) == {"nrmp-1234-140": None, "nrmp-2345-140": OCTOBER}
