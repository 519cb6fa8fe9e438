"""From a file to an import and back, as an admin presses the buttons."""

import pytest
from django.urls import reverse

from programs.models import ColumnMemory, Fact, ImportBatch, ImportDraft, Program
from smartpick.roles import Role
from tests.programs.builders import reference_tables
from tests.programs.importing import FIRST, HEADER, SAID, apply, fields_of, imported, previewed, settle, sheet, told, upload, uploaded
from tests.smartpick.people import person, signed_in

pytestmark = pytest.mark.django_db
LEDGER = reverse("data:imports")


@pytest.fixture
def admin():
    reference_tables()
    return signed_in()


def draft_page(draft):
    return reverse("data:draft", args=(draft.pk,))


def preview_page(draft):
    return reverse("data:preview", args=(draft.pk,))


# --- upload ---


def test_upload_keeps_the_file_and_goes_to_its_columns(admin):
    response = upload(admin, sheet(*FIRST), "my sheet.csv")
    draft = ImportDraft.objects.get()
    assert (response.status_code, response["Location"]) == (302, draft_page(draft))
    assert (draft.file_name, draft.row_count, draft.header, draft.created_by) == ("my sheet.csv", 3, list(HEADER), "data_admin@example.org")
    assert not Program.objects.exists()


def test_upload_without_a_file_says_so_beside_the_field(admin):
    html = admin.post(reverse("data:upload")).content.decode()
    assert html.count("Choose a file first.") == 2  # in the summary and beside the field
    assert 'id="id_file_error"' in html


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "The file is empty: choose one with a header line and rows."),
        (b"%PDF-1.7", "This is a PDF: save its table as CSV or XLSX."),
        (b"a,b\n", "The file has a header line, but no rows below it: add the rows to import."),
        (b"a,b\n1,\0\n", "Line 2 holds a NUL byte, so this is not a plain table: save it as CSV (UTF-8) or XLSX."),
    ],
)
def test_upload_of_a_file_that_cannot_be_read_says_what_to_do(admin, data, message):
    response = upload(admin, data)
    assert (response.status_code, response.context["form"].errors["file"]) == (200, [message])
    assert not ImportDraft.objects.exists()


def test_upload_that_is_too_large_is_refused_with_a_message(admin, monkeypatch):
    monkeypatch.setattr("programs.uploads.MAX_BYTES", 100_000)
    response = upload(admin, b"a,b\n" + b"1,2\n" * 100_000)
    assert response.context["form"].errors["file"] == ["The file is larger than 50 MB: split it, or leave columns out."]
    assert not ImportDraft.objects.exists()


def test_upload_reload_leads_back_to_the_ledger(admin):
    assert admin.get(reverse("data:upload"))["Location"] == LEDGER


# --- what the file says ---


def test_draft_page_shows_columns_with_cells_and_guesses(admin):
    columns = admin.get(draft_page(uploaded(admin, sheet(*FIRST)))).context["form"].columns()
    assert [(column.header, column.field.value()) for column in columns] == [(name, name) for name in HEADER]
    assert columns[5].samples == ["220", "215"]
    assert not any(column.remembered for column in columns)


