"""How much is known, counted by the database as one would by hand, and what to mend first."""

from datetime import date, timedelta

import pytest
from django.db.models import Count
from hypothesis import given
from hypothesis import strategies as st

from applicants.models import Profile
from matching.models import ListEntry, ProgramList
from programs.fields import FIELDS, KEY_FIELDS
from programs.models import Fact, Program
from programs.quality import Amount, Gap, Quality, Tally, added, fix_first, quality_of
from programs.quality_queries import AGE_BORDERS, AGES, programs_of_quality, source_ages, statements, tallies
from programs.resolution import unpack
from tests.programs.builders import program, query_count, specialty
from tests.programs.stating import LIST, SITE, state

TODAY = date(2026, 10, 1)


def waiting():
    return dict(ListEntry.objects.order_by().values_list("program_id").annotate(number=Count("id")))


@pytest.fixture
def market(db):
    """Four programs: J-1 known, stale, in conflict and unknown; the last one of another specialty; a closed and a withdrawn one beside."""
    known, stale, conflict = (program(f"140050000{number}", name=f"Invented {number}") for number in (1, 2, 3))
    program("1200500004", name="Invented 4", specialty=specialty("120"))
    state(known, "yes")
    state(stale, "yes", season=2026, as_of=date(2025, 8, 1))
    state(conflict, "yes")
    state(conflict, "no", by=LIST)
    for key, gone in (("1400500005", {"closed_on": "2026-01-01"}), ("1400500006", {"is_withdrawn": True})):
        state(program(key, **gone), "yes")
    return known, stale, conflict


def counts(tally):
    return {quality.value: tally[quality].programs for quality in Quality}


def test_tallies_tell_the_four_kinds_apart_and_leave_out_closed_and_withdrawn(market):
    found = tallies(waiting())
    assert counts(found["140", "visa_j1"]) == {"known": 1, "stale": 1, "conflict": 1, "unknown": 0}
    assert counts(found["120", "visa_j1"]) == {"known": 0, "stale": 0, "conflict": 0, "unknown": 1}
    assert counts(found["140", "positions"]) == {"known": 0, "stale": 0, "conflict": 0, "unknown": 3}
    assert set(found) == {(code, field.name) for code in ("120", "140") for field in FIELDS}


def test_tallies_take_one_query(market):
    assert query_count(lambda: tallies({})) == 1


def test_tallies_count_saved_entries_and_one_for_each_program(market):
    for _ in range(2):
        saved = ProgramList.objects.create(profile=Profile.objects.create(), season=2027)
        for one in market[1:]:
            ListEntry.objects.create(list=saved, program=one)
    found = tallies(waiting())["140", "visa_j1"]
    assert [found[quality].waiting for quality in Quality] == [1, 3, 3, 0]


def test_lists_hold_as_many_programs_as_the_numbers_say(market):
    found = tallies(waiting())
    for (code, name), tally in found.items():
        listed = {quality.value: programs_of_quality(specialty=code, field=name, quality=quality).count() for quality in Quality}
        assert listed == counts(tally)


def test_lists_hold_what_the_states_of_each_program_say(market):
    for quality in Quality:
        expected = {
            one.key for one in Program.objects.filter(closed_on=None, is_withdrawn=False) if quality_of(unpack(one.field_states.get("visa_j1"))) is quality
        }
        assert {one.key for one in programs_of_quality(specialty="", field="visa_j1", quality=quality)} == expected


def test_source_ages_count_live_statements_by_source_best_rank_first(market):
    known, stale, _ = market
    state(known, "no", by=SITE, as_of=TODAY - timedelta(days=AGE_BORDERS[2]))
    Fact.objects.filter(program=stale).update(withdrawn_at="2026-09-09T00:00Z")
    found = source_ages(specialty="", field="", today=TODAY)
    assert [(one.name, one.ages) for one in found] == [("Program pages", (2, 0, 0, 0)), ("Official list", (1, 0, 0, 0)), ("Some site", (0, 0, 0, 1))]


@pytest.mark.parametrize(
    ("days", "age"),
    [(0, 0), (AGE_BORDERS[0] - 1, 0), (AGE_BORDERS[0], 1), (AGE_BORDERS[1] - 1, 1), (AGE_BORDERS[1], 2), (AGE_BORDERS[2], 3), (9000, 3), (-5, 0)],
)
def test_source_ages_part_at_the_borders(db, days, age):
    state(program(), "yes", as_of=TODAY - timedelta(days=days))
    assert [one.ages.index(1) for one in source_ages(specialty="140", field="visa_j1", today=TODAY)] == [age]
    assert [statements(specialty="140", field="visa_j1", age=place, today=TODAY).count() for place in range(len(AGES))] == [
        int(place == age) for place in range(len(AGES))
    ]


def test_source_ages_are_those_of_the_specialty_and_field_asked_for(market):
    assert source_ages(specialty="120", field="", today=TODAY) == []
    assert source_ages(specialty="140", field="positions", today=TODAY) == []
    assert sum(sum(one.ages) for one in source_ages(specialty="140", field="visa_j1", today=TODAY)) == 4


def tally(known=0, stale=0, conflict=0, unknown=0, each=1):
    """A tally with `each` results waiting on every program."""
    amounts = zip(Quality, (known, stale, conflict, unknown), strict=True)
    return Tally({quality: Amount(count, count * each) for quality, count in amounts if count})


def test_fix_first_ranks_by_what_is_left_open_then_by_what_is_outdated():
    ranked = fix_first(
        {
            ("140", "visa_j1"): tally(known=90, unknown=2, each=5),
            ("120", "visa_j1"): tally(unknown=6, conflict=5),
            ("120", "step2_min"): tally(stale=50),
            ("140", "step2_min"): tally(stale=60),
            ("140", "visa_h1b"): tally(known=100),
            ("140", "positions"): tally(unknown=100),
        }
    )
    assert [(gap.specialty, gap.field, gap.waiting, gap.outdated) for gap in ranked] == [
        ("120", "visa_j1", 11, 0),
        ("140", "visa_j1", 10, 0),
        ("140", "step2_min", 0, 60),
        ("120", "step2_min", 0, 50),
    ]


numbers = st.integers(0, 50)
keys = st.tuples(st.sampled_from(["120", "140", "700"]), st.sampled_from([*KEY_FIELDS, "positions"]))
drawn_tallies = st.builds(tally, numbers, numbers, numbers, numbers, numbers)


@given(st.dictionaries(keys, drawn_tallies))
def test_fix_first_is_sorted_names_key_facts_alone_and_leaves_out_what_is_whole(drawn):
    ranked = fix_first(drawn)
    assert [gap.waiting for gap in ranked] == sorted((gap.waiting for gap in ranked), reverse=True)
    assert {gap.field for gap in ranked} <= set(KEY_FIELDS)
    assert all(isinstance(gap, Gap) and gap.waiting + gap.outdated > 0 for gap in ranked)
    assert len({(gap.specialty, gap.field) for gap in ranked}) == len(ranked)


@given(st.lists(drawn_tallies))
def test_added_tallies_count_what_their_parts_count(parts):
    total = added(parts)
    assert [total[quality] for quality in Quality] == [
        Amount(sum(one[quality].programs for one in parts), sum(one[quality].waiting for one in parts)) for quality in Quality
    ]
    assert total.programs == 0 or round(sum(total.share(quality) for quality in Quality), 9) == 1
