"""Which program a row is about: ids find, names propose."""

import pytest

from matching.list_files.finding import SAME_NAME, SEVERAL, Catalog, OnRecord, find

HARBOR = OnRecord("1400500001", "Harbor Invented Hospital", "Toledo", "OH", "140", "1400500001", "1001", closed=False, signals_used=None)
HARBOR_FM = OnRecord("1200500001", "Harbor Invented Hospital", "Toledo", "OH", "120", "1200500001", "1001", closed=False, signals_used=None)
CEDAR = OnRecord("1400500002", "Cedar Invented Medical Center", "Lansing", "MI", "140", "1400500002", "1002", closed=False, signals_used=None)
CEDAR_NY = OnRecord("1400500003", "Cedar Invented Medical Center", "Albany", "NY", "140", "1400500003", "1003", closed=False, signals_used=None)
SLEEPY = OnRecord("0400500004", "Sleepy Invented Hospital", "Akron", "OH", "040", "0400500004", "1004", closed=False, signals_used=None)
CODES_ONLY = OnRecord("nrmp-1005-140", "Granite Invented Clinic", "", "", "140", "", "1005", closed=False, signals_used=None)
TRACKS = [("1001140C0", HARBOR.key), ("1001140P0", HARBOR.key), ("1005140C0", CODES_ONLY.key), ("1002140C0", CEDAR.key), ("1002140C1", CEDAR_NY.key)]
SPECIALTIES = {"Internal Medicine": "140", "Family Medicine": "120", "Anesthesiology": "040"}
STATES = {"Ohio": "OH", "Michigan": "MI", "New York": "NY"}
EVERY = (HARBOR, HARBOR_FM, CEDAR, CEDAR_NY, SLEEPY, CODES_ONLY)


def found(own=(), **cells):
    return find(cells, Catalog(EVERY, TRACKS, SPECIALTIES, STATES, own))


@pytest.mark.parametrize(
    ("cells", "program"),
    [
        ({"acgme_id": "1400500002"}, CEDAR),
        ({"acgme_id": " 140 050 0002 "}, CEDAR),
        ({"acgme_id": "1400500002.0"}, CEDAR),
        ({"nrmp_codes": "1001140c0"}, HARBOR),
        ({"nrmp_codes": "1001140"}, HARBOR),
        ({"nrmp_codes": "1001140C0 1001140P0"}, HARBOR),
        ({"nrmp_codes": "1005140C0"}, CODES_ONLY),
        ({"acgme_id": "1002140C0"}, CEDAR),  # in a column of ids of any kind
        ({"key": "nrmp-1005-140"}, CODES_ONLY),
        ({"key": "1400500001", "acgme_id": "broken"}, HARBOR),
        ({"acgme_id": "1400500002", "program": "as I call it", "state": "mi", "specialty": "internal medicine"}, CEDAR),
    ],
)
def test_id_or_code_finds_the_program(cells, program):
    assert found(**cells).sure is program


def test_nrmp_code_of_several_programs_is_asked():
    one = found(nrmp_codes="1002140")
    assert (one.sure, one.candidates, one.proposed, one.why) == (None, (CEDAR, CEDAR_NY), None, SEVERAL)


def test_id_and_code_of_two_programs_are_asked():
    assert found(acgme_id="1400500001", nrmp_codes="1002140C0").candidates == (HARBOR, CEDAR)


@pytest.mark.parametrize(
    ("cells", "why"),
    [({"state": "Ohio"}, "another state"), ({"specialty": "Family Medicine"}, "another specialty"), ({"place": "Albany, NY"}, "another state")],
)
def test_id_of_a_program_that_the_row_contradicts_is_asked(cells, why):
    one = found(acgme_id="1400500002", **cells)
    assert (one.sure, one.candidates, one.proposed) == (None, (CEDAR,), None)
    assert why in one.why


def test_name_alone_is_proposed_and_never_sure():
    one = found(program="CEDAR INVENTED MED. CTR.", state="New York")
    assert (one.sure, one.candidates, one.proposed, one.why) == (None, (CEDAR_NY,), CEDAR_NY, SAME_NAME)


@pytest.mark.parametrize(
    ("cells", "candidates"),
    [
        ({}, (CEDAR, CEDAR_NY)),
        ({"city": "lansing"}, (CEDAR,)),
        ({"place": "Albany, NY"}, (CEDAR_NY,)),
        ({"specialty": "Internal Medicine"}, (CEDAR, CEDAR_NY)),
    ],
)
def test_name_is_narrowed_by_place_and_specialty(cells, candidates):
    one = found(institution="Cedar Invented Medical Center", **cells)
    assert (one.candidates, one.proposed) == (candidates, candidates[0] if len(candidates) == 1 else None)


@pytest.mark.parametrize(("own", "candidates"), [(("120",), (HARBOR_FM,)), (("140", "120"), (HARBOR, HARBOR_FM)), (("040",), (HARBOR, HARBOR_FM))])
def test_name_without_a_specialty_is_taken_in_the_applicants_own(own, candidates):
    assert found(own, program="Harbor Invented Hospital").candidates == candidates


def test_name_in_another_place_is_shown_and_not_proposed():
    one = found(program="Sleepy Invented Hospital", state="New York")
    assert (one.candidates, one.proposed) == ((SLEEPY,), None)


def test_near_name_is_shown_and_not_proposed():
    one = found(program="Granite Invented Klinic")
    assert (one.sure, one.proposed) == (None, None)
    assert CODES_ONLY in one.candidates


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"acgme_id": "1400599999"}, "no program on record has the ACGME id 1400599999"),
        ({"acgme_id": "1.4005E+09"}, "its digits are lost"),
        ({"acgme_id": "400500004"}, "400500004 has 9 digits, an ACGME id has 10; 0400500004 is Sleepy Invented Hospital"),
        ({"nrmp_codes": "9999140C0"}, "no program on record has the NRMP code 9999140C0"),
        ({"program": "Somewhere quite different"}, "no program on record has this name, or one near it"),
        ({"note": "call"}, "the row has no id, code or name"),
        ({"program": "n/a", "acgme_id": "-"}, "the row has no id, code or name"),
    ],
)
def test_row_without_a_program_says_why(cells, why):
    one = found(**cells)
    assert (one.sure, one.candidates) == (None, ())
    assert why in one.why


def test_unusable_id_falls_back_to_the_name():
    one = found(acgme_id="1.4005E+09", program="Harbor Invented Hospital", specialty="140")
    assert (one.proposed, one.candidates) == (HARBOR, (HARBOR,))
    assert "its digits are lost" in one.why