def test_draft_page_menu_holds_each_meaning_escaped(admin):
    draft = uploaded(admin, sheet(("1400500001", "x"), header=("acgme_id", "<b>mine</b>")))
    html = admin.get(draft_page(draft)).content.decode()
    assert "&lt;b&gt;mine&lt;/b&gt;" in html
    assert "<b>mine</b>" not in html
    assert html.count('<option value="visa_j1"') == 2


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("source_name", " ", "Name the source: every fact says who stated it."),
        ("rank", "", "Choose who this source is."),
        ("rank", "9", "Choose one of the ranks in the list."),
        ("licence", "", "Say what allows us to use this file."),
        ("url", "not an address", "Enter a web address, such as https://example.org/table, or leave it blank."),
        ("season", "27", "Enter the year of a Match, such as 2027."),
        ("season", "soon", "Enter the year of a Match, such as 2027."),
        ("as_of", "", "Enter the day on which all of this was true."),
        ("as_of", "9999-01-01", "This day is still to come: enter the day on which all of this was true."),
        ("as_of", "soon", "Enter a date as year-month-day, such as 2026-09-30."),
        ("preset", "mine", "Choose one of the layouts in the list."),
        ("column_4", "mine", "This layout has no such column: choose from the list, or leave the column out."),
        ("source_name", "null\0byte", "Null characters are not allowed."),
    ],
)
def test_draft_page_wrong_answer_is_told_beside_its_field_and_above(admin, field, value, message):
    draft = uploaded(admin, sheet(*FIRST))
    response = settle(admin, draft, **{field: value})
    assert (response.status_code, response.context["form"].errors) == (200, {field: [message]})
    assert response.content.decode().count(message) == 2
    draft.refresh_from_db()
    assert draft.preview_digest == ""


def test_draft_page_without_any_id_says_what_is_needed(admin):
    response = settle(admin, uploaded(admin, sheet(*FIRST)), column_0="")
    assert (response.status_code, "acgme_id" in response.context["form"].non_field_errors()[0]) == (200, True)


def test_draft_page_known_source_keeps_its_rank_and_license(admin):
    imported(admin, *FIRST)
    draft = uploaded(admin, sheet(*FIRST))
    shown = admin.post(draft_page(draft), {**fields_of(admin.get(draft_page(draft)).context["form"]), "source_name": SAID["source_name"], "guess": "yes"})
    form = shown.context["form"]
    assert (int(form["rank"].value()), form["licence"].value()) == (4, SAID["licence"])
    assert settle(admin, draft, rank="1").context["form"].errors["rank"] == ["Invented sheet is on record with rank 4: choose that, or name another source."]


@pytest.mark.parametrize("name", ["null\0byte", "", "x" * 5_000, "'; --"])
def test_draft_page_guesses_whatever_the_source_is_called(admin, name):
    draft = uploaded(admin, sheet(*FIRST))
    shown = admin.post(draft_page(draft), {"source_name": name, "guess": "yes", "preset": "nonsense"}).context["form"]
    assert [column.field.value() for column in shown.columns()] == list(HEADER)


def test_draft_page_remembers_what_a_column_meant_last_time(admin):
    rows = (("1400500001", "Lakeshore Invented Hospital", "yes"),)
    header = ("acgme_id", "institution", "Sponsors us?")
    previewed(admin, *rows, header=header, column_2="visa_j1")
    draft = uploaded(admin, sheet(*rows, header=header))
    before = fields_of(admin.get(draft_page(draft)).context["form"])
    assert before["column_2"] == ""
    shown = admin.post(draft_page(draft), {**before, "source_name": SAID["source_name"], "guess": "yes"})
    column = shown.context["form"].columns()[2]
    assert (column.field.value(), column.remembered) == ("visa_j1", True)
    assert "As last time." in shown.content.decode()
    assert not shown.context["form"].is_bound, "guessing complains about nothing"
    assert ColumnMemory.objects.filter(header="sponsors_us").get().meaning == "visa_j1"


def test_draft_page_says_that_this_very_file_was_imported_before(admin):
    batch = imported(admin, *FIRST)
    html = admin.get(draft_page(uploaded(admin, sheet(*FIRST)))).content.decode()
    assert "This very file was imported on" in html
    assert reverse("data:import", args=(batch.pk,)) in html


def test_draft_put_aside_is_gone_from_the_ledger_and_writes_nothing(admin):
    draft = previewed(admin, *FIRST)
    assert "sheet.csv" in admin.get(LEDGER).content.decode()
    response = admin.post(reverse("data:discard", args=(draft.pk,)), follow=True)
    assert told(response) == ["sheet.csv is put aside. Nothing of it was applied."]
    assert list(response.context["drafts"]) == []
    assert told(admin.get(preview_page(draft), follow=True)) == ["sheet.csv was put aside. Upload it again to import it."]
    assert told(apply_and_follow(admin, draft)) == ["sheet.csv was put aside. Upload it again to import it."]
    assert not Program.objects.exists()


