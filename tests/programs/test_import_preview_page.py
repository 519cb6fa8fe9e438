"""The preview of an import: what is shown first, the diff and its filters, the problems, and what is to be closed."""

import csv
import io

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from matching.services.lists import add_to_list
from programs.models import Program
from programs.presenters.preview import apply_words
from tests.matching.builders import calendar
from tests.matching.recomputing import applicant, recompute
from tests.programs.builders import reference_tables
from tests.programs.importing import FIRST, HEADER, SAID, apply, imported, previewed, told
from tests.smartpick.people import signed_in

pytestmark = pytest.mark.django_db
CHANGED = (
    ("1400500001", "Lakeshore Invented Hospital", "Toledo", "OH", "no", "230", "2"),
    ("1400500002", "Harbor Invented Hospital", "Akron", "OH", "no", "225", "maybe"),
    ("1400500004", "Granite Invented Hospital", "", "", "yes", "", ""),
    ("140050009", "Short Invented Hospital", "", "", "yes", "", ""),
)


@pytest.fixture
def admin():
    reference_tables()
    return signed_in()


@pytest.fixture
def draft(admin):
    imported(admin, *FIRST)
    return previewed(admin, *CHANGED)


def address(draft, query=""):
    return reverse("data:preview", args=(draft.pk,)) + query


def lines(admin, draft, query=""):
    groups = admin.get(address(draft, query)).context.get("groups", ())
    return [(group.key, line.label, line.before, line.after, line.kind, line.line) for group in groups for line in group.lines]


def test_preview_begins_with_errors_then_totals_then_the_button_then_the_diff(admin, draft):
    html = admin.get(address(draft)).content.decode()
    parts = ("1 row cannot be applied", "<dt>Rows</dt>", "Apply 3 changes to 2 programs, add 1 program", "Changes <span", "J-1 visa")
    places = [html.index(part) for part in parts]
    assert places == sorted(places)


def test_preview_counts_rows_by_what_they_do(admin, draft):
    assert admin.get(address(draft)).context["page"].rows == [("new", 1), ("changed", 2), ("the same", 0), ("cannot be applied", 1)]


def test_preview_diff_tells_each_value_before_and_after(admin, draft):
    assert lines(admin, draft) == [
        ("1400500002", "Step 2 CK minimum", "not known", "225", "newly known", 3),
        ("1400500001", "J-1 visa", "yes, not said how firm", "no, strict", "another value", 2),
        ("1400500001", "Step 2 CK minimum", "220", "230", "another value", 2),
    ]


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ("?kind=known", ["Step 2 CK minimum"]),
        ("?field=visa_j1", ["J-1 visa"]),
        ("?q=harbor", ["Step 2 CK minimum"]),
        ("?q=lakeshore&field=step2_min", ["Step 2 CK minimum"]),
        ("?kind=nonsense", []),
        ("?field=%00%ff&q=" + "x" * 500, []),
        ("?show=nonsense&page=nonsense", ["Step 2 CK minimum", "J-1 visa", "Step 2 CK minimum"]),
    ],
)
def test_preview_diff_can_be_filtered(admin, draft, query, labels):
    assert [label for _, label, *_ in lines(admin, draft, query)] == labels


def test_preview_begins_with_the_first_part_that_holds_anything(admin):
    new, wrong = previewed(admin, FIRST[0]), previewed(admin, ("140050009", "Short Invented Hospital", "", "", "", "", ""))
    shown = [admin.get(address(draft, query)).context["page"].show for draft in (new, wrong) for query in ("", "?q=harbor")]
    assert shown == ["new", "changes", "problems", "changes"]


def test_preview_diff_without_a_fit_says_so(admin, draft):
    assert "No change fits" in admin.get(address(draft, "?q=nothing")).content.decode()


def test_preview_diff_is_paged_and_keeps_its_filter(admin, draft, monkeypatch):
    monkeypatch.setattr("programs.views.import_preview.PAGE_SIZE", 1)
    html = admin.get(address(draft, "?field=step2_min")).content.decode()
    assert "1 to 1 of 2" in html
    assert 'href="?field=step2_min&amp;page=2"' in html
    assert len(lines(admin, draft, "?field=step2_min&page=2")) == 1


