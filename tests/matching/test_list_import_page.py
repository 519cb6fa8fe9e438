"""Bringing a list in the browser: upload, look, correct, confirm."""

import csv
import io
import re

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import strip_tags

from matching.list_files import reading
from matching.models import ListEntry, ProgramList
from matching.services.list_import import CHANGED
from matching.views import list_import as view
from programs.models import Program
from smartpick.throttle import Limit
from tests.applicants.visiting import said, visit
from tests.matching.builders import market
from tests.matching.recomputing import applicant, entry, key, listed
from tests.programs.imports.files import csv_bytes, xlsx_bytes

pytestmark = pytest.mark.django_db
IMPORT, FILES = "/list/import/", "/list/files/"
HEADER = ("ACGME id", "Program", "Notes")


@pytest.fixture(autouse=True)
def _no_tries_yet():
    cache.clear()


@pytest.fixture
def owner(client):
    market(5, visa_j1="yes")
    saved = applicant()
    visit(client, saved.pk)
    return saved


def send(client, data, name="my list.csv"):
    return client.post(IMPORT, {"file": SimpleUploadedFile(name, data)})


def look(client, *rows, header=HEADER):
    return send(client, csv_bytes(header, *rows))


def fields(response):
    """What the browser would send of the form as it is shown."""
    html = response.content.decode()
    found = {name: value.replace("&amp;", "&") for name, value in re.findall(r'<input type="hidden" name="(table|digest|seen)" value="([^"]*)"', html)}
    for name, value, checked in re.findall(r'<input type="radio" name="(pick_[0-9]+)" value="([^"]*)"( checked)?', html):
        found |= {name: value} if checked else {}
    for name, options in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


def press(client, response, step="confirm", **changes):
    return client.post(IMPORT, fields(response) | {"step": step} | changes)


def words(response):
    return " ".join(strip_tags(response.content.decode()).split())


def numbers():
    return sorted(int(name[-3:]) for name in ListEntry.objects.values_list("program__name", flat=True))


def test_upload_shows_what_the_file_would_do_and_writes_nothing(client, owner):
    listed(owner, 5)
    response = look(client, [key(1), "", "call"], ["", "Invented Hospital 002", ""], [key(5), "", "x"], ["", "Elsewhere", ""], [key(1), "", ""])
    text = words(response)
    assert "my list.csv, 5 rows, 3 columns" in text
    assert "1 comes on the list · 1 to confirm by name · 1 on it already · 1 not found · 1 twice in the file" in text
    assert "note “call”" in text
    assert "The file says something else of 1 program on your list." in text
    assert "The same program as line 2, which counts." in text
    assert fields(response)["pick_1"] == key(2)
    assert numbers() == [5]


def test_confirm_does_it_and_leads_to_the_list(client, owner):
    response = press(client, look(client, [key(1), "", "call"], ["", "Invented Hospital 002", ""]))
    assert response["Location"] == "/list/"
    assert said(response) == ["2 programs came on your list. Undo takes all of it back."]
    assert (numbers(), entry(owner, 1).note) == ([1, 2], "call")


def test_row_that_is_not_confirmed_stays_out(client, owner):
    press(client, look(client, [key(1), "", ""], ["", "Invented Hospital 002", ""]), pick_1="")
    assert numbers() == [1]


@pytest.mark.parametrize("pick", [key(4), "\0", "x" * 500])
def test_program_that_was_not_offered_cannot_be_picked(client, owner, pick):
    response = press(client, look(client, ["", "Invented Hospital 002", ""]), pick_0=pick)
    assert said(response) == ["Nothing had to be changed: everything that could be read in the file is on your list as it stands."]
    assert numbers() == []


@pytest.mark.parametrize(("choice", "note"), [("keep", "mine"), ("take", "theirs"), ("", "mine")])
def test_note_of_the_file_counts_where_it_is_told_to(client, owner, choice, note):
    listed(owner, 1)
    ListEntry.objects.update(note="mine")
    press(client, look(client, [key(1), "", "theirs"]), there=choice)
    assert entry(owner, 1).note == note


def test_columns_can_be_corrected(client, owner):
    first = look(client, [key(1), "call"], header=("what is it", "say"))
    assert "No column says which program a row is about" in words(first)
    again = press(client, first, step="look", column_0="acgme_id", column_1="note")
    assert "1 comes on the list" in words(again)
    press(client, again)
    assert entry(owner, 1).note == "call"


def test_columns_changed_and_confirmed_at_once_are_shown_first(client, owner):
    response = press(client, look(client, [key(1), "", "call"]), column_2="")
    assert (words(response).count(CHANGED), numbers()) == (1, [])
    press(client, response)
    assert entry(owner, 1).note == ""


def test_confirm_without_a_column_for_programs_only_looks_again(client, owner):
    response = press(client, look(client, [key(1), "", ""]), column_0="", column_1="")
    assert ("No column says which program a row is about" in words(response), numbers()) == (True, [])


def test_list_that_changed_meanwhile_is_shown_again(client, owner):
    first = look(client, [key(1), "", ""], [key(2), "", ""])
    listed(owner, 2)
    response = press(client, first)
    assert (CHANGED in words(response), numbers()) == (True, [2])
    press(client, response)
    assert numbers() == [1, 2]


