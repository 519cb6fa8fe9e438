"""The chance of a whole list: counted one by one, bounded, and what must never happen."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from matching.engine.evidence import specialty, specialty_rows
from matching.engine.matches import MatchCurve
from matching.engine.portfolio import MIXTURE, Doubt, Entries, Outlook, OutlookRange, interviews_given_strength, outlook, outlook_range

CHANCE = st.just(0.0) | st.just(1.0) | st.floats(1e-9, 1 - 1e-9)
CHANCES = arrays(np.float64, st.integers(0, 12), elements=CHANCE)
SOME = arrays(np.float64, st.integers(1, 12), elements=st.floats(0.001, 0.9))
SPREADS = st.floats(0, 2.5)
CURVES = st.builds(MatchCurve, level=st.floats(-4, 2), slope=st.floats(0.1, 3.5))
ENTRIES = st.builds(Entries, CHANCES, SPREADS, CURVES)
SHARPER = 1e-12  # what rounding may do


def fitted(code):
    figures = specialty(code)
    return figures.spread, MatchCurve(figures.match_level, figures.match_slope)


SPREAD, CURVE = fitted("140")


def entries(*chances, spread=SPREAD, match=CURVE):
    return Entries(np.array(chances, float), spread, match)


def no_interview(*groups):
    return float(outlook(groups).interviews[0])


def alone(group):
    """Chance of no interview if the programs were independent."""
    return float(np.prod(1 - group.chances))


# The number of interviews at one strength.


@settings(max_examples=60)
@given(arrays(np.float64, st.tuples(st.integers(0, 8), st.integers(1, 3)), elements=CHANCE))
def test_interviews_given_strength_are_those_counted_one_by_one(chances):
    counts = interviews_given_strength(chances)
    expected = np.zeros_like(counts)
    for outcome in product((0, 1), repeat=len(chances)):
        invited = np.array(outcome, bool)[:, None]
        expected[:, sum(outcome)] += np.where(invited, chances, 1 - chances).prod(axis=0)
    assert counts == pytest.approx(expected, abs=1e-12)


@given(arrays(np.float64, st.tuples(st.integers(0, 150), st.integers(1, 3)), elements=CHANCE))
def test_interviews_given_strength_sum_to_one_around_the_sum_of_the_chances(chances):
    counts = interviews_given_strength(chances)
    assert (counts >= 0).all()
    assert counts.sum(axis=1) == pytest.approx(1.0)
    assert counts @ np.arange(counts.shape[1]) == pytest.approx(chances.sum(axis=0), abs=1e-9)


# One list.


@given(ENTRIES)
def test_outlook_is_a_distribution_whose_mean_is_the_sum_of_the_chances(group):
    found = outlook([group])
    assert found.interviews.shape == (len(group.chances) + 1,)
    assert (found.interviews >= 0).all()
    assert found.interviews.sum() == pytest.approx(1)
    assert found.expected == pytest.approx(group.chances.sum(), abs=1e-9)
    assert 0 <= found.match <= 1


def test_outlook_of_one_program_is_its_chance_times_that_of_one_interview():
    found = outlook([entries(0.3)])
    assert found.interviews == pytest.approx([0.7, 0.3])
    assert found.match == pytest.approx(0.3 * CURVE.at(np.array([1.0]))[0])


def test_outlook_without_spread_is_the_independent_one_by_hand():
    # Chances 1/2 and 1/4; matches 1/2 and 2/3 at one and two interviews (odds k).
    found = outlook([entries(0.5, 0.25, spread=0.0, match=MatchCurve(0.0, 1.0))])
    assert found.interviews == pytest.approx([3 / 8, 4 / 8, 1 / 8])
    assert found.match == pytest.approx(4 / 8 * 1 / 2 + 1 / 8 * 2 / 3)


def test_outlook_of_an_empty_list_is_nothing():
    found = outlook([entries()])
    assert (found.interviews.tolist(), found.expected, found.match) == ([pytest.approx(1)], 0, 0)


@given(ENTRIES, CHANCE)
def test_outlook_one_more_program_never_lowers_the_match_chance_nor_raises_that_of_no_interview(group, one_more):
    before, after = outlook([group]), outlook([replace(group, chances=np.append(group.chances, one_more))])
    assert after.match >= before.match - SHARPER
    assert after.interviews[0] <= before.interviews[0] + SHARPER


@given(ENTRIES)
def test_outlook_twice_the_list_never_lowers_the_match_chance(group):
    twice = replace(group, chances=np.tile(group.chances, 2))
    assert outlook([twice]).match >= outlook([group]).match - SHARPER


@given(SOME, SPREADS, CURVES, st.integers(0, 11), st.floats(0, 0.09))
def test_outlook_a_better_chance_never_lowers_the_match_chance(chances, spread, curve, which, better):
    raised = chances.copy()
    raised[which % len(raised)] += better
    assert outlook([Entries(raised, spread, curve)]).match >= outlook([Entries(chances, spread, curve)]).match - SHARPER


@given(ENTRIES, st.randoms(use_true_random=False))
def test_outlook_does_not_depend_on_the_order(group, random):
    shuffled = group.chances.tolist()
    random.shuffle(shuffled)
    one, other = outlook([group]), outlook([replace(group, chances=np.array(shuffled, float))])
    assert one.interviews == pytest.approx(other.interviews, abs=1e-12)
    assert one.match == pytest.approx(other.match, abs=1e-12)


@given(ENTRIES)
def test_outlook_a_program_without_a_chance_adds_nothing(group):
    one, other = outlook([group]), outlook([replace(group, chances=np.append(group.chances, 0.0))])
    assert other.interviews == pytest.approx([*one.interviews, 0.0], abs=1e-15)
    assert other.match == pytest.approx(one.match, abs=1e-15)


# Programs of one applicant are never independent.


@given(ENTRIES)
def test_outlook_no_interview_is_at_least_as_likely_as_with_independent_programs(group):
    assert no_interview(group) >= alone(group) - SHARPER


@given(SOME, SPREADS, SPREADS)
def test_outlook_no_interview_is_the_likelier_the_wider_the_spread(chances, one, other):
    narrow, wide = sorted((one, other))
    assert no_interview(Entries(chances, wide, CURVE)) >= no_interview(Entries(chances, narrow, CURVE)) - SHARPER


def test_outlook_no_interview_clearly_rises_with_the_spread():
    # The last three by integration in a thousand steps.
    found = [no_interview(entries(*[0.05] * 30, spread=spread)) for spread in (0.0, 0.5, 1.0, 2.0)]
    assert found == pytest.approx([0.95**30, 0.26699, 0.37894, 0.58755], abs=0.0002)


@pytest.mark.parametrize("code", [row["code"] for row in specialty_rows()])
@pytest.mark.parametrize(("count", "chance"), [(10, 0.01), (10, 0.03), (10, 0.1), (40, 0.01), (40, 0.03), (40, 0.1)])
def test_outlook_many_weak_programs_do_not_add_up_to_a_strong_one(code, count, chance):
    """At least one interview: always rarer than with independent programs, and than the chances added up."""
    spread, match = fitted(code)
    weak = entries(*[chance] * count, spread=spread, match=match)
    invited = 1 - no_interview(weak)
    assert chance < invited < 1 - alone(weak) < min(count * chance, 1)
    # A match needs an interview first, and nobody is sure to match with `count` of them.
    assert outlook([weak]).match < invited * match.at(np.array([float(count)]))[0]


def best_per_interview(match, most):
    """The most that an interview can be worth on average: max of P(match | k) / k."""
    k = np.arange(1.0, most + 1)
    return float((match.at(k) / k).max())


@given(ENTRIES)
def test_outlook_match_is_bounded_by_what_its_interviews_can_be_worth(group):
    if len(group.chances):
        assert outlook([group]).match <= group.chances.sum() * best_per_interview(group.match, len(group.chances)) + SHARPER


@given(CHANCES, SPREADS, st.floats(-4, 2), st.floats(0.1, 1.0))
def test_outlook_match_is_at_most_the_independent_one_where_each_interview_is_worth_less_than_the_last(chances, spread, level, slope):
    """True of curves with a slope up to 1. With steeper ones a second interview is worth more than a first: see below."""
    curve = MatchCurve(level, slope)
    worth = np.diff(curve.at(np.arange(len(chances) + 2.0)))
    assert (np.diff(worth) <= SHARPER).all()
    depends, independent = outlook([Entries(chances, spread, curve)]), outlook([Entries(chances, 0.0, curve)])
    assert depends.match <= independent.match + SHARPER
    assert depends.match <= chances.sum() * worth[0] + SHARPER


def test_outlook_match_of_a_weak_list_may_gain_from_interviews_that_come_together():
    """Internal Medicine: a second interview is worth more (0.18) than a first (0.13), so a strong list loses and a very weak one gains a little."""
    worth = np.diff(CURVE.at(np.arange(4.0)))
    assert worth[1] > worth[0] > 0
    ratio = {
        (count, chance): outlook([entries(*[chance] * count)]).match / outlook([entries(*[chance] * count, spread=0.0)]).match
        for count, chance in ((10, 0.03), (40, 0.03), (40, 0.1))
    }
    assert 1 < ratio[10, 0.03] < 1.03
    assert ratio[40, 0.1] < ratio[40, 0.03] < 1


# Two specialties.


@given(ENTRIES, ENTRIES)
def test_outlook_two_specialties_share_the_strength_and_nobody_matches_twice(first, second):
    both, one, other = outlook([first, second]), outlook([first]), outlook([second])
    assert both.interviews.sum() == pytest.approx(1)
    assert both.expected == pytest.approx(one.expected + other.expected, abs=1e-9)
    assert both.interviews[0] >= one.interviews[0] * other.interviews[0] - SHARPER
    assert sum(both.by_specialty) == pytest.approx(both.match)
    assert max(one.match, other.match) - SHARPER <= both.match <= min(one.match + other.match, 1) + SHARPER
    assert both.by_specialty[0] == pytest.approx(one.match, abs=1e-15)
    assert both.by_specialty[1] <= other.match + SHARPER


@given(ENTRIES, ENTRIES)
def test_outlook_the_order_of_two_specialties_changes_where_but_not_whether(first, second):
    one, other = outlook([first, second]), outlook([second, first])
    assert one.match == pytest.approx(other.match, abs=1e-12)
    assert one.interviews == pytest.approx(other.interviews, abs=1e-12)


def test_outlook_the_strength_is_the_same_in_both_specialties():
    group = entries(*[0.05] * 20)
    assert no_interview(group, group) == pytest.approx(no_interview(entries(*[0.05] * 40)))
    assert no_interview(group, group) > no_interview(group) ** 2 + 0.02


@given(ENTRIES, st.integers(0, 4))
def test_outlook_a_second_specialty_without_an_open_program_changes_nothing(group, closed):
    one, both = outlook([group]), outlook([group, entries(*[0.0] * closed)])
    assert both.interviews[: len(one.interviews)] == pytest.approx(one.interviews, abs=1e-15)
    assert (both.match, both.expected, both.by_specialty[1]) == (pytest.approx(one.match), pytest.approx(one.expected), 0)


@given(ENTRIES, st.integers(0, 12))
def test_outlook_a_list_cut_into_two_groups_brings_the_same_interviews(group, cut):
    """But not the same match: the curve goes by interviews in one specialty, so a specialty has to come as one group."""
    parts = [replace(group, chances=part) for part in (group.chances[:cut], group.chances[cut:])]
    whole, split = outlook([group]), outlook(parts)
    assert split.interviews == pytest.approx(whole.interviews, abs=1e-12)
    assert split.expected == pytest.approx(whole.expected, abs=1e-12)


# Ranges.


def doubt(group, *, own=0.0, shared=0.0):
    """The given parts of each chance are in doubt, either way."""
    own_part, shared_part = own * group.chances, shared * group.chances
    return Doubt(own_part, own_part, shared_part, shared_part)


PARTS = st.floats(0, 1)


@given(st.lists(st.tuples(ENTRIES, PARTS, PARTS), min_size=1, max_size=2), st.floats(0.3, 1), st.floats(1, 3))
def test_outlook_range_low_middle_and_high_are_in_order(groups, down, up):
    listed = [group for group, *_ in groups]
    found = outlook_range(listed, [doubt(group, own=own, shared=shared) for group, own, shared in groups], level_range=(down, up))
    assert found.middle.interviews.tolist() == outlook(listed).interviews.tolist()
    for name in ("expected", "match"):
        low, middle, high = (getattr(one, name) for one in (found.low, found.middle, found.high))
        assert 0 <= low <= middle + 1e-9
        assert middle <= high + 1e-9
    assert found.low.interviews[0] >= found.middle.interviews[0] - 1e-9
    assert found.interviews.sum() == pytest.approx(1)
    assert (found.interviews >= 0).all()


@given(ENTRIES)
def test_outlook_range_without_doubt_is_a_point(group):
    found = outlook_range([group], [doubt(group)], level_range=(1.0, 1.0))
    for end in (found.low, found.high):
        assert end.interviews == pytest.approx(found.middle.interviews, abs=1e-9)
        assert (end.match, end.expected) == pytest.approx((found.middle.match, found.middle.expected), abs=1e-9)
    assert found.interviews == pytest.approx(found.middle.interviews, abs=1e-9)


def ends(found):
    """How far expected interviews may fall and rise."""
    return found.middle.expected - found.low.expected, found.high.expected - found.middle.expected


@given(SOME, st.floats(0.4, 1), st.floats(1, 1.5))
def test_outlook_range_of_the_level_alone_is_its_factors(chances, down, up):
    group = entries(*(chances / 2))  # room to rise
    found = outlook_range([group], [doubt(group)], level_range=(down, up))
    assert ends(found) == pytest.approx((found.middle.expected * (1 - down), found.middle.expected * (up - 1)), abs=1e-9)


def test_outlook_range_doubts_combine_as_the_root_of_the_sum_of_their_squares():
    group = entries(0.1, 0.2)
    # Own 3/10 of each: the root of 0.03^2 + 0.06^2; shared a half: 0.05 + 0.1; level a fifth of 0.3.
    found = outlook_range([group], [doubt(group, own=0.3, shared=0.5)], level_range=(0.8, 1.2))
    expected = np.sqrt(0.03**2 + 0.06**2 + 0.15**2 + 0.06**2)
    assert ends(found) == pytest.approx((expected, expected), abs=1e-9)


@pytest.mark.parametrize("count", [4, 16, 64])
def test_outlook_range_own_doubts_partly_cancel_and_shared_ones_do_not(count):
    group = entries(*[0.1] * count)
    own, shared = (ends(outlook_range([group], [doubt(group, **kind)], level_range=(1.0, 1.0))) for kind in ({"own": 0.4}, {"shared": 0.4}))
    total = 0.1 * count
    assert np.array(own) / total == pytest.approx([0.4 / np.sqrt(count)] * 2)
    assert np.array(shared) / total == pytest.approx([0.4, 0.4])


def test_outlook_range_two_specialties_share_what_the_profile_does_not_say():
    one, other = entries(0.1, 0.2), entries(0.3)
    together = outlook_range([one, other], [doubt(one, shared=0.2), doubt(other, shared=0.2)], level_range=(1.0, 1.0))
    assert ends(together) == pytest.approx((0.2 * 0.6, 0.2 * 0.6), abs=1e-9)


def test_outlook_range_falls_no_further_than_nothing_and_rises_no_further_than_everything():
    group = entries(0.5, 0.5)
    found = outlook_range([group], [doubt(group, shared=1.0)], level_range=(0.3, 3.0))
    assert found.low.expected == pytest.approx(0, abs=1e-4)
    assert found.high.expected == pytest.approx(2, abs=1e-4)


def test_outlook_range_moves_all_programs_by_one_amount_of_log_odds_and_leaves_what_is_certain():
    group = entries(0.0, 0.1, 0.5, 1.0)
    found = outlook_range([group], [doubt(group)], level_range=(0.8, 1.2))
    # 1.6 falls to 1.28. 1 is certain, so 0.6 falls to 0.28: odds of t / 9 and t with t / (9 + t) + t / (1 + t) = 0.28, or 1.72 t^2 + 7.2 t = 2.52.
    t = (-7.2 + np.sqrt(7.2**2 + 4 * 1.72 * 2.52)) / (2 * 1.72)
    assert (found.low.interviews[0], found.low.interviews[-1]) == (0, 0)
    assert found.low.expected == pytest.approx(1.28)
    assert found.low.match == pytest.approx(outlook([entries(0.0, t / (9 + t), t / (1 + t), 1.0)]).match)


def test_outlook_range_mixes_the_three_outlooks_with_shares_that_sum_to_one():
    assert sum(MIXTURE) == pytest.approx(1)
    group = entries(0.1, 0.2, 0.3)
    found = outlook_range([group], [doubt(group, shared=0.5)], level_range=(0.7, 1.3))
    assert found.interviews == pytest.approx((found.low.interviews + 4 * found.middle.interviews + found.high.interviews) / 6)


@pytest.mark.parametrize(
    ("interviews", "share", "expected"),
    [
        ([0.2, 0.2, 0.2, 0.2, 0.2], 0.8, (0, 4)),
        ([0.05, 0.9, 0.05], 0.8, (1, 1)),
        ([0.1, 0.2, 0.4, 0.2, 0.1], 0.5, (1, 3)),
        ([1.0], 0.8, (0, 0)),
        ([0.5, 0.5], 1.0, (0, 1)),
    ],
)
def test_between_holds_the_middle_of_the_number_of_interviews(interviews, share, expected):
    nothing = Outlook(np.array(interviews), 0.0, 0.0, ())
    assert OutlookRange(nothing, nothing, nothing, np.array(interviews)).between(share) == expected


@given(ENTRIES, st.floats(0.1, 0.95))
def test_between_holds_at_least_the_share_asked_for(group, share):
    found = outlook_range([group], [doubt(group, shared=0.3)], level_range=(0.7, 1.3))
    low, high = found.between(share)
    assert 0 <= low <= high <= len(group.chances)
    assert found.interviews[low : high + 1].sum() >= share - 1e-9


@given(CHANCES, st.integers(0, 12))
def test_doubt_about_the_first_entries_is_the_beginning_of_it(chances, count):
    whole = Doubt(chances, chances / 2, chances / 3, chances / 4)
    first = whole.first(count)
    for name in ("own_down", "own_up", "shared_down", "shared_up"):
        assert getattr(first, name).tolist() == getattr(whole, name)[:count].tolist()
