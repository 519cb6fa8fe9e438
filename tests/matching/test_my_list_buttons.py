"""What the buttons of My list do, and two tabs that press them."""

import pytest

from matching.models import ProgramList
from matching.views.my_list import NOTHING_DONE
from tests.applicants.visiting import said, visit
from tests.matching.builders import market
from tests.matching.recomputing import applicant, entry, key, listed
from tests.matching.working import EDIT, HTMX, LIST, edited, numbers, press, rows, standings, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client):
    market(4, visa_j1="yes")
    saved = applicant()
    visit(client, saved.pk)
    return saved


# --- buttons ---


def test_button_of_a_row_does_it_says_it_and_leads_back(client, owner):
    listed(owner, 1, 2)
    response = press(client, f"lock {key(1)}")
    assert (response.status_code, response["Location"]) == (302, f"/list/#program-{key(1)}")
    assert said(response) == ["Locked in: Invented Hospital 001."]
    assert standings(owner) == {1: "locked", 2: "added"}


@pytest.mark.parametrize(
    ("do", "becomes"),
    [("lock", "locked"), ("veto", "vetoed"), ("remove", None)],
)
def test_button_for_the_ticked_changes_all_of_them(client, owner, do, becomes):
    listed(owner, 1, 2, 3)
    press(client, do, tick=[1, 3])
    assert standings(owner) == {2: "added"} | ({1: becomes, 3: becomes} if becomes else {})


def test_suggestions_are_accepted_and_declined_one_by_one(client, owner):
    listed(owner, 1, 2)
    edited(owner, n1={"standing": "suggested"}, n2={"standing": "suggested"})
    press(client, f"accept {key(1)}")
    press(client, f"decline {key(2)}")
    assert standings(owner) == {1: "added"}


def test_tag_and_connection_of_the_ticked(client, owner):
    listed(owner, 1, 2)
    press(client, "tag", tick=[1, 2], tag="near family")
    press(client, "connect", tick=[2], connection="weak")
    assert [(entry(owner, number).tags, entry(owner, number).connection) for number in (1, 2)] == [(["near family"], "none"), (["near family"], "weak")]


@pytest.mark.parametrize(
    ("do", "told"),
    [
        ("lock", "Tick the programs first"),
        ("explode", "Tick the programs first"),
        ("", "Tick the programs first"),
        ("lock 1400599999", "not on your list any more"),
    ],
)
def test_button_without_a_program_says_what_to_do(client, owner, do, told):
    listed(owner, 1)
    response = press(client, do)
    assert told in said(response)[-1]
    assert response["Location"] == "/list/"
    assert standings(owner) == {1: "added"}


def test_button_that_changes_nothing_says_so_and_leaves_nothing_to_undo(client, owner):
    listed(owner, 1)
    version = ProgramList.objects.get().version
    assert said(press(client, f"unlock {key(1)}"))[-1] == NOTHING_DONE
    assert ProgramList.objects.get().version == version


def test_move_keeps_its_buttons_open(client, owner):
    listed(owner, 1, 2, 3)
    response = press(client, f"up {key(3)}")
    assert response["Location"] == f"/list/?open={key(3)}#program-{key(3)}"
    page = client.get(response["Location"]).content.decode()
    assert (numbers(client.get(LIST)), page.count('class="entry__menu" open')) == ([1, 3, 2], 1)


def test_drag_posts_the_same_edit(client, owner):
    listed(owner, 1, 2, 3, 4)
    press(client, f"place {key(4)} {key(2)}")
    assert numbers(client.get(LIST)) == [1, 4, 2, 3]
    press(client, f"place {key(1)}")
    assert numbers(client.get(LIST)) == [4, 2, 3, 1]


def test_moves_are_offered_in_the_owners_order_only(client, owner):
    listed(owner, 1, 2)
    assert ['value="up ' in client.get(LIST, {"sort": sort}).content.decode() for sort in ("own", "name")] == [True, False]


