"""What a session keeps of a profile, and that it goes with it."""

from types import SimpleNamespace

from applicants.session import forget, keep, kept, remember

ONE, OTHER = SimpleNamespace(pk=1), SimpleNamespace(pk=2)


def request(**session):
    return SimpleNamespace(session=session)


def test_what_is_kept_is_found_by_name_and_taken_back():
    asked = request()
    keep(asked, ONE, "last", {"a": 1})
    keep(asked, ONE, "other", {})
    assert (kept(asked, ONE, "last"), kept(asked, ONE, "other"), kept(asked, ONE, "third")) == ({"a": 1}, {}, None)
    keep(asked, ONE, "last", None)
    assert (kept(asked, ONE, "last"), kept(asked, ONE, "other")) == (None, {})


def test_nothing_is_told_to_another_profile():
    asked = request()
    keep(asked, ONE, "last", {"x": 1})
    assert kept(asked, OTHER, "last") is None
    keep(asked, OTHER, "last", {"y": 1})
    assert (kept(asked, ONE, "last"), kept(asked, OTHER, "last")) == (None, {"y": 1})


def test_another_profile_or_none_leaves_nothing_behind():
    for leave in (forget, lambda asked: remember(asked, OTHER)):
        asked = request(profile_id=1)
        keep(asked, ONE, "last", {"x": 1})
        remember(asked, ONE)  # the same again
        assert kept(asked, ONE, "last") == {"x": 1}
        leave(asked)
        assert "profile_kept" not in asked.session


def test_odd_sessions_hold_nothing():
    assert [kept(request(profile_kept=odd), ONE, "last") for odd in (None, "x", [], {})] == [None] * 4
