"""What the columns of a file mean: guessed, remembered, chosen, and put into words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.imports.columns import HeaderError, plain_name
from programs.imports.meanings import bind_meanings, effect, guess, meanings_for
from programs.imports.presets import ACGME, FREIDA, NRMP, PRESETS, REQUIREMENTS, TEMPLATE

SEASON = 2027
HEADER = ("ACGME ID", "Program", "City/State", "Visas", "J1", "YOG", "Notes")
MEANINGS = meanings_for(REQUIREMENTS, SEASON, HEADER)
BY_KEY = {meaning.key: meaning for meaning in MEANINGS}


def guessed(header, remembered=None, preset=REQUIREMENTS):
    return list(guess(header, meanings_for(preset, SEASON, header), remembered or {}).values())


def bound(header, chosen, preset=REQUIREMENTS):
    return bind_meanings(header, chosen, meanings_for(preset, SEASON, header))


def refusal(header, chosen, preset=REQUIREMENTS):
    with pytest.raises(HeaderError) as raised:
        bound(header, chosen, preset)
    return str(raised.value)


def test_guess_goes_by_names_and_leaves_out_what_another_column_says():
    assert guessed(HEADER) == ["acgme_id", "institution", "address", "visas", "", "max_years_since_graduation", ""]


def test_guess_remembers_before_it_guesses():
    remembered = {"j1": "visa_j1", "notes": "visa_h1b", "yog": "", "program": "no such meaning"}
    assert guessed(HEADER, remembered) == ["acgme_id", "institution", "address", "", "visa_j1", "", "visa_h1b"]


def test_guess_never_gives_one_meaning_to_two_columns():
    assert guessed(("FREIDA ID", "acgme_id", "YOG", "year of graduation")) == ["acgme_id", "", "max_years_since_graduation", ""]


def test_guess_of_a_sheet_with_the_codes_of_a_program_in_several_columns():
    header = ("FREIDA ID", "NRMP Number (Advance)", "NRMP Number (Categorial)", "NRMP Number (Preliminary)")
    assert guessed(header, preset=FREIDA) == ["acgme_id", "nrmp_code_advanced", "nrmp_code", "nrmp_code_preliminary"]


@pytest.mark.parametrize("years", ["2026-2027", "2027-2028"])
def test_guess_passes_over_the_years_in_a_name(years):
    assert guessed((f"AppInfo_Latest date for applications for {years}",), preset=FREIDA) == ["deadline"]


def test_guess_of_results_of_the_match():
    assert guessed(("Institution", "NRMP code", "Quota 2031", "Fax"), preset=NRMP) == ["institution", "nrmp_code", "quota_2031", ""]


@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda preset: preset.name)
def test_no_name_or_alias_is_claimed_twice(preset):
    meanings = meanings_for(preset, SEASON, ("quota_2026", "matched_2026"))
    names = [name for meaning in meanings for name in {plain_name(name) for name in (meaning.key, *meaning.aliases)}]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda preset: preset.name)
def test_keys_fit_where_they_are_remembered(preset):
    assert [meaning.key for meaning in meanings_for(preset, SEASON, ()) if len(meaning.key) > 60] == []


def test_every_field_of_the_template_can_be_said_by_a_table_of_others():
    def targets(preset):
        return {column.name for meaning in meanings_for(preset, SEASON, ()) for column in meaning.columns}

    assert targets(REQUIREMENTS) == targets(TEMPLATE)


# --- binding ---


def test_bind_of_one_column_for_several_targets():
    binding = bound(HEADER, {0: "acgme_id", 2: "address", 3: "visas", 6: ""})
    assert {name: place for name, (place, _) in binding.places.items()} == {
        "acgme_id": 0,
        "city": 2,
        "state": 2,
        "visa_j1": 3,
        "visa_h1b": 3,
        "visa_j1_strictness": 3,
        "visa_h1b_strictness": 3,
    }
    assert binding.ignored == ("Program", "J1", "YOG", "Notes")


def test_bind_lets_a_column_of_its_own_say_how_firm_it_is():
    binding = bound(("id", "score", "firm"), {0: "acgme_id", 1: "step2_min", 2: "step2_min_strictness"})
    assert {name: place for name, (place, _) in binding.places.items()} == {"acgme_id": 0, "step2_min": 1, "step2_min_strictness": 2}


def test_bind_of_what_is_kept_in_several_columns():
    header = ("adv", "id", "cat", "status", "since")
    chosen = {0: "nrmp_code_advanced", 1: "acgme_id", 2: "nrmp_code", 3: "accreditation_status", 4: "effective_date"}
    binding = bound(header, chosen, ACGME)
    assert binding.more == {"nrmp_code": (2,), "closed_on": (4,)}
    cells = ("1234140A0", "1400500001", "1234140C0", "Withdrawn", "2025-06-30")
    assert (binding.raw(cells, "nrmp_code"), binding.raw(cells, "closed_on")) == ("1234140A0 1234140C0", "Withdrawn 2025-06-30")


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({0: "acgme_id", 3: "visas", 4: "visa_j1"}, "Columns 'Visas' and 'J1' both say J-1 visa: choose one of them and leave the other out."),
        ({0: "acgme_id", 1: "acgme_id"}, "Columns 'ACGME ID' and 'Program' both say ACGME id: choose one of them and leave the other out."),
        ({0: "acgme_id", 1: "shoe_size"}, "There is no meaning 'shoe_size' for column 2: choose one of the list."),
        ({0: "acgme_id", 7: "visas"}, "There is no meaning 'visas' for column 8: choose one of the list."),
    ],
)
def test_bind_refuses(chosen, message):
    assert refusal(HEADER, chosen) == message


def test_bind_refuses_a_file_whose_rows_cannot_be_told_apart():
    message = refusal(("name", "Visas"), {0: "institution", 1: "visas"})
    assert message.startswith("No column is read as acgme_id (ACGME id, 10 digits) or program_number_and_name (")
    assert message.endswith("), which every row needs: choose or rename a column. The file has: name, Visas.")


@given(
    st.lists(
        st.sampled_from(["ACGME ID", "FREIDA ID", "Visas", "J1", "H-1B", "YOG", "USCE", "LORs", "US LORs", "Step 1", "Min Step1", "IMG %", "Address", "City"])
    )
)
def test_bind_takes_whatever_was_guessed(titles):
    header = ("acgme_id", *titles)
    binding = bound(header, guess(header, MEANINGS, {}))
    assert binding.places["acgme_id"][0] == 0


# --- in words ---


@pytest.mark.parametrize(
    ("meaning", "words"),
    [
        (None, "Left out: nothing of this column is read."),
        (BY_KEY["city"], "Fills city. City."),
        (BY_KEY["address"], "Fills city and state. An address that ends in city, state and ZIP code, or City, ST."),
        (BY_KEY["step2_min"], 'Fills Step 2 CK minimum, and how firm it is. A score: "230", "230+", "230 preferred".'),
        (
            BY_KEY["letters"],
            'Fills Letters in all, U.S. letters and Letters in the specialty, and how firm they are. How many: "3", "3 (2 US, 1 in the specialty)".',
        ),
        (BY_KEY["visa_j1_strictness"], "Fills J-1 visa, how firm. J-1 visa: strict, preferred, unclear."),
    ],
)
def test_effect_of_meaning(meaning, words):
    assert effect(meaning) == words