def test_undo_takes_the_last_change_back_and_says_which(client, owner):
    listed(owner, 1, 2)
    press(client, f"veto {key(2)}")
    assert "Last change: ruled out: Invented Hospital 002 Undo" in words(client.get(LIST))
    assert said(press(client, "undo"))[-1] == "Undone: ruled out: Invented Hospital 002."
    assert standings(owner) == {1: "added", 2: "added"}


def test_undo_of_nothing_says_so(client, owner):
    listed(owner, 1)
    press(client, "undo")
    assert said(press(client, "undo"))[-1] == "There is nothing to undo on this list."


def test_tick_all_ticks_what_is_shown(client, owner):
    listed(owner, 1, 2, 3)
    edited(owner, n1={"tags": ["visited"]})
    page = client.get(LIST, {"tag": "visited", "tick": "all"}).content.decode()
    assert (page.count(" checked>"), 'href="/list/?tag=visited#on-list-title"' in page) == (1, True)


def test_change_answers_htmx_with_the_whole_list_and_what_happened(client, owner):
    listed(owner, 1, 2)
    page = client.post(EDIT, {"do": f"lock {key(1)}", "seen": ProgramList.objects.get().version}, headers=HTMX).content.decode()
    assert "<html" not in page
    assert (page.count('id="workspace"'), page.count('<li class="entry"')) == (1, 2)
    assert f'name="seen" value="{ProgramList.objects.get().version}"' in page
    assert '<div id="messages" hx-swap-oob="innerHTML"><p class="visually-hidden">Locked in: Invented Hospital 001.</p></div>' in page


def test_last_entry_taken_off_leaves_the_empty_state_and_undo_of_it(client, owner):
    listed(owner, 1)
    page = client.post(EDIT, {"do": f"remove {key(1)}", "seen": ProgramList.objects.get().version}, headers=HTMX).content.decode()
    assert "Nothing on your list yet" in page
    response = client.get(LIST)
    assert "taken off: Invented Hospital 001" in words(response)
    assert said(press(client, "undo"))[-1] == "Undone: taken off: Invented Hospital 001."
    assert standings(owner) == {1: "added"}


# --- two tabs ---


def test_two_tabs_that_change_different_entries_merge(client, owner):
    listed(owner, 1, 2)
    opened = ProgramList.objects.get().version
    press(client, f"lock {key(1)}", seen=opened)
    press(client, f"veto {key(2)}", seen=opened)
    assert standings(owner) == {1: "locked", 2: "vetoed"}


def test_two_tabs_that_change_the_same_thing_do_not_overwrite(client, owner):
    listed(owner, 1)
    opened = ProgramList.objects.get().version
    press(client, f"lock {key(1)}", seen=opened)
    response = press(client, f"veto {key(1)}", seen=opened)
    assert said(response)[-1].startswith("Invented Hospital 001 was changed elsewhere since this page was opened (locked in: Invented Hospital 001)")
    assert standings(owner) == {1: "locked"}
    assert "locked in" in rows(client.get(LIST))[0]


def test_add_in_one_tab_and_order_in_another_merge(client, owner):
    listed(owner, 1, 2)
    opened = ProgramList.objects.get().version
    client.post(f"/list/add/{key(3)}/")
    press(client, f"up {key(2)}", seen=opened)
    assert numbers(client.get(LIST)) == [2, 1, 3]


def test_undo_of_another_change_than_the_one_shown_is_refused(client, owner):
    listed(owner, 1, 2)
    press(client, f"lock {key(1)}")
    opened = ProgramList.objects.get().version
    press(client, f"veto {key(2)}")
    assert "nothing was undone" in said(press(client, "undo", seen=opened))[-1]
    assert standings(owner) == {1: "locked", 2: "vetoed"}


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 30, "1.5"])
def test_page_of_no_known_version_has_seen_nothing(client, owner, seen):
    listed(owner, 1)
    press(client, f"lock {key(1)}")
    response = client.post(EDIT, {"do": f"veto {key(1)}", "seen": seen})
    assert "was changed elsewhere" in said(response)[-1]