def test_preview_new_programs_are_told_with_their_facts(admin, draft):
    response = admin.get(address(draft, "?show=new"))
    assert [(row.key, row.facts, row.line, specialty) for row, specialty in response.context["added"]] == [("1400500004", 1, 4, "Internal Medicine")]
    assert "Granite Invented Hospital" in response.content.decode()


def test_preview_conflict_it_would_create_is_counted_and_leads_to_the_diff(admin):
    imported(admin, FIRST[0], source_name="Invented program pages", rank="1")
    draft = previewed(admin, ("1400500001", "", "", "", "no", "", ""), source_name="Invented official list", rank="2")
    html = admin.get(address(draft)).content.decode()
    assert "1 would begin" in html
    assert lines(admin, draft, "?kind=conflict") == [("1400500001", "J-1 visa", "yes", "yes / no", "new conflict", 2)]


def test_preview_tells_what_a_person_should_know_of_the_file(admin):
    draft = previewed(admin, ("1400500001", "Lakeshore Invented Hospital", "x"), header=("acgme_id", "institution", "Remarks"))
    assert "Column &#x27;Remarks&#x27; is left out." in admin.get(address(draft)).content.decode()


# --- problems ---


def test_preview_problems_are_listed_with_line_column_value_and_remedy(admin, draft):
    response = admin.get(address(draft, "?show=problems"))
    found = [(line.problem.line, line.problem.column, line.problem.value, line.costs_row) for line in response.context["lines"]]
    assert found == [(3, "letters_us_min", "maybe", False), (5, "acgme_id", "140050009", True)]
    assert "write all 10 digits" in response.content.decode()


def test_preview_problems_can_be_filtered_by_what_they_cost(admin, draft):
    shown = {severity: len(admin.get(address(draft, f"?show=problems&severity={severity}")).context["lines"]) for severity in ("invalid", "warning", "")}
    assert shown == {"invalid": 1, "warning": 1, "": 2}


def download(admin, draft, name):
    response = admin.get(reverse(f"data:{name}", args=(draft.pk,)))
    return response, list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_problems_download_holds_all_of_them(admin, draft):
    response, rows = download(admin, draft, "problems")
    assert response["Content-Disposition"] == 'attachment; filename="problems_of_sheet.csv"'
    assert [row[:4] for row in rows] == [
        ["line", "column", "value", "what happens"],
        ["3", "letters_us_min", "maybe", "row stays in"],
        ["5", "acgme_id", "140050009", "row is left out"],
    ]


def test_bad_rows_download_is_the_rows_with_what_is_wrong(admin, draft):
    _, rows = download(admin, draft, "bad-rows")
    assert rows[0] == [*HEADER, "what is wrong"]
    assert rows[1][:-1] == list(CHANGED[3])
    assert rows[1][-1].startswith("acgme_id: has 9 digits")


@pytest.mark.parametrize("formula", ["=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)"])
def test_downloads_hold_no_formula(admin, formula):
    draft = previewed(admin, FIRST[0], (formula, formula, "", "", formula, "", ""))
    cells = [cell for name in ("problems", "bad-rows") for row in download(admin, draft, name)[1] for cell in row]
    assert f"'{formula}" in cells
    assert [cell for cell in cells if cell[:1] in set("=+-@")] == []


def test_downloads_of_a_file_without_a_preview_lead_to_its_columns(admin, draft):
    apply(admin, draft, skip_invalid="yes")
    for name in ("problems", "bad-rows"):
        assert admin.get(reverse(f"data:{name}", args=(draft.pk,))).status_code == 302


# --- no longer in the file ---


def test_programs_missing_in_the_file_are_offered_and_never_closed_by_themselves(admin, draft):
    html = admin.get(address(draft, "?show=missing")).content.decode()
    assert "Cedar Invented Hospital" in html
    assert 'name="close" value="1400500003">' in html
    apply(admin, draft, skip_invalid="yes")
    assert not Program.objects.exclude(closed_on=None).exists()