def apply_and_follow(browser, draft):
    return browser.get(apply(browser, draft)["Location"], follow=True)


# --- apply and undo ---


def test_apply_writes_what_was_previewed_and_says_so(admin):
    draft = previewed(admin, *FIRST)
    page = admin.get(preview_page(draft)).content.decode()
    assert '<button class="button button--primary">Add 3 programs</button>' in page
    response = apply(admin, draft)
    batch = ImportBatch.objects.get()
    assert response["Location"] == reverse("data:import", args=(batch.pk,))
    assert told(admin.get(response["Location"])) == ["The import is applied. It can be undone here at any time."]
    assert list(Program.objects.order_by("key").values_list("key", "visa_j1", "step2_min")) == [
        ("1400500001", True, 220),
        ("1400500002", False, None),
        ("1400500003", True, 215),
    ]
    assert (batch.source.name, batch.source.rank, batch.licence, batch.applied_by) == ("Invented sheet", 4, SAID["licence"], "data_admin@example.org")


def test_apply_twice_leads_to_the_one_import(admin):
    draft = previewed(admin, *FIRST)
    assert apply(admin, draft)["Location"] == apply(admin, draft)["Location"]
    assert ImportBatch.objects.count() == 1


def test_apply_rows_that_cannot_be_applied_have_to_be_left_out_on_purpose(admin):
    draft = previewed(admin, *FIRST, ("140050009", "Short Invented Hospital", "", "", "yes", "", ""))
    page = admin.get(preview_page(draft)).content.decode()
    assert "Leave out the 1 row that cannot be applied" in page
    assert page.index("1 row cannot be applied") < page.index("Add 3 programs"), "errors come first"
    assert told(apply_and_follow(admin, draft)) == ["Nothing was written, because of rows that cannot be applied: 1."]
    assert not ImportBatch.objects.exists()
    apply(admin, draft, skip_invalid="yes")
    assert (ImportBatch.objects.count(), Program.objects.count()) == (1, 3)


def test_apply_after_the_data_moved_is_refused_and_offers_another_preview(admin):
    draft = previewed(admin, *FIRST)
    other = signed_in(Role.DATA_ADMIN, email="other@example.org")
    imported(other, FIRST[0], source_name="Another invented sheet")
    page = admin.get(preview_page(draft)).content.decode()
    assert "Changed since you looked" in page
    assert 'name="digest"' not in page
    assert told(apply_and_follow(admin, draft)) == ["The program data has changed since this preview: look at the new preview before applying it."]
    assert admin.post(preview_page(draft))["Location"] == preview_page(draft)
    draft.refresh_from_db()
    assert apply(admin, draft)["Location"] == reverse("data:import", args=(ImportBatch.objects.latest("pk").pk,))


def test_apply_with_another_digest_writes_nothing(admin):
    draft = previewed(admin, *FIRST)
    draft.preview_digest = "0" * 64
    assert told(apply_and_follow(admin, draft)) == ["The program data has changed since this preview: look at the new preview before applying it."]
    assert not Program.objects.exists()


def test_apply_link_or_reload_changes_nothing(admin):
    draft = previewed(admin, *FIRST)
    assert admin.get(reverse("data:apply", args=(draft.pk,)))["Location"] == preview_page(draft)
    assert not ImportBatch.objects.exists()


def test_preview_of_a_file_that_says_nothing_new_has_no_button(admin):
    imported(admin, *FIRST, days_ago=0)
    page = admin.get(preview_page(previewed(admin, *FIRST))).content.decode()
    assert "Nothing to apply" in page
    assert 'name="digest"' not in page


