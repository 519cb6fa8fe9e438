"""Facts to current values: written cases, and what must hold for any facts."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.choices import TRUSTED_RANKS, FactState, SourceRank
from programs.fields import FIELDS
from programs.resolution import UNKNOWN, FactRow, FieldState, StoredState, pack_states, resolve, resolve_program, unpack

SEASON = 2027
PROGRAM, OFFICIAL, VERIFIED, AGGREGATOR, COMMUNITY = SourceRank
JUNE, JULY, AUGUST = date(2026, 6, 1), date(2026, 7, 1), date(2026, 8, 1)


def fact(value, rank=PROGRAM, as_of=JULY, *, n, source=None, season=SEASON, strictness="strict", field="visa_j1", withdrawn=False):
    return FactRow(field, value, strictness, rank, as_of, season, int(rank) if source is None else source, n, withdrawn)


def known(value, deciding, *, strictness="strict", stale=False):
    return FieldState(FactState.KNOWN, value, strictness, stale, (deciding,))


def conflict(deciding, *rivals, strictness="strict", stale=False):
    return FieldState(FactState.CONFLICT, None, strictness, stale, (deciding,), rivals)


CASES = {
    "nothing stated": ([], UNKNOWN),
    "one statement": ([fact("yes", n=1)], known("yes", 1)),
    "one statement of the community": ([fact("yes", COMMUNITY, n=1)], known("yes", 1)),
    "withdrawn": ([fact("yes", n=1, withdrawn=True)], UNKNOWN),
    "withdrawn by a better source": ([fact("yes", n=1, withdrawn=True), fact("no", COMMUNITY, n=2)], known("no", 2)),
    "withdrawn latest gives way to the one before": ([fact("yes", n=1), fact("no", as_of=AUGUST, n=2, withdrawn=True)], known("yes", 1)),
    "a source changes its mind": ([fact("yes", n=1), fact("no", as_of=AUGUST, n=2)], known("no", 2)),
    "an older statement recorded later": ([fact("no", as_of=AUGUST, n=1), fact("yes", as_of=JUNE, n=2)], known("no", 1)),
    "two statements on one day": ([fact("yes", n=1), fact("no", n=2)], known("no", 2)),
    "rank before date": ([fact("yes", as_of=JUNE, n=1), fact("no", AGGREGATOR, AUGUST, n=2)], known("yes", 1)),
    "date within an untrusted rank": ([fact("yes", AGGREGATOR, source=1, n=1), fact("no", AGGREGATOR, AUGUST, source=2, n=2)], known("no", 2)),
    "date before order of recording": ([fact("no", AGGREGATOR, AUGUST, source=1, n=1), fact("yes", AGGREGATOR, source=2, n=2)], known("no", 1)),
    "untrusted sources disagree": ([fact("yes", AGGREGATOR, n=1), fact("no", COMMUNITY, n=2)], known("yes", 1)),
    "trusted sources disagree": ([fact("yes", n=1), fact("no", OFFICIAL, n=2)], conflict(1, 2)),
    "two sources of one trusted rank disagree": (
        [fact("yes", VERIFIED, source=8, n=1), fact("no", VERIFIED, AUGUST, source=9, n=2)],
        conflict(2, 1),
    ),
    "trusted sources agree": ([fact("yes", n=1), fact("yes", OFFICIAL, AUGUST, n=2)], known("yes", 1)),
    "a trusted source came round": (
        [fact("yes", n=1), fact("no", OFFICIAL, JULY, n=2), fact("yes", OFFICIAL, AUGUST, n=3)],
        known("yes", 1),
    ),
    "strictness alone differs": ([fact("yes", n=1, strictness="preferred"), fact("yes", OFFICIAL, n=2)], known("yes", 1, strictness="preferred")),
    "numbers disagree": (
        [fact("220", n=1, field="step2_min"), fact("225", OFFICIAL, n=2, field="step2_min")],
        conflict(1, 2),
    ),
    "choices disagree": (
        [fact("ranking", n=1, field="ecfmg_needed_by"), fact("start", VERIFIED, n=2, field="ecfmg_needed_by")],
        conflict(1, 2),
    ),
    "no requirement, no conflict": (
        [fact("8", n=1, field="positions", strictness=""), fact("9", OFFICIAL, n=2, field="positions", strictness="")],
        known("8", 1, strictness=""),
    ),
    "last season's statement": ([fact("yes", n=1, season=2026)], known("yes", 1, stale=True)),
    "next season's statement": ([fact("yes", n=1, season=2028)], known("yes", 1)),
    "an older trusted statement is history": ([fact("yes", n=1), fact("no", OFFICIAL, n=2, season=2026)], known("yes", 1)),
    "both about one older season": (
        [fact("yes", n=1, season=2026), fact("no", OFFICIAL, n=2, season=2026)],
        conflict(1, 2, stale=True),
    ),
    "an outdated winner contradicted for this season": ([fact("yes", n=1, season=2026), fact("no", OFFICIAL, n=2)], conflict(1, 2, stale=True)),
    "an outdated winner confirmed for this season": ([fact("yes", n=1, season=2026), fact("yes", OFFICIAL, n=2)], known("yes", 1, stale=True)),
    "an outdated winner contradicted by the untrusted": ([fact("yes", n=1, season=2026), fact("no", AGGREGATOR, n=2)], known("yes", 1, stale=True)),
    "only the newest season is compared": (
        [fact("yes", n=1, season=2026), fact("no", OFFICIAL, n=2, season=2026), fact("yes", VERIFIED, n=3)],
        known("yes", 1, stale=True),
    ),
    "two against the winner": ([fact("yes", n=1), fact("no", VERIFIED, n=3), fact("no", OFFICIAL, n=2)], conflict(1, 2, 3)),
}


@pytest.mark.parametrize(("facts", "expected"), CASES.values(), ids=CASES)
def test_resolve_case(facts, expected):
    assert resolve(facts, season=SEASON) == expected


ANY_BOOLEAN, NEVER = st.booleans(), st.sampled_from([False])
RANK_OF_SOURCE = dict(enumerate([PROGRAM, PROGRAM, OFFICIAL, VERIFIED, AGGREGATOR, COMMUNITY]))


@st.composite
def statements(draw, fields=("visa_j1",), sources=tuple(RANK_OF_SOURCE), withdrawn=ANY_BOOLEAN, most=8):
    """Facts with ids of their own; a source has one rank."""
    facts = []
    for number in range(draw(st.integers(0, most))):
        source = draw(st.sampled_from(sources))
        facts.append(
            FactRow(
                field=draw(st.sampled_from(fields)),
                value=draw(st.sampled_from(["a", "b", "c"])),
                strictness=draw(st.sampled_from(["strict", "preferred"])),
                rank=RANK_OF_SOURCE[source],
                as_of=JUNE + timedelta(days=draw(st.integers(0, 3))),
                season=draw(st.sampled_from([2025, 2026, 2027])),
                source_id=source,
                fact_id=number,
                withdrawn=draw(withdrawn),
            )
        )
    return facts


ANY_FIELD = st.sampled_from(["visa_j1", "positions"]).flatmap(lambda field: statements(fields=(field,)))


@given(ANY_FIELD, st.randoms(use_true_random=False))
def test_resolve_order_of_facts_is_irrelevant(facts, random):
    shuffled = random.sample(facts, len(facts))
    assert resolve(shuffled, season=SEASON) == resolve(facts, season=SEASON)


@given(ANY_FIELD)
def test_resolve_facts_given_twice_change_nothing(facts):
    assert resolve(facts + facts, season=SEASON) == resolve(facts, season=SEASON)


@given(ANY_FIELD)
def test_resolve_deciding_statements_alone_give_the_same(facts):
    state = resolve(facts, season=SEASON)
    deciding = [fact for fact in facts if fact.fact_id in state.deciding + state.rivals]
    assert resolve(deciding, season=SEASON) == state


@given(ANY_FIELD)
def test_resolve_withdrawn_facts_equal_never_having_been(facts):
    assert resolve(facts, season=SEASON) == resolve([fact for fact in facts if not fact.withdrawn], season=SEASON)


@given(statements(withdrawn=NEVER), statements(withdrawn=NEVER))
def test_resolve_undoing_an_import_restores_what_was(before, imported):
    imported = [replace(fact, fact_id=fact.fact_id + 100) for fact in imported]
    undone = before + [replace(fact, withdrawn=True) for fact in imported]
    assert resolve(undone, season=SEASON) == resolve(before, season=SEASON)


@given(ANY_FIELD)
def test_resolve_unknown_means_no_live_fact(facts):
    live = [fact for fact in facts if not fact.withdrawn]
    assert (resolve(facts, season=SEASON) == UNKNOWN) == (not live)


@given(ANY_FIELD, statements(sources=(4, 5)))
def test_resolve_untrusted_sources_never_override_trusted_ones(facts, untrusted):
    trusted = [fact for fact in facts if fact.rank in TRUSTED_RANKS and not fact.withdrawn]
    others = [replace(fact, field=trusted[0].field, fact_id=fact.fact_id + 100) for fact in untrusted if trusted]
    assert resolve(trusted + others, season=SEASON) == resolve(trusted, season=SEASON)


@given(ANY_FIELD)
def test_resolve_winner_has_the_best_rank(facts):
    state = resolve(facts, season=SEASON)
    live = {fact.fact_id: fact for fact in facts if not fact.withdrawn}
    assert [live[n].rank for n in state.deciding] == sorted(fact.rank for fact in live.values())[:1]


@given(ANY_FIELD)
def test_resolve_known_value_is_the_winners(facts):
    state = resolve(facts, season=SEASON)
    values = {fact.fact_id: fact.value for fact in facts}
    assert state.value == (values[state.deciding[0]] if state.state is FactState.KNOWN else None)


@given(ANY_FIELD)
def test_resolve_conflict_only_between_trusted_sources_on_a_requirement(facts):
    state = resolve(facts, season=SEASON)
    by_id = {fact.fact_id: fact for fact in facts}
    sides = [by_id[n] for n in state.deciding + state.rivals]
    if state.state is FactState.CONFLICT:
        assert {fact.field for fact in sides} == {"visa_j1"}
        assert {fact.rank for fact in sides} <= TRUSTED_RANKS
        assert len({fact.source_id for fact in sides}) == len(sides)
        assert all(rival.value != sides[0].value for rival in sides[1:])
        assert len(sides) > 1
    else:
        assert state.rivals == ()


@given(ANY_FIELD, st.integers(2025, 2028))
def test_resolve_stale_means_winner_of_an_earlier_season(facts, season):
    state = resolve(facts, season=season)
    seasons = {fact.fact_id: fact.season for fact in facts}
    assert state.stale == any(seasons[n] < season for n in state.deciding)


@given(statements(fields=("visa_j1", "step2_min", "positions"), most=12))
def test_resolve_program_resolves_each_field_on_its_own(facts):
    states = resolve_program(facts, season=SEASON)
    assert states == {field.name: resolve([fact for fact in facts if fact.field == field.name], season=SEASON) for field in FIELDS}


def test_resolve_program_refuses_a_field_that_does_not_exist():
    with pytest.raises(KeyError, match="shoe_size"):
        resolve_program([fact("44", n=1, field="shoe_size")], season=SEASON)


def test_pack_states_keeps_state_strictness_and_staleness_of_stated_fields():
    facts = [
        fact("yes", n=1),
        fact("no", OFFICIAL, n=2),
        fact("8", n=3, field="positions", strictness="", season=2026),
        fact("230", n=4, field="step2_min", withdrawn=True),
    ]
    assert pack_states(resolve_program(facts, season=SEASON)) == {"visa_j1": ["conflict", "strict", False], "positions": ["known", "", True]}


@given(statements(fields=("visa_j1", "step2_min", "positions"), most=12))
def test_unpack_reads_what_pack_states_wrote(facts):
    states = resolve_program(facts, season=SEASON)
    packed = pack_states(states)
    expected = {name: StoredState(state.state, state.strictness, state.stale) for name, state in states.items()}
    assert {name: unpack(packed.get(name)) for name in states} == expected


def test_unpack_refuses_a_state_that_does_not_exist():
    with pytest.raises(ValueError, match="maybe"):
        unpack(["maybe", "strict", False])
