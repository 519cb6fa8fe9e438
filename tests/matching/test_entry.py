"""One entry of one's list: what is kept about it, in place or on its own page, and two tabs that write the same note."""

import re

import pytest

from matching.models import ListEntry, ProgramList
from matching.services.editing import change_list
from matching.views.entry import NOT_THERE
from programs.models import Program
from smartpick.charts import TIMES
from tests.applicants.visiting import said, visit
from tests.matching.builders import add_programs, market
from tests.matching.recomputing import applicant, entry, key, listed

pytestmark = pytest.mark.django_db
URL = f"/list/entry/{key(1)}/"
HTMX = {"HX-Request": "true"}
AS_SHOWN = {"initial-note": "", "initial-tags": "", "initial-connection": "none", "note": "", "tags": "", "connection": "none"}


@pytest.fixture
def owner(client):
    market(2, visa_j1="yes")
    saved = applicant()
    visit(client, saved.pk)
    listed(saved, 1, 2)
    return saved


def words(response):
    return " ".join(re.sub("<[^>]*>", " ", response.content.decode()).replace("&#x27;", "'").split())


def version():
    return ProgramList.objects.get().version


def keep(client, *, headers=None, seen=None, **answers):
    return client.post(URL, AS_SHOWN | {"seen": version() if seen is None else seen} | answers, headers=headers or {})


def elsewhere(owner, **fields):
    """Another tab changes the same entry."""
    change_list(by="visitor", profile=owner, match_year=2027, edits={key(1): fields}, said="in another tab")


def test_entry_keeps_note_tags_and_connection(client, owner):
    response = keep(client, note="Visited in May.\nNice people.", tags="visited, near  family,,visited", connection="moderate")
    assert (response["Location"], said(response)) == (f"/list/#program-{key(1)}", ["Kept what you noted about Invented Hospital 001."])
    kept = entry(owner, 1)
    assert (kept.note, kept.tags, kept.connection) == ("Visited in May.\nNice people.", ["visited", "near family"], "moderate")
    assert entry(owner, 2).note == ""


def test_entry_shows_what_is_kept_and_what_a_connection_is_worth(client, owner):
    elsewhere(owner, note="<b>x</b>", tags=["one", "two"], connection="strong", signal="gold", reason="adds most")
    response = client.get(URL)
    page, text = response.content.decode(), words(response)
    assert "&lt;b&gt;x&lt;/b&gt;</textarea>" in page
    assert 'value="one, two"' in page
    assert re.findall(r'value="(\w+)" checked', page) == ["strong"]
    assert f"odds {TIMES}1.3, from no change to {TIMES}2.2; our judgement" in text
    assert f"Signal placed here: gold signal (odds {TIMES}2.5, from {TIMES}1.3 to {TIMES}6.0; from published figures, the size is our judgement)" in text
    assert re.search(r"(Safer|Middle|Reach): about 1 in \d+ \(.+\), with your connection and signal; about 1 in \d+ before that\.", text)
    assert "On the list because: adds most" in text


def test_entry_that_is_excluded_says_that_nothing_moves_it(client, owner):
    add_programs([8], visa_j1="no")
    listed(owner, 8)
    assert "Excluded as things stand, so a connection or a signal changes nothing." in words(client.get(f"/list/entry/{key(8)}/"))


def test_entry_of_a_withdrawn_program_has_a_page(client, owner):
    Program.objects.filter(key=key(1)).update(is_withdrawn=True)
    ListEntry.objects.update(tier=None, chance=None, low=None, high=None)
    assert "no source says any more that there is this program" in words(client.get(URL))


def test_entry_in_place_is_the_panel_alone(client, owner):
    page = client.get(URL, headers=HTMX).content.decode()
    assert (page.count("<html"), page.count(f'id="panel-{key(1)}"'), page.count('hx-target="#workspace"')) == (0, 1, 1)
    assert 'hx-target="#workspace"' not in client.get(URL).content.decode()  # on its own page there is no list to swap