def test_undo_takes_everything_back_and_tells_who_did_it(admin):
    batch = imported(admin, *FIRST)
    imported(admin, ("1400500001", "", "", "", "no", "", ""), days_ago=1)
    assert Program.objects.get(key="1400500001").visa_j1 is False
    second = ImportBatch.objects.latest("pk")
    address = reverse("data:import", args=(second.pk,))
    assert "as if the file had never been applied" in admin.get(address).content.decode()
    response = admin.post(reverse("data:undo", args=(second.pk,)), follow=True)
    second.refresh_from_db()
    assert (second.undone_by, told(response)) == (
        "data_admin@example.org",
        ["The import is undone. The data is as if it had never been applied."],
    )
    assert Program.objects.get(key="1400500001").visa_j1 is True
    html = response.content.decode()
    assert "Undone by data_admin@example.org on" in html
    assert "Undo this import" not in html
    assert Fact.objects.filter(batch=batch, withdrawn_at=None).count() == 7


def test_undo_twice_says_who_was_first(admin):
    batch = imported(admin, *FIRST)
    admin.post(reverse("data:undo", args=(batch.pk,)))
    other = signed_in(Role.DATA_ADMIN, email="other@example.org")
    response = other.post(reverse("data:undo", args=(batch.pk,)), follow=True)
    assert told(response) == ["This import was undone already, by data_admin@example.org."]


def test_undo_link_or_reload_changes_nothing(admin):
    batch = imported(admin, *FIRST)
    assert admin.get(reverse("data:undo", args=(batch.pk,)))["Location"] == reverse("data:import", args=(batch.pk,))
    batch.refresh_from_db()
    assert batch.undone_at is None


# --- ledger ---


def test_ledger_without_imports_says_what_to_do(admin):
    assert "No file was applied yet" in admin.get(LEDGER).content.decode()


def test_ledger_tells_of_each_import_what_it_did(admin):
    imported(admin, *FIRST, ("140050009", "Short", "", "", "", "", ""))
    imported(admin, ("1400500001", "", "", "", "no", "", ""), days_ago=1)
    admin.post(reverse("data:undo", args=(ImportBatch.objects.latest("pk").pk,)))
    lines = admin.get(LEDGER).context["lines"]
    assert [(line.rows, line.left_out, line.did, line.rank) for line in lines] == [
        (1, 0, ["1 changed program", "1 changed value"], "aggregator"),
        (4, 1, ["3 new programs"], "aggregator"),
    ]
    html = admin.get(LEDGER).content.decode()
    assert html.count('<span class="flag">undone</span>') == 1


def test_ledger_costs_the_same_for_one_import_and_for_many(admin, django_assert_num_queries):
    imported(admin, FIRST[0])
    with django_assert_num_queries(7):
        admin.get(LEDGER)
    for number, row in enumerate(FIRST):
        imported(admin, row, days_ago=number)
        uploaded(admin, sheet(row))
    with django_assert_num_queries(7):
        admin.get(LEDGER)


def test_ledger_is_paged(admin, monkeypatch):
    monkeypatch.setattr("programs.views.imports.PAGE_SIZE", 2)
    for number, row in enumerate(FIRST):
        imported(admin, row, days_ago=5 - number)
    html = admin.get(f"{LEDGER}?page=2").content.decode()
    assert ("3 to 3 of 3" in html, html.count('class="ledger__source"')) == (True, 1)


def test_import_page_tells_source_license_and_facts(admin):
    batch = imported(admin, *FIRST, url="https://example.org/sheet")
    html = admin.get(reverse("data:import", args=(batch.pk,))).content.decode()
    for words in ("Invented sheet, aggregator", SAID["licence"], "Facts</dt><dd>7<", "3 new programs", "data_admin@example.org", "https://example.org/sheet"):
        assert words in html


@pytest.mark.parametrize("name", ["import", "undo", "draft", "preview", "apply", "discard", "close", "problems", "bad-rows", "touched"])
def test_page_of_an_id_that_does_not_exist_is_missing(admin, name):
    assert admin.get(reverse(f"data:{name}", args=(99,))).status_code == 404


def test_person_builder_gives_one_person_for_one_address(admin):
    assert person() == person()
