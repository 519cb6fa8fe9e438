"""The demonstration as a whole: proportions as published or as assumed in the tables, and columns that hang together."""

from collections import Counter

import numpy as np
import pytest

from programs.choices import FactState, SourceRank
from programs.demo.draw import allocate
from programs.fields import FIELDS
from tests.programs.demo.conftest import PROGRAMS

IM = "140"
IMG_HEAVY, IMG_LIGHT = 50, 15  # percent


def share(states, name, wanted):
    return sum(fields[name].state is wanted for fields in states.values()) / len(states)


def img(traits):
    return traits.non_us_img + traits.us_img


def of(whole, code):
    return [traits for traits in whole.traits if traits.sketch.specialty.code == code]


@pytest.mark.parametrize("name", ["visa_j1", "visa_h1b"])
def test_about_a_quarter_of_visa_facts_is_unknown(whole, name):
    assert 0.20 <= share(whole.states, name, FactState.UNKNOWN) <= 0.30


def test_about_half_of_score_minimums_is_unknown(whole):
    assert 0.45 <= share(whole.states, "step2_min", FactState.UNKNOWN) <= 0.55


@pytest.mark.parametrize("name", ["visa_j1", "visa_h1b"])
def test_about_one_visa_fact_in_twenty_is_in_conflict(whole, name):
    known = 1 - share(whole.states, name, FactState.UNKNOWN)
    assert 0.03 <= share(whole.states, name, FactState.CONFLICT) / known <= 0.07


def test_some_facts_are_stale(whole):
    current = [state for fields in whole.states.values() for state in fields.values() if state.state is FactState.KNOWN]
    assert 0.08 <= sum(state.stale for state in current) / len(current) <= 0.18


def test_aggregators_that_contradict_are_outranked(whole):
    aggregator = next(place for place, source in enumerate(whole.tables.sources, start=1) if source.rank == SourceRank.AGGREGATOR)
    contradicted = 0
    for key, facts in whole.facts.items():
        state = whole.states[key]["visa_j1"]
        stated = {fact.source_id: fact.value for fact in facts if fact.field == "visa_j1"}
        if state.value is not None and len(stated) > 1 and stated.get(aggregator, state.value) != state.value:
            contradicted += 1
    assert 0.02 <= contradicted / PROGRAMS <= 0.06


def test_about_two_fifths_of_the_shares_are_pooled(whole):
    pooled, split = len(whole.numbers("share_img")), len(whole.numbers("share_non_us_img"))
    assert 0.35 <= pooled / (pooled + split) <= 0.45


def test_specialties_follow_the_counts_of_2020(whole):
    counts = Counter(program.specialty for program in whole.rows.programs)
    expected = allocate(PROGRAMS, [specialty.institutions for specialty in whole.tables.specialties])
    assert [counts[specialty.code] for specialty in whole.tables.specialties] == expected


def test_states_follow_the_counts_of_2020_and_none_is_left_out(whole):
    counts = Counter(program.state for program in whole.rows.programs)
    tracks = {row.state: row.tracks for row in whole.tables.states}
    assert counts.keys() == tracks.keys()
    assert np.corrcoef([counts[state] for state in tracks], list(tracks.values()))[0, 1] > 0.97
    largest = ("NY", "CA", "PA", "MI", "TX")
    expected = PROGRAMS * sum(tracks[state] for state in largest) / sum(tracks.values())
    assert sum(counts[state] for state in largest) == pytest.approx(expected, rel=0.1)


def test_positions_are_filled_as_published_in_every_specialty(whole):
    for code, fill in whole.tables.fills.items():
        programs = of(whole, code)
        positions = np.array([traits.sketch.positions for traits in programs])
        for name, published in (("non_us_img", fill.non_us_img), ("us_img", fill.us_img)):
            percent = np.array([getattr(traits, name) for traits in programs])
            # Rounding to whole percent moves the mean of a small specialty a little.
            assert (percent * positions).sum() / positions.sum() == pytest.approx(100 * published / fill.positions, abs=0.6), (code, name)


def test_two_fifths_of_internal_medicine_programs_have_mostly_imgs(whole):
    heavy = [img(traits) > IMG_HEAVY for traits in of(whole, IM)]
    assert 0.38 <= sum(heavy) / len(heavy) <= 0.46


def test_scores_keep_the_level_of_the_specialty(whole):
    for specialty in whole.tables.specialties:
        medians = [traits.step2_median for traits in of(whole, specialty.code)]
        assert np.mean(medians) == pytest.approx(specialty.step2_level, abs=2)


def test_j1_is_commoner_than_h1b_and_h1b_mostly_comes_with_it(whole):
    j1, h1b = ([getattr(traits, name) for traits in whole.traits] for name in ("j1", "h1b"))
    assert sum(j1) > 1.5 * sum(h1b)
    with_both = sum(first and second for first, second in zip(j1, h1b, strict=True))
    assert 0.95 <= with_both / sum(h1b) < 1


@pytest.mark.parametrize(
    ("trait", "sign"),
    [
        pytest.param(lambda traits: traits.step2_median, -1, id="scores"),
        pytest.param(lambda traits: traits.j1, 1, id="J-1"),
        pytest.param(lambda traits: traits.h1b, 1, id="H-1B"),
        pytest.param(lambda traits: traits.sketch.institution.academic, -1, id="academic"),
        pytest.param(lambda traits: traits.sketch.clarity, -1, id="clarity"),
    ],
)
@pytest.mark.parametrize("code", [IM, "120", "320"])
def test_programs_full_of_imgs_are_alike(whole, trait, sign, code):
    programs = of(whole, code)
    correlation = np.corrcoef([img(traits) for traits in programs], [trait(traits) for traits in programs])[0, 1]
    assert 0.15 < sign * correlation < 0.95


def test_programs_full_of_imgs_leave_more_unknown(whole):
    unknown = {key: sum(states[field.name].state is FactState.UNKNOWN for field in FIELDS) for key, states in whole.states.items()}
    heavy, light = (
        [unknown[traits.sketch.acgme_id] for traits in of(whole, IM) if chosen(img(traits))]
        for chosen in (lambda percent: percent > IMG_HEAVY, lambda percent: percent < IMG_LIGHT)
    )
    assert np.mean(heavy) > np.mean(light) + 2


def test_programs_full_of_imgs_get_more_applications_for_a_position(whole):
    applications, positions = whole.numbers("applications_received"), whole.numbers("positions")
    rate = {key: applications[key] / positions[key] for key in applications.keys() & positions.keys()}
    heavy, light = (
        [rate[traits.sketch.acgme_id] for traits in of(whole, IM) if traits.sketch.acgme_id in rate and chosen(img(traits))]
        for chosen in (lambda percent: percent > IMG_HEAVY, lambda percent: percent < IMG_LIGHT)
    )
    assert np.median(heavy) > 1.15 * np.median(light)


def test_tracks_stay_unfilled_about_as_often_as_in_2020(whole):
    by_program = {traits.sketch.acgme_id: traits.sketch.specialty for traits in whole.traits}
    unfilled = {"120": [], "440": []}
    for track in whole.rows.tracks:
        code = by_program[track.program_key].code
        if code in unfilled and track.track_type == "C":
            unfilled[code].append(track.years[-1].matched < track.years[-1].quota)
    assert 0.14 <= np.mean(unfilled["120"]) <= 0.27
    assert np.mean(unfilled["440"]) <= 0.04
