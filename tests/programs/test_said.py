"""The index over facts says what the facts say."""

import json
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from programs.choices import FactState, SourceRank
from programs.resolution import UNKNOWN, FactRow, resolve
from programs.said import fold, pack_said, said_by, slot_of, state_of, unpack_said

RANKS = {1: SourceRank.PROGRAM, 2: SourceRank.OFFICIAL, 3: SourceRank.AGGREGATOR, 4: SourceRank.PROGRAM}
DAYS = [date(2026, 9, 1), date(2026, 10, 1)]
told = st.tuples(st.sampled_from(sorted(RANKS)), st.sampled_from(["yes", "no"]), st.sampled_from(["strict", "preferred"]), st.sampled_from(DAYS),
                 st.sampled_from([2026, 2027]))  # fmt: skip


def facts(rows):
    return [FactRow("visa_j1", value, strictness, RANKS[source], day, season, source, number) for number, (source, value, strictness, day, season) in
            enumerate(rows, 1)]  # fmt: skip


def kept(state):
    return state.state, state.value, state.strictness, state.stale


@given(st.lists(told, max_size=7))
def test_state_of_the_index_is_what_resolution_of_all_facts_gives(rows):
    said = said_by(facts(rows))
    assert kept(state_of("visa_j1", said.get("visa_j1"), ranks=RANKS, season=2027)) == kept(resolve(facts(rows), season=2027))


@given(st.lists(told, min_size=1, max_size=7))
def test_folding_one_by_one_is_the_index_of_all(rows):
    slots = None
    for source, value, strictness, day, season in rows:
        slots = fold(slots, slot_of(source, value, strictness, day.isoformat(), season))
    # Within a day the later one holds; said_by sees the facts sorted by date, and an older date never replaces a newer one.
    assert slots == said_by(facts(rows))["visa_j1"]


@given(st.lists(st.tuples(st.sampled_from(sorted(RANKS)), st.sampled_from(["yes", "no"])), min_size=1, max_size=4, unique_by=lambda row: row[0]), st.randoms())
def test_order_in_which_sources_arrive_does_not_matter(rows, random):
    shuffled = random.sample(rows, len(rows))
    states = []
    for order in (rows, shuffled):
        slots = None
        for source, value in order:
            slots = fold(slots, slot_of(source, value, "strict", "2026-09-01", 2027))
        states.append(kept(state_of("visa_j1", slots, ranks=RANKS, season=2027)))
    assert states[0] == states[1]


def test_state_of_nothing_said_is_unknown():
    assert state_of("visa_j1", None, ranks=RANKS, season=2027) is UNKNOWN


def test_state_of_one_source_is_known_and_stale_by_season():
    slots = [slot_of(1, "yes", "strict", "2026-09-01", 2026)]
    assert kept(state_of("visa_j1", slots, ranks=RANKS, season=2027)) == (FactState.KNOWN, "yes", "strict", True)
    assert kept(state_of("visa_j1", slots, ranks=RANKS, season=2026)) == (FactState.KNOWN, "yes", "strict", False)


@given(st.lists(st.tuples(st.sampled_from(["visa_j1", "step2_min", "website"]), told), max_size=9))
def test_index_stored_and_read_is_the_same(rows):
    said = {}
    for field, (source, value, strictness, day, season) in rows:
        said[field] = fold(said.get(field), slot_of(source, value, strictness if field != "website" else "", day.isoformat(), season))
    assert unpack_said(pack_said(said), {}) == said
    assert json.loads(json.dumps(pack_said(said))) == pack_said(said)