def test_programs_ticked_are_closed_when_applied(admin, draft):
    response = admin.post(reverse("data:close", args=(draft.pk,)), {"offered": "1400500003", "close": "1400500003"}, follow=True)
    assert told(response) == ["To be marked closed when you apply: 1. The preview is made anew."]
    assert 'value="1400500003" checked' in response.content.decode()
    assert ("1400500003", "Closed on") in [line[:2] for line in lines(admin, draft)]
    draft.refresh_from_db()
    apply(admin, draft, skip_invalid="yes")
    assert list(Program.objects.exclude(closed_on=None).values_list("key", flat=True)) == ["1400500003"]


def test_programs_unticked_are_not_closed_after_all(admin, draft):
    close = reverse("data:close", args=(draft.pk,))
    admin.post(close, {"offered": "1400500003", "close": "1400500003"})
    admin.post(close, {"offered": "1400500003"})
    draft.refresh_from_db()
    assert draft.close == []


def test_programs_that_were_not_offered_cannot_be_closed(admin, draft):
    admin.post(reverse("data:close", args=(draft.pk,)), {"offered": "1400500003", "close": "1400500001"})
    draft.refresh_from_db()
    assert draft.close == []


def test_programs_in_the_file_cannot_be_closed_with_a_made_up_form(admin, draft):
    response = admin.post(reverse("data:close", args=(draft.pk,)), {"offered": "1400500001", "close": "1400500001"}, follow=True)
    assert told(response) == ["A program that is to be marked closed stands in the file: look at the list again."]


# --- cost ---


def test_preview_costs_the_same_for_one_change_and_for_many(admin, django_assert_num_queries):
    imported(admin, *FIRST)
    few, many = previewed(admin, (*FIRST[0][:4], "no", "", "")), previewed(admin, *CHANGED)
    for draft in (few, many):
        with django_assert_num_queries(5):
            admin.get(address(draft))


# --- the button ---


@pytest.mark.parametrize(
    ("changes", "programs", "totals", "words"),
    [
        (412, 390, {}, "Apply 412 changes to 390 programs"),
        (1, 1, {"programs new": 1}, "Apply 1 change to 1 program, add 1 program"),
        (0, 0, {"programs new": 1_200, "tracks new": 2}, "Add 1,200 programs and 2 tracks"),
        (0, 0, {"programs new": 0}, "Confirm what is on record"),
    ],
)
def test_apply_words_say_exactly_what_will_be_done(changes, programs, totals, words):
    assert apply_words({"changes": changes, "programs": programs, "totals": totals}) == words


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_apply_words_name_every_number_that_is_not_none(changes, new, tracks):
    words = apply_words({"changes": changes, "programs": min(changes, 3), "totals": {"programs new": new, "tracks new": tracks}})
    assert [f"{number:,}" in words for number in (changes, new, tracks) if number] == [True] * sum(map(bool, (changes, new, tracks)))


def test_said_of_the_source_is_on_the_page(admin, draft):
    assert f"{SAID['source_name']}, aggregator" in admin.get(address(draft)).content.decode()


# --- whom it touches ---


def touched(admin, draft, **more):
    return admin.get(reverse("data:touched", args=(draft.pk,)), **more)


def test_preview_asks_whom_it_touches_by_itself_and_has_a_link(admin, draft):
    html = admin.get(address(draft)).content.decode()
    url = reverse("data:touched", args=(draft.pk,))
    assert f'hx-get="{url}" hx-trigger="load"' in html
    assert f'<a href="{url}">Whom it touches' in html


def test_touched_without_results_says_so(admin, draft):
    assert "no results in these specialties are kept yet" in touched(admin, draft).content.decode()


def test_touched_counts_applicants_lists_and_reasons(admin):
    calendar()
    imported(admin, *FIRST)
    owner = applicant()
    recompute()
    add_to_list(by="visitor", profile=owner, keys=["1400500001"], match_year=2027)
    draft = previewed(admin, ("1400500001", "no", "strict"), header=("acgme_id", "visa_j1", "visa_j1_strictness"))
    html = touched(admin, draft, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in html
    for words in (
        "Newly excluded by: Does not sponsor your visa 1.",
        "<strong>1</strong> of 1 applicant would see",
        "<strong>1</strong> of them on 1 list",
        "<strong>1</strong> newly excluded",
    ):
        assert words in html
    assert "<h1>Whom it touches</h1>" in touched(admin, draft).content.decode(), "a page of its own without JavaScript"
