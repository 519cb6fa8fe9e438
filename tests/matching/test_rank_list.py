"""The rank-list helper: the order, its buttons, what it warns of, and that its example is true."""

import re
from datetime import date, timedelta

import pytest
from django.utils.html import strip_tags
from hypothesis import given
from hypothesis import strategies as st

from matching.models import ListChange, ListEntry, ProgramList
from matching.presenters.rank_list import RankPage
from matching.services.editing import ListConflict, change_list, undo_last
from matching.services.entry_fields import ListError
from matching.services.rank_list import Move, move_rank, moved
from programs.models import CalendarEvent, Program, Track
from tests.applicants.visiting import said, visit
from tests.market.deferred_acceptance import deferred_acceptance
from tests.matching.builders import add_programs, market
from tests.matching.recomputing import applicant, key, listed
from tests.matching.seasons import TODAY, entry, happened, steps, stop_the_clock
from tests.programs.builders import query_count

PAGE, CERTIFIED = "/list/season/rank-list/", "/list/season/rank-list/certified/"
HTMX = {"HX-Request": "true"}
DAY = timedelta(days=1)
database = pytest.mark.django_db
orders = st.lists(st.sampled_from("abcdef"), unique=True)
places = st.sampled_from("abcdef")


@pytest.fixture
def owner(client, monkeypatch):
    stop_the_clock(monkeypatch)
    market(5, visa_j1="yes")
    saved = applicant()
    visit(client, saved.pk)
    listed(saved, 1, 2, 3, 4, 5)
    for number in (1, 2, 3):
        happened(saved, number, "interviewed", TODAY - DAY)
    return saved


def press(client, number, move, **more):
    return client.post(f"/list/season/rank-list/move/{key(number)}/", {"move": move, **more})


def order():
    """Numbers of the ranked programs, the first first; their ranks close up."""
    found = list(ListEntry.objects.filter(rank__isnull=False).order_by("rank").values_list("rank", "program__key"))
    assert [rank for rank, _ in found] == list(range(1, len(found) + 1))
    return [int(name[-5:]) for _, name in found]


def ranked(client, *numbers):
    for number in numbers:
        press(client, number, "add")


def words(response):
    return " ".join(strip_tags(response.content.decode()).split())


# --- the order ---


@given(orders, places, st.sampled_from(list(Move)))
def test_a_move_concerns_one_program_only(order, name, move):
    after = moved(order, name, move)
    assert [one for one in after if one != name] == [one for one in order if one != name]
    assert after.count(name) == (0 if move is Move.OFF else 1)


@given(orders.filter(lambda order: len(order) > 1), st.data())
def test_up_and_down_take_each_other_back(order, data):
    name = data.draw(st.sampled_from(order[1:]))
    assert moved(moved(order, name, Move.UP), name, Move.DOWN) == tuple(order)
    assert moved(order, name, Move.TOP)[0] == name


def test_at_an_end_it_stays():
    assert (moved("abc", "a", Move.UP), moved("abc", "c", Move.DOWN), moved("abc", "b", Move.ADD)) == (("a", "b", "c"),) * 3
    assert moved("abc", "x", Move.ADD) == ("a", "b", "c", "x")


@database
def test_buttons_move_a_program_and_the_list_keeps_the_order(client, owner):
    ranked(client, 1, 2, 3)
    assert order() == [1, 2, 3]
    assert said(press(client, 3, "top"))[-1] == "Invented Hospital 003 is number 1 of 3 on your rank list."
    press(client, 1, "down")
    assert order() == [3, 2, 1]
    press(client, 1, "up")
    assert said(press(client, 3, "off"))[-1] == "It is off your rank list."
    assert order() == [1, 2]


@database
def test_a_move_can_be_undone_with_everything_else_on_the_list(client, owner):
    ranked(client, 1, 2)
    press(client, 2, "top")
    assert ListChange.objects.first().said == "Invented Hospital 002 moved to the top"
    undo_last(by="visitor", profile=owner, match_year=2027)
    assert order() == [1, 2]


@database
def test_two_tabs_do_not_write_over_each_other(client, owner):
    ranked(client, 1, 2, 3)
    seen = ProgramList.objects.get().version
    press(client, 3, "top", seen=str(seen))
    told = said(press(client, 1, "down", seen=str(seen)))[-1]
    assert "was changed elsewhere since this page was opened" in told
    assert order() == [3, 1, 2]
    with pytest.raises(ListConflict):
        move_rank(by="visitor", profile=owner, match_year=2027, saved=ProgramList.objects.get(), key=key(1), move=Move.DOWN, seen=seen)


@database
def test_what_was_withdrawn_comes_on_by_no_button(client, owner):
    happened(owner, 1, "withdrawn")
    for move in ("add", "top", "up", "down"):
        assert said(press(client, 1, move))[-1].startswith("Invented Hospital 001: you withdrew there.")
    assert order() == []


@database
def test_a_note_elsewhere_is_no_conflict(client, owner):
    ranked(client, 1, 2)
    seen = ProgramList.objects.get().version
    change_list(by="visitor", profile=owner, match_year=2027, edits={key(1): {"note": "x"}}, said="note")
    press(client, 2, "top", seen=str(seen))
    assert order() == [2, 1]


@database
@pytest.mark.parametrize(("data", "status"), [({"move": "sideways"}, 302), ({}, 302), ({"move": "up", "seen": "²"}, 302)])
def test_odd_forms_do_no_harm(client, owner, data, status):
    ranked(client, 1, 2)
    assert client.post(f"/list/season/rank-list/move/{key(1)}/", data).status_code == status
    assert order() == [1, 2]


