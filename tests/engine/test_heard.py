"""What has been heard since applying, and what it says about the rest."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine.heard import Heard, since
from matching.engine.portfolio import Entries, outlook
from matching.engine.tables import NO, UNKNOWN, YES
from tests.engine.exhaustive import CURVES

IM = CURVES[0]
SHARES = st.none() | st.floats(0, 1)


def heard(chances, news=None, spread=0.7, match=IM):
    return Heard(np.array(chances, float), np.array(news or [UNKNOWN] * len(chances), np.int8), spread, match)


@st.composite
def lists(draw):
    """One to three specialties with any news."""
    size = st.integers(0, 5)
    chance = st.just(0.0) | st.just(1.0) | st.floats(0.001, 0.999)
    chances = [draw(st.lists(chance, min_size=count, max_size=count)) for count in draw(st.lists(size, min_size=1, max_size=3))]
    return [heard(some, [draw(st.sampled_from((YES, NO, UNKNOWN))) for _ in some], draw(st.floats(0, 2)), draw(st.sampled_from(CURVES))) for some in chances]


def silent(groups):
    return [replace(group, news=np.zeros_like(group.news)) for group in groups]


@given(lists(), st.sampled_from((None, 0.0)))
def test_since_before_anything_is_heard_is_the_outlook(groups, out):
    found, first = since(silent(groups), out=out), outlook([Entries(group.chances, group.spread, group.match) for group in groups])
    assert found.outlook.interviews == pytest.approx(first.interviews, abs=1e-12)
    assert found.outlook.by_specialty == pytest.approx(first.by_specialty, abs=1e-12)
    assert [found.invited, found.rest, found.strength] == [0, pytest.approx(first.expected), pytest.approx(0, abs=1e-12)]
    assert found.first.match == first.match
    assert found.by_now == (None if out is None else 0)


@settings(max_examples=150)
@given(lists(), SHARES, st.data())
def test_since_an_invitation_never_lowers_the_rest_and_a_decline_never_raises_it(groups, out, data):
    places = [(number, place) for number, group in enumerate(groups) for place, news in enumerate(group.news) if news == UNKNOWN]
    if not places:
        return
    number, place = data.draw(st.sampled_from(places))
    before, invited, declined = (since(with_news(groups, number, place, news), out=out) for news in (UNKNOWN, YES, NO))
    rest = before.rest - before.later[number][place]
    assert declined.rest - 1e-9 <= rest <= invited.rest + 1e-9
    assert declined.outlook.expected - 1e-9 <= before.outlook.expected <= invited.outlook.expected + 1e-9
    assert declined.outlook.match - 1e-9 <= before.outlook.match <= invited.outlook.match + 1e-9
    assert declined.strength - 1e-9 <= before.strength <= invited.strength + 1e-9


def with_news(groups, number, place, news):
    changed = groups[number].news.copy()
    changed[place] = news
    return [replace(group, news=changed) if own == number else group for own, group in enumerate(groups)]


@given(lists(), SHARES)
def test_since_counts_invitations_in_hand_and_those_to_come(groups, out):
    found = since(groups, out=out)
    entries = sum(len(group.chances) for group in groups)
    assert found.invited == sum(int((group.news == YES).sum()) for group in groups)
    assert found.outlook.expected == pytest.approx(found.invited + found.rest, abs=1e-9)
    assert found.outlook.interviews[: found.invited].sum() == pytest.approx(0, abs=1e-12)
    assert [len(found.outlook.interviews), found.outlook.interviews.sum()] == [entries + 1, pytest.approx(1)]
    for group, later in zip(groups, found.later, strict=True):
        assert (later[group.news != UNKNOWN] == 0).all()
        assert ((later >= 0) & (later <= 1 + 1e-12)).all()


@given(lists(), st.floats(0, 1), st.floats(0, 1))
def test_since_silence_says_more_the_more_invitations_are_out(groups, one, other):
    early, late = (since(silent(groups), out=share) for share in sorted((one, other)))
    assert late.rest <= early.rest + 1e-9
    assert late.strength <= early.strength + 1e-9


def test_since_silence_after_the_last_invitation_leaves_nothing():
    found = since([heard([0.2, 0.5, 1.0], [YES, UNKNOWN, UNKNOWN])], out=1)
    assert [found.invited, found.rest, found.outlook.expected] == [1, 0, pytest.approx(1)]
    assert found.outlook.match == pytest.approx(float(IM.at(np.array(1.0))))
    assert found.by_now == pytest.approx(1.7)


def test_since_good_news_in_one_specialty_raises_the_other():
    before = since([heard([0.1]), heard([0.2, 0.3])], out=None)
    after = since([heard([0.1], [YES]), heard([0.2, 0.3])], out=None)
    assert (after.later[1] > before.later[1]).all()


def test_since_without_any_spread_programs_say_nothing_about_each_other():
    found = since([heard([0.1, 0.2, 0.3], [YES, NO, UNKNOWN], spread=0.0)], out=None)
    assert found.later[0] == pytest.approx([0, 0, 0.3])


def test_since_an_invitation_where_none_was_thought_possible_counts_and_tells_nothing_else():
    found = since([heard([0.0, 0.3], [YES, UNKNOWN])], out=None)
    assert [found.invited, found.rest, found.strength] == [1, pytest.approx(0.3), pytest.approx(0, abs=1e-12)]


@pytest.mark.parametrize("out", [-0.1, 1.1])
def test_since_a_share_that_is_none_is_an_error(out):
    with pytest.raises(ValueError, match="between 0 and 1"):
        since([heard([0.1])], out=out)


def test_since_is_the_example_worked_by_hand(monkeypatch):
    # README.md, section 11: the three strengths of Gauss and Hermite, half of the invitations out.
    three = (np.array([-np.sqrt(3), 0, np.sqrt(3)]), np.array([1, 4, 1]) / 6)
    for module in ("strength", "heard", "portfolio"):
        monkeypatch.setattr(f"matching.engine.{module}.strengths", lambda: three)
    found = since([heard([0.04, 0.10, 0.20], [UNKNOWN, YES, UNKNOWN])], out=0.5)
    assert found.later[0] == pytest.approx([0.0287, 0, 0.1545], abs=6e-5)
    assert [found.invited, found.rest, found.by_now] == [1, pytest.approx(0.1832, abs=6e-5), pytest.approx(0.17)]
    assert found.outlook.interviews == pytest.approx([0, 0.8228, 0.1712, 0.0060], abs=6e-5)
