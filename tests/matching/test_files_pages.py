"""The pages about files, the downloads, and the list on paper."""

import json
import re

import pytest
from django.test import Client
from django.utils.html import strip_tags

from matching.choices import Standing
from matching.list_files.columns import COLUMNS
from matching.models import ProgramList
from matching.services.editing import change_list
from matching.services.workspace import Workspace
from matching.views.files import NO_LIST, XLSX
from programs.models import Program
from tests.applicants.visiting import said, visit, with_owner
from tests.matching.builders import add_programs, market
from tests.matching.recomputing import applicant, key, listed
from tests.matching.seasons import TODAY, happened, opening, stop_the_clock
from tests.programs.builders import query_count

pytestmark = pytest.mark.django_db
FILES, PRINT = "/list/files/", "/list/print/"
DOWNLOADS = {"/list/export.csv": "text/csv; charset=utf-8", "/list/export.xlsx": XLSX, "/list/export.json": "application/json"}


@pytest.fixture
def owner(client):
    market(3, visa_j1="yes")
    saved = applicant()
    visit(client, saved.pk)
    return saved


def words(response):
    return " ".join(strip_tags(response.content.decode()).split())


@pytest.mark.parametrize(("address", "kind"), DOWNLOADS.items())
def test_download_is_a_file_that_no_cache_keeps(client, owner, address, kind):
    listed(owner, 1)
    response = client.get(address)
    name = f"smartpick-list-2027.{address.rpartition('.')[2]}"
    assert (response["Content-Type"], response["Content-Disposition"]) == (kind, f'attachment; filename="{name}"')
    assert "no-store" in response["Cache-Control"]
    assert key(1).encode() in response.content or response.content.startswith(b"PK")


@pytest.mark.parametrize("address", DOWNLOADS)
def test_download_without_a_list_says_what_to_do(client, owner, address):
    response = client.get(address)
    assert (response["Location"], said(response)) == (FILES, [NO_LIST])


@pytest.mark.parametrize("address", [FILES, PRINT, *DOWNLOADS])
def test_files_take_no_form(client, owner, address):
    listed(owner, 1)
    assert client.post(address).status_code == 405


@pytest.mark.parametrize("address", [*DOWNLOADS, PRINT])
def test_files_of_another_session_hold_its_own_list_only(client, owner, address):
    listed(owner, 1)
    stranger, other = Client(), applicant()
    visit(stranger, other.pk)
    listed(other, 2)
    content = stranger.get("/list/export.json" if address == "/list/export.xlsx" else address).content.decode()
    assert (key(1) in content, key(2) in content) == (False, True)


def test_files_of_an_account_are_not_for_whoever_holds_its_id(client, owner):
    held = with_owner()
    listed(owner, 1)
    ProgramList.objects.update(profile=held)
    visit(client, held.pk)
    assert client.get("/list/export.json")["Location"] == FILES
    assert "Nothing to print yet" in words(client.get(PRINT))


def test_json_download_is_read_as_json(client, owner):
    listed(owner, 1, 2)
    file = json.loads(client.get("/list/export.json").content)
    assert [entry["key"] for entry in file["entries"]] == [key(1), key(2)]


def test_files_page_offers_every_file_and_says_what_columns_hold(client, owner):
    listed(owner, 1)
    response = client.get(FILES)
    html = response.content.decode()
    assert [address for address in (*DOWNLOADS, PRINT) if f'href="{address}"' not in html] == []
    assert [column.label for column in COLUMNS if f"<dt>{column.label}</dt>" not in html] == []
    assert "1 entry for the 2027 Match" in words(response)
    assert "What columns mean" not in html


def test_files_page_without_a_list_still_takes_a_file(client, owner):
    response = client.get(FILES)
    assert "There is no list to take home yet." in words(response)
    assert 'action="/list/import/"' in response.content.decode()


def test_files_page_of_nobody_leads_to_the_questions(client):
    market(1)
    response = client.get(FILES)
    assert 'action="/list/import/"' not in response.content.decode()
    assert words(response).count("Answer five questions") == 2


def test_files_page_is_a_page_of_the_list(client, owner):
    html = client.get(FILES).content.decode()
    assert re.search(r'<a href="/list/files/" aria-current="page">Import and export</a>', re.sub(r"\s+", " ", html))


# --- on paper ---


@pytest.fixture
def paper(client, owner, monkeypatch):
    opening()
    stop_the_clock(monkeypatch)
    add_programs([8], visa_j1="no")
    edits = {
        key(1): {"note": "call\nthem", "tags": ["near home"], "connection": "strong", "rank": 1},
        key(8): {},
        key(2): {"standing": Standing.VETOED},
        key(3): {"standing": Standing.SUGGESTED},
    }
    change_list(by="visitor", profile=owner, match_year=2027, edits=edits, said="filled")
    happened(owner, 1, "applied", TODAY)
    return client.get(PRINT)


def test_paper_holds_the_whole_list_by_specialty_with_totals_and_notes(paper):
    text = words(paper)
    work = Workspace(ProgramList.objects.get())
    assert "2027 Match · printed 25 Nov 2026" in text
    assert "Applications2: " in text
    assert "Internal Medicine 2 applications" in text
    assert "strong connection · rank 1 · Applied 25 Nov · near home" in text
    assert "callthem" in text
    assert f"Toledo, OH · {key(1)}" in text
    assert "Does not sponsor your visa" in text
    assert work.now[key(1)].tier.word in text
    assert "Suggested: Invented Hospital 003 (Toledo, OH)" in text
    assert "Ruled out: Invented Hospital 002 (Toledo, OH)" in text
    assert "They are no promise" in text


def test_paper_cannot_be_injected_with_markup(client, paper):
    Program.objects.update(name="<b>x</b>")
    assert "<b>x</b>" not in client.get(PRINT).content.decode()


def test_paper_marks_invented_programs(client, paper):
    Program.objects.update(is_demo=True)
    assert f"{key(1)} · invented" in words(client.get(PRINT))


def test_paper_of_an_empty_list_leads_to_programs(client, owner):
    assert '<a class="button" href="/list/ranked/">Find programs</a>' in client.get(PRINT).content.decode()


def test_paper_of_nobody_leads_to_the_questions(client):
    assert '<a class="button" href="/">Answer five questions</a>' in client.get(PRINT).content.decode()


def test_pages_cost_the_same_for_any_number_of_entries(client, owner):
    add_programs(range(101, 131), visa_j1="yes")
    listed(owner, 1)
    client.get(PRINT)
    counts = [[query_count(lambda address=address: client.get(address)) for address in (FILES, PRINT)]]
    listed(owner, *range(101, 131))
    counts.append([query_count(lambda address=address: client.get(address)) for address in (FILES, PRINT)])
    assert counts[0] == counts[1]
