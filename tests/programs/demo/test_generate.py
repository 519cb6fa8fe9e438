"""Every row stands alone: ids that no real program has, invented names in real places, values that fields can hold."""

import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from programs.choices import Strictness
from programs.fields import BY_NAME, Kind, format_value, parse_value
from programs.reference import FOLDER, parse_folder
from tests.programs.demo.conftest import PROGRAMS, SEASON, some_rows

# The digest of the smallest demonstration. It changes with the tables and the generator, never with the machine.
DIGEST_OF_40 = "0daafb2b75a5cc70d59266913a81c90b15b92e86ce24361b7c7f19e7658227f4"
PRINT_DIGEST = "from tests.programs.demo.conftest import some_rows; print(some_rows().digest())"


@pytest.fixture(scope="module")
def reference():
    return {table.name: rows for table, rows in parse_folder(FOLDER)}


def test_rows_same_seed_are_equal():
    assert some_rows().digest() == some_rows().digest() == DIGEST_OF_40


def test_rows_in_another_process_with_other_hashes_are_equal():
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "DJANGO_SETTINGS_MODULE": "smartpick.settings"}
    told = subprocess.run([sys.executable, "-c", PRINT_DIGEST], env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == DIGEST_OF_40


def test_rows_another_seed_differ():
    assert some_rows(seed=1).digest() != some_rows(seed=2).digest()


def test_rows_another_season_move_all_dates():
    now, later = some_rows(season=2027), some_rows(season=2028)
    assert [fact.as_of.year + 1 for fact in now.facts] == [fact.as_of.year for fact in later.facts]
    assert [fact.season + 1 for fact in now.facts] == [fact.season for fact in later.facts]


@pytest.mark.parametrize("programs", [-1, 0, 19, 4541, 100_000])
def test_generate_refuses_a_number_that_the_reserved_codes_cannot_hold(programs):
    with pytest.raises(ValueError, match=rf"from 20 to 4540, not {programs}\."):
        some_rows(programs=programs)


@pytest.mark.parametrize("programs", [20, 333])
def test_generate_makes_exactly_as_many_programs_as_asked(programs):
    assert len(some_rows(programs=programs).programs) == programs


def test_programs_have_ids_of_their_own(whole):
    ids = [program.acgme_id for program in whole.rows.programs]
    assert len(set(ids)) == PROGRAMS
    assert all(re.fullmatch(r"\d{3}99\d{5}", acgme_id) for acgme_id in ids)
    assert all(program.key == program.acgme_id and program.acgme_id[:3] == program.specialty for program in whole.rows.programs)
    assert all(program.is_demo and not program.replaces_key for program in whole.rows.programs)


def test_institution_codes_lie_beyond_all_real_ones(whole):
    codes = {program.nrmp_institution for program in whole.rows.programs}
    assert min(codes) == "9001"
    assert all(re.fullmatch(r"9\d{3}", code) for code in codes)


def test_an_institution_has_one_name_one_place_and_a_specialty_once(whole):
    seen = defaultdict(set)
    for program in whole.rows.programs:
        seen[program.nrmp_institution].add((program.name, program.city, program.state))
    assert all(len(places) == 1 for places in seen.values())
    assert len({name for ((name, _, _),) in map(tuple, seen.values())}) == len(seen)
    assert max(Counter((program.nrmp_institution, program.specialty) for program in whole.rows.programs).values()) == 1


def test_names_are_plainly_invented_and_differ_in_length(whole):
    names = {program.name for program in whole.rows.programs}
    stems = {stem.lower() for stem in whole.tables.stems}
    assert all(stems & set(re.findall(r"[a-z]+", name.lower())) for name in names)
    assert min(map(len, names)) < 18
    assert 80 < max(map(len, names)) <= 160


def test_every_program_is_in_a_city_of_a_real_state(whole, reference):
    states = {row["usps"] for row in reference["states"]}
    cities = {(city.city, city.state) for some in whole.tables.cities.values() for city in some}
    assert {program.state for program in whole.rows.programs} <= states
    assert {(program.city, program.state) for program in whole.rows.programs} <= cities


def test_specialties_are_the_twenty_of_the_menu_in_its_order(whole, reference):
    menu = sorted((row["menu_order"], row["code"]) for row in reference["specialties"] if row["menu_order"] <= 20)
    assert list(dict.fromkeys(program.specialty for program in whole.rows.programs)) == [code for _, code in menu]


def test_tracks_belong_to_their_program_and_add_up(whole):
    codes = [track.nrmp_code for track in whole.rows.tracks]
    assert len(set(codes)) == len(codes)
    for track in whole.rows.tracks:
        program = whole.identity[track.program_key]
        assert track.nrmp_code == f"{program.nrmp_institution}{program.specialty}{track.track_type}0"
        assert [year.year for year in track.years] in ([2022, 2023, 2024, 2025, 2026], [2024, 2025, 2026])
        assert all(0 <= year.matched <= year.quota and year.quota >= 1 for year in track.years)


def test_every_program_has_a_track_that_trains_for_the_whole_specialty(whole):
    types = defaultdict(set)
    for track in whole.rows.tracks:
        types[track.program_key].add(track.track_type)
    assert types.keys() == whole.identity.keys()
    assert all(letters & set("CMA") for letters in types.values())
    assert set().union(*types.values()) == set("CMPAR")


def test_facts_hold_canonical_values_and_a_strictness_where_one_belongs(whole):
    for fact in whole.rows.facts:
        field = BY_NAME[fact.field]
        assert format_value(field, parse_value(field, fact.value)) == fact.value
        assert (fact.strictness in set(Strictness)) if field.requirement else (fact.strictness == "")


def test_facts_are_dated_in_the_season_they_speak_of(whole):
    assert {fact.season for fact in whole.rows.facts} == {2024, 2025, 2026, 2027}
    assert all(date(fact.season - 1, 5, 1) <= fact.as_of <= date(fact.season - 1, 10, 31) for fact in whole.rows.facts)


def test_deadlines_belong_to_the_season_of_the_statement(whole):
    deadlines = [(fact.season, date.fromisoformat(fact.value)) for fact in whole.rows.facts if BY_NAME[fact.field].kind is Kind.DATE]
    assert all(date(season - 1, 9, 1) <= day <= date(season, 1, 31) for season, day in deadlines)


def test_no_address_can_exist(whole):
    addresses = {fact.url for fact in whole.rows.facts} | {fact.value for fact in whole.rows.facts if fact.field == "website"}
    addresses |= {source.url for source in whole.tables.sources}
    assert all(urlsplit(address).hostname.endswith(".example") and len(address) <= 200 for address in addresses)


def test_sources_say_that_they_are_invented(whole):
    assert all(re.fullmatch(r"Invented .* \(demonstration\)", source.name) for source in whole.tables.sources)


def test_shares_of_residents_never_exceed_the_whole(whole):
    for traits in whole.traits:
        assert traits.non_us_img + traits.us_img + traits.do + traits.md == 100
        assert min(traits.non_us_img, traits.us_img, traits.do, traits.md) >= 0


def test_no_program_states_the_img_share_both_pooled_and_split(whole):
    for facts in whole.facts.values():
        stated = {fact.field for fact in facts}
        assert not ("share_img" in stated and stated & {"share_non_us_img", "share_us_img"})


def test_score_quartiles_rise(whole):
    assert all(traits.step2_q1 < traits.step2_median < traits.step2_q3 for traits in whole.traits)


def test_interviews_never_exceed_applications(whole):
    applications, interviews = whole.numbers("applications_received"), whole.numbers("interviews_given")
    both = applications.keys() & interviews.keys()
    assert len(both) > 1000
    # Two sources of different seasons may be a few numbers apart.
    assert all(interviews[key] <= applications[key] + 10 for key in both)


def test_season_of_the_tests_is_the_newest_spoken_of(whole):
    assert max(fact.season for fact in whole.rows.facts) == SEASON
