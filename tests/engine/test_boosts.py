"""Connections and signals: the table of their amounts, and what they add."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.choices import Connection, Signal
from matching.engine.boosts import boosts, no_boost, shifted, ties
from matching.engine.chances import logistic
from matching.engine.evidence import sources

CONNECTIONS = ("none", "weak", "moderate", "strong")
SIGNALS = ("", "single", "silver", "gold")


def test_ties_hold_a_row_for_each_word_of_an_entry():
    words = {f"connection_{word}" for word in Connection.values} | {f"signal_{word}" for word in (*Signal.values, "not_sent")}
    assert set(ties()) == words


@pytest.mark.parametrize("tie", ties().values(), ids=lambda tie: tie.name)
def test_tie_has_ends_in_order_a_source_and_a_reason(tie):
    assert tie.low <= tie.mid <= tie.high
    assert [tie.unit, tie.confidence] == ["log-odds", "low"]
    assert tie.source in {*sources(), "judgement"}
    assert tie.why


@pytest.mark.parametrize("end", ["low", "mid", "high"])
def test_ties_rise_with_the_connection_and_the_signal(end):
    table = ties()
    for names in ([f"connection_{word}" for word in CONNECTIONS], ["signal_not_sent", "signal_silver", "signal_gold"], ["signal_not_sent", "signal_single"]):
        amounts = [getattr(table[name], end) for name in names]
        assert amounts == sorted(amounts)


def test_boosts_add_connection_and_signal():
    found = boosts(["none", "strong", "weak"], ["", "gold", ""], np.array([True, True, True]))
    # Not sent -0.3; strong 0.8 and gold 0.9; weak 0.1 and not sent.
    assert found.mid == pytest.approx([-0.3, 1.7, -0.2])
    assert found.low == pytest.approx([-0.6, 0.5, -0.6])
    assert found.high == pytest.approx([0, 3.4, 0.3])


def test_boosts_signal_counts_only_where_signals_of_the_specialty_are_placed_and_taken():
    found = boosts(["none", "moderate"], ["gold", ""], np.array([False, False]))
    assert [found.low.tolist(), found.mid.tolist(), found.high.tolist()] == [[0, 0], [0, 0.3], [0, 0.8]]


@pytest.mark.parametrize(("connection", "signal"), [("cousin", ""), ("none", "platinum")])
def test_boosts_of_an_unknown_word_are_an_error(connection, signal):
    with pytest.raises(KeyError):
        boosts([connection], [signal], np.array([True]))


def test_boosts_any_says_whether_something_moves():
    assert not no_boost(3).any
    assert not boosts(["none"], [""], np.array([False])).any
    assert boosts(["weak"], [""], np.array([False])).any  # its high end does, and so does the middle
    assert boosts(["none"], [""], np.array([True])).any


def test_boost_take_keeps_everything_of_some():
    some = boosts(["none", "strong", "weak"], ["", "", ""], np.zeros(3, bool)).take(np.array([1]))
    assert [some.low.tolist(), some.mid.tolist(), some.high.tolist()] == [[0.2], [0.8], [1.6]]


@given(st.floats(-12, 12), st.floats(-3, 3), st.floats(-3, 3))
def test_shifted_adds_to_the_log_odds(log_odds, by, more):
    chance = logistic(np.array([log_odds]))
    assert shifted(chance, by) == pytest.approx(logistic(np.array([log_odds + by])))
    assert shifted(shifted(chance, by), more) == pytest.approx(shifted(chance, by + more))


def test_shifted_nothing_stays_nothing():
    assert shifted(np.array([0.0, 0.5]), np.array([3.0, 0.0])).tolist() == [0.0, 0.5]