@database
def test_what_cannot_be_moved_is_explained(client, owner):
    assert said(press(client, 99, "add"))[-1] == "This program is not on your list: add it first."
    ranked(client, 1, 2)
    happened(owner, 1, "matched", None)
    assert "recorded as your match" in said(press(client, 1, "off"))[-1]
    happened(owner, 3, "withdrawn")
    assert "you withdrew there" in said(press(client, 3, "add"))[-1]
    assert order() == [1, 2]
    with pytest.raises(ListError):
        move_rank(by="visitor", profile=owner, match_year=2026, saved=ProgramList.objects.get(), key=key(2), move=Move.TOP, seen=None)


@database
def test_htmx_gets_the_list_and_the_place_to_be_read_aloud(client, owner):
    ranked(client, 1, 2)
    page = client.post(f"/list/season/rank-list/move/{key(2)}/", {"move": "up"}, headers=HTMX).content.decode()
    assert re.findall(r'id="up-14005(\d+)"', page) == ["00002", "00001"]
    assert "Invented Hospital 002 is number 1 of 2 on your rank list." in page
    assert "<html" not in page


# --- what it shows ---


@database
def test_what_could_be_ranked_stands_below_with_what_leaving_it_off_costs(client, owner):
    happened(owner, 4, "interviewed", TODAY + DAY)
    happened(owner, 3, "withdrawn")
    ranked(client, 1)
    page = RankPage(ProgramList.objects.get(), TODAY)
    assert ([line.row.name[-1] for line in page.lines], [line.row.name[-1] for line in page.rest]) == (["1"], ["2", "4"])
    assert page.left_off.startswith("2 programs where you interview are not on your rank list. Leave one of them off only if")
    press(client, 4, "add")
    assert "One program where you interview is not on your rank list." in words(client.get(PAGE))
    press(client, 2, "add")
    assert RankPage(ProgramList.objects.get(), TODAY).left_off == ""


@database
def test_each_program_has_its_codes_and_what_speaks_against_it(client, owner):
    ranked(client, 1, 2)
    press(client, 5, "add")
    Program.objects.filter(key=key(2)).update(closed_on=date(2026, 11, 3))
    happened(owner, 1, "withdrawn")
    for letter in "CP":
        Track.objects.create(program=Program.objects.get(key=key(2)), nrmp_code=f"1234140{letter}0", name="x", track_type=letter)
    lines = RankPage(ProgramList.objects.get(), TODAY).lines
    assert [line.codes for line in lines] == ["", "1234140C0, 1234140P0", ""]
    assert [line.warning.split(":")[0].split(".")[0] for line in lines] == [
        "You withdrew here",
        "Every source says that this program is closed",
        "No interview is recorded here",
    ]


@database
@pytest.mark.parametrize(
    ("today", "words_", "over"),
    [(TODAY, "98 days left", False), (date(2027, 3, 2), "1 day left", False), (date(2027, 3, 3), "today", False), (date(2027, 3, 4), "", True)],
)
def test_days_left_until_rank_lists_close(owner, today, words_, over):
    CalendarEvent.objects.filter(key="ranking-closes").update(source_kind="inferred", time_eastern="21:00")
    closing = RankPage(ProgramList.objects.get(), today).closing
    assert (closing.when, closing.left, closing.over, closing.inferred) == ("Wed 3 Mar 2027, 21:00 Eastern Time", words_, over, True)


@database
def test_without_a_calendar_or_a_list_nothing_is_made_up(client, owner):
    CalendarEvent.objects.all().delete()
    assert RankPage(ProgramList.objects.get(), TODAY).closing is None
    assert RankPage(None, TODAY).closing is None
    ProgramList.objects.all().delete()
    assert "Put programs on your list first" in words(client.get(PAGE))
    client.cookies.clear()
    assert "Answer five questions and put programs on your list" in words(client.get(PAGE))


@database
def test_certifying_records_ranked_for_what_the_page_showed(client, owner):
    ranked(client, 1, 2)
    keys = re.findall(r'name="key" value="(\d+)"', client.get(PAGE).content.decode())
    assert said(client.post(CERTIFIED, {"key": keys}))[-1] == "2 programs are marked as ranked."
    assert (steps(1)["ranked"], steps(2)["ranked"], "ranked" in steps(3)) == (TODAY, TODAY, False)
    assert RankPage(ProgramList.objects.get(), TODAY).to_certify == []


@database
def test_page_costs_the_same_for_any_number(client, owner):
    def cost():
        return query_count(lambda: client.get(PAGE))

    ranked(client, 1)
    one = cost()
    add_programs(range(100, 110), visa_j1="yes")
    listed(owner, *range(100, 110))
    for number in range(100, 110):
        happened(owner, number, "interviewed", TODAY - DAY)
        press(client, number, "add")
    assert (cost(), entry(109).rank) == (one, 11)


# --- the example on the page ---

HILL, LAKE = 0, 1
ANA, YOU, BEN = 0, 1, 2


@pytest.mark.parametrize(
    ("ana", "you", "got"),
    [([HILL], [HILL, LAKE], LAKE), ([HILL], [LAKE, HILL], LAKE), ([], [HILL, LAKE], HILL), ([], [LAKE, HILL], LAKE)],
    ids=["Hill first, Ana there", "Lake first, Ana there", "Hill first, no Ana", "Lake first, no Ana"],
)
def test_example_on_the_page_is_what_the_match_does(ana, you, got):
    choices = [ana, you, [LAKE]]
    orders = [{ANA: 1, YOU: 2, BEN: 3}, {YOU: 1, BEN: 2}]
    assert deferred_acceptance(choices, orders, [1, 1])[YOU] == got
