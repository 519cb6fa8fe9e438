"""What the buttons of My list mean: edits and words, from lines alone."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.choices import Standing
from matching.services.entry_fields import LAST_PLACE
from matching.services.list_actions import GONE, TICK_FIRST, ListError, planned, reordered, spaced
from matching.services.workspace import Line

KEYS = ("a", "b", "c", "d", "e")


def line(key, standing="added", position=0, **changes):
    values = dict.fromkeys(Line._fields) | {"key": key, "name": f"Invented Hospital {key}", "standing": Standing(standing), "position": position, "tags": []}
    return Line(**(values | {"connection": "none", "signal": ""} | changes))


def lines(*standings):
    return [line(key, standing, place * 10) for place, (key, standing) in enumerate(zip(KEYS, standings, strict=False), start=1)]


@pytest.mark.parametrize(
    ("verb", "standing", "becomes"),
    [
        ("lock", "added", {"standing": "locked"}),
        ("lock", "suggested", {"standing": "locked"}),
        ("unlock", "locked", {"standing": "added"}),
        ("veto", "added", {"standing": "vetoed"}),
        ("veto", "locked", {"standing": "vetoed"}),
        ("back", "vetoed", {"standing": "added"}),
        ("accept", "suggested", {"standing": "added"}),
        ("decline", "suggested", None),
        ("remove", "locked", None),
        ("remove", "vetoed", None),
    ],
)
def test_button_gives_the_entry_its_new_standing(verb, standing, becomes):
    assert planned(lines(standing), verb, ["a"]).edits == {"a": becomes}


@pytest.mark.parametrize(
    ("verb", "standing"),
    [("lock", "locked"), ("lock", "vetoed"), ("unlock", "added"), ("veto", "vetoed"), ("back", "added"), ("accept", "added"), ("decline", "added")],
)
def test_button_passes_over_what_it_does_not_concern(verb, standing):
    assert planned(lines(standing), verb, ["a"]).edits == {}


def test_button_for_several_says_how_many():
    plan = planned(lines("added", "added", "locked"), "lock", ["a", "b", "c", "gone"])
    assert (plan.edits, plan.said) == ({"a": {"standing": "locked"}, "b": {"standing": "locked"}}, "locked in: Invented Hospital a and 1 more")


@pytest.mark.parametrize(
    ("verb", "keys", "value", "told"),
    [
        ("lock", [], "", TICK_FIRST),
        ("lock", ["gone"], "", GONE),
        ("explode", ["a"], "", "no such button"),
        ("tag", ["a"], "  ", "Type a tag first"),
        ("connect", ["a"], "", "Choose a connection"),
        ("connect", ["a"], "cousin", "Choose a connection"),
    ],
)
def test_button_that_cannot_be_says_what_to_do(verb, keys, value, told):
    with pytest.raises(ListError, match=told):
        planned(lines("added"), verb, keys, value=value)


def test_tag_joins_the_others_once():
    some = [line("a", tags=["visited"]), line("b", tags=["near  family"]), line("c", tags=["near family"])]
    assert planned(some, "tag", ["a", "c"], value=" near  family ").edits == {"a": {"tags": ["visited", "near family"]}}


def test_connection_is_set_where_it_differs():
    some = [line("a"), line("b", connection="strong")]
    assert planned(some, "connect", ["a", "b"], value="strong").edits == {"a": {"connection": "strong"}}


@pytest.mark.parametrize(
    ("key", "verb", "before", "order"),
    [
        ("c", "up", "", "acbde"),
        ("a", "up", "", "abcde"),
        ("c", "down", "", "abdce"),
        ("e", "down", "", "abcde"),
        ("d", "top", "", "dabce"),
        ("a", "top", "", "abcde"),
        ("a", "place", "d", "bcade"),
        ("d", "place", "a", "dabce"),
        ("b", "place", "", "acdeb"),
        ("b", "place", "b", "abcde"),
        ("b", "place", "gone", "acdeb"),
    ],
)
def test_moves_lead_where_they_say(key, verb, before, order):
    assert "".join(reordered(KEYS, key, verb, before=before)) == order


def test_moves_go_past_what_is_shown():
    assert "".join(reordered(KEYS, "e", "up", shown=["a", "c", "e"])) == "abecd"
    assert "".join(reordered(KEYS, "a", "down", shown=["a", "c", "e"])) == "bcade"
    assert "".join(reordered(KEYS, "e", "top", shown=["c", "e"])) == "abecd"


@given(
    st.permutations(KEYS), st.sampled_from(KEYS), st.sampled_from(["top", "up", "down", "place"]), st.sampled_from([*KEYS, ""]), st.sets(st.sampled_from(KEYS))
)
def test_moves_lose_nobody_and_keep_the_others_in_order(order, key, verb, before, shown):
    found = reordered(order, key, verb, before=before, shown=[one for one in order if one in shown])
    assert sorted(found) == sorted(order)
    assert [one for one in found if one != key] == [one for one in order if one != key]


@given(st.lists(st.integers(0, LAST_PLACE), min_size=5, max_size=5), st.sampled_from(KEYS), st.sampled_from(["top", "up", "down"]))
def test_positions_rise_along_the_order_after_a_move(numbers, key, verb):
    positions = dict(zip(KEYS, sorted(numbers), strict=True))
    order = reordered(KEYS, key, verb)
    after = positions | spaced(order, positions, key)
    if order != list(KEYS):
        assert all(after[one] < after[other] for one, other in pairwise(order))
    assert all(0 <= place <= LAST_PLACE for place in after.values())


def test_move_with_room_changes_one_entry_alone():
    some = lines("added", "added", "added", "added")
    assert planned(some, "up", ["c"]).edits == {"c": {"position": 15}}
    assert planned(some, "place", ["a"], value="").edits["a"]["position"] > 40
    assert len(planned(some, "place", ["a"], value="").edits) == 1


def test_first_move_on_a_list_without_room_spaces_all_of_it():
    crowded = [line(key, position=place) for place, key in enumerate(KEYS)]
    plan = planned(crowded, "top", ["e"])
    assert (set(plan.edits), plan.said) == (set(KEYS), "moved to the top: Invented Hospital e")
    assert sorted(KEYS, key=lambda key: plan.edits[key]["position"]) == ["e", "a", "b", "c", "d"]


def test_move_that_leads_nowhere_changes_nothing():
    assert planned(lines("added", "added"), "up", ["a"]).edits == {}