def test_confirm_twice_does_it_once(client, owner):
    first = look(client, [key(1), "", ""])
    press(client, first)
    assert CHANGED in words(press(client, first))
    assert ProgramList.objects.get().version == 1


def test_rows_left_out_are_downloaded_with_their_reasons(client, owner):
    response = press(client, look(client, [key(1), "", ""], ["1.4005E+09", "=Elsewhere", ""]), step="left-out")
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0] == ["where", "name", "why"]
    assert rows[1][:2] == ["line 3", "'=Elsewhere"]
    assert "its digits are lost" in rows[1][2]
    assert (response["Content-Type"], "no-store" in response["Cache-Control"]) == ("text/csv; charset=utf-8", True)


def test_sheets_of_a_spreadsheet_are_all_read(client, owner):
    response = send(client, xlsx_bytes([["ACGME id"], [int(key(1))]], [["ACGME id"], [key(2)]]), "book.xlsx")
    press(client, response)
    assert numbers() == [1, 2]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "The file is empty"),
        (b"%PDF-1.7", "This is a PDF: save its table as CSV or XLSX."),
        (b"PK\x03\x04nothing", "no readable XLSX"),
        (b"\x00\x01\x02", "not a plain table"),
        (b"ACGME id\n", "no rows below it"),
        (b"{", "begins as JSON and cannot be read as such"),
        (b'a,b\n"x', "look for a quotation mark without its pair"),
    ],
)
def test_file_that_cannot_be_read_says_what_to_do(client, owner, data, message):
    response = send(client, data)
    assert message in words(response)
    assert 'action="/list/import/"' in response.content.decode()


def test_upload_without_a_file_asks_for_one(client, owner):
    assert "Choose a file first." in words(client.post(IMPORT))


def test_file_that_is_too_large_is_refused(client, owner, monkeypatch):
    monkeypatch.setattr(view, "MOST_BYTES", 10)
    assert "keep only the rows and columns of your list" in words(look(client, [key(1), "", ""]))
    monkeypatch.setattr("programs.uploads.MAX_BYTES", 10)
    assert "keep only the rows and columns of your list" in words(look(client, [key(1), "", ""]))


def test_file_with_too_many_rows_is_refused(client, owner, monkeypatch):
    monkeypatch.setattr(reading, "MOST_ROWS", 1)
    assert "has 2 rows, and a list takes in at most 1" in words(look(client, [key(1), "", ""], [key(2), "", ""]))


def test_files_are_not_taken_without_end(client, owner, monkeypatch):
    monkeypatch.setattr(view, "TRIES", Limit("list-import-test", tries=1, seconds=60))
    first = look(client, [key(1), "", ""])
    response = press(client, first)
    assert (response.status_code, view.TOO_OFTEN in words(response), numbers()) == (429, True, [])


@pytest.mark.parametrize("changes", [{"table": "x"}, {"table": ""}])
def test_file_that_was_changed_on_its_way_is_asked_for_again(client, owner, changes):
    response = press(client, look(client, [key(1), "", ""]), **changes)
    assert (response["Location"], said(response)) == (FILES, [view.LOST])
    assert numbers() == []


@pytest.mark.parametrize("changes", [{"seen": "x"}, {"seen": "-1"}, {"digest": "x" * 99}, {"there": "all"}])
def test_hidden_fields_that_were_changed_only_look_again(client, owner, changes):
    response = press(client, look(client, [key(1), "", ""]), **changes)
    assert ("1 comes on the list" in words(response), numbers()) == (True, [])


def test_link_leads_to_the_page_with_the_form(client, owner):
    assert client.get(IMPORT)["Location"] == FILES


def test_visitor_without_a_profile_is_led_to_the_questions(client):
    market(1)
    response = look(client, [key(1), "", ""])
    assert (response["Location"], said(response)) == ("/", [view.NO_PROFILE])
    assert ProgramList.objects.count() == 0


def test_import_needs_the_form_of_the_page(owner):
    browser = Client(enforce_csrf_checks=True)
    visit(browser, owner.pk)
    assert look(browser, [key(1), "", ""]).status_code == 403


def test_import_goes_to_the_list_of_the_session_only(client, owner):
    stranger, other = Client(), applicant()
    visit(stranger, other.pk)
    listed(other, 3)
    press(stranger, look(client, [key(1), "", ""]))  # somebody else's page: its list is another, so one looks first
    assert list(ListEntry.objects.values_list("list__profile_id", flat=True)) == [other.pk]


def test_what_a_file_says_cannot_inject_markup(client, owner):
    html = look(client, [key(1), "<b>x</b>", "<i>y</i>"], ["", "<u>z</u>", ""]).content.decode()
    assert [mark for mark in ("<b>x", "<i>y", "<u>z") if mark in html] == []


def test_closed_program_says_so(client, owner):
    Program.objects.filter(key=key(1)).update(closed_on="2026-11-01")
    assert "It is closed, and takes no applications." in words(look(client, [key(1), "", ""]))