def test_entry_kept_in_place_answers_with_the_list(client, owner):
    page = keep(client, headers=HTMX, note="Nice people").content.decode()
    assert (page.count('id="workspace"'), "“" in page or "Nice people" in page) == (1, True)
    assert "HX-Retarget" not in keep(client, headers=HTMX, note="Nicer people").headers


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"note": "x" * 2001}, "Shorten the note: at most 2,000 characters are kept."),
        ({"tags": "x" * 31}, "is too long: a tag has at most 30 characters"),
        ({"tags": ",".join(map(str, range(11)))}, "at most 10 tags"),
        ({"connection": "cousin"}, "Choose one of the four."),
    ],
)
def test_entry_that_cannot_be_kept_says_why_and_keeps_what_was_typed(client, owner, answers, told):
    typed = {"note": "Typed for an hour"} | answers
    response = keep(client, headers=HTMX, **typed)
    assert told in words(response)
    assert response["HX-Retarget"] == f"#panel-{key(1)}"
    assert typed["note"] in response.content.decode()
    assert (entry(owner, 1).note, entry(owner, 1).tags) == ("", [])


def test_note_without_controls_is_what_remains(client, owner):
    keep(client, note="a\x07b\r\nc")
    assert entry(owner, 1).note == "ab\nc"


# --- two tabs ---


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_note_written_in_two_tabs_shows_both_and_writes_over_neither(client, owner, headers):
    opened = version()
    elsewhere(owner, note="From the other tab")
    response = keep(client, seen=opened, headers=headers, note="Typed for an hour")
    text = words(response)
    assert "Invented Hospital 001 was changed elsewhere since this page was opened (in another tab)" in text
    assert "There now Note: From the other tab" in text
    assert "Typed for an hour</textarea>" in response.content.decode()
    assert entry(owner, 1).note == "From the other tab"


def test_note_kept_again_after_the_warning_takes_the_place_of_the_other(client, owner):
    opened = version()
    elsewhere(owner, note="From the other tab")
    page = keep(client, seen=opened, note="Typed for an hour").content.decode()
    hidden = dict(re.findall(r'type="hidden" name="(seen|initial-\w+)" value="([^"]*)"', page))
    assert hidden == {"seen": str(version()), "initial-note": "From the other tab", "initial-tags": "", "initial-connection": "none"}
    client.post(URL, AS_SHOWN | hidden | {"note": "Typed for an hour"})
    assert entry(owner, 1).note == "Typed for an hour"


def test_other_fields_of_the_same_entry_merge(client, owner):
    opened = version()
    elsewhere(owner, tags=["visited"], standing="locked")
    keep(client, seen=opened, note="Nice people")
    kept = entry(owner, 1)
    assert (kept.note, kept.tags, kept.standing) == ("Nice people", ["visited"], "locked")


def test_nothing_changed_writes_nothing(client, owner):
    elsewhere(owner, note="a", tags=["b"], connection="weak")
    before = version()
    keep(client, **{"initial-note": "a", "initial-tags": "b", "initial-connection": "weak", "note": "a", "tags": "b", "connection": "weak"})
    assert version() == before


def test_refused_form_keeps_what_its_page_started_from(client, owner):
    elsewhere(owner, note="a")
    page = keep(client, note="y", connection="cousin", **{"initial-note": "x"}).content.decode()
    assert 'name="initial-note" value="x"' in page


# --- whose it is ---


@pytest.mark.parametrize("url", [f"/list/entry/{key(7)}/", "/list/entry/nothing-of-ours/"])
def test_entry_that_is_not_on_the_list_leads_to_it(client, owner, url):
    response = client.get(url)
    assert (response["Location"], said(response)) == ("/list/", [NOT_THERE])
    assert client.post(url, AS_SHOWN, headers=HTMX)["HX-Redirect"] == "/list/"


def test_entry_taken_off_in_another_tab_is_not_made_again(client, owner):
    change_list(by="visitor", profile=owner, match_year=2027, edits={key(1): None}, said="taken off")
    assert said(keep(client, note="Typed for an hour"))[-1] == f"{NOT_THERE} You had typed: Typed for an hour"
    assert ListEntry.objects.count() == 1


def test_entry_of_another_is_nobodys(client, owner):
    other = applicant()
    visit(client, other.pk)
    assert client.get(URL)["Location"] == "/list/"
    assert client.post(URL, AS_SHOWN | {"note": "x"})["Location"] == "/list/"
    assert entry(owner, 1).note == ""
