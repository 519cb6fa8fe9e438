"""Facts, the index over them, and the current values that both give."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programs.choices import FactState, SourceRank
from programs.history import fact_rows, indexes, source_ranks
from programs.models import Fact, FactIndex, Program
from programs.said import Stated, differs, fold_in, said_by, slot_of
from programs.write_facts import append, resolve
from tests.programs.builders import program, query_count, source
from tests.programs.imports.stories import taken_back

pytestmark = pytest.mark.django_db
SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)


def stated(one, field="visa_j1", value="yes", by=None, **more):
    values = {"strictness": "strict" if field != "share_img" else "", "as_of": SEPTEMBER, "season": 2027, **more}
    return Stated(one.pk, field, value, source_id=(by or source()).pk, **values)


def written(*facts, season=2027):
    return append(facts, batch_id=None, season=season)


def test_append_writes_facts_index_and_current_values():
    one = program()
    by = source()
    assert written(stated(one), stated(one, "share_img", "0.62"), stated(one, "step2_min", "220")) == {one.pk: {"visa_j1", "share_img", "step2_min"}}
    one.refresh_from_db()
    assert (one.visa_j1, one.share_img, one.step2_min) == (True, 0.62, 220)
    assert one.field_states == {"visa_j1": ["known", "strict", False], "step2_min": ["known", "strict", False], "share_img": ["known", "", False]}
    assert indexes([one.pk])[one.pk]["step2_min"] == [slot_of(by.pk, "220", "strict", "2026-09-01", 2027)]


def test_append_tells_only_fields_that_are_another_one_now():
    one = program()
    written(stated(one), stated(one, "step2_min", "220"))
    assert written(stated(one, as_of=OCTOBER), stated(one, "step2_min", "230", as_of=OCTOBER)) == {one.pk: {"step2_min"}}
    assert written(stated(one, value="no", by=source("A forum", SourceRank.COMMUNITY))) == {}
    assert Fact.objects.count() == 5


def test_append_of_a_conflict_leaves_the_value_unknown():
    one = program()
    written(stated(one), stated(one, value="no", by=source("Official list", SourceRank.OFFICIAL)))
    one.refresh_from_db()
    assert (one.visa_j1, one.field_states["visa_j1"][0]) == (None, FactState.CONFLICT)


def test_resolve_after_a_withdrawal_rebuilds_index_and_values():
    one = program()
    written(stated(one), stated(one, "step2_min", "220"))
    Fact.objects.filter(field="visa_j1").update(withdrawn_at="2026-10-02T00:00:00Z")
    assert resolve([one.pk], season=2027) == {one.pk: {"visa_j1"}}
    one.refresh_from_db()
    assert (one.visa_j1, one.step2_min, sorted(indexes([one.pk])[one.pk])) == (None, 220, ["step2_min"])
    assert resolve([one.pk], season=2027) == {}


def test_resolve_for_a_later_season_turns_facts_stale():
    one = program()
    written(stated(one))
    assert resolve([one.pk], season=2028) == {one.pk: {"visa_j1"}}
    assert Program.objects.get().field_states == {"visa_j1": ["known", "strict", True]}


def test_fold_in_writes_nothing_and_leaves_what_was_said():
    one, by = program(), source()
    said = {"visa_j1": [slot_of(by.pk, "yes", "strict", "2026-09-01", 2027)]}
    folded = fold_in(said, [stated(one, value="no", as_of=OCTOBER)], ranks=source_ranks(), season=2027)
    assert (folded.changed, folded.before["visa_j1"].value, folded.after["visa_j1"].value) == ({"visa_j1"}, "yes", "no")
    assert (said["visa_j1"][0][1], Fact.objects.count()) == ("yes", 0)


@pytest.mark.parametrize("change", [{"value": "no"}, {"state": FactState.CONFLICT}, {"strictness": "preferred"}, {"stale": True}])
def test_states_differ_in_what_programs_keep(change):
    one = fold_in({}, [stated(program())], ranks=source_ranks(), season=2027).after["visa_j1"]
    assert (differs(one, replace(one, **change)), differs(one, replace(one, deciding=(99,)))) == (True, False)


STATEMENTS = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from(["visa_j1", "step2_min"]), st.integers(0, 1), st.integers(0, 2), st.sampled_from([SEPTEMBER, OCTOBER])),
    min_size=1,
    max_size=8,
)
VALUES = {"visa_j1": ("yes", "no"), "step2_min": ("220", "230")}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rounds=st.lists(STATEMENTS, min_size=1, max_size=3))
def test_append_in_any_pieces_gives_what_all_facts_give(rounds):
    with taken_back():
        programs = [program(), program("1400500002")]
        sources = [source(), source("Official list", SourceRank.OFFICIAL), source("A forum", SourceRank.COMMUNITY)]
        for some in rounds:
            written(*(stated(programs[p], field, VALUES[field][v], by=sources[s], as_of=day) for p, field, v, s, day in some))
        ids = [one.pk for one in programs]
        kept = list(Program.objects.order_by("pk").values()), list(FactIndex.objects.order_by("pk").values())
        facts = fact_rows(ids)
        assert indexes(ids) == {pk: said_by(rows) for pk, rows in facts.items()}
        stale = resolve([pk for pk in ids if pk in facts], season=2027)
        assert (stale, (list(Program.objects.order_by("pk").values()), list(FactIndex.objects.order_by("pk").values()))) == ({}, kept)


def test_append_and_resolve_queries_do_not_grow_with_the_rows():
    programs = [program(f"14005{number:05d}") for number in range(40)]
    by = source()
    counts = []
    for some in (programs[:1], programs[1:]):
        facts = [stated(one, by=by) for one in some]
        counts.append((query_count(lambda facts=facts: written(*facts)), query_count(lambda some=some: resolve([one.pk for one in some], season=2027))))
    assert counts[0] == counts[1]
